"""Small vocabularies that compiled scans look words up in, and what kind of symbol each symbol is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from clew.extract.phrases import JOIN, SPLIT, fold_all, symbol_class

NONE, LETTER, DIGIT, SPACE = 0, 1, 2, 3
LONGEST = 24  # symbols; a longer word is in no vocabulary


class Words(NamedTuple):
    """A hash table of words (open addressing); a hit is compared symbol by symbol.

    Attributes:
        slot: int32[size], the word's number or -1.
        sym: uint16[m], the words one after the other; word w is ``sym[start[w]:start[w + 1]]``.
        start: int64[words + 1].
        code: int64[words], what each word means to its extractor (0 or more).
        first: bool[65536], symbols that begin some word.
    """

    slot: npt.NDArray[np.int32]
    sym: npt.NDArray[np.uint16]
    start: npt.NDArray[np.int64]
    code: npt.NDArray[np.int64]
    first: npt.NDArray[np.bool_]


@cache
def symbol_kinds() -> npt.NDArray[np.uint8]:
    """uint8[65536]: LETTER, DIGIT (0 to 9), SPACE or NONE for each symbol."""
    kinds = np.where((symbol_class() != SPLIT) & (symbol_class() != JOIN), LETTER, NONE).astype(np.uint8)
    kinds[0x30:0x3A] = DIGIT
    kinds[0x20] = SPACE
    return kinds


@numba.njit(nogil=True, cache=True)
def _hash(sym, i, j):  # type: ignore[no-untyped-def]
    h = np.uint64(0xCBF29CE484222325)
    for k in range(i, j):
        h = (h ^ np.uint64(sym[k])) * np.uint64(0x100000001B3)
    return h ^ (h >> np.uint64(29))


@numba.njit(nogil=True, cache=True)
def lookup(words, sym, i, j):  # type: ignore[no-untyped-def]
    """The code of the word ``sym[i:j]``, or -1."""
    if j <= i or j - i > LONGEST:
        return np.int64(-1)
    mask = np.uint64(words.slot.shape[0] - 1)
    at = _hash(sym, i, j) & mask
    while words.slot[at] >= 0:
        w = words.slot[at]
        a, b = words.start[w], words.start[w + 1]
        if b - a == j - i:
            k = 0
            while k < j - i and words.sym[a + k] == sym[i + k]:
                k += 1
            if k == j - i:
                return words.code[w]
        at = (at + np.uint64(1)) & mask
    return np.int64(-1)


@numba.njit(nogil=True, cache=True)
def _enter(words):  # type: ignore[no-untyped-def]
    mask = np.uint64(words.slot.shape[0] - 1)
    for w in range(words.code.shape[0]):
        at = _hash(words.sym, words.start[w], words.start[w + 1]) & mask
        while words.slot[at] >= 0:
            at = (at + np.uint64(1)) & mask
        words.slot[at] = w
        words.first[words.sym[words.start[w]]] = True


def vocabulary(codes: Mapping[str, int]) -> Words:
    """A table of words (in any case, folded here); the first of two words that fold alike counts."""
    sym, start = fold_all(list(codes))
    size = 1 << max(4, (3 * len(codes)).bit_length())
    words = Words(
        np.full(size, -1, np.int32), sym, start,
        np.fromiter(codes.values(), np.int64, len(codes)), np.zeros(0x10000, np.bool_),
    )  # fmt: skip
    _enter(words)
    return words


@numba.njit(nogil=True, cache=True)
def put(rows, k, row):  # type: ignore[no-untyped-def]
    """Write a tuple of integers as row k of int64[room, columns], in a larger copy when there is no room."""
    if k == rows.shape[0]:
        larger = np.empty((2 * k, rows.shape[1]), np.int64)
        larger[:k] = rows
        rows = larger
    for c in range(rows.shape[1]):
        rows[k, c] = row[c]
    return rows


@numba.njit(nogil=True, cache=True)
def word_end(sym, kinds, i, end):  # type: ignore[no-untyped-def]
    """Where the run of letters at i ends."""
    while i < end and kinds[sym[i]] == LETTER:
        i += 1
    return i


@numba.njit(nogil=True, cache=True)
def word_begin(sym, kinds, i, first):  # type: ignore[no-untyped-def]
    """Where the run of letters that ends before i begins."""
    while i > first and kinds[sym[i - 1]] == LETTER:
        i -= 1
    return i


@numba.njit(nogil=True, cache=True)
def skip_spaces(sym, i, end, most):  # type: ignore[no-untyped-def]
    """The symbol after at most so many spaces."""
    stop = min(end, i + most)
    while i < stop and sym[i] == 32:
        i += 1
    return i


@numba.njit(nogil=True, cache=True)
def skip_spaces_back(sym, i, first, most):  # type: ignore[no-untyped-def]
    """The end of what stands before at most so many spaces before i."""
    stop = max(first, i - most)
    while i > stop and sym[i - 1] == 32:
        i -= 1
    return i
