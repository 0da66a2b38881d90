"""Follow the money of an account forward (where did it go?) or back (where did it come from?), in amounts that add up.

Two ways of splitting stand side by side: first in, first out, and by proportion; see `clew.query.money_kernel`. All
that is followed ends somewhere: no later payment of it is known, it was there before the records begin, came back,
lies with an account so busy that nobody can tell one payer's money from another's, or is not followed further because
the depth is reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.model.errors import MissingError
from clew.model.money import WITHOUT_CENTS, Amount
from clew.query.money_kernel import UNIT, Ints, add_up, fifo, openings, proportion
from clew.query.money_reach import Reach, reach

MOST_DEPTH = 12
# What amounts are split into at the most, in 10^-18: a cent, where there are cents; of a coin a hundred millionth.
_CENT, _TINY = UNIT // 100, UNIT // 10**8
_COINS = {"ADA", "BCH", "BNB", "BTC", "DASH", "DOGE", "ETH", "LTC", "SOL", "TRX", "XMR", "XRP", "ZEC"}
POOL = 200  # accounts that pay one (backwards: that one pays), from which on it holds everybody's money

STILL, BEFORE, BACK, POOLED, CASH, DEEP, OUTSIDE = (
    "no later payment known", "before the records begin", "came back", "mixed with the money of many", "in cash",
    "not followed further", "unknown",
)  # fmt: skip


@dataclass(frozen=True)
class FollowedFlow:
    """What went from one account to another of the money that is followed.

    Attributes:
        payer, payee: accounts, in the direction in which the money went.
        level: steps from the account that was asked about, of the nearer one; 0 for its own payments.
        payments: how many carry some of it.
        fifo: by first in, first out.
        share: by proportion.
        first_at, last_at: of those payments.
    """

    payer: str
    payee: str
    level: int
    payments: int
    fifo: Amount
    share: Amount
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class FollowedEnd:
    """Where followed money ends: the account, how, and how much by either way of splitting."""

    account: str
    how: str
    fifo: Amount
    share: Amount


@dataclass(frozen=True)
class Followed:
    """The money of an account in one currency; the ends sum to the total, by either way of splitting.

    Attributes:
        account, currency, back: what was asked.
        total: of the account's own payments (``back``: of what it was paid).
        flows: by level, the largest first.
        ends: the largest first.
        names: of accounts whose holder is told.
        said: one sentence for each thing that is left out.
    """

    account: str
    currency: str
    back: bool
    total: Amount
    flows: tuple[FollowedFlow, ...]
    ends: tuple[FollowedEnd, ...]
    names: dict[str, str]
    said: tuple[str, ...]


def follow(
    engine: Engine,
    account: str,
    *,
    back: bool = False,
    depth: int = 4,
    currency: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    pool: int = POOL,
) -> list[Followed]:
    """Follow the money of an account, for each currency that it pays (``back``: is paid) in, the busiest first.

    Args:
        engine: with the table or view ``payments``.
        account: as in PAYMENTS: ``account:iban:…``, ``wallet:…``, ``name:…``.
        back: where the money came from.
        depth: steps that are followed.
        currency: only that one.
        since, until: only payments of that time; what is there before then counts as before the records.
        pool: see `POOL`.

    Raises:
        MissingError: no payment that counts is of that account.
        InputError: too many payments lie around it.
    """
    side = "payee" if back else "payer"
    query = f"""SELECT currency FROM payments WHERE {side} = $account AND state = 'booked' AND booked_at IS NOT NULL
        AND ($currency = '' OR currency = $currency) GROUP BY currency ORDER BY count(*) DESC, currency LIMIT 20"""
    found = [row["currency"] for row in engine.rows(query, account=account, currency=currency)]
    if not found:
        way = "paid to" if back else "paid by"
        if undated := _undated(engine, account, back, currency):
            reason = f"What was {way} {account[:80]!r} has no date that could be read (payments: {undated:,})."
            raise MissingError(reason, "Write their dates as 2026-03-04, and ingest them again.")
        raise MissingError(f"Nothing was {way} {account[:80]!r}.", "See the accounts with: clew money")
    depth = max(1, min(depth, MOST_DEPTH))
    when = {"since": since, "until": until}
    return [_follow(engine, account, back, depth, one, when, max(2, pool)) for one in found]


def _follow(
    engine: Engine, account: str, back: bool, depth: int, currency: str, when: dict[str, datetime | None], pool: int
) -> Followed:
    part = reach(engine, account, back, depth, currency, when, pool)
    fw, ff, pw, pf = traced(part.payer, part.payee, part.whole, part.part, part.expands, 0, _coarsest(currency))
    flows = _flows(part, back, (fw, ff, pw, pf))
    ends = _ends(part, back, (fw, ff, pw, pf))
    own = part.payer == 0
    total = _exact(_sums(np.zeros(int(own.sum()), np.int64), 1, part.whole[own], part.part[own])[0])
    said = []
    if undated := _undated(engine, account, back, currency):
        said.append(f"{undated:,} payments without a date are left out.")
    named = [flow.payer for flow in flows] + [flow.payee for flow in flows]
    return Followed(account, currency, back, total, flows, ends, _names(engine, named), tuple(said))


def traced(
    payer: npt.NDArray[np.int32],
    payee: npt.NDArray[np.int32],
    whole: Ints,
    part: Ints,
    expands: npt.NDArray[np.bool_],
    source: int,
    coarsest: int = _CENT,
) -> tuple[Ints, Ints, Ints, Ints]:
    """Of payments in order: the followed part of each by first in, first out (whole, part), and by proportion.

    Args:
        payer, payee: numbers of accounts.
        whole, part: amounts; see `clew.query.money_kernel`.
        expands: which accounts are followed through; money that reaches others ends there.
        source: whose payments are followed.
        coarsest: what amounts are split into at the most, in 10^-18; finer where amounts are finer.
    """
    inner = np.where(expands, np.cumsum(expands) - 1, -1).astype(np.int32)
    p, q = inner[payer], inner[payee]
    n = int(expands.sum())
    ow, of = np.zeros(n, np.int64), np.zeros(n, np.int64)
    openings(p, q, whole, part, ow, of)
    begin = np.append(0, np.cumsum(np.bincount(q[q >= 0], minlength=n)))
    out = tuple(np.zeros(len(p), np.int64) for _ in range(4))
    lot = np.empty(int(begin[-1]), np.int64)
    fifo(p, q, whole, part, inner[source], ow.copy(), of.copy(), lot, begin, out[0], out[1])
    proportion(p, q, whole, part, inner[source], ow, of, _grain(part, coarsest), out[2], out[3])
    return out[0], out[1], out[2], out[3]


def _coarsest(currency: str) -> int:
    return UNIT if currency in WITHOUT_CENTS else _TINY if currency in _COINS else _CENT


def _grain(part: Ints, coarsest: int) -> int:
    """The largest unit up to ``coarsest`` in which all amounts are whole: a cent, a satoshi, a wei; in 10^-18."""
    rest = part[part > 0]
    grain = coarsest
    while grain > 1 and bool((rest % grain).any()):
        grain //= 10
    return grain


def _exact(grains: int) -> Decimal:
    """An amount of so many 10^-18; made from text, as arithmetic with decimals rounds to 28 digits."""
    return Decimal(f"{grains // UNIT}.{grains % UNIT:018d}")


def _sums(group: Ints, groups: int, whole: Ints, part: Ints) -> list[int]:
    """Sums by group, in 10^-18."""
    sums = np.zeros(groups, np.int64), np.zeros(groups, np.int64)
    add_up(group, whole, part, *sums)
    return [w * UNIT + p for w, p in zip(sums[0].tolist(), sums[1].tolist(), strict=True)]


def _by(group: Ints, groups: int, found: tuple[Ints, Ints, Ints, Ints]) -> tuple[list[int], list[int]]:
    """Sums by group, by first in, first out and by proportion."""
    return _sums(group, groups, found[0], found[1]), _sums(group, groups, found[2], found[3])


def _flows(part: Reach, back: bool, found: tuple[Ints, Ints, Ints, Ints]) -> tuple[FollowedFlow, ...]:
    carries = (found[0] > 0) | (found[1] > 0) | (found[2] > 0) | (found[3] > 0)
    rows = np.flatnonzero(carries)
    n = len(part.nodes)
    keys, group = np.unique(part.payer[rows].astype(np.int64) * n + part.payee[rows], return_inverse=True)
    picked = (found[0][rows], found[1][rows], found[2][rows], found[3][rows])
    sums = _by(group.astype(np.int64), len(keys), picked)
    first, last = np.full(len(keys), np.iinfo(np.int64).max), np.full(len(keys), np.iinfo(np.int64).min)
    np.minimum.at(first, group, part.t[rows])
    np.maximum.at(last, group, part.t[rows])
    many = np.bincount(group, minlength=len(keys))
    moments = [pa.array(side).cast(pa.timestamp("us", tz="UTC")).to_pylist() for side in (first, last)]
    names = part.nodes.to_pylist()
    made = []
    for k, key in enumerate(keys.tolist()):
        a, b = names[key // n], names[key % n]
        ends = (b, a) if back else (a, b)
        level = int(part.level[key // n])
        made.append(
            FollowedFlow(
                *ends, level, int(many[k]), _exact(sums[0][k]), _exact(sums[1][k]), moments[0][k], moments[1][k]
            )
        )
    return tuple(sorted(made, key=lambda f: (f.level, -max(f.fifo, f.share), f.payer, f.payee)))


def _ends(part: Reach, back: bool, found: tuple[Ints, Ints, Ints, Ints]) -> tuple[FollowedEnd, ...]:
    """Where what came to each account and did not leave it ends."""
    n = len(part.nodes)
    came, went = (_by(side.astype(np.int64), n, found) for side in (part.payee, part.payer))
    names = part.nodes.to_pylist()
    made = []
    for k in range(n):
        left = [came[way][k] - (went[way][k] if k else 0) for way in (0, 1)]
        if any(left):
            made.append(FollowedEnd(names[k], _how(part, k, back), _exact(left[0]), _exact(left[1])))
    return tuple(sorted(made, key=lambda e: (-max(e.fifo, e.share), e.account)))


def _how(part: Reach, k: int, back: bool) -> str:
    if k == 0:
        return BACK
    if part.cash[k]:
        return CASH
    if part.expands[k]:
        return BEFORE if back else STILL
    if k == len(part.nodes) - 1:
        return OUTSIDE
    return POOLED if part.pooled[k] else DEEP


def _undated(engine: Engine, account: str, back: bool, currency: str) -> int:
    side = "payee" if back else "payer"
    query = f"""SELECT count(*) AS n FROM payments WHERE {side} = $account AND ($currency = '' OR currency = $currency)
        AND state = 'booked' AND booked_at IS NULL"""
    found: int = engine.rows(query, account=account, currency=currency)[0]["n"]
    return found


def _names(engine: Engine, accounts: list[str]) -> dict[str, str]:
    """The name that most payments give the holder of each account."""
    wanted = pa.table(
        {"account": pa.array(sorted({a for a in accounts if a and not a.startswith("name:")}), pa.string())}
    )
    query = """SELECT account, first(name ORDER BY many DESC, name) AS name FROM (
            SELECT account, name, count(*) AS many FROM (
                SELECT payer AS account, payer_name AS name FROM payments SEMI JOIN wanted ON account = payer
                UNION ALL SELECT payee, payee_name FROM payments SEMI JOIN wanted ON account = payee)
            WHERE name <> '' GROUP BY ALL) GROUP BY account ORDER BY account"""
    found = engine.sql(query, {"wanted": wanted}).to_pylist()
    engine.forget("wanted")
    return {row["account"]: row["name"] for row in found}
