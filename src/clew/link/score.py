"""Score pairs of groups: how many bits speak for "one operation"."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clew.link.candidates import Keys
from clew.link.groups import Floats, Groups, Incidence, Ints, by_column
from clew.link.hubs import ALL_PAIRS, Joint, owners
from clew.link.kernels import (
    ANEW,
    BEFORE,
    COLUMNS,
    ENDED,
    FIRST,
    HELD,
    LAST,
    MOST,
    SAID,
    SIZE,
    SORT,
    STARTED,
    STEPS,
    UNTIL,
    WEB,
    met,
    score_pairs,
)
from clew.link.weights import CLASS_OF, TYPES, Weights

_CLASSES = np.array(CLASS_OF, np.int64)
_ON_THE_WEB = np.isin(TYPES, ("email", "url", "domain", "widget"))
_STEPS = 20  # of expectation and maximisation, over scores above _LEAST in bins of 1 / _BINS bit
_LEAST, _BINS = -20.0, 64
_ROUNDING = 1e-6  # bits: what the order of sums may change
_FEW = 2  # records; of so few that come between two, chance brings as many
_CHUNK = 65_536  # pairs that a thread takes at a time


@dataclass(frozen=True)
class Scale:
    """What the evidence of one round is worth.

    Attributes:
        bits: float64[identifiers], worth of sharing each identifier.
        users: float64[identifiers], independent owners of each.
        groups: float64, groups in all; small ones count less.
        held: float64[groups, 3], identifiers of each class that a group holds.
    """

    bits: Floats
    users: Floats
    groups: float
    held: Floats


def scale(groups: Groups, weights: Weights) -> Scale:
    """Measure rarity over the groups of this round."""
    table = groups.identifiers
    presence = 1.0 - (1.0 - weights.small) / groups.size
    users = owners(groups, presence, weights)
    total = float(presence.sum()) + float(groups.done[0])
    kinds = _CLASSES[groups.kind[table.column]]
    shared = np.bincount(table.row_of() * np.int64(3) + kinds, minlength=table.rows * 3)
    held = groups.alone[:, :3] + shared.reshape(-1, 3)
    drawn = np.maximum(presence @ held + groups.done[1:4], max(total, 1.0))
    return Scale(
        worth(drawn[_CLASSES[groups.kind]], users, groups.bonus, groups.most, weights),
        users,
        max(total, 1.0),
        held.astype(np.float64),
    )


def worth(drawn: Floats, users: Floats, bonus: Floats, most: Floats, weights: Weights) -> Floats:
    """Bits for sharing an identifier of so many owners, among so many that were drawn."""
    used = np.maximum(users, 1.0)
    faded = np.maximum(bonus - weights.fade * np.log2(np.maximum(used, 2.0) / 2.0), np.minimum(bonus, 0.0))
    bits: Floats = np.minimum(np.rint((np.log2(drawn / used) + faded) * STEPS) / STEPS, most)
    return bits


def chances(attribute: Incidence) -> Floats:
    """float64[values], chance that a random group's draw has the value."""
    held = np.add.reduceat(np.append(attribute.count, 0), attribute.start[:-1]) if attribute.rows else np.zeros(0)
    share = attribute.count / np.maximum(held, 1e-9)[attribute.row_of()]
    values = np.bincount(attribute.column, weights=share) if len(share) else np.zeros(1)
    chance: Floats = values / max(values.sum(), 1.0)
    return chance


@dataclass(frozen=True)
class Drawn:
    """Attributes as the kernels read them: attribute t of group g is row ``attributes * g + t``.

    Attributes:
        start: int64[rows + 1].
        column: int32[m], values.
        share: float64[m], of the value in its row.
        chance: float64[rows], to meet the row's values in any other.
    """

    start: Ints
    column: npt.NDArray[np.int32]
    share: Floats
    chance: Floats


def drawn(attributes: tuple[Incidence, ...], chance: tuple[Floats, ...]) -> Drawn:
    """Lay attributes side by side, so that what is asked of one group lies together."""
    many, rows = len(attributes), attributes[0].rows
    sizes = np.stack([np.diff(a.start) for a in attributes], axis=1).ravel()
    start = np.append(0, np.cumsum(sizes))
    column, share = np.empty(start[-1], np.int32), np.empty(start[-1])
    by_chance = np.empty(many * rows)
    for t, (table, usual) in enumerate(zip(attributes, chance, strict=True)):
        row = table.row_of()
        held = np.bincount(row, weights=table.count, minlength=rows)
        to = np.arange(len(row)) + (start[t:-1:many] - table.start[:-1])[row]
        part = table.count / held[row]
        column[to], share[to] = table.column, part
        by_chance[t::many] = np.bincount(row, weights=part * usual[table.column], minlength=rows)
    return Drawn(start, column, share, np.maximum(by_chance, 1e-6))


