"""ISO 20022 messages cut into entries without reading the document whole: no entities, no document type, bounded.

The cutter finds where statements and their entries begin and end; each entry is then parsed alone. So a broken entry
costs itself, memory is that of one entry, and what a document type could define reaches no parser.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass

from clew.ingest.base import Reject, clip
from clew.ingest.chats_xml import CUT_OFF, NOT_CLOSED
from clew.ingest.walking import Walker

DOCTYPE = "XML with a document type is not read: it may define entities"
HEAD, ENTRY, END = "head", "entry", "end"


@dataclass(frozen=True)
class Piece:
    """A part of a document: the head of a statement (all before its first entry), an entry, or a statement's end."""

    what: str
    tag: str
    text: bytes
    line: int
    prefix: bytes = b""


class Cutter(Walker[Piece]):
    """Cuts a stream of XML into pieces; ``outer`` are the tags of statements, ``inner`` those of entries."""

    def __init__(self, outer: tuple[str, ...], inner: tuple[str, ...]) -> None:
        super().__init__()
        names = b"|".join(tag.encode() for tag in (*outer, *inner))
        self._mark = re.compile(
            rb"<(?:(/?)((?:[\w.-]{1,40}:)?)(" + names + rb")(?=[\s/>])|(!--)|(!\[CDATA\[)|(!DOCTYPE))"
        )
        self._inner = {tag.encode() for tag in inner}
        self._head: int | None = None  # where the head of a statement begins that is not at its end yet
        self._opened: re.Match[bytes] | None = None
        self._head_line = 1

    def walk(self, text: bytes, *, last: bool) -> Generator[Piece | Reject, None, int]:
        """Yield pieces; return the bytes done with, -1 to read no further."""
        done = yield from self._cut(text, last=last)
        if self._head is not None:
            self._head -= done
        return done

    def _cut(self, text: bytes, *, last: bool) -> Generator[Piece | Reject, None, int]:
        at, line, counted = 0, self.line, 0
        while (mark := self._mark.search(text, at)) is not None:
            begin = mark.start()
            line, counted = line + text.count(b"\n", counted, begin), begin
            if mark[6]:
                yield Reject(line, DOCTYPE, clip(text[begin : begin + 8_000]))
                return -1
            if mark[4] or mark[5]:
                end = text.find(b"-->" if mark[4] else b"]]>", mark.end())
                if end < 0 and not last:
                    return begin if self._head is None else self._head
                at = end + 3 if end >= 0 else len(text)
                continue
            closing, inner = bool(mark[1]), mark[3] in self._inner
            if inner and not closing:
                if self._head is not None:
                    yield self._take_head(text, begin, line)
                end, whole = self._entry_end(text, mark, last=last)
                if end < 0:
                    return begin
                body = text[begin:end]
                if whole:
                    yield Piece(ENTRY, mark[3].decode(), body, line, mark[2])
                else:
                    yield Reject(line, NOT_CLOSED if end < len(text) else CUT_OFF, clip(body[:8_000]))
                at = end
                continue
            if not inner and closing:
                if self._head is not None:
                    yield self._take_head(text, begin, line)
                yield Piece(END, mark[3].decode(), b"", line)
            elif not inner:
                if self._head is not None:
                    yield self._take_head(text, begin, line)
                self._head, self._opened, self._head_line = begin, mark, line
            at = mark.end()
        if last and self._head is not None:
            yield self._take_head(text, len(text), line)
        return len(text) if last else max(0, self._kept(text, at))

    def _kept(self, text: bytes, at: int) -> int:
        """The first byte that the next walk needs: the head that is open, else what may be half a tag."""
        return self._head if self._head is not None else max(at, len(text) - 64)

    def _take_head(self, text: bytes, end: int, line: int) -> Piece:
        begin, mark = self._head or 0, self._opened
        self._head = None
        tag, prefix = (mark[3], mark[2]) if mark is not None else (b"Stmt", b"")
        whole = text[begin:end] + b"</" + prefix + tag + b">"
        return Piece(HEAD, tag.decode(), whole, self._head_line, prefix)

    def _entry_end(self, text: bytes, mark: re.Match[bytes], *, last: bool) -> tuple[int, bool]:
        """(the byte after an entry, whether it is closed); -1 where the rest of it has not come yet."""
        name = mark[2] + mark[3]
        end = text.find(b"</" + name + b">", mark.end())
        following = text.find(b"<" + name + b">", mark.end(), end if end >= 0 else len(text))
        if following >= 0:
            return following, False
        if end >= 0:
            return end + len(name) + 3, True
        return (len(text), False) if last else (-1, False)
