"""How long money stays on accounts, and what leaves them soon after it came: what several signs read.

======= ===============================================================================================================
held    one row an account and currency: account, currency, credits, debits, came, went (sums), soon (of what came, by
        first in first out, left within two days)
sweeps  one row a debit that takes most of what came since the last one to the same payee, within a week: rid, account,
        payee, currency, amount, came, wages (of it), credits, since (time after which they came), t, hours (since the
        last of them)
======= ===============================================================================================================

Sums here are floating-point: they are compared with limits and told rounded, and never become an amount of a table.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.engine.order import order_by
from clew.ingest.kernels import kernel, making_kernel
from clew.link.ties import coded
from clew.trace.money.accounts import NOBODY

Ints = npt.NDArray[np.int64]

_SOON = 2 * 86_400_000_000
_WEEK = 7 * 86_400_000_000
_BACK = 256  # events that are looked back at
MOST, LEAST = 1.05, 0.6  # of what came, for a debit to be a sweep

_PAID = """
SELECT rid, payer, payee, currency, value AS amount, t, purpose = 'wage' AS wage FROM paid WHERE t IS NOT NULL
"""


class _Events(NamedTuple):
    """Every booked payment twice, on the account of the payee (sign 1) and on that of the payer (-1), each account and
    currency (holder) after the other, by time. Within a moment what comes goes first: many books give days alone, and
    nobody spends what is not there.
    """

    row: Ints
    holder: Ints
    account: Ints
    other: Ints
    sign: npt.NDArray[np.int8]


def hold(engine: Engine) -> None:
    """Make ``held`` and ``sweeps`` from ``paid``."""
    paid = engine.sql(_PAID)
    currency, currencies = coded(paid.column("currency"))
    events = _events(paid, currency)
    n = len(events.row)
    t, amount, wage = (paid.column(name).to_numpy()[events.row] for name in ("t", "amount", "wage"))
    holder = events.holder
    begin = np.append(np.flatnonzero(np.append(True, holder[1:] != holder[:-1])[:n]), n)
    sums, swept = np.zeros((len(begin) - 1, 5)), np.zeros((n, 5))
    _hold(begin, events.sign, t, amount, sums)
    _sweep(begin, events.sign, t, amount, wage, events.other, swept)
    came = swept[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = amount / came
    rows = np.flatnonzero((came > 0) & (share >= LEAST) & (share <= MOST))

    def whose(at: Ints) -> dict[str, pa.Array]:
        account = pa.array(events.account[at], pa.int32())
        return {"account": account, "currency": currencies.take(currency[events.row[at]])}

    held = whose(begin[:-1])
    held |= {name: pa.array(sums[:, k]) for k, name in enumerate(("credits", "debits", "came", "went", "soon"))}
    sweeps = whose(rows) | {"rid": paid.column("rid").take(events.row[rows])}
    sweeps["payee"] = pa.array(events.other[rows], pa.int32())
    sweeps |= {name: pa.array(swept[rows, k]) for k, name in enumerate(("came", "wages", "credits", "hours"))}
    sweeps |= {"amount": pa.array(amount[rows]), "t": pa.array(t[rows])}
    sweeps["since"] = pa.array(t[rows] - swept[rows, 4].astype(np.int64))
    engine.register({"held": pa.table(held), "sweeps": pa.table(sweeps)})


def _events(paid: pa.Table, currency: npt.NDArray[np.int32]) -> _Events:
    """The events of payments, in their order."""
    rid, t, payer, payee = (paid.column(name).to_numpy() for name in ("rid", "t", "payer", "payee"))
    account, other = (np.append(*sides).astype(np.int64) for sides in ((payee, payer), (payer, payee)))
    holder = account * (np.int64(currency.max(initial=0)) + 1) + np.tile(currency, 2)
    known = np.flatnonzero(account != NOBODY)
    row = known % max(len(rid), 1)
    went = known >= len(rid)
    order = order_by(holder[known], t[row], went, rid[row])
    known, row = known[order], row[order]
    return _Events(row, holder[known], account[known], other[known], np.where(went[order], -1, 1).astype(np.int8))


@making_kernel
def _hold(begin, sign, t, amount, sums):  # type: ignore[no-untyped-def]
    """Credits, debits, what came, what went, what of it left soon: first in, first out."""
    left = amount.copy()
    for g in range(begin.shape[0] - 1):
        head = begin[g]
        for i in range(begin[g], begin[g + 1]):
            if sign[i] > 0:
                sums[g, 0] += 1
                sums[g, 2] += amount[i]
                continue
            sums[g, 1] += 1
            sums[g, 3] += amount[i]
            need = amount[i]
            while need > 1e-9 and head < i:
                if sign[head] < 0 or left[head] <= 1e-9:
                    head += 1
                    continue
                part = min(need, left[head])
                left[head] -= part
                need -= part
                if t[i] - t[head] <= _SOON:
                    sums[g, 4] += part


@kernel
def _sweep(begin, sign, t, amount, wage, other, swept):  # type: ignore[no-untyped-def]
    """Of each debit: what came since the last one to the same payee, wages of it, credits, hours since,
    and how far back."""
    for g in range(begin.shape[0] - 1):
        for i in range(begin[g], begin[g + 1]):
            if sign[i] > 0:
                continue
            last = True
            for j in range(i - 1, max(begin[g], i - _BACK) - 1, -1):
                if t[i] - t[j] > _WEEK or (sign[j] < 0 and other[j] == other[i]):
                    break
                if sign[j] > 0 and other[j] != other[i]:
                    if last:
                        swept[i, 3] = (t[i] - t[j]) / 3_600_000_000
                        last = False
                    swept[i, 0] += amount[j]
                    swept[i, 1] += amount[j] if wage[j] else 0.0
                    swept[i, 2] += 1
                    swept[i, 4] = t[i] - t[j] + 1
