"""Sources, ingests, runs, quarantine and jobs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi import Path as InPath

from clew.query import sources as queries
from clew.web.api.paging import Limit, Offset, Page, faults
from clew.web.desk import Reading, TheDesk
from clew.web.jobs import Job

router = APIRouter(tags=["sources and runs"])
Text = Annotated[str, Query(max_length=4000)]


@router.get("/sources")
def sources(engine: Reading) -> list[queries.Source]:
    """Every source with what it holds."""
    return queries.sources(engine)


@router.get("/ingests", responses=faults(422))
def ingests(desk: TheDesk, offset: Offset = 0, limit: Limit = 50) -> Page[queries.Ingest]:
    """Ingests, the newest first."""
    found = queries.ingests(desk.workspace)
    return Page(found[offset : offset + limit], len(found), offset, limit)


@router.get("/runs", responses=faults(422))
def runs(desk: TheDesk, offset: Offset = 0, limit: Limit = 50) -> Page[queries.Run]:
    """Runs with their digests, the newest first."""
    found = queries.runs(desk.workspace)
    return Page(found[offset : offset + limit], len(found), offset, limit)


@router.get("/runs/{run}", responses=faults(404, 422))
def run(desk: TheDesk, run: Annotated[str, InPath(max_length=40)]) -> queries.Run:
    """One run."""
    return queries.run_of(desk.workspace, run)


@router.get("/quarantine", responses=faults(422))
def quarantine(
    desk: TheDesk, engine: Reading, reason: Text = "", file: Text = "", offset: Offset = 0, limit: Limit = 50
) -> queries.Quarantine:
    """Rows that were refused."""
    return queries.quarantine(desk.workspace, engine, reason, file, offset, limit)


@router.get("/jobs")
def jobs(desk: TheDesk) -> list[Job]:
    """What was done in the background since the workbench was opened, the newest first."""
    return desk.jobs.all()


@router.post("/jobs/run", status_code=202, responses=faults(400))
def start_run(desk: TheDesk) -> Job:
    """Begin a run."""
    return desk.jobs.start_run()
