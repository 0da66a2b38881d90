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

import numpy as np
import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.ingest.kernels import kernel, making_kernel

_SOON = 2 * 86_400_000_000
_WEEK = 7 * 86_400_000_000
_BACK = 256  # events that are looked back at
MOST, LEAST = 1.05, 0.6  # of what came, for a debit to be a sweep

# Every booked payment stands twice: on the account of the payer, and on that of the payee. Within a moment what comes
# goes first: many books give days alone, and nobody spends what is not there. Accounts are compared as numbers, and
# their names are read for what is found alone.
_EVENTS = """
SELECT * FROM (
    SELECT hash(payee, currency) AS holder, hash(payer) AS other, 1::TINYINT AS sign, t, rid, amount::DOUBLE AS amount,
        purpose = 'wage' AS wage
    FROM paid WHERE t IS NOT NULL AND payee <> ''
    UNION ALL
    SELECT hash(payer, currency), hash(payee), -1, t, rid, amount::DOUBLE, false
    FROM paid WHERE t IS NOT NULL AND payer <> ''
) ORDER BY holder, t, sign DESC, rid
"""
_HELD = """
SELECT if(came_first, p.payee, p.payer) AS account, p.currency, f.* EXCLUDE (rid, came_first)
FROM found f JOIN paid p USING (rid)
"""
_SWEEPS = """
SELECT rid, p.payer AS account, p.payee, p.currency, p.amount::DOUBLE AS amount, p.t, f.* EXCLUDE (rid)
FROM found f JOIN paid p USING (rid)
"""


def hold(engine: Engine) -> None:
    """Make ``held`` and ``sweeps`` from ``paid``."""
    events = engine.sql(_EVENTS)
    n = events.num_rows
    holder, t, amount, sign, wage, other = (
        events.column(name).to_numpy() for name in ("holder", "t", "amount", "sign", "wage", "other")
    )
    begin = np.append(np.flatnonzero(np.append(True, holder[1:] != holder[:-1])[:n]), n)
    sums, swept = np.zeros((len(begin) - 1, 5)), np.zeros((n, 5))
    _hold(begin, sign, t, amount, sums)
    _sweep(begin, sign, t, amount, wage, other, swept)
    first = begin[:-1]
    held = {"rid": events.column("rid").take(pa.array(first)), "came_first": pa.array(sign[first] > 0)}
    held |= {name: pa.array(sums[:, k]) for k, name in enumerate(("credits", "debits", "came", "went", "soon"))}
    came = swept[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = amount / came
    rows = np.flatnonzero((came > 0) & (share >= LEAST) & (share <= MOST))
    sweeps = {"rid": events.column("rid").take(pa.array(rows))}
    sweeps |= {name: pa.array(swept[rows, k]) for k, name in enumerate(("came", "wages", "credits", "hours"))}
    sweeps["since"] = pa.array(t[rows] - swept[rows, 4].astype(np.int64))
    try:
        made = {"held": engine.sql(_HELD, {"found": pa.table(held)})}
        made["sweeps"] = engine.sql(_SWEEPS, {"found": pa.table(sweeps)})
    finally:
        engine.forget("found")
    engine.register(made)


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
