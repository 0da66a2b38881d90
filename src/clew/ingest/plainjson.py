"""Rows of plain JSON straight to columns: one pass over the bytes finds the values, one more copies them.

Plain is what exports of adverts are: an object whose values are texts, short numbers, true, false, null or lists of
those. Any other row (nested deeper, a key twice, a number that a parser would write otherwise, not JSON at all) is
left to DuckDB's parser, which what is done here equals; a test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clew.ingest.base import MAX_COLUMNS
from clew.ingest.buffers import text_array, text_buffers
from clew.ingest.kernels import marked
from clew.ingest.plainkernel import copy_values, find_values

Text: TypeAlias = "tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.uint64]]"
_FIRST_ROOM = 32  # keys for which there is room at first


@dataclass(frozen=True)
class Values:
    """Where the values of plain rows are; the arrays have one row a key and one column a row of the input.

    Attributes:
        keys: the keys of plain rows, in no order.
        plain: which rows are plain.
        text: the letters of all rows, their marks, and the marks eight in one.
        starts, ends: where in the letters each value is; a text without its quotes.
        kinds: what each value is, see plainkernel.
    """

    keys: list[str]
    plain: npt.NDArray[np.bool_]
    text: Text
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]
    kinds: npt.NDArray[np.uint8]

    def column(self, key: str, *, as_json: bool) -> pa.Array:
        """The values of a key in every row, null in those that are not plain.

        Args:
            as_json: give JSON texts, and null for the empty text too; else texts as they are.
        """
        place = self.keys.index(key)
        n = len(self.plain)
        kinds = np.where(self.plain, self.kinds[place], 0)
        size = int((self.ends[place] - self.starts[place] + 2)[kinds != 0].sum())
        offsets, valid, room = np.zeros(n + 1, np.int32), np.zeros(n, np.bool_), pa.allocate_buffer(size)
        out = np.frombuffer(room, np.uint8) if size else np.zeros(1, np.uint8)
        copy_values(self.text, self.starts[place], self.ends[place], kinds, as_json, offsets, valid, out)
        return text_array(offsets, room, valid)


def read_plain(rows: pa.Array) -> Values | None:
    """Find the values of the plain ones of ``rows`` (valid UTF-8, one JSON text each).

    Returns:
        None where the plain rows have more than 512 keys.
    """
    n = len(rows)
    ends, letters, valid = text_buffers(rows)
    letters = letters.view()
    letters.flags.writeable = False  # one kind of array, so that the kernels are compiled once
    marks = marked(letters)
    text = (letters, marks, marks.view(np.uint64))
    names, state = np.zeros((MAX_COLUMNS, 2), np.int32), np.zeros(1, np.int64)
    seen, order = np.zeros(MAX_COLUMNS, np.int64), np.zeros(MAX_COLUMNS, np.int64)
    found = (names, state, seen, np.full(MAX_COLUMNS, -1, np.int64), order)
    plain = np.zeros(n, np.bool_)
    starts, stops = (np.zeros((_FIRST_ROOM, n), np.int32) for _ in range(2))
    kinds = np.zeros((_FIRST_ROOM, n), np.uint8)
    row = 0
    while (row := find_values(text, ends, valid, row, found, plain, starts, stops, kinds)) < n:
        if len(kinds) == MAX_COLUMNS:
            return None
        found[3][:] = -1
        starts, stops = np.concatenate((starts, starts)), np.concatenate((stops, stops))
        kinds = np.concatenate((kinds, np.zeros_like(kinds)))
    used = np.flatnonzero(seen[: state[0]])
    keys = [letters[names[k, 0] : names[k, 1]].tobytes().decode() for k in used.tolist()]
    return Values(keys, plain, text, starts[used], stops[used], kinds[used])
