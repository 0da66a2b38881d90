"""Payers of posts: accounts whose payments may have paid for what a network posts, though no identifier says so."""

from __future__ import annotations

from dataclasses import dataclass

from clew.engine.duckdb import Engine

LEAST_SCORE = 0.5  # from here on a payment rather paid for a post than not


@dataclass(frozen=True)
class Payer:
    """Somebody whose payments may have paid for posts of the network.

    Attributes:
        account, name: who pays.
        posts: that some payment of the account fits better than not.
        payments: of those.
        best: the surest of them.
        reason: of the surest, in a sentence.
        own: the network of the payments; None where they belong to none.
    """

    account: str
    name: str
    posts: int
    payments: int
    best: float
    reason: str
    own: str | None


def payers_of(engine: Engine, network_id: str, limit: int = 50) -> list[Payer]:
    """Who may have paid for posts of the network, though no identifier says so; the surest first."""
    query = f"""
        SELECT m.payer AS account, coalesce(min(nullif(p.payer_name, '')), '') AS name,
               count(DISTINCT rid_record) AS posts, count(DISTINCT rid_payment) AS payments, max(score)::DOUBLE AS best,
               first(m.reason ORDER BY score DESC, m.reason) AS reason, min(p.network_id) AS own
        FROM payment_matches m JOIN payments p ON p.rid = m.rid_payment
        WHERE m.network_id = $network AND score >= {LEAST_SCORE} GROUP BY m.payer
        ORDER BY sum(score) DESC, account LIMIT $limit"""
    return [Payer(**row) for row in engine.rows(query, network=network_id, limit=limit)]


def may_pay(engine: Engine, accounts: list[str]) -> dict[str, tuple[str, ...]]:
    """Some of the networks for posts of which accounts may have paid; those that paid for none are left out."""
    query = f"""
        SELECT payer, list(DISTINCT network_id ORDER BY network_id)[:10] AS networks FROM payment_matches
        WHERE payer IN (SELECT unnest($accounts)) AND score >= {LEAST_SCORE} AND network_id IS NOT NULL
        GROUP BY payer"""
    rows = engine.rows(query, accounts=accounts) if accounts else []
    return {row["payer"]: tuple(row["networks"]) for row in rows}
