"""Accounts: those of a network, one account's page, and what a flow chart of followed money draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from clew.engine.duckdb import Engine
from clew.model.errors import InputError, MissingError
from clew.model.money import Amount
from clew.query.money_follow import Followed
from clew.query.money_gaps import Gap, statement_gaps
from clew.query.times import TIMED
from clew.trace.money.labels import HELD

MOST_DRAWN = 60


@dataclass(frozen=True)
class Turnover:
    """What an account got and paid in one currency, all booked payments together."""

    currency: str
    came: Amount
    went: Amount
    credits: int
    debits: int
    payers: int
    payees: int
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True)
class AccountLine:
    """An account in a list: its turnover in one currency, and which signs it shows."""

    account: str
    name: str
    turnover: Turnover
    signs: tuple[str, ...]


@dataclass(frozen=True)
class Partner:
    """An account that pays the one asked about, or is paid by it."""

    account: str
    name: str
    received: bool
    currency: str
    payments: int
    amount: Amount
    purpose: str


@dataclass(frozen=True)
class Paid:
    """A payment of an account; ``record_id`` opens it, ``timed`` says whether more than its day is known."""

    record_id: str
    booked_at: datetime | None
    timed: bool
    received: bool
    other: str
    other_name: str
    amount: Amount
    currency: str
    purpose: str
    state: str


@dataclass(frozen=True)
class Sign:
    """What an account shows; see `clew.assess.catalogue` for what else could explain it."""

    sign: str
    weight: float
    reason: str


@dataclass(frozen=True)
class Said:
    """What a list says of an account (`clew label`), and when it was taken in."""

    label: str
    category: str
    note: str
    source: str
    who: str
    at: datetime


@dataclass(frozen=True)
class AccountPage:
    """An account: names of its holder, labels, turnover by currency, missing statements, signs, partners, payments."""

    account: str
    names: tuple[str, ...]
    labels: tuple[Said, ...]
    networks: tuple[str, ...]
    turnovers: tuple[Turnover, ...]
    gaps: tuple[Gap, ...]
    signs: tuple[Sign, ...]
    partners: tuple[Partner, ...]
    payments: tuple[Paid, ...]
    payment_count: int


@dataclass(frozen=True)
class Sankey:
    """A flow chart: names of nodes with their level, and links as positions in them.

    Attributes:
        nodes: accounts, ends ("no later payment known") and, where there are too many, "others".
        level: from left to right.
        source, target: of each link.
        fifo, share: how much, by either way of splitting.
        said: what is drawn together.
    """

    nodes: list[str]
    level: list[int]
    source: list[int]
    target: list[int]
    fifo: list[Amount]
    share: list[Amount]
    said: list[str]


_SIDES = """
SELECT payee AS account, payer AS other, payee_name AS name, payer_name AS other_name, true AS received,
    * EXCLUDE (payer, payee)
