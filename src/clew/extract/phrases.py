"""Find any of many phrases in folded text, in one pass: place names, first names, word lists.

Each word of the text is hashed once; only a word that may begin a phrase is read on, word by word, as long as
some phrase begins so. Every hit is compared with its phrase symbol by symbol, so a hash never decides.
The time is linear in the text, times the words of the longest phrase at worst.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from clew.extract.fold import BREAK, OTHER, Folded, fold_table

Ints = npt.NDArray[np.int64]

SPLIT, WORD, JOIN, SINGLE, SYLLABLE = 0, 1, 2, 3, 4  # what a symbol is to a phrase
# Scripts written without spaces: every character may begin or end a phrase.
_SINGLES = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x3400, 0x9FFF),
    (0xF900, 0xFAFF),
)
_SEED, _FACTOR = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)
_ABBREVIATION = 2  # a dot after so short a word ("St. Gallen") does not end a phrase


@dataclass(frozen=True)
class PhraseHits:
    """Phrases found, in order of place, never overlapping.

    Attributes:
        record: int64[k], the text of the batch.
        begin, end: int64[k], positions in ``Folded.sym``, end exclusive.
        phrase: int32[k], the index of the phrase as given to `Phrases`.
    """

    record: Ints
    begin: Ints
    end: Ints
    phrase: npt.NDArray[np.int32]


class _Table(NamedTuple):
    """A hash set of phrase beginnings (open addressing), behind a bitmap that mostly says "no"."""

    key: npt.NDArray[np.uint64]  # 0: empty
    phrase: npt.NDArray[np.int32]  # the phrase that ends here, or -1
    longer: npt.NDArray[np.bool_]  # some phrase goes on from here
    bitmap: npt.NDArray[np.uint8]
    heads: npt.NDArray[np.bool_]  # how first words begin, by `_head`


class _Canon(NamedTuple):
    """The phrases as symbols, one space between words."""

    sym: npt.NDArray[np.uint16]
    start: Ints
    stem: npt.NDArray[np.bool_]


@cache
def symbol_class() -> npt.NDArray[np.uint8]:
    """uint8[65536]: SPLIT, WORD, JOIN, SINGLE or SYLLABLE for each symbol."""
    table = np.zeros(0x10000, np.uint8)
    for point in range(0x10000):
        category = unicodedata.category(chr(point))
        if category[0] in "LN" or category == "Mc":
            table[point] = WORD
    table[[0x20, 0x0A, ord("-"), ord("'")]] = JOIN
    for low, high in _SINGLES:
        letters = table[low : high + 1]
        letters[letters == WORD] = SINGLE
    table[0xAC00:0xD7A4] = SYLLABLE  # Korean words take endings: a phrase may end inside a word
    table[OTHER] = WORD
    table[BREAK] = SPLIT
    return table


@numba.njit(nogil=True, cache=True, inline="always")
def _mix(h, symbol):  # type: ignore[no-untyped-def]
    return (h ^ np.uint64(symbol)) * _FACTOR


@numba.njit(nogil=True, cache=True, inline="always")
def _maybe(bitmap, h):  # type: ignore[no-untyped-def]
    bit = (h >> np.uint64(32)) & np.uint64(bitmap.shape[0] * 8 - 1)
    return (bitmap[bit >> np.uint64(3)] >> np.uint8(bit & np.uint64(7))) & 1


@numba.njit(nogil=True, cache=True, inline="always")
def _head(sym, k, stop, classes):  # type: ignore[no-untyped-def]
    """A number below 2**15 that stands for the first three symbols of the word at k."""
    one = np.uint64(1)
    h = np.uint64(sym[k])
    if classes[sym[k]] == WORD and k + one < stop and classes[sym[k + one]] == WORD:
        h |= np.uint64(sym[k + one]) << np.uint64(16)
        if k + one + one < stop and classes[sym[k + one + one]] == WORD:
            h |= np.uint64(sym[k + one + one]) << np.uint64(32)
    return (h * _FACTOR) >> np.uint64(49)


# The loops below are functions of their own, over unsigned numbers: so they run several times as fast.
@numba.njit(nogil=True, cache=True)
def _next_begin(begins, i, end):  # type: ignore[no-untyped-def]
    k, stop = np.uint64(i), np.uint64(end)
    while k < stop and not begins[k]:
        k += np.uint64(1)
    return np.int64(k)


@numba.njit(nogil=True, cache=True)
def _next_head(sym, i, end, classes, heads):  # type: ignore[no-untyped-def]
    """The next word that begins as some phrase does; i is at a word's begin or between words."""
    k, stop, one = np.uint64(i), np.uint64(end), np.uint64(1)
    while k < stop:
        c = classes[sym[k]]
        if c == SPLIT or c == JOIN:  # noqa: SIM109 - compiled code looks a set up
            k += one
            continue
        if heads[_head(sym, k, stop, classes)]:
            return np.int64(k)
        k += one
        if c == WORD or c == SYLLABLE:  # noqa: SIM109
            while k < stop and classes[sym[k]] == c:
                k += one
    return end


