"""What the trace stage says of where a network was and goes: stays, bookings, clashes, its pattern, where next.

Read from the tables of the reading index. Subjects are called by what they are and their value ("number", "+31…").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clew.engine.duckdb import Engine
from clew.query.graph import net_of

Row = dict[str, Any]

MOST_SUBJECTS = 20  # of whom the next places are shown
MOST_STAYS = 200
MOST_CLASHES = 100
_WORDS = {"phone": "number", "name": "name", "handle": "handle", "image": "picture", "item": "item"}
_IDS = (
    "(SELECT list(record_id ORDER BY record_id) FROM records r WHERE r.net = $net AND r.rid IN (SELECT unnest(rids)))"
)


@dataclass(frozen=True)
class Subject:
    """What is followed: its sort in words, its value, and the sort as in mentions."""

    sort: str
    value: str
    kind: str


@dataclass(frozen=True)
class Expected:
    """A place where a subject may be seen next.

    Attributes:
        place: its name, or "a new place".
        probability: by the model; baseline: the share of its sightings there, which is the plain guess.
        reason: one sentence.
    """

    place: str
    probability: float
    baseline: float
    reason: str


@dataclass(frozen=True)
class Next:
    """Where a subject may be seen next, the likeliest place first."""

    subject: Subject
    places: list[Expected]


@dataclass(frozen=True)
class Stay:
    """A subject at a place from a time until another."""

    subject: Subject
    place: str
    from_at: datetime
    to_at: datetime
    certainty: float
    records: int
    record: str | None


@dataclass(frozen=True)
class Booking:
    """A journey that a ticket tells of."""

    subject: Subject
    from_place: str
    to_place: str
    left_at: datetime
    arrived_at: datetime
    km: float | None
    certainty: float
    record: str | None


@dataclass(frozen=True)
class Clash:
    """Two places at which one person cannot have been so soon one after the other."""

    subject: Subject
    reason: str
    at_a: datetime
    at_b: datetime
    records: list[str]


@dataclass(frozen=True)
class Whereabouts:
    """All of it, the first of each; how many there are in all.

    Attributes:
        pattern, pattern_reason: of the whole network; empty where too little is known.
        confidence: of the pattern.
    """

    pattern: str
    confidence: float
    pattern_reason: str
    expected: list[Next]
    expected_total: int
    bookings: list[Booking]
    clashes: list[Clash]
    clashes_total: int
    stays: list[Stay]
    stays_total: int


_PATTERN = "SELECT pattern, confidence, reason FROM patterns WHERE net = $net AND subject = ''"
# Numbers, names and handles first, those with the surest place first: pictures repeat what these say.
_EXPECTED = """
SELECT subject, place, probability, baseline, reason FROM forecasts
SEMI JOIN (
    SELECT subject FROM forecasts WHERE net = $net GROUP BY subject
    ORDER BY split_part(subject, ':', 1) IN ('image', 'item'), max(probability) DESC, subject LIMIT $most
) chosen USING (subject)
WHERE net = $net ORDER BY split_part(subject, ':', 1) IN ('image', 'item'),
    max(probability) OVER (PARTITION BY subject) DESC, subject, rank
"""
_BOOKINGS = f"""
SELECT * EXCLUDE (rids), {_IDS} AS ids FROM moves WHERE net = $net AND how = 'booking'
ORDER BY left_at DESC, subject LIMIT $most
"""
_CLASHES = f"""
SELECT subject, reason, at_a, at_b, {_IDS} AS ids FROM clashes WHERE net = $net
ORDER BY km / greatest(epoch(at_b) - epoch(at_a), 3600) DESC, subject, at_a, at_b, place_a, place_b LIMIT $most
"""
_STAYS = f"""
SELECT * EXCLUDE (rids), len(rids) AS records, {_IDS} AS ids FROM stays WHERE net = $net
    AND split_part(subject, ':', 1) NOT IN ('image', 'item')
ORDER BY to_at DESC, subject, place, from_at LIMIT $most
"""
_COUNTS = """
SELECT (SELECT count(DISTINCT subject) FROM forecasts WHERE net = $net) AS expected,
    (SELECT count(*) FROM clashes WHERE net = $net) AS clashes,
    (SELECT count(*) FROM stays WHERE net = $net AND split_part(subject, ':', 1) NOT IN ('image', 'item')) AS stays
"""


def whereabouts(engine: Engine, network_id: str) -> Whereabouts:
    """Where a network was and may go.

    Args:
        engine: the reading index.
        network_id: name of the network.

    Raises:
        MissingError: there is no such network.
    """
    net = net_of(engine, network_id)

    def rows(query: str, **params: object) -> list[Row]:
        return engine.rows(query, net=net, **params)

    pattern = (rows(_PATTERN) or [{"pattern": "", "confidence": 0.0, "reason": ""}])[0]
    counts = rows(_COUNTS)[0]
    return Whereabouts(
        pattern=pattern["pattern"],
        confidence=pattern["confidence"],
        pattern_reason=pattern["reason"],
        expected=_next(rows(_EXPECTED, most=MOST_SUBJECTS)),
        expected_total=counts["expected"],
        bookings=[_booking(row) for row in rows(_BOOKINGS, most=MOST_STAYS)],
        clashes=[
            Clash(subject(row["subject"]), row["reason"], row["at_a"], row["at_b"], row["ids"] or [])
            for row in rows(_CLASHES, most=MOST_CLASHES)
        ],
        clashes_total=counts["clashes"],
        stays=[_stay(row) for row in rows(_STAYS, most=MOST_STAYS)],
        stays_total=counts["stays"],
    )


def subject(text: str) -> Subject:
    """What is followed, from ``type:value``."""
    kind, _, value = text.partition(":")
    return Subject(_WORDS.get(kind, kind), value, kind)


def _next(rows: list[Row]) -> list[Next]:
    found: dict[str, list[Expected]] = {}
    for row in rows:
        one = Expected(row["place"], row["probability"], row["baseline"], row["reason"])
        found.setdefault(row["subject"], []).append(one)
    return [Next(subject(name), places) for name, places in found.items()]


def _first(ids: list[str] | None) -> str | None:
    return ids[0] if ids else None


def _stay(row: Row) -> Stay:
    what = subject(row["subject"])
    times = row["from_at"], row["to_at"]
    return Stay(what, row["place"], *times, row["certainty"], row["records"], _first(row["ids"]))


def _booking(row: Row) -> Booking:
    return Booking(
        subject(row["subject"]), row["from_place"], row["to_place"], row["left_at"], row["arrived_at"], row["km"],
        row["certainty"], _first(row["ids"]),
    )  # fmt: skip
