"""The scanner and the copier of plain JSON; see plainjson.py, which says what they are given."""

from __future__ import annotations

import numpy as np

from clew.ingest.kernels import copy_letters, kernel, kernel_step, next_mark

# What a value is: NONE also where the key is missing. A text with escapes must be rewritten, the others are copied.
NONE, TEXT, ESCAPED, SCALAR, LIST = 0, 1, 2, 3, 4
_BAD = -1  # the row is not plain

_QUOTE, _BACKSLASH, _SLASH, _COMMA, _COLON, _MINUS, _POINT, _ZERO = 34, 92, 47, 44, 58, 45, 46, 48
_OPEN_LIST, _CLOSE_LIST, _OPEN, _CLOSE = 91, 93, 123, 125
_SAFE_DIGITS, _MOST_DIGITS = 15, 60  # a number of more digits may change when a parser writes it
# What the letter after a backslash stands for; 0 where it stands for nothing (u is apart).
_MEANING = np.zeros(256, np.uint8)
for _letter, _meant in zip(b'"\\/bfnrt', b'"\\/\b\f\n\r\t', strict=True):
    _MEANING[_letter] = _meant


@kernel_step
def _blank(data, i, end):  # type: ignore[no-untyped-def]
    """The first place from ``i`` on that holds no blank."""
    while i < end and (data[i] == 32 or data[i] == 10 or data[i] == 13 or data[i] == 9):
        i += 1
    return i


@kernel_step
def _hex(data, i, end):  # type: ignore[no-untyped-def]
    """The number that four hexadecimal digits write; -1 where there are none."""
    value = 0
    if i + 4 > end:
        return -1
    for k in range(i, i + 4):
        digit = data[k]
        if 48 <= digit <= 57:
            value = value * 16 + digit - 48
        elif 97 <= (digit | 32) <= 102:
            value = value * 16 + (digit | 32) - 87
        else:
            return -1
    return value


@kernel_step
def _code(data, i, end):  # type: ignore[no-untyped-def]
    r"""(character, place after it) of the ``\u`` escape at ``i``, half pairs put together; -1: none that is plain."""
    code = _hex(data, i + 2, end)
    if code < 32 or code in (_QUOTE, _BACKSLASH) or 0xDC00 <= code <= 0xDFFF:
        return _BAD, i
    if not 0xD800 <= code <= 0xDBFF:
        return code, i + 6
    if i + 12 > end or data[i + 6] != _BACKSLASH or data[i + 7] != 117:
        return _BAD, i
    low = _hex(data, i + 8, end)
    if not 0xDC00 <= low <= 0xDFFF:
        return _BAD, i
    return 0x10000 + ((code - 0xD800) << 10) + low - 0xDC00, i + 12


@kernel_step
def _text(text, i, end):  # type: ignore[no-untyped-def]
    """(place of the closing quote, TEXT or ESCAPED) of the text whose first letter is at ``i``."""
    data, marks, words = text
    kind = TEXT
    i = next_mark(marks, words, i)
    while i < end and data[i] != _QUOTE:
        if data[i] < 32:
            return _BAD, kind
        kind = ESCAPED
        if i + 1 < end and data[i + 1] == 117:
            code, i = _code(data, i, end)
            if code < 0:
                return _BAD, kind
        elif i + 1 < end and _MEANING[data[i + 1]]:
            i += 2
        else:
            return _BAD, kind
        i = next_mark(marks, words, i)
    return (i if i < end else _BAD), kind


@kernel_step
def _number(data, i, end):  # type: ignore[no-untyped-def]
    """The place after a number that every program writes the same, or that has to keep all of its digits; -1: none."""
    i += data[i] == _MINUS
    first = i
    while i < end and 48 <= data[i] <= 57:
        i += 1
    digits = i - first
    zero = digits > 0 and data[first] == _ZERO
    if digits == 0 or (zero and digits > 1) or digits > _MOST_DIGITS:
        return _BAD
    if i == end or data[i] != _POINT:
        return _BAD if digits > _SAFE_DIGITS or (zero and data[first - 1] == _MINUS) else i
    point = i
    i += 1
    while i < end and 48 <= data[i] <= 57:
        i += 1
    fraction = i - point - 1
    if fraction > 0 and _SAFE_DIGITS < digits + fraction <= _MOST_DIGITS:
        return i  # amounts of coins have 18 decimals, of which DuckDB's parser would keep some
    # 1.50 would become 1.5, and 0.00001 be written 1e-5; but 1.0 stays.
    if fraction == 0 or (fraction > 1 and data[i - 1] == _ZERO) or digits + fraction > _SAFE_DIGITS:
        return _BAD
    return _BAD if zero and data[point + 1] == _ZERO else i


