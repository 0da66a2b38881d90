"""Web pages as rows: the text a visitor reads, contact data and ids that only the code tells, and its job offers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin

import orjson
import pyarrow as pa

from clew.ingest.base import MAX_FIELD, Batch, Reject
from clew.ingest.pages_codes import as_lines, codes_of, contact_links, host_of, verifications_of
from clew.ingest.pages_data import Job, Node, jobs_of, nodes_of, number_lines, organisation_lines
from clew.ingest.pages_gather import Certificate, Gathered, embedded_picture, icon_hash, plain_url
from clew.ingest.pages_http import text_of
from clew.ingest.pages_text import Page, read_page

COLUMNS = ("native_id", "url", "title", "body", "contact", "place", "price", "posted_at", "captured_at", "images")
_MOST_TEXT = MAX_FIELD - (1 << 12)  # characters of a page's text; more is cut off
_MOST_TITLE, _MOST_URL = 2_000, 8_000
_MOST_PICTURES, _MOST_EMBEDDED = 200, 20
_ORIGIN = re.compile(r"https?://[^/?#]+")
_CUT = "the page is longer than what is read"

Row = dict[str, str | None]


@dataclass(frozen=True)
class Raw:
    """A page as it was received.

    Attributes:
        line: its ordinal in the file.
        url: its address; "": not known.
        captured_at: ISO 8601, or None.
        body: bytes of the page.
        content_type: of its header, with the charset.
        whole: whether the body is all of it.
        rendered: whether it is the page as a browser had built it.
        beside: whether files beside it are its pictures.
        certificate: what its own record says of it.
    """

    line: int
    url: str
    captured_at: str | None
    body: bytes
    content_type: str = ""
    whole: bool = True
    rendered: bool = False
    beside: bool = False
    certificate: Certificate | None = None


@dataclass
class _Rows:
    """Rows of a batch as they are made."""

    rows: list[Row] = field(default_factory=list)
    extras: list[dict[str, str]] = field(default_factory=list)
    kinds: list[str | None] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    def add(self, kind: str | None, line: int, row: Row, extra: dict[str, str]) -> None:
        """One row; extra holds JSON by name. Kind None: what the user says, or the format."""
        self.rows.append(row)
        self.extras.append(extra)
        self.kinds.append(kind)
        self.lines.append(line)


def pages_batch(pages: Sequence[Raw], shared: Gathered, rejects: Sequence[Reject] = ()) -> Iterator[Batch]:
    """One batch with a row for each page and for each job offer in it."""
    made = _Rows()
    for raw in pages:
        _add(raw, shared, made)
    columns = {name: pa.array([_storable(row.get(name)) for row in made.rows], pa.string()) for name in COLUMNS}
    names = sorted({name for extra in made.extras for name in extra})
    encoded = {name: pa.array([extra.get(name) for extra in made.extras], pa.string()) for name in names}
    kinds = pa.array(made.kinds, pa.string())
    yield Batch(columns, pa.array(made.lines, pa.int64()), encoded, tuple(rejects), kinds)


def _storable(text: str | None) -> str | None:
    """Text without what UTF-8 and the tables cannot hold: half characters and zero bytes."""
    if text is None or (text.isascii() and "\0" not in text):
        return text
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "�")


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _add(raw: Raw, shared: Gathered, made: _Rows) -> None:
    """The row of a page and those of its job offers."""
    markup = text_of(raw.body, raw.content_type)
    page = read_page(markup)
    url = raw.url or _own_url(page)
    nodes = nodes_of(page.data)
    text = "\n\n".join(filter(None, (page.main, page.rest)))
    cut = len(text) > _MOST_TEXT or not raw.whole
    extra = {"cut": _json(_CUT)} if cut else {}
    host = host_of(url)
    certificate = shared.certificates.get(host) or raw.certificate
    for name, value in (("language", page.language), ("description", page.meta.get("description", "")[:2_000])):
        if value.strip():
            extra[name] = _json(_storable(value.strip()))
    if raw.rendered:
        extra["rendered"] = "true"
    if shared.title:
        extra["collection"] = _json(shared.title)
    if certificate is not None and (certificate.names or certificate.issuer):
        extra["certificate"] = _json({"names": certificate.names, "issuer": certificate.issuer})
    images = list(_images(page, url, raw, shared))
    row: Row = {
        "native_id": url[:_MOST_URL] or None,
        "url": url[:_MOST_URL] or None,
        "title": page.title[:_MOST_TITLE] if page.title else None,
        "body": text[:_MOST_TEXT] or None,
        "contact": as_lines(_contact(markup, page, nodes, text, _shared_ids(page, url, shared, certificate))),
        "captured_at": raw.captured_at,
        "images": _json(images) if images else None,
    }
    made.add(None, raw.line, row, extra)
    for number, job in enumerate(jobs_of(nodes), 1):
        made.add(
            "job_ad", raw.line, _job_row(job, number, url, raw), {k: _json(_storable(v)) for k, v in job.extra.items()}
        )


def _own_url(page: Page) -> str:
    """The address that a page without one gives itself."""
    return next((url for url in (page.canonical, page.meta.get("og:url", "").strip()) if host_of(url)), "")


def _job_row(job: Job, number: int, url: str, raw: Raw) -> Row:
    own = _joined(url, job.url or "") or url
    return {
        "native_id": job.native_id or (f"{url}#{number}" if url else None),
        "url": own[:_MOST_URL] or None,
        "title": job.title,
        "body": job.body[:_MOST_TEXT] if job.body else None,
        "contact": as_lines(job.contact),
        "place": job.place,
        "price": job.price,
        "posted_at": job.posted_at,
        "captured_at": raw.captured_at,
    }


def _contact(markup: str, page: Page, nodes: Sequence[Node], text: str, ids: Sequence[str]) -> Iterator[str]:
    """What the code says and the text does not."""
    yield from contact_links([*page.links, *organisation_lines(nodes)], text)
    yield from (line for line in number_lines(nodes) if line.partition(": ")[2] not in text)
    lower = text.lower()
    yield from (f"mailto:{address}" for address in page.emails if address.lower() not in lower)
    yield from codes_of(markup)
    yield from verifications_of(page.meta)
    yield from ids


def _shared_ids(page: Page, url: str, shared: Gathered, certificate: Certificate | None) -> list[str]:
    """Digests of the favicon, of the certificate and of the shape of the page."""
    found = list[str]()
    for icon in [*page.icons[:5], "/favicon.ico"]:
        digest = _embedded_icon(icon) or shared.icons.get(plain_url(_joined(url, icon)))
        if digest:
            found.append(f"favicon:{digest}")
            break
    if certificate is not None and certificate.sha256:
        found.append(f"cert:{certificate.sha256}")
    if page.shape:
        found.append(f"dom:{page.shape}")
    return found


def _embedded_icon(source: str) -> str | None:
    head, _, data = source.partition(",")
    return (
        icon_hash(data.encode("utf-8", "replace"))
        if head.lower().startswith("data:image/") and len(data) > 100
        else None
    )


def _images(page: Page, url: str, raw: Raw, shared: Gathered) -> Iterator[str]:
    """Hashes of the pictures of a page that are in its archive or in itself; else the names of files beside it."""
    base = _joined(url, page.base) or url
    seen, embedded = set[str](), 0
    for source in [*page.pictures, page.meta.get("og:image", "")]:
        source = source.strip()
        if source.startswith("data:"):
            embedded += 1
            found = embedded_picture(source) if embedded <= _MOST_EMBEDDED else None
        elif raw.beside:
            found = source if source and ":" not in source[:12] and not source.startswith(("/", "#")) else None
        else:
            found = shared.pictures.get(plain_url(_joined(base, source)))
        if found and found not in seen and len(seen) < _MOST_PICTURES:
            seen.add(found)
            yield found


def _joined(base: str, target: str) -> str:
    """An address relative to another; "" where they do not make one."""
    if not target or len(target) > _MOST_URL:
        return ""
    # What nearly all are; the library takes ten times as long.
    if target.startswith(("https://", "http://")):
        return target
    if target[0] == "/" and target[1:2] != "/" and ".." not in target and (origin := _ORIGIN.match(base)):
        return origin[0] + target
    try:
        return urljoin(base, target)
    except ValueError:
        return ""
