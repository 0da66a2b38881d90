"""Conversations as a list: filtered, sorted, a page at a time; and those of one network or one record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from clew.engine.duckdb import Engine
from clew.query.conversation import TALK, Talk

TalkSort = Literal["danger", "newest", "messages", "people"]
SORTS: tuple[TalkSort, ...] = get_args(TalkSort)
_ORDER = {
    "danger": "danger DESC, confidence DESC, len(stages) DESC, last_at DESC NULLS LAST, number",
    "newest": "last_at DESC NULLS LAST, number",
    "messages": "messages DESC, number",
    "people": "len(participants) DESC, messages DESC, number",
}


@dataclass(frozen=True)
class TalkFilters:
    """What narrows the list; what is empty narrows nothing.

    Attributes:
        danger: only those with signs of present danger.
        control: only those in which somebody controls somebody.
        platform: of that platform.
        stage: in which that stage counts.
        who: a part of a participant's name.
    """

    danger: bool = False
    control: bool = False
    platform: str = ""
    stage: str = ""
    who: str = ""


@dataclass(frozen=True)
class TalkCount:
    """How many conversations there are, and how many with signs of danger."""

    talks: int
    danger: int


def conversations(
    engine: Engine, filters: TalkFilters, sort: TalkSort = "danger", offset: int = 0, limit: int = 50
) -> tuple[list[Talk], int]:
    """A page of the list, and how many there are of what fits.

    Args:
        engine: over the reading index.
        filters: what narrows it.
        sort: what comes first; ``danger``: those in danger, then the surest control.
        offset, limit: which part.
    """
    tests = {
        "danger": "danger",
        "control": "pairs > 0",
        "platform": "platform = $platform",
        "stage": "list_contains(stages, $stage)",
        "who": "contains(people, $who)",
    }
    given = {name: value for name in tests if (value := getattr(filters, name))}
    where = " AND ".join(tests[name] for name in given) or "true"
    values = {name: value for name, value in given.items() if isinstance(value, str)}
    if "who" in values:
        values["who"] = values["who"].lower()
    total = engine.rows(f"SELECT count(*) AS n FROM talks WHERE {where}", **values)[0]["n"]
    part = {"n": limit, "o": offset}
    query = f"SELECT {TALK} FROM talks WHERE {where} ORDER BY {_ORDER[sort]} LIMIT $n OFFSET $o"
    return _talks(engine, query, **values, **part), total


def conversations_of(engine: Engine, net: int, offset: int = 0, limit: int = 50) -> tuple[list[Talk], int]:
    """The conversations of a network, those in danger first."""
    total = count_of(engine, net)
    query = f"""SELECT {TALK} FROM talks SEMI JOIN (SELECT talk FROM talk_nets WHERE net = $net) USING (talk)
        ORDER BY {_ORDER["danger"]} LIMIT $n OFFSET $o"""
    return _talks(engine, query, net=net, n=limit, o=offset), total


def in_danger(engine: Engine, net: int, limit: int = 5) -> tuple[list[Talk], int]:
    """The conversations of a network with signs of present danger, and how many there are."""
    those = "FROM talks SEMI JOIN (SELECT talk FROM talk_nets WHERE net = $net) USING (talk) WHERE danger"
    total = engine.rows(f"SELECT count(*) AS n {those}", net=net)[0]["n"]
    query = f"SELECT {TALK} {those} ORDER BY {_ORDER['danger']} LIMIT $n"
    return _talks(engine, query, net=net, n=limit) if total else [], total


def count_of(engine: Engine, net: int) -> int:
    """How many conversations a network has."""
    found: int = engine.rows("SELECT count(*) AS n FROM talk_nets WHERE net = $net", net=net)[0]["n"]
    return found


def talk_of(engine: Engine, rid: int) -> tuple[Talk, int] | None:
    """The conversation of a record, and its place in it; None for a record of none."""
    found = engine.rows("SELECT talk, nth FROM said WHERE rid = $rid LIMIT 1", rid=rid)
    if not found:
        return None
    query = f"SELECT {TALK} FROM talks WHERE talk = $talk"
    return _talks(engine, query, talk=found[0]["talk"])[0], found[0]["nth"]


def count_talks(engine: Engine) -> TalkCount:
    """How many there are."""
    return TalkCount(*engine.row("SELECT count(*), count(*) FILTER (danger) FROM talks"))


def talk_choices(engine: Engine) -> dict[str, list[str]]:
    """What the filters can take: platforms and stages, those of the most conversations first."""
    platform = "SELECT platform AS value FROM talks GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 200"
    stage = "SELECT value FROM (SELECT unnest(stages) AS value FROM talks) GROUP BY 1 ORDER BY count(*) DESC, 1"
    return {
        name: [r["value"] for r in engine.rows(query)] for name, query in (("platform", platform), ("stage", stage))
    }


def _talks(engine: Engine, query: str, **params: object) -> list[Talk]:
    rows = engine.rows(query, **params)
    return [Talk(**{**r, "participants": tuple(r["participants"]), "stages": tuple(r["stages"])}) for r in rows]
