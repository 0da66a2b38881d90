"""The parts of a mail: its text, its attached files, and the mails that are attached to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import policy
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from hashlib import sha256
from itertools import islice

_MAX_PARTS = 200
_MAX_HEADER = 10_000  # characters kept of one header
_MAX_NAME = 255
_BLANK_LINE = re.compile(rb"\n\r?\n")
_FOLD = re.compile(r"\r?\n[ \t]+")
_LONE = re.compile("[\ud800-\udc7f\udd00-\udfff]")
_MAILS = ("message/rfc822", "message/global")
_ERRORS = (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
File = dict[str, str | int | None]


def parsed(raw: bytes) -> Message:
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


def header_text(written: str) -> str:
    """A header decoded (RFC 2047), unfolded and at most 10,000 characters."""
    text = _clean(written)[:_MAX_HEADER]
    if "=?" in text:
        try:
            parts = [part if isinstance(part, str) else _decode(part, charset) for part, charset in decode_header(text)]
            text = _clean("".join(parts))
        except (MessageError, ValueError):
            pass  # broken encoded words stay as they were written
    return _FOLD.sub(" ", text)


def body_of(message: Message) -> tuple[str | None, list[File], list[Message]]:
    """(plain text, else HTML, else null; attached files; the mails among them)."""
    plain, markup, files, mails = list[str](), list[str](), list[File](), list[Message]()
    for part in islice(_leaves(message), _MAX_PARTS):
        kind, filename = part.get_content_type(), _filename(part)
        if kind in _MAILS or (filename or "").lower().endswith(".eml"):
            inner = _mail_in(part)
            mails.append(inner)
            raw = _bytes_of(inner) if part.is_multipart() else payload_of(part)
            files.append(_attachment(raw, filename or header_text(str(inner.get("Subject", ""))) or None, kind))
            continue
        text = kind in ("text/plain", "text/html")
        if filename or not text:
            files.append(_attachment(payload_of(part), filename, kind))
        if text and not (filename and part.get_content_disposition() == "attachment"):
            (markup if kind == "text/html" else plain).append(_text(part))
    # A plain part that is blank stands beside an HTML part that says everything.
    chosen = plain if any(text.strip() for text in plain) else markup
    return "\n".join(chosen) or None, files, mails


def _leaves(message: Message) -> Iterator[Message]:
    """The parts without parts; of a mail in it nothing but the mail, which somebody else wrote."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if part.is_multipart() and part.get_content_type() not in _MAILS:
            waiting.extend(reversed(part.get_payload()))  # type: ignore[arg-type]
        else:
            yield part


def _mail_in(part: Message) -> Message:
    """The mail that a part is."""
    inner = part.get_payload(0) if part.is_multipart() else None
    if not isinstance(inner, Message):
        return parsed(payload_of(part))
    if inner.keys() or "Content-Transfer-Encoding" not in part:
        return inner
    inner["Content-Transfer-Encoding"] = part["Content-Transfer-Encoding"]  # forbidden for mails, and done
    return parsed(payload_of(inner))


def _bytes_of(message: Message) -> bytes | None:
    """A mail written again, as its own bytes were not kept; None where it is too broken for that."""
    try:
        return message.as_bytes(policy=policy.compat32)
    except _ERRORS:
        return None


def _filename(part: Message) -> str | None:
    try:
        name = part.get_filename()
    except (MessageError, ValueError, LookupError):
        return None
    return header_text(name)[:_MAX_NAME] if name else None


def _attachment(raw: bytes | None, name: str | None, kind: str) -> File:
    """An attached file; the digest shows where the same one was sent again."""
    known: File = {"name": name[:_MAX_NAME] if name else None, "type": _clean(kind)[:100]}
    return known if raw is None else known | {"bytes": len(raw), "sha256": sha256(raw).hexdigest()}


def payload_of(part: Message) -> bytes:
    """The bytes of a part, its transfer encoding undone."""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else str(payload or "").encode("utf-8", "surrogateescape")


def _text(part: Message) -> str:
    """The text of a part, whatever its charset claims."""
    try:
        charset = part.get_content_charset()
    except (MessageError, ValueError, LookupError):
        charset = None
    return _clean(_decode(payload_of(part), charset))


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


def _decode(raw: bytes, charset: str | None) -> str:
    """Bytes in a charset that may be unknown or wrong."""
    for name in (charset or "utf-8", "utf-8"):
        try:
            return raw.decode(name)
        except (LookupError, UnicodeError, ValueError):
            continue
    return raw.decode("cp1252", "replace")
