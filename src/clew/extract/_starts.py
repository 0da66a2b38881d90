"""Where the words of folded texts begin, with a hash of each: worked out once a batch, read by every set of phrases.

A word is a run of letters and digits of any script. In scripts written without spaces every character is a word; a
run of Korean syllables counts by its first.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from clew.extract._room import room
from clew.extract.fold import BREAK, OTHER, Folded, in_categories
from clew.ingest.kernels import inner, kernel

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
SEED, _FACTOR = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)


class Starts(NamedTuple):
    """The words of some texts, in order.

    Attributes:
        first: int64[n + 1]; the words of text i are those from ``first[i]`` up to ``first[i + 1]``.
        at: uint32[words], the symbol where each begins.
        hash: uint64[words], its symbols mixed (`mix`); of a run of Korean syllables the first alone.
        head: uint16[words], a number below 2**15 that stands for its first three symbols.
        next: uint16[words], the head of the word after it.
    """

    first: Ints
    at: npt.NDArray[np.uint32]
    hash: npt.NDArray[np.uint64]
    head: npt.NDArray[np.uint16]
    next: npt.NDArray[np.uint16]


@cache
def symbol_class() -> npt.NDArray[np.uint8]:
    """uint8[65536]: SPLIT, WORD, JOIN, SINGLE or SYLLABLE for each symbol."""
    table = np.where(in_categories("L", "N", "Mc")[:0x10000], WORD, SPLIT).astype(np.uint8)
    table[[0x20, 0x0A, ord("-"), ord("'")]] = JOIN
    for low, high in _SINGLES:
        letters = table[low : high + 1]
        letters[letters == WORD] = SINGLE
    table[0xAC00:0xD7A4] = SYLLABLE  # Korean words take endings: a phrase may end inside a word
    table[OTHER] = WORD
    table[BREAK] = SPLIT
    return table


@inner
def mix(h, symbol):  # type: ignore[no-untyped-def]
    """The hash of a run of symbols, one symbol later."""
    return (h ^ np.uint64(symbol)) * _FACTOR


@inner
def head(sym, k, stop, classes):  # type: ignore[no-untyped-def]
    """A number below 2**15 that stands for the first three symbols of the word at k."""
    one = np.uint64(1)
    h = np.uint64(sym[k])
    if classes[sym[k]] == WORD and k + one < stop and classes[sym[k + one]] == WORD:
        h |= np.uint64(sym[k + one]) << np.uint64(16)
        if k + one + one < stop and classes[sym[k + one + one]] == WORD:
            h |= np.uint64(sym[k + one + one]) << np.uint64(32)
    return (h * _FACTOR) >> np.uint64(49)


# Over unsigned numbers, which need no look for negative places: so the loops run several times as fast.
@kernel
def _find(sym, start, classes, first, at, hashes, heads):  # type: ignore[no-untyped-def]
    one, w, k = np.uint64(1), np.uint64(0), np.uint64(0)
    for r in range(first.shape[0] - 1):
        first[r] = w
        stop = np.uint64(start[r + 1])
        while True:
            while k < stop and (classes[sym[k]] == SPLIT or classes[sym[k]] == JOIN):
                k += one
            if k >= stop:
                break
            c = classes[sym[k]]
            at[w], heads[w] = k, head(sym, k, stop, classes)
            h = mix(SEED, sym[k])
            k += one
            if c == WORD:
                while k < stop and classes[sym[k]] == WORD:
                    h = mix(h, sym[k])
                    k += one
            elif c == SYLLABLE:
                while k < stop and classes[sym[k]] == SYLLABLE:
                    k += one
            hashes[w] = h
            w += one
    first[first.shape[0] - 1] = w
    heads[w] = 0
    return w


def starts(folded: Folded) -> Starts:
    """The words of a batch of texts."""
    size = len(folded.sym) + 1
    first, at = np.empty(len(folded.start), np.int64), room(size, np.uint32)
    hashes, heads = room(size, np.uint64), room(size, np.uint16)
    w = _find(folded.sym, folded.start, symbol_class(), first, at, hashes, heads)
    return Starts(first, at[:w], hashes[:w], heads[:w], heads[1 : w + 1])
