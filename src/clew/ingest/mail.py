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

import orjson
import pyarrow as pa

from clew.ingest.base import NUL_BYTE, Batch, Reject, clip

_HEADER = re.compile(rb"^[A-Za-z][A-Za-z0-9-]{0,60}:")
_KNOWN = re.compile(
    rb"^(return-path|received|from|to|subject|date|message-id|reply-to|delivered-to|mime-version|sender|cc|x-[a-z-]+)[ \t]*:",
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
COLUMNS = ("native_id", "title", "body", "handle", "contact", "posted_at")


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
    """One batch for a few mails; a text without any header known from mails is rejected."""
    rows, kept, rejects = list[dict[str, str | None]](), list[int](), list[Reject]()
    extras = list[dict[str, str | None]]()
    for raw, line in zip(mails, lines, strict=True):
        try:
            message = BytesParser(policy=policy.compat32).parsebytes(raw)
            reason = (
                "" if _KNOWN.search(raw[:65_536]) and message.keys() else "no mail: it has none of a mail's headers"
            )
            row, extra = ({}, {}) if reason else _columns(message)
        except (MessageError, RecursionError) as error:
            reason = f"mail that cannot be parsed: {type(error).__name__}"
        if reason:
            rejects.append(Reject(line, reason, clip(raw)))
        elif any("\x00" in (text or "") for text in row.values()):
            rejects.append(Reject(line, NUL_BYTE, clip(raw)))
        else:
            rows.append(row)
            extras.append(extra)
            kept.append(line)
    columns = {name: pa.array([row[name] for row in rows], pa.string()) for name in COLUMNS}
    names = sorted({name for extra in extras for name in extra})
    encoded = {
        name: pa.array([orjson.dumps(extra[name]).decode() if name in extra else None for extra in extras], pa.string())
        for name in names
    }
    yield Batch(columns, pa.array(kept, pa.int64()), encoded, tuple(rejects))


def _columns(message: Message) -> tuple[dict[str, str | None], dict[str, str | None]]:
    """(the fields, other headers worth keeping)."""
    sender = _address(_header(message, "From"))
    reply = _address(_header(message, "Reply-To"))
    body, files = _body(message)
    row = {
        "native_id": (_header(message, "Message-ID") or "").strip() or None,
        "title": _header(message, "Subject"),
        "body": body,
        "handle": sender,
        "contact": reply if reply != sender else None,
        "posted_at": _header(message, "Date"),
    }
    extra = {name: text.strip() for name in _KEPT if (text := _header(message, name))}
    name = _header(message, "From")
    if name and name.strip() != sender:
        extra["From"] = name.strip()
    if files:
        extra["attachments"] = "; ".join(files)
    return row, extra


def _clean(text: str) -> str:
    """Text that UTF-8 can hold: bytes that the parser smuggled in as surrogates read as Windows-1252."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raw = text.encode("utf-8", "surrogateescape") if not _LONE.search(text) else text.encode("utf-8", "replace")
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return raw.decode("cp1252", "replace")
    return text


_LONE = re.compile("[\ud800-\udc7f\udd00-\udfff]")


def _decode(raw: bytes, charset: str | None) -> str:
    """Bytes in a charset that may be unknown or wrong."""
    for name in (charset or "utf-8", "utf-8"):
        try:
            return raw.decode(name)
        except (LookupError, UnicodeError, ValueError):
            continue
    return raw.decode("cp1252", "replace")


def _header(message: Message, name: str) -> str | None:
    """A header decoded (RFC 2047), unfolded and at most 10,000 characters; null if missing."""
    found = message.get_all(name)
    if not found:
        return None
    text = _clean(str(found[0]))[:_MAX_HEADER]
    try:
        parts = [part if isinstance(part, str) else _decode(part, charset) for part, charset in decode_header(text)]
        text = "".join(parts)
    except (MessageError, ValueError):
        pass  # broken encoded words stay as they were written
    return _clean(re.sub(r"\r?\n[ \t]+", " ", text)).replace("\x00", "") or None


def _address(header: str | None) -> str | None:
    """The address in a From header; the header itself where it holds none."""
    if not header:
        return None
    found = [address for _, address in getaddresses([header]) if "@" in address]
    return (found[0] if found else header.strip()) or None


def _body(message: Message) -> tuple[str | None, list[str]]:
    """(plain text, else HTML, else null; names of attached files)."""
    plain, markup, files = list[str](), list[str](), list[str]()
    for count, part in enumerate(message.walk()):
        if count >= _MAX_PARTS:
            break
        filename = _filename(part)
        if filename:
            files.append(filename)
        elif not part.is_multipart() and part.get_content_type() in ("text/plain", "text/html"):
            (markup if part.get_content_type() == "text/html" else plain).append(_payload(part))
    return ("\n".join(plain) or "\n".join(markup) or None), files


def _filename(part: Message) -> str | None:
    try:
        name = part.get_filename()
    except (MessageError, ValueError, LookupError):
        return None
    return _clean(name).replace("\x00", "")[:255] if name else None


def _payload(part: Message) -> str:
    """The text of a part, whatever its charset and transfer encoding claim."""
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else str(payload or "").encode("utf-8", "surrogateescape")
    try:
        charset = part.get_content_charset()
    except (MessageError, ValueError, LookupError):
        charset = None
    return _clean(_decode(raw, charset))
