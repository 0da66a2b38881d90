"""Where something may stand that extractors look for: signs of addresses, words for them, numbers.

Found in one pass a batch and read by all of them: each alone would spend most of its time on the way to the next.
What a mark means is for its reader to find out: some are none.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from clew.extract._handlewords import CUES, VEILED
from clew.extract._load import load8
from clew.extract._room import room
from clew.extract._spelled import AT_WORDS, DOT_WORDS
from clew.extract._starts import Starts, head, symbol_class
from clew.extract.fold import Folded
from clew.extract.phrases import fold_all
from clew.ingest.kernels import inner, kernel, kernel_step, making_kernel

# What stands at a mark, as bits.
AT_SIGN, DOT_SIGN, BRACKET, NUMBER, AT_WORD, DOT_WORD, CUE = 1, 2, 4, 8, 16, 32, 64
OF_EMAIL = AT_SIGN | BRACKET | AT_WORD
OF_URL = DOT_SIGN | BRACKET | DOT_WORD
OF_HANDLE = AT_SIGN | CUE


class Marks(NamedTuple):
    """The marks of some texts, in order of place.

    Attributes:
        first: int64[n + 1]; the marks of text i are those from ``first[i]`` up to ``first[i + 1]``.
        at: uint32[marks], the symbol of each; of a number its first digit.
        what: uint8[marks], the bits above.
    """

    first: npt.NDArray[np.int64]
    at: npt.NDArray[np.uint32]
    what: npt.NDArray[np.uint8]


@inner
def next_mark(at, what, c, stop, floor, wanted):  # type: ignore[no-untyped-def]
    """The first mark from c on that stands at a symbol from ``floor`` on and has one of the bits, or ``stop``.

    It takes the arrays of `Marks`, which a caller that makes arrays takes out once: at each look their references
    would be counted.
    """
    while c < stop and (at[np.uint64(c)] < floor or what[np.uint64(c)] & wanted == 0):
        c += 1
    return c


@kernel_step
def _signs(sym, out):  # type: ignore[no-untyped-def]
    """The bits of each symbol by itself; without branches, so that it becomes vector instructions."""
    before = np.uint16(0)
    for i in range(sym.shape[0]):
        s = sym[i]
        digit = np.uint16(s - np.uint16(48)) < 10
        bracket = (s == 40) | (s == 91) | (s == 123) | (s == 60) | (s == 42) | (s == 126) | (s == 124)
        follows = np.uint16(before - np.uint16(48)) < 10
        out[i] = (s == 64) * AT_SIGN | (s == 46) * DOT_SIGN | bracket * BRACKET | (digit & (not follows)) * NUMBER
        before = s


@making_kernel
def _find(sym, start, words, meaning, first, at, what):  # type: ignore[no-untyped-def]
    longest = 0
    for r in range(start.shape[0] - 1):
        longest = max(longest, start[r + 1] - start[r])
    bits = np.zeros(longest + 8, np.uint8)
    word_first, word_at, word_head = words.first, words.at, words.head
    one, eight, n = np.uint64(1), np.uint64(8), np.uint64(0)
    for r in range(start.shape[0] - 1):
        first[r] = n
        base, size = np.uint64(start[r]), np.uint64(start[r + 1] - start[r])
        _signs(sym[start[r] : start[r + 1]], bits)
        bits[size : size + eight] = 0
        for w in range(word_first[r], word_first[r + 1]):
            means = meaning[word_head[w]]
            if means:
                place = np.uint64(word_at[w])
                spaced = place > base and sym[place - one] == 32
                bits[place - base] |= means if spaced else means & np.uint8(CUE)
        k = np.uint64(0)
        while k < size:
            if load8(bits, k) == 0:
                k += eight
                continue
            for i in range(k, k + eight):
                at[n], what[n] = base + i, bits[i]
                n += np.uint64(bits[i] != 0)
            k += eight
    first[start.shape[0] - 1] = n
    return n


@kernel
def _enter(sym, start, classes, meaning, out):  # type: ignore[no-untyped-def]
    for w in range(start.shape[0] - 1):
        out[head(sym, np.uint64(start[w]), np.uint64(start[w + 1]), classes)] |= meaning


def _beginnings(words: Iterable[str]) -> list[str]:
    """Words, and shorter ones as they begin where a digit follows ("tg5"): no part of the word to their readers."""
    return [w for word in words for w in ([word] if len(word) > 2 else [word, *(f"{word}{d}" for d in range(10))])]


@cache
def _meaning() -> npt.NDArray[np.uint8]:
    """uint8[2**15]: the bits of words by how they begin (`_starts.head`)."""
    out = np.zeros(1 << 15, np.uint8)
    for words, bit in ((AT_WORDS, AT_WORD), (DOT_WORDS, DOT_WORD), ([*sorted(CUES), *VEILED], CUE)):
        _enter(*fold_all(_beginnings(words)), symbol_class(), np.uint8(bit), out)
    return out


def marks(folded: Folded, words: Starts) -> Marks:
    """The marks of a batch of texts."""
    size = len(folded.sym) + 8
    first, at, what = np.empty(len(folded.start), np.int64), room(size, np.uint32), room(size, np.uint8)
    n = _find(folded.sym, folded.start, words, _meaning(), first, at, what)
    return Marks(first, at[:n], what[:n])
