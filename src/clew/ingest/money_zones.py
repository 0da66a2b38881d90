"""Times whose zone stands in a column of its own: the zone written behind them, as an offset."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from clew.ingest.times import parse_times

# Hours east of UTC. IST is of India, Israel or Ireland, and so says nothing.
_HOURS = {
    "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2, "EEST": 3,
    "MSK": 3, "SAST": 2, "SGT": 8, "HKT": 8, "JST": 9, "AWST": 8, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
    "BRT": -3, "AST": -4, "ADT": -3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8,
    "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10,
}  # fmt: skip
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+\-−])(\d{1,2}):?(\d{2})?")
_PLACE = re.compile(r"[A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+")
_CLOCK = r"(?i)\d:\d{2}(:\d{2}(\.\d+)?)?\s*([ap]m)?$"


def with_zones(times: pa.Array, zones: pa.Array) -> pa.Array:
    """Times with their offsets: ``13.02.2026 23:30:00 -08:00``; as they are without a clock or a zone that is known."""
    coded = zones.dictionary_encode()
    names = coded.dictionary.to_pylist()
    offset = pa.array([_fixed(name) for name in names], pa.string()).take(coded.indices)
    places = [_place(name) for name in names]
    if any(places):
        moments = _local(times)
        rows = coded.indices.to_pylist()
        named = [None if row is None else places[row] for row in rows]
        offset = pc.coalesce(offset, pa.array(map(_at, named, moments), pa.string()))
    clock = pc.match_substring_regex(times, _CLOCK)
    return pc.coalesce(pc.if_else(clock, pc.binary_join_element_wise(times, offset, " "), None), times)


def _fixed(zone: str) -> str | None:
    """The offset that an abbreviation or a number stands for, all year."""
    if (hours := _HOURS.get(zone.strip().upper())) is not None:
        return _written(60 * hours)
    if (found := _OFFSET.fullmatch(zone.strip().upper())) is None:
        return None
    minutes = 60 * int(found[2]) + int(found[3] or 0)
    return _written(minutes if found[1] == "+" else -minutes)


def _place(zone: str) -> ZoneInfo | None:
    """A zone named by a place, such as Europe/Berlin."""
    if not _PLACE.fullmatch(zone.strip()):
        return None
    try:
        return ZoneInfo(zone.strip())
    except (OSError, ValueError, KeyError):  # KeyError: there is none of that name
        return None


def _local(times: pa.Array) -> list[datetime | None]:
    """What the clock showed; months first where some time proves that and none the opposite."""
    read = parse_times(times, month_first=False)
    day, month, _ = read.evidence
    if month and not day:
        read = parse_times(times, month_first=True)
    local: list[datetime | None] = read.at.cast(pa.timestamp("us")).to_pylist()
    return local


def _at(place: ZoneInfo | None, moment: datetime | None) -> str | None:
    """The offset of a place at a time there."""
    east = moment.replace(tzinfo=place).utcoffset() if place and moment else None
    return _written(int(east.total_seconds()) // 60) if east is not None else None


def _written(minutes: int) -> str:
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
