"""Times as sources write them, to UTC and the zone that was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clew.ingest.buffers import text_buffers
from clew.ingest.timekernel import NO_OFFSET, read_times
from clew.ingest.timewords import reworded

# A time without a date, and a date without one: midnight is what spreadsheets write where nobody wrote a time.
_CLOCK = (
    r"(?i)^\s*(?:[01]?\d|2[0-3])(?:(?::[0-5]\d){1,2}(?:[.,]\d{1,9})?|[.h][0-5]\d)"
    r"\s*(?:[ap]\.?\s?m\.?|uhr|h)?\s*(?:z|[+-]\d\d:?\d\d)?\s*$"
)
_SHORT_CLOCK = r"(?i)^\s*(\d{1,2})[.h](\d\d)"
_HOUR_WORD = r"(?i)\s*(?:uhr|h)\s*$"
_MIDNIGHT = r"[ T]0?0:00(?::00(?:\.0+)?)?\s*$"
_NO_DAY = r"\d\s*[:h]\s*\d\d|^\s*-?\d{9,}(?:\.\d+)?\s*$|^\D*$"


@dataclass(frozen=True)
class Times:
    """A column of times.

    Attributes:
        at: timestamp in microseconds, UTC; null where nothing was written or nothing could be read.
        offset: int16, minutes east of UTC as written; null where no zone was.
        unread: bool, something was written that is no time.
        evidence: whether values were seen that are day first for sure, month first for sure, or could be either.
    """

    at: pa.Array
    offset: pa.Array
    unread: pa.Array
    evidence: tuple[bool, bool, bool]


def parse_times(texts: pa.Array, *, month_first: bool) -> Times:
    """Read a string array of times.

    Args:
        texts: ISO 8601 with or without zone, RFC 2822, epochs, numeric and named dates of Europe and the US.
        month_first: how to read a date such as 03/04/2025; without zone a time counts as UTC.
    """
    filled = pc.fill_null(texts, "")
    n = len(filled)
    starts, letters, _ = text_buffers(filled)
    times, zones, read = np.zeros(n, np.int64), np.full(n, NO_OFFSET, np.int16), np.zeros(n, np.bool_)
    evidence = read_times(letters, starts, month_first, times, zones, read)
    if not read.all():
        more = _read_others(filled, month_first, times, zones, read)
        evidence = (evidence[0] | more[0], evidence[1] | more[1], evidence[2] | more[2])
    unread = pa.array(~read)
    if not read.all():
        unread = pc.and_(pc.greater(pc.binary_length(pc.utf8_trim_whitespace(filled)), 0), unread)
    at = pa.array(times, pa.int64(), mask=~read).cast(pa.timestamp("us", tz="UTC"))
    return Times(at, pa.array(zones, mask=zones == NO_OFFSET), unread, evidence)


def joined(texts: pa.Array, others: Sequence[pa.Array]) -> tuple[pa.Array, list[pa.Array]]:
    """Days and times that stand in two columns, as one.

    Args:
        texts: the column of times.
        others: columns that might hold the other half.

    Returns:
        (the column, for each other column which rows of it were put in). A row stays as it is unless one of the two is
        a day without a time and the other a time without a day.
    """
    taken = list[pa.Array]()
    for other in others:
        day_first = pc.and_(_fits_day(texts), _fits(other, _CLOCK))
        clock_first = pc.and_(_fits(texts, _CLOCK), _fits_day(other))
        halves = pc.or_(day_first, clock_first)
        if pc.any(halves, min_count=0).as_py():
            whole = pc.if_else(day_first, _whole(texts, other), _whole(other, texts))
            texts = pc.if_else(halves, whole, texts)
        taken.append(halves)
    return texts, taken


def _fits(texts: pa.Array, pattern: str) -> pa.Array:
    return pc.fill_null(pc.match_substring_regex(texts, pattern), False)


def _fits_day(texts: pa.Array) -> pa.Array:
    """Which are a day without a time."""
    days = pc.replace_substring_regex(texts, _MIDNIGHT, "")
    unlike = pc.or_(_fits(days, _NO_DAY), _fits(days, _CLOCK))
    return pc.and_(pc.is_valid(texts), pc.invert(unlike))


def _whole(days: pa.Array, clocks: pa.Array) -> pa.Array:
    clocks = pc.replace_substring_regex(pc.replace_substring_regex(clocks, _HOUR_WORD, ""), _SHORT_CLOCK, r"\1:\2")
    days = pc.utf8_trim_whitespace(pc.replace_substring_regex(days, _MIDNIGHT, ""))
    return pc.binary_join_element_wise(days, pc.utf8_trim_whitespace(clocks), " ")


def _read_others(
    texts: pa.Array,
    month_first: bool,
    times: npt.NDArray[np.int64],
    zones: npt.NDArray[np.int16],
    read: npt.NDArray[np.bool_],
) -> tuple[bool, bool, bool]:
    """Read what the kernel did not, once per different text; fills the arrays and returns the evidence of these."""
    places = np.flatnonzero(~read)
    coded = texts.take(pa.array(places)).dictionary_encode()
    written = coded.dictionary.to_pylist()
    plainer = [reworded(text) for text in written]
    starts, letters, _ = text_buffers(pa.array([found.text if found else "" for found in plainer], pa.string()))
    n = len(written)
    at, east, good = np.zeros(n, np.int64), np.full(n, NO_OFFSET, np.int16), np.zeros(n, np.bool_)
    evidence: tuple[bool, bool, bool] = read_times(letters, starts, month_first, at, east, good)
    for place, found in enumerate(plainer):
        if found and good[place] and found.zone:
            east[place] = found.offset(int(at[place]))
            at[place] -= int(east[place]) * 60_000_000
        elif not good[place] and (stamp := _mailed(written[place])):
            at[place], east[place], good[place] = *stamp, True
    codes = coded.indices.to_numpy()
    times[places], zones[places], read[places] = at[codes], east[codes], good[codes]
    return evidence


def _mailed(text: str) -> tuple[int, int] | None:
    """(microseconds since 1970 UTC, minutes east or NO_OFFSET) of a time as mails write it; None: no time."""
    text = text.strip()[:100]
    if not text or not text.isprintable():
        return None
    try:
        value = parsedate_to_datetime(text)
        return _stamp(value, None if text.endswith("-0000") else value.utcoffset())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _stamp(value: datetime, zone: timedelta | None) -> tuple[int, int] | None:
    """UTC and the zone; a zone that nowhere has counts as none, a year such as 0102 as 2002 (RFC 5322, 4.3)."""
    if 100 <= value.year < 200:
        value = value.replace(year=value.year + 1900)
    if zone is not None and abs(zone) > timedelta(hours=18):
        zone = None
    if not 1900 <= value.year <= 2200:
        return None
    since = value.replace(tzinfo=UTC) - (zone or timedelta()) - datetime(1970, 1, 1, tzinfo=UTC)
    return since // timedelta(microseconds=1), NO_OFFSET if zone is None else zone // timedelta(minutes=1)
