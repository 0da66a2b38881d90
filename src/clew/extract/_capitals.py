"""Which words of a text may be names, by how they were written: with a capital, or in a script without capitals."""

from __future__ import annotations

import unicodedata
from functools import cache

import numba
import numpy as np
import numpy.typing as npt

from clew.extract._words import LETTER, symbol_kinds
from clew.extract.base import TextBatch
from clew.extract.fold import decode

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


# A function of its own, over unsigned numbers: so the loop runs several times as fast.
@numba.njit(nogil=True, cache=True)
def _next_word(sym, i, end, kinds):  # type: ignore[no-untyped-def]
    k, stop = np.uint64(i), np.uint64(end)
    while k < stop and kinds[sym[k]] != LETTER:
        k += np.uint64(1)
    return np.int64(k)


@numba.njit(nogil=True, cache=True)
def _word_end(sym, i, end, kinds):  # type: ignore[no-untyped-def]
    k, stop = np.uint64(i), np.uint64(end)
    while k < stop and kinds[sym[k]] == LETTER:
        k += np.uint64(1)
    return np.int64(k)


@numba.njit(nogil=True, cache=True)
def _name_begins(sym, byte, data, offsets, start, char, free_from, free_to, kinds, table):  # type: ignore[no-untyped-def]
    out = np.zeros(sym.shape[0], np.bool_)
    for r in range(start.shape[0] - 1):
        i, last = start[r], start[r + 1]
        while True:
            i = _next_word(sym, i, last, kinds)
            if i >= last:
                break
            j = _word_end(sym, i, last, kinds)
            written = _as(data, offsets[r] + byte[i], offsets[r + 1], table)
            named = written == CAPITAL or (char[i] >= free_from[r] and char[i] < free_to[r])
            if not named and j - i <= _PARTICLE and j + 1 < last and sym[j] in (32, 39, 45):
                named = _as(data, offsets[r] + byte[j + 1], offsets[r + 1], table) == CAPITAL
            if written == CASELESS:
                out[i:j] = True
            out[i] = named or written == CASELESS
            i = j
    return out


def name_begins(batch: TextBatch, free: int | None = None) -> npt.NDArray[np.bool_]:
    """bool[symbols]: may a name begin here?

    Args:
        batch: the texts.
        free: a column (its index in FIELDS) in which any word may be a name.
    """
    f = batch.folded
    last = np.full(len(batch.rid), np.iinfo(np.int64).max)
    begin = last if free is None else batch.starts[:, free]
    end = last if free is None or free + 1 == batch.starts.shape[1] else batch.starts[:, free + 1]
    found: npt.NDArray[np.bool_] = _name_begins(
        f.sym, f.byte, batch.data, batch.offsets, f.start, f.char,
        np.ascontiguousarray(begin), np.ascontiguousarray(end), symbol_kinds(), capitals(),
    )  # fmt: skip
    return found
