"""Agglomerate records into operations: the best-supported merges first, rarity measured anew after each round."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from clew.link.candidates import candidates
from clew.link.groups import Evidence, Groups, Incidence, Ints, group
from clew.link.score import scale, score
from clew.link.weights import CLASS_OF, CONTACT, DEFAULT, TEMPLATE, Weights

# A merge needs so many bits in each round, so that what is plain is settled before what is doubtful is judged.
THRESHOLDS = (12.0, 9.0, 7.0, 6.0, 5.0, 4.0, 4.0, 3.0, 3.0, 2.0)
_LAST_ROUNDS = 4  # further rounds at the last threshold, at most


def cluster(evidence: Evidence, together: tuple[Ints, Ints], weights: Weights = DEFAULT) -> Ints:
    """int64[n]: for each record the lowest record of its operation.

    Args:
        evidence: what the records hold.
        together: pairs of records that an analyst accepted as linked.
        weights: parameters of the evidence model.
    """
    label = _union(len(evidence.item), *_alike(evidence), *together)
    for threshold in (*THRESHOLDS, *[THRESHOLDS[-1]] * _LAST_ROUNDS):
        groups = group(evidence, label)
        merged = _merge_round(groups, evidence, weights, threshold)
        if merged is None:
            continue
        label = _first_of(merged[groups.label])
    return label


def _merge_round(groups: Groups, evidence: Evidence, weights: Weights, threshold: float) -> Ints | None:
    """Each group joins the partner with the highest score above the threshold; None when none does."""
    a, b = candidates(groups, len(evidence.kind))
    if not len(a):
        return None
    bits = score(groups, evidence, scale(groups, evidence, weights), weights, a, b)
    good = bits > threshold
    a, b, bits = a[good], b[good], bits[good]
    if not len(a):
        return None
    source, target, worth = np.concatenate([a, b]), np.concatenate([b, a]), np.concatenate([bits, bits])
    order = np.lexsort((target, -worth, source))
    source, target = source[order], target[order]
    best = np.r_[True, source[1:] != source[:-1]]
    return _union(len(groups.size), source[best], target[best])


def _alike(evidence: Evidence) -> tuple[Ints, Ints]:
    """Pairs of records that are one group from the start: versions of one item; the same contacts on the same text."""
    n = len(evidence.item)
    print_ = _fingerprints(evidence.identifiers, np.array(CLASS_OF)[evidence.kind])
    bare = print_ == 0
    pairs = [_chain(evidence.item, np.ones(n, bool)), _chain(print_, ~bare)]
    return np.concatenate([p[0] for p in pairs]), np.concatenate([p[1] for p in pairs])


def _fingerprints(table: Incidence, classes: Ints) -> npt.NDArray[np.uint64]:
    """uint64[rows]: equal for equal contacts and template; 0 where there is no contact."""
    mixed = (table.column.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(31)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    kind = classes[table.column]
    counted = np.where((kind == CONTACT) | (kind == TEMPLATE), mixed, np.uint64(0))
    total = np.append(np.uint64(0), np.cumsum(counted))
    contacts = np.append(0, np.cumsum(kind == CONTACT))
    start = table.start
    result: npt.NDArray[np.uint64] = total[start[1:]] - total[start[:-1]]
    result[contacts[start[1:]] == contacts[start[:-1]]] = 0
    return result


def _chain(key: npt.NDArray[np.integer], use: npt.NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Neighbouring rows with equal keys."""
    rows = np.flatnonzero(use)
    order = rows[np.argsort(key[rows], kind="stable")]
    same = key[order][1:] == key[order][:-1]
    return order[:-1][same], order[1:][same]


def _union(n: int, *ends: Ints) -> Ints:
    """Labels of the connected components of pairs given as alternating arrays of ends."""
    a, b = np.concatenate(ends[0::2]), np.concatenate(ends[1::2])
    graph = coo_array((np.ones(len(a), bool), (a, b)), shape=(n, n))
    return _first_of(connected_components(graph, directed=False)[1].astype(np.int64))


def _first_of(label: Ints) -> Ints:
    """Name each group by its lowest row."""
    _, first, inverse = np.unique(label, return_index=True, return_inverse=True)
    return first[inverse].astype(np.int64)
