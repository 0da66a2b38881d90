"""The text fields of records as one text each: what :func:`clew.extract.base.text_batch` folds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clew.extract._load import load8
from clew.extract._room import room
from clew.extract.fold import BREAK, text_buffers
from clew.ingest.buffers import unwritten
from clew.ingest.kernels import copy_letters, kernel, kernel_step

Ints = npt.NDArray[np.int64]

_EACH = np.uint64(0x0101010101010101)  # 1 in each of eight bytes
_PAIRS = np.uint64(0x00FF00FF00FF00FF)


@kernel_step
def _characters(data, i, stop):  # type: ignore[no-untyped-def]
    """How many characters begin between two bytes of UTF-8, eight at a time."""
    more, eight = np.uint64(0), np.uint64(8)  # bytes that begin none: "10" in their upper bits
    k, end = np.uint64(i), np.uint64(stop)
    while k + eight <= end:
        lanes = np.uint64(0)
        for _ in range(min((end - k) >> np.uint64(3), np.uint64(255))):
            w = load8(data, k)
            lanes += (w >> np.uint64(7)) & ~(w >> np.uint64(6)) & _EACH
            k += eight
        pairs = (lanes & _PAIRS) + ((lanes >> eight) & _PAIRS)
        more += (pairs * np.uint64(0x0001000100010001)) >> np.uint64(48)
    while k < end:
        more += np.uint64(data[k] & 0xC0 == 0x80)
        k += np.uint64(1)
    return np.int64(stop - i) - np.int64(more)


@kernel
def _put(data, begin, size, at, ended, out, characters):  # type: ignore[no-untyped-def]
    """Copy texts to their places, with a break after each where it is ``ended``; count their characters."""
    for t in range(size.shape[0]):
        copy_letters(out, at[t], data, begin[t], size[t])
        if ended:
            out[at[t] + size[t]] = BREAK
        characters[t] = _characters(data, begin[t], begin[t] + size[t])


def joined(columns: Sequence[pa.Array]) -> tuple[npt.NDArray[np.uint8], Ints, Ints]:
    """Join the fields of each record, a break between two of them.

    Args:
        columns: string[n] of each field; nulls are empty.

    Returns:
        The bytes of all texts; int64[n + 1], where each begins; int64[n, fields], the character where each field
        begins in its text.
    """
    n, last = len(columns[0]), len(columns) - 1
    buffers = [text_buffers(column) for column in columns]
    size = np.stack([offsets[1:] - offsets[:-1] for _, offsets in buffers])
    for f, column in enumerate(columns):
        if column.null_count:
            size[f] *= column.is_valid().to_numpy(zero_copy_only=False)
    taken = size.copy()
    taken[:last] += 1
    ends = np.zeros(n * len(columns) + 1, np.int64)
    np.cumsum(taken.T, out=ends[1:])
    at = np.ascontiguousarray(ends[:-1].reshape(n, len(columns)).T)
    data, characters = room(int(ends[-1]), np.uint8), np.empty_like(size)
    for f, (letters, offsets) in enumerate(buffers):
        _put(unwritten(letters), unwritten(offsets), size[f], at[f], f < last, data, characters[f])
    starts = np.zeros((n, len(columns)), np.int64)
    np.cumsum(characters[:last].T + 1, axis=1, out=starts[:, 1:])
    return unwritten(data), unwritten(ends[:: len(columns)].copy()), starts
