"""Score pairs of groups: how many bits speak for "one operation"."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clew.link.groups import Floats, Groups, Incidence, Ints, by_column
from clew.link.hubs import ALL_PAIRS, joint_users, owners
from clew.link.kernels import met, score_pairs
from clew.link.weights import CLASS_OF, Weights

_CLASSES = np.array(CLASS_OF, np.int64)
_STEPS = 20  # of expectation and maximisation, over scores above _LEAST in bins of 1 / _BINS bit
_LEAST, _BINS = -20.0, 64
_CHUNK = 65_536  # pairs that a thread takes at a time


@dataclass(frozen=True)
class Scale:
    """What the evidence of one round is worth.

    Attributes:
        bits: float64[identifiers], worth of sharing each identifier.
        users: float64[identifiers], independent owners of each.
        groups: float64, groups in all; small ones count less.
        held: float64[groups, 3], identifiers of each class that a group holds.
        joint: keys of two wide identifiers, and how many groups hold both; see `hubs.joint_users`.
    """

    bits: Floats
    users: Floats
    groups: float
    held: Floats
    joint: tuple[npt.NDArray[np.uint64], Ints]


def scale(groups: Groups, weights: Weights, wide_keys: npt.NDArray[np.uint64]) -> Scale:
    """Measure rarity over the groups of this round."""
    table = groups.identifiers
    presence = 1.0 - (1.0 - weights.small) / groups.size
    users = owners(table, groups.kind, groups.alone, presence, weights)
    total = float(presence.sum()) + float(groups.done[0])
    kinds = _CLASSES[groups.kind[table.column]]
    held = groups.alone + np.bincount(table.row_of() * np.int64(3) + kinds, minlength=table.rows * 3).reshape(-1, 3)
    drawn = np.maximum(presence @ held + groups.done[1:], max(total, 1.0))
    return Scale(
        worth(drawn[_CLASSES[groups.kind]], users, groups.kind, weights),
        users,
        max(total, 1.0),
        held.astype(np.float64),
        joint_users(wide_keys),
    )


def worth(drawn: Floats, users: Floats, kind: npt.NDArray[np.uint8], weights: Weights) -> Floats:
    """Bits for sharing an identifier of so many owners, among so many that were drawn."""
    used = np.maximum(users, 1.0)
    faded = np.array(weights.bonus, np.float64)[kind] - weights.fade * np.log2(np.maximum(used, 2.0) / 2.0)
    bits: Floats = np.log2(drawn / used) + np.maximum(faded, 0.0)
    return bits


def chances(attribute: Incidence) -> Floats:
    """float64[values], chance that a random group's draw has the value."""
    held = np.add.reduceat(np.append(attribute.count, 0), attribute.start[:-1]) if attribute.rows else np.zeros(0)
    share = attribute.count / np.maximum(held, 1e-9)[attribute.row_of()]
    values = np.bincount(attribute.column, weights=share) if len(share) else np.zeros(1)
    chance: Floats = values / max(values.sum(), 1.0)
    return chance


def drawn(attribute: Incidence, chance: Floats) -> tuple[Ints, npt.NDArray[np.int32], Floats, Floats]:
    """An attribute as the kernels read it: its rows, each value's share in its row, and the row's chance to meet."""
    row = attribute.row_of()
    held = np.bincount(row, weights=attribute.count, minlength=attribute.rows)
    share: Floats = attribute.count / held[row]
    met_by_chance = np.bincount(row, weights=share * chance[attribute.column], minlength=attribute.rows)
    return attribute.start, attribute.column, share, np.maximum(met_by_chance, 1e-6)


def score(
    groups: Groups, scaled: Scale, chance: tuple[Floats, ...], span: float, weights: Weights,
    a: Ints, b: Ints, threshold: float, threads: int,
) -> Floats:  # fmt: skip
    """float64[k]: bits for "groups a[k] and b[k] are one operation"; -100 when that is sure to be below the threshold.

    Args:
        groups: the groups of this round.
        scaled: what sharing is worth in it.
        chance: of each attribute's values, from `chances`.
        span: days from the first record to the last.
        weights: parameters of the evidence model.
        a, b: pairs of groups.
        threshold: bits that are asked for.
        threads: workers; they do not change the result.
    """
    out = np.empty(len(a))
    sharing = (weights.wide, weights.second, weights.slack)
    parting = (weights.own_contact, weights.own_content, weights.gap, weights.gap_days, weights.close, span)
    agreeing = (weights.agree_cap, *weights.agree)
    attributes = tuple(drawn(t, c) for t, c in zip(groups.attributes, chance, strict=True))
    table = groups.identifiers
    class_of = _CLASSES[groups.kind]
    wide_use = np.bincount(table.column, minlength=len(groups.kind)) > ALL_PAIRS
    known = (scaled.bits, scaled.users, scaled.held, *scaled.joint, scaled.groups, wide_use)
    begin, rows = by_column(table, len(groups.kind))
    among = tuple(met(begin, rows, attribute) for attribute in attributes)

    def part(pairs: slice) -> None:
        score_pairs(
            a[pairs], b[pairs], (table.start, table.column, class_of), known,
            (groups.size, groups.first, groups.last), attributes, among,
            (np.log2(weights.same_prior / scaled.groups), threshold), sharing, parting, agreeing, out[pairs],
        )  # fmt: skip

    step = _CHUNK
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(part, [slice(k, k + step) for k in range(0, len(a), step)]))
    return out


def calibrate(bits: Floats, groups: int, weights: Weights) -> float:
    """Bits to add to all scores of a round, at most 0: how many partners groups still have, as the scores say.

    The share of true pairs among all is estimated by expectation and maximisation, as usual for Fellegi and Sunter's
    model (Winkler 1988): once most operations are whole, what still scores a little is mostly chance.
    """
    if not len(bits):
        return 0.0
    near = bits[bits > _LEAST]  # what is surely not one operation adds nothing
    steps = np.bincount(np.round((np.minimum(near, 60.0) - _LEAST) * _BINS).astype(np.int64))
    ratio = np.exp2(np.arange(len(steps)) / _BINS + _LEAST) / weights.same_prior
    share = weights.same_prior
    for _ in range(_STEPS):
        odds = ratio * share
        expected = 2.0 * float((steps * (odds / (1.0 + odds))).sum()) + weights.same_prior * weights.prior_groups
        share = min(max(expected / (groups + weights.prior_groups), weights.least_prior), weights.same_prior)
    return float(np.log2(share / weights.same_prior))
