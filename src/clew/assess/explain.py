"""Leads and findings as a person reads them: what was found, what else could explain it, how well that is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
import pyarrow as pa

from clew.assess.catalogue import catalogue
from clew.engine.duckdb import Engine

ONE_FINDING = (
    "One finding means nothing: in a study of 17,362 adverts 81 % showed at least one, 1.7 % three or more "
    "(Giommoni & Ikwu 2021). A lead is a place to look, not a suspicion against a person."
)
# What the evidence level of every line of a lead is (see design.md).
LEVEL = "assessed"

_STRENGTHS = {
    "outcome-tested": "held in cases with known outcome",
    "research": "supported by research",
    "expert-list": "named by experts, not tested",
    "speculative": "a guess",
    "refuted": "refuted by outcomes; shown as context",
}


@dataclass(frozen=True)
class Reason:
    """One part of a lead's priority.

    Attributes:
        indicator: its id in the catalogue.
        points: its part of the priority; 0 for context.
        sentence: what was found.
        base_rate: share of the networks or records here that show it, 0 to 1.
        seen: the same in words.
        caution: what else could explain it.
        strength: how well it is known to work.
        source: who says so.
    """

    indicator: str
    points: float
    sentence: str
    base_rate: float
    seen: str
    caution: str
    strength: str
    source: str

    @property
    def known(self) -> str:
        """How well it is known to work, in words."""
        return _STRENGTHS.get(self.strength, self.strength)


@dataclass(frozen=True)
class Lead:
    """A network in the queue; the points of its reasons sum to its priority."""

    network_id: str
    rank: int
    priority: float
    reasons: tuple[Reason, ...]

    @property
    def raising(self) -> tuple[Reason, ...]:
        """What raised it, the strongest first."""
        return tuple(r for r in self.reasons if r.points > 0)

    @property
    def context(self) -> tuple[Reason, ...]:
        """What adds nothing, or lowers it."""
        return tuple(r for r in self.reasons if r.points <= 0)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of evidence that raised it."""
        family = {i.id: i.family for i in catalogue()}
        return tuple(sorted({family[r.indicator] for r in self.raising if r.indicator in family}))

    def lines(self) -> list[str]:
        """The lead as text: each reason with its points, its base rate and what else could explain it."""
        about = f"({LEVEL}; evidence: {', '.join(self.kinds)})"
        said = [f"{self.rank}. {self.network_id}  priority {self.priority:.2f}  {about}"]
        for r in self.reasons:
            said.append(f"  {r.points:+.2f}  {r.sentence}  [{r.seen}; {r.known}]")
            said.append(f"         could also be: {r.caution}")
        return said


@dataclass(frozen=True)
class Span:
    """Characters of a record that a finding rests on; without a field the whole record is meant."""

    record_id: str
    field: str | None
    start: int | None
    end: int | None
    raw: str | None


@dataclass(frozen=True)
class Finding:
    """An indicator that was observed on a record or a network."""

    finding_id: str
    indicator: str
    subject_kind: str
    subject: str
    points: float
    reason: str
    spans: tuple[Span, ...]
    counts: dict[str, int]


def leads(engine: Engine, limit: int | None = None) -> list[Lead]:
    """The first leads of the view ``leads``, by rank."""
    bound = "" if limit is None else f" LIMIT {int(limit)}"
    return [as_lead(row) for row in engine.sql(f"SELECT * FROM leads ORDER BY rank{bound}").to_pylist()]


def lead_of(engine: Engine, network_id: str) -> Lead | None:
    """The lead of one network, if it is one."""
    rows = _where(engine, "SELECT * FROM leads WHERE network_id = $value", network_id)
    return as_lead(rows[0]) if rows else None


def findings_of(engine: Engine, subject: str) -> list[Finding]:
    """The findings of the view ``findings`` on one record or network, the weightiest first."""
    query = "SELECT * FROM findings WHERE subject = $value ORDER BY abs(points) DESC, indicator"
    return [as_finding(row) for row in _where(engine, query, subject)]


def _where(engine: Engine, query: str, value: str) -> list[dict[str, Any]]:
    """The rows of a query about a value, which never becomes part of the query."""
    found: pa.Table = engine.con.sql(query, params={"value": value}).to_arrow_table()
    rows: list[dict[str, Any]] = found.to_pylist()
    return rows


def as_lead(row: dict[str, Any]) -> Lead:
    """A row of LEADS."""
    return Lead(
        row["network_id"], row["rank"], row["priority"], tuple(Reason(**r) for r in orjson.loads(row["reasons"]))
    )


def as_finding(row: dict[str, Any]) -> Finding:
    """A row of FINDINGS."""
    spans: list[Span] = []
    counts: dict[str, int] = {}
    for entry in orjson.loads(row["evidence"]):
        if "counts" in entry:
            counts = entry["counts"]
        else:
            spans.append(Span(entry["record_id"], *(entry.get(k) for k in ("field", "start", "end", "raw"))))
    names = ("finding_id", "indicator", "subject_kind", "subject", "points", "reason")
    return Finding(**{n: row[n] for n in names}, spans=tuple(spans), counts=counts)
