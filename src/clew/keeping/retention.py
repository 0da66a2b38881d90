"""Retention: how long records of a source are kept, what is due to be erased, and erasing it.

A case has its own day. Records are kept for the days of their source, counted from when they were captured, else
posted, else ingested; a source without a rule keeps them. What an open case holds stays until the case ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import orjson
import pyarrow as pa
import sqlalchemy as sa

from clew.access.roles import may, need
from clew.cases import case
from clew.cases.base import Casework
from clew.cases.words import line
from clew.database.base import METADATA, now, write
from clew.keeping.erase import Erased, carry_out_case, carry_out_records, resume
from clew.keeping.hold import held_records
from clew.ledger.entry import Deed
from clew.ledger.log import append
from clew.model.actor import Actor
from clew.model.errors import DeniedError, InputError
from clew.store.views import open_views
from clew.store.workspace import Workspace

MAX_DAYS = 36_525
Progress = Callable[[float], None]

_RULES = sa.Table(
    "retention_rules",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("source", sa.String, nullable=False),
    sa.Column("days", sa.Integer),  # null where the rule was taken away
    sa.Column("why", sa.String, nullable=False),
    sa.Column("who", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),  # ISO 8601, UTC
)


@dataclass(frozen=True)
class Rule:
    """How long the records of a source are kept; the newest row about a source holds.

    Attributes:
        source: its name.
        days: that they are kept; None: without end.
        why: in words.
        who, at: set it, and when.
    """

    source: str
    days: int | None
    why: str
    who: str
    at: str


@dataclass(frozen=True)
class DueSource:
    """Records of a source that are due.

    Attributes:
        source: its name.
        before: what is older goes.
        records: ids of those that go.
        held: how many stay because an open case holds them, per case.
        quarantine: digests of segments of rejected rows that go.
    """

    source: str
    before: date
    records: tuple[str, ...]
    held: Mapping[str, int]
    quarantine: tuple[str, ...] = ()


@dataclass(frozen=True)
class Due:
    """What should be gone by a day: ids of cases, and records per source."""

    cases: tuple[str, ...]
    sources: tuple[DueSource, ...]

    def __bool__(self) -> bool:
        return bool(self.cases) or any(s.records or s.quarantine for s in self.sources)


def set_rule(casework: Casework, workspace: Workspace, actor: Actor, source: str, days: int | None, why: str) -> Rule:
    """Say how long the records of a source are kept; None for ever.

    Raises:
        DeniedError: it takes an administrator.
        InputError: no reason, or no such number of days.
    """
    need(actor, "administer")
    if days is not None and not 1 <= days <= MAX_DAYS:
        raise InputError(f"{days} days are no time to keep records.", f"Give 1 to {MAX_DAYS:,} days.")
    rule = Rule(line(source, "the name of a source"), days, line(why, "a reason"), actor.name, now())
    with write(casework.db) as connection:
        connection.execute(_RULES.insert().values(**vars(rule)))
        details = {"source": rule.source, "days": days, "reason": rule.why}
        append(connection, actor, Deed("change", "retention", details))
    return rule


def rules(casework: Casework) -> list[Rule]:
    """The rules that hold, by source."""
    held: dict[str, Rule] = {}
    with casework.db.connect() as connection:
        for row in connection.execute(_RULES.select().order_by(_RULES.c.id)):
            held[row.source] = Rule(row.source, row.days, row.why, row.who, row.at)
    return [rule for _, rule in sorted(held.items()) if rule.days is not None]


def due(casework: Casework, workspace: Workspace, today: date | None = None) -> Due:
    """What should have been erased by now."""
    today = today or datetime.now(UTC).date()
    cases = tuple(c.id for c in case.expired(casework, today))
    found = list[DueSource]()
    holders: dict[str, list[str]] | None = None
    for rule in rules(casework):
        before = today - timedelta(days=rule.days or 0)
        ids = select_records(workspace, rule.source, before)
        if ids and holders is None:
            holders = held_records(casework)
        held: dict[str, int] = {}
        for record in ids:
            for case_id in (holders or {}).get(record, ()):
                held[case_id] = held.get(case_id, 0) + 1
        going = tuple(record for record in ids if record not in (holders or {}))
        rejected = rejected_segments(workspace, rule.source, before)
        if ids or rejected:
            found.append(DueSource(rule.source, before, going, held, tuple(rejected)))
    return Due(cases, tuple(found))


def apply(
    casework: Casework,
    workspace: Workspace,
    actor: Actor,
    today: date | None = None,
    progress: Progress = lambda share: None,
) -> list[Erased]:
    """Erase what is due. Cases first: what they held may be due as well.

    Raises:
        DeniedError: it takes a supervisor or an administrator.
    """
    permit(actor)
    done = resume(casework, workspace, actor, progress)
    for case_id in due(casework, workspace, today).cases:
        with workspace.locked():
            done.append(carry_out_case(casework, actor, case_id, "the case was to be kept no longer"))
    for source in due(casework, workspace, today).sources:
        if source.records or source.quarantine:
            why = f"records of the source before {source.before} are kept no longer"
            done.append(
                carry_out_records(
                    casework, workspace, actor, source.records, why, source.held, progress, source.quarantine
                )
            )
    return done


def permit(actor: Actor) -> None:
    """Go on only for somebody who looks after what is kept.

    Raises:
        DeniedError: it takes a supervisor or an administrator.
    """
    if not (may(actor, "oversee") or may(actor, "administer")):
        raise DeniedError(f"{actor.name} may not do that.", "It takes the role supervisor or administrator.")


def select_records(workspace: Workspace, source: str, before: date) -> list[str]:
    """Records of a source that were captured (else posted, else ingested) before a day."""
    segments = workspace.segments("records")
    if not segments:
        return []
    came = ingested_at(workspace)
    times = pa.table(
        {
            "filename": [str(workspace.path / s.file) for s in segments],
            "came": pa.array([came.get(s.sha256) for s in segments], pa.timestamp("us", tz="UTC")),
        }
    )
    names = ", ".join("'" + str(workspace.path / s.file).replace("'", "''") + "'" for s in segments)
    with open_views(workspace, need_run=False, memory_gb=2.0) as engine:
        engine.register({"times": times})
        found = engine.sql(
            f"SELECT record_id FROM read_parquet([{names}], filename = true) JOIN times USING (filename) "
            "WHERE source = $source AND coalesce(captured_at, posted_at, came) < $before ORDER BY record_id",
            params={"source": source, "before": datetime.combine(before, time(), UTC)},
        )
    return [str(each) for each in found["record_id"].to_pylist()]


def rejected_segments(workspace: Workspace, source: str, before: date) -> list[str]:
    """Segments of rows that were rejected when files of a source were ingested before a day."""
    held = {s.sha256 for s in workspace.segments("quarantine")}
    limit = datetime.combine(before, time(), UTC)
    return sorted(
        digest
        for made in _ingests(workspace)
        if made["source"] == source and datetime.fromisoformat(made["at"]) < limit
        for digest in made["quarantine"]
        if digest in held
    )


def ingested_at(workspace: Workspace) -> dict[str, datetime]:
    """When each segment of records came in."""
    return {digest: datetime.fromisoformat(made["at"]) for made in _ingests(workspace) for digest in made["segments"]}


def _ingests(workspace: Workspace) -> list[dict[str, Any]]:
    paths = (workspace.path / "runs").glob("I[0-9]*.json")
    return [orjson.loads(path.read_bytes()) for path in sorted(paths, key=lambda p: int(p.stem[1:]))]
