"""Kernel of :mod:`clew.match.template_view`: texts as words, where each mention is one word."""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from clew.match._shingles import ALONE, DIGIT, WORD, mix

MOST_WORDS = 512  # of a text; what comes after is not shown

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


@numba.njit(nogil=True, cache=True)
def _symbol_at(char, low, high, wanted):  # type: ignore[no-untyped-def]
    """The first symbol in a range that came from a character or one after it."""
    while low < high:
        middle = (low + high) // 2
        if char[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@numba.njit(nogil=True, cache=True)
def _byte_after(data, byte, width, base, stop, last):  # type: ignore[no-untyped-def]
    """The byte after the character of a symbol."""
    at = base + byte[last]
    if width[last] > 1:
        return at + width[last]
    at += 1
    while at < stop and data[at] & 0xC0 == 0x80:
        at += 1
    return at


@numba.njit(nogil=True, cache=True)
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


@numba.njit(nogil=True, cache=True)
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


@numba.njit(nogil=True, cache=True)
def align(words, a, b, start, stop):  # type: ignore[no-untyped-def]
    """Align text b with text a at the least number of words changed, left out or put in.

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
    step = np.empty((rows + 1, columns + 1), np.uint8)  # 0: both go on, 1: left out, 2: put in
    cost = np.empty(columns + 1, np.int32)
    for j in range(columns + 1):
        cost[j], step[0, j] = j, 2
    for i in range(1, rows + 1):
        before = cost[0]
        cost[0], step[i, 0] = i, 1
        x = a0 + head + i - 1
        for j in range(1, columns + 1):
            y = b0 + head + j - 1
            change = 0 if key[x] == key[y] else 1 if words.kind[x] == words.kind[y] else 2
            best, way = before + change, 0
            if cost[j] + 1 < best:
                best, way = cost[j] + 1, 1
            if cost[j - 1] + 1 < best:
                best, way = cost[j - 1] + 1, 2
            before = cost[j]
            cost[j], step[i, j] = best, way
    i, j = rows, columns
    while i > 0 or j > 0:
        way = step[i, j]
        if way != 1:
            j -= 1
        if way != 2:
            i -= 1
            start[head + i], stop[head + i] = head + j, head + j + (1 if way == 0 else 0)
