"""Sources and runs: add files with a preview of their columns, watch the work, see what was refused, verify runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from clew.ingest.columns import FIELDS
from clew.ingest.registry import all_formats
from clew.ingest.stage import Preview, preview
from clew.model.errors import InputError, MissingError
from clew.model.tables import KINDS
from clew.query import sources as queries
from clew.web import work
from clew.web.access import Who, access
from clew.web.desk import Desk, Reading, TheDesk
from clew.web.incoming import keep, kept
from clew.web.page import render
from clew.web.security import LOOPBACK

router = APIRouter()
SHOWN = 12  # rows of a preview
PART = 50  # rows of quarantine on a page
_NAME = re.compile(r"[^\x00-\x1f]{1,100}")
Short = Annotated[str, Query(max_length=200)]


@router.get("/sources")
@access("read", purpose="none")
def sources(request: Request, desk: TheDesk, engine: Reading) -> HTMLResponse:
    """What there is, what is being done, what was done."""
    workspace = desk.workspace
    return render(
        request,
        "sources.html",
        sources=queries.sources(engine),
        ingests=queries.ingests(workspace)[:PART],
        runs=queries.runs(workspace)[:PART],
        rejected=queries.quarantine(workspace, limit=1),
        jobs=desk.jobs.all()[:5],
        kinds=KINDS,
    )


@router.get("/jobs")
@access("read", purpose="none")
def jobs(request: Request, desk: TheDesk) -> HTMLResponse:
    """The jobs, for a part of the page that asks again while one is at work."""
    return render(request, "parts/jobs.html", jobs=desk.jobs.all()[:5])


@router.post("/jobs/run")
@access("ingest", purpose="none")
def run(desk: TheDesk, who: Who) -> Response:
    """Begin a run."""
    work.start_run(desk, who)
    return RedirectResponse("/sources", 303)


@router.post("/jobs/stop")
@access("ingest", "change", "workspace", "none")
def stop(desk: TheDesk) -> Response:
    """End the job that is at work."""
    desk.jobs.stop()
    return RedirectResponse("/sources", 303)


@router.post("/sources/file")
@access("ingest", "intake", "page /sources/file")
def given(
    request: Request,
    desk: TheDesk,
    upload: Annotated[UploadFile | None, File()] = None,
    path: Annotated[str, Form(max_length=4000)] = "",
    kind: Annotated[str, Form(max_length=20)] = "",
    source: Annotated[str, Form(max_length=100)] = "",
    platform: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Take a file, or the path of one on this machine, and go on to its preview."""
    if upload is not None and upload.filename:
        name = keep(desk.path, upload.filename, upload.file)
    elif path.strip():
        name = str(kept(desk.path, _local(request, path.strip())))
    else:
        raise InputError("No file was given.", "Choose one, or write the path of one on this machine.")
    asked = {"file": name, "kind": kind, "source": source or Path(name).stem[:100], "platform": platform}
    return RedirectResponse(f"/sources/add?{urlencode({k: v for k, v in asked.items() if v})}", 303)


@router.get("/sources/add")
@access("ingest", "view", "page /sources/add")
def add(
    request: Request, desk: TheDesk, file: Annotated[str, Query(max_length=4000)],
    kind: Short = "", source: Short = "", platform: Short = "",
) -> HTMLResponse:  # fmt: skip
    """What ingest would make of a file; the choice of columns is in the address (``map.title=headline``)."""
    path = kept(desk.path, _local(request, file))
    mapping = _mapping(dict(request.query_params))
    try:
        found, wrong = preview(path, mapping, SHOWN), None
    except InputError as error:
        found, wrong = None, error
    return render(
        request,
        "sources_add.html",
        file=file, name=path.name, kind=kind, source=source, platform=platform, kinds=KINDS, fields=FIELDS,
        held=_kind_of(found), found=found, wrong=wrong, filled=_filled(found.fields if found else {}), mapping=mapping,
    )  # fmt: skip


def _kind_of(found: Preview | None) -> str:
    """The kind of record that a format holds by itself: statements are payments, chats are messages; else adverts."""
    kinds = {known.name: known.kind for known in all_formats()}
    return (kinds.get(found.format) if found else None) or "ad"


@router.post("/sources/add")
@access("ingest")
async def ingest(request: Request, desk: TheDesk, who: Who) -> Response:
    """Read a file into the workspace and run: one job."""
    form = {key: str(value) for key, value in (await request.form()).items()}
    path = kept(desk.path, _local(request, form.get("file", "")))
    kind, source, platform = (form.get(name, "").strip() for name in ("kind", "source", "platform"))
    if kind not in ("", *KINDS) or not _NAME.fullmatch(source):
        raise InputError("The name of the source is missing, or the kind is none.", "Go back and fill them in.")
    words = ["ingest", f"--source={source}", *([f"--kind={kind}"] if kind else [])]
    words += [f"--platform={platform}"] if platform else []
    words += [f"--map={name}={column}" for name, column in _mapping(form).items()]
    await run_in_threadpool(work.start, desk, who, f"Ingest {path.name}", [*words, "--", str(path)], ["run"])
    return RedirectResponse("/sources", 303)


@router.get("/quarantine")
@access("read", "view", "page /quarantine")
def quarantine(
    request: Request, desk: TheDesk, reason: Short = "",
    file: Annotated[str, Query(max_length=4000)] = "", offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> HTMLResponse:  # fmt: skip
    """Rows that were refused, each with its reason, and the way to read their file again."""
    found = queries.quarantine(desk.workspace, reason, file, offset, PART)
    asked = {k: v for k, v in (("reason", reason), ("file", file)) if v}
    return render(
        request, "quarantine.html", found=found, reason=reason, file=file, offset=offset, part=PART,
        href=f"/quarantine?{urlencode([*asked.items(), ('offset', '')])}",
    )  # fmt: skip


@router.get("/runs/{name}")
@access("read", purpose="none")
def one_run(request: Request, desk: TheDesk, name: str) -> HTMLResponse:
    """A run: what went in, what came out, by which code, with digests."""
    return render(request, "run.html", run=queries.run_of(desk.workspace, name))


@router.post("/runs/{name}/replay")
@access("ingest", purpose="none")
def replay(desk: TheDesk, who: Who, name: str) -> Response:
    """Run it again and compare the digests."""
    queries.run_of(desk.workspace, name)
    work.start(desk, who, f"Replay {name}", ["replay", name])
    return RedirectResponse("/sources", 303)


def _local(request: Request, name: str) -> str:
    """A path may only be named by the one person whose machine it is: others would read the server's files by it."""
    asker = request.client.host if request.client else ""
    desk: Desk = request.app.state.desk
    if name.startswith("/") and (asker not in LOOPBACK or not desk.alone):
        raise MissingError("There is no file under that name here.", "Upload it.")
    return name


def _mapping(given: dict[str, Any]) -> dict[str, str]:
    """Field to column, of entries ``map.FIELD``."""
    named = {key.removeprefix("map."): str(value) for key, value in given.items() if key.startswith("map.")}
    return {name: column for name, column in named.items() if name in FIELDS and column}


def _filled(columns: dict[str, str | None]) -> dict[str, list[str]]:
    """Field to the columns that fill it."""
    found: dict[str, list[str]] = {}
    for column, field in columns.items():
        if field:
            found.setdefault(field, []).append(column)
    return found
