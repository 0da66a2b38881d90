"""The queue: leads as a list that is filtered, sorted and read page by page, from the prepared table ``queue``.

What people decided is not in the reading index; whoever asks gives it as a table (`DECIDED`), and the learned order
likewise (`ORDERED`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any, Literal, get_args

import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.model.errors import MissingError
from clew.query.queue_places import FITTING

State = Literal["new", "confirmed", "dismissed", "deferred"]
Sort = Literal["learned", "priority", "size", "newest", "first"]
STATES: tuple[State, ...] = get_args(State)
SORTS: tuple[Sort, ...] = get_args(Sort)
NOBODY = "-"  # as an assignee: those that nobody has
NAMED = 3  # places, platforms, languages that a row names

DECIDED = pa.schema([("network_id", pa.string()), ("state", pa.string()), ("assignee", pa.string())])
ORDERED = pa.schema([("rank", pa.int64()), ("place", pa.int64()), ("score", pa.float64())])

_ORDER = {
    "learned": "coalesce(o.place, q.rank), q.rank",
    "priority": "q.rank",
    "size": "q.records DESC, q.rank",
    "newest": "q.newest DESC NULLS LAST, q.rank",
    "first": "q.first_seen DESC NULLS LAST, q.rank",
}
_FROM = "FROM queue q LEFT JOIN decided d USING (network_id)"
_STATE = "coalesce(d.state, 'new')"


@dataclass(frozen=True)
class Filters:
    """What narrows the queue; what is empty narrows nothing.

    Attributes:
        place: that records of the network name, as people write it; see `clew.query.queue_places`.
        platform, language: a value that records of the network hold.
        since, until: days (UTC) between which it was seen, both included.
        indicator: id of an indicator that was found on it.
        form: form of exploitation that a finding that raised it speaks for.
        kind: of records that it has.
        trace: what was traced of it: ``money`` (an account shows a sign), ``payer`` (somebody may pay for its posts),
            ``circuit`` (it, or somebody in it, goes round the same places).
        state: of triage.
        assignee: who has it; `NOBODY` for those that nobody has.
    """

    place: str = ""
    since: date | None = None
    until: date | None = None
    platform: str = ""
    language: str = ""
    indicator: str = ""
    form: str = ""
    kind: str = ""
    trace: str = ""
    state: State | None = None
    assignee: str = ""

    @property
    def given(self) -> dict[str, str]:
        """Those that narrow, as words."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: str(value) for name, value in values.items() if value not in ("", None)}


@dataclass(frozen=True)
class LeadRow:
    """A lead as the queue shows it.

    Attributes:
        network_id: its network.
        rank: in the catalogue's order, from 1.
        place: in the learned order, from 1; None where nothing is learned.
        priority, score: by the catalogue's points; by the learned ones.
        reason: the weightiest sentence.
        raising, kinds: how many findings raise it, of how many kinds of evidence.
        records: how many it has.
        record_kinds, kind_records: of which kinds, the most first, and how many of each.
        first_seen, last_seen: its span in time; None where no record has a time.
        place_count, places: how many, and those of the most mentions.
        platform_count, platforms: how many, and those of the most records.
        languages: those of the most records.
        forms: of exploitation that the findings speak for; ``any`` where they speak for none in particular.
        activity: records in equal portions of the workspace's span.
        newest, newest_is_edit: time of its latest record, and whether that is a later version of an item.
        state, assignee: of triage.
    """

    network_id: str
    rank: int
    place: int | None
    priority: float
    score: float | None
    reason: str
    raising: int
    kinds: int
    records: int
    record_kinds: tuple[str, ...]
    kind_records: tuple[int, ...]
    first_seen: datetime | None
    last_seen: datetime | None
    place_count: int
    places: tuple[str, ...]
    platform_count: int
    platforms: tuple[str, ...]
    languages: tuple[str, ...]
    forms: tuple[str, ...]
    activity: tuple[int, ...]
    newest: datetime | None
    newest_is_edit: bool
    state: State
    assignee: str


@dataclass(frozen=True)
class Choice:
    """A value that a filter can take, and how many leads hold it."""

    value: str
    leads: int


_COLUMNS = f"""q.network_id, q.rank, q.priority, q.reason, q.raising, q.kinds, q.records,
    q.record_kinds, q.kind_records, q.first_seen, q.last_seen,
    len(q.places)::INTEGER AS place_count, q.places[:{NAMED}] AS places,
    len(q.platforms)::INTEGER AS platform_count, q.platforms[:{NAMED}] AS platforms,
    q.languages[:{NAMED}] AS languages, q.forms, coalesce(q.activity, []) AS activity, q.newest, q.newest_is_edit"""
_ASIDE = f"o.place, o.score, {_STATE} AS state, coalesce(d.assignee, '') AS assignee"


