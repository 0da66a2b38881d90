"""Prices with currency and what they are asked for: "€150/h", "150 euro per uur", "30 min 1.500,- Kč"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clew.extract._amounts import (
    ALWAYS,
    MOST,
    NEVER,
    ROUND,
    amount,
    digits,
    in_lakhs,
    is_ideograph,
    of_weight,
    spaced,
    thousands,
    token_end,
)
from clew.extract._marks import NUMBER, next_mark
from clew.extract._money import (
    CODES,
    DOLLAR,
    FRANC,
    FROM,
    NUMBERED,
    PAID,
    POUND,
    ROUBLE,
    RUPEE,
    UNITS,
    YEN,
    currency,
    currency_words,
    deciding_words,
    dollar_letters,
    large_words,
    leading_currency_words,
    least_amounts,
    thousand_words,
    unit_words,
    weight_words,
    words_before_spaced,
)  # fmt: skip
from clew.extract._price_units import unit_after, unit_before
from clew.extract._words import (
    DIGIT,
    LETTER,
    Words,
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
from clew.extract.fold import BREAK, EMOJI
from clew.ingest.kernels import kernel_step, making_kernel

_DOLLAR, _YEN, _POUND = CODES.index(DOLLAR), CODES.index(YEN), CODES.index(POUND)
_ROUBLE, _SHORT_ROUBLE, _FRANC = CODES.index("RUB"), CODES.index(ROUBLE), CODES.index(FRANC)
_WEEK, _MONTH = UNITS.index("week"), UNITS.index("month")
_RUPEES = (CODES.index("INR"), CODES.index(RUPEE), CODES.index("rs"))


class _Money(NamedTuple):
    """The vocabularies of `clew.extract._money` that a scan for prices reads.

    Attributes:
        words, leading: currencies after and before an amount.
        letters: those beside the sign of a dollar.
        deciding: what stands after an amount and says more than "$" before it.
        units, thousands, large, weights: what else stands beside an amount.
        before: what says whether a space parts thousands.
        least: int64[codes], the least price in each currency.
    """

    words: Words
    leading: Words
    letters: Words
    deciding: Words
    units: Words
    thousands: Words
    large: Words
    weights: Words
    before: Words
    least: npt.NDArray[np.int64]


@cache
def _money() -> _Money:
    return _Money(
        currency_words(),
        leading_currency_words(),
        dollar_letters(),
        deciding_words(),
        unit_words(),
        thousand_words(),
        large_words(),
        weight_words(),
        words_before_spaced(),
        least_amounts(),
    )


@kernel_step
def _currency_at(sym, i, end, kinds, words):  # type: ignore[no-untyped-def]
    """Code and end of the currency after an amount that ends at i, or -1."""
    j = skip_spaces(sym, i, end, 2)
    if j >= end:
        return np.int64(-1), i
    stop = token_end(sym, kinds, j, end)
    if stop < end and kinds[sym[stop]] == DIGIT and (kinds[sym[j]] == LETTER or j > i):
        return np.int64(-1), i  # "100 €200": the sign of the next amount
    return lookup(words, sym, j, stop), stop


@kernel_step
def _letters_before(sym, i, first, kinds, letters):  # type: ignore[no-untyped-def]
    """Code and begin of the letters that say whose dollar the sign at i is ("AU$", "COP $"), or -1."""
    j = skip_spaces_back(sym, i, first, 1)
    begin = word_begin(sym, kinds, j, first)
    if (j < i and j - begin != 3) or (begin > first and kinds[sym[begin - 1]] == DIGIT):  # "a $100 tip", "1h$100"
        return np.int64(-1), i
    return lookup(letters, sym, begin, j), begin


@kernel_step
def _currency_before(sym, i, first, kinds, words, letters):  # type: ignore[no-untyped-def]
    """Code and begin of the currency before an amount that begins at i, or -1."""
    j = skip_spaces_back(sym, i, first, 1)
    if j == first:
        return np.int64(-1), i
    last = j
    while last > first and j - last < 2 and sym[last - 1] in (46, 47):  # "Rs.", "S/."
        last -= 1
    begin = word_begin(sym, kinds, last, first) if kinds[sym[last - 1]] == LETTER else j - 1
    if begin > first and kinds[sym[begin - 1]] == DIGIT:  # the sign of the amount before
        return np.int64(-1), i
    code = lookup(words, sym, begin, j)
    if code == _DOLLAR:
        own, left = _letters_before(sym, begin, first, kinds, letters)
        if own >= 0:
            return own, left
    return code, begin


@kernel_step
def _glued(sym, i, first, kinds):  # type: ignore[no-untyped-def]
    """Is the amount at i the end of a word ("ir150") or of a larger number ("3千600")?"""
    if i == first or kinds[sym[i - 1]] != LETTER:
        return False
    return not is_ideograph(sym[i - 1]) or sym[i - 1] in (0x5341, 0x767E, 0x5343, 0x4E07, 0x842C, 0x5104, 0x4EBF)


@kernel_step
def _is_large(sym, i, end, kinds, words):  # type: ignore[no-untyped-def]
    """Does "M" or "billion" stand at i: the size of a business, not a price?"""
    i = skip_spaces(sym, i, end, 1)
    return lookup(words, sym, i, word_end(sym, kinds, i, min(end, i + 12))) >= 0


@kernel_step
def _currency_of(sym, a, i, stop, done, end, kinds, money):  # type: ignore[no-untyped-def]
    """Code (-1: none), begin and end of an amount with its currency; it stands at ``sym[a:i]``, thousands to stop."""
    code, begin = _currency_before(sym, a, done, kinds, money.leading, money.letters)
    if code == _FRANC and (sym[i - 1] != 45 or (i < end and kinds[sym[i]] == DIGIT)):  # "Fr. 10-18" is a Friday
        code = np.int64(-1)
    if code < 0:
        if _glued(sym, a, done, kinds):
            return code, a, stop
        code, stop = _currency_at(sym, stop, end, kinds, money.words)
        return code, a, stop
    if code in (_DOLLAR, _YEN):
        own, last = _currency_at(sym, stop, end, kinds, money.deciding)
        if own >= 0:
            return own, begin, last
    return code, begin, stop


@kernel_step
def _parted(sym, byte, a, first, end, done, last, kinds, money):  # type: ignore[no-untyped-def]
    """Whether the space in the number at a parts thousands (NEVER, ROUND, ALWAYS).

    ``done`` is the end of the price before it, ``last`` its hundredths: "150 € 2 250 €" is a list.
    """
    j = digits(sym, a, end)
    if byte[j + 1] - byte[j] > 1:  # no plain space: one that keeps a number together
        return ALWAYS
    if done > first and a - done <= 3 and kinds[sym[a - 1]] != LETTER:
        return ALWAYS if last >= 100_000 else NEVER
    k = skip_spaces_back(sym, a, first, 2)
    few = j - a == 1  # "30 150 €" may be half an hour
    if k == first or sym[k - 1] in (10, BREAK) or sym[k - 1] >= EMOJI:
        return ALWAYS if few else ROUND
    begin = word_begin(sym, kinds, k, first)
    if begin == k:
        if kinds[sym[k - 1]] == DIGIT:
            return ROUND
        before = skip_spaces_back(sym, k - 1, first, 2)
        marked = sym[k - 1] in (58, 61, 62, 124, 40) or lookup(money.leading, sym, k - 1, k) >= 0
        if not marked:
            return ROUND
        begin, k = word_begin(sym, kinds, before, first), before
        numbered = lookup(money.before, sym, begin, k) == NUMBERED or lookup(money.units, sym, begin, k) >= 0
        return NEVER if numbered and few else (ROUND if numbered or not few else ALWAYS)
    said = lookup(money.before, sym, begin, k)
    if said == NUMBERED:
        return NEVER
    if said == PAID or (few and (said == FROM or lookup(money.leading, sym, begin, k) >= 0)):
        return ALWAYS
    code, stop = _currency_at(sym, j + 4, end, kinds, money.words)
    monthly = code >= 0 and unit_after(sym, stop, end, kinds, money.units)[0] in (_WEEK, _MONTH)
    return ALWAYS if monthly else ROUND


@making_kernel
def _scan(sym, byte, start, places, kinds, money):  # type: ignore[no-untyped-def]
    """Rows of: text, begin, end, hundredths, currency, unit."""
    rows = np.empty((256, 6), np.int64)
    marked, at, what = places.first, places.at, places.what
    words, units, thousand, large, least = money.words, money.units, money.thousands, money.large, money.least
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
            parted = ROUND
            if spaced(sym, a, end):
                parted = _parted(sym, byte, a, first, end, done, rows[k - 1, 3] if k else 0, kinds, money)
            cents, i = amount(sym, a, end, parted)
            if cents < 0:
                continue
            times, stop = thousands(sym, i, end, kinds, thousand, words, units)
            cents *= times
            if cents <= 0 or cents > MOST * 100 + 99:
                continue
            code, begin, stop = _currency_of(sym, a, i, stop, done, end, kinds, money)
            if code < 0 or cents < least[code] or _is_large(sym, stop, end, kinds, large):
                continue
            if in_lakhs(sym, a, i) and code not in _RUPEES:  # a list, "10,50,100 €"
                continue
            if code == _SHORT_ROUBLE and times == 1000:  # "15 т.р."
                code = np.int64(_ROUBLE)
            if code == _POUND and of_weight(sym, begin, stop, done, end, kinds, money.weights):
                continue
            unit, left = unit_before(sym, begin, done, kinds, units)
            if unit:
                begin = left
            else:
                unit, stop = unit_after(sym, stop, end, kinds, units)
            rows = put(rows, k, (r, begin, stop, cents, code, np.int64(unit)))
            k += 1
            done = i = stop
    return rows[:k]


@lru_cache(maxsize=1 << 16)
def _written(packed: int) -> str:
    """``150.00 EUR/hour`` of hundredths, currency, unit and region in one number, or ""."""
    region, unit, code, cents = packed & 0xFFFF, packed >> 16 & 0x7, packed >> 19 & 0x7F, packed >> 26
    name = currency(code, region)
    return f"{cents // 100}.{cents % 100:02d} {name}" + (f"/{UNITS[unit]}" if unit else "") if name else ""


class Price:
    """Finds prices; the value is ``150.00 EUR/hour``: amount, ISO 4217 code, and the unit if stated.

    Letters and codes beside "$" say whose dollar it is ("R$", "AUD"), else the record's country does, as for "kr",
    "¥" and "lei"; "kr" and "¥" without a country give nothing. What is told in millions is no price of a service.
    """

    name = "price"
    version = "3"
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
        Example(
            "R$ 250,00 a hora; $100 AUD; £2.5k a week",
            (
                ("price", "250.00 BRL/hour", "R$ 250,00 a hora", False),
                ("price", "100.00 AUD", "$100 AUD", False),
                ("price", "2500.00 GBP/week", "£2.5k a week", False),
            ),
        ),
        Example("€ １５０ ½ hour", (("price", "150.00 EUR/half-hour", "€ １５０ ½ hour", True),)),
        Example("1500 kr, 6 ft tall, it weighs 10 pounds, 0612345678 eur, room 24, 5 hours, 100 people", ()),
    )

    def find(self, batch: TextBatch) -> pa.Table:
        """Rows of MENTIONS, in any order."""
        f = batch.folded
        rows = _scan(f.sym, f.byte, f.start, batch.marks, symbol_kinds(), _money())
        record, begin, end = rows[:, 0], rows[:, 1], rows[:, 2]
        packed = (((rows[:, 3] << 7) | rows[:, 4]) << 19 | rows[:, 5] << 16) | batch.region[record]
        distinct, inverse = np.unique(packed, return_inverse=True)
        values = [_written(p) for p in distinct.tolist()]
        keep = np.flatnonzero(np.array([bool(v) for v in values], np.bool_)[inverse])
        value = pa.array(values, pa.string()).take(pa.array(inverse[keep]))
        hidden = ~plain(batch, record[keep], begin[keep], end[keep])
        return mentions(batch, self, "price", record[keep], begin[keep], end[keep], value, hidden)


PLUGIN = Price()
