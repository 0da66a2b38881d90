"""Compressed streams unpacked forwards, in blocks, counted against the budget."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Iterator
from typing import IO

import pyarrow as pa

from clew.evidence.intake.limits import BLOCK, Budget
from clew.ingest.streams import DamagedError

_MOST_EMPTY = 1_000  # gzip members one after the other that hold nothing


def blocks(file: IO[bytes], budget: Budget) -> Iterator[bytes]:
    """A file as it is, in blocks."""
    while block := file.read(BLOCK):
        budget.tick()
        yield block


def gunzip(file: IO[bytes], budget: Budget) -> Iterator[bytes]:
    """The content of a gzip file of one or many members."""
    data, number, empty = b"", 0, 0
    while data := data or file.read(BLOCK):
        number, given = number + 1, 0
        if len(data) < 18:
            data += file.read(BLOCK)
        if not data.startswith(b"\x1f\x8b"):
            raise DamagedError(f"what follows gzip member {number - 1:,} is no gzip")
        inflater = zlib.decompressobj(31)
        while not inflater.eof:
            try:
                block = inflater.decompress(data, BLOCK)
            except zlib.error as error:
                raise DamagedError(f"gzip member {number:,} is broken ({error})") from error
            data = inflater.unconsumed_tail
            if block:
                given += len(block)
                budget.unpack(len(block))
                yield block
            if not data and len(block) < BLOCK and not inflater.eof and not (data := file.read(BLOCK)):
                raise DamagedError(f"gzip member {number:,} is cut off")
        data = inflater.unused_data
        empty = 0 if given else empty + 1
        if empty > _MOST_EMPTY:
            raise DamagedError(f"more than {_MOST_EMPTY:,} empty gzip members follow each other")


_Unpacker = bz2.BZ2Decompressor | lzma.LZMADecompressor


def bunzip(file: IO[bytes], budget: Budget) -> Iterator[bytes]:
    """The content of a bzip2 file."""
    return _stepwise(file, bz2.BZ2Decompressor(), budget)


def unxz(file: IO[bytes], budget: Budget) -> Iterator[bytes]:
    """The content of an xz file; one that asks for more than 256 MiB of memory is refused."""
    return _stepwise(file, lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=256 << 20), budget)


def _stepwise(file: IO[bytes], unpacker: _Unpacker, budget: Budget) -> Iterator[bytes]:
    """One stream; what follows it is a fault."""
    while not unpacker.eof:
        data = file.read(BLOCK) if unpacker.needs_input else b""
        if unpacker.needs_input and not data:
            raise DamagedError("the compressed data are cut off")
        try:
            block = unpacker.decompress(data, BLOCK)
        except (OSError, lzma.LZMAError, EOFError, ValueError, MemoryError) as error:
            raise DamagedError(f"the compressed data are broken ({error})") from error
        budget.unpack(len(block))
        if block:
            yield block
    if unpacker.unused_data or file.read(1):
        raise DamagedError("something follows the end of the compressed data")


def by_arrow(file: IO[bytes], codec: str, budget: Budget) -> Iterator[bytes]:
    """The content of a zstd or brotli stream."""
    try:
        stream = pa.CompressedInputStream(pa.PythonFile(file, "r"), codec)
        while block := stream.read(BLOCK):
            budget.unpack(len(block))
            yield block
    except (OSError, ValueError, EOFError) as error:
        raise DamagedError(f"the compressed data are broken ({' '.join(str(error).split())[:100]})") from error
