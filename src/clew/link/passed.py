"""Accounts that pass on what they receive: wages that are handed over, takings that are collected, chains of
laundering; and families.

An account passes on to another one if at least three times it sends it most of what came in, within three days and
since it last did so, and the other gets most of all that it pays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clew.engine.order import order_by
from clew.ingest.kernels import kernel
from clew.link.groups import Floats, Ints

LEAST_TIMES, SHARE = 3, 0.6
_SOON = 3 * 86_400_000_000
_MOST = 1.1  # of what came: a little may be added
_ROUNDING = 1e-9  # sums of amounts are floating-point


@dataclass(frozen=True)
class Moved:
    """Payments whose time is known; sums are compared with shares and never told.

    Attributes:
        payer, payee: int64[n], accounts; -1 where one is not known.
        currency: int64[n], its code.
        t: int64[n], microseconds.
        amount: float64[n].
        row: int64[n], the record: of two payments in the same moment the order.
    """

    payer: Ints
    payee: Ints
    currency: Ints
    t: Ints
    amount: Floats
    row: Ints


def passed_on(moved: Moved) -> tuple[Ints, Ints]:
    """Pairs of accounts: who passes on, to whom; each once."""
    began, order, got = _books(moved)
    until, recent = np.empty(len(order)), np.empty(len(order))
    _came(began, moved.t[order], got, until, recent)
    # What is sent, by account and currency, to whom, in time; books are in time already.
    book = np.repeat(np.arange(len(began) - 1), np.diff(began))
    sent = np.flatnonzero(got == 0)
    amount, other = moved.amount[order[sent]], moved.payee[order[sent]]
    whole = np.bincount(book[sent], weights=amount, minlength=len(began)).astype(np.float64)
    by = order_by(book[sent], other)
    sent, amount, other = sent[by], amount[by], other[by]
    again = _same(book[sent], other)
    came = until[sent].copy()
    came[again] -= until[sent][np.flatnonzero(again) - 1]
    came = np.minimum(came, recent[sent])
    most = (amount >= SHARE * came * (1 - _ROUNDING)) & (amount <= _MOST * came * (1 + _ROUNDING)) & (came > 0)
    return _often(moved.payer[order[sent]], other, amount, most, whole[book[sent]])


def _books(moved: Moved) -> tuple[Ints, Ints, Floats]:
    """What comes and goes on each account in each currency, in time.

    Left out are accounts that got nothing, or paid nobody often enough to be found.

    Returns:
        int64[books + 1], where each begins; int64[m], the payment of each entry; float64[m], what it brought, else 0.
    """
    accounts = int(max(moved.payer.max(initial=-1), moved.payee.max(initial=-1))) + 2  # the last stands for -1: nobody
    both = (moved.payer >= 0) & (moved.payee >= 0) & (moved.payer != moved.payee)
    pair, times = np.unique(moved.payer[both] * accounts + moved.payee[both], return_counts=True)
    chosen, paid = np.zeros(accounts, np.bool_), np.zeros(accounts, np.bool_)
    chosen[pair[times >= LEAST_TIMES] // accounts] = True
    paid[moved.payee[moved.payee >= 0]] = True
    chosen &= paid
    gets = np.flatnonzero(chosen[moved.payee] & (moved.amount > 0))
    sends = np.flatnonzero(chosen[moved.payer] & (moved.amount > 0))
    entry, account = np.append(gets, sends), np.append(moved.payee[gets], moved.payer[sends])
    got = np.append(moved.amount[gets], np.zeros(len(sends)))
    order = order_by(account, moved.currency[entry], moved.t[entry], moved.row[entry])
    entry, account, got = entry[order], account[order], got[order]
    starts = np.flatnonzero(~_same(account, moved.currency[entry]))
    return np.append(starts, len(entry)), entry, got


def _same(a: Ints, b: Ints) -> npt.NDArray[np.bool_]:
    """Whether both are what they were a place before."""
    return np.append(False, (a[1:] == a[:-1]) & (b[1:] == b[:-1]))[: len(a)]


def _often(account: Ints, other: Ints, amount: Floats, most: npt.NDArray[np.bool_], whole: Floats) -> tuple[Ints, Ints]:
    """Of what accounts sent to others, the pairs where it was often most of what came, and most of all that was sent.

    Args:
        account, other: int64[m], who sent it, and to whom (-1: nobody who is known).
        amount: float64[m], how much.
        most: bool[m], whether it was most of what came.
        whole: float64[m], all that the account sent in that currency.
    """
    by = order_by(account, other)
    account, other, most, whole = account[by], other[by], most[by], whole[by]
    first = np.flatnonzero(~_same(account, other))
    if not len(first):
        return account, other
    times = np.add.reduceat(most.astype(np.int64), first)
    sent = np.add.reduceat(np.where(most, amount[by], 0.0), first)
    enough = sent >= 0.5 * np.maximum.reduceat(whole, first) * (1 - _ROUNDING)
    pairs = first[(times >= LEAST_TIMES) & enough & (other[first] >= 0) & (other[first] != account[first])]
    return account[pairs], other[pairs]


@kernel
def _came(began, t, got, until, recent):  # type: ignore[no-untyped-def]
    """What came on the account until each entry, and in the days before it; with all of the same moment."""
    for book in range(began.shape[0] - 1):
        i = low = began[book]
        total, gone = 0.0, 0.0  # gone: what came too long ago
        while i < began[book + 1]:
            j = i
            while j < began[book + 1] and t[j] == t[i]:
                total += got[j]
                j += 1
            while t[low] < t[i] - _SOON:
                gone += got[low]
                low += 1
            for k in range(i, j):
                until[k], recent[k] = total, total - gone
            i = j