@numba.njit(nogil=True, cache=True)
def _mark_heads(canon, classes, heads):  # type: ignore[no-untyped-def]
    for p in range(canon.start.shape[0] - 1):
        first, last = canon.start[p], canon.start[p + 1]
        end = first
        while end < last and classes[canon.sym[end]] == WORD:
            end += 1
        if canon.stem[p] and end == last and end - first < 3:
            heads[:] = True  # the stem may go on with any letter
        heads[_head(canon.sym, np.uint64(first), np.uint64(last), classes)] = True


@numba.njit(nogil=True, cache=True)
def _slot(key, h):  # type: ignore[no-untyped-def]
    """Where h is in the table, or where it would go."""
    mask = np.uint64(key.shape[0] - 1)
    at = (h ^ (h >> np.uint64(32))) & mask
    while key[at] != 0 and key[at] != h:
        at = (at + np.uint64(1)) & mask
    return at


@numba.njit(nogil=True, cache=True)
def _gap(sym, classes, begin, word_end, end):  # type: ignore[no-untyped-def]
    """Where the next word begins if only joining symbols stand between, else -1."""
    i = word_end
    short = word_end - begin <= _ABBREVIATION
    while i < end and (classes[sym[i]] == JOIN or (short and sym[i] == 46)):
        i += 1
    return i if i < end and classes[sym[i]] != SPLIT else -1


@numba.njit(nogil=True, cache=True)
def _canonical(sym, start, classes, out, out_start):  # type: ignore[no-untyped-def]
    """Copy phrases with anything but words as one space; returns the symbols written."""
    m = 0
    for p in range(start.shape[0] - 1):
        out_start[p] = m
        blank = False
        for i in range(start[p], start[p + 1]):
            c = classes[sym[i]]
            if c in (SPLIT, JOIN):
                blank = m > out_start[p]
                continue
            if blank:
                out[m] = 0x20
                m += 1
                blank = False
            out[m] = sym[i]
            m += 1
    out_start[start.shape[0] - 1] = m
    return m


@numba.njit(nogil=True, cache=True)
def _insert(table, h, phrase, longer):  # type: ignore[no-untyped-def]
    at = _slot(table.key, h)
    if table.key[at] == 0:
        table.key[at], table.phrase[at], table.longer[at] = h, -1, False
        bit = (h >> np.uint64(32)) & np.uint64(table.bitmap.shape[0] * 8 - 1)
        table.bitmap[bit >> np.uint64(3)] |= np.uint8(1 << (bit & np.uint64(7)))
    if phrase >= 0 and table.phrase[at] < 0:
        table.phrase[at] = phrase
    table.longer[at] |= longer


