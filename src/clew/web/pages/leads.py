"""Leads: the queue, triage in it, the saved views, and the weights that were learned."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi import Path as InPath
from fastapi.responses import RedirectResponse, Response

from clew.assess.catalogue import catalogue
from clew.assess.explain import ONE_FINDING, lead_of
from clew.cases.saved import remove_view, save_view, saved_views
from clew.cases.triage import DISMISSALS, Decision, standing
from clew.engine.duckdb import Engine
from clew.query.conversations import count_talks
from clew.query.network import merged_into
from clew.query.queue import NOBODY, STATES, LeadRow, choices, count_states, queue, span
from clew.query.queue_places import near_places
from clew.web import words
from clew.web.access import Who, access
from clew.web.asked import PageAsks, parse
from clew.web.csvfile import csv_file
from clew.web.desk import Reading, TheDesk
from clew.web.masking import TheMasks
from clew.web.page import render, wants_part
from clew.web.triage import board, known, past, take

router = APIRouter()

SIZE = 50  # leads of a page
_MOST_ROWS = 200_000  # of a download
_MOST_PRIORITY = 12.0  # the width of the meter; more is rare

NetworkName = Annotated[str, InPath(max_length=40)]
Do = Literal["confirm", "dismiss", "defer", "assign", "reopen", "undo"]
_STATE_OF = {"confirm": "confirmed", "dismiss": "dismissed", "defer": "deferred", "reopen": "new"}
_TOLD = {
    "confirmed": "confirmed",
    "dismissed": "dismissed",
    "deferred": "deferred: it stays in the queue for later",
    "new": "open again",
}


@router.get("/leads")
@access("read", "view", "page /leads", "queue")
def leads(
    request: Request, desk: TheDesk, engine: Reading, who: Who, asked: PageAsks,
    offset: Annotated[int, Query(ge=0, le=10**7)] = 0,
) -> Response:  # fmt: skip
    """The queue."""
    now = board(desk, engine)
    counts = count_states(engine, asked.filters, now.decided)
    total = sum(counts.values()) if asked.state == "any" else counts[asked.state]
    offset = min(offset, max(total - 1, 0) // SIZE * SIZE)
    rows = queue(engine, asked.filters, asked.sort, offset, SIZE, now.decided, now.ordered)
    return render(
        request,
        "leads.html",
        asked=asked,
        board=now,
        rows=rows,
        counts=counts,
        total=total,
        offset=offset,
        size=SIZE,
        choices=choices(engine),
        named={i.id: i.name for i in catalogue()},
        views=saved_views(desk.db, who.name),
        span=span(engine),
        known=_known(engine) if not rows else None,
        near=near_places(engine, asked.filters.place) if asked.filters.place and not rows else None,
        danger=count_talks(engine).danger,
        **_common(),
    )


@router.get("/leads.csv")
@access("export", "export", "page /leads.csv")
def download(desk: TheDesk, engine: Reading, masks: TheMasks, asked: PageAsks) -> Response:
    """The list as it is filtered and sorted, all of it."""
    now = board(desk, engine)
    names = [f.name for f in fields(LeadRow) if f.name != "activity"]
    rows = queue(engine, asked.filters, asked.sort, 0, _MOST_ROWS, now.decided, now.ordered)
    return csv_file("leads", names, ([getattr(row, name) for name in names] for row in rows), masks.text)


@router.get("/leads/weights")
@access("read", purpose="none")
def weights(request: Request, desk: TheDesk, engine: Reading) -> Response:
    """What was learned from the decisions, an indicator a row."""
    now = board(desk, engine)
    entries = {i.id: i for i in catalogue()}
    weighed = [w for w in now.learned.weights if entries[w.indicator].points]
    weighed.sort(key=lambda w: (-abs(w.factor - 1), -abs(entries[w.indicator].points), w.indicator))
    unweighed = [i for i in catalogue() if i.measured and not i.points]
    moved = 0
    if now.ordered is not None:
        first = now.ordered.slice(0, 20)  # of the catalogue's order
        moved = sum(place > 20 for place in first["place"].to_pylist())
    return render(
        request, "leads_weights.html", board=now, weights=weighed, entries=entries, unweighed=unweighed, moved=moved
    )


@router.get("/leads/{network_id}/triage")
@access("read", "view", "network {network_id}", "queue")
def decide_page(
    request: Request, desk: TheDesk, engine: Reading, network_id: NetworkName, back: Annotated[str, Query()] = ""
) -> Response:
    """One lead's decisions so far, and the next, without script."""
    into = merged_into(engine, network_id)
    if into is None:
        known(engine, network_id)
    return render(
        request,
        "leads_triage.html",
        network_id=network_id,
        into=into,
        lead=lead_of(engine, network_id),
        now=standing(desk.db, network_id),
        past=past(desk, engine, network_id),
        people=board(desk, engine).people,
        back=parse(back).query(),
        **_common(),
    )


