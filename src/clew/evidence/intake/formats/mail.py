"""Mails (.eml, MHTML pages) and mailboxes (mbox): headers, attachments with their digests."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from email import policy
from email.errors import MessageError
from email.message import Message
from email.parser import BytesParser
from itertools import islice, pairwise

import orjson

from clew.evidence.intake import unpack
from clew.evidence.intake.base import Kind, Notes, Part, plain, starts
from clew.evidence.intake.limits import Budget
from clew.evidence.intake.registry import look_inside, texts_inside
from clew.ingest.mail import looks_like_mail, parse_mails
from clew.ingest.streams import DamagedError

_MOST_MAIL = 64 << 20
_MOST_PARTS = 1_000
_FEW = 20
_MOST_SEPARATOR = 600
_SEPARATOR = re.compile(rb"(?:(?<=\n\n)|(?<=\n\r\n))From [^\n]{0,480}\d[^\n]{0,16}\n(?=[A-Za-z>])")
_ERRORS = (MessageError, RecursionError, ValueError, LookupError, AttributeError, TypeError)


def sniff(part: Part) -> tuple[float, str]:
    """Header lines that mails have."""
    if starts(part, b"From "):
        return 0.85 * looks_like_mail(part.head.split(b"\n", 1)[-1]), "application/mbox"
    if b":" not in part.head.lstrip(b"\r\n")[:1_000].split(b"\n", 1)[0]:
        return 0.0, ""
    return 0.75 * looks_like_mail(part.head), "message/rfc822"


def _mails(part: Part, budget: Budget) -> Iterator[bytes]:
    """The mails of a part; one over 64 MiB is an error."""
    if not starts(part, b"From "):
        if part.size > _MOST_MAIL:
            raise DamagedError(f"the mail is larger than {_MOST_MAIL >> 20} MiB and was not read")
        yield part.file.read(_MOST_MAIL)
        return
    held, seen = bytearray(), 0  # of which no mail begins before ``seen``, but the first
    for block in unpack.blocks(part.file, budget):
        held += block
        cuts = [found.start() for found in _SEPARATOR.finditer(held, max(1, seen))]
        for start, end in pairwise([0, *cuts]):
            yield bytes(held[start:end]).split(b"\n", 1)[-1]
        del held[: cuts[-1] if cuts else 0]
        seen = len(held) - _MOST_SEPARATOR
        if len(held) > _MOST_MAIL:
            raise DamagedError(f"a mail in it is larger than {_MOST_MAIL >> 20} MiB")
    if held:
        yield bytes(held).split(b"\n", 1)[-1]


def examine(part: Part, notes: Notes, budget: Budget) -> None:
    """Headers and attachments of each mail; of a mailbox the headers of the first."""
    count = 0
    for raw in _mails(part, budget):
        budget.part()
        count += 1
        if count <= 1:
            _headers(raw, notes)
        for name, content in _parts(raw, notes, budget):
            if name is None:
                look_inside("The text of the mail", content, notes, budget)
                continue
            media_type = look_inside(f'Attachment "{name}"', content, notes, budget)
            if count <= _FEW:
                digest = hashlib.sha256(content).hexdigest()
                notes.fact("attachment", f"{name} ({media_type}, {len(content):,} bytes, SHA-256 {digest})")
    if starts(part, b"From "):
        notes.fact("mails", f"{count:,}")


def _headers(raw: bytes, notes: Notes) -> None:
    """Who wrote what to whom and when, as the ingest of mails reads it."""
    for batch in parse_mails([raw], [1]):
        for reject in batch.rejects:
            notes.damaged(f"The mail cannot be read: {reject.reason}.")
        if not len(batch.lines):
            return
        row = {name: values[0].as_py() for name, values in batch.columns.items()}
        more = orjson.loads(batch.encoded["headers"][0].as_py() or "{}")
        notes.fact("from", more.get("From") or row["handle"])
        for name in ("To", "Cc"):
            notes.fact(name.lower(), more.get(name))
        notes.fact("date", row["posted_at"])
        notes.fact("subject", row["title"])
        notes.fact("message-id", row["native_id"])
        notes.fact("first server", more.get("Received"))


def _parts(raw: bytes, notes: Notes | None, budget: Budget) -> Iterator[tuple[str | None, bytes]]:
    """(name of an attachment, None for the text of the mail; bytes) of every part without parts."""
    try:
        message = BytesParser(policy=policy.compat32).parsebytes(raw)
        walked = list(islice((found for found in message.walk() if not found.is_multipart()), _MOST_PARTS + 1))
    except _ERRORS as error:
        if notes is not None:
            notes.damaged(f"The parts of the mail cannot be read ({type(error).__name__}).")
        return
    if len(walked) > _MOST_PARTS and notes is not None:
        notes.damaged(f"The mail has more than {_MOST_PARTS:,} parts; the rest was not looked at.")
    for number, found in enumerate(walked[:_MOST_PARTS], 1):
        budget.part()
        try:
            name = found.get_filename()
            inline = not name and found.get_content_maintype() == "text"
            payload = found.get_payload(decode=True)
        except _ERRORS as error:
            if notes is not None:
                notes.damaged(f"Part {number} of the mail cannot be read ({type(error).__name__}).")
            continue
        content = payload if isinstance(payload, bytes) else b""
        budget.unpack(len(content))
        yield None if inline else plain(name or f"part {number}", 120), _in_utf8(found, content) if inline else content


def _in_utf8(part: Message, content: bytes) -> bytes:
    """Text of a part from the charset that it names."""
    try:
        return content.decode(part.get_content_charset() or "utf-8").encode("utf-8")
    except _ERRORS:
        return content


def texts(part: Part, budget: Budget) -> Iterator[str]:
    """Headers as written and as read, text, attachments."""
    for raw in _mails(part, budget):
        budget.part()
        yield raw.split(b"\n\n", 1)[0].split(b"\r\n\r\n", 1)[0].decode("utf-8", "replace")
        for batch in parse_mails([raw], [1]):
            for values in (*batch.columns.values(), *batch.encoded.values()):
                yield from (value for value in values.to_pylist() if value)
        for name, content in _parts(raw, None, budget):
            if name:
                yield name
            yield from texts_inside(content, budget)


PLUGIN = Kind("mail", sniff, examine, texts)
