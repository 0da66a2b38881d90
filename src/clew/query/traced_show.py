"""What the trace stage found of one network, in short: money, who may pay, where next, roles, assets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from clew.engine.duckdb import Engine
from clew.model.errors import MissingError
from clew.query.money_network import Currency, currencies
from clew.query.payers import LEAST_SCORE, Payer, payers_of
from clew.query.traced import Asset, seizable

Row = dict[str, Any]


@dataclass(frozen=True)
class TracedView:
    """The first of each list, and how many there are of all.

    Attributes:
        network_id: the network.
        totals: its booked payments by currency.
        signs: what its accounts show, the weightiest first.
        payers: accounts whose payments fit posts of it better than not.
        pattern: how it moves; None where too little is known.
        expected: where its numbers, names and handles may be seen next, with the plain guess beside it.
        roles: of each role the surest person and how many there are; "unknown" last.
        assets: what could be frozen, the most money first.
        counts: how many signs, payers, subjects, roles and assets there are.
    """

    network_id: str
    totals: list[Currency]
    signs: list[Row]
    payers: list[Payer]
    pattern: Row | None
    expected: list[Row]
    roles: list[Row]
    assets: list[Asset]
    counts: Row


# Of each sign the account that shows it most: many accounts of a network show the same.
_SIGNS = """
SELECT sign, subject, weight, reason, count(*) OVER (PARTITION BY sign) AS accounts
FROM money_signs WHERE network_id = $network
QUALIFY row_number() OVER (PARTITION BY sign ORDER BY weight DESC, subject, reason) = 1
ORDER BY weight DESC, sign LIMIT $limit
"""
_PATTERN = "SELECT pattern, confidence, reason FROM patterns WHERE network_id = $network AND subject = ''"
_EXPECTED = """
WITH shown AS (SELECT * FROM forecasts WHERE network_id = $network
    AND split_part(subject, ':', 1) NOT IN ('image', 'item')),
chosen AS (SELECT subject FROM shown GROUP BY subject ORDER BY max(probability) DESC, subject LIMIT $limit)
SELECT subject, place, probability::DOUBLE AS probability, baseline::DOUBLE AS baseline FROM shown
SEMI JOIN chosen USING (subject) WHERE rank <= 3
ORDER BY max(probability) OVER (PARTITION BY subject) DESC, subject, rank
"""
# Of each role the surest person: a house of many people would show one role only.
_ROLES = """
SELECT person, role, confidence::DOUBLE AS confidence, reason, count(*) OVER (PARTITION BY role) AS people
FROM roles WHERE network_id = $network
QUALIFY row_number() OVER (PARTITION BY role ORDER BY confidence DESC, person) = 1
ORDER BY role = 'unknown', confidence DESC, role LIMIT $limit
"""
_COUNTS = f"""
SELECT (SELECT count(DISTINCT sign) FROM money_signs WHERE network_id = $network) AS signs,
    (SELECT count(DISTINCT payer) FROM payment_matches
        WHERE network_id = $network AND score >= {LEAST_SCORE}) AS payers,
    (SELECT count(DISTINCT subject) FROM forecasts WHERE network_id = $network
        AND split_part(subject, ':', 1) NOT IN ('image', 'item')) AS expected,
    (SELECT count(DISTINCT role) FROM roles WHERE network_id = $network) AS roles
"""


def traced_of(engine: Engine, network_id: str, limit: int = 5) -> TracedView:
    """What was traced of a network.

    Args:
        engine: with the views of a workspace.
        network_id: its name.
        limit: most rows of each list.

    Raises:
        MissingError: there is no such network.
    """
    if not engine.rows("SELECT 1 FROM networks WHERE network_id = $network", network=network_id):
        raise MissingError(f"There is no network {network_id[:40]!r}.", "See the networks with: clew leads")

    def rows(query: str) -> list[Row]:
        return engine.rows(query, network=network_id, **({"limit": limit} if "$limit" in query else {}))

    pattern = rows(_PATTERN)
    assets, count = seizable(engine, network_id, limit)
    return TracedView(
        network_id,
        currencies(engine, network_id),
        rows(_SIGNS),
        payers_of(engine, network_id, limit),
        pattern[0] if pattern else None,
        rows(_EXPECTED),
        rows(_ROLES),
        assets,
        rows(_COUNTS)[0] | {"assets": count},
    )
