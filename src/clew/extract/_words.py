"""Small vocabularies that compiled scans look words up in, and what kind of symbol each symbol is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
import numpy.typing as npt

from clew.extract._starts import JOIN, SPLIT, symbol_class
from clew.extract.phrases import fold_all
from clew.ingest.kernels import grown, kernel, kernel_step, making_step

NONE, LETTER, DIGIT, SPACE = 0, 1, 2, 3
LONGEST = 24  # symbols; a longer word is in no vocabulary


# uint64[size, 2]: hash of a word (0: empty) and its code. One array: compiled code passes it at no cost.
# Words are compared by 64 bits of hash: a false hit would take about 2**50 words.
Words = npt.NDArray[np.uint64]


def word_list(text: str) -> list[str]:
    """The words of a text, so that long lists stay readable in the source."""
    return text.split()


@cache
def symbol_kinds() -> npt.NDArray[np.uint8]:
    """uint8[65536]: LETTER, DIGIT (0 to 9), SPACE or NONE for each symbol."""
    kinds = np.where((symbol_class() != SPLIT) & (symbol_class() != JOIN), LETTER, NONE).astype(np.uint8)
    kinds[0x30:0x3A] = DIGIT
    kinds[0x20] = SPACE
    return kinds


@kernel_step
def _hash(sym, i, j):  # type: ignore[no-untyped-def]
    h = np.uint64(0xCBF29CE484222325)
    for k in range(i, j):
        h = (h ^ np.uint64(sym[k])) * np.uint64(0x100000001B3)
    return (h ^ (h >> np.uint64(29))) | np.uint64(1 << 63)  # never 0


@kernel_step
def lookup(words, sym, i, j):  # type: ignore[no-untyped-def]
    """The code of the word ``sym[i:j]``, or -1."""
    if j <= i or j - i > LONGEST:
        return np.int64(-1)
    h = _hash(sym, i, j)
    mask = np.uint64(words.shape[0] - 1)
    at = h & mask
    while words[at, 0] != 0:
        if words[at, 0] == h:
            return np.int64(words[at, 1])
        at = (at + np.uint64(1)) & mask
    return np.int64(-1)


@kernel
def _enter(words, sym, start, codes):  # type: ignore[no-untyped-def]
    mask = np.uint64(words.shape[0] - 1)
    for w in range(codes.shape[0]):
        h = _hash(sym, start[w], start[w + 1])
        at = h & mask
        while words[at, 0] != 0 and words[at, 0] != h:
            at = (at + np.uint64(1)) & mask
        if words[at, 0] == 0:
            words[at, 0], words[at, 1] = h, codes[w]


def vocabulary(codes: Mapping[str, int]) -> Words:
    """A table of words (in any case, folded here); the first of two words that fold alike counts."""
    sym, start = fold_all(list(codes))
    words = np.zeros((1 << max(4, (3 * len(codes)).bit_length()), 2), np.uint64)
    _enter(words, sym, start, np.fromiter(codes.values(), np.int64, len(codes)))
    return words


def grouped(groups: Mapping[int, str]) -> Words:
    """A table of lists of words by their code; a word of several lists counts for the first of them."""
    codes: dict[str, int] = {}
    for code, words in groups.items():
        for word in words.split():
            codes.setdefault(word, code)
    return vocabulary(codes)


@making_step
def put(rows, k, row):  # type: ignore[no-untyped-def]
    """Write a tuple of integers as row k of int64[room, columns], in a larger copy when there is no room.

    Numba compiles it anew for each constant: give ``np.int64(0)`` for k, not 0.
    """
    if k == rows.shape[0]:
        rows = grown(rows, 2 * k)
    for c in range(rows.shape[1]):
        rows[k, c] = row[c]
    return rows


@kernel_step
def word_end(sym, kinds, i, end):  # type: ignore[no-untyped-def]
    """Where the run of letters at i ends."""
    while i < end and kinds[sym[i]] == LETTER:
        i += 1
    return i


@kernel_step
def word_begin(sym, kinds, i, first):  # type: ignore[no-untyped-def]
    """Where the run of letters that ends before i begins."""
    while i > first and kinds[sym[i - 1]] == LETTER:
        i -= 1
    return i


@kernel_step
def skip_spaces(sym, i, end, most):  # type: ignore[no-untyped-def]
    """The symbol after at most so many spaces."""
    stop = min(end, i + most)
    while i < stop and sym[i] == 32:
        i += 1
    return i


@kernel_step
def skip_spaces_back(sym, i, first, most):  # type: ignore[no-untyped-def]
    """The end of what stands before at most so many spaces before i."""
    stop = max(first, i - most)
    while i > stop and sym[i - 1] == 32:
        i -= 1
    return i
