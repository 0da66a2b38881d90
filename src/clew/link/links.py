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
    table, n = evidence.identifiers, len(label)
    time = np.nan_to_num(evidence.time, nan=0.0)
    in_time = np.lexsort((np.arange(n), time))
    a, b = _neighbours(table.start, table.column, in_time, label, len(bits))
    # versions of one item belong together even when they share no identifier
    order = np.argsort(evidence.item, kind="stable")
    versions = evidence.item[order][1:] == evidence.item[order][:-1]
    a, b = np.concatenate([a, order[:-1][versions]]), np.concatenate([b, order[1:][versions]])
    within = label[a] == label[b]
    pairs = (np.minimum(a, b)[within].astype(np.uint64) << np.uint64(32)) | np.maximum(a, b)[within].astype(np.uint64)
    pairs.sort()
    if len(pairs):
        pairs = pairs[np.r_[True, pairs[1:] != pairs[:-1]]]
    low, high = (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)
    worth = _weights(table.start, table.column, bits, low, high) + 1e3 * (evidence.item[low] == evidence.item[high])
    taken = np.zeros(len(low), bool)
    _tree(n, low, high, _falling(worth), taken)
    return low[taken], high[taken]


def _falling(worth: Floats) -> Ints:
    """The order of falling worth (at least 0, to single precision), of equals as they stand."""
    bits = worth.astype(np.float32).view(np.uint32)  # floats of one sign sort as their bits do
    key = (~bits).astype(np.uint64) << np.uint64(32) | np.arange(len(worth), dtype=np.uint64)
    key.sort()
    return (key & np.uint64(0xFFFFFFFF)).astype(np.int64)


@numba.njit(nogil=True, cache=True)
def _neighbours(start, column, in_time, label, columns):  # type: ignore[no-untyped-def]
    """For each column, pairs of records of one network that follow each other in time."""
    begin = np.zeros(columns + 1, np.int64)
    for k in range(column.shape[0]):
        begin[column[k] + 1] += 1
    for c in range(columns):
        begin[c + 1] += begin[c]
    at, rows = begin[:-1].copy(), np.empty(column.shape[0], np.int64)
    for r in in_time:
        for k in range(start[r], start[r + 1]):
            rows[at[column[k]]] = r
            at[column[k]] += 1
    a, b, m = np.empty(column.shape[0], np.int64), np.empty(column.shape[0], np.int64), 0
    for c in range(columns):
        held = rows[begin[c] : begin[c + 1]]
        for k in range(1, held.shape[0]):
            if label[held[k]] != label[held[0]]:
                held = held[np.argsort(label[held], kind="mergesort")]
                break
        for k in range(1, held.shape[0]):
            if label[held[k]] == label[held[k - 1]]:
                a[m], b[m] = held[k - 1], held[k]
                m += 1
    return a[:m], b[:m]


@numba.njit(nogil=True, cache=True)
def _weights(start, column, bits, a, b):  # type: ignore[no-untyped-def]
    """Bits of all identifiers that both records of each pair hold."""
    out = np.zeros(a.shape[0])
    for k in range(a.shape[0]):
        i, j = start[a[k]], start[b[k]]
        while i < start[a[k] + 1] and j < start[b[k] + 1]:
            if column[i] == column[j]:
                out[k] += bits[column[i]]
                i, j = i + 1, j + 1
            elif column[i] < column[j]:
                i += 1
            else:
                j += 1
    return out


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
