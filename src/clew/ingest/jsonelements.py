"""Finds the records of a JSON document without parsing it: the elements of its list of objects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clew.ingest.kernels import kernel, kernel_step

_BATCH = 1 << 15  # elements found at a time

_QUOTE, _BACKSLASH, _COMMA, _COLON, _NEWLINE = 34, 92, 44, 58, 10
_LIST, _LIST_END, _OBJECT, _OBJECT_END = 91, 93, 123, 125


@dataclass(frozen=True)
class Elements:
    """Elements found in a text: int64 byte starts and ends, line numbers, and how much of the text is done with."""

    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    lines: npt.NDArray[np.int64]
    used: int


class Scanner:
    """Walks through one document, text by text.

    The records are the elements of the first list whose first element is an object, wherever nested objects hold
    it; without such a list every top-level object is a record.

    Attributes:
        line: number of the line where the text not yet done with begins.
    """

    def __init__(self) -> None:
        self.line = 1
        self._state = "start"  # start, list, objects, done

    def feed(self, text: bytes, *, last: bool) -> Elements:
        """The next elements of ``text``; feed the rest, from ``used`` on, again until none is found."""
        data = np.frombuffer(text, np.uint8)
        begin = self._enter(data, last) if self._state == "start" else 0
        if begin < 0 or self._state == "done":
            none = np.empty(0, np.int64)
            return Elements(none, none, none, len(text) if self._state == "done" else 0)
        starts, ends, lines = (np.empty(_BATCH, np.int64) for _ in range(3))
        count, used, closed = find_elements(data, begin, self._state == "list", last, starts, ends, lines)
        lines = lines[:count] + self.line + text.count(b"\n", 0, begin)
        self.line += text.count(b"\n", 0, used)
        if closed:
            self._state = "done"
        return Elements(starts[:count], ends[:count], lines, int(used))

    def _enter(self, data: npt.NDArray[np.uint8], last: bool) -> int:
        """Where the first element may begin; -1 while that is not known."""
        begin = _find_list(data)
        if begin >= 0:
            self._state = "list"
            return int(begin)
        if begin == -1 and not last:
            return -1
        self._state = "objects"
        return 0

    def problem(self, rest: bytes) -> str | None:
        """What is wrong with the end of the document; ``rest`` is what no element was found in."""
        if self._state == "list" or rest.strip():
            return "bad JSON: the file ends inside a record or before its list is closed"
        return None


@kernel_step
def _is_blank(c: int) -> bool:
    return c == 32 or (9 <= c <= 13)


@kernel_step
def _string_end(data: npt.NDArray[np.uint8], start: int) -> int:
    """The byte after the string whose opening quote is at ``start``; -1 when it is not closed."""
    i, n = start + 1, len(data)
    while i < n:
        if data[i] == _BACKSLASH:
            i += 1
        elif data[i] == _QUOTE:
            return i + 1
        i += 1
    return -1


@kernel
def _find_list(data: npt.NDArray[np.uint8]) -> int:
    """The byte after the ``[`` of the record list; -1: not seen so far; -2: there is none."""
    i, n, depth, inner_lists = 0, len(data), 0, 0
    while i < n:
        c = data[i]
        if c == _QUOTE:
            i = _string_end(data, i)
            if i < 0:
                return -1
            continue
        if c == _LIST:
            if inner_lists == 0:
                after = i + 1
                while after < n and _is_blank(data[after]):
                    after += 1
                if after == n:
                    return i + 1 if depth == 0 else -1
                if data[after] == _OBJECT or depth == 0:
                    return i + 1
            inner_lists += 1
        elif c == _LIST_END:
            inner_lists -= 1
        elif c == _OBJECT:
            depth += 1
        elif c == _OBJECT_END:
            depth -= 1
            if depth <= 0:
                return -2
        elif depth == 0 and not _is_blank(c):
            return -2
        i += 1
    return -1


@kernel_step
def _element_end(data: npt.NDArray[np.uint8], start: int, last: bool) -> int:
    """The byte after the value at ``start``; -1 when the text ends inside it."""
    i: int = start
    n, depth = len(data), 0
    while i < n:
        c = data[i]
        if c == _QUOTE:
            i = _string_end(data, i)
            if i < 0:
                return -1
            if depth == 0:
                return i
            continue
        if c in (_LIST, _OBJECT):
            depth += 1
        elif c in (_LIST_END, _OBJECT_END):
            depth -= 1
            if depth <= 0:
                return i + 1 if depth == 0 else max(i, start + 1)
        elif depth == 0 and (c == _COMMA or _is_blank(c)):
            return i
        i += 1
    return n if last and depth == 0 else -1


@kernel
def find_elements(
    data: npt.NDArray[np.uint8],
    begin: int,
    in_list: bool,
    last: bool,
    starts: npt.NDArray[np.int64],
    ends: npt.NDArray[np.int64],
    lines: npt.NDArray[np.int64],
) -> tuple[int, int, bool]:
    """(elements found, bytes done with, whether the list ended); fills the arrays, lines counted from ``begin``."""
    i, n, count, feeds = begin, len(data), 0, 0
    while i < n and count < len(starts):
        c = data[i]
        if c == _NEWLINE:
            feeds += 1
        if c == _COMMA or _is_blank(c):
            i += 1
            continue
        if in_list and c == _LIST_END:
            return count, i + 1, True
        end = _element_end(data, i, last)
        if end < 0:
            return count, i, False
        starts[count], ends[count], lines[count] = i, end, feeds
        count += 1
        for j in range(i, end):
            feeds += data[j] == _NEWLINE
        i = end
    return count, i, False
