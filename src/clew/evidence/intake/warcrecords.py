"""Reads the records of a WARC file (ISO 28500:2017) forwards; a broken one is named by number and place."""

from __future__ import annotations

import base64
import hashlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from clew.evidence.intake import unpack
from clew.evidence.intake.limits import BLOCK, Budget
from clew.ingest.streams import DamagedError

_MOST_HEADER, _MOST_HEADERS = 1 << 16, 1 << 19  # bytes of one line, of all lines of a record
_MOST_CHUNK_LINE = 1_000
_DIGESTS = {"sha1": "sha1", "sha-1": "sha1", "sha256": "sha256", "sha-256": "sha256", "md5": "md5", "sha512": "sha512"}


class Forward:
    """Reads lines and bytes from blocks."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._held = b""
        self._at = 0
        self._before = 0  # bytes of the blocks before the held one

    @property
    def position(self) -> int:
        """Bytes read so far."""
        return self._before + self._at

    def _fill(self) -> bool:
        """Hold more, if there is more."""
        block = next(self._blocks, b"")
        self._before += self._at
        self._held, self._at = self._held[self._at :] + block, 0
        return bool(block)

    def some(self, most: int) -> bytes:
        """At least one byte and at most ``most``; none at the end."""
        if self._at == len(self._held) and not self._fill():
            return b""
        piece = self._held[self._at : self._at + most]
        self._at += len(piece)
        return piece

    def line(self, most: int = _MOST_HEADER) -> bytes:
        """A line with its line feed; without one at the end or where it is longer than ``most``."""
        while (end := self._held.find(b"\n", self._at, self._at + most)) < 0:
            if len(self._held) - self._at >= most or not self._fill():
                return self.some(most)
        piece = self._held[self._at : end + 1]
        self._at = end + 1
        return piece


@dataclass
class Record:
    """A record whose content is still to be read.

    Attributes:
        number: counted from 1.
        version: of its first line, as ``1.1``.
        headers: names in lower case; the first of each.
        length: bytes that its content should have.
    """

    number: int
    version: str
    headers: dict[str, str]
    length: int
    _stream: Forward
    _left: int

    @property
    def type(self) -> str:
        """As ``response``."""
        return self.headers.get("warc-type", "").lower()

    @property
    def target(self) -> str:
        """The address it is about."""
        return self.headers.get("warc-target-uri", "").strip("<>")

    @property
    def is_http(self) -> bool:
        """Whether the content begins with HTTP headers."""
        return self.headers.get("content-type", "").lower().startswith("application/http")

    def blocks(self) -> Iterator[bytes]:
        """The content; the same again gives the rest."""
        while self._left:
            block = self._stream.some(min(self._left, BLOCK))
            if not block:
                raise DamagedError(
                    f"record {self.number:,} claims {self.length:,} bytes, but the file ends {self._left:,} before that"
                )
            self._left -= len(block)
            yield block

    def content(self, most: int) -> bytes | None:
        """The content if it is no longer than ``most``, else None."""
        return b"".join(self.blocks()) if self.length <= most else None


def records(file: IO[bytes], budget: Budget) -> Iterator[Record]:
    """The records of a file, in one gzip member each, in one stream, or not compressed.

    Raises:
        DamagedError: the rest cannot be read.
        CutError: a bound was reached.
    """
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    stream = Forward(unpack.gunzip(file, budget) if packed else unpack.blocks(file, budget))
    number = 0
    while line := _first_line(stream):
        number += 1
        budget.part()
        at = stream.position - len(line)
        if not line.startswith(b"WARC/"):
            raise DamagedError(f"no record begins where record {number:,} should (byte {at:,} of the content)")
        headers = _headers(stream, number)
        written = headers.get("content-length", "")
        if not (written.isascii() and written.isdigit() and len(written) < 16):
            raise DamagedError(f"record {number:,} (byte {at:,} of the content) does not say how long it is")
        version = line[5:].strip().decode("ascii", "replace")[:20]
        record = Record(number, version, headers, int(written), stream, int(written))
        yield record
        for _ in record.blocks():
            pass


def _first_line(stream: Forward) -> bytes:
    """The next line that is not blank; empty at the end."""
    for _ in range(1_000):
        line = stream.line()
        if not line or line.strip():
            return line
    raise DamagedError(f"only blank lines follow byte {stream.position:,} of the content")


def _headers(stream: Forward, number: int) -> dict[str, str]:
    """Headers up to the blank line."""
    found: dict[str, str] = {}
    size, name = 0, ""
    while (line := stream.line()).strip():
        size += len(line)
        if size > _MOST_HEADERS or not line.endswith(b"\n"):
            raise DamagedError(f"the headers of record {number:,} are cut off or longer than {_MOST_HEADERS:,} bytes")
        text = line.decode("utf-8", "replace")
        if text[0] in " \t" and name:
            found[name] += " " + text.strip()
            continue
        name, _, value = text.partition(":")
        name = name.strip().lower()
        found.setdefault(name, value.strip())
    return found


class Digest:
    """A digest as WARC headers write them, ``sha1:BASE32`` or ``sha256:hex``, and the bytes to compare it with."""

    def __init__(self, written: str) -> None:
        name, _, self._value = written.partition(":")
        self.known = name.strip().lower() in _DIGESTS
        self._sum = hashlib.new(_DIGESTS[name.strip().lower()], usedforsecurity=False) if self.known else None

    def update(self, block: bytes) -> None:
        """Add bytes."""
        if self._sum is not None:
            self._sum.update(block)

    def matches(self) -> bool:
        """Whether the bytes are those that the digest was made of."""
        if self._sum is None:
            return False
        raw, value = self._sum.digest(), self._value.strip()
        return value.lower() == raw.hex() or value.upper().rstrip("=") == base64.b32encode(raw).decode().rstrip("=")


class Dechunker:
    """Takes HTTP's chunked coding off a body, block by block; what is not chunked comes out as nothing."""

    def __init__(self) -> None:
        self._held = b""  # the beginning of a line whose end is still to come
        self._left = 0  # bytes of the chunk still to come
        self._state = "size"

    def feed(self, block: bytes) -> Iterator[bytes]:
        """The content in these bytes."""
        held, at = self._held + block, 0
        self._held = b""
        while at < len(held) and self._state != "end":
            if self._state == "data":
                piece = held[at : at + self._left]
                at, self._left = at + len(piece), self._left - len(piece)
                self._state = "data" if self._left else "gap"
                yield piece
                continue
            end = held.find(b"\n", at, at + _MOST_CHUNK_LINE)
            if end < 0:
                self._state = "end" if len(held) - at >= _MOST_CHUNK_LINE else self._state
                self._held = held[at:]
                return
            line, at = held[at:end].split(b";")[0].strip(), end + 1
            self._next(line)

    def _next(self, line: bytes) -> None:
        """A line between chunks: the end of one, or the size of the next."""
        if self._state == "gap":
            self._state = "size"
            return
        try:
            self._left = int(line, 16) if len(line) < 16 else 0
        except ValueError:
            self._left = 0
        self._state = "data" if self._left > 0 else "end"