FROM payments WHERE {payee}
UNION ALL SELECT payer, payee, payer_name, payee_name, false, * EXCLUDE (payer, payee) FROM payments WHERE {payer}
"""
_TURNOVER = """
count(*) FILTER (received)::BIGINT AS credits, count(*) FILTER (NOT received)::BIGINT AS debits,
coalesce(sum(amount) FILTER (received), 0)::DECIMAL(38, 18) AS came,
coalesce(sum(amount) FILTER (NOT received), 0)::DECIMAL(38, 18) AS went,
count(DISTINCT other) FILTER (received) AS payers, count(DISTINCT other) FILTER (NOT received) AS payees,
min(booked_at) AS first_at, max(booked_at) AS last_at
"""
_TURNOVER_NAMES = tuple(Turnover.__dataclass_fields__)


def accounts_of(engine: Engine, network_id: str, limit: int = 200) -> list[AccountLine]:
    """The accounts in a network's payments, those that most money went through first (of each currency).

    Args:
        engine: with the tables or views ``payments`` and ``money_signs``.
        network_id: its name.
        limit: most lines.
    """
    inside = "network_id = $network"
    query = f"""
        WITH sides AS ({_SIDES.format(payee=inside, payer=inside)}),
        signed AS (SELECT subject AS account, list(DISTINCT sign ORDER BY sign) AS signs FROM money_signs
            GROUP BY subject),
        summed AS (SELECT account, currency, coalesce(mode(nullif(name, '')), '') AS name, {_TURNOVER}
            FROM sides WHERE account <> '' AND state = 'booked' GROUP BY account, currency)
        SELECT s.*, coalesce(signs, []) AS signs FROM summed s LEFT JOIN signed USING (account)
        ORDER BY row_number() OVER (PARTITION BY currency ORDER BY came + went DESC, account), currency LIMIT $limit"""
    rows = engine.rows(query, network=network_id, limit=limit)
    return [
        AccountLine(r["account"], r["name"], Turnover(**{k: r[k] for k in _TURNOVER_NAMES}), tuple(r["signs"]))
        for r in rows
    ]


def find_account(engine: Engine, text: str) -> str:
    """The account that somebody means: its name in PAYMENTS, its number with or without blanks, or its holder's name.

    Raises:
        MissingError: no payment names it.
        InputError: several accounts fit.
    """
    bare = "".join(text.split())
    query = """
        WITH nodes AS (SELECT payer AS node, payer_name AS name FROM payments UNION ALL
            SELECT payee, payee_name FROM payments)
        SELECT DISTINCT node FROM nodes WHERE node <> '' AND (node = $text OR ends_with(node, ':' || $bare)
            OR ends_with(node, ':' || $upper) OR node = 'name:' || $lower OR lower(name) = $lower)
        ORDER BY node <> $text, node LIMIT 6"""
    lower = " ".join(text.lower().split())
    rows = engine.rows(query, text=text, bare=bare, upper=bare.upper(), lower=lower)
    found = [row["node"] for row in rows]
    if not found:
        raise MissingError(f"No payment names {text[:80]!r}.", "Give a number, a wallet, or the holder's name.")
    if len(found) > 1 and found[0] != text:
        raise InputError(f"Several accounts fit {text[:80]!r}.", "Give one of: " + ", ".join(found[:5]))
    return str(found[0])


def with_payments(engine: Engine, accounts: Sequence[str]) -> set[str]:
    """Those of some accounts that any payment names, so that they have a page."""
    query = """SELECT DISTINCT unnest([payer, payee]) AS account FROM payments
        WHERE list_contains($asked, payer) OR list_contains($asked, payee)"""
    asked = list(accounts)
    return {row["account"] for row in engine.rows(query, asked=asked)}.intersection(asked) if asked else set()


def account_page(engine: Engine, account: str, limit: int = 50, offset: int = 0) -> AccountPage:
    """An account's page.

    Args:
        engine: with ``payments``, ``labels``, ``money_signs`` and ``records``.
        account: as in PAYMENTS.
        limit: most partners and payments; the newest payments.
        offset: payments to leave out before them.

    Raises:
        MissingError: no payment names it.
    """
    sides = f"WITH sides AS ({_SIDES.format(payee='payee = $account', payer='payer = $account')})"
    count = engine.rows(f"{sides} SELECT count(*) AS n FROM sides", account=account)[0]["n"]
    if not count:
        raise MissingError(
            f"No payment names {account[:80]!r}.", "See the accounts of a network with: clew money NETWORK"
        )
    names = f"""{sides} SELECT name FROM sides WHERE name <> '' GROUP BY name ORDER BY count(*) DESC, name LIMIT 10"""
    networks = f"""{sides} SELECT network_id FROM sides WHERE network_id IS NOT NULL GROUP BY 1
        ORDER BY count(*) DESC, 1 LIMIT 10"""
    turnover = f"""{sides} SELECT currency, {_TURNOVER} FROM sides WHERE state = 'booked' GROUP BY currency
        ORDER BY count(*) DESC, currency"""
    partners = f"""{sides} SELECT other AS account, coalesce(mode(nullif(other_name, '')), '') AS name, received,
        currency,
        count(*) AS payments, sum(amount)::DECIMAL(38, 18) AS amount, mode(purpose) AS purpose
        FROM sides WHERE state = 'booked' GROUP BY other, received, currency
        ORDER BY sum(amount) DESC, other, received, currency LIMIT $limit"""
    paid = f"""{sides} SELECT r.record_id, s.booked_at, {TIMED} AS timed, s.received, s.other, s.other_name,
        s.amount, s.currency, s.purpose, s.state
        FROM sides s JOIN records r USING (rid) ORDER BY s.booked_at DESC NULLS LAST, r.record_id,
            s.received LIMIT $limit OFFSET $offset"""
    labels = f"""SELECT label, category, note, source, who, "at" FROM ({HELD.format(labels="labels")})
        WHERE value = $account ORDER BY nth, source"""
    signs = "SELECT sign, weight, reason FROM money_signs WHERE subject = $account ORDER BY weight DESC, sign, reason"
    given = {"account": account, "limit": limit}
    return AccountPage(
        account,
        tuple(row["name"] for row in engine.rows(names, account=account)),
        tuple(Said(**row) for row in engine.rows(labels, account=account)),
        tuple(row["network_id"] for row in engine.rows(networks, account=account)),
        tuple(Turnover(**row) for row in engine.rows(turnover, account=account)),
        statement_gaps(engine, account),
        tuple(Sign(**row) for row in engine.rows(signs, account=account)),
        tuple(Partner(**row) for row in engine.rows(partners, **given)),
        tuple(Paid(**row) for row in engine.rows(paid, **given, offset=offset)),
        int(count),
    )


def sankey(found: Followed, most: int = MOST_DRAWN) -> Sankey:
    """A flow chart of followed money: amounts still add up, as what is too small to draw is drawn together.

    Args:
        found: from `clew.query.money_follow.follow`.
        most: accounts that are drawn; the others of a level are one.
    """
    level = {found.account: 0}
    for flow in found.flows:
        far = flow.payer if found.back else flow.payee
        level.setdefault(far, flow.level + 1)
    size: dict[str, Decimal] = {}
    for flow in found.flows:
        far = flow.payer if found.back else flow.payee
        size[far] = size.get(far, Decimal(0)) + max(flow.fifo, flow.share)
    kept = {found.account, *sorted(size, key=lambda a: (-size[a], a))[:most]}
    names: dict[tuple[str, int], int] = {}

    def node(account: str) -> int:
        at = (account, level[account]) if account in kept else ("others", level[account])
        return names.setdefault(at, len(names))

    links: dict[tuple[int, int], tuple[Decimal, Decimal]] = {}

    def add(a: int, b: int, fifo: Decimal, share: Decimal) -> None:
        before = links.get((a, b), (Decimal(0), Decimal(0)))
        links[a, b] = (before[0] + fifo, before[1] + share)

    for flow in found.flows:
        add(node(flow.payer), node(flow.payee), flow.fifo, flow.share)
    for end in found.ends:
        if end.account not in ("", found.account):  # cash is an end itself
            stop = names.setdefault((end.how, level.get(end.account, 0) + 1), len(names))
            ends = (node(end.account), stop)
            add(*(ends[::-1] if found.back else ends), end.fifo, end.share)
    hidden = len(size) - len(kept - {found.account})
    said = [f"{hidden:,} accounts that got less are drawn together."] if hidden > 0 else []
    keys = sorted(links)
    return Sankey(
        [name for name, _ in names],
        [place for _, place in names],
        [a for a, _ in keys],
        [b for _, b in keys],
        [links[k][0] for k in keys],
        [links[k][1] for k in keys],
        said,
    )
