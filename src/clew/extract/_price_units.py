"""What a price is asked for, beside it: "/h", "per half hour", "30 min = "."""

from __future__ import annotations

import numpy as np

from clew.extract._amounts import digits, value
from clew.extract._money import HALF, HALF_HOUR, HOUR, MINUTES, PER
from clew.extract._words import DIGIT, LETTER, lookup, skip_spaces, skip_spaces_back, word_begin, word_end
from clew.ingest.kernels import kernel_step


@kernel_step
def _unit_of(code, number, half):  # type: ignore[no-untyped-def]
    """The unit that a unit word means after a number (0: none there) or a half; 0 if none has a name."""
    if code == MINUTES:
        return HALF_HOUR if number == 30 else (HOUR if number == 60 else 0)
    if half:
        return HALF_HOUR if code == HOUR else 0
    return code if number <= 1 or (code == HOUR and number == 60) else 0


@kernel_step
def unit_after(sym, i, end, kinds, words):  # type: ignore[no-untyped-def]
    """Unit and end of "/h", "per half hour", "for 30 min" at i; 0 and i if none stands there."""
    j, number, half, linked = i, np.int64(0), False, False
    for _ in range(7):
        j = skip_spaces(sym, j, end, 2)
        if j >= end:
            break
        c = sym[j]
        if c == 47 or c == 39 or c == 40 or c == 45 or c == 46:  # / ' ( - .
            linked |= c == 47
            j += 1
            continue
        if kinds[c] == DIGIT:
            stop = digits(sym, j, end)
            if number > 0 or stop - j > 2:
                break
            number, j = value(sym, j, stop), stop
            continue
        stop = word_end(sym, kinds, j, end) if kinds[c] == LETTER else j + 1
        code = lookup(words, sym, j, stop)
        if code == PER:
            linked = True
        elif code == HALF:
            half = True
        elif code < 0 or (stop - j == 1 and not (linked or number > 0)):
            break
        else:
            return _unit_of(code, number, half), stop
        j = stop
    return 0, i


@kernel_step
def unit_before(sym, i, first, kinds, words):  # type: ignore[no-untyped-def]
    """Unit and begin of "30 min", "half hour:", "1h =" before i; 0 and i if none stands there."""
    j, marked = i, False
    while j > first and i - j < 4 and sym[j - 1] in (32, 58, 61, 45, 62):
        marked |= sym[j - 1] != 32
        j -= 1
    begin = word_begin(sym, kinds, j, first)
    code = lookup(words, sym, begin, j)
    if code < 0 or code in (PER, HALF):
        return 0, i
    k = skip_spaces_back(sym, begin, first, 1)
    d = k
    while d > first and kinds[sym[d - 1]] == DIGIT and k - d < 4:
        d -= 1
    if d < k and k - d < 3:
        return _unit_of(code, value(sym, d, k), False), d
    w = word_begin(sym, kinds, k, first)
    if w == k and k > first and lookup(words, sym, k - 1, k) == HALF:
        w = k - 1
    if lookup(words, sym, w, k) == HALF:
        return _unit_of(code, np.int64(0), True), w
    return (_unit_of(code, np.int64(0), False), begin) if marked and j - begin > 1 else (0, i)
