"""One mail turned into the columns of a record. Mails are hostile and broken: what can be read is taken."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from email.errors import MessageError
from email.message import Message
from email.utils import getaddresses
from typing import Any

import orjson
import pyarrow as pa

from clew.ingest.base import Batch, Reject, clip
from clew.ingest.mail_parts import body_of, header_text, parsed

_HEADER = re.compile(rb"^[A-Za-z][A-Za-z0-9-]{0,60}:")
_KNOWN = re.compile(
    rb"^(return-path|received|from|to|subject|date|message-id|reply-to|delivered-to|mime-version|sender|cc|x-[a-z-]+)"
    rb"[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_KEPT = (
    "To",
    "Cc",
    "Bcc",
    "Sender",
    "Return-Path",
    "List-Id",
    "In-Reply-To",
    "X-Mailer",
    "User-Agent",
    "X-Originating-IP",
    "Received",
)
_MAX_MAILS, _MAX_DEPTH = 50, 5  # mails that are read of those attached to one, and to these
_MAX_PEOPLE = 100  # recipients of a mail that are kept
_OWN = ("From", "Date", "Subject", "Message-ID")  # headers of a mail: an attached one has at least one of them
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,998}>")
_READ = {"from", "reply-to", "message-id", "subject", "date", "references", *(name.lower() for name in _KEPT)}
COLUMNS = ("native_id", "title", "body", "handle", "contact", "posted_at", "conversation", "recipient")
_Row = dict[str, str | None]
_More = dict[str, Any]  # what goes to extra


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

    rows, mores, kept, rejects = list[_Row](), list[_More](), list[int](), list[Reject]()
    receipts = list[tuple[int, Receipt]]()
    for raw, line in zip(mails, lines, strict=True):
        try:
            message = parsed(raw)
            if not (message.keys() and _KNOWN.search(raw[:65_536])):
                rejects.append(Reject(line, "no mail: it has none of a mail's headers", clip(raw)))
                continue
            found = list(_with_attached(message))
        except (MessageError, RecursionError) as error:
            rejects.append(Reject(line, f"mail that cannot be parsed: {type(error).__name__}", clip(raw)))
            continue
        for row, more in found:
            rows.append(row)
            mores.append(more)
            kept.append(line)
            if (receipt := receipt_of(row, more.get("headers", {}).get("From"))) is not None:
                receipts.append((line, receipt))
    columns = {name: pa.array([row[name] for row in rows], pa.string()) for name in COLUMNS}
    names = ("headers", "attachments", *sorted({name for more in mores for name in more} - {"headers", "attachments"}))
    encoded = {name: pa.array([_json(more.get(name)) for more in mores], pa.string()) for name in names}
    yield beside(Batch(columns, pa.array(kept, pa.int64()), encoded, tuple(rejects)), receipts)


def _json(value: object) -> str | None:
    return orjson.dumps(value).decode() if value else None


def _with_attached(message: Message) -> Iterator[tuple[_Row, _More]]:
    """A mail, and those attached to it or to them: each was written by its own sender."""
    waiting = deque([(message, 0, "")])
    for _ in range(_MAX_MAILS + 1):
        if not waiting:
            return
        mail, depth, around = waiting.popleft()
        row, more, attached = _columns(mail)
        if depth:
            more["attached_to"] = around
        yield row, more
        if depth < _MAX_DEPTH:
            name = row["native_id"] or row["title"] or "a mail without an id"
            waiting.extend((inner, depth + 1, name) for inner in attached if any(n in inner for n in _OWN))


def _columns(message: Message) -> tuple[_Row, _More, list[Message]]:
    """(the fields; headers worth keeping, recipients and attached files; the mails among these)."""
    headers = _headers(message)
    written = headers.get("from")
    sender = _address(written)
    reply = _address(headers.get("reply-to"))
    body, files, attached = body_of(message)
    people = _people(headers, sender)
    row: _Row = {
        "native_id": (headers.get("message-id") or "").strip() or None,
        "title": headers.get("subject"),
        "body": body,
        "handle": sender,
        "contact": reply if reply != sender else None,
        "posted_at": headers.get("date"),
        "conversation": _thread(headers),
        "recipient": people[0] if len(people) == 1 else None,
    }
    kept = {name: headers[name.lower()].strip() for name in _KEPT if name.lower() in headers}
    if written and written.strip() != sender:
        kept["From"] = written.strip()
    more = {"headers": kept, "attachments": files, "recipients": people if len(people) > 1 else None}
    return row, more, attached


def _headers(message: Message) -> dict[str, str]:
    """The first of each header that is kept, decoded, by its name in lower case."""
    found: dict[str, str] = {}
    for name, value in message.raw_items():
        key = name.lower()
        if key in _READ and key not in found and (text := header_text(str(value))):
            found[key] = text
    return found


def _address(header: str | None) -> str | None:
    """The address in a From header; null where it holds none: a bare name is nobody's account."""
    return next(iter(_addresses(header)), None)


def _addresses(header: str | None) -> Iterator[str]:
    return (address for _, address in getaddresses([header or ""]) if "@" in address)


def _people(headers: dict[str, str], sender: str | None) -> list[str]:
    """Whom a mail went to, each once; without its sender where there is anybody else."""
    found = {address.lower(): address for name in ("to", "cc", "bcc") for address in _addresses(headers.get(name))}
    others = [address for lower, address in found.items() if lower != (sender or "").lower()]
    return (others or list(found.values()))[:_MAX_PEOPLE]


def _thread(headers: dict[str, str]) -> str | None:
    """The id of the mail that began the thread: the first that this one refers to, else its own."""
    for name in ("references", "in-reply-to", "message-id"):
        if found := _MESSAGE_ID.search(headers.get(name, "")):
            return found[0]
    return None
