"""What holds a network together: which identifiers it hangs on, and how it would come apart without a link.

Records and the identifiers they share make a graph. An identifier is a single point of failure when records lose
touch with each other without it: if it turns out to be shared by strangers, the network is two. Only identifiers that
linking gave weight count (`STRONG` bits): what many strangers share holds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from clew.engine.duckdb import Engine
from clew.ingest.kernels import making_kernel
from clew.link.decisions import separate
from clew.link.groups import Floats, Incidence, Ints, incidence
from clew.model.errors import InputError

STRONG = 10.0  # bits from which on an identifier counts: strangers share it once in a thousand times
_EXAMPLES = 5  # records of a part that are named

_RECORDS = "SELECT rid, item_id FROM records WHERE net = $net ORDER BY rid"
_TIES = """
SELECT rid, dense_rank() OVER (ORDER BY type, value) - 1 AS number FROM ties_of WHERE net = $net ORDER BY rid, number
"""
# The weight of each identifier is written beside the links that it is evidence for.
_IDENTIFIERS = """
WITH evident AS (
    SELECT e.type AS type, e.value AS value, max(e.bits) AS bits
    FROM (SELECT unnest(from_json(evidence, '[{"type":"VARCHAR","value":"VARCHAR","bits":"DOUBLE"}]')) AS e
          FROM links WHERE net = $net) GROUP BY ALL
)
SELECT type, value, coalesce(bits, 0.0) AS bits
FROM (SELECT DISTINCT type, value FROM ties_of WHERE net = $net) LEFT JOIN evident USING (type, value)
ORDER BY type, value
"""


@dataclass(frozen=True)
class Fabric:
    """Records of one network and what they hold.

    Attributes:
        rid: uint64[n], its records, sorted.
        item: int64[n], 0 to items - 1: versions of one item have one number.
        identifiers: (type, value) of each column.
        table: records × identifiers.
        bits: float64[identifiers], what sharing each is worth; 0 where no link rests on it.
    """

    rid: npt.NDArray[np.uint64]
    item: Ints
    identifiers: list[tuple[str, str]]
    table: Incidence
    bits: Floats

    @property
    def worth(self) -> dict[tuple[str, str], float]:
        """What sharing each identifier is worth."""
        return dict(zip(self.identifiers, self.bits.tolist(), strict=True))


@dataclass(frozen=True)
class Hold:
    """How much hangs on one identifier.

    Attributes:
        type, value: the identifier.
        bits: what sharing it is worth.
        loses: records that lose touch with the largest part without it.
        parts: how many parts there are then, of those that it holds together now.
    """

    type: str
    value: str
    bits: float
    loses: int
    parts: int


@dataclass(frozen=True)
class Part:
    """Some records of a network after a split: how many, and the numbers of a few."""

    records: int
    examples: tuple[int, ...]


@dataclass(frozen=True)
class Split:
    """How a network comes apart.

    Attributes:
        first, second: the parts.
        cut: identifiers that stand in both parts and so are distrusted, the most telling first; ``loses`` is in how
            many records of the part that has fewer of them.
    """

    first: Part
    second: Part
    cut: tuple[Hold, ...]


def fabric(engine: Engine, net: int) -> Fabric:
    """Read what a network is made of."""
    records = engine.sql(_RECORDS, params={"net": net})
    rid = records.column("rid").to_numpy().astype(np.uint64)
    items = records.column("item_id").combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    ties = engine.sql(_TIES, params={"net": net})
    row = np.searchsorted(rid, ties.column("rid").to_numpy().astype(np.uint64))
    table = incidence(row, ties.column("number").to_numpy(), len(rid))
    known = engine.sql(_IDENTIFIERS, params={"net": net})
    names = list(zip(known.column("type").to_pylist(), known.column("value").to_pylist(), strict=True))
    return Fabric(rid, items, names, table, known.column("bits").to_numpy().astype(np.float64))


def holds(made: Fabric) -> list[Hold]:
    """The single points of failure, those on which most records hang first."""
    n, k = len(made.rid), len(made.identifiers)
    start, other = _adjacency(*_edges(made))
    loses, parts = _cuts(start, other, n)
    found = [
        Hold(*made.identifiers[c], float(made.bits[c]), int(loses[n + c]), int(parts[n + c]))
        for c in np.flatnonzero(loses[n : n + k]).tolist()
    ]
    return sorted(found, key=lambda hold: (-hold.loses, hold.type, hold.value))


def loose(made: Fabric) -> int:
    """How many records are tied to the largest part only by identifiers that do not count."""
    n = len(made.rid)
    tail, head, nodes = _edges(made)
    graph = coo_array((np.ones(len(tail), bool), (tail, head)), shape=(nodes, nodes))
    part = connected_components(graph, directed=False)[1][:n]
    return n - int(np.bincount(part).max(initial=0))


def without(made: Fabric, a: int, b: int) -> Split:
    """How the network comes apart when two of its records are said not to belong together.

    This is what the next run does with the decision (`clew.link.decisions.separate`), on the network as it is now.

    Args:
        made: the network.
        a, b: numbers of the two records.

    Raises:
        InputError: one of them is not in the network, or they are the same.
    """
    pair = np.array([a, b], np.uint64)
    rows = np.searchsorted(made.rid, pair)
    if a == b or (rows == len(made.rid)).any() or (made.rid[rows] != pair).any():
        raise InputError("These are not two records of this network.", "Choose a link from its list.")
    one, two = (rows[:1].astype(np.int64), rows[1:].astype(np.int64))
    label = separate(np.zeros(len(made.rid), np.int64), made.table, made.bits, (one, two))
    inside = label == label[rows[0]]
    side = inside[made.table.row_of()]
    in_one, in_two = (np.bincount(made.table.column[w], minlength=len(made.bits)) for w in (side, ~side))
    both = np.flatnonzero((in_one > 0) & (in_two > 0) & (made.bits > 0))
    cut = [
        Hold(*made.identifiers[c], float(made.bits[c]), int(min(in_one[c], in_two[c])), 2)
        for c in map(int, both[np.argsort(-made.bits[both], kind="stable")])
    ]
    return Split(_part(made, inside, int(rows[0])), _part(made, ~inside, int(rows[1])), tuple(cut))


def _part(made: Fabric, inside: npt.NDArray[np.bool_], first: int) -> Part:
    others = np.flatnonzero(inside)
    some = [first, *others[others != first][: _EXAMPLES - 1].tolist()]
    return Part(int(inside.sum()), tuple(int(made.rid[r]) for r in some))


def _edges(made: Fabric) -> tuple[Ints, Ints, int]:
    """Two ends of each edge, and how many nodes: records, then identifiers that count, then items."""
    n, k = len(made.rid), len(made.identifiers)
    row, column = made.table.row_of().astype(np.int64), made.table.column.astype(np.int64)
    counts = made.bits[column] >= STRONG
    tail = np.concatenate([row[counts], np.arange(n)])
    head = np.concatenate([n + column[counts], n + k + made.item])
    return tail, head, n + k + int(made.item.max(initial=-1)) + 1


def _adjacency(tail: Ints, head: Ints, nodes: int) -> tuple[Ints, Ints]:
    """The neighbours of each node of an undirected graph: those of v are ``other[start[v]:start[v + 1]]``."""
    both, ends = np.concatenate([tail, head]), np.concatenate([head, tail])
    order = np.argsort(both, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(both, minlength=nodes))]).astype(np.int64)
    return start, ends[order].astype(np.int64)


@making_kernel
def _cuts(start, other, records):  # type: ignore[no-untyped-def]
    """For each node: records that lose touch with the largest part without it, and the parts (Tarjan 1972).

    The first ``records`` nodes are records, and only they are counted.
    """
    nodes = start.shape[0] - 1
    seen, low = np.zeros(nodes, np.int64), np.zeros(nodes, np.int64)
    under, cut = np.zeros(nodes, np.int64), np.zeros(nodes, np.int64)  # records below; those of them that are cut off
    largest, parts = np.zeros(nodes, np.int64), np.zeros(nodes, np.int64)
    parent, at = np.full(nodes, -1, np.int64), start[:-1].copy()
    stack, order = np.empty(nodes, np.int64), np.empty(nodes, np.int64)
    loses, clock = np.zeros(nodes, np.int64), 0
    for root in range(records):
        if seen[root]:
            continue
        begun, depth = clock, 1
        stack[0] = root
        while depth:
            v = stack[depth - 1]
            if not seen[v]:
                order[clock] = v
                clock += 1
                seen[v], low[v], under[v] = clock, clock, v < records
            if at[v] < start[v + 1]:
                u = other[at[v]]
                at[v] += 1
                if not seen[u]:
                    parent[u] = v
                    stack[depth] = u
                    depth += 1
                elif u != parent[v]:
                    low[v] = min(low[v], seen[u])
                continue
            depth -= 1
            p = parent[v]
            if p >= 0:
                low[p] = min(low[p], low[v])
                under[p] += under[v]
                if low[v] >= seen[p] and under[v]:
                    cut[p] += under[v]
                    largest[p] = max(largest[p], under[v])
                    parts[p] += 1
        for v in order[begun:clock]:
            rest = under[root] - cut[v]
            if v >= records and parts[v] and rest:
                loses[v] = under[root] - max(largest[v], rest)
                parts[v] += 1
    return loses, parts
