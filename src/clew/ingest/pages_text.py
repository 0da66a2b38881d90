"""What a page shows and what its code says: main text, other text, links, scripts, and the shape of its elements."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass, field

from clew.ingest.pages_markup import Token, attributes_of, tokens

_BLOCKS = frozenset(
    """
    address article aside blockquote body br button caption center dd details dialog dir div dl dt fieldset figcaption
    figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li main menu nav noscript ol
    optgroup option p pre search section select summary table tbody template tfoot thead tr ul
    """.split()  # noqa: SIM905
)
_CELLS = frozenset(("td", "th"))
# Elements that are followed to their end; others only break lines.
_FOLLOWED = frozenset(
    """
    article aside body center details dialog div dl fieldset figure footer form header main menu nav noscript ol
    section select svg table template ul datalist object canvas audio video
    """.split()  # noqa: SIM905
)
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "frame", "hr", "img", "input", "link", "meta", "param", "source", "wbr")
)
_UNSEEN = frozenset(("noscript", "select", "datalist", "template", "svg", "object", "canvas", "audio", "video"))
_ENDED_BY_NEXT = frozenset(("p", "li", "dd", "dt", "tr", "td", "th"))
_BESIDE = frozenset(("nav", "header", "footer", "aside", "form"))
_BESIDE_ROLES = frozenset(("navigation", "banner", "contentinfo", "complementary", "search", "form", "menu"))
_MAIN = frozenset(("main", "article"))
# Attributes of other elements are read where they hold one of these.
_TELLING = re.compile(r"hidden|none|href|src|data-cfemail|role=|itemprop", re.IGNORECASE)
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_CLASS = re.compile(r"""(?:^|\s)class\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_SPACE = re.compile(r"[^\S\xa0\n]+")
_LINES = re.compile(r" *\n[ \n]*")

_DEEPEST = 256  # elements followed at a time; deeper ones count as their parent
_MOST_LINKS, _MOST_SHAPES, _FEWEST_SHAPES = 5_000, 5_000, 12
_SHORT = 200  # characters; less text in main or article is not taken for all that the page is about


