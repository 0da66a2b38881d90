"""Which words of a text may be names, by how they were written: with a capital, or in a script without capitals."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from clew.extract._room import room
from clew.extract._starts import Starts
from clew.extract._words import LETTER, symbol_kinds
from clew.extract.base import TextBatch
from clew.extract.fold import decode, in_categories
from clew.ingest.kernels import inner, kernel, kernel_step

SMALL, CAPITAL, CASELESS = 0, 1, 2  # anything but a capital; a capital; a letter of a script without capitals
_PARTICLE = 3  # letters of a small word that may begin a name: "den Haag", "'s-Gravenhage", "la Spezia"


@cache
def capitals() -> npt.NDArray[np.uint8]:
    """uint8[65536]: SMALL, CAPITAL or CASELESS for each code point."""
    capital, caseless = in_categories("Lu", "Lt")[:0x10000], in_categories("Lo")[:0x10000]
    return np.select([capital, caseless], [CAPITAL, CASELESS], SMALL).astype(np.uint8)


@inner
def _as(data, at, end, table):  # type: ignore[no-untyped-def]
    """How the letter at a byte was written."""
    if data[at] < 0x80:
        return table[data[at]]
    point = decode(data, at, end)[0]
    return table[point] if point < table.shape[0] else np.uint8(SMALL)


@kernel_step
def written_as(text, r, i, table):  # type: ignore[no-untyped-def]
    """How the letter at symbol i of text r was written; ``text`` is (sym, byte, data, offsets)."""
    _, byte, data, offsets = text
    return _as(data, offsets[r] + byte[i], offsets[r + 1], table)


@kernel
def _written(byte, data, offsets, first, at, table, out):  # type: ignore[no-untyped-def]
    """How each word was written, by its first letter."""
    for r in range(first.shape[0] - 1):
        base, limit = np.uint64(offsets[r]), offsets[r + 1]
        for w in range(first[r], first[r + 1]):
            place = base + np.uint64(byte[at[w]])
            b = data[place]
            out[w] = table[b] if b < 0x80 else _as(data, np.int64(place), limit, table)


@kernel
def _named(sym, char, first, at, written, start, free_from, free_to, kinds, out):  # type: ignore[no-untyped-def]
    """The words that may be names; returns how many."""
    n, one = np.uint64(0), np.uint64(1)
    for r in range(first.shape[0] - 1):
        last = np.uint64(start[r + 1])
        for w in range(first[r], first[r + 1]):
            i = np.uint64(at[w])
            out[n] = w
            if written[w] != SMALL or (char[i] >= free_from[r] and char[i] < free_to[r]):
                n += np.uint64(kinds[sym[i]] == LETTER)
                continue
            j = i + one  # a small particle before a capital
            while j < last and j - i <= np.uint64(_PARTICLE) and kinds[sym[j]] == LETTER:
                j += one
            if j - i > np.uint64(_PARTICLE) or w + 1 >= at.shape[0] or at[w + 1] != j + one:
                continue
            joined = sym[j] == 32 or sym[j] == 39 or sym[j] == 45
            n += np.uint64(joined and written[w + 1] == CAPITAL and kinds[sym[i]] == LETTER)
    return n


@kernel
def _copy(words, chosen, out):  # type: ignore[no-untyped-def]
    first, at, hashes, heads, nexts = words
    out_first, out_at, out_hashes, out_heads, out_nexts = out
    r = 0
    for k in range(chosen.shape[0]):
        w = chosen[k]
        while r < first.shape[0] and w >= first[r]:
            out_first[r] = k
            r += 1
        out_at[k], out_hashes[k], out_heads[k], out_nexts[k] = at[w], hashes[w], heads[w], nexts[w]
    out_first[r:] = chosen.shape[0]


def name_words(batch: TextBatch, free: int | None = None) -> Starts:
    """The words that may begin a name.

    Args:
        batch: the texts.
        free: a column (its index in FIELDS) in which any word may be a name.
    """
    f, words = batch.folded, batch.words
    n = len(words.at)
    last = np.full(len(batch.rid), np.iinfo(np.int64).max)
    begin = last if free is None else np.ascontiguousarray(batch.starts[:, free])
    end = last if free is None or free + 1 == batch.starts.shape[1] else np.ascontiguousarray(batch.starts[:, free + 1])
    written, chosen = room(n, np.uint8), room(n + 1, np.int64)
    _written(f.byte, batch.data, batch.offsets, words.first, words.at, capitals(), written)
    k = _named(f.sym, f.char, words.first, words.at, written, f.start, begin, end, symbol_kinds(), chosen)
    out = Starts(
        np.empty_like(words.first), room(k, np.uint32), room(k, np.uint64), room(k, np.uint16), room(k, np.uint16)
    )
    _copy(words, chosen[:k], out)
    return out
