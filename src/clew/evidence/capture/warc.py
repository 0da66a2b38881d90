"""Writes a capture as WARC 1.1 (ISO 28500:2017), one gzip member a record."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO
from urllib.parse import urlsplit
from uuid import uuid4

import orjson
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from clew.evidence.capture.record import Exchange

# The browser hands out bodies decoded. Headers that no longer fit are kept under the name that web archives use.
_ORIGINAL = "X-Archive-Orig-"


@dataclass(frozen=True)
class Resource:
    """Something made at capture: the screenshot, the rendered page."""

    uri: str
    media_type: str
    content: bytes
    date: datetime


def instant(date: datetime) -> str:
    """UTC to the microsecond."""
    return date.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Warc:
    """A WARC file that is being written."""

    def __init__(self, file: IO[bytes], name: str, info: Mapping[str, str], begun: datetime) -> None:
        self._writer = WARCWriter(file, gzip=True, warc_version="1.1")
        lines = "".join(f"{key}: {' '.join(value.split())}\r\n" for key, value in info.items() if value)
        self._info = _id()
        headers = {"WARC-Filename": name}
        self._write("warcinfo", None, lines.encode(), "application/warc-fields", begun, headers, self._info)

    def exchange(self, found: Exchange, address: str | None) -> None:
        """A request, and its response where there was one."""
        asked, got = _id(), _id()
        same = {"WARC-IP-Address": address} if address else {}
        if found.status is not None:
            more = same | ({"WARC-Truncated": found.cut} if found.cut else {})
            line = f"{found.status} {found.reason}".strip()
            head = StatusAndHeaders(line, _fitting(found), protocol="HTTP/1.1")
            self._write("response", found.url, found.body, None, found.answered or found.begun, more, got, head)
            same |= {"WARC-Concurrent-To": got}
        parts = urlsplit(found.url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = [(name, value) for name, value in found.asked.items() if not name.startswith(":")]
        line = f"{found.method} {path} HTTP/1.1"
        head = StatusAndHeaders(line, _clean(headers), is_http_request=True)
        self._write("request", found.url, found.posted or b"", None, found.begun, same, asked, head)

    def resource(self, found: Resource) -> None:
        """Something made at capture."""
        self._write("resource", found.uri, found.content, found.media_type, found.date, {}, _id())

    def metadata(self, uri: str, told: object, date: datetime) -> None:
        """What is known of the capture as a whole."""
        content = orjson.dumps(told, option=orjson.OPT_INDENT_2)
        self._write("metadata", uri, content, "application/json", date, {}, _id())

    def _write(
        self,
        kind: str,
        uri: str | None,
        payload: bytes,
        media_type: str | None,
        date: datetime,
        more: Mapping[str, str],
        name: str,
        head: StatusAndHeaders | None = None,
    ) -> None:
        """One record, with the SHA-256 of its block and of its payload."""
        if head is not None:
            head.compute_headers_buffer()
        block = (head.headers_buff if head is not None else b"") + payload
        headers = {"WARC-Type": kind, "WARC-Record-ID": name, "WARC-Date": instant(date)} | dict(more)
        headers |= {"WARC-Block-Digest": _digest(block), "WARC-Payload-Digest": _digest(payload)}
        if kind == "warcinfo":
            del headers["WARC-Payload-Digest"]
        else:
            headers["WARC-Warcinfo-ID"] = self._info
        if uri is not None:
            headers["WARC-Target-URI"] = uri
        record = ArcWarcRecord(
            "warc",
            kind,
            StatusAndHeaders("", list(headers.items()), protocol="WARC/1.1"),
            io.BytesIO(payload),
            head,
            media_type or f"application/http; msgtype={kind}",
            len(payload),
        )
        record.payload_length = len(payload)
        self._writer.write_record(record)


def _id() -> str:
    return f"<urn:uuid:{uuid4()}>"


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _clean(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Headers that cannot break out of their line."""
    return [("".join(name.split()), " ".join(value.split("\n")).replace("\r", " ")) for name, value in headers]


def _fitting(found: Exchange) -> list[tuple[str, str]]:
    """The headers of a response, and the length of the body that is written."""
    names = {name.lower() for name, _ in found.headers}
    claimed = next((value for name, value in found.headers if name.lower() == "content-length"), None)
    if not names & {"content-encoding", "transfer-encoding"} and claimed in (None, str(len(found.body))):
        return _clean(found.headers)
    moved = ("content-encoding", "transfer-encoding", "content-length")
    kept = [(_ORIGINAL + name if name.lower() in moved else name, value) for name, value in found.headers]
    return [*_clean(kept), ("Content-Length", str(len(found.body)))]
