"""The money of a network: what its accounts take in, pass on, spend and show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from clew.engine.duckdb import Engine
from clew.model.money import Amount, written
from clew.query.money import Sankey, Sign
from clew.query.payers import LEAST_SCORE

MOST_ACCOUNTS = 16  # drawn one by one
_LEVELS = 3  # columns of accounts

# The accounts of a network: those that take in and spend, or pay again and again; who pays once to one is a client, and
# of whom only a name is known is a shop or a cash machine.
_OWN = """
WITH {here}, sides AS (
    SELECT payer AS account, 1 AS paid, 0 AS got, payee AS other FROM here
    UNION ALL SELECT payee, 0, 1, payer FROM here
)
SELECT account, sum(paid + got) AS payments FROM sides WHERE account <> '' AND NOT starts_with(account, 'name:')
GROUP BY account
HAVING (sum(paid) > 0 AND sum(got) > 0) OR sum(paid) >= 3
    OR (sum(got) > 0 AND bool_and(other = '' OR starts_with(other, 'name:')))
ORDER BY payments DESC, account LIMIT $most
"""
_HERE = "here AS (FROM payments WHERE network_id = $network AND state = 'booked' AND currency = $currency)"


@dataclass(frozen=True)
class SignOf:
    """A sign and the account that shows it."""

    account: str
    sign: Sign


@dataclass(frozen=True)
class Currency:
    """What there is in one currency."""

    currency: str
    payments: int
    amount: Amount
    first_at: datetime | None
    last_at: datetime | None


def currencies(engine: Engine, network_id: str) -> list[Currency]:
    """The currencies of a network's payments, the one of most payments first."""
    query = """
        SELECT currency, count(*) AS payments, sum(amount)::DECIMAL(38, 18) AS amount, min(booked_at) AS first_at,
               max(booked_at) AS last_at
        FROM payments WHERE network_id = $network AND state = 'booked' GROUP BY currency
        ORDER BY payments DESC, currency"""
    return [Currency(**row) for row in engine.rows(query, network=network_id)]


def chosen(moved: list[Currency], asked: str) -> str:
    """The currency asked for, where there is money in it; else that of most payments, "" where there is none."""
    known = [c.currency for c in moved]
    return asked if asked in known else known[0] if known else ""


def count_of_accounts(engine: Engine, network_id: str) -> int:
    """How many accounts pay and are paid in a network, or may have paid for its posts."""
    query = f"""
        SELECT count(DISTINCT account) FILTER (account <> '') AS n FROM (
            SELECT unnest([payer, payee]) AS account FROM payments WHERE network_id = $network AND state = 'booked'
            UNION ALL
            SELECT payer FROM payment_matches WHERE network_id = $network AND score >= {LEAST_SCORE})"""
    return int(engine.rows(query, network=network_id)[0]["n"])


def signs_of(engine: Engine, network_id: str) -> list[SignOf]:
    """What its accounts show, the weightiest first."""
    query = """
        SELECT subject, sign, weight, reason FROM money_signs WHERE network_id = $network
        ORDER BY weight DESC, subject, sign LIMIT 200"""
    rows = engine.rows(query, network=network_id)
    return [SignOf(r["subject"], Sign(r["sign"], r["weight"], r["reason"])) for r in rows]


def flow_chart(engine: Engine, network_id: str, currency: str) -> Sankey:
    """What comes in by purpose, goes through the accounts of a network, and is spent by purpose.

    Money that goes round between accounts is drawn from the earlier column to the later; what would go back is said.

    Args:
        engine: with the tables or views of a workspace.
        network_id: its name.
        currency: one of `currencies`.
    """
    given = {"network": network_id, "currency": currency}
    own = [row["account"] for row in engine.rows(_OWN.format(here=_HERE), **given, most=MOST_ACCOUNTS)]
    query = f"WITH {_HERE} SELECT payer, payee, purpose, sum(amount)::DECIMAL(38, 18) AS amount FROM here GROUP BY ALL"
    moved: dict[tuple[str, str], Decimal] = {}
    for row in engine.rows(query, **given):
        payer = row["payer"] if row["payer"] in own else f"in: {row['purpose']}"
        payee = row["payee"] if row["payee"] in own else f"out: {row['purpose']}"
        if payer in own or payee in own:
            moved[payer, payee] = moved.get((payer, payee), Decimal(0)) + row["amount"]
    level = _levels(own, moved)
    forward = {k: a for k, a in moved.items() if level[k[0]] < level[k[1]]}
    back = sum((a for k, a in moved.items() if level[k[0]] >= level[k[1]]), Decimal(0))
    names = sorted({name for pair in forward for name in pair})
    at = {name: i for i, name in enumerate(names)}
    keys = sorted(forward)
    amounts = [forward[k] for k in keys]
    said = [f"{written(back, currency)} went back or round between these accounts and is not drawn."] if back else []
    return Sankey(
        names, [level[n] for n in names], [at[a] for a, _ in keys], [at[b] for _, b in keys], amounts, amounts, said
    )


def _levels(own: list[str], moved: dict[tuple[str, str], Decimal]) -> dict[str, int]:
    """The column of each node: an account stands behind those that pay it more than it pays them."""
    level = dict.fromkeys(own, 1)
    net = {(a, b): x - moved.get((b, a), Decimal(0)) for (a, b), x in moved.items() if a in level and b in level}
    for _ in range(_LEVELS - 1):
        for (a, b), x in sorted(net.items(), key=lambda item: (-item[1], item[0])):
            if x > 0 and a != b and level[b] <= level[a] < _LEVELS:
                level[b] = level[a] + 1
    last = max(level.values(), default=1) + 1
    for pair in moved:
        for name in pair:
            if name not in level:
                level[name] = 0 if name.startswith("in: ") else last
    return level
