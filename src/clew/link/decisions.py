"""What analysts said of links: accepted pairs stay together, rejected pairs come apart at the weakest evidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clew.engine.duckdb import Engine
from clew.link.groups import Floats, Incidence, Ints
from clew.link.rows import RowIndex

_WHOLE = np.int32(2**30)  # capacity of what is never cut

# The newest decision about each pair that was not taken back; a record's number is the first half of its id.
NEWEST = """
SELECT rid_a, rid_b, state FROM (
    SELECT rid_a, rid_b, state, row_number() OVER (PARTITION BY rid_a, rid_b ORDER BY said DESC, state DESC) AS age
    FROM (
        SELECT least(a, b) AS rid_a, greatest(a, b) AS rid_b, state, said FROM (
            SELECT ('0x' || left(record_a, 16))::UBIGINT AS a, ('0x' || left(record_b, 16))::UBIGINT AS b, state,
                   "at" AS said
            FROM decisions
        ) WHERE a <> b
    )
) WHERE age = 1 AND state IN ('accepted', 'rejected') ORDER BY rid_a, rid_b
"""


@dataclass(frozen=True)
class Decided:
    """Pairs of records (rows, a < b) that an analyst judged; each pair once."""

    accepted: tuple[Ints, Ints]
    rejected: tuple[Ints, Ints]


def decided(engine: Engine, index: RowIndex) -> Decided:
    """Read ``decisions``. Decisions about records that are not there wait until they are."""
    table = engine.sql(NEWEST)
    a = index.rows(table.column("rid_a").to_numpy().astype(np.uint64))
    b = index.rows(table.column("rid_b").to_numpy().astype(np.uint64))
    yes = np.array(table.column("state").to_pylist(), dtype=object) == "accepted"  # few: a person made each
    here = (a >= 0) & (b >= 0)
    return Decided((a[here & yes], b[here & yes]), (a[here & ~yes], b[here & ~yes]))


def separate(label: Ints, table: Incidence, bits: Floats, rejected: tuple[Ints, Ints]) -> Ints:
    """Split networks so that no rejected pair is in one.

    The identifiers to distrust are a minimum vertex cut (Menger; Ford and Fulkerson 1956) between the two records,
    each identifier costing its bits: the least evidence that has to be wrong for the analyst to be right. The records
    that are then still tied to the first record leave with it; all others stay together.

    Args:
        label: int64[n], network of each record (its lowest record).
        table: records × identifiers.
        bits: float64[identifiers].
        rejected: pairs of records.

    Returns:
        int64[n], new labels; each again the lowest record of its network.
    """
    label = label.copy()
    for a, b in zip(*rejected, strict=True):
        if label[a] != label[b] or a == b:
            continue
        rows = np.flatnonzero(label == label[a])
        leaving = rows[_side_of(rows, table, bits, int(a), int(b))]
        for part in (leaving, np.setdiff1d(rows, leaving)):
            label[part] = part.min()
    return label


def _side_of(rows: Ints, table: Incidence, bits: Floats, a: int, b: int) -> npt.NDArray[np.bool_]:
    """bool[rows]: what stays with record a when the cheapest identifiers between a and b are cut."""
    from scipy.sparse import coo_array  # takes a quarter of a second, and is needed by few runs
    from scipy.sparse.csgraph import breadth_first_order, connected_components, maximum_flow

    n = len(rows)
    size = np.diff(table.start)[rows]
    row = np.repeat(np.arange(n), size)
    within = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    held, column = np.unique(table.column[np.repeat(table.start[rows], size) + within], return_inverse=True)
    k = len(held)
    # Each identifier is an arc from its entry (n + c) to its exit (n + k + c); records join exits to entries.
    cost = np.maximum(1, np.round(np.maximum(bits[held], 0.1) * 100)).astype(np.int32)
    tail = np.concatenate([n + np.arange(k), row, n + k + column])
    head = np.concatenate([n + k + np.arange(k), n + column, row])
    capacity = np.concatenate([cost, np.full(2 * len(row), _WHOLE, np.int32)])
    graph = coo_array((capacity, (tail, head)), shape=(n + 2 * k, n + 2 * k)).tocsr()
    source, sink = int(np.searchsorted(rows, a)), int(np.searchsorted(rows, b))
    flow = maximum_flow(graph, source, sink).flow
    residual = (graph - flow).tocsr()
    residual.data[residual.data < 0] = 0
    residual.eliminate_zeros()
    reached = np.zeros(n + 2 * k, bool)
    reached[breadth_first_order(residual, source, return_predecessors=False)] = True
    cut = reached[n : n + k] & ~reached[n + k :]
    keep = ~cut[column]
    whole = coo_array((np.ones(keep.sum(), bool), (row[keep], n + column[keep])), shape=(n + k, n + k))
    part = connected_components(whole, directed=False)[1][:n]
    side: npt.NDArray[np.bool_] = part == part[source]
    if side[sink]:  # the pair shares nothing that can be cut (versions of one item): a leaves alone
        side = np.arange(n) == source
    return side
