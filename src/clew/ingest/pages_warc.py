"""The records of a WARC file (ISO 28500), one after the other; a broken one costs itself alone.

Where each record is a gzip member of its own, the members are what holds when a record lies about its length. In a
file that is not compressed, a record that is not followed by another is given up and the next one is sought from the
end of its headers.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from clew.ingest.base import MAX_LINE, Reject, clip

MAX_RECORD = MAX_LINE  # bytes of a record that is held; a longer one is skipped
_MOST_HEADERS = 1 << 17
_BLOCK = 1 << 20
_FIRST, _NEXT = 1 << 13, 1 << 16  # bytes read of a member: most are small, and what is read too far is copied
_FREE, _RATIO = 4 << 30, 100
_GZIP = b"\x1f\x8b\x08"
_BEGINS, _END = b"WARC/", b"\r\n\r\n"


@dataclass(frozen=True)
class Record:
    """A record.

    Attributes:
        number: counted from 1, broken ones too.
        headers: names in lower case; the first of each.
        content: the block, or its start where it is longer than ``MAX_RECORD``.
        whole: whether it is all of it.
    """

    number: int
    headers: dict[str, str]
    content: bytes
    whole: bool = True

    @property
    def type(self) -> str:
        """As ``response``."""
        return self.headers.get("warc-type", "").lower()

    @property
    def target(self) -> str:
        """The address that it is about."""
        return self.headers.get("warc-target-uri", "").strip("<> \t")

    @property
    def is_http(self) -> bool:
        """Whether its content begins with HTTP headers."""
        return self.headers.get("content-type", "").lower().startswith("application/http")


def records(file: IO[bytes]) -> Iterator[Record | Reject]:
    """The records of an open file that can be read at random, in one gzip member each or not compressed."""
    file.seek(0)
    if file.read(2) == _GZIP[:2]:
        yield from _of_members(file)
    else:
        yield from _of_bytes(file, 1)


def is_one_member(path: Path) -> bool:
    """Whether a gzip file holds several records in its first member: then it must be unpacked to be read."""
    with path.open("rb") as file:
        if file.read(2) != _GZIP[:2]:
            return False
        file.seek(0)
        inflater = zlib.decompressobj(31)
        try:
            start = inflater.decompress(file.read(_BLOCK), _BLOCK)
        except zlib.error:
            return False
        found = _head(start)
        if found is None:
            return False
        headers, begin = found
        length = _length(headers)
        return length is not None and start.find(_BEGINS, begin + length, begin + length + 64) >= 0


# Uncompressed.


def _of_bytes(file: IO[bytes], number: int) -> Iterator[Record | Reject]:
    """Records one after the other."""
    size = file.seek(0, io.SEEK_END)
    at = 0
    while (at := _skip_blank(file, at)) < size:
        file.seek(at)
        start = file.read(_MOST_HEADERS)
        found = _head(start)
        length = _length(found[0]) if found else None
        if found is None or length is None:
            reason = "no WARC record" if found is None else "a WARC record that does not say how long it is"
            yield Reject(number, reason, clip(start[:8_000]))
            at, number = _next_record(file, at + 1, size), number + 1
            continue
        headers, begin = found
        end = at + begin + length
        following = _skip_blank(file, end) if end < size else size
        if end > size or not (following >= size or _ends(file, end) or _begins(file, following)):
            reason = f"a WARC record that is not as long as it says ({length:,} bytes)"
            yield Reject(number, reason, clip(start[:8_000]))
            at = _next_record(file, at + begin, size)
        else:
            file.seek(at + begin)
            whole = length <= MAX_RECORD
            yield Record(number, headers, file.read(length if whole else _MOST_HEADERS), whole)
            at = following
        number += 1


def _ends(file: IO[bytes], at: int) -> bool:
    """Whether there is what follows each record."""
    file.seek(at)
    return file.read(4) == _END


def _begins(file: IO[bytes], at: int) -> bool:
    file.seek(at)
    return file.read(len(_BEGINS)) == _BEGINS


def _skip_blank(file: IO[bytes], at: int) -> int:
    """Where the next byte is that is no line break."""
    file.seek(at)
    while block := file.read(4_096):
        rest = block.lstrip(b"\r\n")
        at += len(block) - len(rest)
        if rest:
            break
    return at


def _next_record(file: IO[bytes], at: int, size: int) -> int:
    """Where the next line is that begins a record; the end of the file if there is none."""
    mark = b"\n" + _BEGINS + b"1."
    file.seek(at)
    held = b""
    while block := file.read(_BLOCK):
        held += block
        found = held.find(mark)
        if found >= 0:
            return at + found + 1
        kept = len(mark) - 1
        at, held = at + max(0, len(held) - kept), held[-kept:]
    return size


def _head(start: bytes) -> tuple[dict[str, str], int] | None:
    """(headers, where the content begins) of a record that starts with these bytes; None: it is none."""
    if not start.startswith(_BEGINS):
        return None
    ends = [(at, len(mark)) for mark in (_END, b"\n\n") if (at := start.find(mark, 0, _MOST_HEADERS)) >= 0]
    if not ends:
        return None
    at, gap = min(ends)
    headers: dict[str, str] = {}
    name = ""
    for line in start[:at].decode("utf-8", "replace").split("\n")[1:]:
        if line[:1] in (" ", "\t") and name:
            headers[name] += " " + line.strip()
            continue
        name, _, value = line.partition(":")
        name = name.strip().lower()
        headers.setdefault(name, value.strip())
    return headers, at + gap


def _length(headers: dict[str, str]) -> int | None:
    written = headers.get("content-length", "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 16 else None


# One gzip member a record.


def _of_members(file: IO[bytes]) -> Iterator[Record | Reject]:
    """Records of members; a member that is broken is given up, and the next one sought."""
    size = file.seek(0, io.SEEK_END)
    at, number = 0, 1
    # What may be unpacked: of the whole, as of an archive bomb; and of broken members, each of which is read again.
    left, wasted = max(_FREE, _RATIO * size), 4 * size + _FREE
    while at < size:
        content, end, whole, unpacked = _member(file, at, left)
        left -= unpacked
        wasted -= unpacked if end is None else 0
        if left <= 0 or wasted <= 0:
            reason = "unpacks to far more than its size, as an archive bomb does" if left <= 0 else "broken all over"
            yield Reject(number, f"{reason}; what follows was not read", clip(content[:8_000]))
            return
        if end is None:
            yield Reject(number, "a gzip member that is broken or cut off", clip(content[:8_000]))
            at, number = _next_member(file, at + 1, size), number + 1
            continue
        at = end
        if not whole:
            yield from _long(content, number)
            number += 1
            continue
        if (only := _only(content, number)) is not None:  # as nearly all are
            number += 1
            yield only
            continue
        for found in _of_bytes(io.BytesIO(content), number):
            number += 1
            yield found


def _only(content: bytes, number: int) -> Record | None:
    """The record that is all of a member; None: there is more or less in it."""
    found = _head(content[:_MOST_HEADERS])
    length = _length(found[0]) if found else None
    if found is None or length is None or length > MAX_RECORD:
        return None
    headers, begin = found
    return Record(number, headers, content[begin : begin + length]) if content[begin + length :] == _END else None


def _long(start: bytes, number: int) -> Iterator[Record | Reject]:
    """A record of which only the start is held."""
    found = _head(start)
    if found is None:
        yield Reject(number, "no WARC record", clip(start[:8_000]))
    else:
        yield Record(number, found[0], start[found[1] :], whole=False)


def _member(file: IO[bytes], at: int, most: int) -> tuple[bytes, int | None, bool, int]:
    """(content, where the member ends; None: it is broken, whether the content is held as a whole, its bytes)."""
    file.seek(at)
    inflater = zlib.decompressobj(31)
    out, held, whole = list[bytes](), 0, True
    data, done = b"", at
    try:
        while not inflater.eof and held <= most:
            if not data:
                data = file.read(_NEXT if held else _FIRST)
                done += len(data)
                if not data:
                    return b"".join(out), None, whole, held
            block = inflater.decompress(data, _BLOCK)
            data = inflater.unconsumed_tail
            held += len(block)
            if whole:
                out.append(block)
            if whole and held > MAX_RECORD + _MOST_HEADERS:
                whole, out = False, [b"".join(out)[:_MOST_HEADERS]]
    except zlib.error:
        return b"".join(out), None, whole, held
    return b"".join(out), done - len(inflater.unused_data), whole, held


def _next_member(file: IO[bytes], at: int, size: int) -> int:
    """Where the next member is that unpacks to the start of a record; the end of the file if there is none."""
    file.seek(at)
    held = b""
    while block := file.read(_BLOCK):
        held += block
        found = -1
        while (found := held.find(_GZIP, found + 1)) >= 0:
            if _begins_record(held[found : found + 512] if found + 512 <= len(held) else _peek(file, at + found)):
                return at + found
        kept = len(_GZIP) - 1
        at, held = at + max(0, len(held) - kept), held[-kept:]
        file.seek(at + len(held))
    return size


def _peek(file: IO[bytes], at: int) -> bytes:
    file.seek(at)
    return file.read(512)


def _begins_record(start: bytes) -> bool:
    try:
        return zlib.decompressobj(31).decompress(start, len(_BEGINS)) == _BEGINS
    except zlib.error:
        return False
