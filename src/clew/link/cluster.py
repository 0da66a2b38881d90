"""Agglomerate records into operations: the best-supported merges first, rarity measured anew after each round."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from clew.link.candidates import candidates
from clew.link.groups import Evidence, Floats, Groups, Incidence, Ints, first_groups, join, prune
from clew.link.hubs import wide_pairs
from clew.link.score import calibrate, chances, scale, score, worth
from clew.link.weights import CLASS_OF, CONTACT, DEFAULT, TEMPLATE, Weights

_CLASSES = np.array(CLASS_OF, np.int64)

# A merge needs so many bits in each round, so that what is plain is settled before what is doubtful is judged.
PLAIN = 6.0  # rounds that ask for so many bits look at fewer pairs
FAINT = 12.0  # bits below the threshold that still say how many partners there are to be found
THRESHOLDS = (10.0, 6.0, 3.0, 1.0, 0.5, 0.5)


@dataclass(frozen=True)
class Clustered:
    """Operations, and what their identifiers are worth.

    Attributes:
        label: int64[n], for each record the lowest record of its operation.
        bits: float64[identifiers], worth of sharing each identifier, among the operations found.
    """

    label: Ints
    bits: Floats


def cluster(evidence: Evidence, together: tuple[Ints, Ints], weights: Weights = DEFAULT, threads: int = 1) -> Clustered:
    """Resolve records to operations.

    Args:
        evidence: what the records hold.
        together: pairs of records that an analyst accepted as linked.
        weights: parameters of the evidence model.
        threads: workers; they do not change the result.
    """
    begun = union(len(evidence.item), *_alike(evidence), *together)
    lowest, begun = numbered(begun)
    groups = first_groups(evidence, begun, len(lowest))
    chance = tuple(chances(a) for a in groups.attributes)
    span = max(float(np.nanmax(evidence.time) - np.nanmin(evidence.time)), 1.0) if _timed(evidence) else 1.0
    label = np.arange(len(lowest))
    groups = prune(groups, _CLASSES, weights.small)
    for threshold in THRESHOLDS:
        merged = _merge_round(groups, chance, span, weights, threshold, threads)
        if merged is None:
            continue
        label[groups.name] = groups.name[merged]
        label = label[label]
        heads, codes = numbered(merged)
        groups = prune(join(groups, codes, len(heads)), _CLASSES, weights.small)
    return Clustered(lowest[label][begun], _final_bits(groups, evidence, weights))


def _timed(evidence: Evidence) -> bool:
    return bool((~np.isnan(evidence.time)).any())


def numbered(label: Ints) -> tuple[Ints, Ints]:
    """The lowest member of each group, and int64[n] numbers of the groups; labels as `union` gives them."""
    heads = label == np.arange(len(label))
    return np.flatnonzero(heads), (np.cumsum(heads, dtype=np.int64) - 1)[label]


def _final_bits(groups: Groups, evidence: Evidence, weights: Weights) -> Floats:
    """Worth of each identifier: those of one operation alone have one owner."""
    scaled = scale(groups, weights, np.zeros(0, np.uint64))
    presence = 1.0 - (1.0 - weights.small) / groups.size
    drawn = np.maximum(presence @ scaled.held + groups.done[1:], scaled.groups)
    bits = worth(drawn[_CLASSES[evidence.kind]], np.ones(len(evidence.kind)), evidence.kind, weights)
    bits[groups.origin] = scaled.bits
    return np.maximum(bits, 0.0)


def _merge_round(
    groups: Groups, chance: tuple[Floats, ...], span: float, weights: Weights, threshold: float, threads: int
) -> Ints | None:
    """Each group joins the partner with the highest score above the threshold; None when none does."""
    keys, rows = wide_pairs(groups.identifiers, len(groups.kind))
    a, b = candidates(groups, keys, rows, plain=threshold >= PLAIN)
    least = threshold if threshold >= PLAIN else threshold - FAINT
    bits = score(groups, scale(groups, weights, keys), chance, span, weights, a, b, least, threads)
    if threshold < PLAIN:
        bits += calibrate(bits, len(groups.size), weights)
    good = bits > threshold
    a, b, bits = a[good], b[good], bits[good]
    if not len(a):
        return None
    best = np.full(len(groups.size), -1, np.int64)
    _best(a, b, bits, best)
    source = np.flatnonzero(best >= 0)
    return union(len(best), source, best[source])


@numba.njit(nogil=True, cache=True)
def _best(a, b, bits, best):  # type: ignore[no-untyped-def]
    """For each group the partner with the most bits; of equals the lowest."""
    most = np.full(best.shape[0], -1e18)
    for k in range(a.shape[0]):
        for x, y in ((a[k], b[k]), (b[k], a[k])):
            if bits[k] > most[x] or (bits[k] == most[x] and y < best[x]):
                most[x], best[x] = bits[k], y


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


def union(n: int, *ends: Ints) -> Ints:
    """int64[n], the lowest member of each component of pairs, given as alternating arrays of ends."""
    label = np.arange(n)
    for a, b in zip(ends[0::2], ends[1::2], strict=True):
        _unite(label, a, b)
    return label


@numba.njit(nogil=True, cache=True)
def _unite(parent, a, b):  # type: ignore[no-untyped-def]
    """Union by lowest member with path halving, then flatten."""
    for k in range(a.shape[0]):
        x, y = a[k], b[k]
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        while parent[y] != y:
            parent[y] = parent[parent[y]]
            y = parent[y]
        if x < y:
            parent[y] = x
        elif y < x:
            parent[x] = y
    for i in range(parent.shape[0]):
        parent[i] = parent[parent[i]]
