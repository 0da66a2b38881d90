"""Arrow's text columns as the arrays that kernels take."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Array = TypeVar("Array", bound=npt.NDArray[Any])


def unwritten(values: Array) -> Array:
    """The same values, for reading only.

    To Numba that is another type, and Arrow's memory is of either: kernels would be compiled for both, the second
    time while somebody waits.
    """
    view = values.view()
    view.setflags(write=False)
    return view


def text_buffers(column: pa.Array) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    """(offsets, letters, which are not null) of a string array."""
    _, offsets, letters = column.buffers()
    n = len(column)
    ends = np.frombuffer(offsets, np.int32)[column.offset : column.offset + n + 1] if n else np.zeros(1, np.int32)
    empty = letters is None or not letters.size
    valid = column.is_valid().to_numpy(zero_copy_only=False)
    return unwritten(ends), unwritten(np.zeros(1, np.uint8) if empty else np.frombuffer(letters, np.uint8)), valid


def text_array(offsets: npt.NDArray[np.int32], letters: pa.Buffer, valid: npt.NDArray[np.bool_]) -> pa.Array:
    """A string array of what kernels wrote."""
    missing = int(len(valid) - np.count_nonzero(valid))
    bits = pa.py_buffer(np.packbits(valid, bitorder="little")) if missing else None
    return pa.StringArray.from_buffers(len(valid), pa.py_buffer(offsets), letters, bits, missing)
