"""Amounts as they are written: "1.500,00", "1,50,000", "150,-", "2.5k", "15 тыс.", "10万"; and pounds of weight."""

from __future__ import annotations

import numpy as np

from clew.extract._money import COUNTED, ROUBLES, SHORT, THOUSAND, WEIGHED
from clew.extract._words import DIGIT, LETTER, lookup, skip_spaces, skip_spaces_back, word_begin, word_end
from clew.extract.fold import BREAK
from clew.ingest.kernels import kernel_step

MOST = 9_999_999  # more is no price of a service or a wage
_K, _CYRILLIC_K = 0x6B, 0x43A
_TEN_THOUSAND = (0x4E07, 0x842C)  # 万, 萬


@kernel_step
def digits(sym, i, end):  # type: ignore[no-untyped-def]
    """Where the run of digits at i ends."""
    while i < end and 48 <= sym[i] <= 57:
        i += 1
    return i


@kernel_step
def value(sym, i, j):  # type: ignore[no-untyped-def]
    """The number of the first nine digits of ``sym[i:j]``."""
    v = np.int64(0)
    for k in range(i, min(j, i + 9)):
        v = v * 10 + np.int64(sym[k]) - 48
    return v


@kernel_step
def is_ideograph(symbol):  # type: ignore[no-untyped-def]
    """Is it a sign of Chinese or Japanese, where no space parts words?"""
    return 0x3040 <= symbol < 0xA000


@kernel_step
def token_end(sym, kinds, i, end):  # type: ignore[no-untyped-def]
    """Where the word or sign at i ends."""
    return word_end(sym, kinds, i, end) if kinds[sym[i]] == LETTER and not is_ideograph(sym[i]) else i + 1


@kernel_step
def _dash(sym, i, end):  # type: ignore[no-untyped-def]
    """Where ",-", ".--" or ":-" at i ends that stands for no cents, or i."""
    if i + 1 < end and (sym[i] == 46 or sym[i] == 44 or sym[i] == 58) and sym[i + 1] == 45:
        j = i + 2
        while j < end and sym[j] == 45 and j - i < 4:
            j += 1
        return j
    return i


@kernel_step
def _lakhs(sym, i, end, whole):  # type: ignore[no-untyped-def]
    """Number and end of "1,50,000", whose first digits end at the comma at i; the end is i if it is not written so."""
    j = i
    while j < end and sym[j] == 44 and j - i < 9:
        k = digits(sym, j + 1, end)
        if k - j == 4 and j > i:
            return whole * 1000 + value(sym, j + 1, k), k
        if k - j != 3:
            break
        whole, j = whole * 100 + value(sym, j + 1, k), k
    return whole, i


@kernel_step
def in_lakhs(sym, i, j):  # type: ignore[no-untyped-def]
    """Is the amount ``sym[i:j]`` written "1,50,000", as in rupees alone?"""
    return j - i > 7 and sym[j - 4] == 44 and sym[j - 7] == 44


# Whether a space parts thousands from hundreds: never ("size 38 120 €"), where the number is round ("15 000", and what
# stands before says nothing), always.
NEVER, ROUND, ALWAYS = 0, 1, 2


@kernel_step
def spaced(sym, i, end):  # type: ignore[no-untyped-def]
    """Does a number of one to three digits at i go on with a space and three digits, and no more?"""
    for j in range(i + 1, min(i + 4, end - 3)):
        if sym[j] == 32:
            return digits(sym, j + 1, min(j + 5, end)) - j == 4
        if not 48 <= sym[j] <= 57:
            break
    return False


