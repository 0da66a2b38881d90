"""One mail turned into the columns of a record. Mails are hostile and broken: what can be read is taken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from email import policy
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses
from hashlib import sha256
from itertools import islice

import orjson
import pyarrow as pa

from clew.ingest.base import Batch, Reject, clip

_HEADER = re.compile(rb"^[A-Za-z][A-Za-z0-9-]{0,60}:")
_KNOWN = re.compile(
    rb"^(return-path|received|from|to|subject|date|message-id|reply-to|delivered-to|mime-version|sender|cc|x-[a-z-]+)"
    rb"[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_KEPT = (
    "To",
    "Cc",
    "Sender",
    "Return-Path",
    "List-Id",
    "In-Reply-To",
    "X-Mailer",
    "User-Agent",
    "X-Originating-IP",
    "Received",
)
_MAX_PARTS = 200
_MAX_HEADER = 10_000  # characters kept of one header
_BLANK_LINE = re.compile(rb"\n\r?\n")
_FOLD = re.compile(r"\r?\n[ \t]+")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,998}>")
_READ = {"from", "reply-to", "message-id", "subject", "date", "references", *(name.lower() for name in _KEPT)}
COLUMNS = ("native_id", "title", "body", "handle", "contact", "posted_at", "conversation", "recipient")
_Row = dict[str, str | None]
_File = dict[str, str | int | None]


def looks_like_mail(head: bytes) -> float:
    """From 0 to 1: the first lines are header lines, and at least two are headers that mails have."""
    block = re.split(rb"\r?\n\r?\n", head.lstrip(b"\r\n")[:65_536], maxsplit=1)[0]
    lines = [line for line in block.splitlines() if not line.startswith((b" ", b"\t", b"From ", b">From "))]
    if not lines or not _HEADER.match(lines[0]):
        return 0.0
    names = {name.lower() for name in _KNOWN.findall(block)}
    share = sum(bool(_HEADER.match(line)) for line in lines) / len(lines)
    return share if len(names) >= 2 and share > 0.7 else 0.0


def parse_mails(mails: Sequence[bytes], lines: Sequence[int]) -> Iterator[Batch]:
    """One batch for a few mails, with the payments that receipts among them tell of.

    A text without any header known from mails is rejected.
    """
    from clew.ingest.money_receipts import Receipt, beside, receipt_of  # its patterns are of many languages

    rows, kept, rejects = list[_Row](), list[int](), list[Reject]()
    headers, attached = list[str | None](), list[str | None]()
    receipts = list[tuple[int, Receipt]]()
    for raw, line in zip(mails, lines, strict=True):
        try:
            message = _parsed(raw)
            if not (message.keys() and _KNOWN.search(raw[:65_536])):
                rejects.append(Reject(line, "no mail: it has none of a mail's headers", clip(raw)))
                continue
            row, more, files = _columns(message)
        except (MessageError, RecursionError) as error:
            rejects.append(Reject(line, f"mail that cannot be parsed: {type(error).__name__}", clip(raw)))
            continue
        rows.append(row)
        headers.append(orjson.dumps(more).decode() if more else None)
        attached.append(orjson.dumps(files).decode() if files else None)
        kept.append(line)
        if (receipt := receipt_of(row, more.get("From"))) is not None:
            receipts.append((line, receipt))
    columns = {name: pa.array([row[name] for row in rows], pa.string()) for name in COLUMNS}
    encoded = {"headers": pa.array(headers, pa.string()), "attachments": pa.array(attached, pa.string())}
    yield beside(Batch(columns, pa.array(kept, pa.int64()), encoded, tuple(rejects)), receipts)


def _parsed(raw: bytes) -> Message:
    """The mail as the standard library reads it; a body without parts is not walked through line by line."""
    parser = BytesParser(policy=policy.compat32)
    end = _BLANK_LINE.search(raw)
    if end is None:
        return parser.parsebytes(raw)
    message = parser.parsebytes(raw[: end.start() + 1])
    if message.defects or message.get_payload() or message.get_content_maintype() in ("multipart", "message"):
        return parser.parsebytes(raw)
    message.set_payload(raw[end.end() :].decode("ascii", "surrogateescape"))
    return message


def _columns(message: Message) -> tuple[_Row, dict[str, str], list[_File]]:
    """(the fields, other headers worth keeping, attached files)."""
    headers = _headers(message)
    written = headers.get("from")
    sender = _address(written)
    reply = _address(headers.get("reply-to"))
    body, files = _body(message)
    row: _Row = {
        "native_id": (headers.get("message-id") or "").strip() or None,
        "title": headers.get("subject"),
        "body": body,
        "handle": sender,
        "contact": reply if reply != sender else None,
        "posted_at": headers.get("date"),
        "conversation": _thread(headers),
        "recipient": _only_address(headers.get("to")) if "cc" not in headers else None,
    }
    more = {name: headers[name.lower()].strip() for name in _KEPT if name.lower() in headers}
    if written and written.strip() != sender:
        more["From"] = written.strip()
    return row, more, files


def _headers(message: Message) -> dict[str, str]:
    """The first of each header that is kept, decoded, by its name in lower case."""
    found: dict[str, str] = {}
    for name, value in message.raw_items():
        key = name.lower()
        if key in _READ and key not in found and (text := _header(str(value))):
            found[key] = text
    return found


def _clean(text: str) -> str:
    """Text that UTF-8 can hold: bytes that the parser smuggled in as surrogates read as Windows-1252, NUL as U+FFFD."""
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            text = _unsmuggled(text)
    return text.replace("\x00", "\ufffd")


def _unsmuggled(text: str) -> str:
    raw = text.encode("utf-8", "surrogateescape") if not _LONE.search(text) else text.encode("utf-8", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


_LONE = re.compile("[\ud800-\udc7f\udd00-\udfff]")


def _decode(raw: bytes, charset: str | None) -> str:
    """Bytes in a charset that may be unknown or wrong."""
    for name in (charset or "utf-8", "utf-8"):
        try:
            return raw.decode(name)
        except (LookupError, UnicodeError, ValueError):
            continue
    return raw.decode("cp1252", "replace")


def _header(written: str) -> str:
    """A header decoded (RFC 2047), unfolded and at most 10,000 characters."""
    text = _clean(written)[:_MAX_HEADER]
    if "=?" in text:
        try:
            parts = [part if isinstance(part, str) else _decode(part, charset) for part, charset in decode_header(text)]
            text = _clean("".join(parts))
        except (MessageError, ValueError):
            pass  # broken encoded words stay as they were written
    return _FOLD.sub(" ", text)


def _address(header: str | None) -> str | None:
    """The address in a From header; the header itself where it holds none."""
    if not header:
        return None
    found = [address for _, address in getaddresses([header]) if "@" in address]
    return (found[0] if found else header.strip()) or None


def _thread(headers: dict[str, str]) -> str | None:
    """The id of the mail that began the thread: the first that this one refers to, else its own."""
    for name in ("references", "in-reply-to", "message-id"):
        if found := _MESSAGE_ID.search(headers.get(name, "")):
            return found[0]
    return None


def _only_address(header: str | None) -> str | None:
    """The address in a To header; null where it holds several or none."""
    found = {address for _, address in getaddresses([header or ""]) if "@" in address}
    return found.pop() if len(found) == 1 else None


def _body(message: Message) -> tuple[str | None, list[_File]]:
    """(plain text, else HTML, else null; attached files)."""
    plain, markup, files = list[str](), list[str](), list[_File]()
    for part in islice(message.walk(), _MAX_PARTS):
        if part.is_multipart():
            continue
        kind, filename = part.get_content_type(), _filename(part)
        text = kind in ("text/plain", "text/html")
        if filename or not text:
            files.append(_attachment(part, filename, kind))
        if text and not (filename and part.get_content_disposition() == "attachment"):
            (markup if kind == "text/html" else plain).append(_payload(part))
    # A plain part that is blank stands beside an HTML part that says everything.
    chosen = plain if any(text.strip() for text in plain) else markup
    return "\n".join(chosen) or None, files


def _filename(part: Message) -> str | None:
    try:
        name = part.get_filename()
    except (MessageError, ValueError, LookupError):
        return None
    return _clean(name)[:255] if name else None


def _attachment(part: Message, filename: str | None, kind: str) -> _File:
    """An attached file; the digest shows where the same one was sent again."""
    raw = _raw(part)
    return {"name": filename, "type": _clean(kind)[:100], "bytes": len(raw), "sha256": sha256(raw).hexdigest()}


def _raw(part: Message) -> bytes:
    """The bytes of a part, its transfer encoding undone."""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else str(payload or "").encode("utf-8", "surrogateescape")


def _payload(part: Message) -> str:
    """The text of a part, whatever its charset claims."""
    try:
        charset = part.get_content_charset()
    except (MessageError, ValueError, LookupError):
        charset = None
    return _clean(_decode(_raw(part), charset))
