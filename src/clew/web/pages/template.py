"""A template: members aligned under each other, slots by type, a click on a slot searches for what fills it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from clew.query.template import template_page
from clew.web.access import access
from clew.web.desk import Reading
from clew.web.page import render

router = APIRouter()
ROWS = 20


@router.get("/templates/{template_id}")
@access("read", "view", "template {template_id}")
def template(
    request: Request, engine: Reading, template_id: str, offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0
) -> HTMLResponse:
    """A page of the members of a template."""
    return render(request, "template.html", page=template_page(engine, template_id, offset, ROWS), rows=ROWS)
