"""HTML: a page saved from a browser or by a program, one record; job offers in it become records of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from clew.ingest.base import Chunk, Example, Format, IsField, Source, up_to
from clew.ingest.pages_http import MAX_BODY

_STARTS = re.compile(
    rb"\s*+(?:<!--.{0,4000}?-->\s*+|<\?xml[^>]{0,200}\?>\s*+){0,5}<(?:!doctype\s+html|html|head|body|title|meta)\b",
    re.IGNORECASE | re.DOTALL,
)
_LATER = re.compile(rb"<(?:html|body)[\s>]", re.IGNORECASE)
# Where browsers and their extensions write what a page was saved from.
_SAVED_FROM = re.compile(
    rb"<!-- saved from url=\(\d{1,5}\)(\S{1,4000}) -->|\n\s*url:\s*(https?://\S{1,4000})", re.IGNORECASE
)
_SAVED_ON = re.compile(
    rb"saved date:\s*\w{3}\s+(\w{3})\s+(\d{1,2})\s+(\d{4})\s+(\d\d:\d\d:\d\d)(?:\s+GMT([+-]\d{4}))?", re.IGNORECASE
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def sniff(head: bytes, name: str) -> float:
    """A doctype or one of the first tags; or the name, and an <html> or <body> somewhere."""
    start = head.removeprefix(b"\xef\xbb\xbf")[:20_000]
    if _STARTS.match(start):
        return 0.92
    return 0.88 if name.endswith((".html", ".htm", ".xhtml")) and _LATER.search(start) else 0.0


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """One chunk: the page; of a huge one the start."""
    from clew.ingest.pages import Raw, pages_batch  # see warc.py
    from clew.ingest.pages_gather import Gathered

    body = up_to(source.blocks(), MAX_BODY)
    url, saved = _saved(body)
    raw = Raw(1, url, saved, body[:MAX_BODY], whole=len(body) <= MAX_BODY, beside=True)
    yield partial(pages_batch, [raw], Gathered())


def _saved(body: bytes) -> tuple[str, str | None]:
    """The address that a page was saved from ("" where it does not say), and when."""
    start = body[:20_000]
    found = _SAVED_FROM.search(start)
    url = (found[1] or found[2]).decode("utf-8", "replace") if found else ""
    url = url if url.startswith(("http://", "https://")) else ""
    return url, _saved_on(start)


def _saved_on(start: bytes) -> str | None:
    """When SingleFile saved the page."""
    found = _SAVED_ON.search(start)
    if found is None:
        return None
    month, day, year, time, zone = (part.decode() if part else "" for part in found.groups())
    if month.lower() not in _MONTHS:
        return None
    number = _MONTHS.index(month.lower()) + 1
    return f"{year}-{number:02d}-{int(day):02d}T{time}{zone[:3] + ':' + zone[3:] if zone else ''}"


def examples() -> tuple[Example, ...]:
    """A page with a doctype, one in a legacy encoding with a job offer, one without a beginning."""
    job = b'<script type="application/ld+json">{"@type": "JobPosting", "title": "Picker"}</script>'
    return (
        Example("a.html", b"<!DOCTYPE html><title>One &amp; two</title><p>Text", ("One & two",)),
        Example(
            "b.htm", b"<html><meta charset=windows-1252><title>caf\xe9</title>" + job + b"<p>x", ("café", "Picker")
        ),
        Example("c.html", b"<div><body><h1>Heading</h1><p>Text", ("Heading",)),
    )


PLUGIN = Format("HTML", sniff, read, examples, certain_dates=True, kind="page")
