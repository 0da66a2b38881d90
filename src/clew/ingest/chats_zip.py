"""The texts of chats in a ZIP file, unpacked in bounded memory; also where the file was cut off."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from pathlib import Path
from typing import IO

from clew.ingest.streams import BLOCK, DamagedError

MAX_ENTRIES = 20_000
MAX_DIRECTORY = 16 << 20  # bytes
MAX_TEXTS = 2_000
MAX_TEXT = 4 << 30  # bytes that a text may unpack to
MAX_RATIO = 200  # and how many times its packed size, beyond the first MiB; chats pack to a fifth
_FREE = 1 << 20
_PIECE = 1 << 16
_LOOKED_AT = 64 << 20  # bytes searched for texts where there is no directory
_HEADER = struct.Struct("<4s5H3L2H")
_END = struct.Struct("<4s4H2LH")
_STORED, _DEFLATED = 0, 8


@dataclass(frozen=True)
class Entry:
    """A file in a ZIP file: where its header is, and before which byte it ends; size and checksum where the directory
    tells them.
    """

    name: str
    at: int
    end: int
    packed: int | None = None
    crc: int | None = None


def find_texts(path: Path, wanted: Callable[[str], bool]) -> list[Entry]:
    """The files that are ``wanted`` by their names; looked for without the directory where that is missing.

    Raises:
        DamagedError: a directory that is too large, or more texts than anybody has chats.
    """
    with path.open("rb") as raw:
        _check_directory(raw)
        size = raw.seek(0, 2)
    try:
        with zipfile.ZipFile(path) as whole:
            infos = [info for info in whole.infolist() if wanted(info.filename)]
        found = [Entry(info.filename, info.header_offset, size, info.compress_size, info.CRC) for info in infos]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error, LookupError):
        found = list(islice(_scan(path, size, wanted), MAX_TEXTS + 1))
    if len(found) > MAX_TEXTS:
        raise DamagedError(f"the ZIP file holds more than {MAX_TEXTS:,} chats; unpack it by hand")
    return _apart(found, size)


def _apart(found: list[Entry], size: int) -> list[Entry]:
    """Each ends before the next begins: texts that share their bytes would unpack to more than the file can hold."""
    places = sorted({entry.at: entry for entry in reversed(found)}.values(), key=lambda entry: entry.at)
    ends = [after.at for _, after in pairwise(places)]
    return [replace(entry, end=end) for entry, end in zip(places, [*ends, size], strict=False)]


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


def _scan(path: Path, size: int, wanted: Callable[[str], bool]) -> Iterator[Entry]:
    """Look for the headers before the texts themselves."""
    with path.open("rb") as raw:
        start = raw.read(_LOOKED_AT)
    for found in re.finditer(rb"PK\x03\x04", start):
        header = start[found.start() : found.start() + _HEADER.size]
        if len(header) < _HEADER.size:
            break
        length = _HEADER.unpack(header)[9]
        name = start[found.start() + _HEADER.size : found.start() + _HEADER.size + length].decode("utf-8", "replace")
        if wanted(name):
            yield Entry(name, found.start(), size)


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
        room = max(entry.end - raw.tell(), 0)
        left = entry.packed if entry.packed is not None else (packed or None)
        if method == _STORED:
            yield from _stored(raw, left, room)
        else:
            yield from _inflated(raw, room if left is None else min(left, room))


def _stored(raw: IO[bytes], left: int | None, room: int) -> Iterator[bytes]:
    if left is None or left > MAX_TEXT:
        raise EOFError("the size of the text is not known")
    end = max(left - room, 0)
    while left > end and (piece := raw.read(min(_PIECE, left - end))):
        left -= len(piece)
        yield piece
    if left:
        raise EOFError("it ends inside the text")


def _inflated(raw: IO[bytes], left: int) -> Iterator[bytes]:
    """Unpack as far as the limits go; the stream itself says where it ends."""
    stream, taken, given = zlib.decompressobj(-15), 0, 0
    held = b""
    while not stream.eof:
        if not held:
            held = raw.read(min(_PIECE, left - taken))
            taken += len(held)
            if not held:
                raise EOFError("it ends inside the text")
        piece = stream.decompress(held, _PIECE)
        held = stream.unconsumed_tail
        given += len(piece)
        if given > MAX_TEXT or given > _FREE + MAX_RATIO * taken:
            raise EOFError("the text unpacks to far more than a chat does")
        yield piece