def split_http(content: bytes) -> tuple[bytes, dict[str, str], bytes]:
    """(first line and headers, headers by name in lower case, body)."""
    ends = [(at, len(mark)) for mark in (b"\r\n\r\n", b"\n\n") if (at := content.find(mark)) >= 0]
    at, gap = min(ends, default=(len(content), 0))
    head = content[:at]
    pairs = (line.partition(":") for line in head[:_MOST_HEADERS].decode("utf-8", "replace").split("\n")[1:])
    return head, {name.strip().lower(): value.strip() for name, _, value in pairs}, content[at + gap :]


def decoded(headers: dict[str, str], body: bytes, budget: Budget) -> bytes | None:
    """A body without its transfer and content codings; None where it cannot be decoded or is too large."""
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = b"".join(Dechunker().feed(body)) or body
    for coding in reversed([c.strip().lower() for c in headers.get("content-encoding", "").split(",")]):
        if coding in ("", "identity"):
            continue
        file = io.BytesIO(body)
        if coding in ("gzip", "x-gzip") and body.startswith(b"\x1f\x8b"):
            pieces = unpack.gunzip(file, budget)
        elif coding in ("br", "zstd"):
            pieces = unpack.by_arrow(file, "brotli" if coding == "br" else "zstd", budget)
        elif coding == "deflate":
            pieces = _inflate(body, budget)
        elif coding in ("gzip", "x-gzip"):
            continue  # some tools keep the header of a body that they have decoded
        else:
            return None
        out, size = list[bytes](), 0
        try:
            for piece in pieces:
                size += len(piece)
                if size > budget.limits.inner:
                    return None
                out.append(piece)
        except DamagedError:
            return None
        body = b"".join(out)
    return body


def _inflate(body: bytes, budget: Budget) -> Iterator[bytes]:
    """Deflate with or without its zlib header, as servers send both."""
    inflater = zlib.decompressobj(15 if body[:1] == b"\x78" else -15)
    data = body
    while not inflater.eof:
        try:
            block = inflater.decompress(data, BLOCK)
        except zlib.error as error:
            raise DamagedError("a deflated body is broken") from error
        budget.unpack(len(block))
        data = inflater.unconsumed_tail
        if not block and not data:
            return
        yield block