@kernel_step
def _scalar(data, i, end):  # type: ignore[no-untyped-def]
    """(place after it, kind) of a number, true, false or null."""
    if data[i] == _MINUS or 48 <= data[i] <= 57:
        return _number(data, i, end), SCALAR
    if i + 4 <= end and data[i] == 116 and data[i + 1] == 114 and data[i + 2] == 117 and data[i + 3] == 101:
        return i + 4, SCALAR
    if i + 4 <= end and data[i] == 110 and data[i + 1] == 117 and data[i + 2] == 108 and data[i + 3] == 108:
        return i + 4, NONE
    false = i + 5 <= end and data[i] == 102 and data[i + 1] == 97 and data[i + 2] == 108
    if false and data[i + 3] == 115 and data[i + 4] == 101:
        return i + 5, SCALAR
    return _BAD, NONE


@kernel_step
def _list(text, i, end):  # type: ignore[no-untyped-def]
    """The place after the list that opens at ``i``; -1 where it holds more than texts and scalars."""
    data = text[0]
    i = _blank(data, i + 1, end)
    if i < end and data[i] == _CLOSE_LIST:
        return i + 1
    while i < end:
        if data[i] == _QUOTE:
            i, _ = _text(text, i + 1, end)
            i += i >= 0
        else:
            i, _ = _scalar(data, i, end)
        if i < 0:
            return _BAD
        i = _blank(data, i, end)
        if i < end and data[i] == _CLOSE_LIST:
            return i + 1
        if i >= end or data[i] != _COMMA:
            return _BAD
        i = _blank(data, i + 1, end)
    return _BAD


@kernel_step
def _value(text, i, end):  # type: ignore[no-untyped-def]
    """(start, end, place after it, kind) of the value at ``i``."""
    data = text[0]
    if data[i] == _QUOTE:
        close, kind = _text(text, i + 1, end)
        return i + 1, close, close + 1 if close >= 0 else _BAD, kind
    if data[i] == _OPEN_LIST:
        after = _list(text, i, end)
        return i, after, after, LIST
    after, kind = _scalar(data, i, end)
    return i, after, after, kind


@kernel_step
def _place_of(data, start, end, names, count, guess):  # type: ignore[no-untyped-def]
    """Which of the first ``count`` names this key is, looking at ``guess`` first: rows are alike; -1: none."""
    size = end - start
    for step in range(count):
        k = guess + step
        if k >= count:
            k -= count
        if names[k, 1] - names[k, 0] != size:
            continue
        at = 0
        while at < size and data[start + at] == data[names[k, 0] + at]:
            at += 1
        if at == size:
            return k
    return -1