@numba.njit(nogil=True, cache=True)
def _build(canon, classes, table, stems):  # type: ignore[no-untyped-def]
    """Enter every beginning of every phrase that ends with a word."""
    for p in range(canon.start.shape[0] - 1):
        h = _SEED
        last = canon.start[p + 1] - 1
        for i in range(canon.start[p], last + 1):
            h = _mix(h, canon.sym[i])
            if i == last:
                if canon.stem[p]:
                    _insert(stems, h, p, False)
                else:
                    _insert(table, h, p, False)
            elif canon.sym[i] != 0x20 and (classes[canon.sym[i]] != WORD or classes[canon.sym[i + 1]] != WORD):
                _insert(table, h, -1, True)


@numba.njit(nogil=True, cache=True)
def _same(sym, classes, i, end, canon, p):  # type: ignore[no-untyped-def]
    """Is the text at i phrase p, symbol by symbol?"""
    begin = i
    for k in range(canon.start[p], canon.start[p + 1]):
        if canon.sym[k] == 0x20:
            after = _gap(sym, classes, begin, i, end)
            if after <= i:
                return False
            i = begin = after
        else:
            if i >= end or sym[i] != canon.sym[k]:
                return False
            i += 1
    return True


@numba.njit(nogil=True, cache=True)
def _longest(sym, classes, first, end, table, stems, canon):  # type: ignore[no-untyped-def]
    """The longest phrase that begins at a word's begin: its index (or -1) and where it ends."""
    h, i = _SEED, first
    best, best_end = -1, first
    key, phrase, longer, stem_key, stem_bitmap = table.key, table.phrase, table.longer, stems.key, stems.bitmap
    while True:
        begin, stem = i, -1
        if classes[sym[i]] == WORD:
            while i < end and classes[sym[i]] == WORD:
                h = _mix(h, sym[i])
                i += 1
                if _maybe(stem_bitmap, h):
                    at = _slot(stem_key, h)
                    if stem_key[at] == h and _same(sym, classes, first, end, canon, stems.phrase[at]):
                        stem = stems.phrase[at]
        else:
            h = _mix(h, sym[i])
            i += 1
            at = _slot(stem_key, h)
            if stem_key[at] == h and _same(sym, classes, first, end, canon, stems.phrase[at]):
                stem = stems.phrase[at]
        at = _slot(key, h)
        known = key[at] == h
        if known and phrase[at] >= 0 and _same(sym, classes, first, end, canon, phrase[at]):
            best, best_end = phrase[at], i
        elif stem >= 0:
            best, best_end = stem, i
        # a stem's last word has no place in the table, but its earlier words have
        after = _gap(sym, classes, begin, i, end) if known and longer[at] else -1
        if after < 0:
            return best, best_end
        if after > i:
            h = _mix(h, 0x20)
        i = after


@numba.njit(nogil=True, cache=True)
def _scan(sym, start, begins, classes, table, stems, canon):  # type: ignore[no-untyped-def]
    room = np.int64(1024)
    record, begin, stop = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    phrase = np.empty(room, np.int32)
    k = 0
    has_stems = stems.key.shape[0] > 1
    # taken out of their tuples here, once: in a loop that would cost more than looking at them
    heads, starters, stem_starters = table.heads, table.bitmap, stems.bitmap
    anywhere = begins.shape[0] == 0
    for r in range(start.shape[0] - 1):
        i, end = start[r], start[r + 1]
        while i < end:
            i = _next_head(sym, i, end, classes, heads) if anywhere else _next_begin(begins, i, end)
            if i >= end:
                break
            c = classes[sym[i]]
            h, j = _mix(_SEED, sym[i]), i + 1
            maybe = has_stems and _maybe(stem_starters, h)
            if c == WORD:
                while j < end and classes[sym[j]] == WORD:
                    h = _mix(h, sym[j])
                    j += 1
                    if has_stems:
                        maybe |= _maybe(stem_starters, h)
            found, found_end = -1, i
            if maybe or _maybe(starters, h):
                found, found_end = _longest(sym, classes, i, end, table, stems, canon)
            if found >= 0:
                if k == room:
                    room *= 2
                    record, begin, stop = _grown(record, room), _grown(begin, room), _grown(stop, room)
                    phrase = _grown(phrase, room)
                record[k], begin[k], stop[k], phrase[k] = r, i, found_end, found
                k += 1
                j = found_end
            elif c == SYLLABLE:
                while j < end and classes[sym[j]] == SYLLABLE:
                    j += 1
            i = j
    return record[:k], begin[:k], stop[:k], phrase[:k]


