"""The graph of a network: its records, what they share, and how strongly each shared thing ties them.

Never cliques: a record is tied to what it shows, and through that to other records. Records that show exactly the same
are one node. When that is still too much for a drawing, what one record alone shows goes first; then records are one
node when they show the same of the most telling identifiers. What was done is said in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.model.errors import MissingError
from clew.model.words import count
from clew.query.shown import LABEL, Ints, Shown, read_shown

MOST_NODES = 2_000


@dataclass(frozen=True)
class GraphNode:
    """A record (or some that show exactly the same), or something that records show.

    Attributes:
        id: ``record:`` and the id of the first of its records, or type and value.
        kind: ``record``, ``item`` (one item in several versions), or a type of identifier.
        value: id of the first record, or the canonical value.
        label: what to call it.
        records: how many it stands for, or how many of the network show it.
        bits: what sharing it is worth as evidence; None for records, and for what ties none here.
        first_seen, last_seen: of its records.
    """

    id: str
    kind: str
    value: str
    label: str
    records: int
    bits: float | None
    first_seen: datetime | None
    last_seen: datetime | None


@dataclass(frozen=True)
class GraphEdges:
    """Which node of records shows what, in columns: positions in the list of nodes, and on how many records."""

    record: list[int]
    shown: list[int]
    records: list[int]


@dataclass(frozen=True)
class GraphLinks:
    """Links between nodes of records, in columns: the strongest of each two nodes, and how many there are."""

    a: list[int]
    b: list[int]
    weight: list[float]
    state: list[str]
    links: list[int]


@dataclass(frozen=True)
class Graph:
    """What is drawn of a network, and what is not.

    Attributes:
        records, identifiers: of the network, drawn or not.
        by: records are one node when they show the same of so many most telling identifiers.
        said: one sentence for each thing that is drawn together or not at all, and why.
    """

    network_id: str
    records: int
    identifiers: int
    by: int
    nodes: list[GraphNode]
    edges: GraphEdges
    links: GraphLinks
    said: list[str]


_LINKS = """
SELECT rid_a, rid_b, round(weight::DOUBLE, 2) AS weight, state FROM links WHERE net = $net ORDER BY rid_a, rid_b
"""


def graph(engine: Engine, network_id: str, limit: int = MOST_NODES) -> Graph:
    """What to draw of a network.

    Args:
        engine: the reading index.
        network_id: its name.
        limit: most nodes.

    Raises:
        MissingError: there is no such network.
    """
    net = net_of(engine, network_id)
    shown = read_shown(engine, net)
    by, drawn = shown.fitting(limit)
    group = shown.groups(by)
    nodes = _record_nodes(shown, group)
    of, to, many = shown.edges(group, drawn)
    return Graph(
        network_id=network_id,
        records=shown.records.num_rows,
        identifiers=shown.identifiers.num_rows,
        by=by,
        nodes=nodes + _shown_nodes(shown, drawn),
        edges=GraphEdges(of.tolist(), (to + len(nodes)).tolist(), many.tolist()),
        links=_links(engine, net, shown, group),
        said=_said(shown, by, drawn, limit),
    )


def net_of(engine: Engine, network_id: str) -> int:
    """The number of a network in the index.

    Raises:
        MissingError: there is no such network.
    """
    found = engine.sql("SELECT net FROM networks WHERE network_id = $name", params={"name": network_id})
    if not found.num_rows:
        raise MissingError(f"There is no network {network_id[:40]!r}.", "Start from the leads, or search for a number.")
    return int(found.column("net")[0].as_py())


def _record_nodes(shown: Shown, group: Ints) -> list[GraphNode]:
    """A node for each group: named by its first record."""
    _, first, many = np.unique(group, return_index=True, return_counts=True)
    rows = shown.records.take(pa.array(first)).to_pylist()
    return [
        GraphNode(
            id=f"record:{row['record_id']}",
            kind="record",
            value=row["record_id"],
            label=" ".join(row["label"].split()) or row["platform"],
            records=records,
            bits=None,
            first_seen=when["t_min"],
            last_seen=when["t_max"],
        )
        for row, records, when in zip(rows, many.tolist(), _seen(shown, group, np.arange(len(group))), strict=True)
    ]


def _seen(shown: Shown, key: Ints, row: Ints) -> list[dict[str, datetime | None]]:
    """First and last time of the records under each key, in the order of keys."""
    times = pa.table({"key": key, "t": shown.records.column("t").take(pa.array(row))})
    found: list[dict[str, datetime | None]] = (
        times.group_by("key").aggregate([("t", "min"), ("t", "max")]).sort_by("key").to_pylist()
    )
    return found


def _shown_nodes(shown: Shown, drawn: int) -> list[GraphNode]:
    drawable = shown.column < drawn
    seen = _seen(shown, shown.column[drawable], shown.row[drawable])
    rows = shown.identifiers.slice(0, drawn).to_pylist()
    return [
        GraphNode(
            id=f"{row['type']}:{row['value']}",
            kind=row["type"],
            value=row["value"],
            label=_label(row["type"], row["value"], row["name"]),
            records=row["many"],
            bits=round(row["bits"], 2) if row["bits"] is not None and row["many"] > 1 else None,
            first_seen=when["t_min"],
            last_seen=when["t_max"],
        )
        for row, when in zip(rows, seen, strict=True)
    ]


def _label(kind: str, value: str, name: str) -> str:
    """What to call an identifier: pictures are long numbers, and an item is what its platform calls it."""
    if kind == "image":
        return f"picture {value[:8]}"
    if kind == "item":
        return name
    return value if len(value) <= LABEL else value[: LABEL - 1] + "…"


def _links(engine: Engine, net: int, shown: Shown, group: Ints) -> GraphLinks:
    """The strongest link of each two groups; those within a group are not drawn."""
    found = engine.sql(_LINKS, params={"net": net})
    rid = shown.records.column("rid").to_numpy()
    ends = [found.column(name).to_numpy() for name in ("rid_a", "rid_b")]
    places = [np.minimum(np.searchsorted(rid, end), max(len(rid) - 1, 0)) for end in ends]
    # A rejected link may lead out of the network.
    inside = np.flatnonzero((rid[places[0]] == ends[0]) & (rid[places[1]] == ends[1])) if len(rid) else np.zeros(0, int)
    i, j = (group[place[inside]] for place in places)
    between = i != j
    inside, low, high = inside[between], np.minimum(i, j)[between], np.maximum(i, j)[between]
    weight = found.column("weight").to_numpy()[inside]
    order = np.lexsort((-weight, high, low))
    inside, low, high, weight = inside[order], low[order], high[order], weight[order]
    head = np.flatnonzero(np.r_[True, (low[1:] != low[:-1]) | (high[1:] != high[:-1])][: len(low)])
    return GraphLinks(
        a=low[head].tolist(),
        b=high[head].tolist(),
        weight=weight[head].tolist(),
        state=found.column("state").take(pa.array(inside[head])).to_pylist(),
        links=np.diff(np.append(head, len(low))).tolist(),
    )


def _said(shown: Shown, by: int, drawn: int, limit: int) -> list[str]:
    """What is drawn together or not at all, and why."""
    every, tying = shown.identifiers.num_rows, shown.tying
    said = []
    if by < drawn:
        said.append(
            f"Records are one node when they show the same of the {by:,} most telling identifiers, so that "
            f"{limit:,} nodes are enough; lines to the others say how many of them show it."
        )
    if alone := every - max(drawn, tying):
        said.append(f"Not drawn, as they tie nothing: {count(alone, 'identifier')} that one record alone shows.")
    if weak := max(tying - drawn, 0):
        said.append(f"Not drawn, as they tie least and {limit:,} nodes are the limit: {count(weak, 'identifier')}.")
    return said
