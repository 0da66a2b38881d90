"""The one text in a chat's ZIP file, unpacked in bounded memory; also where the file was cut off."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from clew.ingest.streams import BLOCK, DamagedError

MAX_ENTRIES = 20_000
MAX_DIRECTORY = 16 << 20  # bytes
MAX_TEXT = 4 << 30  # bytes that the text may unpack to
MAX_RATIO = 200  # and how many times its packed size, beyond the first MiB; chats pack to a fifth
_FREE = 1 << 20
_PIECE = 1 << 16
_LOOKED_AT = 64 << 20  # bytes searched for the text where there is no directory
_HEADER = struct.Struct("<4s5H3L2H")
_END = struct.Struct("<4s4H2LH")
_STORED, _DEFLATED = 0, 8


@dataclass(frozen=True)
class Entry:
    """A file in a ZIP file: where its header is; size and checksum where the directory tells them."""

    name: str
    at: int
    packed: int | None = None
    crc: int | None = None


def find_text(path: Path, wanted: Callable[[str], bool]) -> Entry | None:
    """The first file that is ``wanted`` by its name; looked for without the directory where that is missing.

    Raises:
        DamagedError: a directory that is too large, or a text that is encrypted.
    """
    with path.open("rb") as raw:
        _check_directory(raw)
    try:
        with zipfile.ZipFile(path) as whole:
            for info in whole.infolist():
                if wanted(info.filename):
                    return Entry(info.filename, info.header_offset, info.compress_size, info.CRC)
            return None
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error, LookupError):
        return _scan(path, wanted)


def _check_directory(raw: IO[bytes]) -> None:
    size = raw.seek(0, 2)
    raw.seek(max(0, size - 65_557))
    tail = raw.read(65_557)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        return
    _, _, _, _, entries, length, _, _ = _END.unpack_from(tail, at)
    if entries > MAX_ENTRIES or length > MAX_DIRECTORY:
        raise DamagedError(f"the ZIP file holds more than {MAX_ENTRIES:,} files; unpack it by hand")


def _scan(path: Path, wanted: Callable[[str], bool]) -> Entry | None:
    """Look for the header before the text itself."""
    with path.open("rb") as raw:
        start = raw.read(_LOOKED_AT)
    for found in re.finditer(rb"PK\x03\x04", start):
        header = start[found.start() : found.start() + _HEADER.size]
        if len(header) < _HEADER.size:
            break
        length = _HEADER.unpack(header)[9]
        name = start[found.start() + _HEADER.size :][:length].decode("utf-8", "replace")
        if wanted(name):
            return Entry(name, found.start())
    return None


def unpacked(path: Path, entry: Entry, size: int = BLOCK) -> Iterator[bytes]:
    """The bytes of an entry in blocks.

    Raises:
        DamagedError: after the last block that could be read.
    """
    held, crc = bytearray(), 0
    problem: str | None = None
    pieces = _pieces(path, entry)
    while problem is None:
        try:
            piece = next(pieces)
        except StopIteration:
            break
        except (zlib.error, OSError, EOFError) as error:
            problem = f"the file is damaged: {' '.join(str(error).split())[:200]}"
            break
        crc = zlib.crc32(piece, crc)
        held += piece
        if len(held) >= size:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)
    if problem is None and entry.crc is not None and crc != entry.crc:
        problem = "the file is damaged: its checksum does not fit"
    if problem is not None:
        raise DamagedError(problem)


def _pieces(path: Path, entry: Entry) -> Iterator[bytes]:
    """The content in small pieces; anything wrong with it is an EOFError."""
    with path.open("rb") as raw:
        raw.seek(entry.at)
        header = raw.read(_HEADER.size)
        if len(header) < _HEADER.size or not header.startswith(b"PK\x03\x04"):
            raise EOFError("the header of the text cannot be read")
        _, _, flags, method, _, _, _, packed, _, length, extra = _HEADER.unpack(header)
        if flags & 1 or method not in (_STORED, _DEFLATED):
            raise EOFError("the text is encrypted" if flags & 1 else "the text is packed in a way that is not known")
        raw.seek(length + extra, 1)
        left = entry.packed if entry.packed is not None else (packed or None)
        yield from _stored(raw, left) if method == _STORED else _inflated(raw, left)


def _stored(raw: IO[bytes], left: int | None) -> Iterator[bytes]:
    if left is None or left > MAX_TEXT:
        raise EOFError("the size of the text is not known")
    while left and (piece := raw.read(min(_PIECE, left))):
        left -= len(piece)
        yield piece
    if left:
        raise EOFError("it ends inside the text")


def _inflated(raw: IO[bytes], left: int | None) -> Iterator[bytes]:
    """Unpack as far as the limits go; the stream itself says where it ends."""
    stream, taken, given = zlib.decompressobj(-15), 0, 0
    held = b""
    while not stream.eof:
        if not held:
            held = raw.read(_PIECE if left is None else min(_PIECE, left - taken))
            taken += len(held)
            if not held:
                raise EOFError("it ends inside the text")
        piece = stream.decompress(held, _PIECE)
        held = stream.unconsumed_tail
        given += len(piece)
        if given > MAX_TEXT or given > _FREE + MAX_RATIO * taken:
            raise EOFError("the text unpacks to far more than a chat does")
        yield piece
