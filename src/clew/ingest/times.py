"""Times as sources write them, to UTC and the zone that was written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clew.ingest.buffers import text_buffers
from clew.ingest.columns import plain
from clew.ingest.timekernel import NO_OFFSET, read_times

_MONTHS = (
    ("jan", "janv", "ene", "gen", "sty", "led", "ian"),
    ("feb", "fev", "fevr", "lut", "uno"),
    ("mar", "mrz", "maerz", "marz", "maa", "mrt", "bre"),
    ("apr", "avr", "abr", "kwi", "dub"),
    ("may", "mai", "mei", "mag", "maj", "kve"),
    ("jun", "juin", "giu", "cze", "cer", "iun"),
    ("jul", "juil", "lug", "lip", "iul", "cvc"),
    ("aug", "aou", "ago", "sie", "srp"),
    ("sep", "set", "wrz", "zar"),
    ("oct", "okt", "out", "ott", "paz", "rij"),
    ("nov", "lis", "noi"),
    ("dec", "dez", "dic", "gru", "pro"),
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_NAMED = re.compile(
    r"""^(?:[^\W\d_]{2,12}\.?,?\s+)??            # weekday
    (?:(?P<day>\d{1,2})(?:st|nd|rd|th|\.|er|º|o)?\s*[\s-]\s*(?:de\s+|of\s+)?(?P<month>[^\W\d_]{3,12})\.?
      |(?P<month2>[^\W\d_]{3,12})\.?\s+(?P<day2>\d{1,2})(?:st|nd|rd|th)?)
    ,?[\s-]+(?:de\s+|del\s+)?(?P<year>\d{4})
    (?:,?\s*(?:at|à|um|a\s+las|alle|om|o)?\s*(?P<hour>\d{1,2})[:h.](?P<minute>\d{2})(?::(?P<second>\d{2}))?\s*(?P<half>[ap]\.?m\.?)?)?
    \s*(?:uhr|h)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?$""",
    re.IGNORECASE | re.VERBOSE,
)


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
        _read_others(filled, times, zones, read)
    unread = pa.array(~read)
    if not read.all():
        unread = pc.and_(pc.greater(pc.binary_length(pc.utf8_trim_whitespace(filled)), 0), unread)
    at = pa.array(times, pa.int64(), mask=~read).cast(pa.timestamp("us", tz="UTC"))
    return Times(at, pa.array(zones, mask=zones == NO_OFFSET), unread, evidence)


def _read_others(
    texts: pa.Array, times: npt.NDArray[np.int64], zones: npt.NDArray[np.int16], read: npt.NDArray[np.bool_]
) -> None:
    """Read what the kernel did not, once per different text; fills the arrays."""
    places = np.flatnonzero(~read)
    coded = texts.take(pa.array(places)).dictionary_encode()
    values = [_other(text) for text in coded.dictionary.to_pylist()]
    codes = coded.indices.to_numpy()
    read[places] = np.array([value is not None for value in values], np.bool_)[codes]
    times[places] = np.array([value[0] if value else 0 for value in values], np.int64)[codes]
    zones[places] = np.array([value[1] if value else NO_OFFSET for value in values], np.int16)[codes]


def _other(text: str) -> tuple[int, int] | None:
    """(microseconds since 1970 UTC, minutes east or NO_OFFSET) of a date with a month's name; None: no time."""
    text = text.strip()[:100]
    if not text or not text.isprintable():
        return None
    if found := _NAMED.match(text):
        return _named(found)
    try:
        value = parsedate_to_datetime(text)
        return _stamp(value, None if text.endswith("-0000") else value.utcoffset())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _named(found: re.Match[str]) -> tuple[int, int] | None:
    month_name = plain(found["month"] or found["month2"])
    month = next((_MONTH[month_name[:size]] for size in (4, 3) if month_name[:size] in _MONTH), None)
    hour, half = int(found["hour"] or 0), (found["half"] or "").lower()[:1]
    if month is None or (half and not 1 <= hour <= 12):
        return None
    hour = hour % 12 + 12 * (half == "p") if half else hour
    zone: timedelta | None = None
    if (written := found["zone"]) and written not in ("-0000", "-00:00"):  # RFC 5322: the zone is not known
        digits = written[1:].replace(":", "")
        east = (int(digits[:2]) * 60 + int(digits[2:])) if written[0] in "+-" else 0
        zone = timedelta(minutes=-east if written[0] == "-" else east)
    try:
        day, year = int(found["day"] or found["day2"]), int(found["year"])
        return _stamp(datetime(year, month, day, hour, int(found["minute"] or 0), int(found["second"] or 0)), zone)
    except ValueError:
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
