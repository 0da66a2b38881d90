"""Lists of towns with a count, "Sofia (16), Plovdiv (9)", where some of the towns are first names too."""

from __future__ import annotations

import numpy as np

from clew.extract._words import DIGIT, LETTER, lookup, word_begin, word_end
from clew.extract.fold import EMOJI
from clew.ingest.kernels import kernel_step

_MOST = 6  # entries on each side that are looked at
_OLDEST = 60  # a larger number is a count
_NEITHER, _BOTH, _TOWN, _COUNT = range(4)
_IN = (105, 110)  # "in"


@kernel_step
def _part(c):  # type: ignore[no-untyped-def]
    """May the symbol stand between the entries of a list?"""
    return c in (32, 44, 59, 47, 124, 10, 38, 41, 45, 0x2022, 0xB7) or c >= EMOJI


@kernel_step
def _mark(c):  # type: ignore[no-untyped-def]
    """May the symbol stand between a town and its count?"""
    return c in (32, 40, 44, 45, 47, 58, 124)


@kernel_step
def _said(sym, begin, stop, a, i, names, towns):  # type: ignore[no-untyped-def]
    """What an entry of a list is, of a word and the digits ``sym[a:i]``: a name and a town, a town or with a count."""
    number = np.int64(0)
    for k in range(a, i):
        number = number * 10 + np.int64(sym[k]) - 48
    if number < 10 or number > _OLDEST:
        return _COUNT
    if lookup(towns, sym, begin, stop) < 0:
        return _NEITHER
    return _BOTH if lookup(names, sym, begin, stop) >= 0 else _TOWN  # also "Paris" and "Bella", which are no names here


@kernel_step
def _entry_after(sym, i, end, kinds, names, towns):  # type: ignore[no-untyped-def]
    """What the next entry of a list is (-1: there is none), and where it ends."""
    j = i
    while j < end and j - i < 5 and _part(sym[j]):
        j += 1
    stop = word_end(sym, kinds, j, end)
    for _ in range(2):  # "Stara Zagora"
        if stop > j and stop + 1 < end and sym[stop] == 32 and kinds[sym[stop + 1]] == LETTER:
            j, stop = stop + 1, word_end(sym, kinds, stop + 1, end)
    a = stop
    while a < end and a - stop < 3 and _mark(sym[a]):
        a += 1
    last = a
    while last < end and last - a < 6 and kinds[sym[last]] == DIGIT:
        last += 1
    if stop == j or a == stop or last == a:
        return -1, i
    return _said(sym, j, stop, a, last, names, towns), last


@kernel_step
def _entry_before(sym, i, first, kinds, names, towns):  # type: ignore[no-untyped-def]
    """What the entry of a list before the one that begins at i is (-1: there is none), and where it begins."""
    last = i
    while last > first and i - last < 5 and _part(sym[last - 1]):
        last -= 1
    a = last
    while a > first and last - a < 6 and kinds[sym[a - 1]] == DIGIT:
        a -= 1
    stop = a
    while stop > first and a - stop < 3 and _mark(sym[stop - 1]):
        stop -= 1
    begin = word_begin(sym, kinds, stop, first)
    if last == i or a == last or stop == a or begin == stop:
        return -1, i
    return _said(sym, begin, stop, a, last, names, towns), begin


@kernel_step
def _tally(sym, at, edge, forth, kinds, names, towns):  # type: ignore[no-untyped-def]
    """Entries on one side that are a name and a town, or neither; and whether one is surely a town or with a count."""
    both = other = 0
    for _ in range(_MOST):
        if forth:
            said, at = _entry_after(sym, at, edge, kinds, names, towns)
        else:
            said, at = _entry_before(sym, at, edge, kinds, names, towns)
        if said < 0 or said in (_TOWN, _COUNT):
            return both, other, said >= 0
        both += said == _BOTH
        other += said == _NEITHER
    return both, other, False


@kernel_step
def counted(sym, head, stop, i, first, end, kinds, names, towns):  # type: ignore[no-untyped-def]
    """Is the name ``sym[head:stop]`` before the number that ends at i a town with a count, in a list or after "in"?

    Two that may be names are girls in doubt ("Victoria (19), Sofia (17)"), three are towns.
    """
    if lookup(towns, sym, head, stop) < 0:
        return False
    k = word_begin(sym, kinds, head - 1, first) if head > first and sym[head - 1] == 32 else head
    if head - 1 - k == 2 and sym[k] == _IN[0] and sym[k + 1] == _IN[1]:
        return True
    after, doubtful, sure = _tally(sym, i, end, True, kinds, names, towns)
    if sure:
        return True
    before, other, sure = _tally(sym, head, first, False, kinds, names, towns)
    return sure or (1 + after + before > 2 and doubtful + other == 0)
