"""Sources, ingests, runs, quarantine and jobs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi import Path as InPath

from clew.query import sources as queries
from clew.web import work
from clew.web.access import Who, access
from clew.web.api.paging import Limit, Offset, Page, faults
from clew.web.desk import Reading, TheDesk
from clew.web.jobs import Job

router = APIRouter(tags=["sources and runs"])
Text = Annotated[str, Query(max_length=4000)]


@router.get("/sources")
@access("read", purpose="none")
def sources(engine: Reading) -> list[queries.Source]:
    """Every source with what it holds."""
    return queries.sources(engine)


@router.get("/ingests", responses=faults(422))
@access("read", purpose="none")
def ingests(desk: TheDesk, offset: Offset = 0, limit: Limit = 50) -> Page[queries.Ingest]:
    """Ingests, the newest first."""
    found = queries.ingests(desk.workspace)
    return Page(found[offset : offset + limit], len(found), offset, limit)


@router.get("/runs", responses=faults(422))
@access("read", purpose="none")
def runs(desk: TheDesk, offset: Offset = 0, limit: Limit = 50) -> Page[queries.Run]:
    """Runs with their digests, the newest first."""
    found = queries.runs(desk.workspace)
    return Page(found[offset : offset + limit], len(found), offset, limit)


@router.get("/runs/{run}", responses=faults(404, 422))
@access("read", purpose="none")
def run(desk: TheDesk, run: Annotated[str, InPath(max_length=40)]) -> queries.Run:
    """One run."""
    return queries.run_of(desk.workspace, run)


@router.get("/quarantine", responses=faults(422))
@access("read", "view", "page /quarantine")
def quarantine(
    desk: TheDesk, reason: Text = "", file: Text = "", offset: Offset = 0, limit: Limit = 50
) -> queries.Quarantine:
    """Rows that were refused."""
    return queries.quarantine(desk.workspace, reason, file, offset, limit)


@router.get("/jobs")
@access("read", purpose="none")
def jobs(desk: TheDesk) -> list[Job]:
    """What was done in the background since the workbench was opened, the newest first."""
    return desk.jobs.all()


@router.post("/jobs/run", status_code=202, responses=faults(400))
@access("ingest", purpose="none")
def start_run(desk: TheDesk, who: Who) -> Job:
    """Begin a run."""
    return work.start_run(desk, who)
