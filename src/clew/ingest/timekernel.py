"""The common spellings of a time, read straight from an Arrow text buffer."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from clew.ingest.kernels import kernel, kernel_step

NO_OFFSET = -32_768
DAY_FIRST, MONTH_FIRST = 1, 2

_DIGITS = 10
_DAY_US = 86_400_000_000


@kernel_step
def _days(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms", 2013)."""
    shifted = year - (month <= 2)
    era = shifted // 400
    of_era = shifted - era * 400
    of_year = (153 * (month + (9 if month <= 2 else -3)) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


@kernel_step
def _month_days(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


@kernel_step
def _number(data: npt.NDArray[np.uint8], i: int, end: int) -> tuple[int, int]:
    """(value, digits) of the digits at ``i``; at most 18."""
    value, count = 0, 0
    while i + count < end and count < 18 and 48 <= data[i + count] < 48 + _DIGITS:
        value = value * 10 + data[i + count] - 48
        count += 1
    return value, count


@kernel_step
def _zone(data: npt.NDArray[np.uint8], i: int, end: int) -> tuple[bool, int]:
    """(read whole, minutes east) of ``Z``, ``UTC``, ``GMT``, ``+02:00``, ``+0200``, ``UTC+2``."""
    if (data[i] | 32) == 122:
        return i + 1 == end, 0
    if i + 3 <= end and (data[i] | 32) in (117, 103):  # u, g
        utc = (data[i + 1] | 32) == 116 and (data[i + 2] | 32) == 99
        gmt = (data[i + 1] | 32) == 109 and (data[i + 2] | 32) == 116
        i += 3
        if i == end or not (utc or gmt):
            return utc or gmt, 0
    if data[i] != 43 and data[i] != 45:
        return False, NO_OFFSET
    sign = 1 if data[i] == 43 else -1
    value, count = _number(data, i + 1, end)
    i += 1 + count
    if count == 4:
        value = value // 100 * 60 + value % 100
    elif count == 2 or count == 1:
        value *= 60
        if i < end and data[i] == 58:
            minute, count = _number(data, i + 1, end)
            if count != 2 or minute > 59:
                return False, NO_OFFSET
            value += minute
            i += 3
    else:
        return False, NO_OFFSET
    return i == end and value <= 18 * 60, sign * value


@kernel_step
def _fraction(data: npt.NDArray[np.uint8], i: int, end: int) -> tuple[int, int]:
    """(microseconds, digits) of the digits after a decimal mark."""
    value, count = _number(data, i, end)
    scale = count
    while scale < 6:
        value *= 10
        scale += 1
    while scale > 6:
        value //= 10
        scale -= 1
    return value, count


@kernel_step
def _clock(data: npt.NDArray[np.uint8], i: int, end: int) -> tuple[bool, int, int]:
    """(read whole, microseconds of the day, minutes east) of what follows a date: time, am or pm, zone."""
    while i < end and (data[i] == 32 or data[i] == 44):
        i += 1
    if i < end and (data[i] == 84 or data[i] == 116):  # T
        i += 1
    if i == end:
        return True, 0, NO_OFFSET
    hour, count = _number(data, i, end)
    if count != 2 and count != 1:
        return False, 0, NO_OFFSET
    i += count
    if i == end or data[i] != 58:
        return False, 0, NO_OFFSET
    minute, count = _number(data, i + 1, end)
    if count != 2 or minute > 59:
        return False, 0, NO_OFFSET
    i += 3
    second, micro = 0, 0
    if i < end and data[i] == 58:
        second, count = _number(data, i + 1, end)
        if count != 2 or second > 60:
            return False, 0, NO_OFFSET
        i += 3
        if i < end and (data[i] == 46 or data[i] == 44):
            micro, count = _fraction(data, i + 1, end)
            if count == 0:
                return False, 0, NO_OFFSET
            i += 1 + count
    while i < end and data[i] == 32:
        i += 1
    if i + 1 < end and (data[i + 1] | 32) == 109 and ((data[i] | 32) == 97 or (data[i] | 32) == 112):
        if hour < 1 or hour > 12:
            return False, 0, NO_OFFSET
        hour = hour % 12 + (12 if (data[i] | 32) == 112 else 0)
        i += 2
        while i < end and data[i] == 32:
            i += 1
    if hour > 24 or (hour == 24 and (minute or second or micro)):  # 24:00 is the start of the next day
        return False, 0, NO_OFFSET
    us = ((hour * 60 + minute) * 60 + min(second, 59)) * 1_000_000 + micro
    if i == end:
        return True, us, NO_OFFSET
    good, offset = _zone(data, i, end)
    return good, us, offset


@kernel_step
def _epoch(data: npt.NDArray[np.uint8], value: int, count: int, after: int, end: int) -> tuple[bool, int]:
    """(read, microseconds) of an epoch in s, ms or us, told by its digits; a fraction only after seconds."""
    if count == 9 or count == 10:
        micro = 0
        if after < end:
            micro, digits = _fraction(data, after + 1, end)
            if digits == 0 or after + 1 + digits != end:
                return False, 0
        return True, value * 1_000_000 + micro
    if after < end:
        return False, 0
    if count == 12 or count == 13:
        return True, value * 1_000
    return count == 15 or count == 16, value


@kernel_step
def _past(data: npt.NDArray[np.uint8], i: int, end: int, mark: int) -> int:
    """The place after a space behind a full stop, as in "1. 7. 2025"."""
    return i + 1 if mark == 46 and i + 1 < end and data[i] == 32 else i


@kernel_step
def _one(data: npt.NDArray[np.uint8], i: int, end: int, month_first: bool) -> tuple[bool, int, int, int]:
    """(read, microseconds since 1970 UTC, minutes east, which order the numbers prove) of one text."""
    a, count = _number(data, i, end)
    after = i + count
    if after == end or (data[after] == 46 and count >= 9):
        good, us = _epoch(data, a, count, after, end)
        if good:
            return True, us, NO_OFFSET, 0
    order = 0
    if count == 8 and a >= 19_000_000:  # 20250701 and 20250701T101500
        year, month, day, i = a // 10_000, a // 100 % 100, a % 100, after
    else:
        if after + 1 >= end or not (data[after] == 45 or data[after] == 46 or data[after] == 47):
            return False, 0, NO_OFFSET, 0
        mark = data[after]
        i = _past(data, after + 1, end, mark)
        b, digits = _number(data, i, end)
        i += digits
        if digits == 0 or digits > 2 or i + 1 >= end or data[i] != mark:
            return False, 0, NO_OFFSET, 0
        i = _past(data, i + 1, end, mark)
        c, last = _number(data, i, end)
        i += last
        if mark == 46 and i < end and data[i] == 46:  # 2025.07.01., as in Hungary
            i += 1
        if count == 4 and (last == 1 or last == 2):
            year, month, day = a, b, c
        elif (count == 1 or count == 2) and (last == 4 or last == 2):
            year = c if last == 4 else (2000 + c if c < 70 else 1900 + c)
            order = DAY_FIRST if a > 12 else (MONTH_FIRST if b > 12 else 0)
            swap = order == MONTH_FIRST or (order == 0 and month_first)
            day, month = (b, a) if swap else (a, b)
            if order == 0 and a != b:
                order = 3
        else:
            return False, 0, NO_OFFSET, 0
    if not (1900 <= year <= 2200 and 1 <= month <= 12 and 1 <= day <= _month_days(year, month)):
        return False, 0, NO_OFFSET, 0
    good, us, offset = _clock(data, i, end)
    if not good:
        return False, 0, NO_OFFSET, 0
    east = 0 if offset == NO_OFFSET else offset
    return True, _days(year, month, day) * _DAY_US + us - east * 60_000_000, offset, order


@kernel
def read_times(
    data: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int32],
    month_first: bool,
    times: npt.NDArray[np.int64],
    zones: npt.NDArray[np.int16],
    read: npt.NDArray[np.bool_],
) -> tuple[bool, bool, bool]:
    """Read ISO 8601, numeric European and US dates, and epochs (s, ms, us); fill the last three arrays.

    Returns:
        Whether a value was seen that is day first for sure, month first for sure, or could be either.
    """
    day_first = month_only = either = False
    for n in range(len(times)):
        start, end = offsets[n], offsets[n + 1]
        while start < end and data[start] <= 32:
            start += 1
        while start < end and data[end - 1] <= 32:
            end -= 1
        if start == end:
            read[n] = False
            continue
        read[n], times[n], zones[n], order = _one(data, start, end, month_first)
        day_first |= order == DAY_FIRST
        month_only |= order == MONTH_FIRST
        either |= order == 3
    return day_first, month_only, either
