"""Who stands where in a network of people: betweenness and brokerage, exactly, for networks that people can have.

Betweenness is Brandes' (2001), unweighted. A broker is one without whom others have no contact: the number of a
person's pairs of neighbours that do not know each other, as neighbours who would lose touch (Burt 1992; Morselli and
Roy 2008 on brokers in criminal networks).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from clew.ingest.kernels import making_kernel

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def adjacency(a: Ints, b: Ints, nodes: int) -> tuple[Ints, Ints]:
    """Neighbours of an undirected graph, each once: those of v are ``other[start[v]:start[v + 1]]``."""
    apart = a != b
    tail, head = np.concatenate([a[apart], b[apart]]), np.concatenate([b[apart], a[apart]])
    key = np.unique(tail * nodes + head)
    start = np.searchsorted(key // max(nodes, 1), np.arange(nodes + 1)).astype(np.int64)
    return start, (key % max(nodes, 1)).astype(np.int64)


@making_kernel
def betweenness(start, other):  # type: ignore[no-untyped-def]
    """float64[n], shortest paths of others that lead through each node; each pair counts once."""
    n = start.shape[0] - 1
    between = np.zeros(n)
    far, paths, share = np.empty(n, np.int64), np.empty(n), np.empty(n)
    queue = np.empty(n, np.int64)
    for s in range(n):
        far[:] = -1
        paths[:] = 0.0
        share[:] = 0.0
        far[s], paths[s], queue[0] = 0, 1.0, s
        head, tail = 0, 1
        while head < tail:
            v = queue[head]
            head += 1
            for k in range(start[v], start[v + 1]):
                w = other[k]
                if far[w] < 0:
                    far[w] = far[v] + 1
                    queue[tail] = w
                    tail += 1
                if far[w] == far[v] + 1:
                    paths[w] += paths[v]
        for at in range(tail - 1, 0, -1):
            w = queue[at]
            for k in range(start[w], start[w + 1]):
                v = other[k]
                if far[v] == far[w] - 1:
                    share[v] += paths[v] / paths[w] * (1.0 + share[w])
            between[w] += share[w] / 2.0
    return between


@making_kernel
def brokered(start, other):  # type: ignore[no-untyped-def]
    """int64[n], neighbours of each node who know none of its other neighbours."""
    n = start.shape[0] - 1
    alone, mark = np.zeros(n, np.int64), np.full(n, -1, np.int64)
    for v in range(n):
        for k in range(start[v], start[v + 1]):
            mark[other[k]] = v
        for k in range(start[v], start[v + 1]):
            u, knows = other[k], False
            for m in range(start[u], start[u + 1]):
                if other[m] != v and mark[other[m]] == v:
                    knows = True
                    break
            alone[v] += not knows
    return alone
