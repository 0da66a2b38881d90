"""The links to show: for each network the strongest tree of record pairs that holds it together."""

from __future__ import annotations

import numba
import numpy as np

from clew.link.groups import Evidence, Floats, Ints


@numba.njit(nogil=True, cache=True)
def _find(parent, i):  # type: ignore[no-untyped-def]
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@numba.njit(nogil=True, cache=True)
def _tree(n, a, b, order, taken):  # type: ignore[no-untyped-def]
    """Kruskal (1956): take pairs in the given order unless their ends are joined already."""
    parent = np.arange(n)
    for k in order:
        x, y = _find(parent, a[k]), _find(parent, b[k])
        if x != y:
            parent[max(x, y)] = min(x, y)
            taken[k] = True


def spanning_links(evidence: Evidence, label: Ints, bits: Floats) -> tuple[Ints, Ints]:
    """Pairs (a, b) of records, one fewer than its records for each network that identifiers hold together.

    Two records can be a pair when one identifier of their network is on both and on no record between them in time.
    """
    table = evidence.identifiers
    row, column = table.row_of(), table.column.astype(np.int64)
    time = np.nan_to_num(evidence.time, nan=0.0)
    key = label[row] * (int(column.max(initial=0)) + 1) + column
    order = np.lexsort((row, time[row], key))
    row, column, key = row[order], column[order], key[order]
    same = key[1:] == key[:-1]
    a, b, worth = row[:-1][same], row[1:][same], bits[column[1:][same]]
    # versions of one item belong together even when they share no identifier
    order = np.lexsort((np.arange(len(label)), evidence.item))
    versions = evidence.item[order][1:] == evidence.item[order][:-1]
    a, b = np.concatenate([a, order[:-1][versions]]), np.concatenate([b, order[1:][versions]])
    worth = np.concatenate([worth, np.full(int(versions.sum()), 1e3)])
    within = label[a] == label[b]
    a, b, worth = a[within], b[within], worth[within]
    low, high = np.minimum(a, b), np.maximum(a, b)
    pair, inverse = np.unique((low.astype(np.uint64) << np.uint64(32)) | high.astype(np.uint64), return_inverse=True)
    total = np.bincount(inverse, weights=worth, minlength=len(pair))
    low, high = (pair >> np.uint64(32)).astype(np.int64), (pair & np.uint64(0xFFFFFFFF)).astype(np.int64)
    taken = np.zeros(len(pair), bool)
    _tree(len(label), low, high, np.argsort(-total, kind="stable"), taken)
    return low[taken], high[taken]


@numba.njit(nogil=True, cache=True)
def _shared(start, column, a, b, out, pair):  # type: ignore[no-untyped-def]
    m = 0
    for k in range(a.shape[0]):
        i, j = start[a[k]], start[b[k]]
        while i < start[a[k] + 1] and j < start[b[k] + 1]:
            if column[i] == column[j]:
                out[m], pair[m] = column[i], k
                m, i, j = m + 1, i + 1, j + 1
            elif column[i] < column[j]:
                i += 1
            else:
                j += 1
    return m


def shared_identifiers(evidence: Evidence, a: Ints, b: Ints) -> tuple[Ints, Ints]:
    """For pairs of records: int64[m] which pair, int64[m] which identifier both hold."""
    table = evidence.identifiers
    size = np.diff(table.start)
    most = int(np.minimum(size[a], size[b]).sum())
    out, pair = np.empty(most, np.int64), np.empty(most, np.int64)
    m = _shared(table.start, table.column, a, b, out, pair)
    return pair[:m], out[:m]
