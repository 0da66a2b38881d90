"""Which words of a text may be names, by how they were written: with a capital, or in a script without capitals."""

from __future__ import annotations

import unicodedata
from functools import cache

import numba
import numpy as np
import numpy.typing as npt

from clew.extract._starts import SEED, WORD, Starts, mix, symbol_class
from clew.extract._words import DIGIT, LETTER, symbol_kinds
from clew.extract.base import TextBatch
from clew.extract.fold import decode, room

SMALL, CAPITAL, CASELESS = 0, 1, 2  # anything but a capital; a capital; a letter of a script without capitals
_PARTICLE = 3  # letters of a small word that may begin a name: "den Haag", "'s-Gravenhage", "la Spezia"


@cache
def capitals() -> npt.NDArray[np.uint8]:
    """uint8[65536]: SMALL, CAPITAL or CASELESS for each code point."""
    table = np.zeros(0x10000, np.uint8)
    for point in range(0x10000):
        category = unicodedata.category(chr(point))
        table[point] = CAPITAL if category in ("Lu", "Lt") else CASELESS if category == "Lo" else SMALL
    return table


@numba.njit(nogil=True, cache=True, inline="always")
def _as(data, at, end, table):  # type: ignore[no-untyped-def]
    """How the letter at a byte was written."""
    if data[at] < 0x80:
        return table[data[at]]
    point = decode(data, at, end)[0]
    return table[point] if point < table.shape[0] else np.uint8(SMALL)


@numba.njit(nogil=True, cache=True)
def written_as(text, r, i, table):  # type: ignore[no-untyped-def]
    """How the letter at symbol i of text r was written; ``text`` is (sym, byte, data, offsets)."""
    _, byte, data, offsets = text
    return _as(data, offsets[r] + byte[i], offsets[r + 1], table)


@numba.njit(nogil=True, cache=True)
def _word_end(sym, i, end, kinds):  # type: ignore[no-untyped-def]
    k, stop = np.uint64(i), np.uint64(end)
    while k < stop and kinds[sym[k]] == LETTER:
        k += np.uint64(1)
    return np.int64(k)


@numba.njit(nogil=True, cache=True)
def _may_name(sym, byte, data, i, last, base, limit, kinds, table):  # type: ignore[no-untyped-def]
    """May a name begin at the word at i, by how that was written?"""
    written = _as(data, base + byte[i], limit, table)
    if written != SMALL:
        return True
    j = _word_end(sym, i, min(last, i + _PARTICLE + 1), kinds)
    if j - i > _PARTICLE or j + 1 >= last or sym[j] not in (32, 39, 45):
        return False
    return _as(data, base + byte[j + 1], limit, table) == CAPITAL


@numba.njit(nogil=True, cache=True)
def _after_digits(sym, i, last, classes, kinds):  # type: ignore[no-untyped-def]
    """The next letter of a word that follows a digit, at i or later; or -1."""
    while i < last and classes[sym[i]] == WORD:
        if kinds[sym[i]] == LETTER and kinds[sym[i - 1]] == DIGIT:
            return i
        i += 1
    return -1


@numba.njit(nogil=True, cache=True)
def _hash(sym, i, last, classes):  # type: ignore[no-untyped-def]
    h = SEED
    while i < last and classes[sym[i]] == WORD:
        h = mix(h, sym[i])
        i += 1
    return h


@numba.njit(nogil=True, cache=True)
def _named(sym, byte, data, offsets, start, char, words, free_from, free_to, classes, kinds, table, out):  # type: ignore[no-untyped-def]
    """Copy the words that may be names; returns how many there are."""
    first, at, hashes, heads = words
    out_first, out_at, out_hashes, out_heads = out
    n = np.uint64(0)
    for r in range(start.shape[0] - 1):
        out_first[r] = n
        base, limit, last = offsets[r], offsets[r + 1], start[r + 1]
        for w in range(first[r], first[r + 1]):
            i = np.int64(at[w])
            digits = kinds[sym[i]] == DIGIT  # "24Amsterdam": a name may begin inside
            if digits:
                i = np.int64(_after_digits(sym, i + 1, last, classes, kinds))
            while i >= 0:
                free = char[i] >= free_from[r] and char[i] < free_to[r]
                if free or _may_name(sym, byte, data, i, last, base, limit, kinds, table):
                    out_at[n] = i
                    out_hashes[n] = _hash(sym, i, last, classes) if digits else hashes[w]
                    out_heads[n] = heads[w]
                    n += np.uint64(1)
                i = np.int64(_after_digits(sym, i + 1, last, classes, kinds) if digits else -1)
    out_first[start.shape[0] - 1] = n
    return n


def name_words(batch: TextBatch, free: int | None = None) -> Starts:
    """The words that may begin a name.

    Args:
        batch: the texts.
        free: a column (its index in FIELDS) in which any word may be a name.
    """
    f, words = batch.folded, batch.words
    last = np.full(len(batch.rid), np.iinfo(np.int64).max)
    begin = last if free is None else batch.starts[:, free]
    end = last if free is None or free + 1 == batch.starts.shape[1] else batch.starts[:, free + 1]
    size = len(f.sym) + 1
    out = Starts(np.empty_like(words.first), room(size, np.uint32), room(size, np.uint64), room(size, np.uint16))
    n = _named(
        f.sym, f.byte, batch.data, batch.offsets, f.start, f.char, words,
        np.ascontiguousarray(begin), np.ascontiguousarray(end), symbol_class(), symbol_kinds(), capitals(), out,
    )  # fmt: skip
    return Starts(out.first, out.at[:n], out.hash[:n], out.head[:n])
