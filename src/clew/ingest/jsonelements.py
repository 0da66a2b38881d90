"""Finds the records of a JSON document without parsing it: the elements of its list of objects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clew.ingest.kernels import kernel, kernel_step

Accepts = Callable[[list[bytes]], bool]

_BATCH = 1 << 15  # elements found at a time
_LOOKED_AT = 8  # elements by which a list is told
_MOST_PASSED = 10_000  # lists that are looked at for records
_FOUND, _MORE, _NONE = 0, 1, 2

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
        found: whether there are records; None while that is not known, False only where ``accepts`` takes no list.
    """

    def __init__(self, accepts: Accepts | None = None, *, objects: bool = False) -> None:
        """Begin a document.

        Args:
            accepts: told the first elements of a list, says whether they are records; then only a list that it takes
                is read, and of a document without one nothing.
            objects: the top-level objects are the records, whatever lists they hold.
        """
        self.line = 1
        self.found: bool | None = True if objects else None
        self._state = "objects" if objects else "start"  # start, list, objects, done
        self._accepts = accepts
        self._nesting = np.zeros(2, np.int64)
        self._passed = 0  # lists that were not accepted

    def feed(self, text: bytes, *, last: bool) -> Elements:
        """The next elements of ``text``; feed the rest, from ``used`` on, again until none is found."""
        data = np.frombuffer(text, np.uint8)
        begin = self._enter(text, data, last) if self._state == "start" else 0
        if self._state in ("start", "done"):
            none = np.empty(0, np.int64)
            used = len(text) if self._state == "done" else begin
            self.line += text.count(b"\n", 0, used)
            return Elements(none, none, none, used)
        starts, ends, lines = (np.empty(_BATCH, np.int64) for _ in range(3))
        count, used, closed = find_elements(data, begin, self._state == "list", last, starts, ends, lines)
        lines = lines[:count] + self.line + text.count(b"\n", 0, begin)
        self.line += text.count(b"\n", 0, used)
        if closed:
            self._state = "done"
        return Elements(starts[:count], ends[:count], lines, int(used))

    def _enter(self, text: bytes, data: npt.NDArray[np.uint8], last: bool) -> int:
        """Where the first element may begin; while that is not known, how much of the text is done with."""
        if self._accepts is None:
            self._nesting[:] = 0
        what, at = _find_list(data, 0, self._nesting)
        while what == _FOUND and self._accepts is not None and self._nesting[0] > 0:
            first, whole = self._first(text, data, at, last)
            if self._accepts(first):
                break
            if not whole:
                return int(at) - 1
            self._nesting[1] += 1
            self._passed += 1
            what, at = _find_list(data, at, self._nesting) if self._passed < _MOST_PASSED else (_NONE, 0)
        if what == _FOUND:
            self._state, self.found = "list", True
            return int(at)
        if what == _NONE or last:
            self.found = self._accepts is None
            self._state = "objects" if self.found else "done"
            return 0
        return int(at) if self._accepts else 0

    def _first(self, text: bytes, data: npt.NDArray[np.uint8], begin: int, last: bool) -> tuple[list[bytes], bool]:
        """(the first elements of a list, whether no more of them are in the text that follows)."""
        starts, ends, lines = (np.empty(_LOOKED_AT, np.int64) for _ in range(3))
        count, _, closed = find_elements(data, begin, True, last, starts, ends, lines)
        first = [text[start:end] for start, end in zip(starts[:count], ends[:count], strict=True)]
        return first, closed or last or count == _LOOKED_AT

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
def _find_list(data: npt.NDArray[np.uint8], begin: int, nesting: npt.NDArray[np.int64]) -> tuple[int, int]:
    """(_FOUND, the byte after the ``[`` of a list of objects), (_MORE, where to go on with more text) or (_NONE, 0).

    Args:
        nesting: objects and lists that are open at ``begin``; becomes what is open where this ends, without the list
            that was found.
    """
    i, n, (depth, inner_lists) = begin, len(data), (nesting[0], nesting[1])
    what = _MORE
    while i < n:
        c = data[i]
        if c == _QUOTE:
            end = _string_end(data, i)
            if end < 0:
                break
            i = end
            continue
        if c == _LIST:
            if inner_lists == 0:
                after = i + 1
                while after < n and _is_blank(data[after]):
                    after += 1
                if after == n and depth > 0:
                    break
                if depth == 0 or data[after] == _OBJECT:
                    what, i = _FOUND, i + 1
                    break
            inner_lists += 1
        elif c == _LIST_END:
            inner_lists -= 1
        elif c == _OBJECT:
            depth += 1
        elif c == _OBJECT_END:
            depth -= 1
            if depth <= 0:
                what = _NONE
                break
        elif depth == 0 and not _is_blank(c):
            what = _NONE
            break
        i += 1
    nesting[0], nesting[1] = depth, inner_lists
    return what, i


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
