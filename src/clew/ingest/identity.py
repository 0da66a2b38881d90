"""The ids of records: digests of what they say."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clew.ingest.buffers import text_buffers, unwritten
from clew.ingest.kernels import copy_letters, kernel, kernel_step
from clew.ingest.sha256 import ALONE, sha256

_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)


@dataclass(frozen=True)
class Texts:
    """Texts one after the other: text ``n`` is ``data[ends[n]:ends[n + 1]]``."""

    data: npt.NDArray[np.uint8]
    ends: npt.NDArray[np.int64]


def canonical(columns: Sequence[pa.Array]) -> Texts:
    """One unambiguous text a row: each value as ``length:value``, a null as ``-`` (a netstring, Bernstein 1997)."""
    buffers = [text_buffers(column.cast(pa.string())) for column in columns]
    ends = np.zeros(len(columns[0]) + 1, np.int64)
    for offsets, _, valid in buffers:
        _add_sizes(offsets, valid, ends[1:])
    np.cumsum(ends, out=ends)
    room = pa.allocate_buffer(int(ends[-1]))  # Arrow's memory is used again; NumPy's is new, and cleared, each time
    data, cursor = np.frombuffer(room, np.uint8), ends[:-1].copy()
    for offsets, letters, valid in buffers:
        _append(offsets, letters, valid, data, cursor)
    return Texts(data, ends)


@kernel_step
def _digits(number):  # type: ignore[no-untyped-def]
    count = 1
    while number >= 10:
        number //= 10
        count += 1
    return count


@kernel
def _add_sizes(offsets, valid, sizes):  # type: ignore[no-untyped-def]
    """Add the bytes that each value of a column takes."""
    for n in range(len(sizes)):
        size = offsets[n + 1] - offsets[n]
        sizes[n] += _digits(size) + 1 + size if valid[n] else 1


@kernel
def _append(offsets, letters, valid, data, cursor):  # type: ignore[no-untyped-def]
    """Write each value of a column where its row has got to, and move on."""
    for n in range(len(cursor)):
        at = cursor[n]
        if not valid[n]:
            data[at] = 45
            cursor[n] = at + 1
            continue
        size = np.int64(offsets[n + 1]) - offsets[n]
        count = _digits(size)
        rest = size
        for k in range(count):
            data[at + count - 1 - k] = 48 + rest % 10
            rest //= 10
        at += count
        data[at] = 58
        copy_letters(data, at + 1, letters, np.int64(offsets[n]), size)
        cursor[n] = at + 1 + size


def digests(texts: Texts) -> npt.NDArray[np.uint8]:
    """The first 16 bytes of the SHA-256 of each text, as an (n, 16) array."""
    size = np.diff(texts.ends)
    short = np.flatnonzero(size < ALONE)
    short = short[np.argsort(size[short].astype(np.int16), kind="stable")]
    out = np.empty((len(size), 32), np.uint8)
    whole = sha256(unwritten(texts.data), unwritten(texts.ends), short)
    out[short] = np.frombuffer(whole, np.uint8).reshape(-1, 32)
    view = texts.data.data
    for n in np.flatnonzero(size >= ALONE).tolist():
        digest = hashlib.sha256(view[texts.ends[n] : texts.ends[n + 1]]).digest()
        out[n] = np.frombuffer(digest, np.uint8)
    return out[:, :16]


def as_hex(digest: npt.NDArray[np.uint8]) -> pa.Array:
    """32 hex digits a row of an (n, 16) array."""
    letters = np.empty(2 * digest.size, np.uint8)
    _write_hex(digest, letters)
    offsets = np.arange(0, 32 * len(digest) + 1, 32, dtype=np.int32)
    return pa.StringArray.from_buffers(len(digest), pa.py_buffer(offsets), pa.py_buffer(letters))


@kernel
def _write_hex(digest, letters):  # type: ignore[no-untyped-def]
    for n in range(digest.shape[0]):
        for k in range(digest.shape[1]):
            at = 2 * (n * digest.shape[1] + k)
            letters[at], letters[at + 1] = _HEX[digest[n, k] >> 4], _HEX[digest[n, k] & 15]


def as_rid(digest: npt.NDArray[np.uint8]) -> pa.Array:
    """The first 8 bytes of each digest as uint64, so that its hex form is the first half of the record id."""
    return pa.array(np.ascontiguousarray(digest[:, :8]).view(">u8").ravel().astype(np.uint64))
