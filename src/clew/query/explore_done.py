"""What an exploration amounts to: its answers as a list, and the links that the linker would be told of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from clew.engine.duckdb import Engine
from clew.model.errors import MissingError
from clew.query.network import WHOLE, Mask

MOST_VERDICTS = 40  # decided at once; the next run leaves fewer
_MOST_LISTED, _TITLE = 200, 120


class Answered(Protocol):
    """An answer; see `clew.cases.exploration.Step`."""

    @property
    def nth(self) -> int: ...  # noqa: D102
    @property
    def act(self) -> str: ...  # noqa: D102
    @property
    def records(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def why(self) -> str: ...  # noqa: D102
    @property
    def who(self) -> str: ...  # noqa: D102
    @property
    def at(self) -> datetime: ...  # noqa: D102


@dataclass(frozen=True)
class Listed:
    """An answer as a row: about which record and how many with it, what, why, by whom; nth 0 for the beginning."""

    nth: int
    act: str
    record_id: str
    title: str
    network_id: str
    along: int
    why: str
    who: str
    at: datetime | None


@dataclass(frozen=True)
class Verdict:
    """A link that the linker would be told of: between which records, of which networks, and why."""

    state: Literal["accepted", "rejected"]
    against: str
    record_id: str
    network_id: str
    why: str


def listed(
    engine: Engine, seeds: Sequence[str], answers: Sequence[Answered], accepted: set[int], mask: Mask | None = None
) -> tuple[tuple[Listed, ...], int]:
    """The newest answers first, then the beginning; and how many networks the accepted records are in.

    Titles are cut after ``mask`` took out who may not be named.
    """
    shown = list(reversed(answers))[:_MOST_LISTED]
    known = _known(engine, [step.records[0] for step in shown] + [seeds[0]], mask)
    rows = [
        Listed(s.nth, s.act, s.records[0], *known.get(s.records[0], ("", "")), len(s.records) - 1, s.why, s.who, s.at)
        for s in shown
    ]
    rows.append(Listed(0, "begun", seeds[0], *known.get(seeds[0], ("", "")), len(seeds) - 1, "", "", None))
    query = "SELECT count(DISTINCT net) AS n FROM members WHERE rid IN (SELECT unnest($rids))"
    return tuple(rows), int(engine.sql(query, params={"rids": sorted(accepted)}).to_pylist()[0]["n"])


def title_of(engine: Engine, record_id: str) -> str:
    """What a record is called.

    Raises:
        MissingError: there is no such record.
    """
    known = _known(engine, [record_id])
    if record_id not in known:
        raise MissingError("There is no such record.", "Look it up with a search.")
    return known[record_id][0] or f"Record {record_id[:10]}"


def verdicts(
    engine: Engine, seeds: Sequence[str], answers: Sequence[Answered], accepted: set[int]
) -> tuple[Verdict, ...]:
    """What the linker does not know: records of other networks that are the same, and records of these that are not.

    One accepted link joins two networks, so one of each is enough.
    """
    named = [seeds[0], *(step.records[0] for step in answers)]
    network = {name: place for name, (_, place) in _known(engine, named).items()}
    home = network.get(seeds[0], "")
    first = {home: seeds[0]}  # the first accepted record of each network
    found: list[Verdict] = []
    for step in answers:
        place = network.get(step.records[0], "")
        if step.act == "yes" and place and place not in first:
            first[place] = step.records[0]
            found.append(Verdict("accepted", seeds[0], step.records[0], place, step.why or "answered yes"))
    for step in answers:
        place = network.get(step.records[0], "")
        if step.act == "no" and place in first:
            found.append(Verdict("rejected", first[place], step.records[0], place, step.why or "answered no"))
    return tuple(found[:MOST_VERDICTS])


def _known(engine: Engine, names: Sequence[str], mask: Mask | None = None) -> dict[str, tuple[str, str]]:
    """Title and network of records."""
    query = """
        SELECT record_id, left(coalesce(nullif(trim(title), ''), body, ''), $most) AS title, network_id
        FROM records r JOIN networks n ON n.net = r.net
        WHERE r.net IN (SELECT net FROM members WHERE rid IN (SELECT unnest($rids)))
          AND rid IN (SELECT unnest($rids))"""
    rids = sorted({int(name[:16], 16) for name in names})
    rows = engine.rows(query, rids=rids, most=WHOLE if mask else _TITLE)
    return {
        row["record_id"]: (mask(row["title"])[:_TITLE] if mask else row["title"], row["network_id"]) for row in rows
    }
