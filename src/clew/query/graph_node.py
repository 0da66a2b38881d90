"""One node of a network's graph, opened: its records, and the links that they stand in, with their evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.model.errors import MissingError
from clew.query.graph import MOST_NODES, net_of
from clew.query.shown import read_shown

_MOST_LINKS = 20
_MOST_SHOWN = 100
_LABEL = 120


@dataclass(frozen=True)
class NodeRecord:
    """A record of a node; ``shows`` are ids of nodes for what it shows."""

    record_id: str
    title: str
    platform: str
    place: str | None
    posted_at: datetime | None
    shows: list[str]


@dataclass(frozen=True)
class Shared:
    """Something that both records of a link show, and what that is worth."""

    type: str
    value: str
    bits: float


@dataclass(frozen=True)
class NodeLink:
    """A link of one of the node's records to a record outside of it."""

    record_a: str
    record_b: str
    other: str
    weight: float
    state: str
    evidence: list[Shared]


@dataclass(frozen=True)
class OpenedNode:
    """A node with a page of its records, the latest first, and its weakest links: those to look at before others."""

    id: str
    total: int
    offset: int
    limit: int
    items: list[NodeRecord]
    links: list[NodeLink]
    links_total: int


_ROWS = """
WITH versions AS (
    SELECT rid, 'item:' || item_id AS id FROM records WHERE net = $net
    QUALIFY count(*) OVER (PARTITION BY item_id) > 1
), shows AS (
    SELECT rid, list(DISTINCT id ORDER BY id)[:$most] AS shows
    FROM (SELECT rid, type || ':' || value AS id FROM ties_of WHERE net = $net UNION ALL FROM versions)
    JOIN own USING (rid) GROUP BY rid
)
SELECT record_id, left(coalesce(nullif(trim(title), ''), trim(body), ''), $label) AS title, platform, place,
       coalesce(posted_at, captured_at) AS posted_at,
       coalesce(shows, []) AS shows
FROM records JOIN own USING (rid) LEFT JOIN shows USING (rid)
WHERE net = $net ORDER BY posted_at DESC, record_id LIMIT $limit OFFSET $offset
"""
_LINKS = """
WITH found AS (
    SELECT l.*, count(*) OVER () AS total FROM links l
    WHERE net = $net AND ((rid_a IN (FROM own)) <> (rid_b IN (FROM own)))
    ORDER BY weight, rid_a, rid_b LIMIT $most
)
SELECT a.record_id AS record_a, b.record_id AS record_b, round(weight::DOUBLE, 2) AS weight, state, evidence, total,
       left(CASE WHEN a.rid IN (FROM own) THEN coalesce(b.title, b.body) ELSE coalesce(a.title, a.body) END, $label)
           AS other
FROM found
JOIN (SELECT rid, record_id, title, body FROM records WHERE net = $net) a ON a.rid = rid_a
JOIN (SELECT rid, record_id, title, body FROM records WHERE net = $net) b ON b.rid = rid_b
ORDER BY weight, record_a, record_b
"""


def graph_node(
    engine: Engine, network_id: str, node: str, by: int = MOST_NODES, offset: int = 0, limit: int = 50
) -> OpenedNode:
    """Open a node.

    Args:
        engine: the reading index.
        network_id: name of the network.
        node: id of the node, as in the graph.
        by: as in the graph.
        offset, limit: which of its records, the latest first.

    Raises:
        MissingError: there is no such network or node.
    """
    net = net_of(engine, network_id)
    own = _members(engine, net, node, by)
    if not own.num_rows:
        raise MissingError(f"{network_id} has no node {node[:80]!r}.", "Load the graph again.")
    engine.register({"own": own})
    some = {"net": net, "label": _LABEL}
    items = engine.sql(_ROWS, params=some | {"limit": limit, "offset": offset, "most": _MOST_SHOWN}).to_pylist()
    links = engine.sql(_LINKS, params=some | {"most": _MOST_LINKS}).to_pylist() if node.startswith("record:") else []
    return OpenedNode(
        id=node,
        total=own.num_rows,
        offset=offset,
        limit=limit,
        items=[NodeRecord(**row) for row in items],
        links=[_link(row) for row in links],
        links_total=links[0]["total"] if links else 0,
    )


def _link(row: dict[str, Any]) -> NodeLink:
    said = [Shared(part["type"], part["value"], part["bits"]) for part in orjson.loads(row["evidence"])]
    return NodeLink(row["record_a"], row["record_b"], row["other"] or "", row["weight"], row["state"], said)


def _members(engine: Engine, net: int, node: str, by: int) -> pa.Table:
    """The rids of a node's records."""
    kind, _, value = node.partition(":")
    if kind == "item":
        query = "SELECT rid FROM records WHERE net = $net AND item_id = $value"
        return engine.sql(query, params={"net": net, "value": value})
    if kind != "record":
        query = "SELECT DISTINCT rid FROM ties_of WHERE net = $net AND type = $type AND value = $value"
        return engine.sql(query, params={"net": net, "type": kind, "value": value})
    shown = read_shown(engine, net)
    ids = shown.records.column("record_id").to_pylist()
    if value not in ids:
        return shown.records.select(["rid"]).slice(0, 0)
    group = shown.groups(by)
    return shown.records.select(["rid"]).filter(pa.array(group == group[ids.index(value)]))