def queue(
    engine: Engine,
    filters: Filters,
    sort: Sort = "learned",
    offset: int = 0,
    limit: int | None = 50,
    decided: pa.Table | None = None,
    ordered: pa.Table | None = None,
) -> list[LeadRow]:
    """A page of the queue; all of it without a limit.

    Args:
        engine: over a reading index.
        filters: what narrows it.
        sort: what comes first; ``learned`` is the catalogue's order where nothing is learned.
        offset, limit: which part.
        decided: the newest decision on each network that has one (`DECIDED`).
        ordered: the learned order (`ORDERED`).
    """
    where, params = _where(filters)
    # The few columns that decide come first; the wide ones are read for the rows of the page alone.
    part = "" if limit is None else f"LIMIT {int(limit)} OFFSET {int(offset)}"
    page = f"""
        WITH o AS (
            SELECT q.rank, {_ASIDE} {_FROM} LEFT JOIN ordered o USING (rank) WHERE {where}
            ORDER BY {_ORDER[sort]} {part}
        )
        SELECT {_COLUMNS}, o.* EXCLUDE (rank) FROM o JOIN queue q USING (rank) ORDER BY {_ORDER[sort]}"""
    return [_row(r) for r in engine.sql(page, _given(decided, ordered), params).to_pylist()]


def count_states(engine: Engine, filters: Filters, decided: pa.Table | None = None) -> dict[State, int]:
    """How many leads of each state the other filters leave."""
    where, params = _where(filters, without_state=True)
    query = f"SELECT {_STATE} AS state, count(*) AS leads {_FROM} WHERE {where} GROUP BY 1"
    found = {r["state"]: r["leads"] for r in engine.sql(query, _given(decided, None), params).to_pylist()}
    return {state: found.get(state, 0) for state in STATES}


def lead_row(
    engine: Engine, network_id: str, decided: pa.Table | None = None, ordered: pa.Table | None = None
) -> LeadRow:
    """One lead.

    Raises:
        MissingError: no network of that name is a lead.
    """
    query = f"SELECT {_COLUMNS}, {_ASIDE} {_FROM} LEFT JOIN ordered o USING (rank) WHERE q.network_id = $name"
    found = engine.sql(query, _given(decided, ordered), {"name": network_id}).to_pylist()
    if not found:
        raise MissingError(f"There is no lead {network_id[:40]}.", "Look for it in the queue, or search for it.")
    return _row(found[0])


def choices(engine: Engine, most: int = 1_000) -> dict[str, list[Choice]]:
    """What the filters can take: by the name of the filter, those of the most leads first."""
    query = "SELECT kind, value, leads FROM queue_choices QUALIFY row_number() OVER (PARTITION BY kind) <= $most"
    found: dict[str, list[Choice]] = {
        kind: [] for kind in ("place", "platform", "language", "indicator", "form", "kind", "trace")
    }
    for row in sorted(engine.sql(query, params={"most": most}).to_pylist(), key=lambda r: (-r["leads"], r["value"])):
        found[row["kind"]].append(Choice(row["value"], row["leads"]))
    return found


def span(engine: Engine) -> tuple[datetime, datetime] | None:
    """First and last time of the records of leads: what the sparklines cover."""
    first, last = engine.row("SELECT min(first_seen), max(last_seen) FROM queue")
    return (first, last) if first is not None else None


def _given(decided: pa.Table | None, ordered: pa.Table | None) -> dict[str, pa.Table]:
    return {
        "decided": DECIDED.empty_table() if decided is None else decided,
        "ordered": ORDERED.empty_table() if ordered is None else ordered,
    }


def _where(filters: Filters, without_state: bool = False) -> tuple[str, dict[str, Any]]:
    """The condition, and the values that it names."""
    tests = {
        "place": f"list_has_any(q.places, coalesce((SELECT list(value) FROM ({FITTING})), []))",
        "platform": "list_contains(q.platforms, $platform)",
        "language": "list_contains(q.languages, $language)",
        "indicator": "list_contains(q.indicators, $indicator)",
        "form": "list_contains(q.forms, $form)",
        "kind": "list_contains(q.record_kinds, $kind)",
        "trace": "list_contains(q.traces, $trace)",
        "since": "q.last_seen >= $since",
        "until": "q.first_seen < $until",
        "state": f"{_STATE} = $state",
        "assignee": "coalesce(d.assignee, '') = $assignee",
    }
    values: dict[str, Any] = {name: getattr(filters, name) for name in filters.given}
    if without_state:
        values.pop("state", None)
    if "until" in values:
        values["until"] = min(values["until"], date.max - timedelta(1)) + timedelta(1)  # the whole day
    if values.get("assignee") == NOBODY:
        values["assignee"] = ""
    return " AND ".join(tests[name] for name in values) or "true", values


def _row(row: dict[str, Any]) -> LeadRow:
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    return LeadRow(**values)
