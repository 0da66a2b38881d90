"""A web archive as batches of pages: its records are read twice, first for what pages share, then for the pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from clew.ingest.base import Chunk, Reject
from clew.ingest.pages import Raw, pages_batch
from clew.ingest.pages_beside import Beside
from clew.ingest.pages_gather import RENDERED, Gathered, gather, issuer_of, plain_url
from clew.ingest.pages_http import body_of, split_head
from clew.ingest.pages_warc import Record

_BATCH_BYTES, _BATCH_PAGES = 4 << 20, 200
_ALONE = 20  # portions that are read here: a small archive is done before other processes have begun
_HTML = ("text/html", "application/xhtml+xml")
_LOOKS_HTML = re.compile(
    rb"\s*(?:<!--.{0,500}?-->\s*){0,3}<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_WEB = ("http://", "https://")

Records = Callable[[], Iterator[Record | Reject]]


def pages_of(records: Records, shared: Gathered) -> Iterator[Chunk]:
    """One chunk for some pages at a time.

    Args:
        records: gives the records of the archive from the start, at every call.
        shared: what is known already, as the title of a collection.
    """
    gather(records(), shared)
    beside: Beside | None = None
    for number, (pages, rejects) in enumerate(_portions(records(), shared)):
        if number == _ALONE:
            beside = Beside(shared)
        if beside is None:
            yield partial(pages_batch, pages, shared, rejects)
        else:
            yield partial(beside.batches, pages, rejects)


def _portions(records: Iterable[Record | Reject], shared: Gathered) -> Iterator[tuple[list[Raw], list[Reject]]]:
    """Some pages at a time, and what could not be read among them."""
    pages, rejects, size = list[Raw](), list[Reject](), 0
    for record in records:
        if isinstance(record, Reject):
            rejects.append(record)
        elif (page := _page(record, shared)) is not None:
            if isinstance(page, Reject):
                rejects.append(page)
            else:
                pages.append(page)
                size += len(page.body)
        if size > _BATCH_BYTES or len(pages) >= _BATCH_PAGES or len(rejects) >= _BATCH_PAGES:
            yield pages, rejects
            pages, rejects, size = [], [], 0
    if pages or rejects:
        yield pages, rejects


def _page(record: Record, shared: Gathered) -> Raw | Reject | None:
    """The page in a record; None where it holds none that anybody was shown."""
    if record.type == "resource":
        return _resource(record)
    if record.type != "response" or not record.is_http or not record.target.startswith(_WEB):
        return None
    status, headers, start = split_head(record.content[: 1 << 19])
    kind = headers.get("content-type", "")
    named = kind.partition(";")[0].strip().lower()
    if not 200 <= status < 300 or not (named in _HTML or (not named and _looks_html(record.content[start:]))):
        return None
    url = plain_url(record.target)
    if url in shared.rendered:
        return None  # its rendered copy is read, which says all that this one does
    if not record.whole:
        return Reject(record.number, "a page over 64 MiB", url[:2_000])
    body, whole = body_of(record.content[start:], headers)
    date, certificate = record.headers.get("warc-date"), issuer_of(record)
    return Raw(record.number, url, date, body, kind, whole, certificate=certificate)


def _resource(record: Record) -> Raw | None:
    """A page that was saved without the answer of a server: as a browser had built it, or as a program had it."""
    kind = record.headers.get("content-type", "")
    target = record.target.removeprefix(RENDERED)
    if kind.partition(";")[0].strip().lower() not in _HTML or not target.startswith(_WEB):
        return None
    rendered = record.target.startswith(RENDERED)
    url, date = plain_url(target), record.headers.get("warc-date")
    return Raw(record.number, url, date, record.content, kind, record.whole, rendered)


def _looks_html(body: bytes) -> bool:
    return _LOOKS_HTML.match(body[:4_096]) is not None
