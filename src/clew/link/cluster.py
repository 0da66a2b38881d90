"""Agglomerate records into operations: the best-supported merges first, rarity measured anew after each round."""

from __future__ import annotations

from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from clew.engine.order import order_by
from clew.ingest.kernels import kernel, making_kernel
from clew.link.candidates import Keys, candidates
from clew.link.groups import Evidence, Floats, Groups, Ints, Telling, join, neighbourly, prune, single
from clew.link.hubs import Joint, joint_users, wide_pairs
from clew.link.score import calibrate, chances, lay_out, scale, score, worth
from clew.link.weights import CLASS_OF, CONTACT, DEFAULT, TEMPLATE, TYPES, Weights

_CLASSES = np.array(CLASS_OF, np.int64)
_PHONE = TYPES.index("phone")

# A merge needs so many bits in each round, so that what is plain is settled before what is doubtful is judged.
PLAIN = 6.0  # rounds that ask for so many bits look at fewer pairs
_TIMES = 1 << 16  # of records that are looked at, to tell how many come in a while
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


def cluster(
    evidence: Evidence, told: Telling, together: tuple[Ints, Ints], weights: Weights = DEFAULT, threads: int = 1
) -> Clustered:
    """Resolve records to operations.

    Args:
        evidence: what the records hold.
        told: what of it is weighed, and how.
        together: pairs of records that an analyst accepted as linked.
        weights: parameters of the evidence model.
        threads: workers; they do not change the result.
    """
    groups = single(evidence, told)
    label = union(len(evidence.item), *_alike(evidence, weights), *told.together, *together)
    heads, merged = numbered(label)
    order = order_by(neighbourly(told.identifiers, groups.users)[heads])
    place = np.empty(len(heads), np.int64)
    place[order] = np.arange(len(heads))
    with ThreadPoolExecutor(threads) as pool:
        groups = join(groups, place[merged], len(heads), pool)
        chance = tuple(chances(a) for a in groups.attributes)
        times = np.sort(evidence.time[~np.isnan(evidence.time)])
        times = times[:: len(times) // _TIMES + 1]
        groups = prune(groups, _CLASSES, weights.small, pool)
        for threshold in THRESHOLDS:
            best = _merge_round(groups, chance, times, weights, threshold, pool)
            if best is None:
                continue
            heads, merged = numbered(best)
            parts, groups = groups.lowest, join(groups, merged, len(heads), pool)
            label[parts] = groups.lowest[merged]
            groups = prune(groups, _CLASSES, weights.small, pool)
    while (label[label] != label).any():
        label = label[label]
    return Clustered(label, _final_bits(groups, told, weights)[: len(evidence.kind)])


def numbered(label: Ints) -> tuple[Ints, Ints]:
    """The lowest member of each group, and int64[n] numbers of the groups; labels as `union` gives them."""
    heads = label == np.arange(len(label))
    return np.flatnonzero(heads), (np.cumsum(heads, dtype=np.int64) - 1)[label]


def _final_bits(groups: Groups, told: Telling, weights: Weights) -> Floats:
    """Worth of each identifier: those of one operation alone have one owner."""
    scaled = scale(groups, weights)
    presence = 1.0 - (1.0 - weights.small) / groups.size
    drawn = np.maximum(presence @ scaled.held + groups.done[1:4], scaled.groups)
    bits = worth(drawn[_CLASSES[told.kind]], np.ones(len(told.kind)), told.bonus, told.most, weights)
    bits[groups.origin] = scaled.bits
    return np.maximum(bits, 0.0)


def _merge_round(
    groups: Groups, chance: tuple[Floats, ...], times: Floats, weights: Weights, threshold: float, pool: Executor
) -> Ints | None:
    """Each group joins the partner with the highest score above the threshold; None when none does."""
    plain = threshold >= PLAIN
    found = pool.submit(_pairs, groups, plain)  # beside what is measured here
    scaled = scale(groups, weights)
    known = lay_out(groups, scaled, chance, times, weights, pool)
    pairs, joint = found.result()
    least = threshold if plain else threshold - FAINT
    bits = score(groups, scaled, known, joint, weights, pairs, least, pool)
    if not plain:
        bits += calibrate(bits, len(groups.size), weights)
    good = bits > threshold
    if not good.any():
        return None
    best = np.full(len(groups.size), -1, np.int64)
    _best(pairs[good], bits[good], groups.lowest, best)
    source = np.flatnonzero(best >= 0)
    return union(len(best), source, best[source])


def _pairs(groups: Groups, plain: bool) -> tuple[Keys, Joint]:
    """Pairs of groups to score, and wide identifiers that are used together."""
    keys, rows = wide_pairs(groups)
    if plain:
        keys.sort()
        return candidates(groups, keys[:0], rows[:0], plain), joint_users(keys)
    order = np.argsort(keys)
    keys, rows = keys[order], rows[order]
    return candidates(groups, keys, rows, plain), joint_users(keys)


@making_kernel
def _best(pairs, bits, lowest, best):  # type: ignore[no-untyped-def]
    """For each group the partner with the most bits; of equals that of the lowest record."""
    most = np.full(best.shape[0], -1e18)
    for k in range(pairs.shape[0]):
        a, b = np.int64(pairs[k] >> np.uint64(32)), np.int64(pairs[k] & np.uint64(0xFFFFFFFF))
        for x, y in ((a, b), (b, a)):
            if bits[k] > most[x] or (bits[k] == most[x] and lowest[y] < lowest[best[x]]):
                most[x], best[x] = bits[k], y


def _alike(evidence: Evidence, weights: Weights) -> tuple[Ints, Ints]:
    """Pairs of records that are one group from the start: versions of one item; the same contacts on the same text.

    A number alone is weighed anew where it was silent for long: it may have been given to somebody else.
    """
    table = evidence.identifiers
    print_, lone = _fingerprints(table.start, table.column, _CLASSES[evidence.kind], evidence.kind == _PHONE)
    rows = np.flatnonzero(print_)
    rows = rows[order_by(print_[rows], evidence.time[rows])]
    apart = np.diff(evidence.time[rows]) > weights.gap_days
    same = (print_[rows][1:] == print_[rows][:-1]) & ~(lone[rows][1:] & apart)
    item = np.argsort(evidence.item)
    one = evidence.item[item][1:] == evidence.item[item][:-1]
    return np.append(item[:-1][one], rows[:-1][same]), np.append(item[1:][one], rows[1:][same])


@making_kernel
def _fingerprints(start, column, classes, number):  # type: ignore[no-untyped-def]
    """uint64[rows], equal for equal contacts and template, 0 where there is no contact; and whether that is a number
    and nothing else."""
    out, lone = np.zeros(start.shape[0] - 1, np.uint64), np.zeros(start.shape[0] - 1, np.bool_)
    for r in range(out.shape[0]):
        contacts, held = False, 0
        for k in range(start[r], start[r + 1]):
            kind = classes[column[k]]
            contacts |= kind == CONTACT
            if kind in (CONTACT, TEMPLATE):
                held += 1
                lone[r] = held == 1 and number[column[k]]
                mixed = (np.uint64(column[k]) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
                mixed = (mixed ^ (mixed >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9)
                out[r] += mixed ^ (mixed >> np.uint64(27))
        if not contacts:
            out[r] = 0
    return out, lone


def union(n: int, *ends: Ints) -> Ints:
    """int64[n], the lowest member of each component of pairs, given as alternating arrays of ends."""
    label = np.arange(n)
    for a, b in zip(ends[0::2], ends[1::2], strict=True):
        _unite(label, a, b)
    return label


@kernel
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
