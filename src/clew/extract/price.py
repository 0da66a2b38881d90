"""Prices with currency and what they are asked for: "€150/h", "150 euro per uur", "30 min 1.500,- Kč"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pyarrow as pa

from clew.extract._marks import NUMBER, next_mark
from clew.extract._money import (
    CODES,
    HALF,
    HALF_HOUR,
    HOUR,
    MINUTES,
    PER,
    UNITS,
    currency,
    currency_words,
    large_words,
    leading_currency_words,
    unit_words,
)  # fmt: skip
from clew.extract._words import (
    DIGIT,
    LETTER,
    lookup,
    put,
    skip_spaces,
    skip_spaces_back,
    symbol_kinds,
    word_begin,
    word_end,
)
from clew.extract._written import plain
from clew.extract.base import Example, TextBatch, mentions
from clew.ingest.kernels import kernel_step, making_kernel

_MOST = 9_999_999  # more is no price of a service or a wage
_FORINT = CODES.index("HUF")
_LEAST_FORINT = 500  # "6 ft" is a height


@kernel_step
def _digits(sym, i, end):  # type: ignore[no-untyped-def]
    while i < end and 48 <= sym[i] <= 57:
        i += 1
    return i


@kernel_step
def _value(sym, i, j):  # type: ignore[no-untyped-def]
    v = np.int64(0)
    for k in range(i, min(j, i + 9)):
        v = v * 10 + np.int64(sym[k]) - 48
    return v


@kernel_step
def _amount(sym, i, end):  # type: ignore[no-untyped-def]
    """Hundredths (-1: none) and end of the amount at i: groups of three digits, decimals, ",-", "k"."""
    j = _digits(sym, i, end)
    if j - i > 7:
        return np.int64(-1), j
    whole, size, mark = _value(sym, i, j), j - i, 0
    while size <= 3 and j < end and sym[j] in (46, 44, 39, 32) and (mark == 0 or sym[j] == mark):
        k = _digits(sym, j + 1, end)
        if k - j != 4 or (sym[j] == 32 and not (sym[k - 1] == 48 and sym[k - 2] == 48 and size < 3)):
            break
        mark, whole, j = sym[j], whole * 1000 + _value(sym, j + 1, k), k
        if whole > _MOST:
            return np.int64(-1), j
    cents = np.int64(0)
    if j + 1 < end and (sym[j] == 46 or sym[j] == 44) and sym[j] != mark:
        k = _digits(sym, j + 1, end)
        if k - j == 2 or k - j == 3:
            cents = _value(sym, j + 1, k) * (10 if k - j == 2 else 1)
            j = k
        elif k == j + 1 and sym[k] == 45:
            j = k + 1
            while j < end and sym[j] == 45 and j - k < 3:
                j += 1
    elif j < end and sym[j] == 107 and not (j + 1 < end and 97 <= sym[j + 1] <= 122):  # "2k"
        whole, j = whole * 1000, j + 1
    return (whole * 100 + cents if 0 < whole <= _MOST else np.int64(-1)), j


@kernel_step
def _currency_at(sym, i, end, kinds, words):  # type: ignore[no-untyped-def]
    """Code and end of the currency after an amount that ends at i, or -1."""
    j = skip_spaces(sym, i, end, 2)
    if j >= end:
        return np.int64(-1), i
    if kinds[sym[j]] == LETTER:
        stop = word_end(sym, kinds, j, end)
        if stop < end and kinds[sym[stop]] == DIGIT:
            return np.int64(-1), i
    else:
        stop = j + 1
        if j > i and stop < end and kinds[sym[stop]] == DIGIT:  # "100 €200": the sign of the next amount
            return np.int64(-1), i
    return lookup(words, sym, j, stop), stop


@kernel_step
def _currency_before(sym, i, first, kinds, words):  # type: ignore[no-untyped-def]
    """Code and begin of the currency before an amount that begins at i, or -1."""
    j = skip_spaces_back(sym, i, first, 1)
    if j == first:
        return np.int64(-1), i
    begin = word_begin(sym, kinds, j, first) if kinds[sym[j - 1]] == LETTER else j - 1
    if begin > first and kinds[sym[begin - 1]] == DIGIT:  # the sign of the amount before
        return np.int64(-1), i
    return lookup(words, sym, begin, j), begin


@kernel_step
def _unit_of(code, number, half):  # type: ignore[no-untyped-def]
    """The unit that a unit word means after a number (0: none there) or a half; 0 if none has a name."""
    if code == MINUTES:
        return HALF_HOUR if number == 30 else (HOUR if number == 60 else 0)
    if half:
        return HALF_HOUR if code == HOUR else 0
    return code if number <= 1 or (code == HOUR and number == 60) else 0


@kernel_step
def _unit_after(sym, i, end, kinds, words):  # type: ignore[no-untyped-def]
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
            stop = _digits(sym, j, end)
            if number > 0 or stop - j > 2:
                break
            number, j = _value(sym, j, stop), stop
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
def _unit_before(sym, i, first, kinds, words):  # type: ignore[no-untyped-def]
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
        return _unit_of(code, _value(sym, d, k), False), d
    w = word_begin(sym, kinds, k, first)
    if w == k and k > first and lookup(words, sym, k - 1, k) == HALF:
        w = k - 1
    if lookup(words, sym, w, k) == HALF:
        return _unit_of(code, np.int64(0), True), w
    return (_unit_of(code, np.int64(0), False), begin) if marked and j - begin > 1 else (0, i)


@kernel_step
def _is_large(sym, i, end, kinds, words):  # type: ignore[no-untyped-def]
    """Does "M" or "billion" stand at i: the size of a business, not a price?"""
    i = skip_spaces(sym, i, end, 1)
    return lookup(words, sym, i, word_end(sym, kinds, i, min(end, i + 12))) >= 0


@making_kernel
def _scan(sym, start, places, kinds, money, leading, units, large):  # type: ignore[no-untyped-def]
    """Rows of: text, begin, end, hundredths, currency, unit."""
    rows = np.empty((256, 6), np.int64)
    marked, at, what = places.first, places.at, places.what
    k = np.int64(0)
    for r in range(start.shape[0] - 1):
        first, end = start[r], start[r + 1]
        done = i = first
        c, c_end = marked[r], marked[r + 1]
        while True:
            c = next_mark(at, what, c, c_end, i, NUMBER)
            if c == c_end:
                break
            a = np.int64(at[c])
            cents, i = _amount(sym, a, end)
            stop = i
            if cents < 0:
                continue
            code, begin = _currency_before(sym, a, done, kinds, leading)
            if code < 0:
                begin = a
                if a > first and kinds[sym[a - 1]] == LETTER:
                    continue
                code, stop = _currency_at(sym, stop, end, kinds, money)
                if code < 0:
                    continue
            if _is_large(sym, stop, end, kinds, large):
                continue
            if code == _FORINT and cents < _LEAST_FORINT * 100:
                continue
            unit, left = _unit_before(sym, begin, done, kinds, units)
            if unit:
                begin = left
            else:
                unit, stop = _unit_after(sym, stop, end, kinds, units)
            rows = put(rows, k, (r, begin, stop, cents, code, np.int64(unit)))
            k += 1
            done = i = stop
    return rows[:k]


@lru_cache(maxsize=1 << 16)
def _written(packed: int) -> str:
    """``150.00 EUR/hour`` of hundredths, currency, unit and region in one number, or ""."""
    region, unit, code, cents = packed & 0xFFFF, packed >> 16 & 0x7, packed >> 19 & 0x3F, packed >> 25
    name = currency(code, region)
    return f"{cents // 100}.{cents % 100:02d} {name}" + (f"/{UNITS[unit]}" if unit else "") if name else ""


class Price:
    """Finds prices; the value is ``150.00 EUR/hour``: amount, ISO 4217 code, and the unit if stated.

    "$", "kr" and "lei" are read by the record's country; "kr" without a country gives nothing.
    """

    name = "price"
    version = "1"
    types: tuple[str, ...] = ("price",)
    examples: Sequence[Example] = (
        Example("€150/h", (("price", "150.00 EUR/hour", "€150/h", False),)),
        Example("only 150 euro per uur, discreet", (("price", "150.00 EUR/hour", "150 euro per uur", False),)),
        Example("150,- €", (("price", "150.00 EUR", "150,- €", False),)),
        Example("1.500,00 € per night", (("price", "1500.00 EUR/night", "1.500,00 € per night", False),)),
        Example("£80 half hour", (("price", "80.00 GBP/half-hour", "£80 half hour", False),)),
        Example(
            "30 min 80€ 1 hour 150€",
            (
                ("price", "80.00 EUR/half-hour", "30 min 80€", False),
                ("price", "150.00 EUR/hour", "1 hour 150€", False),
            ),
        ),
        Example(
            "80€ 30 min, 150€ 1h",
            (
                ("price", "80.00 EUR/half-hour", "80€ 30 min", False),
                ("price", "150.00 EUR/hour", "150€ 1h", False),
            ),
        ),
        Example("200 zł za godzinę", (("price", "200.00 PLN/hour", "200 zł za godzinę", False),)),
        Example("15 000 Ft / óra", (("price", "15000.00 HUF/hour", "15 000 Ft / óra", False),)),
        Example("5000 ₽ час", (("price", "5000.00 RUB/hour", "5000 ₽ час", False),)),
        Example("1500 kr/timme", (("price", "1500.00 SEK/hour", "1500 kr/timme", False),), "SE"),
        Example(
            "500 lei, 100 лв",
            (("price", "500.00 RON", "500 lei", False), ("price", "100.00 BGN", "100 лв", False)),
        ),
        Example("$2,500.50 per month", (("price", "2500.50 USD/month", "$2,500.50 per month", False),)),
        Example("€ １５０ ½ hour", (("price", "150.00 EUR/half-hour", "€ １５０ ½ hour", True),)),
        Example("1500 kr, 6 ft tall, 0612345678 eur, room 24, 5 hours, 100 people", ()),
    )

    def find(self, batch: TextBatch) -> pa.Table:
        """Rows of MENTIONS, in any order."""
        f = batch.folded
        rows = _scan(
            f.sym,
            f.start,
            batch.marks,
            symbol_kinds(),
            currency_words(),
            leading_currency_words(),
            unit_words(),
            large_words(),
        )
        record, begin, end = rows[:, 0], rows[:, 1], rows[:, 2]
        packed = (((rows[:, 3] << 6) | rows[:, 4]) << 19 | rows[:, 5] << 16) | batch.region[record]
        distinct, inverse = np.unique(packed, return_inverse=True)
        values = [_written(p) for p in distinct.tolist()]
        keep = np.flatnonzero(np.array([bool(v) for v in values], np.bool_)[inverse])
        value = pa.array(values, pa.string()).take(pa.array(inverse[keep]))
        hidden = ~plain(batch, record[keep], begin[keep], end[keep])
        return mentions(batch, self, "price", record[keep], begin[keep], end[keep], value, hidden)


PLUGIN = Price()
