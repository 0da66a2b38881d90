"""Kernel of :mod:`clew.match.template_view`: texts as words, where each mention is one word."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from clew.ingest.kernels import kernel_step, making_kernel, making_step
from clew.match._shingles import ALONE, DIGIT, WORD, mix

MOST_WORDS = 512  # of a text; what comes after is not shown
_BAND = 8  # words by which an alignment may be off the diagonal at first

_PRIME = np.uint64(0x9E3779B97F4A7C15)
NUMBER = np.uint64(1)

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]
U8 = npt.NDArray[np.uint8]


class Words(NamedTuple):
    """The words of some texts, one text after the other.

    Attributes:
        start: int64[n + 1], where the words of each text begin.
        key: uint64[m], equal for words that may stand for each other: all mentions of one type, all numbers.
        value: uint64[m], equal for words that are written alike.
        kind: uint8[m], the type of a mention plus 1; 0 for other words.
        begin, end: int64[m], bytes of the texts' data.
    """

    start: I64
    key: U64
    value: U64
    kind: U8
    begin: I64
    end: I64


@kernel_step
def _symbol_at(char, low, high, wanted):  # type: ignore[no-untyped-def]
    """The first symbol in a range that came from a character or one after it."""
    while low < high:
        middle = (low + high) // 2
        if char[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@kernel_step
def _byte_after(data, byte, width, base, stop, last):  # type: ignore[no-untyped-def]
    """The byte after the character of a symbol."""
    at = base + byte[last]
    if width[last] > 1:
        return at + width[last]
    at += 1
    while at < stop and data[at] & 0xC0 == 0x80:
        at += 1
    return at


@kernel_step
def _claim(char, low, high, spans, first, end, owner):  # type: ignore[no-untyped-def]
    """Give symbols of one text to its mentions, the earlier rows first; a mention that would overlap gets none."""
    owner[: high - low] = -1
    for k in range(first, end):
        a = _symbol_at(char, low, high, spans[k, 1])
        b = _symbol_at(char, a, high, spans[k, 2])
        free = b > a
        for i in range(a, b):
            free &= owner[i - low] < 0
        if free:
            owner[a - low : b - low] = k


@making_kernel
def words_of(data, offsets, sym, char, byte, width, start, classes, spans, span_start, out):  # type: ignore[no-untyped-def]
    """Cut texts into words; gives how many.

    Args:
        data, offsets: the texts.
        sym, char, byte, width, start: their symbols, see :class:`clew.extract.fold.Folded`.
        classes: see :func:`clew.match._shingles.symbol_classes`.
        spans: int64[k, 3], mentions by text: type, first character, character after the last.
        span_start: int64[n + 1], where those of each text begin.
        out: written.
    """
    count = 0
    longest = 1
    for t in range(offsets.shape[0] - 1):
        longest = max(longest, start[t + 1] - start[t])
    owner = np.empty(longest, np.int64)
    for t in range(offsets.shape[0] - 1):
        out.start[t] = count
        low, high = start[t], start[t + 1]
        _claim(char, low, high, spans, span_start[t], span_start[t + 1], owner)
        i = low
        while i < high and count - out.start[t] < MOST_WORDS:
            mine = owner[i - low]
            kinds = classes[sym[i]]
            if mine < 0 and kinds == 0:
                i += 1
                continue
            begin = i
            h = np.uint64(0)
            while i < high and owner[i - low] == mine:
                kind = classes[sym[i]]
                if mine < 0 and i > begin and (kind & WORD == 0 or kinds == ALONE):
                    break
                kinds |= kind
                if kind:
                    h = (h ^ np.uint64(sym[i])) * _PRIME
                i += 1
            out.value[count] = mix(h + np.uint64(7))
            out.kind[count] = spans[mine, 0] + 1 if mine >= 0 else 0
            if mine >= 0:
                out.key[count] = np.uint64(2 + spans[mine, 0])
            else:
                out.key[count] = NUMBER if kinds & DIGIT else out.value[count]
            out.begin[count] = offsets[t] + byte[begin]
            out.end[count] = _byte_after(data, byte, width, offsets[t], offsets[t + 1], i - 1)
            count += 1
    out.start[offsets.shape[0] - 1] = count
    return count


@making_step
def _fill(words, x0, y0, rows, columns, low, high, step):  # type: ignore[no-untyped-def]
    """The least cost of turning some words into others, on paths that stay near the diagonal.

    Args:
        words: of all texts.
        x0, y0: the first word of each.
        rows, columns: how many words each has.
        low, high: least and most that the column may be ahead of the row.
        step: uint8[rows + 1, high - low + 1], written, by row and lead: 0 both go on, 1 left out, 2 put in.
    """
    key, kind = words.key, words.kind
    width = high - low + 1
    far = np.int32(1 << 30)
    cost = np.full(width + 1, far, np.int32)  # by lead; one more than there are, always far
    for lead in range(0, min(high, columns) + 1):
        cost[lead - low], step[0, lead - low] = lead, 2
    for i in range(1, rows + 1):
        x = x0 + i - 1
        first = max(low, -i)
        left = far
        for at in range(first - low, min(high, columns - i) - low + 1):
            y = y0 + i + at + low - 1
            best, way = far, 0
            if i + at + low > 0:
                best = cost[at] + (0 if key[x] == key[y] else 1 if kind[x] == kind[y] else 2)
            if cost[at + 1] + 1 < best:
                best, way = cost[at + 1] + 1, 1
            if left + 1 < best:
                best, way = left + 1, 2
            cost[at], step[i, at] = best, way
            left = best
        if columns - i < high:
            cost[columns - i - low + 1] = far  # beyond the last column
    return cost[columns - rows - low]


@making_step
def align(words, a, b, start, stop):  # type: ignore[no-untyped-def]
    """Align text b with text a at the least number of words changed, left out or put in.

    Copies stay near the diagonal, so that paths far from it are looked at only where one of them might be as cheap: a
    path that leaves a band of ``room`` on each side costs at least twice the room, and two more, and the difference in
    length.

    Args:
        words: of both texts.
        a, b: numbers of the texts; a has n words, b m.
        start, stop: int32[n + 1], written: the word of b that stands for each of a, as a range of one or none, counted
            from the first of b; what lies between two ranges was put in. The last range is empty, at m.
    """
    a0, b0 = words.start[a], words.start[b]
    n, m = words.start[a + 1] - a0, words.start[b + 1] - b0
    key = words.key
    head = 0
    while head < n and head < m and key[a0 + head] == key[b0 + head]:
        start[head], stop[head] = head, head + 1
        head += 1
    tail = 0
    while tail < n - head and tail < m - head and key[a0 + n - 1 - tail] == key[b0 + m - 1 - tail]:
        tail += 1
        start[n - tail], stop[n - tail] = m - tail, m - tail + 1
    start[n] = stop[n] = m
    rows, columns = n - head - tail, m - head - tail
    longer = abs(columns - rows)
    room = _BAND
    while True:
        low, high = max(-rows, min(0, columns - rows) - room), min(columns, max(0, columns - rows) + room)
        step = np.empty((rows + 1, high - low + 1), np.uint8)
        cost = _fill(words, a0 + head, b0 + head, rows, columns, low, high, step)
        if cost < 2 * (room + 1) + longer or (low == -rows and high == columns):
            break
        room *= 3
    i, j = rows, columns
    while i > 0 or j > 0:
        way = step[i, j - i - low]
        if i == 0 or j == 0:
            way = 2 if i == 0 else 1
        if way != 1:
            j -= 1
        if way != 2:
            i -= 1
            start[head + i], stop[head + i] = head + j, head + j + (1 if way == 0 else 0)
