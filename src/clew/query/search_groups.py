"""A group of a search: records that are tied in one way, their networks, and what shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from clew.engine.duckdb import Engine
from clew.query.search_hits import Hits, Kind
from clew.query.search_says import MANY_NETWORKS, evidence, public, sentence

Row = dict[str, Any]
Ints = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class TiedRecord:
    """A record of a group, and what in it shows the tie."""

    record_id: str
    network_id: str
    platform: str
    place: str | None
    seen_at: datetime | None
    title: str
    evidence: str


@dataclass(frozen=True)
class TiedNetwork:
    """A network of a group: how many of its records are tied, and what it is."""

    network_id: str
    tied: int
    records: int
    rank: int | None
    reason: str
    first_seen: datetime | None
    last_seen: datetime | None


@dataclass(frozen=True)
class Group:
    """Records that are tied in one way.

    Attributes:
        kind, type, value: the way.
        sentence: what ties them.
        note: how far to trust it; empty where there is nothing to say.
        records, networks: how many.
        tied: networks with most tied records.
        items: some of the records, from ``offset`` on.
        offset: see there.
        looked: share of all records that was looked at; after: go on after this network.
    """

    kind: Kind
    type: str
    value: str
    sentence: str
    note: str
    records: int
    networks: int
    tied: tuple[TiedNetwork, ...]
    items: tuple[TiedRecord, ...]
    offset: int
    looked: float
    after: int | None


def surest(hits: Hits) -> tuple[int, int]:
    """Rare identifiers first, then copies, then what many operations share."""
    networks = len(hits.table.column("net").unique())
    if hits.kind == "identifier":
        return (0 if networks < MANY_NETWORKS else 2), networks
    return (1 if hits.kind in ("text", "picture", "id") else 3), 0


def group_of(engine: Engine, hits: Hits, limit: int, offset: int, words: Sequence[str]) -> Group:
    """The group of what was found in one way.

    Args:
        engine: over the reading index.
        hits: its records; at least one.
        limit, offset: which of them to show.
        words: that were looked for.
    """
    rid, net = hits.table.column("rid").to_numpy(), hits.table.column("net").to_numpy().astype(np.int64)
    near = hits.table.column("near").to_numpy()
    nets, place, many = np.unique(net, return_inverse=True, return_counts=True)
    order = _order(rid, net, many[place], near, one_of_each=surest(hits)[0] >= 2)
    shown = order[offset : offset + limit]
    most = nets[np.lexsort((nets, -many))][:limit]
    count = dict(zip(nets.tolist(), many.tolist(), strict=True))
    rids = [int(r) for r in rid[shown]]
    records = _records(engine, hits, rids, [int(n) for n in net[shown]], near[shown].tolist(), words)
    networks = _networks(engine, [int(n) for n in most], count)
    return Group(
        hits.kind, hits.type, hits.value, sentence(hits.kind, hits.type, hits.value, len(rid), hits.looked < 1.0),
        public(hits.kind, hits.type, len(rid), len(nets), float(near.min())),
        len(rid), len(nets), networks, records, offset, hits.looked, hits.after,
    )  # fmt: skip


def _order(rid: Ints, net: Ints, many: Ints, near: Floats, one_of_each: bool) -> Ints:
    """The nearest first; where all are tied alike, those of the network with most of them.

    Args:
        rid, net, near: of each record.
        many: how many of the records its network has.
        one_of_each: where the tie says little: first one record of every network, then a second one.
    """
    order: Ints = np.lexsort((rid, net, -many, -near))
    if not one_of_each:
        return order
    begins = np.flatnonzero(np.diff(net[order], prepend=-1))
    nth = np.arange(len(order)) - np.repeat(begins, np.diff(np.append(begins, len(order))))
    return order[np.argsort(nth, kind="stable")]


def _records(
    engine: Engine, hits: Hits, rids: list[int], nets: list[int], near: Sequence[float], words: Sequence[str]
) -> tuple[TiedRecord, ...]:
    """Records in the order of ``rids``, each with what shows the tie."""
    query = """
        SELECT rid, record_id, network_id, platform, place, coalesce(posted_at, captured_at) AS seen_at,
               coalesce(title, '') AS title, coalesce(body, '') AS body
        FROM records r JOIN networks n ON n.net = r.net
        WHERE r.net IN (SELECT unnest($nets)) AND rid IN (SELECT unnest($rids))"""
    rows = {row["rid"]: row for row in engine.rows(query, nets=nets, rids=rids)}
    written = _written(engine, hits, rids, nets)
    found = []
    for rid, distance in zip(rids, near, strict=True):
        row = rows[rid]
        body = row.pop("body")
        said = evidence(hits.kind, distance, written.get(rid, ""), row["title"], body, words)
        title = " ".join((row["title"] or body).split())[:160]
        found.append(TiedRecord(**{k: v for k, v in row.items() if k not in ("rid", "title")}, title=title,
                                evidence=said))  # fmt: skip
    return tuple(found)


def _written(engine: Engine, hits: Hits, rids: list[int], nets: list[int]) -> dict[int, str]:
    """How the asked identifier is written in each record."""
    if hits.kind not in ("identifier", "mention") or hits.type in ("image", "template", "language"):
        return {}
    query = """
        SELECT rid, min_by(raw, (field, start)) AS raw FROM mentions
        WHERE net IN (SELECT unnest($nets)) AND rid IN (SELECT unnest($rids)) AND type = $type AND value = $value
        GROUP BY rid"""
    given = {"nets": nets, "rids": rids, "type": hits.type, "value": hits.value}
    return {row["rid"]: row["raw"] for row in engine.rows(query, **given)}


def _networks(engine: Engine, nets: list[int], tied: dict[int, int]) -> tuple[TiedNetwork, ...]:
    query = """
        SELECT n.net, n.network_id, n.records, q.rank, coalesce(q.reason, '') AS reason, n.first_seen, n.last_seen
        FROM networks n LEFT JOIN queue q ON q.net = n.net WHERE n.net IN (SELECT unnest($nets))"""
    rows = [(tied[row.pop("net")], row) for row in engine.rows(query, nets=nets)]
    rows.sort(key=lambda pair: (-pair[0], pair[1]["network_id"]))
    return tuple(TiedNetwork(tied=count, **row) for count, row in rows)
