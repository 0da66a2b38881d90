"""The queue as data: leads, one lead, decisions, and what was learned from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Body
from fastapi import Path as InPath

from clew.assess.catalogue import catalogue
from clew.assess.explain import Reason, lead_of
from clew.cases.triage import MAX_NAME, MAX_REASON, Decision, State
from clew.query.queue import LeadRow, count_states, lead_row, queue
from clew.web.access import Who, access
from clew.web.api.paging import Limit, Offset, Page, faults
from clew.web.asked import ApiAsks
from clew.web.desk import Reading, TheDesk
from clew.web.triage import board, past, take

router = APIRouter(tags=["leads"])

NetworkName = Annotated[str, InPath(max_length=40, description="Id of a network: N and twelve hex digits.")]


@dataclass(frozen=True)
class LeadDetail:
    """A lead with its reasons, and every decision about it and the networks that went into it, the oldest first."""

    lead: LeadRow
    reasons: list[Reason]
    decisions: list[Decision]


@dataclass(frozen=True)
class WeightRow:
    """An indicator in the learned order: ``factor`` times the catalogue's ``points``."""

    indicator: str
    name: str
    points: float
    learned_points: float
    factor: float
    confirmed: int
    dismissed: int


@dataclass(frozen=True)
class Weights:
    """What was learned: from how many decisions, whether it changes the order and why, and the weights."""

    active: bool
    why: str
    confirmed: int
    dismissed: int
    weights: list[WeightRow]


@router.get("/leads", responses=faults(400, 422))
@access("read", "view", "page /leads", "queue")
def leads(desk: TheDesk, engine: Reading, asked: ApiAsks, offset: Offset = 0, limit: Limit = 50) -> Page[LeadRow]:
    """The queue; ``sort=learned`` is the catalogue's order (``priority``) as long as nothing is learned."""
    now = board(desk, engine)
    counts = count_states(engine, asked.filters, now.decided)
    total = sum(counts.values()) if asked.filters.state is None else counts[asked.filters.state]
    rows = queue(engine, asked.filters, asked.sort, offset, limit, now.decided, now.ordered)
    return Page(rows, total, offset, limit)


@router.get("/leads/{network_id}", responses=faults(404, 422))
@access("read", "view", "network {network_id}", "queue")
def lead(desk: TheDesk, engine: Reading, network_id: NetworkName) -> LeadDetail:
    """One lead: its row, its reasons, what was decided."""
    now = board(desk, engine)
    row = lead_row(engine, network_id, now.decided, now.ordered)
    found = lead_of(engine, network_id)
    return LeadDetail(row, list(found.reasons) if found else [], past(desk, engine, network_id))


@router.post("/leads/{network_id}/triage", responses=faults(400, 404, 422))
@access("decide", subject="network {network_id}", purpose="queue")
def triage(
    desk: TheDesk,
    engine: Reading,
    who: Who,
    network_id: NetworkName,
    state: Annotated[State | None, Body(description="Left as it is if absent.")] = None,
    reason: Annotated[str, Body(max_length=MAX_REASON, description="A dismissal needs one.")] = "",
    assignee: Annotated[str | None, Body(max_length=MAX_NAME, description="Empty: nobody.")] = None,
    undo: Annotated[bool, Body(description="Take the last decision back; the rest is not read then.")] = False,
) -> Decision:
    """Decide about a network; what holds from now on is answered."""
    return take(desk, engine, who, network_id, state, reason, assignee, take_back=undo)


@router.get("/weights")
@access("read", purpose="none")
def weights(desk: TheDesk, engine: Reading) -> Weights:
    """The weights of the learned order, beside the catalogue's."""
    learned = board(desk, engine).learned
    entries = {i.id: i for i in catalogue()}
    rows = [
        WeightRow(
            w.indicator,
            entries[w.indicator].name,
            entries[w.indicator].points,
            round(entries[w.indicator].points * w.factor, 3),
            w.factor,
            w.confirmed,
            w.dismissed,
        )
        for w in learned.weights
    ]
    return Weights(learned.active, learned.why, learned.confirmed, learned.dismissed, rows)
