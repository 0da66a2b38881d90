"""The text fields of records as one text each: what :func:`clew.extract.base.text_batch` folds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clew.extract._room import room
from clew.extract.fold import BREAK, characters, text_buffers
from clew.ingest.buffers import unwritten
from clew.ingest.kernels import copy_letters, kernel

Ints = npt.NDArray[np.int64]


@kernel
def _put(data, begin, size, at, ended, out, count):  # type: ignore[no-untyped-def]
    """Copy texts to their places, with a break after each where it is ``ended``; count their characters."""
    for t in range(size.shape[0]):
        copy_letters(out, at[t], data, begin[t], size[t])
        if ended:
            out[at[t] + size[t]] = BREAK
        count[t] = characters(data, np.uint64(begin[t]), np.uint64(begin[t] + size[t]))


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
    data, count = room(int(ends[-1]), np.uint8), np.empty_like(size)
    for f, (letters, offsets) in enumerate(buffers):
        _put(unwritten(letters), unwritten(offsets), size[f], at[f], f < last, data, count[f])
    starts = np.zeros((n, len(columns)), np.int64)
    np.cumsum(count[:last].T + 1, axis=1, out=starts[:, 1:])
    return unwritten(data), unwritten(ends[:: len(columns)].copy()), starts
