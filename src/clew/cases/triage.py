"""Triage: what people decided about networks. Rows are only ever added; the newest of a network holds.

Undoing adds a row too, so that who decided what, and who took it back, stays to be read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

import sqlalchemy as sa

from clew.database.base import METADATA, now, write
from clew.ledger.entry import Deed
from clew.ledger.log import append
from clew.model.actor import Actor
from clew.model.errors import InputError

State = Literal["new", "confirmed", "dismissed", "deferred"]
STATES: tuple[State, ...] = get_args(State)
MAX_REASON, MAX_NAME = 500, 80

# Reasons that often hold; others may be written.
DISMISSALS = (
    "Independent worker: one person, own number and pictures",
    "Spam or fraud with random contact data",
    "Agency or venue that is known and lawful",
    "Unrelated records joined: hub, hotline or resold text",
    "Already known: handled in another case",
    "Too little to go on",
)

_TRIAGE = sa.Table(
    "triage",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("network_id", sa.String, nullable=False),
    sa.Column("nth", sa.Integer, nullable=False),  # of the network's decisions, from 1: two at once cannot both be it
    sa.Column("state", sa.String, nullable=False),
    sa.Column("reason", sa.String, nullable=False),
    sa.Column("assignee", sa.String, nullable=False),
    sa.Column("undoes", sa.Integer),  # the nth that this row takes back; null for a decision
    sa.Column("records", sa.Integer),  # how many the network had; null where unknown
    sa.Column("who", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),  # ISO 8601, UTC
    sa.UniqueConstraint("network_id", "nth"),
)
_TRIES = 5


@dataclass(frozen=True)
class Decision:
    """One row of the history of a network.

    Attributes:
        network_id, nth: the network, and the number of this decision among its own.
        state, reason, assignee: what holds from it on.
        undoes: the decision that it takes back, if it is no decision itself.
        records: how many the network had then.
        who, at: who decided, and when.
    """

    network_id: str
    nth: int
    state: State
    reason: str
    assignee: str
    undoes: int | None
    records: int | None
    who: str
    at: datetime


def decide(
    cases: sa.Engine,
    network_id: str,
    who: Actor,
    state: State | None = None,
    reason: str = "",
    assignee: str | None = None,
    records: int | None = None,
) -> Decision:
    """Add a decision.

    Args:
        cases: see `clew.database.base.open_database`.
        network_id: about which network.
        who: decides.
        state: that it has from now on; None leaves it (to assign only).
        reason: why; dismissing needs one.
        assignee: who has it from now on, nobody if empty; None leaves it.
        records: how many the network has now, so that growth shows later.

    Raises:
        InputError: a dismissal without reason, or words that are too long.
    """
    reason = " ".join(reason.split())
    assignee = None if assignee is None else " ".join(assignee.split())
    if state is None and assignee is None:
        raise InputError("Nothing is decided.", "Give a state, or somebody who has it from now on.")
    if state == "dismissed" and not reason:
        raise InputError("A dismissal needs a reason.", "Say in a few words why this is no lead.")
    if len(reason) > MAX_REASON or len(assignee or "") > MAX_NAME:
        raise InputError("That is too long.", f"Reasons have up to {MAX_REASON} characters, names up to {MAX_NAME}.")

    def next_row(past: list[Decision]) -> dict[str, object]:
        last = past[-1] if past else None
        kept = last.state if last else "new"
        return {
            "state": state or kept,
            "reason": reason if state or not last else last.reason,
            "assignee": assignee if assignee is not None else last.assignee if last else "",
            "undoes": None,
            "records": records,
        }

    return _add(cases, network_id, who, next_row)


def undo(cases: sa.Engine, network_id: str, who: Actor) -> Decision:
    """Take the newest decision that holds back; what held before it holds again.

    Raises:
        InputError: there is none.
    """

    def next_row(past: list[Decision]) -> dict[str, object]:
        undone = {row.undoes for row in past}
        holding = [row for row in past if row.undoes is None and row.nth not in undone]
        if not holding:
            raise InputError(f"There is no decision about {network_id[:40]} to take back.")
        before = holding[-2] if len(holding) > 1 else None
        return {
            "state": before.state if before else "new",
            "reason": before.reason if before else "",
            "assignee": before.assignee if before else "",
            "undoes": holding[-1].nth,
            "records": before.records if before else None,
        }

    return _add(cases, network_id, who, next_row)


def history(cases: sa.Engine, *network_ids: str) -> list[Decision]:
    """Every decision about some networks, the oldest first: one network, and those that were merged into it."""
    query = _TRIAGE.select().where(_TRIAGE.c.network_id.in_(network_ids)).order_by(_TRIAGE.c.id)
    with cases.connect() as connection:
        return [_decision(row) for row in connection.execute(query)]


def standings(cases: sa.Engine) -> dict[str, Decision]:
    """What holds for every network about which anything was decided."""
    newest = sa.select(_TRIAGE.c.network_id, sa.func.max(_TRIAGE.c.nth).label("nth")).group_by(_TRIAGE.c.network_id)
    last = newest.subquery()
    join = _TRIAGE.join(last, (last.c.network_id == _TRIAGE.c.network_id) & (last.c.nth == _TRIAGE.c.nth))
    query = sa.select(_TRIAGE).select_from(join).order_by(_TRIAGE.c.id)
    with cases.connect() as connection:
        return {row.network_id: _decision(row) for row in connection.execute(query)}


def standing(cases: sa.Engine, network_id: str) -> Decision | None:
    """What holds for one network; None where nothing was decided."""
    past = history(cases, network_id)
    return past[-1] if past else None


def _add(
    cases: sa.Engine, network_id: str, who: Actor, next_row: Callable[[list[Decision]], dict[str, object]]
) -> Decision:
    """Add the row that follows from a network's past; anew when somebody else was quicker."""
    for _ in range(_TRIES):
        past = history(cases, network_id)
        nth = len(past) + 1
        values = next_row(past) | {
            "network_id": network_id, "nth": nth, "who": who.name, "at": now(),
        }  # fmt: skip
        try:
            with write(cases) as connection:
                connection.execute(_TRIAGE.insert().values(values))
                append(connection, who, _deed(values))
        except sa.exc.IntegrityError:
            continue
        return history(cases, network_id)[nth - 1]
    raise InputError(f"Others are deciding about {network_id[:40]} at this moment.", "Look again, then decide.")


def _deed(values: dict[str, object]) -> Deed:
    told = {name: values[name] for name in ("nth", "state", "assignee", "undoes")}
    return Deed("decide", f"network {values['network_id']}", told, {"reason": str(values["reason"])})


def _decision(row: sa.Row[Any]) -> Decision:
    fields = row._asdict()
    fields.pop("id")
    return Decision(**fields | {"at": datetime.fromisoformat(fields["at"])})
