"""The dates of a chat in plain text, whose order of day, month and year the file itself must tell."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clew.ingest.chats_heads import (
    FIRST,
    FIRST_DIGITS,
    HOUR,
    LAST,
    LAST_DIGITS,
    MIDDLE,
    MINUTE,
    SECOND,
    Found,
)

ORDERS = ("dmy", "mdy", "ymd")
NOTHING, UNKNOWN, MORNING, AFTERNOON = range(4)  # what stands beside the hour; of two texts the greater counts
_MONTH_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int64)
_BUDDHIST = 543  # years that the Thai calendar is ahead
_YEARS = (2005, 2100)

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def _years(numbers: Ints) -> Ints:
    years = np.where(numbers < 100, numbers + 2000, numbers)
    return np.where((years > 2450) & (years < 2700), years - _BUDDHIST, years)


def dates(heads: Found, order: str) -> tuple[Ints, Ints, Ints, Bools]:
    """(years, months, days, which are dates that exist) when the numbers stand in this order."""
    place = {part: heads[:, column].astype(np.int64) for part, column in zip(order, (FIRST, MIDDLE, LAST), strict=True)}
    years, months, days = _years(place["y"]), place["m"], place["d"]
    digits = heads[:, FIRST_DIGITS if order == "ymd" else LAST_DIGITS]
    other = heads[:, LAST_DIGITS if order == "ymd" else FIRST_DIGITS]
    good = (years >= _YEARS[0]) & (years < _YEARS[1]) & (digits != 3) & (digits > 1) & (other <= 2)
    good &= (months >= 1) & (months <= 12) & (days >= 1)
    good &= days <= _MONTH_DAYS[np.clip(months, 0, 12)]
    leap = (years % 4 == 0) & ((years % 100 != 0) | (years % 400 == 0))
    good &= ~((months == 2) & (days == 29) & ~leap)
    return years, months, days, good


@dataclass
class Evidence:
    """What speaks against each order: dates that do not exist, and days that go backwards."""

    against: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ORDERS, 0))
    _last: dict[str, int] = field(default_factory=dict)

    def add(self, heads: Found) -> None:
        """Weigh more heads, which follow those before."""
        for order in ORDERS:
            years, months, days, good = dates(heads, order)
            whole = ((years * 100 + months) * 100 + days)[good]
            self.against[order] += int(np.count_nonzero(~good))
            if len(whole):
                self.against[order] += int(np.count_nonzero(np.diff(whole) < 0))
                self.against[order] += int(whole[0]) < self._last.get(order, 0)
                self._last[order] = int(whole[-1])

    def order(self, liked: str) -> str:
        """The order that least speaks against; where nothing tells, the ``liked`` one, then day first."""
        return min((liked, *ORDERS), key=lambda order: self.against[order])


def times(heads: Found, order: str, halves: npt.NDArray[np.uint8]) -> tuple[pa.Array, Bools]:
    """(local times as ISO 8601 without a zone, which could be read).

    Args:
        halves: for each head what it says of the half of the day.
    """
    years, months, days, good = dates(heads, order)
    hours, minutes, seconds = (heads[:, column].astype(np.int64) for column in (HOUR, MINUTE, SECOND))
    seconds = np.maximum(seconds, 0)
    # "14:05 PM" is written too; there the mark adds nothing.
    twelve = (halves >= MORNING) & (hours <= 12)
    hours = np.where(twelve, hours % 12 + 12 * (halves == AFTERNOON), hours)
    good &= (hours <= 23) & (minutes <= 59) & (seconds <= 59)
    safe = [np.where(good, part, 1) for part in (years - 1970, months, days)]
    month = (safe[0] * 12 + safe[1] - 1).astype("datetime64[M]")
    second = month.astype("datetime64[D]").astype("datetime64[s]").astype(np.int64)
    second = second + (safe[2] - 1) * 86_400 + hours * 3_600 + minutes * 60 + seconds
    text = pa.array(second, pa.int64()).cast(pa.timestamp("s")).cast(pa.string())
    return text, good