@dataclass
class Page:
    """What was read of a page.

    Attributes:
        title: of the document, or its first heading; None: none.
        main, rest: visible text; what stands in navigation, header, footer, aside and forms is the rest.
        links: targets of links, in order.
        pictures: sources of pictures, in order.
        icons: addresses of favicons.
        meta: content of meta elements by name, lower case.
        data: JSON-LD, as written.
        emails: addresses that Cloudflare hides from programs.
        scripts: addresses and text of scripts, frames and comments.
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
    comments: list[str] = field(default_factory=list)
    base: str = ""
    canonical: str = ""
    language: str = ""
    shape: str = ""


@dataclass(frozen=True)
class _Open:
    """An element that is followed to its end: is its text seen, and where does it go?"""

    name: str
    seen: bool
    part: int
    shape: str


_MARKED, _PLAIN, _ASIDE = range(3)  # within main or article; anywhere else; navigation and the like


def read_page(markup: str) -> Page:
    """Read a page."""
    reader = _Reader()
    for token in tokens(markup):
        reader.take(token)
    return reader.done()


class _Reader:
    def __init__(self) -> None:
        self.page = Page()
        self._open = [_Open("", True, _PLAIN, "")]
        self._counts: dict[str, int] = {}  # how many of each name are open
        self._parts: tuple[list[str], list[str], list[str]] = ([], [], [])
        self._shapes: set[str] = set()
        self._heading: list[str] | None = None

    def take(self, token: Token) -> None:
        """The text before a tag, then the tag."""
        text, name, closing, written, raw = token
        if text:
            self._text(text)
        if not name:
            if raw and len(self.page.comments) < 50:
                self.page.comments.append(raw[:2_000])
            return
        if name in _BLOCKS:
            self._break("\n")
        elif name in _CELLS:
            self._break(" ")
        if closing:
            if self._counts.get(name):
                self._close(name)
            elif name == "h1" and self._heading is not None:
                self._end_heading()
            return
        if raw:
            self._raw(name, written, raw)
        followed = name in _FOLLOWED
        if followed or (written and _TELLING.search(written)) or self._open[-1].name == name or name in _NOTED:
            self._start(name, written, followed)

    def _text(self, text: str) -> None:
        top = self._open[-1]
        if not top.seen:
            return
        text = html.unescape(text) if "&" in text else text
        self._parts[top.part].append(text.replace("\n", " "))
        if self._heading is not None:
            self._heading.append(text)

    def _break(self, mark: str) -> None:
        top = self._open[-1]
        if top.seen:
            self._parts[top.part].append(mark)

    def _raw(self, name: str, written: str, raw: str) -> None:
        """Title, JSON-LD; other raw content is no text."""
        if name == "title" and self.page.title is None and self._open[-1].seen:
            self.page.title = _one_line(html.unescape(raw)) or None
        elif name == "script" and "ld+json" in written.lower() and len(self.page.data) < 100:
            self.page.data.append(raw)

    def _start(self, name: str, written: str, followed: bool) -> None:
        attributes = attributes_of(written) if written else {}
        self._note(name, attributes)
        if self._open[-1].name in _ENDED_BY_NEXT and self._open[-1].name in (name, "p"):
            self._close(self._open[-1].name)
        top = self._open[-1]
        shape = top.shape
        if followed or "class" in attributes:
            shape = self._shape(name, written)
        if name in _VOID:
            return
        if name == "h1":
            self._heading = [] if self.page.meta.get("first heading") is None and top.seen else None
        # Scripts show the body that a style hides until they have run.
        hidden = name not in ("html", "body") and (
            "hidden" in attributes or _HIDING.search(attributes.get("style", "")) is not None
        )
        inside_hidden = not top.seen and top.name == name  # count its equals, to know its own end
        if not (followed or hidden or inside_hidden) or len(self._open) >= _DEEPEST:
            return
        seen = top.seen and not hidden and name not in _UNSEEN
        self._open.append(_Open(name, seen, self._part(name, attributes.get("role", "").lower()), shape))
        self._counts[name] = self._counts.get(name, 0) + 1

    def _part(self, name: str, role: str) -> int:
        """Where the text of a new element goes."""
        now = self._open[-1].part
        if name in _BESIDE or role in _BESIDE_ROLES:
            # A header within an article is its heading; some sites put all that they show into one form.
            return now if now == _MARKED and name in ("header", "form") else _ASIDE
        if now == _PLAIN and (name in _MAIN or role == "main"):
            return _MARKED
        return now

    def _close(self, name: str) -> None:
        while len(self._open) > 1:
            gone = self._open.pop()
            self._counts[gone.name] -= 1
            if gone.name == name:
                break

    def _end_heading(self) -> None:
        heading = _one_line(" ".join(self._heading or ()))
        if heading:
            self.page.meta.setdefault("first heading", heading)
        self._heading = None

    def _shape(self, name: str, written: str) -> str:
        """Note an element below its parent; gives its own name with its classes."""
        found = _CLASS.search(written)
        classes = sorted(set(_DIGITS.sub("0", found[1] or found[2] or found[3] or "").split())) if found else ()
        own = f"{name}.{'.'.join(classes)}"[:500]
        if len(self._shapes) < _MOST_SHAPES:
            self._shapes.add(f"{self._open[-1].shape}>{own}")
        return own

    def _note(self, name: str, attributes: dict[str, str]) -> None:
        """Keep what an element's attributes say."""
        page = self.page
        if coded := attributes.get("data-cfemail") or attributes.get("href", "").partition("/email-protection#")[2]:
            page.emails += [address for address in [_uncoded(coded)] if address]
        elif name in ("a", "area") and len(page.links) < _MOST_LINKS and (target := attributes.get("href", "").strip()):
            page.links.append(target)
        elif name == "img" and len(page.pictures) < _MOST_LINKS:
            page.pictures += [attributes[key] for key in ("src", "data-src", "data-lazy-src") if attributes.get(key)]
        elif name == "link":
            rel = attributes.get("rel", "").lower().split()
            if "icon" in rel or "apple-touch-icon" in rel:
                page.icons.append(attributes.get("href", ""))
            elif "canonical" in rel:
                page.canonical = page.canonical or attributes.get("href", "").strip()
        elif name == "meta":
            key = (attributes.get("name") or attributes.get("property") or attributes.get("itemprop") or "").lower()
            if key and len(page.meta) < 200:
                page.meta.setdefault(key[:100], attributes.get("content", "")[:10_000])
        elif name == "base":
            page.base = page.base or attributes.get("href", "").strip()
        elif name == "html":
            page.language = attributes.get("lang", "")[:20]

    def done(self) -> Page:
        """All that was read."""
        page = self.page
        self._end_heading()
        marked, plain, aside = (_flowing(parts) for parts in self._parts)
        known = len(marked) >= _SHORT or len(marked) > len(plain)
        main, rest = ([marked], [plain, aside]) if known else ([marked, plain], [aside])
        page.main, page.rest = ("\n".join(filter(None, texts)) for texts in (main, rest))
        if page.title is None:
            page.title = page.meta.get("og:title", "").strip() or page.meta.get("first heading")
        if len(self._shapes) >= _FEWEST_SHAPES:
            page.shape = hashlib.sha256("\n".join(sorted(self._shapes)).encode("utf-8", "replace")).hexdigest()[:16]
        return page


_NOTED = frozenset(("a", "area", "img", "link", "meta", "base", "html", "h1"))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _flowing(parts: list[str]) -> str:
    """Pieces of text as lines."""
    text = _SPACE.sub(" ", "".join(parts))
    return _LINES.sub("\n", text).strip()


def _uncoded(coded: str) -> str | None:
    """An address that Cloudflare wrote as hexadecimal digits, the first byte mixed into the others."""
    try:
        raw = bytes.fromhex(coded[:600])
    except ValueError:
        return None
    address = bytes(byte ^ raw[0] for byte in raw[1:]).decode("utf-8", "replace") if len(raw) > 5 else ""
    return address if "@" in address and address.isprintable() else None
