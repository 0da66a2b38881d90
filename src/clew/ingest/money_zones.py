"""Times whose zone stands in a column of its own: the zone written behind them, as an offset."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from clew.ingest.times import parse_times
from clew.ingest.timewords import zone_named

# Hours east of UTC of letters that mean several zones in a text (`zone_named` leaves those), but one beside a payment.
# IST is of India, Israel or Ireland, and so says nothing.
_HOURS = {
    "BST": 1, "SAST": 2, "SGT": 8, "HKT": 8, "JST": 9, "AWST": 8, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
    "BRT": -3, "AST": -4, "ADT": -3, "CST": -6, "MST": -7, "AKST": -9, "AKDT": -8, "HST": -10,
}  # fmt: skip
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+\-−])(\d{1,2}):?(\d{2})?")
_CLOCK = r"(?i)\d:\d{2}(:\d{2}(\.\d+)?)?\s*([ap]m)?$"


def with_zones(times: pa.Array, zones: pa.Array) -> pa.Array:
    """Times with their offsets: ``13.02.2026 23:30:00 -08:00``; as they are without a clock or a zone that is known."""
    coded = zones.dictionary_encode()
    known = [_zone(name.strip()) for name in coded.dictionary.to_pylist()]
    offset = pa.array([_at(zone, None) for zone in known], pa.string()).take(coded.indices)
    if any(isinstance(zone, ZoneInfo) for zone in known):
        named = [None if row is None else known[row] for row in coded.indices.to_pylist()]
        offset = pc.coalesce(offset, pa.array(map(_at, named, _local(times)), pa.string()))
    clock = pc.match_substring_regex(times, _CLOCK)
    return pc.coalesce(pc.if_else(clock, pc.binary_join_element_wise(times, offset, " "), None), times)


def _zone(name: str) -> tzinfo | None:
    """What an abbreviation, an offset or a place such as Europe/Berlin stands for."""
    if (hours := _HOURS.get(name.upper())) is not None:
        return timezone(timedelta(hours=hours))
    if (found := _OFFSET.fullmatch(name.upper())) is None:
        return zone_named(name)
    east = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return timezone(east if found[1] == "+" else -east) if east < timedelta(days=1) else None


def _local(times: pa.Array) -> list[datetime | None]:
    """What the clock showed; months first where some time proves that and none the opposite."""
    read = parse_times(times, month_first=False)
    day, month, _ = read.evidence
    if month and not day:
        read = parse_times(times, month_first=True)
    local: list[datetime | None] = read.at.cast(pa.timestamp("us")).to_pylist()
    return local


def _at(zone: tzinfo | None, moment: datetime | None) -> str | None:
    """The offset of a zone, at a time there where it has summer time; None where that is not known."""
    east = zone.utcoffset(moment) if zone else None
    if east is None:
        return None
    minutes = int(east.total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