@router.post("/leads/{network_id}/triage")
@access("decide", subject="network {network_id}", purpose="queue")
def decide(
    request: Request,
    desk: TheDesk,
    engine: Reading,
    who: Who,
    network_id: NetworkName,
    do: Annotated[Do, Form()],
    reason: Annotated[str, Form(max_length=2_000)] = "",
    other: Annotated[str, Form(max_length=2_000)] = "",
    assignee: Annotated[str, Form(max_length=200)] = "",
    back: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """Take a decision; htmx gets the cell that shows it, a form without script goes back to the queue."""
    before = standing(desk.db, network_id)
    made = take(
        desk,
        engine,
        who,
        network_id,
        _STATE_OF.get(do),  # type: ignore[arg-type]
        other or reason,
        assignee if do == "assign" else None,
        take_back=do == "undo",
    )
    asked = parse(back)
    if not wants_part(request):
        return RedirectResponse(asked.href(), 303)
    after = board(desk, engine)
    earlier = after.earlier.get(network_id)
    answer = render(
        request, "leads_state.html", network_id=network_id, now=made, back=asked.query(), earlier=earlier, **_common()
    )
    told = {
        "network": network_id,
        "do": do,
        "said": _said(do, made),
        "from": before.state if before else "new",
        "to": made.state,
        "learned": after.learned.why,
    }
    answer.headers["HX-Trigger-After-Swap"] = json.dumps({"clew:decided": told})
    return answer


@router.post("/leads/views")
@access("read", purpose="none")
def keep_view(
    desk: TheDesk,
    who: Who,
    name: Annotated[str, Form(max_length=200)],
    query: Annotated[str, Form(max_length=2_000)] = "",
    remove: Annotated[bool, Form()] = False,
) -> Response:
    """Save the present filters and order under a name, or forget a saved one."""
    asked = parse(query)
    if remove:
        remove_view(desk.db, who.name, name)
    else:
        save_view(desk.db, who.name, name, asked.query())
    return RedirectResponse(asked.href(), 303)


def _said(do: Do, made: Decision) -> str:
    """What the live region says."""
    if do == "assign":
        return f"{made.network_id}: {'assigned to ' + made.assignee if made.assignee else 'assigned to nobody'}."
    if do == "undo":
        return f"{made.network_id}: taken back, it is {made.state} again."
    return f"{made.network_id}: {_TOLD[made.state]}."


def _known(engine: Engine) -> tuple[int, int]:
    """How many records and networks there are, for the sentence in an empty queue."""
    records, networks = engine.row("SELECT (SELECT count(*) FROM records), (SELECT count(*) FROM networks)")
    return int(records), int(networks)


def _common() -> dict[str, Any]:
    return {
        "states": STATES,
        "nobody": NOBODY,
        "dismissals": DISMISSALS,
        "one_finding": ONE_FINDING,
        "most_priority": _MOST_PRIORITY,
        "words": words,
    }
