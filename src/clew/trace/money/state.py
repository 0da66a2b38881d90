"""Which payments count: what is told twice, what the bank took back, what is not booked yet.

A payment between two customers stands in the statements of both, and one statement may be given in two formats. Each
statement tells every payment of its account, so the first payment of a kind in one is the first of that kind in the
other, the second the second. Two equal payments in one statement are two payments, unless both have the same number in
their text and the same second. A file of several banks is as many statements. Coins that a transaction gives back to
one of its own payers (change) are no payment, and count as little as what is told twice.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.engine.order import order_by
from clew.ingest.kernels import kernel, kernel_step, making_kernel

BOOKED, PENDING, REVERSED, REVERSAL, DUPLICATE = range(5)
STATES = ("booked", "pending", "reversed", "reversal", "duplicate")
NEVER = np.iinfo(np.int64).min

_APART = 3  # days between the books of two banks (a weekend)
_REFUND = 90  # days in which something is taken back
_BACK = 512  # rows that are looked back at; more equal payments within days are not told apart by time anyway
_QUARTER, _MINUTE = 900_000_000, 60_000_000

_ROWS = """
WITH statements AS (
    SELECT statement, platform, row_number() OVER (ORDER BY statement, platform) AS nth
    FROM (SELECT DISTINCT statement, platform FROM book)
)
SELECT b.nth, rid, hash(payer, payee, amount, currency, reversal) AS same,
    hash(least(payer, payee), greatest(payer, payee), amount, currency) AS pair, payer,
    coalesce(day, -1000000)::BIGINT AS day, coalesce(t, {never}) AS t, coalesce(timed, false) AS timed,
    s.nth AS statement,
    CASE WHEN account <> '' THEN hash(account) WHEN platform <> '' THEN hash('bank', platform) ELSE 0 END AS account,
    CASE WHEN timed AND regexp_matches(text, '[0-9]{{4}}') THEN hash(text, t) ELSE 0 END AS exact,
    CASE WHEN native = '' THEN 0 ELSE hash(native) END AS native, hash(platform, form) AS origin,
    CASE WHEN reference = '' THEN 0 ELSE hash(reference) END AS reference,
    CASE WHEN length(reference) >= 6 AND lower(reference) NOT IN ('notprovided', 'nonref')
        THEN hash(reference, amount, currency) WHEN length(native) >= 6 THEN hash(native, amount, currency)
        ELSE 0 END AS named,
    CASE WHEN reverses <> '' THEN hash(reverses) WHEN purpose = 'refund' AND text <> ''
        THEN hash(regexp_extract(text, '([^ ]+) *$', 1)) ELSE 0 END AS reverses,
    payee, payer_loose, payee_loose, reversal, purpose = 'refund' AS refund, pending, purpose = 'change' AS change,
    later
