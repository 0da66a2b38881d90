"""A record: its text with every mention in place, its versions, its pictures when asked for, its digest."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from clew.assess.catalogue import catalogue
from clew.engine.duckdb import Engine
from clew.model.errors import MissingError
from clew.query.conversations import talk_of
from clew.query.offer import marked, offer_of
from clew.query.record import RecordPage, record_page
from clew.query.site import is_site
from clew.web import talks
from clew.web.access import access, note
from clew.web.desk import Reading
from clew.web.page import render
from clew.web.pages import sites
from clew.web.pictures import held, picture

router = APIRouter()


@router.get("/records/{name}")
@access("read", "view", "record {name}", "queue")
def record(request: Request, engine: Reading, name: str) -> Response:
    """The record of that id; the beginning of an id or a native id leads to it."""
    found = record_page(engine, name)
    if name != found.record["record_id"]:
        return RedirectResponse(f"/records/{found.record['record_id']}", 303)
    return render(
        request, "record.html",
        page=found, record=found.record, held=_held(found.record), clear=False, **_belongs(engine, found),
    )  # fmt: skip


def _held(record: dict[str, Any]) -> list[bool]:
    """Of each picture of a record, whether its file was collected."""
    return [held(record["file"], name) is not None for name in record["images"] or []]


def _belongs(engine: Engine, found: RecordPage) -> dict[str, Any]:
    """The conversation or the site of a record; of an offer its facts, and its findings in its words."""
    record = found.record
    talk = talk_of(engine, record["rid"]) if record["kind"] == "message" else None
    offer = record["kind"] == "job_ad"
    sited = record["kind"] in ("page", "job_ad") and is_site(engine, record["platform"])
    return {
        "talk": talk[0] if talk else None,
        "place": talk[1] if talk else None,
        "talk_href": talks.href,
        "site": record["platform"] if sited else "",
        "site_href": sites.href,
        "offer": offer_of(record) if offer else None,
        "marks": marked(record, found.findings) if offer else (),
        "named": {i.id: i.name for i in catalogue()},
    }


@router.get("/records/{name}/pictures/{number}")
@access("read", "view", "record {name}", "queue")
def shown(request: Request, engine: Reading, name: str, number: int, clear: bool = False) -> Response:
    """One of its pictures, drawn anew without what the file says beside its pixels; blurred unless asked for clear."""
    found = record_page(engine, name).record
    note(request, f"record {found['record_id']}", details={"pictures": "clear"} if clear else None)
    images = found["images"] or []
    if not 0 <= number < len(images):
        raise MissingError(f"There is no picture {number} of that record.", "See the record.")
    return Response(picture(found["file"], images[number], blurred=not clear), media_type="image/png")


@router.get("/records/{name}/pictures", response_class=HTMLResponse)
@access("read", "view", "record {name}", "queue")
def pictures(request: Request, engine: Reading, name: str, clear: bool = False) -> HTMLResponse:
    """The pictures of a record, for a part of its page."""
    found = record_page(engine, name).record
    note(request, f"record {found['record_id']}")
    return render(request, "parts/pictures.html", record=found, held=_held(found), clear=clear)
