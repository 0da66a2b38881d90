"""Matches of one record while it is read: collected by rules and the learnt reader, settled at its end."""

from __future__ import annotations

import numpy as np

from clew.ingest.kernels import making_step


@making_step
def put(rows, weights, k, begin, end, sense, hidden, weight):  # type: ignore[no-untyped-def]
    """Add a match; returns the arrays, larger ones where there was no room left."""
    if k == rows.shape[0]:
        larger, heavier = np.empty((2 * k, 4), np.int64), np.empty(2 * k)
        larger[:k], heavier[:k] = rows, weights
        rows, weights = larger, heavier
    rows[k, 0], rows[k, 1], rows[k, 2], rows[k, 3] = begin, end, sense, hidden
    weights[k] = weight
    return rows, weights


@making_step
def settle(rows, weights, k, total, low, grows, passages):  # type: ignore[no-untyped-def]
    """One match for each place and sense, and only of senses that weigh enough: 1, those that grow 1 a passage.

    Where no sense does, the one that comes nearest is a hint: a message mostly says one thing.

    Args:
        rows, weights, k: the matches.
        total: float64[senses], points that were given before, to be added to.
        low: float64[senses], points from which on there is a hint.
        grows: bool[senses], which must come to 1 a passage.
        passages: how many there are.

    Returns:
        The rows that are kept, and which of them are only hints.
    """
    order = np.argsort(rows[:k, 2] * np.int64(1 << 40) + rows[:k, 0], kind="mergesort")
    kept = np.empty(k, np.int64)
    m = 0
    for o in order:
        if m > 0 and rows[o, 2] == rows[kept[m - 1], 2] and rows[o, 0] < rows[kept[m - 1], 1]:
            p = kept[m - 1]
            shorter = rows[o, 1] - rows[o, 0] < rows[p, 1] - rows[p, 0]
            if weights[o] > weights[p] or (weights[o] == weights[p] and shorter):
                kept[m - 1] = o
            continue
        kept[m] = o
        m += 1
    for o in kept[:m]:
        total[rows[o, 2]] += weights[o]
    full, sure, nearest, most = np.zeros(m, np.bool_), False, -1, -np.inf
    for i, o in enumerate(kept[:m]):
        sense = rows[o, 2]
        full[i] = total[sense] >= 0.999 * (max(passages, 1.0) if grows[sense] else 1.0)
        sure |= full[i]
        if total[sense] >= low[sense] and total[sense] - low[sense] > most:
            nearest, most = sense, total[sense] - low[sense]
    enough, hint = 0, np.zeros(m, np.bool_)
    for i, o in enumerate(kept[:m]):
        if full[i] or (rows[o, 2] == nearest and not sure):
            kept[enough], hint[enough] = o, not full[i]
            enough += 1
    return kept[:enough], hint[:enough]
