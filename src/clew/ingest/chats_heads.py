"""Finds where the messages of a chat in plain text begin: lines that start with a date, a time and a sender."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from clew.ingest.kernels import kernel, kernel_step

# What is known of each head, a column each. START and BODY are bytes of the text, LINE counts from 0, LAST_DIGITS are
# the digits of the third number of the date, BRACKET says what ends the stamp (see below), SECOND and SENDER are -1
# where there is none; a mark that says which half of the day it is stands between BEFORE and BEFORE_END, or between
# AFTER and AFTER_END.
START, BODY, LINE, FIRST, MIDDLE, LAST, FIRST_DIGITS, LAST_DIGITS, HOUR, MINUTE, SECOND = range(11)
SEPARATOR, BRACKET, BEFORE, BEFORE_END, AFTER, AFTER_END, SENDER, SENDER_END = range(11, 19)
_WIDTH = 19

BY_COLON = 2  # a colon ends the stamp, as on iPhones until 2017; 1: brackets hold it; 0: a dash ends it

_SHORTEST = 12  # bytes of "1/1/21 1:01" and a line feed
_MAX_WORDS = 32  # bytes of what stands between date and time, or after the time
_MAX_SENDER = 400  # bytes
_SPACE, _DASH, _DOT, _SLASH, _COLON, _OPEN, _CLOSE, _LF, _CR = 32, 45, 46, 47, 58, 91, 93, 10, 13
_CHARACTER = 1  # a separator that is a word: year, month

Found = npt.NDArray[np.int32]


def find_heads(text: bytes) -> Found:
    """The heads in a text of whole lines, in order; a row each."""
    found = np.empty((len(text) // _SHORTEST + 1, _WIDTH), np.int32)
    count = _find(np.frombuffer(text, np.uint8), found)
    return found[:count]


@kernel_step
def _skip_marks(data, i, end):  # type: ignore[no-untyped-def]
    """Past the marks that say which way letters run (U+200E, U+200F, U+202A to U+202E, U+061C) and U+FEFF."""
    while i + 1 < end:
        size = 2 if data[i] == 0xD8 and data[i + 1] == 0x9C else 0
        if i + 2 < end:
            a, b, c = data[i], data[i + 1], data[i + 2]
            direction = a == 0xE2 and b == 0x80 and ((c & 0xFE) == 0x8E or 0xAA <= c <= 0xAE)
            if direction or (a == 0xEF and b == 0xBB and c == 0xBF):
                size = 3
        if size == 0:
            break
        i += size
    return i


@kernel_step
def _blank(data, i, end):  # type: ignore[no-untyped-def]
    """The byte after a space at ``i``, also a narrow one or one that does not break; ``i`` where there is none."""
    if i < end and data[i] == _SPACE:
        return i + 1
    if i + 1 < end and data[i] == 0xC2 and data[i + 1] == 0xA0:
        return i + 2
    if i + 2 < end and data[i] == 0xE2 and data[i + 1] == 0x80 and (data[i + 2] == 0xAF or data[i + 2] == 0x89):
        return i + 3
    return i


@kernel_step
def _loose(data, i, end):  # type: ignore[no-untyped-def]
    """Past spaces and marks."""
    while True:
        after = _skip_marks(data, _blank(data, i, end), end)
        if after == i:
            return i
        i = after


@kernel_step
def _digit(data, i, end):  # type: ignore[no-untyped-def]
    """(value, bytes) of a Western, Arabic or Persian digit; (-1, 0) for anything else."""
    if i < end and 48 <= data[i] < 58:
        return np.int32(data[i] - 48), 1
    if i + 1 < end and data[i] == 0xD9 and 0xA0 <= data[i + 1] <= 0xA9:
        return np.int32(data[i + 1] - 0xA0), 2
    if i + 1 < end and data[i] == 0xDB and 0xB0 <= data[i + 1] <= 0xB9:
        return np.int32(data[i + 1] - 0xB0), 2
    return np.int32(-1), 0


@kernel_step
def _number(data, i, end):  # type: ignore[no-untyped-def]
    """(value, digits, the byte after them) of at most five digits at ``i``."""
    value, count = np.int32(0), 0
    while count < 5:
        digit, size = _digit(data, i, end)
        if size == 0:
            break
        value = value * 10 + digit
        count += 1
        i += size
    return value, count, i


@kernel_step
def _separator(data, i, end):  # type: ignore[no-untyped-def]
    """(what parts two numbers of a date, the byte after it): a dot, slash or dash, or the words year and month."""
    i = _loose(data, i, end)
    kind = 0
    if i < end and (data[i] == _DOT or data[i] == _SLASH or data[i] == _DASH):
        kind, i = int(data[i]), i + 1
    elif i + 2 < end:
        a, b, c = data[i], data[i + 1], data[i + 2]
        chinese = (a == 0xE5 and b == 0xB9 and c == 0xB4) or (a == 0xE6 and b == 0x9C and c == 0x88)
        korean = (a == 0xEB and b == 0x85 and c == 0x84) or (a == 0xEC and b == 0x9B and c == 0x94)
        if chinese or korean:
            kind, i = _CHARACTER, i + 3
    return kind, _loose(data, i, end)


@kernel_step
def _date(data, i, end, row):  # type: ignore[no-untyped-def]
    """The byte after three numbers; 0 where there are none."""
    row[FIRST], row[FIRST_DIGITS], i = _number(data, i, end)
    if row[FIRST_DIGITS] == 0 or row[FIRST_DIGITS] > 4:
        return 0
    row[SEPARATOR], i = _separator(data, i, end)
    row[MIDDLE], count, i = _number(data, i, end)
    if row[SEPARATOR] == 0 or count == 0 or count > 2:
        return 0
    kind, i = _separator(data, i, end)
    row[LAST], row[LAST_DIGITS], i = _number(data, i, end)
    return i if kind == row[SEPARATOR] and 0 < row[LAST_DIGITS] <= 4 else 0


@kernel_step
def _colon(data, i, end):  # type: ignore[no-untyped-def]
    """The byte after what parts hours, minutes and seconds: a colon, a dot, or an h between spaces; 0 where none is."""
    if i < end and (data[i] == _COLON or data[i] == _DOT):
        return i + 1
    i = _loose(data, i, end)
    if i < end and data[i] == 104:
        return _loose(data, i + 1, end)
    return 0


@kernel_step
def _clock(data, i, end, row):  # type: ignore[no-untyped-def]
    """The byte after the time that follows a date, with what stands before it; 0 where there is none."""
    row[BEFORE] = i
    while _digit(data, i, end)[1] == 0:
        if i >= end or i - row[BEFORE] > _MAX_WORDS or data[i] == _LF or data[i] == _OPEN or data[i] == _CLOSE:
            return 0
        i += 1
    row[BEFORE_END] = i
    row[HOUR], count, i = _number(data, i, end)
    i = _colon(data, i, end)
    if count > 2 or i == 0 or row[BEFORE_END] == row[BEFORE]:
        return 0
    row[MINUTE], count, i = _number(data, i, end)
    if count != 2:
        return 0
    row[SECOND], row[AFTER] = -1, i
    after = _colon(data, i, end)
    if after:
        second, count, after = _number(data, after, end)
        if count == 2:
            row[SECOND], row[AFTER], i = second, after, after
    return i


@kernel_step
def _stamp_end(data, i, end, row):  # type: ignore[no-untyped-def]
    """The byte after the whole stamp: after the bracket that closes it, the dash or colon; 0 where none comes soon."""
    while i < end and i - row[AFTER] <= _MAX_WORDS and data[i] != _LF and _digit(data, i, end)[1] == 0:
        row[AFTER_END] = i
        if row[BRACKET]:
            if data[i] == _CLOSE:
                return i + 1
        elif data[i] == _SPACE and i + 2 < end:
            if data[i + 1] == _DASH and data[i + 2] == _SPACE:
                return i + 3
            if i + 4 < end and data[i + 1] == 0xE2 and data[i + 2] == 0x80 and data[i + 3] == 0x93:
                return i + 4
        elif data[i] == _COLON and i + 1 < end and data[i + 1] == _SPACE and _may_end_by_colon(data, i, row):
            row[BRACKET] = BY_COLON
            return i + 2
        i += 1
    return 0


@kernel_step
def _may_end_by_colon(data, i, row):  # type: ignore[no-untyped-def]
    """Whether the colon at ``i`` stands right after seconds, or a mark like PM, and the year does not come first.

    Logs of programs are written so with the year first.
    """
    half = data[i - 1] | 32 == 109 or data[i - 1] == _DOT
    return row[SECOND] >= 0 and row[FIRST_DIGITS] <= 2 and (i == row[AFTER] or half)


@kernel_step
def _quoted(data, k, end, quoted):  # type: ignore[no-untyped-def]
    """Whether what follows the letter at ``k`` stands in quotation marks."""
    if data[k] == 34:
        return not quoted
    if data[k] == 0xC2 and k + 1 < end:
        return data[k + 1] == 0xAB or (quoted and data[k + 1] != 0xBB)
    if data[k] == 0xE2 and k + 2 < end and data[k + 1] == 0x80 and 0x9C <= data[k + 2] <= 0x9E:
        return data[k + 2] == 0x9E or (data[k + 2] == 0x9C and not quoted)  # 0x9C closes what 0x9E opens
    return quoted


@kernel_step
def _sender(data, i, end, row):  # type: ignore[no-untyped-def]
    """Where the body begins; finds the sender, which a colon ends, before it.

    A colon within quotation marks ends none: the line says who did what to something that has a name.
    """
    row[SENDER] = row[SENDER_END] = -1
    k, quoted = i, False
    while k < end and k - i <= _MAX_SENDER and data[k] != _LF:
        quoted = _quoted(data, k, end, quoted)
        if data[k] == _COLON and k > i and not quoted:
            last = k + 1 == end or data[k + 1] == _LF or data[k + 1] == _CR
            if last or data[k + 1] == _SPACE or _skip_marks(data, k + 1, end) > k + 1:
                row[SENDER], row[SENDER_END] = i, k
                return k + 1 if last else k + 1 + (data[k + 1] == _SPACE)
        k += 1
    return i


@kernel_step
def _head(data, i, end, row):  # type: ignore[no-untyped-def]
    """Whether a message begins at ``i``; fills the row."""
    row[START] = i
    i = _skip_marks(data, i, end)
    row[BRACKET] = i < end and data[i] == _OPEN
    i = _date(data, _skip_marks(data, i + row[BRACKET], end), end, row)
    if i:
        i = _clock(data, i, end, row)
    if i:
        i = _stamp_end(data, i, end, row)
    if i:
        row[BODY] = _sender(data, _loose(data, i, end), end, row)
    return i > 0


@kernel
def _find(data, found):  # type: ignore[no-untyped-def]
    """How many heads were found; fills a row of ``found`` for each."""
    i, end, count, line = 0, len(data), 0, 0
    while i < end and count < len(found):
        found[count, LINE] = line
        if _head(data, i, end, found[count]):
            count += 1
        while i < end and data[i] != _LF:
            i += 1
        i += 1
        line += 1
    return count