@kernel_step
def amount(sym, i, end, parted):  # type: ignore[no-untyped-def]
    """Hundredths (-1: none) and end of the amount at i: groups of digits, decimals, ",-"; ``parted``: see NEVER."""
    j = digits(sym, i, end)
    if j - i > 7:
        return np.int64(-1), j
    whole, size, mark = value(sym, i, j), j - i, 0
    while size <= 3 and j < end and sym[j] in (46, 44, 39, 32) and (mark == 0 or sym[j] == mark):
        k = digits(sym, j + 1, end)
        if k - j != 4:
            break
        zeros = sym[k - 1] == 48 and sym[k - 2] == 48 and (size < 3 or sym[k - 3] == 48)
        if sym[j] == 32 and (parted == NEVER or (parted == ROUND and not zeros)):
            break
        mark, whole, j = sym[j], whole * 1000 + value(sym, j + 1, k), k
        if whole > MOST:
            return np.int64(-1), j
    cents = np.int64(0)
    if j + 1 < end and (sym[j] == 46 or sym[j] == 44) and sym[j] != mark:
        all_digits, stop = _lakhs(sym, j, end, whole)
        k = digits(sym, j + 1, end)
        if stop > j and size < 3 and mark == 0:
            whole, j = all_digits, stop
        elif k - j == 2 or k - j == 3:
            cents = value(sym, j + 1, k) * (10 if k - j == 2 else 1)
            j = k
    j = _dash(sym, j, end)
    return (whole * 100 + cents if 0 < whole <= MOST else np.int64(-1)), j


@kernel_step
def thousands(sym, i, end, kinds, words, money, units):  # type: ignore[no-untyped-def]
    """What "k", "тыс." or "万" after an amount that ends at i makes of 1 (0: cannot be told), and where it ends."""
    if i >= end:
        return np.int64(1), i
    if sym[i] == _K or sym[i] == _CYRILLIC_K:
        glued = i + 1 < end and kinds[sym[i + 1]] == LETTER  # "2km"
        return (np.int64(1), i) if glued else (np.int64(1000), i + 1)
    if sym[i] in _TEN_THOUSAND:  # "1万5000" is more than its parts
        return np.int64(0 if i + 1 < end and kinds[sym[i + 1]] == DIGIT else 10_000), i + 1
    j = skip_spaces(sym, i, end, 1)
    stop = word_end(sym, kinds, j, end)
    code = lookup(words, sym, j, stop)
    if code < 0:
        return np.int64(1), i
    if code == ROUBLES:
        return np.int64(1000), j + 1
    last = stop + 1 if stop - j <= 3 and stop < end and sym[stop] == 46 else stop
    if code == THOUSAND:
        return np.int64(1000), last
    j = skip_spaces(sym, last, end, 2)
    follows = j < end and (kinds[sym[j]] == LETTER or kinds[sym[j]] == DIGIT)
    known = j < end and lookup(money, sym, j, token_end(sym, kinds, j, end)) >= 0
    if code == SHORT:
        return (np.int64(1000), last) if known else (np.int64(1), i)
    known |= follows and lookup(units, sym, j, token_end(sym, kinds, j, end)) >= 0
    return np.int64(1000 if known or not follows else 0), stop


@kernel_step
def _weight_before(sym, i, first, kinds, words):  # type: ignore[no-untyped-def]
    """Does one of the four words before i, in its sentence, tell of weight or height ("12 stone", "5'4")?"""
    for _ in range(4):
        stop = max(first, i - 8)
        while i > stop and kinds[sym[i - 1]] != LETTER:
            i -= 1
            ends = sym[i] == 46 and kinds[sym[i + 1]] != DIGIT
            if ends or sym[i] in (10, 33, 63, BREAK):
                return False
            if sym[i] == 39 and i > first and kinds[sym[i - 1]] == DIGIT and kinds[sym[i + 1]] == DIGIT:
                return True
        begin = word_begin(sym, kinds, i, first)
        code = lookup(words, sym, begin, i)
        d = skip_spaces_back(sym, begin, first, 1)
        if code == WEIGHED or (code == COUNTED and d > first and kinds[sym[d - 1]] == DIGIT):
            return True
        if begin == i:
            break
        i = begin
    return False


@kernel_step
def of_weight(sym, begin, stop, first, end, kinds, words):  # type: ignore[no-untyped-def]
    """Are the pounds at ``sym[begin:stop]`` a weight: "lost 20 pounds", "10 pounds of muscle"?"""
    for _ in range(3):
        stop = skip_spaces(sym, stop, end, 1)
        last = word_end(sym, kinds, stop, end)
        if lookup(words, sym, stop, last) == WEIGHED:
            return True
        stop = last
    return _weight_before(sym, begin, first, kinds, words)
