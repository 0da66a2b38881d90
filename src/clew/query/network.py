"""A network as its page shows it: what is known of it at a glance, and what became of it from run to run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clew.engine.duckdb import Engine
from clew.model.errors import MissingError

Row = dict[str, Any]
Mask = Callable[[str], str]  # takes out of a text who may not be named, before anything cuts it
WHOLE = (1 << 32) - 1  # characters of a text that is masked and then cut

_NAMED = 12  # values of a kind that the head names
_BARS = 52  # of its chart of activity


@dataclass(frozen=True)
class Named:
    """A value that records of the network hold, and in how many of them."""

    value: str
    records: int


@dataclass(frozen=True)
class NetworkHead:
    """What stands above every tab.

    Attributes:
        net: its number in the reading index.
        network_id: its name.
        records, items: what was captured, and how many different items that is (versions count once).
        first_seen, last_seen: the span in time; None where no record has a time.
        phones, links: how many.
        first_record: id of the earliest.
        place_count, platform_count: how many.
        places, platforms, languages: those of the most records.
        rank, priority: as a lead; None when it is none.
        reason: the weightiest sentence of the lead; empty when it is none.
        activity: records in equal portions of the span, and how many days one portion is.
        portion_days: see ``activity``.
    """

    net: int
    network_id: str
    records: int
    items: int
    first_seen: datetime | None
    last_seen: datetime | None
    phones: int
    links: int
    first_record: str
    place_count: int
    platform_count: int
    places: tuple[Named, ...]
    platforms: tuple[Named, ...]
    languages: tuple[Named, ...]
    rank: int | None
    priority: float | None
    reason: str
    activity: tuple[int, ...]
    portion_days: float


@dataclass(frozen=True)
class NetworkEvent:
    """A merge or split: what became of this network, or of another with it.

    Attributes:
        event: ``merged`` or ``split``.
        network_id: the network that went into, or came from, the other.
        other_id: the other.
        records: how many the network other than the one asked about has now; None where it is gone.
    """

    event: str
    network_id: str
    other_id: str
    records: int | None


_HEAD = """
SELECT n.net, n.network_id, n.records, n.first_seen, n.last_seen, n.phones, n.places AS place_count,
       n.platforms AS platform_count, l.rank, l.priority,
       coalesce(l.reasons->>'$[0].sentence', '') AS reason
FROM networks n LEFT JOIN leads l USING (net) WHERE n.network_id = $name
"""
_COUNTS = """
SELECT (SELECT count(DISTINCT item_id) FROM records WHERE net = $net) AS items,
       (SELECT record_id FROM records WHERE net = $net ORDER BY coalesce(posted_at, captured_at), record_id LIMIT 1)
           AS first_record,
       (SELECT count(*) FROM links WHERE net = $net AND state <> 'rejected') AS links
"""
_NAMES = """
SELECT type, value, count(DISTINCT rid) AS records FROM mentions
WHERE net = $net AND type IN ('place', 'language') GROUP BY type, value
UNION ALL SELECT 'platform', platform, count(*) FROM records WHERE net = $net GROUP BY platform
ORDER BY records DESC, type, value
"""
_ACTIVITY = """
SELECT least(floor((epoch(t) - $first) / $step), $bars - 1)::INTEGER AS bar, count(*) AS records
FROM (SELECT coalesce(posted_at, captured_at) AS t FROM records WHERE net = $net) WHERE t IS NOT NULL GROUP BY bar
"""


def network_head(engine: Engine, network_id: str) -> NetworkHead:
    """The head of a network.

    Raises:
        MissingError: there is none of that name; `merged_into` may say where it went.
    """
    found = engine.rows(_HEAD, name=network_id)
    if not found:
        into = merged_into(engine, network_id)
        if into:
            raise MissingError(f"{network_id} went into {into}.", f"Look at {into}.")
        raise MissingError(f"There is no network {network_id[:40]!r}.", "Start from the leads, or search for a number.")
    row = found[0]
    net = row["net"]
    names = engine.rows(_NAMES, net=net)

    def named(kind: str) -> tuple[Named, ...]:
        return tuple(Named(r["value"], r["records"]) for r in names if r["type"] == kind)[:_NAMED]

    activity, days = _activity(engine, row)
    return NetworkHead(
        **row,
        **engine.rows(_COUNTS, net=net)[0],
        activity=activity,
        portion_days=days,
        places=named("place"),
        platforms=named("platform"),
        languages=named("language"),
    )


def _activity(engine: Engine, head: Row) -> tuple[tuple[int, ...], float]:
    """Records in equal portions of the network's span: whole days, as many as fit the chart."""
    if head["first_seen"] is None:
        return (), 1.0
    first, last = head["first_seen"].timestamp(), head["last_seen"].timestamp()
    days = max(1.0, float(-(-(last - first) // (86_400 * _BARS))))
    bars = int((last - first) // (86_400 * days)) + 1
    params = {"net": head["net"], "first": first, "step": 86_400 * days, "bars": bars}
    found = {r["bar"]: r["records"] for r in engine.rows(_ACTIVITY, **params)}
    return tuple(found.get(bar, 0) for bar in range(bars)), days


def merged_into(engine: Engine, network_id: str) -> str | None:
    """The living network that a former one went into; None when it went nowhere."""
    seen = {network_id}
    name: str | None = network_id
    while name:  # a network may have gone into one that went on
        query = "SELECT merged_into FROM anchors WHERE network_id = $name AND merged_into IS NOT NULL LIMIT 1"
        found = engine.rows(query, name=name)
        if not found or found[0]["merged_into"] in seen:
            return name if name != network_id else None
        name = str(found[0]["merged_into"])
        seen.add(name)
    return None


def network_history(engine: Engine, network_id: str) -> list[NetworkEvent]:
    """What the newest run and those before it did: merges into it, and splits from or to it."""
    query = """
        SELECT DISTINCT event, e.network_id, other_id, n.records
        FROM (
            SELECT event, network_id, other_id FROM network_events WHERE $name IN (network_id, other_id)
            UNION SELECT 'merged', network_id, merged_into FROM anchors WHERE merged_into = $name
        ) e LEFT JOIN networks n ON n.network_id = CASE e.network_id WHEN $name THEN other_id ELSE e.network_id END
        WHERE other_id IS NOT NULL ORDER BY ALL LIMIT 200"""
    return [NetworkEvent(**row) for row in engine.rows(query, name=network_id)]
