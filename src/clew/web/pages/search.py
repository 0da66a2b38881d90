"""Search: one box for anything, the answer in groups by the way records are tied; explorations listed below the box."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import RedirectResponse, Response
from starlette.background import BackgroundTask

from clew.cases.exploration import explorations
from clew.engine.duckdb import Engine
from clew.model.actor import Actor
from clew.model.errors import InputError
from clew.query.money import with_payments
from clew.query.search import MAX_QUERY, MOST_OFFSET, place_of
from clew.web.access import Who, access, note
from clew.web.desk import Desk, Reading, TheDesk
from clew.web.named import place_named
from clew.web.page import render, wants_part
from clew.web.pages.money import href as href_of_account
from clew.web.pages.money import short
from clew.web.searching import answer, hash_of, warm

router = APIRouter()

PAYS = ("account", "wallet", "phone")  # what pays and is paid
SHOWN, MORE = 8, 50  # records of a group: at first, and on a page of its own
Region = Annotated[str, Query(pattern="^([A-Za-z]{2})?$", description="Country of numbers without one: BE, RO…")]
Asks = Annotated[str, Query(max_length=2 * MAX_QUERY, description="Anything: phone, address, words, type:value…")]


@router.get("/search")
@access("read", "search", "search")
def page(
    request: Request,
    desk: TheDesk,
    engine: Reading,
    who: Who,
    q: Asks = "",
    region: Region = "",
    after: Annotated[int, Query(ge=0, le=4_000_000_000)] = 0,
    part: Annotated[int | None, Query(ge=0, le=50)] = None,
    offset: Annotated[int, Query(ge=0, le=MOST_OFFSET)] = 0,
) -> Response:
    """The box; the answer, if something is asked; an id leads to its page."""
    q = q.strip()
    if not q:
        note(request, "page /search", "view")
        box = render(
            request, "search.html", q="", region=region, found=None, wrong=None, part=None,
            **_known(engine), **_mine(desk, who),
        )  # fmt: skip
        box.background = BackgroundTask(warm, desk)  # while the question is typed
        return box
    if place := place_of(engine, q) or place_named(desk, engine, who, q):
        return RedirectResponse(place, 303)
    found, wrong = None, None
    try:
        found = answer(desk, engine, q, region, SHOWN if part is None else MORE, offset, part, after)
    except InputError as error:
        wrong = error
    asked = {"q": q, "region": region.upper()}
    href = f"/search?{urlencode({k: v for k, v in asked.items() if v})}"
    if (
        found
        and len(found.groups) == 1
        and part is None
        and found.groups[0].kind == "id"
        and found.groups[0].records == 1
    ):
        return RedirectResponse(f"/records/{found.groups[0].items[0].record_id}", 303)
    tied = [f"{g.type}:{g.value}" for g in found.groups if g.kind == "identifier" and g.type in PAYS] if found else []
    template = "search_group.html" if part is not None and wants_part(request) else "search.html"
    return render(
        request, template, q=q, region=region.upper(), found=found, wrong=wrong, href=href, part=part, more=MORE,
        cut=len(q) > MAX_QUERY, known=None, waiting=0, account=href_of_account, short=short,
        paid=with_payments(engine, tied),
    )  # fmt: skip


@router.post("/search")
@access("read")
def given(
    q: Annotated[str, Form(max_length=100_000)] = "",
    region: Annotated[str, Form(pattern="^([A-Za-z]{2})?$")] = "",
    picture: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """What the box sends: words become an address; of a picture only the hash goes into it, the file is not kept."""
    if picture is not None and picture.filename:
        asked = {"q": hash_of(picture)}
    else:
        asked = {"q": q.strip()[:MAX_QUERY], "region": region}
    return RedirectResponse(f"/search?{urlencode({k: v for k, v in asked.items() if v})}", 303)


def _mine(desk: Desk, who: Actor) -> dict[str, Any]:
    """The explorations of the person at the desk."""
    mine, total = explorations(desk.db, who.name, limit=20)
    return {"mine": mine, "mine_total": total}


def _known(engine: Engine) -> dict[str, int]:
    """How many records can be searched, and how many wait for a run."""
    known, records = engine.row("SELECT (SELECT count(*) FROM members), (SELECT count(*) FROM records)")
    return {"known": int(known), "waiting": int(records) - int(known)}
