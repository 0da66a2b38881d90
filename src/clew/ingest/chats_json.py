"""Chats in JSON: lists of messages found in a document without parsing it whole, and values of any type made safe."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from clew.ingest.base import MAX_LINE, NUL_BYTE, Reject, clip
from clew.ingest.jsonelements import find_elements
from clew.ingest.streams import mend
from clew.ingest.walking import Walker

_BATCH = 1 << 14  # messages found at a time
_HEAD = 1 << 16  # bytes kept of what stands before a list
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
CUT_OFF = "the file ends inside the list of messages"
NO_LIST = "no list of messages"

Object = dict[str, Any]


@dataclass(frozen=True)
class Piece:
    """Elements of one list: what stands in the document before it, and byte starts, ends and lines of the elements."""

    head: bytes
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    lines: npt.NDArray[np.int64]

    def objects(self, text: bytes) -> Iterator[tuple[int, Object | Reject]]:
        """(line, message, or why it is none) of each element."""
        for start, end, line in zip(self.starts.tolist(), self.ends.tolist(), self.lines.tolist(), strict=True):
            yield line, parse(text[start:end], line)


@dataclass(frozen=True)
class Cut:
    """Part of a document: its text, and the pieces of lists in it."""

    text: bytes
    pieces: Sequence[Piece]


class Lists(Walker[Cut]):
    """Walks through a document once, in bounded memory, and finds the elements of every list under a key.

    Args:
        key: of the lists, as a regular expression; lists within their elements are not looked for.
    """

    what = "record"

    def __init__(self, key: str) -> None:
        super().__init__()
        # Within a text every quote has a backslash before it: this finds keys alone.
        self._key = re.compile(rb'"' + key.encode() + rb'"\s*:\s*\[')
        self._head = b""
        self._inside = False
        self._found = False
        self._outside = list[bytes]()
        self._room = MAX_LINE

    def cuts(self, blocks: Iterator[bytes]) -> Iterator[Cut | Reject]:
        """Parts in order; the last may say what is wrong with the end.

        Raises:
            DamagedError: after the last part that could be read.
        """
        left = yield from self.found(blocks)
        if left is not None and self._inside:
            yield Reject(self.line, CUT_OFF, clip(left[:8_000]))
        elif left is not None and not self._found:
            yield Reject(0, NO_LIST)

    def walk(self, text: bytes, *, last: bool) -> Generator[Cut | Reject, None, int]:
        """Yield a text with the pieces of lists in it, if there are any; return the bytes done with."""
        done, pieces = self._walk(text, last=last)
        if pieces:
            yield Cut(text[:done], pieces)
        return done

    def _walk(self, text: bytes, *, last: bool) -> tuple[int, list[Piece]]:
        """(bytes done with, what was found in them)."""
        data, at, pieces = np.frombuffer(text, np.uint8), 0, list[Piece]()
        line, counted = self.line, 0
        while True:
            if not self._inside:
                found = self._key.search(text, at)
                if found is None:
                    keep = len(text) if last else max(at, len(text) - _HEAD)
                    self._keep(text[at:keep])
                    return keep, pieces
                self._head = text[max(at, found.start() - _HEAD) : found.start()]
                self._keep(text[at : found.end()])
                at, self._inside, self._found = found.end(), True, True
            starts, ends, lines = (np.empty(_BATCH, np.int64) for _ in range(3))
            count, used, closed = find_elements(data, at, True, last, starts, ends, lines)
            line, counted = line + text.count(b"\n", counted, at), at
            if count:
                pieces.append(Piece(self._head, starts[:count], ends[:count], lines[:count] + line))
            at = int(used)
            if closed:
                self._inside = False
                self._keep(b"]")
            elif count < _BATCH:
                return at, pieces

    def _keep(self, text: bytes) -> None:
        if len(text) <= self._room:
            self._outside.append(text)
            self._room -= len(text)

    def outside(self) -> bytes:
        """What was seen without the elements of the lists, as JSON that can be parsed if the document is whole."""
        return b"".join(self._outside)


def parse(raw: bytes, line: int) -> Object | Reject:
    """The JSON object in some bytes, mended where that is possible."""
    if b"\\u0000" in raw and _NUL.search(raw):
        return Reject(line, NUL_BYTE, clip(raw))
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        try:
            # Lone surrogates, and bytes that are no UTF-8.
            loose = json.dumps(json.loads(mend(raw)), ensure_ascii=False, allow_nan=False)
            value = orjson.loads(loose.encode("utf-8", "replace"))
        except RecursionError:
            return Reject(line, "bad JSON: nested too deep", clip(raw))
        except ValueError as error:
            return Reject(line, f"bad JSON: {error}"[:300], clip(raw))
    return value if isinstance(value, dict) else Reject(line, "not a JSON object", clip(raw))


def text_of(value: object) -> str | None:
    """A text or a whole number as text; None for anything else and for nothing."""
    if isinstance(value, str):
        return value or None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def object_of(value: object) -> Object:
    """The value if it is an object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def list_of(value: object) -> list[Any]:
    """The value if it is a list; an empty one for anything else."""
    return value if isinstance(value, list) else []


def instant(milliseconds: object) -> str | None:
    """Milliseconds since 1970 as ISO 8601 in UTC; None for what is no time."""
    try:
        return datetime.fromtimestamp(int(str(milliseconds)) / 1_000, UTC).isoformat(timespec="milliseconds")
    except (ValueError, OverflowError, OSError):
        return None
