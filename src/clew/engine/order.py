"""The order of rows by several columns, several times as fast as `numpy.lexsort`."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

_TOP = np.uint64(1 << 63)  # the sign

Ints = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]


def order_by(*keys: npt.NDArray[Any]) -> Ints:
    """The order of rows by the first key, of those equal in it by the next; those equal in all stay as they are.

    As much of the keys as fits is put before the number of the row in one integer, and integers are sorted by value,
    which takes a tenth of a sort that keeps the order of equals. What does not fit matters only to the rows that are
    equal so far, often few: those are ordered by it among themselves.

    Args:
        keys: at least one, each of n numbers or truth values; NaN comes last.

    Returns:
        int64[n], rows.
    """
    n = len(keys[0])
    if n < 2:
        return np.arange(n)
    row_bits = (n - 1).bit_length()
    free, rest = 64 - row_bits, list[tuple[U64, int]]()
    packed = np.arange(n, dtype=np.uint64)
    for code, width in map(_coded, keys):
        left = max(width - free, 0)
        if width > left:
            free -= width - left
            packed |= (code >> np.uint64(left)) << np.uint64(row_bits + free)
        if left:
            rest.append((code & np.uint64((1 << left) - 1), left))
    packed.sort()
    rows = (packed & np.uint64((1 << row_bits) - 1)).view(np.int64)
    if rest:
        _order_equals(packed >> np.uint64(row_bits), rows, rest)
    return rows


def _order_equals(value: U64, rows: Ints, codes: list[tuple[U64, int]]) -> None:
    """Bring rows of the same value, which lie side by side, into the order of what else is known of them."""
    same = np.zeros(len(rows) + 1, np.bool_)  # as the row before
    np.equal(value[1:], value[:-1], out=same[1:-1])
    at = np.flatnonzero(same[1:] | same[:-1])
    if len(at):
        run = np.cumsum(~same[at]).astype(np.uint64)
        some = rows[at]
        found = [(run, int(run[-1]).bit_length()), *((code[some], width) for code, width in codes)]
        rows[at] = some[_order_all(found, len(at))]


def _order_all(codes: list[tuple[U64, int]], n: int) -> U64:
    """The order by numbers of so many bits, the last ones first, as many bits at a time as fit beside the row."""
    row_bits = (n - 1).bit_length()
    room = 64 - row_bits
    order = np.arange(n, dtype=np.uint64)
    held, used = np.zeros(n, np.uint64), 0
    for code, width in reversed(codes):
        while width > 0:
            if used == room:
                order = _sorted_by(held, order, row_bits)
                held, used = np.zeros(n, np.uint64), 0
            taken = min(width, room - used)
            held |= (code & np.uint64((1 << taken) - 1)) << np.uint64(used)
            code, width, used = code >> np.uint64(taken), width - taken, used + taken
    return _sorted_by(held, order, row_bits)


def _sorted_by(held: U64, order: U64, row_bits: int) -> U64:
    """Rows in an order, sorted by what is held of each: at most ``64 - row_bits`` bits."""
    packed = held[order] << np.uint64(row_bits)
    packed |= np.arange(len(order), dtype=np.uint64)
    packed.sort()
    rows: U64 = order[packed & np.uint64((1 << row_bits) - 1)]
    return rows


def _coded(key: npt.NDArray[Any]) -> tuple[U64, int]:
    """Numbers from 0 that are in the order of a key, and the bits of the largest."""
    if key.dtype.kind == "f":
        bits = (key.astype(np.float64) + 0.0).view(np.uint64)  # of -0.0 as of 0.0
        code = np.where(bits & _TOP, ~bits, bits | _TOP)
    elif key.dtype.kind == "i":
        code = key.astype(np.int64).view(np.uint64) ^ _TOP
    else:
        code = key.astype(np.uint64)
    code = code - code.min()
    return code, int(code.max()).bit_length()