@kernel
def find_values(text, offsets, valid, first, found, plain, starts, stops, kinds):  # type: ignore[no-untyped-def]
    """Scan rows from ``first`` on.

    Args:
        text: letters, their marks, and the marks eight in one.
        found: names, where each key was first met; state, a single number, how many there are; seen, in how many plain
            rows each key is; met, the last row that has it; order, the keys of this row.
        plain, starts, stops, kinds: filled, as in Values.

    Returns:
        The row at which there was no room for a new key; else the number of rows.
    """
    data = text[0]
    names, state, seen, met, order = found
    for row in range(first, len(plain)):
        end, count, good = np.int64(offsets[row + 1]), 0, False
        i = _blank(data, np.int64(offsets[row]), end)
        more = valid[row] and i < end and data[i] == _OPEN
        i = _blank(data, i + 1, end)
        if more and i < end and data[i] == _CLOSE:
            more, good = False, True
        while more:
            more = False
            if i >= end or data[i] != _QUOTE:
                break
            close, kind = _text(text, i + 1, end)
            if close <= i + 1 or kind != TEXT:
                break
            k = _place_of(data, i + 1, close, names, state[0], order[count - 1] + 1 if count else 0)
            if k < 0:
                k = state[0]
                if k == len(kinds):
                    return row
                names[k, 0], names[k, 1] = i + 1, close
                state[0] += 1
            i = _blank(data, close + 1, end)
            if met[k] == row or i >= end or data[i] != _COLON:
                break
            i = _blank(data, i + 1, end)
            if i >= end:
                break
            starts[k, row], stops[k, row], i, kinds[k, row] = _value(text, i, end)
            if i < 0:
                break
            met[k], order[count], count = row, k, count + 1
            i = _blank(data, i, end)
            good = i < end and data[i] == _CLOSE
            more = i < end and data[i] == _COMMA
            i = _blank(data, i + 1, end) if more else i
        plain[row] = good and _blank(data, i + 1, end) == end
        if plain[row]:
            for k in order[:count]:
                seen[k] += 1
    return len(plain)


@kernel_step
def _write(out, at, code):  # type: ignore[no-untyped-def]
    """Write a character as UTF-8; the place after it."""
    if code < 0x80:
        out[at] = code
        return at + 1
    if code < 0x800:
        out[at], out[at + 1] = 0xC0 | code >> 6, 0x80 | code & 63
        return at + 2
    if code < 0x10000:
        out[at], out[at + 1], out[at + 2] = 0xE0 | code >> 12, 0x80 | code >> 6 & 63, 0x80 | code & 63
        return at + 3
    out[at], out[at + 1] = 0xF0 | code >> 18, 0x80 | code >> 12 & 63
    out[at + 2], out[at + 3] = 0x80 | code >> 6 & 63, 0x80 | code & 63
    return at + 4


@kernel_step
def _rewrite(text, i, end, as_json, out, at):  # type: ignore[no-untyped-def]
    """Copy the inside of a text, its escapes (for JSON those that it does not need) replaced; the place after it."""
    data, marks, words = text
    while i < end:
        mark = min(next_mark(marks, words, i), end)
        copy_letters(out, at, data, i, mark - i)
        at, i = at + mark - i, mark
        if i == end:
            break
        if data[i + 1] == 117:
            code, i = _code(data, i, end)
            at = _write(out, at, code)
            continue
        if as_json and data[i + 1] != _SLASH:
            out[at], out[at + 1] = data[i], data[i + 1]
            at += 2
        else:
            out[at] = _MEANING[data[i + 1]]
            at += 1
        i += 2
    return at


@kernel_step
def _rewrite_list(text, i, end, out, at):  # type: ignore[no-untyped-def]
    """Copy a list without the blanks between its values; the place after it."""
    data = text[0]
    while i < end:
        if data[i] == _QUOTE:
            close, _ = _text(text, i + 1, end)
            out[at] = _QUOTE
            at = _rewrite(text, i + 1, close, np.bool_(True), out, at + 1)
            out[at] = _QUOTE
            at, i = at + 1, close + 1
            continue
        if data[i] > 32:
            out[at] = data[i]
            at += 1
        i += 1
    return at


@kernel
def copy_values(text, starts, ends, kinds, as_json, offsets, valid, out):  # type: ignore[no-untyped-def]
    """Copy the values of one key; fills the last three arrays, which have room enough."""
    at = np.int64(0)
    for row in range(len(kinds)):
        kind, start, end = kinds[row], np.int64(starts[row]), np.int64(ends[row])
        quoted = as_json and kind in (TEXT, ESCAPED)
        valid[row] = kind != NONE and not (quoted and start == end)
        if valid[row]:
            if quoted:
                out[at] = _QUOTE
                at += 1
            if kind == ESCAPED:
                at = _rewrite(text, start, end, as_json, out, at)
            elif kind == LIST:
                at = _rewrite_list(text, start, end, out, at)
            else:
                copy_letters(out, at, text[0], start, end - start)
                at += end - start
            if quoted:
                out[at] = _QUOTE
                at += 1
        offsets[row + 1] = at
