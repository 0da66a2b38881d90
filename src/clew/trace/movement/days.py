"""The day, and the hour, that a short text names, however it is written: for tickets and bookings."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clew.trace.movement.places import Ints

_DAY = 86_400
_MORNING = 9 * 3_600  # where no hour is told
_ISO = r"\b(?P<y>20\d\d)[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})\b"
_NUMBERS = r"\b(?P<d>\d{1,2})[-/.] ?(?P<m>\d{1,2})[-/.] ?(?P<y>20\d\d|\d\d)\b"
_NAMED = (
    r"(?i)\b(?P<d>\d{1,2})(?:\.|st|nd|rd|th|er|º|ª|-го)?,? (?:de |of |den )?"
    r"(?P<w>\pL{3,12})\.?,? (?:de )?(?P<y>20\d\d)\b"
)
_NAMED_FIRST = r"(?i)(?P<w>\pL{3,12})\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?,? (?P<y>20\d\d)\b"
_YEAR_FIRST = r"(?i)\b(?P<y>20\d\d)\. (?P<w>\pL{3,12}) (?P<d>\d{1,2})\b"
_HOUR = r"(?i)(?:^|[ ,T])(?P<h>[01]?\d|2[0-3])[:h.](?P<n>[0-5]\d)(?: ?(?P<p>[ap])\.?m)?(?:$|[ ,;)Z:+]|uhr)"


@cache
def _months() -> tuple[pa.Array, Ints]:
    """Beginnings of names of months, the longest first, and the month of each."""
    text = resources.files("clew.trace.movement").joinpath("data", "bookings.toml").read_text("utf-8")
    pairs = [(start, int(n)) for n, starts in tomllib.loads(text)["months"].items() for start in starts]
    pairs.sort(key=lambda pair: (-len(pair[0]), pair))
    return pa.array([start for start, _ in pairs]), np.array([n for _, n in pairs], np.int64)


def seconds(texts: pa.Array) -> Ints:
    """int64[n], seconds since 1970 of the first day that each text names (day before month), -1 for none."""
    given = pc.fill_null(texts, "")
    out = np.full(len(texts), -1)
    for rule in (_ISO, _NAMED, _NAMED_FIRST, _YEAR_FIRST, _NUMBERS):
        found = pc.extract_regex(given, rule)
        year, day = _number(found, "y"), _number(found, "d")
        month = _number(found, "m") if "<m>" in rule else _month(pc.struct_field(found, "w"))
        year = np.where((year >= 0) & (year < 100), year + 2_000, year)
        if rule == _NUMBERS:  # 03/14/2026 can only be in March
            month, day = np.where(month > 12, day, month), np.where(month > 12, month, day)
        out = np.where(out < 0, _date(year, month, day), out)
    return np.where(out >= 0, out + _hour(given), out)


def _number(found: pa.Array, name: str) -> Ints:
    text = pc.struct_field(found, name)
    text = pc.if_else(pc.equal(text, ""), None, text)
    number: Ints = pc.fill_null(pc.cast(text, pa.int64()), -1).to_numpy(zero_copy_only=False)
    return number


def _month(words: pa.Array) -> Ints:
    """The months that words begin like; -1 for none."""
    starts, month = _months()
    out = np.full(len(words), -1)
    lower = pc.utf8_lower(words)
    for length in sorted({len(s) for s in starts.to_pylist()}, reverse=True):
        at = pc.fill_null(pc.index_in(pc.utf8_slice_codeunits(lower, 0, length), value_set=starts), -1)
        at = at.to_numpy(zero_copy_only=False)
        out = np.where((out < 0) & (at >= 0), month[at], out)
    return out


def _date(year: Ints, month: Ints, day: Ints) -> Ints:
    """Seconds of the beginning of days; -1 for what is no day."""
    good = (year >= 2_000) & (year < 2_100) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    months = np.where(good, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + np.where(good, day - 1, 0)
    good &= days.astype("datetime64[M]") == months  # 31 June is none
    return np.where(good, days.astype(np.int64) * _DAY, -1)


def _hour(texts: pa.Array) -> Ints:
    """Seconds of the hour that texts name, else of the morning."""
    found = pc.extract_regex(texts, _HOUR)
    hour, minute = _number(found, "h"), _number(found, "n")
    half = pc.fill_null(pc.utf8_lower(pc.struct_field(found, "p")), "").to_numpy(zero_copy_only=False)
    hour = np.where((half == "p") & (hour < 12), hour + 12, np.where((half == "a") & (hour == 12), 0, hour))
    return np.where(hour >= 0, hour * 3_600 + minute * 60, _MORNING)
