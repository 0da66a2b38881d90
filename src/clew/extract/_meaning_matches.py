"""Matches of one record while it is read: collected by rules and the learnt reader, settled at its end."""

from __future__ import annotations

import numpy as np

from clew.ingest.kernels import grown, inner, making_step

# The log-odds of "nothing is meant", from where a sense is read on, in talks in which such things are said; and the
# share of all that a message may mean from which on it counts there.
NOTHING = -1.5
LEAST = 1 / 3
FAINTEST = NOTHING + float(np.log(LEAST / (1.0 - LEAST)))  # below, nothing has that share
_SURE = 20.0


COLUMNS = 5  # of a match: begin, end, sense, hidden, the hit that is it


@inner
def write(rows, weights, k, begin, end, sense, hidden, weight, phrase):  # type: ignore[no-untyped-def]
    """Add a match if there is room; ``phrase``: the hit that is the match, -1 where it is of several."""
    if k < rows.shape[0]:
        rows[k, 0], rows[k, 1], rows[k, 2], rows[k, 3], rows[k, 4] = begin, end, sense, hidden, phrase
        weights[k] = weight


@making_step
def put(rows, weights, k, begin, end, sense, hidden, weight):  # type: ignore[no-untyped-def]
    """Add a match; returns the arrays, larger ones where there was no room left."""
    if k == rows.shape[0]:
        rows, weights = grown(rows, 2 * k), grown(weights, 2 * k)
    write(rows, weights, k, begin, end, sense, hidden, weight, np.int64(-1))
    return rows, weights


@making_step
def settle(rows, weights, k, total, grows, passages):  # type: ignore[no-untyped-def]
    """One match for each place and sense, and which of them are of senses that weigh enough: 1, or 1 a passage.

    Args:
        rows, weights, k: the matches.
        total: float64[senses], points that were given before, to be added to.
        grows: bool[senses], which must come to 1 a passage.
        passages: how many there are.

    Returns:
        The rows that are kept, by sense and place, and which of them weigh enough.
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
    kept = kept[:m]
    for o in kept:
        total[rows[o, 2]] += weights[o]
    full = np.zeros(m, np.bool_)
    for i, o in enumerate(kept):
        sense = rows[o, 2]
        full[i] = total[sense] >= 0.999 * (max(passages, 1.0) if grows[sense] else 1.0)
    return kept, full


@making_step
def grade(rows, kept, full, total, gain):  # type: ignore[no-untyped-def]
    """How likely each match is meant, beside all others that the message may mean: it mostly says one thing.

    What the senses hold that are not kept is taken off those that are, so that their shares stay what they were.

    Args:
        rows, kept, full: as `settle` gives them.
        total: float64[senses], points.
        gain: float64[senses], points of one unit of log-odds; 0 of senses that are not graded.

    Returns:
        float32[kept], the log-odds from where a sense is read on; NaN where it is not graded, and minus infinity of
        what is neither read nor a hint: a share of `LEAST` of what may be meant where such things are said.
    """
    nothing, every, held, last = np.exp(NOTHING), 0.0, 0.0, np.int64(-1)
    for s in range(total.shape[0]):
        if gain[s] > 0 and (total[s] - 1.0) / gain[s] >= FAINTEST:
            every += np.exp(min((total[s] - 1.0) / gain[s], _SURE))
    odds = np.full(kept.shape[0], np.nan, np.float32)
    for i, o in enumerate(kept):
        sense = rows[o, 2]
        if gain[sense] > 0:
            odds[i] = min((total[sense] - 1.0) / gain[sense], _SURE)
            if full[i] or np.exp(odds[i]) >= LEAST * (nothing + every):
                held += np.exp(odds[i]) if sense != last else 0.0
            else:
                odds[i] = -np.inf
        elif not full[i]:
            odds[i] = -np.inf
        last = sense
    return odds + np.float32(np.log((nothing + held) / (nothing + every)))
