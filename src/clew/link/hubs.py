"""How widely identifiers are used: by how many independent owners, and which are used together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from clew.ingest.kernels import making_kernel, making_step
from clew.link.groups import Floats, Groups, Ints
from clew.link.weights import CLASS_OF, CONTACT, Weights

ALL_PAIRS = 8  # an identifier (or two held together) of at most so many groups gives all their pairs
_IN_PAIRS = 6  # of the wide identifiers that a group holds, so many (the rarest) are looked at in pairs

Joint = tuple[npt.NDArray[np.uint64], Ints]  # keys of two identifiers, and how many groups hold both


def owners(groups: Groups, presence: Floats, weights: Weights) -> Floats:
    """float64[identifiers], how many independent owners the groups that hold each identifier seem to have.

    Groups under an identifier are told apart by the rarest *other* contact that each shows. Those that show no other
    contact are told apart by their rarest other content, and count little; those that show nothing else hardly count.
    """
    table, contact = groups.identifiers, np.array(CLASS_OF)[groups.kind] == CONTACT
    shares = np.array([weights.by_content, weights.by_content_contact, weights.bare])
    out: Floats = _owners(table.start, table.column, contact, groups.users, groups.alone, presence, shares)
    return out


@making_kernel
def _owners(start, column, contact, users, alone, presence, shares):  # type: ignore[no-untyped-def]
    n, m, rows = contact.shape[0], column.shape[0], start.shape[0] - 1
    code, worth = np.empty(m, np.int64), np.empty(m)
    rarest = np.empty((2, 2), np.int64)  # of content and contacts: rarest and second rarest
    for r in range(rows):
        rarest[:] = -1
        own_contact, own_content = alone[r, 0] + alone[r, 3] > 0, alone[r, 1] + alone[r, 2] > 0
        for k in range(start[r], start[r + 1]):
            c, side = column[k], 1 if contact[column[k]] else 0
            if rarest[side, 0] < 0 or users[c] < users[rarest[side, 0]]:
                rarest[side, 1], rarest[side, 0] = rarest[side, 0], c
            elif rarest[side, 1] < 0 or users[c] < users[rarest[side, 1]]:
                rarest[side, 1] = c
        for k in range(start[r], start[r + 1]):
            c = column[k]
            by_contact = n + r if own_contact else (rarest[1, 1] if rarest[1, 0] == c else rarest[1, 0])
            by_content = n + r if own_content else (rarest[0, 1] if rarest[0, 0] == c else rarest[0, 0])
            if by_contact >= 0:
                code[k], worth[k] = by_contact, presence[r]
            elif by_content >= 0:
                code[k], worth[k] = by_content, presence[r] * (shares[1] if contact[c] else shares[0])
            else:
                code[k], worth[k] = -1, presence[r] * shares[2]
    return _distinct(column, code, worth, n)


@making_step
def _distinct(column, code, worth, n):  # type: ignore[no-untyped-def]
    """For each column the sum over distinct codes of their highest worth; all entries of code -1 count."""
    start = np.zeros(n + 1, np.int64)
    for k in range(column.shape[0]):
        start[column[k] + 1] += 1
    for c in range(n):
        start[c + 1] += start[c]
    at, codes, worths = start[:-1].copy(), np.empty_like(code), np.empty_like(worth)
    for k in range(column.shape[0]):
        codes[at[column[k]]], worths[at[column[k]]] = code[k], worth[k]
        at[column[k]] += 1
    total = np.zeros(n)
    for c in range(n):
        order = np.argsort(codes[start[c] : start[c + 1]], kind="mergesort") + start[c]
        most = 0.0
        for j in range(order.shape[0]):
            k = order[j]
            if codes[k] < 0:
                total[c] += worths[k]
                continue
            most = max(most, worths[k])
            if j + 1 == order.shape[0] or codes[order[j + 1]] != codes[k]:
                total[c] += most
                most = 0.0
    return total


def wide_pairs(groups: Groups) -> tuple[npt.NDArray[np.uint64], Ints]:
    """A key for each two wide identifiers that a group holds, and the group; in no order."""
    keys, rows = _wide_pairs(groups.identifiers.start, groups.identifiers.column, groups.users)
    return keys, rows


@making_kernel
def _wide_pairs(start, column, users):  # type: ignore[no-untyped-def]
    most, rows = 0, start.shape[0] - 1
    for r in range(rows):
        wide = 0
        for k in range(start[r], start[r + 1]):
            wide += users[column[k]] > ALL_PAIRS
        wide = min(wide, _IN_PAIRS)
        most += wide * (wide - 1) // 2
    keys, groups = np.empty(most, np.uint64), np.empty(most, np.int64)
    rarest = np.empty(_IN_PAIRS, np.int64)
    m = 0
    for r in range(rows):
        held = 0
        for k in range(start[r], start[r + 1]):
            c = np.int64(column[k])
            if users[c] <= ALL_PAIRS:
                continue
            place = min(held, _IN_PAIRS)  # insertion by users; of equals the lower column is first
            while place > 0 and users[rarest[place - 1]] > users[c]:
                if place < _IN_PAIRS:
                    rarest[place] = rarest[place - 1]
                place -= 1
            if place < _IN_PAIRS:
                rarest[place] = c
                held = min(held + 1, _IN_PAIRS)
        for i in range(held):
            for j in range(i + 1, held):
                low, high = min(rarest[i], rarest[j]), max(rarest[i], rarest[j])
                keys[m], groups[m] = (np.uint64(low) << np.uint64(32)) | np.uint64(high), r
                m += 1
    return keys[:m], groups[:m]


def joint_users(keys: npt.NDArray[np.uint64]) -> Joint:
    """Of keys of `wide_pairs`, sorted, those of more than two groups, and of how many."""
    head = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else np.zeros(0, np.int64)
    many = np.diff(np.append(head, len(keys)))
    return keys[head[many > 2]], many[many > 2].astype(np.int64)
