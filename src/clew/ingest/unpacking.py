"""Unpacks gzip and Zstandard piece by piece, up to the byte where damage begins."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import IO

import pyarrow as pa

_PIECE = 1 << 16
_ZSTD_PIECE = 1 << 13  # what Arrow had unpacked of a piece is lost where the piece cannot be filled
_GZIP = 31  # zlib's code for it

UNPACK_ERRORS = (OSError, EOFError, zlib.error, pa.ArrowInvalid)


def unpacked(raw: IO[bytes], compression: str) -> Iterator[bytes]:
    """The content of a packed file in small pieces.

    Raises:
        OSError, EOFError, zlib.error, pa.ArrowInvalid: after the last piece that could be unpacked.
    """
    if compression == "gzip":
        yield from _gunzipped(raw)
        return
    stream = pa.CompressedInputStream(pa.PythonFile(raw, "r"), compression)
    while piece := stream.read(_ZSTD_PIECE):
        yield piece


def _gunzipped(raw: IO[bytes]) -> Iterator[bytes]:
    """The content of a gzip file, whose members may be several."""
    packed = raw.read(_PIECE)
    while packed:
        member = zlib.decompressobj(_GZIP)
        while packed and not member.eof:
            before = member.copy()
            try:
                yield member.decompress(packed, _PIECE)
            except zlib.error:
                yield from _byte_by_byte(before, packed)
            packed = member.unconsumed_tail or (b"" if member.eof else raw.read(_PIECE))
        if not member.eof:
            raise EOFError("it ends within its compressed data")
        packed = _after_zeros(member.unused_data, raw)


def _byte_by_byte(member: zlib._Decompress, packed: bytes) -> Iterator[bytes]:
    """What can still be unpacked of a damaged piece; ends with the error."""
    for at in range(len(packed)):
        yield member.decompress(packed[at : at + 1])


def _after_zeros(packed: bytes, raw: IO[bytes]) -> bytes:
    """What follows the zeros that some programs fill the end of a file with."""
    while not (rest := packed.lstrip(b"\x00")) and (packed := raw.read(_PIECE)):
        pass
    return rest