FROM book b JOIN statements s USING (statement, platform)
"""

Columns = dict[str, npt.NDArray[Any]]
Ints = npt.NDArray[np.int64]
States = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]


def with_states(engine: Engine, book: pa.Table) -> pa.Table:
    """The book, registered as ``book``, with columns ``state`` and ``of``: the payment that one repeats, is taken back
    by or takes back.
    """
    rows = engine.sql(_ROWS.format(never=f"({NEVER + 1} - 1)"))
    got = {name: rows.column(name).to_numpy() for name in rows.column_names if name != "later"}
    newest = rows.column("later").fill_null(0).to_numpy().astype(np.uint64)
    state = np.where(got["pending"], PENDING, BOOKED).astype(np.int8)
    state[(newest != 0) | got["change"].astype(np.bool_)] = DUPLICATE
    of = np.full(len(state), -1)
    _repeated(got, state, of)
    _named_alike(got, state, of)
    _best_first(got, state, of)
    _taken_back(got, state, of)
    rid, nth = got["rid"].astype(np.uint64), got["nth"]
    codes, other = np.empty(len(nth), np.int8), np.empty(len(nth), np.uint64)
    codes[nth], other[nth] = state, np.where(of >= 0, rid[of], newest)
    told = pa.array(other, mask=other == 0)
    return book.append_column("state", pa.array(STATES).take(pa.array(codes))).append_column("of", told)


def _sorted(got: Columns, key: str, chosen: Flags, told: Flags, files: bool = False) -> Ints:
    """The chosen rows by key, then time; in an order that hangs on what they hold.

    Left out are keys of one row, and those of which no row is told and, if ``files``, whose rows are all of one
    statement: nothing can be found in them, and they are nearly all.
    """
    rows = np.flatnonzero(chosen)
    rows = rows[np.argsort(got[key][rows])]
    begin = _groups(got[key][rows])
    size, first = np.diff(begin), begin[:-1]
    if len(first):
        heard = np.logical_or.reduceat(told[rows], first)
        if files:
            statement = got["statement"][rows]
            heard |= np.maximum.reduceat(statement, first) > np.minimum.reduceat(statement, first)
        rows = rows[np.repeat((size > 1) & heard, size)]
    return rows[order_by(*(got[name][rows] for name in (key, "day", "t", "statement", "rid")))]


def _groups(key: npt.NDArray[Any]) -> Ints:
    """Where groups of equal keys begin, and the end."""
    new = np.append(True, key[1:] != key[:-1])[: len(key)]
    return np.append(np.flatnonzero(new), len(key))


def _repeated(got: Columns, state: States, of: Ints) -> None:
    """Payments with the same parties, amount and currency in several statements."""
    order = _sorted(got, "same", (state == BOOKED) & (got["day"] > -1000000), got["exact"] != 0, files=True)
    names = ("day", "t", "timed", "statement", "account", "native", "origin", "reference", "exact")
    found = np.full(len(order), -1)
    day, t, timed, statement, account, native, origin, reference, exact = (got[name][order] for name in names)
    _pair(_groups(got["same"][order]), day, t, timed, statement, account, native, origin, reference, exact, found)
    twice = found >= 0
    state[order[twice]], of[order[twice]] = DUPLICATE, order[found[twice]]


def _named_alike(got: Columns, state: States, of: Ints) -> None:
    """Payments with the same reference and amount, where a statement gives the name of a party alone."""
    chosen = (state == BOOKED) & (got["day"] > -1000000) & (got["named"] != 0)
    order = _sorted(got, "named", chosen, np.zeros(len(state), np.bool_), files=True)
    names = ("day", "statement", "payer", "payee", "payer_loose", "payee_loose", "reversal")
    found = np.full(len(order), -1)
    day, statement, payer, payee, loose, loose_payee, reversal = (got[name][order] for name in names)
    _pair_named(_groups(got["named"][order]), day, statement, payer, payee, loose, loose_payee, reversal, found)
    twice = found >= 0
    state[order[twice]], of[order[twice]] = DUPLICATE, order[found[twice]]


def _best_first(got: Columns, state: States, of: Ints) -> None:
    """Of what is told several times the best account counts: with a time of day, with both parties, the earliest."""
    root = np.where(of >= 0, of, np.arange(len(of)))
    for _ in range(3):  # what repeats one by its parties may repeat another by its reference
        root = root[root]
    told = np.flatnonzero(np.bincount(root, minlength=len(root))[root] > 1)
    known = (got["payer_loose"].astype(np.int8) + got["payee_loose"])[told]
    by = (got["rid"][told], got["t"][told], known, ~got["timed"][told].astype(np.bool_), root[told])
    told = told[np.lexsort(by)]
    first = np.append(True, root[told][1:] != root[told][:-1])[: len(told)]
    best = told[first][np.cumsum(first) - 1]
    state[told] = np.where(first, BOOKED, DUPLICATE)
    of[told] = np.where(first, -1, best)


def _taken_back(got: Columns, state: States, of: Ints) -> None:
    """What a bank reversed counts on neither side; a refund is a payment, too, that says what it takes back."""
    state[(state == BOOKED) & got["reversal"].astype(np.bool_)] = REVERSAL
    told_back = got["reversal"].astype(np.bool_) | got["refund"].astype(np.bool_)
    order = _sorted(got, "pair", (state == BOOKED) | (state == REVERSAL), told_back)
    names = ("day", "payer", "reversal", "refund", "reverses", "reference", "native")
    found, told = np.full(len(order), -1), np.zeros(len(order), np.bool_)
    day, payer, reversal, refund, reverses, reference, native = (got[name][order] for name in names)
    _match_back(_groups(got["pair"][order]), day, payer, reversal, refund, reverses, reference, native, found, told)
    back = np.flatnonzero(found >= 0)
    of[order[back]] = order[found[back]]
    whole = back[(got["reversal"][order[back]] != 0) | told[back]]
    state[order[whole]], state[order[found[whole]]] = REVERSAL, REVERSED


@kernel_step
def _differ(i, j, t, timed, account, native, origin):  # type: ignore[no-untyped-def]
    """Whether two equal payments of two files are two: books of one account, or of none, that name them otherwise."""
    if account[i] != account[j]:
        return False
    if origin[i] == origin[j] and native[i] != 0 and native[j] != 0 and native[i] != native[j]:
        return True
    if timed[i] and timed[j]:
        off = abs(t[i] - t[j]) % _QUARTER  # clocks of another zone are quarters of an hour apart
        return min(off, _QUARTER - off) > _MINUTE
    return False


@making_kernel
def _pair(begin, day, t, timed, statement, account, native, origin, reference, exact, found):  # type: ignore[no-untyped-def]
    """For each row the one that it repeats. First on the same day, then days apart where the books are of two."""
    n = found.shape[0]
    first, after = np.full(n, -1), np.full(n, -1)  # who repeats a row: a chain
    for g in range(begin.shape[0] - 1):
        if begin[g + 1] - begin[g] < 2:
            continue
        for apart in (0, _APART):
            for i in range(begin[g] + 1, begin[g + 1]):
                if found[i] >= 0:
                    continue
                low = max(begin[g], i - _BACK)
                while low < i and day[low] < day[i] - apart:
                    low += 1
                for j in range(low, i):
                    if found[j] >= 0:
                        continue
                    if exact[i] != 0 and exact[i] == exact[j]:  # the same number in the text, in the same second
                        found[i] = j
                        break
                    if statement[i] == statement[j]:
                        continue
                    two = account[i] != 0 and account[j] != 0 and account[i] != account[j]
                    if day[i] != day[j] and not two and (reference[i] == 0 or reference[i] != reference[j]):
                        continue
                    if _differ(i, j, t, timed, account, native, origin):
                        continue
                    k = first[j]
                    while k >= 0 and statement[k] != statement[i]:
                        k = after[k]
                    if k >= 0:
                        continue
                    last = i
                    found[i] = j
                    k = first[i]
                    while k >= 0:  # what repeats this one repeats that one
                        found[k] = j
                        last = k
                        k = after[k]
                    after[i] = first[i]
                    after[last] = first[j]
                    first[j], first[i] = i, -1
                    break


@kernel
def _pair_named(begin, day, statement, payer, payee, loose_payer, loose_payee, reversal, found):  # type: ignore[no-untyped-def]
    for g in range(begin.shape[0] - 1):
        for i in range(begin[g] + 1, begin[g + 1]):
            for j in range(max(begin[g], i - _BACK), i):
                if found[j] >= 0 or statement[i] == statement[j] or day[i] - day[j] > _APART:
                    continue
                if reversal[i] != reversal[j]:
                    continue
                a = payer[i] == payer[j] or loose_payer[i] or loose_payer[j]
                b = payee[i] == payee[j] or loose_payee[i] or loose_payee[j]
                if not (a and b and (payer[i] == payer[j] or payee[i] == payee[j])):
                    continue
                taken = False
                for k in range(j + 1, i):
                    taken = taken or (found[k] == j and statement[k] == statement[i])
                if not taken:
                    found[i] = j
                    break


@making_kernel
def _match_back(begin, day, payer, reversal, refund, reverses, reference, native, found, told):  # type: ignore[no-untyped-def]
    """For each reversal or refund what it takes back: what it names, else the last payment before it."""
    taken = np.zeros(found.shape[0], np.bool_)
    for g in range(begin.shape[0] - 1):
        for i in range(begin[g] + 1, begin[g + 1]):
            if not reversal[i] and not refund[i]:
                continue
            best, named = -1, False
            for j in range(i - 1, max(begin[g], i - _BACK) - 1, -1):
                if day[i] - day[j] > _REFUND and day[j] > -1000000:
                    break
                if taken[j] or reversal[j] or refund[j]:
                    continue
                if payer[j] == payer[i] and not reversal[i]:
                    continue  # a refund goes the other way; banks write reversals both ways
                word = reverses[i] if reverses[i] != 0 else reference[i]
                same = word != 0 and (word == reference[j] or word == native[j])
                if same or best < 0:
                    best, named = j, same
                if named:
                    break
            if best >= 0:
                found[i] = best
                taken[best] = True
                told[i] = named and reverses[i] != 0  # a text that names the very booking is a bank's
