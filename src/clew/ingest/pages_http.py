"""The body of a recorded HTTP response without its codings, and its text in the encoding that it has."""

from __future__ import annotations

import codecs
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from clew.ingest.streams import detect_encoding

MAX_BODY = 8 << 20  # bytes of a decoded body that are read; more is cut off
_BLOCK = 1 << 16
_MOST_HEAD = 1 << 19
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[^\n]{0,1000}\n")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_META = re.compile(rb"<meta[^>]{1,500}?charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
# As browsers read these names (WHATWG, Encoding).
_READ_AS = {
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
    "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874", "gb2312": "gb18030", "gbk": "gb18030",
    "x-gbk": "gb18030", "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949", "windows-31j": "cp932", "x-cp1251": "cp1251", "x-cp1250": "cp1250", "x-cp1252": "cp1252",
    "unicode": "utf-16", "utf8": "utf-8", "x-mac-cyrillic": "mac_cyrillic", "big5": "big5hkscs",
}  # fmt: skip


@dataclass(frozen=True)
class Response:
    """A recorded response.

    Attributes:
        status: as 200; 0: none that can be read.
        headers: names in lower case; the first of each.
        body: decoded, at most ``MAX_BODY`` bytes.
        whole: whether that is all of it.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    whole: bool

    @property
    def media_type(self) -> str:
        """As ``text/html``."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def split_head(content: bytes) -> tuple[int, dict[str, str], int]:
    """(status, headers, where the body begins) of a response."""
    ends = [(at, len(mark)) for mark in (b"\r\n\r\n", b"\n\n") if (at := content.find(mark, 0, _MOST_HEAD)) >= 0]
    at, gap = min(ends, default=(len(content), 0))
    first, *lines = content[: min(at, _MOST_HEAD)].decode("utf-8", "replace").split("\n")
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers.setdefault(name.strip().lower(), value.strip())
    parts = first.split(None, 2)
    status = int(parts[1]) if len(parts) > 1 and parts[1].isascii() and parts[1].isdigit() else 0
    return status if status < 1_000 else 0, headers, at + gap


def response_of(content: bytes, most: int = MAX_BODY) -> Response:
    """Read a recorded response; a body that cannot be decoded is as long as it could be."""
    status, headers, start = split_head(content)
    return Response(status, headers, *body_of(content[start:], headers, most))


def body_of(body: bytes, headers: dict[str, str], most: int = MAX_BODY) -> tuple[bytes, bool]:
    """(the body of a recorded response without its codings, at most so many bytes, whether that is all of it)."""
    whole = True
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = b"".join(_unchunked(body)) or body  # some tools keep the header of a body that they have joined
    for coding in reversed(headers.get("content-encoding", "").lower().split(",")[:4]):
        body, cut = _decoded(coding.strip(), body, most)
        whole = whole and not cut
    return body[:most], whole and len(body) <= most


def _unchunked(body: bytes) -> Iterator[bytes]:
    at = 0
    while (found := _CHUNK_SIZE.match(body, at)) and (size := int(found[1], 16)):
        yield body[found.end() : found.end() + size]
        at = found.end() + size
        at = at + 2 if body.startswith(b"\r\n", at) else at + body.startswith(b"\n", at)


def _decoded(coding: str, body: bytes, most: int) -> tuple[bytes, bool]:
    """(the body without a coding, whether some of it is missing)."""
    if coding in ("gzip", "x-gzip") and body.startswith(b"\x1f\x8b"):
        return _inflated(body, 31, most)
    if coding == "deflate":
        return _inflated(body, 15 if body[:1] == b"\x78" else -15, most)
    if coding not in ("br", "zstd"):
        return body, False
    out, size = list[bytes](), 0
    try:
        stream = pa.CompressedInputStream(pa.PythonFile(io.BytesIO(body), "r"), "brotli" if coding == "br" else "zstd")
        while size <= most and (block := stream.read(_BLOCK)):
            out.append(block)
            size += len(block)
    except (OSError, ValueError, EOFError):
        return (b"".join(out), True) if out else (body, False)  # some tools keep the header of a body they decoded
    return b"".join(out), size > most


def _inflated(body: bytes, window: int, most: int) -> tuple[bytes, bool]:
    inflater = zlib.decompressobj(window)
    out, size, data = list[bytes](), 0, body
    try:
        while size <= most and not inflater.eof:
            block = inflater.decompress(data, _BLOCK * 16)
            data = inflater.unconsumed_tail
            if not block and not data:
                break
            out.append(block)
            size += len(block)
    except zlib.error:
        return (b"".join(out), True) if out else (body, False)
    return b"".join(out), not inflater.eof


def text_of(body: bytes, content_type: str) -> str:
    """The text of a page: by its byte order mark, its header, its meta element, or else by what its bytes look like."""
    for mark, codec in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace")
    named = _CHARSET.search(content_type)
    inside = _META.search(body[:4_096])
    for name in (named[1] if named else "", inside[1].decode("ascii", "replace") if inside else ""):
        codec = _codec(name)
        if codec == "utf-8" or not codec:
            continue
        if not codec.startswith("utf-16") or body.count(b"\0", 0, 4_096):  # a page that names UTF-16 in ASCII is not
            return _decode(body, codec)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode(detect_encoding(body[: 1 << 18]), "replace")


def _decode(body: bytes, codec: str) -> str:
    """By a codec, unless the bytes are UTF-8 beyond ASCII, which no other text is by chance."""
    if not body.isascii():
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            pass
    try:
        return body.decode(codec, "replace")
    except (UnicodeError, LookupError, ValueError):
        return body.decode("utf-8", "replace")


def _codec(name: str) -> str:
    """The codec for a name of a charset; "" for none that makes text."""
    name = name.lower()
    try:
        found = codecs.lookup(_READ_AS.get(name, name))
    except (LookupError, ValueError):
        return ""
    # Codecs of Python that turn bytes into bytes or text into text have names of charsets as well.
    return found.name if getattr(found, "_is_text_encoding", True) and found.name not in _NO_CHARSETS else ""


_NO_CHARSETS = frozenset(("idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined", "utf-7"))
