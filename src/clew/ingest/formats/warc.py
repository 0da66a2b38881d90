"""WARC: what crawlers and capturing programs write, read record by record. Each HTML response is a page; pictures and
favicons of the archive are hashed; certificates are read as Clew's capture and Scoop record them (of Browsertrix: who
issued them); other records are passed over.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from clew.ingest.base import Chunk, Example, Format, IsField, Reject, Source
from clew.ingest.pages_warc import Record, is_one_member, records
from clew.ingest.streams import DamagedError

_MARKS = (b"WARC/1.", b"WARC/0.")
_BUFFER = 1 << 18  # small members are read from it without asking the system


def sniff(head: bytes, name: str) -> float:
    """The first bytes, also where they are packed once more; or the name where they are spoilt."""
    if head.startswith(_MARKS) or (head.startswith(b"\x1f\x8b") and _unpacked(head).startswith(_MARKS)):
        return 1.0
    return 0.5 if name.endswith((".warc", ".warc.gz")) else 0.0


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """One chunk for some pages at a time.

    Raises:
        DamagedError: the file holds no record at all.
    """
    # What reads pages takes a moment to load; most ingests only ask whether a file is one.
    from clew.ingest.pages_archive import pages_of
    from clew.ingest.pages_gather import Gathered

    path = _readable(source)
    itself, count = path == source.path, 0

    def read_all() -> Iterator[Record | Reject]:
        nonlocal count
        at = 0
        with path.open("rb", buffering=_BUFFER) as file:
            for record in records(file):
                count += 1
                if itself and (here := file.tell() // 2) > at:  # the file is read twice
                    source.on_bytes(here - at)
                    at = here
                yield record

    yield from pages_of(read_all, Gathered())
    if not count:
        raise DamagedError("the file holds no WARC record")


def _readable(source: Source) -> Path:
    """A file in one gzip member a record, or not compressed: the input itself, or a copy."""
    with source.path.open("rb") as file:
        start = file.read(1 << 16)
    named = source.path.name.lower().endswith(".warc.gz")
    packed = start.startswith(b"\x1f\x8b") and (_unpacked(start).startswith(_MARKS) or named)
    if start.startswith(_MARKS) or (packed and not is_one_member(source.path)):
        return source.path
    return source.spooled()


def _unpacked(start: bytes) -> bytes:
    """The first bytes of what is packed with gzip; none where it is broken."""
    try:
        return zlib.decompressobj(31).decompress(start, 16)
    except zlib.error:
        return b""


def example_record(kind: str, target: str, content: bytes, media_type: str = "application/http") -> bytes:
    """A record as archives hold it."""
    head = f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {target}\r\nWARC-Date: 2025-03-04T05:06:07Z\r\n"
    head += f"Content-Type: {media_type}\r\nContent-Length: {len(content)}\r\n\r\n"
    return head.encode() + content + b"\r\n\r\n"


def examples() -> tuple[Example, ...]:
    """An archive that is not compressed, one with a gzip member a record, and one with a broken record."""
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    info = example_record("warcinfo", "", b"software: x\r\n", "application/warc-fields")
    one, two = (
        example_record("response", f"https://{n}.example/", http + f"<title>{n}</title><p>Text".encode())
        for n in ("one", "two")
    )
    other = example_record(
        "response", "https://one.example/a.css", b"HTTP/1.1 200 OK\r\nContent-Type: text/css\r\n\r\n*{}"
    )
    broken = one.replace(b"Content-Length: ", b"Content-Length: 9999")
    return (
        Example("plain.warc", info + one + other + two, ("one", "two")),
        Example("site.warc.gz", b"".join(map(gzip.compress, (info, one, two))), ("one", "two")),
        Example("broken.warc", one + broken + two, ("one", "two"), rejected=1),
    )


PLUGIN = Format("WARC", sniff, read, examples, certain_dates=True, kind="page")
