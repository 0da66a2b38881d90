"""The exhibits of a case: files and captures that are added, what is known of each, and what happened to it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response, StreamingResponse

from clew.cases import exhibits
from clew.cases.custody import custody
from clew.cases.exhibit import KINDS, Exhibit
from clew.cases.whole import WholeCase
from clew.evidence.capture.exhibit import check_case
from clew.evidence.capture.page import checked
from clew.evidence.handout import hand_out
from clew.evidence.take import take_file
from clew.model.errors import ClewError, InputError, MissingError
from clew.web import work
from clew.web.access import access
from clew.web.incoming import keep, kept
from clew.web.jobs import Job
from clew.web.pages.cases_frame import Failed, Place, ThePlace, TheTyped, Typed, failed, grading_of, own

router = APIRouter(prefix="/cases/{case_id}/exhibits")
SIZE = 50  # exhibits of a page
Offset = Annotated[int, Query(ge=0, le=10_000_000)]


@router.get("")
@access("work", purpose="none")
def listed(place: ThePlace, offset: Offset = 0) -> Response:
    """The exhibits, the newest first, and how to add more."""
    return _listed(place, offset=offset)


@router.post("/file")
@access("work", purpose="none")
def add_file(place: ThePlace, typed: TheTyped) -> Response:
    """Take a file in: its bytes go into the vault, the upload is not kept beside it."""

    def add() -> object:
        upload = typed.file("file")
        if upload is None:
            raise InputError("No file was chosen.", "Choose one.")
        path = kept(place.desk.path, keep(place.desk.path, upload.filename or "file", upload.file))
        try:
            return take_file(
                place.casework, place.who, place.case_id, path, why=typed["why"],
                whence=typed["whence"] or f"uploaded as {upload.filename}"[:300], grading=grading_of(typed),
            )  # fmt: skip
        finally:
            shutil.rmtree(path.parent, ignore_errors=True)

    return place.done("file", typed, add, lambda wrong: _listed(place, wrong), "/exhibits")


@router.post("/capture")
@access("work", purpose="none")
def capture(place: ThePlace, typed: TheTyped) -> Response:
    """Capture a page in the background; addresses of this machine and its networks are refused."""

    def begin() -> object:
        url = checked(typed["url"])
        check_case(place.casework, place.who, place.case_id)
        words = ["capture", "--public-only", f"--case={place.case_id}", f"--why={typed['why'][:300]}", "--", url]
        return work.start(
            place.desk, place.who, f"Capture for {place.case_id}", words, scopes=("read", "work", "oversee"),
            case_id=place.case_id,
        )  # fmt: skip

    return place.done("capture", typed, begin, lambda wrong: _listed(place, wrong), "/exhibits")


@router.get("/{exhibit_id}")
@access("work", purpose="none")
def one(place: ThePlace, exhibit_id: str) -> Response:
    """What is known of one, and what happened to it."""
    return _one(place, own(place, exhibit_id))


@router.post("/{exhibit_id}/grade")
@access("work", purpose="none")
def grade(place: ThePlace, typed: TheTyped, exhibit_id: str) -> Response:
    """Grade one, and say how it may be handled."""

    def act(which: str) -> object:
        return exhibits.grade(
            place.casework, place.who, which, grading=grading_of(typed), handling=typed["handling"],
            conditions=typed["conditions"], tlp=typed["tlp"],
        )  # fmt: skip

    return _do(place, exhibit_id, "grade", typed, act)


@router.post("/{exhibit_id}/mark")
@access("work", purpose="none")
def mark(place: ThePlace, typed: TheTyped, exhibit_id: str) -> Response:
    """Say whom it shows: persons of the case, or that one looked and found nobody who is protected."""

    def act(which: str) -> object:
        shown = typed.all("shows")
        if typed["cleared"] != "1":
            return exhibits.mark(place.casework, place.who, which, shown)
        if shown:
            raise InputError("It shows somebody, and it shows nobody.", "Choose one of the two.")
        if exhibits.find(place.casework, place.who, which).shows:
            exhibits.mark(place.casework, place.who, which, ())
        return exhibits.clear(place.casework, place.who, which)

    return _do(place, exhibit_id, "mark", typed, act)


@router.post("/{exhibit_id}/withdraw")
@access("work", purpose="none")
def withdraw(place: ThePlace, typed: TheTyped, exhibit_id: str) -> Response:
    """Rely on it no longer."""
    return _do(place, exhibit_id, "withdraw", typed,
               lambda which: exhibits.withdraw(place.casework, place.who, which, typed["why"]))  # fmt: skip


@router.post("/{exhibit_id}/original")
@access("export", purpose="none")
def original(place: ThePlace, typed: TheTyped, exhibit_id: str) -> Response:
    """Its original bytes, as a download: an export, never shown in the browser."""
    which = own(place, exhibit_id)
    try:
        found, pieces = hand_out(place.casework, place.desk.workspace, place.who, which)
    except ClewError as error:
        return _one(place, which, failed("original", typed, error))
    headers = {
        "content-disposition": f'attachment; filename="{found.id}.{_ending(found)}"', "content-length": str(found.size),
        "digest": f"sha-256={found.sha256}",
    }  # fmt: skip
    return StreamingResponse(pieces, media_type="application/octet-stream", headers=headers)


def _do(place: Place, exhibit_id: str, form: str, typed: Typed, act: Callable[[str], object]) -> Response:
    which = own(place, exhibit_id)
    again: Callable[[Failed], Response] = lambda wrong: _one(place, which, wrong)  # noqa: E731
    return place.done(form, typed, lambda: act(which), again, f"/exhibits/{which}")


def _listed(place: Place, wrong: Failed | None = None, offset: int = 0) -> Response:
    def more(whole: WholeCase) -> Mapping[str, Any]:
        parts: dict[str, int] = {}
        for exhibit in whole.exhibits:
            parts[exhibit.part_of] = parts.get(exhibit.part_of, 0) + 1
        rows = [exhibit for exhibit in reversed(whole.exhibits) if not exhibit.part_of]
        return {
            "rows": rows[offset : offset + SIZE], "total": len(rows), "offset": offset, "size": SIZE, "parts": parts,
            "kinds": KINDS, "jobs": _news(place, rows),
        }  # fmt: skip

    return place.shown("Exhibits", more, wrong)


def _news(place: Place, rows: list[Exhibit]) -> list[Job]:
    """Work for the case; how it ended is news until something else was brought in."""
    came = [datetime.fromisoformat(exhibit.at) for exhibit in rows]
    jobs = place.desk.jobs.of_case(place.case_id)[:3]
    return [job for job in jobs if not (job.ended and any(job.ended < at for at in came))]


def _one(place: Place, exhibit_id: str, wrong: Failed | None = None) -> Response:
    def more(whole: WholeCase) -> Mapping[str, Any]:
        found = next((exhibit for exhibit in whole.exhibits if exhibit.id == exhibit_id), None)
        if found is None:
            raise MissingError(f"{place.case_id} has no exhibit {exhibit_id[:20]!r}.")
        return {
            "exhibit": found,
            "with_it": [exhibit for exhibit in whole.exhibits if exhibit.part_of == exhibit_id],
            "custody": custody(place.casework, place.who, place.case_id, exhibit_id),
        }

    return place.shown("Exhibits", more, wrong, "cases/exhibit.html")


def _ending(exhibit: Exhibit) -> str:
    """A harmless ending; the name that somebody else gave is not used."""
    from clew.evidence.package.originals import file_of

    return file_of(exhibit).rpartition(".")[2]
