"""The links to show: for each network the strongest tree of record pairs that holds it together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from clew.engine.order import order_by
from clew.ingest.kernels import kernel, kernel_step, making_kernel, making_step
from clew.link.groups import Evidence, Floats, Ints

_SAME_ITEM = 1e3  # bits: versions of one item are tied by that first
_CHUNK = 65_536  # records that a thread takes at a time, to whole networks


def spanning_links(evidence: Evidence, label: Ints, bits: Floats, threads: int) -> tuple[Ints, Ints]:
    """Pairs (a < b) of records, one fewer than its records for each network that identifiers hold together.

    Two records can be a pair when one identifier (or item) of their network is on both and on no record between them
    in time.

    Args:
        evidence: what the records hold.
        label: int64[n], network of each record.
        bits: float64[identifiers], worth of sharing each.
        threads: workers; they do not change the result.
    """
    order = order_by(label, np.nan_to_num(evidence.time, nan=0.0))
    heads = np.flatnonzero(np.r_[True, label[order][1:] != label[order][:-1]]) if len(label) else np.zeros(0, np.int64)
    begin = np.append(heads, len(label))
    table, parent = evidence.identifiers, np.arange(len(label))
    edges = np.unique(np.searchsorted(begin, np.arange(0, len(label) + _CHUNK, _CHUNK)).clip(max=len(heads)))

    def trees(low: int, high: int) -> tuple[Ints, Ints]:
        a, b = _trees(order, begin[low : high + 1], table.start, table.column, bits, evidence.item, parent)
        return a, b

    with ThreadPoolExecutor(threads) as pool:
        made = list(pool.map(trees, edges[:-1], edges[1:]))
    nothing = [np.zeros(0, np.int64)]
    return np.concatenate(nothing + [m[0] for m in made]), np.concatenate(nothing + [m[1] for m in made])


@making_kernel
def _trees(order, begin, start, column, bits, item, parent):  # type: ignore[no-untyped-def]
    """The trees of some networks; network g has the records ``order[begin[g] : begin[g + 1]]``, in time."""
    most, total = 0, 0
    for g in range(begin.shape[0] - 1):
        room = begin[g + 1] - begin[g]
        total += room
        for p in range(begin[g], begin[g + 1]):
            room += start[order[p] + 1] - start[order[p]]
        most = max(most, room)
    pairs = np.empty(most, np.uint64)
    last = np.full(bits.shape[0] + item.shape[0], -1, np.int32)  # where each identifier, and item, was seen last
    a, b, made = np.empty(total, np.int64), np.empty(total, np.int64), 0
    for g in range(begin.shape[0] - 1):
        if begin[g + 1] - begin[g] > 1:
            m = _neighbours(order, begin[g], begin[g + 1], start, column, bits.shape[0], item, last, pairs)
            made = _tree(np.sort(pairs[:m]), start, column, bits, item, parent, a, b, made)
    return a[:made], b[:made]


@kernel_step
def _neighbours(order, low, high, start, column, identifiers, item, last, pairs):  # type: ignore[no-untyped-def]
    """Pairs of records of one network that follow each other in time under an identifier or item; each once."""
    m = 0
    for p in range(low, high):
        r, mine = order[p], m
        for k in range(start[r], start[r + 1] + 1):
            c = column[k] if k < start[r + 1] else identifiers + item[r]
            before, last[c] = last[c], p
            if before < low:
                continue
            key = (np.uint64(min(order[before], r)) << np.uint64(32)) | np.uint64(max(order[before], r))
            known = False
            for j in range(mine, m):
                known |= pairs[j] == key
            if not known:
                pairs[m] = key
                m += 1
    return m


@making_step
def _tree(pairs, start, column, bits, item, parent, out_a, out_b, made):  # type: ignore[no-untyped-def]
    """Kruskal (1956): take pairs by falling weight, of equals the lowest, unless their ends are joined already."""
    a, b = np.empty(pairs.shape[0], np.int64), np.empty(pairs.shape[0], np.int64)
    falling = np.empty(pairs.shape[0], np.float32)
    for k in range(pairs.shape[0]):
        a[k], b[k] = np.int64(pairs[k] >> np.uint64(32)), np.int64(pairs[k] & np.uint64(0xFFFFFFFF))
        falling[k] = -(_weight(start, column, bits, a[k], b[k]) + (_SAME_ITEM if item[a[k]] == item[b[k]] else 0.0))
    for k in np.argsort(falling, kind="mergesort"):
        x, y = _find(parent, a[k]), _find(parent, b[k])
        if x != y:
            parent[max(x, y)] = min(x, y)
            out_a[made], out_b[made] = a[k], b[k]
            made += 1
    return made


@kernel_step
def _find(parent, i):  # type: ignore[no-untyped-def]
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@kernel_step
def _weight(start, column, bits, a, b):  # type: ignore[no-untyped-def]
    """Bits of all identifiers that both records hold."""
    total, i, j = 0.0, start[a], start[b]
    while i < start[a + 1] and j < start[b + 1]:
        if column[i] == column[j]:
            total += bits[column[i]]
            i, j = i + 1, j + 1
        elif column[i] < column[j]:
            i += 1
        else:
            j += 1
    return total


@kernel
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
