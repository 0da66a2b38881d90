"""Hashes of pictures as hex digits in Arrow, and as bytes in NumPy, without a step through Python for each."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clew.extract.fold import text_buffers
from clew.ingest.kernels import kernel

DIGITS = 64
FAR = 255  # more bits than were asked for

U8 = npt.NDArray[np.uint8]

_DIGIT = np.frombuffer(b"0123456789abcdef", np.uint8)
_PAIR = np.stack([np.repeat(_DIGIT, 16), np.tile(_DIGIT, 16)], axis=1).copy().view("<u2").ravel()  # by byte
_VALUE = np.zeros(256, np.uint8)  # by digit
_VALUE[_DIGIT] = np.arange(16)
_VALUE[np.frombuffer(b"ABCDEF", np.uint8)] = np.arange(10, 16)
_ONES = np.bitwise_count(np.arange(16, dtype=np.uint8))


@kernel
def _decode(data, offsets, out):  # type: ignore[no-untyped-def]
    for k in range(out.shape[0]):
        if offsets[k + 1] - offsets[k] != DIGITS:
            out[k] = 0
            continue
        for i in range(DIGITS // 2):
            at = offsets[k] + 2 * i
            out[k, i] = _VALUE[data[at]] << 4 | _VALUE[data[at + 1]]


@kernel
def _distances(data, offsets, wanted, most, bits):  # type: ignore[no-untyped-def]
    for k in range(bits.shape[0]):
        begin = offsets[k]
        apart = 0 if offsets[k + 1] - begin == DIGITS else FAR
        i = 0
        while i < DIGITS and apart <= most:  # most hashes are too far after some digits
            for j in range(i, i + 4):
                apart += _ONES[_VALUE[data[begin + j]] ^ wanted[j]]
            i += 4
        bits[k] = apart if apart <= most else FAR


def from_hex(column: pa.ChunkedArray) -> U8:
    """uint8[n, 32] of string[n]; a value that has not 64 digits is a row of zeros, as of a blank picture."""
    out = np.empty((len(column), DIGITS // 2), np.uint8)
    at = 0
    for chunk in column.chunks:
        _decode(*text_buffers(chunk), out[at : at + len(chunk)])
        at += len(chunk)
    return out


def distances(column: pa.ChunkedArray, pdq: bytes, most: int) -> U8:
    """uint8[n]: bits in which hashes in hex digits differ from one, or ``FAR`` where they are more than ``most``."""
    wanted = np.frombuffer(pdq, np.uint8)
    digits = np.stack([wanted >> 4, wanted & 15], axis=1).ravel()
    bits = np.empty(len(column), np.uint8)
    at = 0
    for chunk in column.chunks:
        _distances(*text_buffers(chunk), digits, most, bits[at : at + len(chunk)])
        at += len(chunk)
    return bits


def to_hex(hashes: U8) -> pa.Array:
    """string[n] of uint8[n, 32]."""
    digits = _PAIR[hashes]
    offsets = np.arange(len(hashes) + 1, dtype=np.int64) * DIGITS
    large = pa.LargeStringArray.from_buffers(len(hashes), pa.py_buffer(offsets), pa.py_buffer(digits))
    return large.cast(pa.string())
