"""Which pairs of groups are worth scoring: never all pairs of a hub's users, yet none that could be one operation."""

from __future__ import annotations

import numpy as np

from clew.link.groups import ALL_PAIRS, Groups, Ints, wide_in_pairs

Pairs = tuple[Ints, Ints]


def candidates(groups: Groups, identifiers: int) -> Pairs:
    """Pairs (a < b, each once) of groups that share a rare identifier, stand next to each other under a common one, or
    share two common ones."""
    table = groups.identifiers
    users = np.bincount(table.column, minlength=identifiers)
    row, column = table.row_of(), table.column.astype(np.int64)
    shared = users[column] > 1
    by_one = _pairs_under(column[shared], row[shared], table.count[shared], groups)
    keys, rows = wide_in_pairs(table, users, row, column)
    by_two = _pairs_under(keys, rows, np.ones(len(rows), np.float32), groups)
    a, b = np.concatenate([by_one[0], by_two[0]]), np.concatenate([by_one[1], by_two[1]])
    low, high = np.minimum(a, b), np.maximum(a, b)
    unique = np.unique((low.astype(np.uint64) << np.uint64(32)) | high.astype(np.uint64))
    return (unique >> np.uint64(32)).astype(np.int64), (unique & np.uint64(0xFFFFFFFF)).astype(np.int64)


def _pairs_under(key: Ints, row: Ints, count: np.ndarray, groups: Groups) -> Pairs:
    """Pairs of rows with one key.

    All of them when they are few, else each with the key's largest user and with its next neighbour in time.
    """
    first = np.nan_to_num(groups.first, nan=0.0)
    order = np.lexsort((row, first[row], key))
    key, row, count = key[order], row[order], count[order]
    head = np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if len(key) else np.zeros(0, np.int64)
    size = np.diff(np.append(head, len(key)))
    block = np.repeat(np.arange(len(head)), size)
    few = size[block] <= ALL_PAIRS
    left, right = [], []
    for step in range(1, ALL_PAIRS):
        at = (
            np.flatnonzero((block[step:] == block[:-step]) & (few[step:] | (step == 1)))
            if len(block) > step
            else head[:0]
        )
        left.append(row[at])
        right.append(row[at + step])
    # the largest user of each wide key: most records under it, then the lowest group
    wide = np.flatnonzero(~few)
    best = wide[np.lexsort((row[wide], -count[wide], block[wide]))]
    leader = best[np.flatnonzero(np.r_[True, block[best][1:] != block[best][:-1]])] if len(best) else best
    to = np.zeros(len(head), np.int64)
    to[block[leader]] = row[leader]
    left.append(row[wide])
    right.append(to[block[wide]])
    a, b = np.concatenate(left), np.concatenate(right)
    keep = a != b
    return a[keep], b[keep]
