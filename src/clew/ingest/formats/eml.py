"""A file that is one mail (RFC 822), with or without the ending ``.eml``."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from clew.ingest.base import MAX_LINE, Chunk, Example, Format, IsField, Reject, Source, clip, rejected, up_to
from clew.ingest.mail import looks_like_mail, parse_mails


def sniff(head: bytes, name: str) -> float:
    """Header lines that mails have, at the start."""
    if head.startswith(b"From "):
        return 0.0
    score = looks_like_mail(head)
    return 0.9 * score if score else 0.2 * name.endswith(".eml")


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """One chunk: the mail."""
    raw = up_to(source.blocks(), MAX_LINE)
    if len(raw) > MAX_LINE:
        yield partial(rejected, Reject(1, f"mail over {MAX_LINE >> 20} MiB", clip(raw)))
        return
    yield partial(parse_mails, [raw], [1])


def examples() -> tuple[Example, ...]:
    """A plain mail and one with an encoded subject, under a name without ending."""
    plain = b"From: A <a@example.org>\r\nSubject: one\r\nDate: Tue, 1 Jul 2025 10:00:00 +0200\r\n\r\nBody\r\n"
    coded = b"Return-Path: <b@example.org>\nFrom: b@example.org\nSubject: =?iso-8859-1?Q?caf=E9?=\n\nBody\n"
    return (
        Example("a.eml", plain, ("one",)),
        Example("00001.7c53336b37003a9286aba55d2945844c", coded, ("café",)),
    )


PLUGIN = Format("mail", sniff, read, examples, platform="mail", kind="message", certain_dates=True)
