"""Roles and assets of a network, as the trace stage found them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clew.engine.duckdb import Engine
from clew.model.money import Amount
from clew.query.holders import holder_names
from clew.query.network import Row

MOST = 300


@dataclass(frozen=True)
class Played:
    """What somebody does in a network.

    Attributes:
        person: the identifier by which the person is best known; no name is needed.
        name: of the holder, as most payments of one of the identifiers write it; "" where none does.
        role: from behaviour alone; "unknown" is an answer.
        confidence: between 0 and 1.
        reason: one sentence.
        identifiers: all that are this person's, ``type:value``.
        records: that show it.
        examples: ids of the first of them.
        first_at, last_at: when it was seen.
    """

    person: str
    name: str
    role: str
    confidence: float
    reason: str
    identifiers: tuple[str, ...]
    records: int
    examples: tuple[str, ...]
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True)
class Asset:
    """Something that could be frozen or seized, with what went through it.

    Attributes:
        kind, value, holder, first_at, last_at, currency: what it is.
        turnover_low, turnover_mid, turnover_high: what went through it, or may have.
        reason: how that was found.
        tie: what ties it to the network: ``named`` in its texts, ``inferred`` from what somebody with a role in it uses
            or a sign of money stands on, or ``read`` by its form, which is sometimes wrong.
        turnover: ``observed`` in payments, ``assumed`` from adverts, or ``none`` is known.
    """

    kind: str
    value: str
    holder: str
    first_at: datetime | None
    last_at: datetime | None
    turnover_low: Amount | None
    turnover_mid: Amount | None
    turnover_high: Amount | None
    currency: str | None
    reason: str
    tie: str
    turnover: str


def played(engine: Engine, net: int, limit: int = MOST, offset: int = 0) -> tuple[list[Played], int]:
    """The roles of a network's people, the surest first; and how many there are.

    Args:
        engine: the reading index.
        net: the network.
        limit: most rows.
        offset: how many to pass over.
    """
    query = """
        SELECT person, role, confidence::DOUBLE AS confidence, reason, identifiers, len(rids) AS records,
               (SELECT list(record_id ORDER BY record_id) FROM records r WHERE r.rid IN (SELECT unnest(rids[:3])))
                   AS examples, first_at, last_at
        FROM roles WHERE net = $net ORDER BY role = 'unknown', confidence DESC, person, role
        LIMIT $limit OFFSET $offset"""
    (total,) = engine.rows("SELECT count(*) AS n FROM roles WHERE net = $net", net=net)
    rows = engine.rows(query, net=net, limit=limit, offset=offset)
    names = holder_names(engine, {i for row in rows for i in row["identifiers"]})

    def called(row: Row) -> str:
        held = [names[i] for i in row["identifiers"] if i in names]
        return max(held, key=lambda one: (one[1], one[0]))[0] if held else ""

    found = [
        Played(
            **row
            | {"name": called(row), "identifiers": tuple(row["identifiers"]), "examples": tuple(row["examples"] or ())}
        )
        for row in rows
    ]
    return found, int(total["n"])


def seizable(engine: Engine, network_id: str, limit: int = MOST, offset: int = 0) -> tuple[list[Asset], int]:
    """The assets of a network, what payments show first, then what is assumed; and how many there are."""
    query = """
        SELECT kind, value, holder, first_at, last_at, turnover_low, turnover_mid, turnover_high, currency, reason,
            tie, turnover
        FROM assets WHERE network_id = $network
        ORDER BY list_position(['observed', 'assumed', 'none'], turnover), turnover_mid DESC NULLS LAST, kind, value,
            currency
        LIMIT $limit OFFSET $offset"""
    (total,) = engine.rows("SELECT count(*) AS n FROM assets WHERE network_id = $network", network=network_id)
    return [Asset(**row) for row in engine.rows(query, network=network_id, limit=limit, offset=offset)], int(total["n"])
