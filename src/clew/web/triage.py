"""Triage at the desk: what people decided, laid beside the queue, and new decisions taken."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import pyarrow as pa

from clew.assess.learn import Learned
from clew.cases.triage import Decision, State, decide, history, standings, undo
from clew.engine.duckdb import Engine
from clew.model.actor import Actor
from clew.model.errors import InputError, MissingError
from clew.query.learning import learn_order
from clew.query.network import merged_into
from clew.query.queue import DECIDED
from clew.web.desk import Desk

_LABELS = {"confirmed": True, "dismissed": False}


@dataclass(frozen=True)
class Board:
    """What is decided and learned at this moment.

    Attributes:
        standings: the newest decision about each network that has one.
        learned: from them.
        ordered: the learned order; None where it is the catalogue's.
        earlier: by network, the newest decision about one that was merged into it.
    """

    standings: dict[str, Decision]
    learned: Learned
    ordered: pa.Table | None
    earlier: dict[str, Decision]

    @property
    def decided(self) -> pa.Table:
        """For `clew.query.queue`."""
        return _decided(self.standings)

    @property
    def people(self) -> list[str]:
        """Who has leads."""
        return sorted({d.assignee for d in self.standings.values() if d.assignee})


@dataclass(frozen=True)
class _Kept:
    key: tuple[object, ...]
    learned: Learned
    ordered: pa.Table | None


# The order is learned anew when a label or the index has changed, not for every page.
_KEPT: WeakKeyDictionary[Desk, _Kept] = WeakKeyDictionary()
_LOCK = threading.Lock()


def board(desk: Desk, engine: Engine) -> Board:
    """What is decided and learned, for a page."""
    found = standings(desk.db)
    labels = {name: _LABELS[d.state] for name, d in sorted(found.items()) if d.state in _LABELS}
    key = (_index_of(engine), *labels.items())
    with _LOCK:
        kept = _KEPT.get(desk)
    if kept is None or kept.key != key:
        kept = _Kept(key, *learn_order(engine, labels))
        with _LOCK:
            _KEPT[desk] = kept
    return Board(found, kept.learned, kept.ordered, _earlier(engine, found))


def _decided(found: dict[str, Decision]) -> pa.Table:
    rows = [{"network_id": d.network_id, "state": d.state, "assignee": d.assignee} for d in found.values()]
    return pa.Table.from_pylist(rows, schema=DECIDED)


def _earlier(engine: Engine, found: dict[str, Decision]) -> dict[str, Decision]:
    """What was decided about networks that have gone, by the living ones that they went into."""
    query = """
        WITH RECURSIVE way AS (
            SELECT d.network_id AS was, a.merged_into AS heir FROM decided d JOIN anchors a USING (network_id)
            WHERE a.merged_into IS NOT NULL
            UNION SELECT was, a.merged_into FROM way JOIN anchors a ON a.network_id = heir
            WHERE a.merged_into IS NOT NULL
        )
        SELECT was, heir FROM way SEMI JOIN networks n ON n.network_id = heir"""
    heirs = engine.sql(query, {"decided": _decided(found)}).to_pylist() if found else []
    newest = sorted(
        ((found[row["was"]], row["heir"]) for row in heirs), key=lambda pair: (pair[0].at, pair[0].network_id)
    )
    return {heir: decision for decision, heir in newest if decision.state != "new"}


def _index_of(engine: Engine) -> str:
    """Which index an engine reads: the name of its database is that of the file, a digest of what it is made from."""
    return str(engine.row("SELECT current_database()")[0])


def take(
    desk: Desk,
    engine: Engine,
    who: Actor,
    network_id: str,
    state: State | None = None,
    reason: str = "",
    assignee: str | None = None,
    take_back: bool = False,
) -> Decision:
    """Decide about a network that lives, or take the last decision about it back.

    Raises:
        MissingError: there is no such network.
        InputError: it was merged into another, or the decision lacks something.
    """
    records = known(engine, network_id)
    if take_back:
        return undo(desk.db, network_id, who)
    return decide(desk.db, network_id, who, state, reason, assignee, records)


def past(desk: Desk, engine: Engine, network_id: str) -> list[Decision]:
    """Every decision about a network and those that were merged into it, the oldest first."""
    return history(desk.db, network_id, *_former(engine, network_id))


def known(engine: Engine, network_id: str) -> int:
    """How many records a living network has.

    Raises:
        MissingError: there is no such network.
        InputError: it was merged into another.
    """
    found = engine.sql("SELECT records FROM networks WHERE network_id = $name", params={"name": network_id})
    if found.num_rows:
        return int(found["records"][0].as_py())
    if into := merged_into(engine, network_id):
        raise InputError(f"{network_id} was merged into {into}.", f"Decide about {into}.")
    raise MissingError(f"There is no network {network_id[:40]}.", "Look for it in the queue, or search for it.")


def _former(engine: Engine, network_id: str) -> list[str]:
    """The networks that went into one, by whatever way."""
    query = """
        WITH RECURSIVE gone AS (
            SELECT network_id FROM anchors WHERE merged_into = $name
            UNION SELECT a.network_id FROM anchors a JOIN gone g ON a.merged_into = g.network_id
        )
        SELECT network_id FROM gone WHERE network_id != $name ORDER BY 1"""
    return [str(name) for name in engine.sql(query, params={"name": network_id})["network_id"].to_pylist()]
