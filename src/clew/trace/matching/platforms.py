"""For which platform each payment was: by its name in the text or in the payee's name, else by when posts appear.

A payee whose name says nothing is taken for a platform's if the posts of that platform come after its payments much
more often than before them. After against before: both follow the hours of the day alike, so rhythm alone shows none.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.trace.matching.read import HOUR, Floats, Ints, Payments, Posts

_SHORTEST = 4  # letters of a platform's name that are looked for in texts
_LEAST = 20  # payments before times are compared
_PAYERS = 3
_PRICES = 12  # so many amounts make a price list
_LISTED = 0.8  # of the payments of a platform have one of them
_SURE = 5.0  # standard deviations: one of a million payees by chance
_WINDOWS = (HOUR // 4, HOUR, 4 * HOUR)
UNKNOWN = -1

_PLAIN = r"regexp_replace(lower({}), '[^\pL\pN]', '', 'g')"
_NAMED = f"""
WITH payees AS (
    SELECT payee, payee_name, regexp_extract({_PLAIN.format("payee_name || ' ' || payee")}, $names) AS who
    FROM (SELECT DISTINCT payee, payee_name FROM payments)
), texts AS (
    SELECT rid, regexp_extract({_PLAIN.format("body")}, $names) AS words
    FROM records WHERE kind = 'payment' AND body <> ''
)
SELECT rid, coalesce(words, '') AS words, who
FROM payments SEMI JOIN wanted USING (rid) JOIN payees USING (payee, payee_name) LEFT JOIN texts USING (rid)
WHERE words <> '' OR who <> '' ORDER BY rid
"""


Fits = Callable[[Payments, Ints], tuple[Ints, Ints, Floats]]


def platforms_paid(engine: Engine, payments: Payments, posts: Posts, fits: Fits) -> Ints:
    """int64[payments], the platform that each was paid to; `UNKNOWN` where it seems to be for something else.

    Args:
        engine: holds the views ``records`` and ``payments``.
        payments, posts: all.
        fits: which payees charge the prices of which platform's list (`clew.trace.matching.listed`).
    """
    paid = _by_name(engine, payments, posts)
    rest = np.flatnonzero(paid == UNKNOWN)
    payee = _by_time(payments, posts, rest, fits(payments, rest))
    paid[rest] = payee[payments.payee[rest]]
    return paid


def plain(word: str) -> str:
    """Small letters and digits alone."""
    return re.sub(r"[\W_]", "", word.lower())


def _by_name(engine: Engine, payments: Payments, posts: Posts) -> Ints:
    paid = np.full(len(payments.rid), UNKNOWN)
    names: dict[str, int] = {}
    for k, name in enumerate(posts.platforms.to_pylist()):
        if len(plain(name)) >= _SHORTEST:
            names.setdefault(plain(name), k)
    if not names:
        return paid
    longest = sorted(names, key=lambda name: (-len(name), name))
    pattern = "|".join(re.escape(name) for name in longest)
    try:
        found = engine.sql(_NAMED, {"wanted": pa.table({"rid": payments.rid})}, {"names": pattern})
    finally:
        engine.forget("wanted")
    rows = np.searchsorted(payments.rid, found.column("rid").to_numpy())
    for column in ("who", "words"):  # a text is nearer to the purchase than the payee, who may collect for many
        said = found.column(column).to_pylist()
        code = np.array([names.get(word, UNKNOWN) for word in said], np.int64)
        paid[rows[code != UNKNOWN]] = code[code != UNKNOWN]
    return paid


def _by_time(payments: Payments, posts: Posts, rest: Ints, listed: tuple[Ints, Ints, Floats]) -> Ints:
    """int64[payees], the platform whose posts follow the payments to each, or whose list has its prices, or both."""
    best = np.full(len(payments.payees), UNKNOWN)
    alone = np.zeros(len(best), np.bool_)  # times alone may tell
    alone[_price_lists(payments, rest)] = True
    whom, where, worth = listed
    asked = rest[alone[payments.payee[rest]] | np.isin(payments.payee[rest], whom)]
    if not len(asked):
        return best
    asked = asked[~payments.dated[asked]]
    asked = asked[np.argsort(payments.t[asked])]  # what is looked up in order is near what was looked up before
    surest = np.full(len(best), _SURE)
    for k in range(len(posts.platforms)):
        t = posts.t[posts.first[k] : posts.first[k + 1]]
        mine = where == k
        prices = np.zeros(len(best))
        prices[whom[mine]] = worth[mine]
        for window in _WINDOWS:
            z = _asymmetry(payments.payee[asked], payments.t[asked], t, window, len(best))
            # What times say and what prices say adds up, as logarithms of chances do.
            both = np.sign(z) * z**2 + 2.0 * prices
            told = np.where(prices > 0, np.sqrt(np.maximum(both, 0.0)), np.where(alone, z, 0.0))
            better = told > surest
            best[better], surest[better] = k, told[better]
    return best


def _asymmetry(payee: Ints, paid: Ints, posted: Ints, window: int, payees: int) -> Floats:
    """float64[payees], how surely more posts come after than before, in standard deviations."""
    at = np.searchsorted(posted, paid)
    after = np.bincount(payee, np.searchsorted(posted, paid + window) - at, payees)
    before = np.bincount(payee, at - np.searchsorted(posted, paid - window), payees)
    z: Floats = (after - before) / np.sqrt(np.maximum(after + before, 1.0))
    return z


def _price_lists(payments: Payments, rest: Ints) -> Ints:
    """Payees with several payers and few prices."""
    payee, count = np.unique(payments.payee[rest], return_counts=True)
    pairs = np.unique(payments.payee[rest] * len(payments.payers) + payments.payer[rest])
    payers = np.bincount(pairs // len(payments.payers), minlength=len(payments.payees))[payee]
    key, times = np.unique(payments.payee[rest] * len(payments.prices) + payments.price[rest], return_counts=True)
    order = np.lexsort((-times, key // len(payments.prices)))
    owner, times = key[order] // len(payments.prices), times[order]
    rank = np.arange(len(owner)) - np.searchsorted(owner, owner)
    listed = np.bincount(owner[rank < _PRICES], times[rank < _PRICES], len(payments.payees))[payee]
    kept: Ints = payee[(count >= _LEAST) & (payers >= _PAYERS) & (listed >= _LISTED * count)]
    return kept