@numba.njit(nogil=True, cache=True)
def _grown(values, room):  # type: ignore[no-untyped-def]
    out = np.empty(room, values.dtype)
    out[: values.shape[0]] = values
    return out


def _empty_table(entries: int) -> _Table:
    """Room for some entries: a quarter full at most, with 32 bits of bitmap an entry."""
    size = 1 if entries == 0 else 1 << (4 * entries).bit_length()
    longer = np.zeros(size, np.bool_)
    bitmap, heads = np.zeros(max(size, 8), np.uint8), np.zeros(1 << 15, np.bool_)
    return _Table(np.zeros(size, np.uint64), np.full(size, -1, np.int32), longer, bitmap, heads)


def fold_all(texts: Sequence[str]) -> tuple[npt.NDArray[np.uint16], Ints]:
    """Fold many short strings as `fold.fold_text` does: symbols, and where each begins (int64[n + 1])."""
    table = fold_table()
    points = np.frombuffer("".join(texts).encode("utf-32-le", "replace"), np.uint32)
    sym = np.where(points < len(table), table[np.minimum(points, len(table) - 1)], OTHER).astype(np.uint16)
    lengths = np.fromiter((len(t) for t in texts), np.int64, len(texts))
    read = np.concatenate(([0], np.cumsum(sym != 0)))
    return sym[sym != 0], read[np.concatenate(([0], np.cumsum(lengths)))]


class Phrases:
    """A set of phrases to look for.

    A phrase is a sequence of words: letters and digits of any script, after folding. Between its words the
    text may have any run of white space, hyphens and apostrophes. Words end where letters and digits end,
    except in scripts written without spaces. Of phrases that fold to the same words the first is reported.

    Args:
        phrases: in any case and with or without accents; a phrase's index is its payload.
        stem: bool for each phrase; the last word of a stem phrase also matches any word that begins so (the
            hit spans the whole word). A phrase that is no stem wins over a stem of the same length.

    Raises:
        ValueError: a phrase has no word.
    """

    def __init__(self, phrases: Sequence[str], stem: Sequence[bool] | None = None) -> None:
        sym, start = fold_all(phrases)
        self._classes = symbol_class()
        out, out_start = np.empty(len(sym) + 1, np.uint16), np.empty(len(phrases) + 1, np.int64)
        m = _canonical(sym, start, self._classes, out, out_start)
        empty = np.flatnonzero(np.diff(out_start) == 0)
        if len(empty):
            raise ValueError(f"phrase {int(empty[0])} has no word: {phrases[int(empty[0])]!r}")
        stems = np.zeros(len(phrases), np.bool_) if stem is None else np.array(stem, np.bool_)
        if len(stems) != len(phrases):
            raise ValueError("as many stem marks as phrases are needed")
        self._canon = _Canon(out[:m], out_start, stems)
        single = np.count_nonzero(self._classes[out[:m]] >= SINGLE)
        words = len(phrases) + int(np.count_nonzero(out[:m] == 0x20)) + 2 * int(single)
        self._table, self._stems = _empty_table(words), _empty_table(int(stems.sum()))
        _build(self._canon, self._classes, self._table, self._stems)
        _mark_heads(self._canon, self._classes, self._table.heads)

    def find(self, folded: Folded, begins: npt.NDArray[np.bool_] | None = None) -> PhraseHits:
        """Every phrase in the texts: the longest one at each word's begin, then on after its end.

        Args:
            folded: the texts.
            begins: bool[symbols], which words to look at (by their first symbol); None for all.
        """
        words = np.empty(0, np.bool_) if begins is None else begins
        hits = _scan(folded.sym, folded.start, words, self._classes, self._table, self._stems, self._canon)
        return PhraseHits(*hits)
