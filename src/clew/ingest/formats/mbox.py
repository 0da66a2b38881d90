"""mbox: mails one after the other, each after a line that starts with ``From ``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from clew.ingest.base import MAX_LINE, Batch, Chunk, Example, Format, IsField, Reject, Source, clip, rejected
from clew.ingest.mail import looks_like_mail, parse_mails
from clew.ingest.streams import line_blocks

# The separator is "From ", a sender, a date; after a blank line, as a body may hold a line that starts with "From ".
_SEPARATOR = re.compile(rb"From [^\n]*\d[^\n]*\r?\n(?=[A-Za-z>])")


def sniff(head: bytes, name: str) -> float:
    """A separator line, then a mail."""
    if not head.startswith(b"From "):
        return 0.0
    return 0.95 * looks_like_mail(head.split(b"\n", 1)[-1])


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """One chunk a block of whole mails; of a mail over the limit only the start is kept, for the quarantine."""
    held, line = b"", 1  # the text of mails not yet parsed, and the line where it begins
    skipping = False  # whether it begins inside a mail that was rejected
    for block in line_blocks(source.blocks()):
        held += block.text
        starts = _starts(held)
        if skipping:
            skipping = len(starts) == 1
            gone = len(held) if skipping else starts[1]
            line, held, starts = line + held.count(b"\n", 0, gone), held[gone:], [at - gone for at in starts[1:]]
        cut = starts[-1] if starts else 0
        if cut:
            yield partial(_parse, held[:cut], starts[:-1], line)
            line, held = line + held.count(b"\n", 0, cut), held[cut:]
        if len(held) > MAX_LINE or (block.too_long and not skipping):
            yield partial(rejected, Reject(line, f"mail over {MAX_LINE >> 20} MiB", clip(held[:8_000])))
            line, held, skipping = line + held.count(b"\n") + block.too_long, b"", True
    if held:
        yield partial(_parse, held, [0], line)


def _starts(text: bytes) -> list[int]:
    """Where the mails of a text begin; the first begins with it."""
    starts, at = [0], text.find(b"\nFrom ")
    while at >= 0:
        blank_before = text.endswith((b"\n", b"\n\r"), 0, at)
        if blank_before and _SEPARATOR.match(text, at + 1):
            starts.append(at + 1)
        at = text.find(b"\nFrom ", at + 1)
    return starts


def _parse(text: bytes, starts: list[int], line: int) -> Iterator[Batch]:
    mails = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    lines = list[int]()
    for mail in mails:
        lines.append(line)
        line += mail.count(b"\n")
    yield from parse_mails([mail.split(b"\n", 1)[-1] for mail in mails], lines)


def examples() -> tuple[Example, ...]:
    """Two mails, the first with a line in its body that starts like a separator."""
    first = b"From a@example.org Tue Jul  1 10:00:00 2025\nFrom: a@example.org\nSubject: one\n\nFrom 1 to 2\n\n"
    second = b"From b@example.org Tue Jul  1 11:00:00 2025\nFrom: b@example.org\nSubject: two\n\nBody\n"
    return (Example("mails.mbox", first + second, ("one", "two")),)


PLUGIN = Format("mbox", sniff, read, examples, platform="mail", kind="message", certain_dates=True)
