"""Accounts by the name of who holds them, as payments write it: found by the whole name, whatever its capitals."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from clew.engine.duckdb import Engine
from clew.query.payers import may_pay

MOST = 50
MOST_NAME = 200  # characters
_PLAIN = r"trim(regexp_replace(strip_accents(lower({})), '\s+', ' ', 'g'))"
_DIGEST = "(md5_number_lower({}) % 4294967296)::UINTEGER"

# One row for each account and name, found by a digest of the name.
HOLDERS = f"""
SELECT {_DIGEST.format("called")} AS digest, called, account, mode(name) AS name, count(*) AS payments,
    coalesce(list(DISTINCT network_id ORDER BY network_id) FILTER (network_id IS NOT NULL), [])[:10] AS networks
FROM (
    SELECT account, name, network_id, {_PLAIN.format("name")} AS called FROM (
        SELECT payer AS account, payer_name AS name, network_id FROM payments
        UNION ALL SELECT payee, payee_name, network_id FROM payments)
    WHERE account <> '' AND name <> ''
) GROUP BY called, account ORDER BY digest, account
"""


@dataclass(frozen=True)
class Holder:
    """An account that payments say is held under a name.

    Attributes:
        account: as in PAYMENTS.
        name: as most of them write it.
        payments: that write it so.
        networks: of those payments.
        may_pay: networks for posts of which the account may have paid.
    """

    account: str
    name: str
    payments: int
    networks: tuple[str, ...]
    may_pay: tuple[str, ...]


def holder_names(engine: Engine, accounts: Collection[str]) -> dict[str, tuple[str, int]]:
    """By account the name that most payments give its holder, and how many do."""
    query = """
        SELECT account, name, payments FROM holders WHERE account IN (SELECT unnest($accounts))
        QUALIFY row_number() OVER (PARTITION BY account ORDER BY payments DESC, name) = 1"""
    rows = engine.rows(query, accounts=sorted(accounts)) if accounts else []
    return {row["account"]: (row["name"], row["payments"]) for row in rows}


def holders(engine: Engine, name: str) -> tuple[Holder, ...]:
    """The accounts held under a name, those of most payments first."""
    if not name.strip() or len(name) > MOST_NAME:
        return ()
    asked = _PLAIN.format("$name")
    query = f"""
        SELECT account, name, payments, networks FROM holders
        WHERE digest = {_DIGEST.format(asked)} AND called = {asked} ORDER BY payments DESC, account LIMIT $most"""
    found = engine.rows(query, name=name, most=MOST)
    paid = may_pay(engine, [row["account"] for row in found])
    return tuple(
        Holder(r["account"], r["name"], r["payments"], tuple(r["networks"]), paid.get(r["account"], ())) for r in found
    )
