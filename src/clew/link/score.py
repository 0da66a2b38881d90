"""Score pairs of groups: how many bits speak for "one operation"."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from clew.link.groups import Evidence, Floats, Groups, Incidence, Ints
from clew.link.weights import CLASS_OF, Weights

_CLASSES = np.array(CLASS_OF, np.int64)


@dataclass(frozen=True)
class Scale:
    """What the evidence of one round is worth.

    Attributes:
        bits: float64[identifiers], worth of sharing each identifier.
        users: float64[identifiers], groups that use it (small groups count less).
        groups: float64, groups in all, counted alike.
        chance: per attribute, float64[values], chance that a random group's draw has the value.
        held: float64[groups, 3], identifiers of each class that a group holds.
        span: days from the first record to the last.
    """

    bits: Floats
    users: Floats
    groups: float
    chance: tuple[Floats, ...]
    held: Floats
    span: float


def scale(groups: Groups, evidence: Evidence, weights: Weights) -> Scale:
    """Measure rarity over the groups of this round."""
    table, n = groups.identifiers, len(evidence.kind)
    presence = 1.0 - (1.0 - weights.small) / groups.size
    row = table.row_of()
    users = np.bincount(table.column, weights=presence[row], minlength=n)
    total = float(presence.sum())
    bonus = np.array(weights.bonus, np.float64)[evidence.kind]
    bits: Floats = np.log2(total / np.maximum(users, 1.0)) + bonus
    chance = []
    for attribute in groups.attributes:
        held = np.maximum(np.add.reduceat(np.append(attribute.count, 0), attribute.start[:-1]), 1e-9)
        share = attribute.count / held[attribute.row_of()]
        values = np.bincount(attribute.column, weights=share) if len(share) else np.zeros(1)
        chance.append(values / max(values.sum(), 1.0))
    kinds = _CLASSES[evidence.kind[table.column]]
    held_by = np.bincount(row * 3 + kinds, minlength=table.rows * 3).reshape(-1, 3).astype(np.float64)
    known = evidence.time[~np.isnan(evidence.time)]
    span = float(known.max() - known.min()) if len(known) else 0.0
    return Scale(bits, users, total, tuple(chance), held_by, max(span, 1.0))


@numba.njit(nogil=True, cache=True)
def _next(column, at, end, value):  # type: ignore[no-untyped-def]
    """First position in column[at:end] (sorted) that is not below value, by galloping search."""
    step = 1
    while at + step < end and column[at + step] < value:
        at += step
        step *= 2
    while at < end and column[at] < value:
        at += 1
        if at + 8 < end and column[at + 8] < value:
            at += 8
    return at


@numba.njit(nogil=True, cache=True)
def _agreement(start, column, count, chance, agree, cap, a, b, factor):  # type: ignore[no-untyped-def]
    """Likelihood ratio, in bits, of two groups' draws of an attribute; 0 when one has none."""
    i, j = start[a], start[b]
    if i == start[a + 1] or j == start[b + 1]:
        return 0.0
    na, nb = 0.0, 0.0
    for k in range(i, start[a + 1]):
        na += count[k]
    for k in range(j, start[b + 1]):
        nb += count[k]
    both, by_chance = 0.0, 0.0
    for k in range(i, start[a + 1]):
        by_chance += count[k] / na * chance[column[k]]
    while i < start[a + 1] and j < start[b + 1]:
        if column[i] == column[j]:
            both += (count[i] / na) * (count[j] / nb)
            i, j = i + 1, j + 1
        elif column[i] < column[j]:
            i = _next(column, i, start[a + 1], column[j])
        else:
            j = _next(column, j, start[b + 1], column[i])
    by_chance = max(by_chance, 1e-6)
    ratio = (agree * factor * both + (1.0 - agree * factor) * by_chance) / by_chance
    return min(np.log2(ratio), cap)


@numba.njit(nogil=True, cache=True)
def _score(
    a, b, start, column, kind, classes, bits, users, total, held, size, first, last, span, attributes, agree, p, out
):  # type: ignore[no-untyped-def]
    prior, second, own_contact, own_content, gap_bits, gap_days, cap, close = p
    for k in range(a.shape[0]):
        x, y = a[k], b[k]
        if start[x + 1] - start[x] > start[y + 1] - start[y]:
            x, y = y, x
        best, rest, shared = np.zeros(3), np.zeros(3), np.zeros(3)
        rarest = 1e18
        i, j = start[x], start[y]
        while i < start[x + 1] and j < start[y + 1]:
            if column[i] == column[j]:
                c = classes[kind[column[i]]]
                worth = bits[column[i]]
                shared[c] += 1
                rarest = min(rarest, users[column[i]])
                if worth > best[c]:
                    rest[c] += best[c]
                    best[c] = worth
                else:
                    rest[c] += max(worth, 0.0)
                i, j = i + 1, j + 1
            elif column[i] < column[j]:
                i = _next(column, i, start[x + 1], column[j])
            else:
                j = _next(column, j, start[y + 1], column[i])
        if shared.sum() == 0:
            out[k] = -100.0
            continue
        smaller = min(size[x], size[y])
        factor = smaller / (smaller + 1.0)
        s = np.log2(prior / total)
        for c in range(3):
            s += best[c] + second * rest[c]
        if held[x, 0] > shared[0] and held[y, 0] > shared[0]:
            s -= own_contact * factor
        for c in range(1, 3):
            if shared[c] == 0 and held[x, c] > 0 and held[y, c] > 0:
                s -= own_content * factor
        apart = max(first[x], first[y]) - min(last[x], last[y])
        if apart > gap_days and shared[1] + shared[2] == 0:
            s -= gap_bits
        elif 0 <= apart < 0.05 and shared[1] + shared[2] > 0 and last[x] - first[x] < 2 and last[y] - first[y] < 2:
            by_chance = min(1.0, max(rarest * max(apart, 1e-5) / span, 2.0**-10))
            s += np.log2(close / by_chance + (1.0 - close))
        for t in range(len(attributes)):
            starts, values, counts, chance = attributes[t]
            s += _agreement(starts, values, counts, chance, agree[t], cap, x, y, factor)
        out[k] = s


def score(groups: Groups, evidence: Evidence, worth: Scale, weights: Weights, a: Ints, b: Ints) -> Floats:
    """float64[k]: bits for "groups a[k] and b[k] are one operation"; -100 when they share no identifier."""
    out = np.empty(len(a))
    parameters = (
        weights.same_prior, weights.second, weights.own_contact, weights.own_content,
        weights.gap, weights.gap_days, weights.agree_cap, weights.close,
    )  # fmt: skip
    attributes = tuple((t.start, t.column, t.count, c) for t, c in zip(groups.attributes, worth.chance, strict=True))
    table: Incidence = groups.identifiers
    _score(
        a, b, table.start, table.column, evidence.kind, _CLASSES, worth.bits, worth.users, worth.groups, worth.held,
        groups.size, groups.first, groups.last, worth.span, attributes, np.array(weights.agree), parameters, out,
    )  # fmt: skip
    return out


Pairs = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