@dataclass(frozen=True)
class Known:
    """What the kernels ask of groups and identifiers, laid out for them.

    Attributes:
        group: float64[groups, COLUMNS].
        attributes: of the groups.
        worth: float64[identifiers, 2], bits and owners.
        mark: uint8[identifiers], class and how it is used.
        among: float64[identifiers, attributes, 2], agreement of those that hold it; see `kernels.met`.
    """

    group: Floats
    attributes: Drawn
    worth: Floats
    mark: npt.NDArray[np.uint8]
    among: Floats


def lay_out(
    groups: Groups, scaled: Scale, chance: tuple[Floats, ...], times: Floats, weights: Weights, pool: Executor
) -> Known:
    """Lay out what is known for the kernels, and measure how far those agree that hold an identifier.

    Args:
        groups: the groups of this round.
        scaled: what sharing is worth in it.
        chance: of each attribute's values, from `chances`.
        times: those of records, sorted; a sample will do.
        weights: parameters of the evidence model.
        pool: workers; they do not change the result.
    """
    identifiers, agree = len(groups.kind), np.array(weights.agree)
    attributes = drawn(groups.attributes, chance)
    among = np.zeros((identifiers, len(agree), 2))
    held_from, holders = by_column(groups.identifiers, groups.users, np.argsort(groups.lowest))

    def meet(some: slice) -> None:
        begin = held_from[some.start : some.stop + 1]
        met(begin, holders, attributes.start, attributes.column, attributes.share, among[some])

    measured = pool.map(meet, _parts(identifiers))
    group = np.zeros((len(groups.size), COLUMNS))
    group[:, SIZE], group[:, FIRST], group[:, LAST] = groups.size, groups.first, groups.last
    group[:, HELD : HELD + 3], group[:, SORT] = scaled.held, groups.sort
    for time, low, high in ((groups.first, BEFORE, STARTED), (groups.last, ENDED, UNTIL)):
        group[:, low] = np.searchsorted(times, time) / max(len(times), 1)
        group[:, high] = (np.searchsorted(times, time, "right") + _FEW) / max(len(times), 1)
    group[np.isnan(groups.first), BEFORE] = 0.0  # what has no time may be of any
    most = np.minimum(np.log2(agree / attributes.chance.reshape(-1, len(agree)) + 1.0 - agree), weights.agree_cap)
    group[:, MOST] = (most * (np.diff(attributes.start).reshape(-1, len(agree)) > 0)).sum(axis=1) + _ROUNDING
    mark = (
        _CLASSES[groups.kind]
        + 4 * (groups.users > ALL_PAIRS)
        + WEB * _ON_THE_WEB[groups.kind]
        + SAID * np.isfinite(groups.most)
        + ANEW * (groups.kind == TYPES.index("phone"))
    )
    list(measured)
    return Known(group, attributes, np.stack([scaled.bits, scaled.users], axis=1), mark.astype(np.uint8), among)


def score(
    groups: Groups, scaled: Scale, known: Known, joint: Joint, weights: Weights,
    pairs: Keys, least: float, pool: Executor,
) -> Floats:  # fmt: skip
    """float64[k]: bits for "the two groups are one operation"; `NOTHING` when that is sure to be below ``least``.

    Args:
        groups: the groups of this round.
        scaled, known: what sharing is worth in it.
        joint: wide identifiers that are used together.
        weights: parameters of the evidence model.
        pairs: of groups.
        least: bits from which on a score matters.
        pool: workers; they do not change the result.
    """
    out = np.empty(len(pairs))
    sharing = np.array([weights.slack, scaled.groups, *weights.second, *weights.wide])
    parting = np.array([weights.own_contact, weights.own_content, weights.gap, weights.gap_days, weights.close])
    agreeing = np.array([weights.agree_cap, *weights.agree])
    prior = np.log2(weights.same_prior / scaled.groups)
    table, attributes, (keys, many) = groups.identifiers, known.attributes, joint
    begin = np.append(0, np.cumsum(np.bincount((keys >> np.uint64(32)).astype(np.int64), minlength=len(groups.kind))))
    partner = (keys & np.uint64(0xFFFFFFFF)).astype(np.int64)

    def part(some: slice) -> None:
        score_pairs(
            pairs[some], table.start, table.column, known.mark, known.worth, begin, partner, many, known.group,
            attributes.start, attributes.column, attributes.share, attributes.chance, known.among,
            prior, least, sharing, parting, agreeing, out[some],
        )  # fmt: skip

    list(pool.map(part, _parts(len(pairs))))
    return out


def _parts(length: int) -> list[slice]:
    """What threads take at a time."""
    return [slice(k, min(k + _CHUNK, length)) for k in range(0, length, _CHUNK)]


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
