"""Find rows by record number, fast: record numbers are digests, so their first bits say where they stand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from clew.ingest.buffers import unwritten
from clew.ingest.kernels import kernel
from clew.link.groups import Ints

Rids = npt.NDArray[np.uint64]


class RowIndex:
    """Row of each record number in a sorted array of distinct numbers.

    Args:
        rid: uint64[n], sorted, distinct.
    """

    def __init__(self, rid: Rids) -> None:
        self.rid = rid
        bits = max(len(rid).bit_length() - 1, 1)
        self._shift = np.uint64(64 - bits)
        edges = np.arange(2**bits, dtype=np.uint64) << self._shift
        self._start: Ints = np.append(np.searchsorted(rid, edges), len(rid)).astype(np.int64)

    def rows(self, wanted: Rids) -> Ints:
        """int64[m], row of each wanted number; -1 where there is none."""
        out = np.empty(len(wanted), np.int64)
        _rows(unwritten(self.rid), self._start, self._shift, unwritten(wanted), out)
        return out


def finder(rid: Rids) -> Callable[[Rids], Ints]:
    """The same for numbers in any order: a function that gives the row of each wanted one, -1 where there is none."""
    rising = np.append(np.argsort(rid), -1)
    index = RowIndex(rid[rising[:-1]])
    return lambda wanted: rising[index.rows(wanted)]


@kernel
def _rows(rid, start, shift, wanted, out):  # type: ignore[no-untyped-def]
    """Binary search within the bucket of the first bits; equal numbers often stand together."""
    for k in range(wanted.shape[0]):
        if k > 0 and wanted[k] == wanted[k - 1]:
            out[k] = out[k - 1]
            continue
        bucket = np.int64(wanted[k] >> shift)
        low, high = start[bucket], start[bucket + 1]
        while low < high:
            middle = (low + high) >> 1
            if rid[middle] < wanted[k]:
                low = middle + 1
            else:
                high = middle
        out[k] = low if low < rid.shape[0] and rid[low] == wanted[k] else -1
