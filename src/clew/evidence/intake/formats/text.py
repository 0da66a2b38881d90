"""Plain text, JSON, CSV, XML and whatever else can be read as letters."""

from __future__ import annotations

from collections.abc import Iterator

from clew.evidence.intake import unpack
from clew.evidence.intake.base import Kind, Notes, Part
from clew.evidence.intake.limits import Budget
from clew.evidence.intake.textual import encoding_of, pieces, readings

_CONTROL = bytes(sorted({*range(9), 11, *range(14, 27), *range(28, 32), 127}))

_SAMPLE = 1 << 14


def sniff(part: Part) -> tuple[float, str]:
    """No control characters (or UTF-16 with few)."""
    head = part.head[:_SAMPLE]
    if not head:
        return 0.3, "text/plain"
    controls = len(head) - len(head.translate(None, _CONTROL))
    if controls > len(head) / 1_000 and head.count(0) < len(head) / 5:
        return 0.0, ""
    text = head.decode(encoding_of(head, markup=False), "replace").encode("utf-8", "replace")
    if len(text) - len(text.translate(None, _CONTROL)) > len(text) / 1_000:
        return 0.0, ""
    start = text.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith((b"<?xml", b"<svg")):
        return 0.3, "image/svg+xml" if b"<svg" in start else "application/xml"
    return 0.3, "application/json" if start.startswith((b"{", b"[")) else "text/plain"


def examine(part: Part, notes: Notes, budget: Budget) -> None:
    """Lines and encoding; a zero byte further down means that it is no text throughout."""
    lines, zeros = 0, 0
    codec = encoding_of(part.head, markup=False)
    for block in unpack.blocks(part.file, budget):
        lines += block.count(b"\n")
        zeros += block.count(0)
    notes.fact("encoding", codec)
    notes.fact("lines", f"{lines:,}")
    if zeros and not codec.startswith("utf-16"):
        notes.damaged(f"It begins as text but holds {zeros:,} zero bytes.")


def texts(part: Part, budget: Budget) -> Iterator[str]:
    """All of it, as written and as read."""
    yield from readings(pieces(unpack.blocks(part.file, budget)))


PLUGIN = Kind("text", sniff, examine, texts)
