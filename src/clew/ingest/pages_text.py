"""What a page shows and what its code says: main text, other text, links, machine-readable data, its shape."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from clew.ingest import pages_elements as element
from clew.ingest.pages_kernel import read_markup

_ATTRIBUTE = re.compile(r"""([^\s"'>/=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>][^\s>]*+)))?+""")
_MOST_NOTES = 20_000
_MOST_LINKS, _MOST_META, _MOST_DATA, _FEWEST_SHAPES = 5_000, 200, 100, 12
_SHORT = 200  # characters; less text in main or article is not taken for all that the page is about
_WRITTEN_MAIL = "/email-protection#"  # how Cloudflare hides addresses from programs, in links


@dataclass
class Page:
    """What was read of a page.

    Attributes:
        title: of the document, else of its preview, else its first heading; None: none.
        main, rest: visible text; what stands in navigation, header, footer, aside and forms is the rest.
        links: targets of links, in order.
        pictures: sources of pictures, in order.
        icons: addresses of favicons.
        meta: content of meta elements by name, lower case.
        data: JSON-LD, as written.
        emails: addresses that Cloudflare hides from programs.
        base: what links are relative to; "": the page.
        canonical: the address that the page gives itself.
        language: as the html element says.
        shape: a digest of the page's elements and their classes, whatever the text; "": too few.
    """

    title: str | None = None
    main: str = ""
    rest: str = ""
    links: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    icons: list[str] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    base: str = ""
    canonical: str = ""
    language: str = ""
    shape: str = ""


def read_page(markup: str | bytes) -> Page:
    """Read a page; bytes must be UTF-8."""
    raw = markup.encode("utf-8", "replace") if isinstance(markup, str) else markup
    data = np.frombuffer(raw, np.uint8)
    texts = np.empty((3, len(data) + 8), np.uint8)
    sizes, heading = np.zeros(3, np.int64), np.zeros(3, np.int64)
    notes = np.empty((min(len(data) // 4 + 8, _MOST_NOTES), 3), np.int64)
    shapes = np.zeros(element.SHAPES, np.uint64)
    noted, shaped = read_markup(data, *element.names(), texts, sizes, notes, shapes, heading)
    page = Page()
    for what, begin, end in notes[:noted].tolist():
        _note(page, what, raw[begin:end].decode("utf-8", "replace"))
    marked, plain, beside = (_decoded(texts[part, : sizes[part]]) for part in range(3))
    known = len(marked) >= _SHORT or len(marked) > len(plain)
    main, rest = ([marked], [plain, beside]) if known else ([marked, plain], [beside])
    page.main, page.rest = ("\n".join(filter(None, parts)) for parts in (main, rest))
    if page.title is None:
        first = _decoded(texts[heading[0], heading[1] : heading[2]]) if heading[0] >= 0 else ""
        page.title = page.meta.get("og:title", "").strip() or " ".join(first.split()) or None
    if shaped >= _FEWEST_SHAPES:
        page.shape = hashlib.sha256(np.sort(shapes[shapes > 0]).astype("<u8").tobytes()).hexdigest()[:16]
    return page


def _decoded(text: npt.NDArray[np.uint8]) -> str:
    found = text.tobytes().decode("utf-8", "replace")
    return (html.unescape(found) if "&" in found else found).strip()


def _note(page: Page, what: int, text: str) -> None:
    """Keep what an element says."""
    if what == element.LINK:
        target = (html.unescape(text) if "&" in text else text).strip()
        if _WRITTEN_MAIL in target:
            _coded_mail(page, target.partition(_WRITTEN_MAIL)[2])
        elif target and len(page.links) < _MOST_LINKS:
            page.links.append(target)
    elif what == element.PICTURE:
        if len(page.pictures) < _MOST_LINKS:
            page.pictures.append(html.unescape(text) if "&" in text else text)
    elif what == element.CODED_MAIL:
        _coded_mail(page, text)
    elif what == element.TITLE:
        page.title = page.title or " ".join(html.unescape(text).split()) or None
    elif what == element.DATA:
        if len(page.data) < _MOST_DATA:
            page.data.append(text)
    else:
        _element(page, what, attributes_of(text))


def _element(page: Page, what: int, attributes: dict[str, str]) -> None:
    """Keep what the attributes of an element of the head say."""
    if what == element.META:
        key = (attributes.get("name") or attributes.get("property") or attributes.get("itemprop") or "").lower()
        if key and len(page.meta) < _MOST_META:
            page.meta.setdefault(key[:100], attributes.get("content", "")[:10_000])
    elif what == element.LINK_ELEMENT:
        rel = attributes.get("rel", "").lower().split()
        if "icon" in rel or "apple-touch-icon" in rel:
            page.icons.append(attributes.get("href", ""))
        elif "canonical" in rel:
            page.canonical = page.canonical or attributes.get("href", "").strip()
    elif what == element.BASE:
        page.base = page.base or attributes.get("href", "").strip()
    elif what == element.HTML:
        page.language = page.language or attributes.get("lang", "")[:20]


def attributes_of(written: str) -> dict[str, str]:
    """Attributes by name in lower case, entities read; the first of each name counts."""
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(written):
        value = double or single or bare
        found.setdefault(name.lower(), html.unescape(value) if "&" in value else value)
    return found


def _coded_mail(page: Page, coded: str) -> None:
    """An address that Cloudflare wrote as hexadecimal digits, the first byte mixed into the others."""
    try:
        raw = bytes.fromhex(coded[:600])
    except ValueError:
        return
    address = bytes(byte ^ raw[0] for byte in raw[1:]).decode("utf-8", "replace") if len(raw) > 5 else ""
    if "@" in address and address.isprintable():
        page.emails.append(address)
