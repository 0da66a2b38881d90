"""Which pairs of groups are worth scoring: never all pairs of a hub's users, yet none that could be one operation."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from clew.engine.order import order_by
from clew.ingest.kernels import kernel_step, making_kernel
from clew.link.groups import Groups, Ints
from clew.link.hubs import ALL_PAIRS

FEW = 3  # in place of `ALL_PAIRS` where only plain evidence is asked for
HUB = 64  # groups; an identifier of more is no plain evidence

Keys = npt.NDArray[np.uint64]  # two numbers of 32 bits each, the lower one first


def candidates(groups: Groups, wide_keys: Keys, wide_rows: Ints, plain: bool = False) -> Keys:
    """Pairs of groups, sorted, each once.

    They share a rare identifier, stand next to each other in time under a common one, or share two common ones.

    Args:
        groups: the groups of this round.
        wide_keys, wide_rows: of `hubs.wide_pairs`, sorted by key.
        plain: whether only plain evidence is asked for; then fewer pairs are looked at, as what is plain is found by
            any of the identifiers that are shared: none by hubs.
    """
    few = FEW if plain else ALL_PAIRS
    most = HUB if plain else len(groups.size)
    table = groups.identifiers
    rank = np.empty(table.rows, np.int64)
    in_time = order_by(np.nan_to_num(groups.first, nan=0.0), groups.lowest)
    rank[in_time] = np.arange(table.rows)
    head = np.flatnonzero(np.r_[True, wide_keys[1:] != wide_keys[:-1]]) if len(wide_keys) else np.zeros(0, np.int64)
    start = np.append(head, len(wide_keys))
    block = np.repeat(np.arange(len(head), dtype=np.uint64), np.diff(start))
    together = (block << np.uint64(32)) | rank[wide_rows].astype(np.uint64)  # sorted, blocks stay where they are
    together.sort()
    rows = in_time[(together & np.uint64(0xFFFFFFFF)).astype(np.int64)]
    by_two = _under(start, rows, np.ones(len(rows), np.float32), groups.lowest, few, len(rows))
    by_one = _under_columns(table.start, table.column, table.count, in_time, groups.lowest, groups.users, few, most)
    pairs = np.concatenate([by_one, by_two])
    pairs.sort()  # much faster than np.unique, which hashes
    return pairs[np.r_[True, pairs[1:] != pairs[:-1]]] if len(pairs) else pairs


@making_kernel
def _under_columns(start, column, count, in_time, lowest, users, few, most):  # type: ignore[no-untyped-def]
    """Pairs of rows that hold one column."""
    begin = np.zeros(users.shape[0] + 1, np.int64)
    for c in range(users.shape[0]):
        begin[c + 1] = begin[c] + users[c]
    at, rows, counts = begin[:-1].copy(), np.empty(column.shape[0], np.int64), np.empty(column.shape[0], np.float32)
    for r in in_time:
        for k in range(start[r], start[r + 1]):
            place = at[column[k]]
            rows[place], counts[place] = r, count[k]
            at[column[k]] += 1
    return _under(begin, rows, counts, lowest, few, most)


@making_kernel
def _under(begin, rows, counts, lowest, few, most):  # type: ignore[no-untyped-def]
    """All pairs of a block of few rows; else each row with the next one in time and with the block's largest user.

    A block of more than ``most`` rows gives none.
    """
    room = 0
    for c in range(begin.shape[0] - 1):
        size = begin[c + 1] - begin[c]
        room += size * (size - 1) // 2 if size <= few else (2 * size if size <= most else 0)
    out = np.empty(room, np.uint64)
    m = 0
    for c in range(begin.shape[0] - 1):
        low, high = begin[c], begin[c + 1]
        if high - low > max(few, most):
            continue
        all_of_them = high - low <= few
        leader = low
        for i in range(low, high):
            more = counts[i] > counts[leader]
            if more or (counts[i] == counts[leader] and lowest[rows[i]] < lowest[rows[leader]]):
                leader = i
        for i in range(low, high):
            for j in range(i + 1, high if all_of_them else min(i + 2, high)):
                out[m] = _pair(rows[i], rows[j])
                m += 1
            if not all_of_them and i != leader:
                out[m] = _pair(rows[i], rows[leader])
                m += 1
    return out[:m]


@kernel_step
def _pair(a, b):  # type: ignore[no-untyped-def]
    return (np.uint64(min(a, b)) << np.uint64(32)) | np.uint64(max(a, b))
