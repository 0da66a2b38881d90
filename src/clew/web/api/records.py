"""Records and templates."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath

from clew.query.record import RecordPage, record_page
from clew.query.template import MOST_ALIGNED, TemplatePage, template_page
from clew.web.access import access, note
from clew.web.desk import Reading

router = APIRouter(tags=["records"])
_ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"description": "Several have that name"},
    404: {"description": "None has"},
}


@router.get("/records/{record_id}", responses=_ERRORS)
@access("read", "view", "record {record_id}", "queue")
def record(request: Request, engine: Reading, record_id: Annotated[str, InPath(max_length=200)]) -> RecordPage:
    """A record: fields with mentions in place, versions with differences, findings, digest."""
    found = record_page(engine, record_id)
    note(request, f"record {found.record['record_id']}")  # it may have been asked for by a native id
    return found


@router.get("/templates/{template_id}", responses=_ERRORS)
@access("read", "view", "template {template_id}")
def template(
    engine: Reading,
    template_id: Annotated[str, InPath(max_length=200)],
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_ALIGNED)] = 20,
) -> TemplatePage:
    """A template: slots, networks, and members aligned with the medoid, by time."""
    return template_page(engine, template_id, offset, limit)
