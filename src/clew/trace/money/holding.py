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

import numba
import numpy as np
import pyarrow as pa

from clew.engine.duckdb import Engine

_SOON = 2 * 86_400_000_000
_WEEK = 7 * 86_400_000_000
_BACK = 256  # events that are looked back at
MOST, LEAST = 1.05, 0.6  # of what came, for a debit to be a sweep

# Every booked payment stands twice: on the account of the payer, and on that of the payee. Within a moment what comes
# goes first: many books give days alone, and nobody spends what is not there.
_EVENTS = """
SELECT dense_rank() OVER (ORDER BY account, currency) - 1 AS holder, account, currency, other, sign, t, rid, amount,
    wage
FROM (
    SELECT payee AS account, currency, payer AS other, 1 AS sign, t, rid, amount::DOUBLE AS amount, purpose = 'wage'
        AS wage
    FROM paid WHERE t IS NOT NULL AND payee <> ''
    UNION ALL
    SELECT payer, currency, payee, -1, t, rid, amount::DOUBLE, false FROM paid WHERE t IS NOT NULL AND payer <> ''
) ORDER BY holder, t, sign DESC, rid
"""


def hold(engine: Engine) -> None:
    """Make ``held`` and ``sweeps`` from ``paid``."""
    events = engine.sql(_EVENTS)
    n = events.num_rows
    holder, t, amount = (events.column(name).to_numpy() for name in ("holder", "t", "amount"))
    sign, wage = (events.column(name).to_numpy() for name in ("sign", "wage"))
    coded = events.column("other").combine_chunks().dictionary_encode()
    other = coded.indices.to_numpy().astype(np.int64)
    begin = np.append(np.flatnonzero(np.append(True, holder[1:] != holder[:-1])[:n]), n)
    sums = np.zeros((len(begin) - 1, 5))
    _hold(begin, sign, t, amount, sums)
    first = pa.array(begin[:-1])
    columns = {name: events.column(name).take(first) for name in ("account", "currency")}
    columns |= {name: pa.array(sums[:, k]) for k, name in enumerate(("credits", "debits", "came", "went", "soon"))}
    swept = np.zeros((n, 5))
    _sweep(begin, sign, t, amount, wage, other, swept)
    came = swept[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = amount / came
    rows = np.flatnonzero((came > 0) & (share >= LEAST) & (share <= MOST))
    at = pa.array(rows)
    found = {name: events.column(name).take(at) for name in ("rid", "account", "other", "currency", "amount", "t")}
    found |= {name: pa.array(swept[rows, k]) for k, name in enumerate(("came", "wages", "credits", "hours"))}
    found["since"] = pa.array(t[rows] - swept[rows, 4].astype(np.int64))
    engine.register({"held": pa.table(columns), "sweeps": pa.table(found).rename_columns(
        ["rid", "account", "payee", "currency", "amount", "t", "came", "wages", "credits", "hours", "since"]
    )})  # fmt: skip


@numba.njit(nogil=True, cache=True)
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


@numba.njit(nogil=True, cache=True)
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
