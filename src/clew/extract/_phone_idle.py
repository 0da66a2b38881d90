"""Where no number is in sight: nearly all of a text, read over with as little work as possible."""

from __future__ import annotations

import numpy as np

from clew.extract._phone_kernel import inner, kernel
from clew.extract._phone_tables import DIGIT, FIELD_END, LETTER, MONEY, NEWLINE
from clew.extract._phone_words import STEM, maybe, step
from clew.extract.fold import EMOJI

_HAN, _O, _OPEN, _PLUS = 0x3000, 0x6F, 0x28, 0x2B
LONGEST_WORD, _FEWEST_STEMMED, _FEWEST = 120, 5, 2


@inner
def _unremarkable(sym, klass, whole, stems, heads, k, stop):  # type: ignore[no-untyped-def]
    """The end of the letters at k if no number can be in them, else k."""
    one, e, h = np.uint64(1), k, np.uint64(0)
    head_end = min(stop, k + np.uint64(STEM))
    while e < head_end and klass[sym[e]] == LETTER:
        h = step(h, sym[e])
        e += one
    known = maybe(heads, h)
    stem = h
    while e < stop and klass[sym[e]] == LETTER:
        if known:
            h = step(h, sym[e])
        e += one
    n = e - k
    if n < np.uint64(_FEWEST) or sym[k] >= _HAN or (e < stop and klass[sym[e]] == DIGIT):
        return k
    if known and maybe(whole, h):
        return k
    if known and np.uint64(_FEWEST_STEMMED) <= n <= np.uint64(LONGEST_WORD) and maybe(stems, stem):
        return k
    return k if n <= np.uint64(3) and sym[k] == _O else e


@kernel
def idle(sym, klass, whole, stems, heads, p, end):  # type: ignore[no-untyped-def]
    """Read on while nothing can be part of a number or say anything about one.

    Holds where the chain of tokens is empty and no number is expected.

    Returns:
        The symbol to look at, and how many words and lines were passed (lines alone: negative).
    """
    k, stop, one = np.uint64(p), np.uint64(end), np.uint64(1)
    words, lines = 0, 0
    while k < stop:
        s = sym[k]
        c = klass[s]
        if c == LETTER:
            e = _unremarkable(sym, klass, whole, stems, heads, k, stop)
            if e == k:
                break
            k = e
            words += 1
            continue
        if c == DIGIT or c == FIELD_END or c == MONEY or s == EMOJI or s == _OPEN or s == _PLUS:  # noqa: SIM109
            break
        if c == NEWLINE:
            lines += 1
        k += one
    return np.int64(k), words + lines if words else -lines
