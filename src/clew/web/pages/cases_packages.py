"""Evidence packages of a case, made in the background and fetched as one file; and whether the case is whole."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse, Response
from starlette.background import BackgroundTask

from clew.access.roles import may
from clew.cases.check import check as check_case
from clew.cases.whole import WholeCase
from clew.evidence.package.shelf import Shelved, new_place, remove, shelved, take_down
from clew.evidence.verify import fingerprint
from clew.model.errors import ClewError, WorkspaceError
from clew.web import work
from clew.web.access import access
from clew.web.page import render
from clew.web.pages.cases_frame import Failed, Place, ThePlace, TheTyped, failed
from clew.web.purposes import check_case as check_theirs

router = APIRouter(prefix="/cases/{case_id}")
AT_ONCE = 1 << 30  # bytes of originals that are read while a person waits
Number = Annotated[int, Query(ge=1, le=10**9)]


@router.get("/packages")
@access("work", purpose="none")
def packages(place: ThePlace) -> Response:
    """Those that were made, and how to make another."""
    return _packages(place)


@router.post("/packages")
@access("export", purpose="none")
def make(place: ThePlace, typed: TheTyped) -> Response:
    """Make one in the background."""

    def begin() -> object:
        check_theirs(place.casework, place.who, place.case_id)
        out = new_place(place.desk.path, place.case_id)
        return work.start(
            place.desk, place.who, f"Package of {place.case_id}", ["evidence", "package", place.case_id, str(out)],
            scopes=("read", "work", "export", "oversee"), case_id=place.case_id,
        )  # fmt: skip

    return place.done("package", typed, begin, lambda wrong: _packages(place, wrong), "/packages")


@router.post("/packages/fetch")
@access("export", purpose="none")
def fetch(place: ThePlace, typed: TheTyped) -> Response:
    """A package as one zip file."""
    scratch = Path(tempfile.mkdtemp(prefix="clew-package-"))
    try:
        path, name = take_down(place.casework, place.who, place.case_id, typed["copy"], scratch)
    except ClewError as error:
        shutil.rmtree(scratch, ignore_errors=True)
        return _packages(place, failed("copy", typed, error))
    gone = BackgroundTask(shutil.rmtree, scratch, ignore_errors=True)
    return FileResponse(path, media_type="application/zip", filename=name, background=gone)


@router.post("/packages/remove")
@access("export", purpose="none")
def remove_copy(place: ThePlace, typed: TheTyped) -> Response:
    """Take the copy away from the server."""

    def act() -> None:
        remove(place.casework, place.who, place.case_id, typed["copy"])

    return place.done("copy", typed, act, lambda wrong: _packages(place, wrong), "/packages")


@router.get("/job")
@access("work", purpose="none")
def job(place: ThePlace, number: Number) -> Response:
    """How far work for the case is; tells the page to load anew when it has ended."""
    check_theirs(place.casework, place.who, place.case_id)
    found = next((one for one in place.desk.jobs.of_case(place.case_id) if one.id == number), None)
    if found is None or not found.running:
        return Response(headers={"hx-refresh": "true"})
    return render(place.request, "cases/job.html", job=found, home=place.home)


@router.get("/check")
@access("work", purpose="none")
def before_check(place: ThePlace) -> Response:
    """What a check compares."""
    return place.shown("Check", lambda whole: _checking(place, whole))


@router.post("/check")
@access("work", purpose="none")
def check(place: ThePlace, typed: TheTyped) -> Response:
    """Compare the case with the ledger; where that takes long, in the background."""

    def more(whole: WholeCase) -> Mapping[str, Any]:
        if sum(exhibit.size for exhibit in whole.exhibits) <= AT_ONCE:
            return _checking(place, whole) | {"checked": check_case(place.casework, place.who, place.case_id)}
        work.start(
            place.desk, place.who, f"Check of {place.case_id}", ["case", "check", place.case_id],
            scopes=("read", "work", "oversee"), case_id=place.case_id,
        )  # fmt: skip
        return _checking(place, whole)

    try:
        return place.shown("Check", more)
    except WorkspaceError as error:
        return place.shown("Check", lambda whole: _checking(place, whole), failed("check", typed, error))


def _checking(place: Place, whole: WholeCase) -> dict[str, Any]:
    bytes_ = sum(exhibit.size for exhibit in whole.exhibits)
    return {"checked": None, "bytes_": bytes_, "jobs": _jobs(place, "Check")}


def _packages(place: Place, wrong: Failed | None = None) -> Response:
    def more(whole: WholeCase) -> Mapping[str, Any]:
        made, jobs = shelved(place.casework, place.who, place.case_id), _jobs(place, "Package")
        ended = jobs[0].said if jobs and jobs[0].state == "done" else ""
        return {
            "packages": made, "jobs": jobs, "lacking": next((p for p in made if _says(ended, p) and p.withheld), None),
            "exports": may(place.who, "export"), "fingerprint": fingerprint(place.casework.keys.public.hex()),
            "uncovered": [person for person in whole.people if person.vulnerable and not person.protected],
            "hidden": [person for person in whole.people if person.protected],
        }  # fmt: skip

    return place.shown("Packages", more, wrong)


def _says(said: str, package: Shelved) -> bool:
    """Does what a job printed speak of that package?"""
    return said.startswith(f"{package.issued.id} is in ")


def _jobs(place: Place, kind: str) -> list[Any]:
    return [job for job in place.desk.jobs.of_case(place.case_id) if job.what.startswith(kind)][:3]
