"""Writes captured pages as a WARC 1.1 file, a gzip member a record; the same pages give the same bytes."""

from __future__ import annotations

import base64
import gzip
import hashlib
from types import TracebackType
from typing import IO
from uuid import UUID


class Archive:
    """A WARC file to which responses are added.

    Args:
        file: where it goes.
        date: of all records, as ``2026-07-05T12:00:00Z``.
    """

    def __init__(self, file: IO[bytes], date: str) -> None:
        self.file, self.date, self.count = file, date, 0
        about = b"software: simulated world\r\nformat: WARC File Format 1.1\r\n"
        self._record("warcinfo", "application/warc-fields", about, {})

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.file.close()

    def add(self, url: str, content: bytes, media: str = "text/html; charset=utf-8") -> None:
        """One page or file as a server answered it."""
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {media}\r\nContent-Length: {len(content)}\r\n\r\n"
        digest = base64.b32encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()
        fields = {"WARC-Target-URI": url, "WARC-Payload-Digest": f"sha1:{digest}"}
        self._record("response", "application/http; msgtype=response", head.encode() + content, fields)

    def _record(self, kind: str, media: str, block: bytes, fields: dict[str, str]) -> None:
        self.count += 1
        name = UUID(bytes=hashlib.sha256(f"{self.count} ".encode() + block).digest()[:16], version=4)
        lines = {
            "WARC-Type": kind,
            "WARC-Record-ID": f"<urn:uuid:{name}>",
            "WARC-Date": self.date,
            **fields,
            "Content-Type": media,
            "Content-Length": str(len(block)),
        }
        head = "WARC/1.1\r\n" + "".join(f"{key}: {value}\r\n" for key, value in lines.items()) + "\r\n"
        self.file.write(gzip.compress(head.encode() + block + b"\r\n\r\n", 6, mtime=0))
