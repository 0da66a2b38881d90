"""HTML pages."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from clew.evidence.intake import unpack
from clew.evidence.intake.base import Kind, Notes, Part
from clew.evidence.intake.limits import Budget
from clew.evidence.intake.textual import encoding_of, pieces, readings

_STARTS = re.compile(
    rb"(?i)\s*(?:<!--.{0,2000}?-->\s*|<\?xml[^>]{0,200}\?>\s*){0,5}<(?:!doctype html|html|head|body|title|meta)\b",
    re.DOTALL,
)
_LATER = re.compile(rb"(?i)<(?:html|body)[\s>]")
_TITLE = re.compile(r"(?is)<title[^<>]{0,500}>(.{0,2000}?)</title")
_LINK = re.compile(r"(?is)<(?:link|meta)\b[^<>]{0,2000}>")
_ATTRIBUTE = re.compile(
    r"""(?is)\b(rel|href|property|name|content|http-equiv)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))"""
)
_MOST = 1 << 20  # bytes in which the head of a page is sought


def sniff(part: Part) -> tuple[float, str]:
    """A doctype or one of the first tags; or text with an <html> or <body> in it."""
    head = part.head.lstrip(b"\xef\xbb\xbf")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "replace").encode("utf-8", "replace")
    if _STARTS.match(head[:20_000]):
        return 0.8, "text/html"
    return (0.4, "text/html") if b"\x00" not in head and _LATER.search(head[:8_192]) else (0.0, "")


def examine(part: Part, notes: Notes, budget: Budget) -> None:
    """Title, what it says its address is, and whether its end is there."""
    start, last = b"", b""
    for block in unpack.blocks(part.file, budget):
        if len(start) < _MOST:
            start += block
        # Pictures and files that are written into the page itself are not looked into.
        notes.hidden += block.count(b"data:image/") + block.count(b"data:application/")
        last = (last + block)[-2_000:]
    codec = encoding_of(start[: 1 << 18], markup=True)
    text = start.decode(codec, "replace")
    notes.fact("encoding", codec)
    if title := _TITLE.search(text):
        notes.fact("title", html.unescape(title[1]))
    for tag in _LINK.findall(text[:_MOST])[:500]:
        found = {m[1].lower(): html.unescape(m[2] or m[3] or m[4] or "") for m in _ATTRIBUTE.finditer(tag)}
        if found.get("rel", "").lower() == "canonical":
            notes.fact("canonical address", found.get("href"))
        elif found.get("property", "").lower() in ("og:url", "og:site_name"):
            notes.fact(found["property"].lower(), found.get("content"))
        elif found.get("name", "").lower() in ("author", "generator"):
            notes.fact(found["name"].lower(), found.get("content"))
    if b"<html" in start[:20_000].lower() and b"</html" not in last.lower():
        notes.fact("end", "no </html> at its end; it may have been cut off")


def texts(part: Part, budget: Budget) -> Iterator[str]:
    """As written and as read."""
    yield from readings(pieces(unpack.blocks(part.file, budget), markup=True))


PLUGIN = Kind("html", sniff, examine, texts)
