"""Score pairs of groups: how many bits speak for "one operation"."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from clew.link.groups import Evidence, Floats, Groups, Incidence, Ints, wide_in_pairs
from clew.link.weights import CLASS_OF, CONTACT, Weights

_CLASSES = np.array(CLASS_OF, np.int64)
_MOST = 32  # shared identifiers of one class that are looked at


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
    joint: tuple[Ints, Ints]


def scale(groups: Groups, evidence: Evidence, weights: Weights) -> Scale:
    """Measure rarity over the groups of this round."""
    table, n = groups.identifiers, len(evidence.kind)
    presence = 1.0 - (1.0 - weights.small) / groups.size
    row = table.row_of()
    users = owners(table, _CLASSES[evidence.kind], presence, weights)
    total = float(presence.sum())
    drawn = np.bincount(_CLASSES[evidence.kind[table.column]], weights=presence[row], minlength=3)
    drawn = np.maximum(drawn, total)
    bonus = np.array(weights.bonus, np.float64)[evidence.kind]
    faded = np.maximum(
        bonus - weights.fade * np.maximum(users - 2.0, 0.0) - weights.fade_log * np.log2(np.maximum(users, 2.0) / 2.0),
        0.0,
    )
    bits: Floats = np.log2(drawn[_CLASSES[evidence.kind]] / np.maximum(users, 1.0)) + faded
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
    return Scale(bits, users, total, tuple(chance), held_by, max(span, 1.0), joint_users(table, n))


def owners(table: Incidence, classes: Ints, presence: Floats, weights: Weights) -> Floats:
    """float64[identifiers], how many independent owners the groups that hold each identifier seem to have.

    Groups under an identifier are told apart by the rarest *other* contact that each shows. Those that show no other
    contact are told apart by their rarest other content, and count little; those that show nothing else hardly count.
    """
    n = len(classes)
    row, column = table.row_of(), table.column.astype(np.int64)
    users = np.bincount(column, minlength=n)
    contact = classes[column] == CONTACT
    apart = _rarest_other(row, column, users, contact, table.rows)
    content = _rarest_other(row, column, users, ~contact, table.rows)
    first = np.where(apart >= 0, apart, content)
    worth = presence[row] * np.where(
        apart >= 0,
        1.0,
        np.where(first >= 0, np.where(contact, weights.by_content_contact, weights.by_content), weights.bare),
    )
    named = first >= 0
    key = column[named] * np.int64(n) + first[named]
    order = np.argsort(key, kind="stable")
    head = np.flatnonzero(np.r_[True, key[order][1:] != key[order][:-1]]) if len(order) else order
    most = np.maximum.reduceat(worth[named][order], head) if len(head) else np.zeros(0)
    told = np.bincount(column[named][order][head], weights=most, minlength=n)
    bare: Floats = np.bincount(column[~named], weights=worth[~named], minlength=n)
    return told + bare


def _rarest_other(row: Ints, column: Ints, users: Ints, use: npt.NDArray[np.bool_], rows: int) -> Ints:
    """int64[m], for each entry the rarest column of those in use that its row holds beside its own; -1: none."""
    at = np.flatnonzero(use)
    order = at[np.lexsort((column[at], users[column[at]], row[at]))]
    held = row[order]
    head = np.flatnonzero(np.r_[True, held[1:] != held[:-1]]) if len(held) else held
    first, second = np.full(rows, -1), np.full(rows, -1)
    first[held[head]] = column[order[head]]
    after = head + 1
    after = (
        after[(after < len(held)) & (held[np.minimum(after, len(held) - 1)] == held[after - 1])] if len(held) else head
    )
    second[held[after]] = column[order[after]]
    result: Ints = np.where(first[row] == column, second[row], first[row])
    return result


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
def _joint(keys, many, key):  # type: ignore[no-untyped-def]
    at = np.searchsorted(keys, key)
    return many[at] if at < keys.shape[0] and keys[at] == key else 0


def joint_users(table: Incidence, identifiers: int) -> tuple[Ints, Ints]:
    """Keys of two wide identifiers that some groups hold both, and how many groups do."""
    users = np.bincount(table.column, minlength=identifiers)
    keys, _ = wide_in_pairs(table, users, table.row_of(), table.column.astype(np.int64))
    unique, many = np.unique(keys, return_counts=True)
    return unique[many > 2], many[many > 2].astype(np.int64)


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
    a,
    b,
    start,
    column,
    kind,
    classes,
    bits,
    users,
    total,
    held,
    size,
    first,
    last,
    span,
    attributes,
    agree,
    p,
    joint,
    out,
):  # type: ignore[no-untyped-def]
    best, shared, every = np.zeros(3), np.zeros(3, np.int64), np.zeros((3, _MOST))
    net, top = np.zeros(3), np.zeros(3, np.int64)
    prior, second, own_contact, own_content, gap_bits, gap_days, cap, close, wide, slack = p
    for k in range(a.shape[0]):
        x, y = a[k], b[k]
        if start[x + 1] - start[x] > start[y + 1] - start[y]:
            x, y = y, x
        best[:], shared[:], net[:] = 0.0, 0, 0.0
        rarest = 1e18
        i, j = start[x], start[y]
        while i < start[x + 1] and j < start[y + 1]:
            if column[i] == column[j]:
                c = classes[kind[column[i]]]
                worth = bits[column[i]]
                shared[c] += 1
                rarest = min(rarest, users[column[i]])
                if shared[c] <= _MOST:
                    every[c, shared[c] - 1] = worth
                if shared[c] == 1 or worth > best[c]:
                    best[c] = worth
                    top[c] = column[i]
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
            if shared[c] > 0:
                pool = wide * np.log2(held[x, c] + held[y, c] - shared[c])
                net[c] = best[c] - pool
                rest = -max(net[c], 0.0)
                for m in range(min(shared[c], _MOST)):
                    rest += max(every[c, m] - pool, 0.0)
                net[c] += second * rest
        s += net[0] + net[1] + net[2]
        for c in range(3):
            for d in range(c + 1, 3):
                if shared[c] > 0 and shared[d] > 0 and net[c] > 0 and net[d] > 0:
                    low, high = min(top[c], top[d]), max(top[c], top[d])
                    many = _joint(joint[0], joint[1], (low << 32) | high)
                    if many > 1:
                        s -= max(0.0, net[c] + net[d] - max(np.log2(total / many) + slack, max(net[c], net[d])))
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
        weights.gap, weights.gap_days, weights.agree_cap, weights.close, weights.wide, weights.slack,
    )  # fmt: skip
    attributes = tuple((t.start, t.column, t.count, c) for t, c in zip(groups.attributes, worth.chance, strict=True))
    table: Incidence = groups.identifiers
    _score(
        a, b, table.start, table.column, evidence.kind, _CLASSES, worth.bits, worth.users, worth.groups, worth.held,
        groups.size, groups.first, groups.last, worth.span, attributes, np.array(weights.agree), parameters, worth.joint, out,
    )  # fmt: skip
    return out
