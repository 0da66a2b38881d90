"""What analysts said of links: accepted pairs stay together, rejected pairs come apart at the weakest evidence."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, connected_components, maximum_flow

from clew.link.groups import Floats, Incidence, Ints

_WHOLE = np.int32(2**30)  # capacity of what is never cut


def separate(label: Ints, table: Incidence, bits: Floats, rejected: tuple[Ints, Ints]) -> Ints:
    """Split networks so that no rejected pair is in one.

    The identifiers to distrust are a minimum vertex cut (Menger; Ford and Fulkerson 1956) between the two records, each
    identifier costing its bits: the least evidence that has to be wrong for the analyst to be right. The records that are
    then still tied to the first record leave with it; all others stay together.

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
