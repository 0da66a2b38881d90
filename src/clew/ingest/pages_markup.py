"""HTML cut into tags and the text between them, in time that grows with the length of the page and no faster.

A parser that builds a tree as browsers do takes minutes for a megabyte of nested elements (each new one looks through
all that are open) and gigabytes for unclosed bold ones; it cannot be stopped half-way either. Text and addresses need
no tree. What is kept of the standard: comments, raw text, quoted attributes, entities, and tags that end nowhere.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

_TAG = re.compile(r"""<(/?)([A-Za-z][^\s/>]*+)((?:[^>"']++|"[^"]*+"|'[^']*+')*+)>""")
_BARE_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]*+)([^>]*+)>")
_ATTRIBUTE = re.compile(
    r"""([^\s"'>/=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>][^\s>]*+)))?+""",
)
# Elements whose content is no markup.
_RAW = frozenset(("script", "style", "textarea", "title", "iframe", "noembed", "noframes", "xmp"))
_RAW_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in _RAW}
_LONGEST_NAME = 40


class Token(NamedTuple):
    """The text before a tag, and the tag.

    Attributes:
        text: as written, entities and all.
        name: of the tag, in lower case; "" at the end of the page and for comments.
        closing: whether it closes an element.
        attributes: as written; see :func:`attributes_of`.
        raw: the content of elements that hold no markup, as scripts; or the comment.
    """

    text: str
    name: str
    closing: bool
    attributes: str
    raw: str


def tokens(page: str) -> Iterator[Token]:
    """The tags of a page in order; the last one has no name."""
    at, text_from, pattern = 0, 0, _TAG
    while (start := page.find("<", at)) >= 0:
        mark = page[start + 1 : start + 2]
        if mark in ("!", "?"):
            comment = page.startswith("<!--", start)
            end = page.find("-->", start + 2) if comment else page.find(">", start)
            if end < 0:  # as browsers do: what follows is inside
                yield Token(page[text_from:start], "", False, "", "")
                return
            raw = page[start + 4 : end] if comment else ""
            yield Token(page[text_from:start], "", False, "", raw)
            at = text_from = end + (3 if comment else 1)
            continue
        found = pattern.match(page, start)
        if found is None and pattern is _TAG and mark and (mark.isalpha() or mark == "/"):
            # A quote that is never closed: from here on quotes mean nothing, or each tag would look for their end.
            found = _BARE_TAG.match(page, start)
            pattern = _TAG if found is None else _BARE_TAG
        if found is None:
            if page.find(">", start) < 0:
                break
            at = start + 1
            continue
        closing, name, attributes = found.groups()
        name = name[:_LONGEST_NAME].lower()
        end, raw = found.end(), ""
        if name in _RAW and not closing:
            close = _RAW_END[name].search(page, end)
            stop = close.start() if close else len(page)
            raw, content_end = page[end:stop], stop
            end = content_end
        yield Token(page[text_from:start], name, closing == "/", attributes, raw)
        at = text_from = end
    yield Token(page[text_from:], "", False, "", "")


def attributes_of(written: str) -> dict[str, str]:
    """Attributes by name in lower case, entities read; the first of each name counts."""
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(written):
        value = double or single or bare
        found.setdefault(name.lower(), html.unescape(value) if "&" in value else value)
    return found
