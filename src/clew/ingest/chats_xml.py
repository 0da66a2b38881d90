"""XML in which every record is an element with attributes, read as text: no entities, no document type, bounded."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from clew.ingest.base import Reject, clip
from clew.ingest.walking import Walker

_TAG = rb"""(?:[^<>"']|"[^"]*"|'[^']*')*+"""
_ATTRIBUTE = re.compile(rb"""([A-Za-z_][\w.:-]{0,63})\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9A-Fa-f]{1,6})|(amp|lt|gt|quot|apos));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
CUT_OFF = "the file ends inside an element"
NOT_CLOSED = "an element that is not closed"


@dataclass(frozen=True)
class Element:
    """An element as it stands in the file: the name of its tag, its bytes, and the line where it begins."""

    tag: str
    text: bytes
    line: int


class Elements(Walker[list[Element | Reject]]):
    """Finds the elements with certain tags in a stream of text; what stands between them is passed over.

    An element that is not closed before the next one begins costs itself alone.
    """

    def __init__(self, tags: tuple[str, ...]) -> None:
        super().__init__()
        names = b"|".join(tag.encode() for tag in tags)
        self._start = re.compile(rb"<(" + names + rb")(?=[\s/>])")
        self._open = re.compile(_TAG + rb">")

    def blocks(self, blocks: Iterator[bytes]) -> Iterator[list[Element | Reject]]:
        """The elements of each block of text, in order.

        Raises:
            DamagedError: after the last block that could be read.
        """
        for found in self.found(blocks):
            yield [found] if isinstance(found, Reject) else found

    def walk(self, text: bytes, *, last: bool) -> Generator[list[Element | Reject] | Reject, None, int]:
        """Yield the elements of a text, if there are any; return the bytes done with."""
        found, done = self._found(text, last=last)
        if found:
            yield found
        return done

    def _found(self, text: bytes, *, last: bool) -> tuple[list[Element | Reject], int]:
        """(elements, bytes done with)."""
        found, at, line, counted = list[Element | Reject](), 0, self.line, 0
        while (start := self._start.search(text, at)) is not None:
            begin = start.start()
            line, counted = line + text.count(b"\n", counted, begin), begin
            following = self._start.search(text, start.end())
            end = self._end(text, start)
            if end is None or (following is not None and end > following.start()):
                # Not closed: either the rest has not come yet, or the next element shows that it never will.
                if following is None and not last:
                    return found, begin
                stop = following.start() if following is not None else len(text)
                reason = NOT_CLOSED if following is not None else CUT_OFF
                found.append(Reject(line, reason, clip(text[begin : min(stop, begin + 8_000)])))
                at = stop
                continue
            found.append(Element(start[1].decode(), text[begin:end], line))
            at = end
        return found, len(text) if last else max(at, len(text) - 64)

    def _end(self, text: bytes, start: re.Match[bytes]) -> int | None:
        """The byte after an element: after its tag if that closes itself, else after its closing tag."""
        opened = self._open.match(text, start.end())
        if opened is None:
            return None
        if text[opened.end() - 2 : opened.end() - 1] == b"/":
            return opened.end()
        closing = b"</" + start[1] + b">"
        at = text.find(closing, opened.end())
        return at + len(closing) if at >= 0 else None


def attributes(tag: bytes) -> dict[str, str]:
    """The attributes of the tag that some bytes begin with; of one that comes twice the first."""
    found: dict[str, str] = {}
    for name, double, single in _ATTRIBUTE.findall(tag):
        found.setdefault(name.decode(), unescaped((double or single).decode("utf-8", "replace")))
    return found


def unescaped(text: str) -> str:
    """Text with the five entities of XML and numbers replaced; halves of a character, as phones write them, joined."""
    if "&" not in text:
        return text
    joined = _REFERENCE.sub(_letter, text)
    return joined.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _letter(found: re.Match[str]) -> str:
    if found[3]:
        return _NAMED[found[3]]
    number = int(found[1]) if found[1] else int(found[2], 16)
    return chr(number) if 0 < number < 0x110000 else "\ufffd"
