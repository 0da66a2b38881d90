"""Where the rows of a CSV text begin and end: one pass over the bytes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clew.ingest.base import MAX_FIELD, MAX_LINE
from clew.ingest.kernels import kernel, kernel_step

GOOD, HAS_NUL, FIELD_TOO_LONG, OPEN_QUOTE = 0, 1, 2, 3
_RESUME_LINES = 16  # a row with the wrong number of fields that spans no more lines loses only its first line

_NEWLINE, _RETURN, _QUOTE = 10, 13, 34


@dataclass(frozen=True)
class Rows:
    """Rows found in a block of text; blank lines are left out.

    Attributes:
        starts, ends: int64, bytes of each row, its line end included.
        fields: int32, fields in each row.
        status: int8, GOOD, HAS_NUL, FIELD_TOO_LONG or OPEN_QUOTE.
        line: int64, lines before each row in this block.
        used: bytes up to the end of the last whole row.
        lines: lines in those bytes.
    """

    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    fields: npt.NDArray[np.int32]
    status: npt.NDArray[np.int8]
    line: npt.NDArray[np.int64]
    used: int
    lines: int


def scan_rows(text: bytes, delimiter: str, width: int, *, last: bool) -> Rows:
    """Find the rows of ``text``, which starts at a row.

    A quote counts only at the start of a field, as Arrow and most programs read it. A quote that stays open to the
    end of the file or for 64 MiB, or a row of the wrong width over several lines, costs only the line where it
    starts: reading goes on with the next line.

    Args:
        width: fields a row should have.
        last: no more text follows, so that the end of the text ends a row.
    """
    data = np.frombuffer(text, np.uint8)
    room = int(np.count_nonzero((data == _NEWLINE) | (data == _RETURN))) + 1
    starts, ends, line = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    fields, status = np.empty(room, np.int32), np.empty(room, np.int8)
    count, used, lines = _scan(data, ord(delimiter), width, last, starts, ends, fields, status, line)
    return Rows(starts[:count], ends[:count], fields[:count], status[:count], line[:count], int(used), int(lines))


def line_ends(text: bytes) -> int:
    """Lines that end in a text: by a line feed, by a return, or by both."""
    return text.count(b"\n") + text.count(b"\r") - text.count(b"\r\n")


@kernel_step
def _line_end(data: npt.NDArray[np.uint8], start: int) -> int:
    """The byte after the line that holds ``start``; -1 when the line does not end here."""
    for i in range(start, len(data)):
        if data[i] == _NEWLINE:
            return i + 1
    return -1


@kernel_step
def _one_row(data: npt.NDArray[np.uint8], start: int, delimiter: int) -> tuple[int, int, int, int, int]:
    """(end, fields, status, line feeds, start of the field still open) of the row at ``start``; end -1: unfinished."""
    i, n = start, len(data)
    fields, status, feeds = 1, GOOD, 0
    at_start, quoted = True, False
    field_start, chars = start, 0
    while i < n:
        c = data[i]
        if c == 0:
            status = HAS_NUL
        if quoted:
            if c == _QUOTE:
                if i + 1 < n and data[i + 1] == _QUOTE:
                    i += 1
                else:
                    quoted = False
            elif c == _NEWLINE:
                feeds += 1
        elif c == delimiter:
            fields += 1
            at_start, field_start, chars = True, i + 1, -1
        elif c in (_NEWLINE, _RETURN):
            if c == _RETURN and i + 1 < n and data[i + 1] == _NEWLINE:
                i += 1
            elif c == _RETURN and i + 1 == n:
                return -1, fields, status, feeds, field_start
            return i + 1, fields, status, feeds + 1, field_start
        elif at_start:
            at_start, quoted = False, c == _QUOTE
        if (c & 0xC0) != 0x80:
            chars += 1
            if chars > MAX_FIELD + 2 and status == GOOD:
                status = FIELD_TOO_LONG
        i += 1
    if quoted:
        status = OPEN_QUOTE
    return -1, fields, status, feeds, field_start


@kernel
def _scan(
    data: npt.NDArray[np.uint8],
    delimiter: int,
    width: int,
    last: bool,
    starts: npt.NDArray[np.int64],
    ends: npt.NDArray[np.int64],
    fields: npt.NDArray[np.int32],
    status: npt.NDArray[np.int8],
    line: npt.NDArray[np.int64],
) -> tuple[int, int, int]:
    """(rows, bytes used, lines in them); fills the five arrays."""
    pos, count, lines, n = 0, 0, 0, len(data)
    while pos < n:
        end, row_fields, row_status, feeds, open_field = _one_row(data, pos, delimiter)
        if end < 0:
            if row_status == OPEN_QUOTE and (last or n - pos > MAX_LINE):
                end, feeds = _line_end(data, open_field), 0
                for i in range(pos, max(end, pos)):
                    feeds += data[i] == _NEWLINE
            if end < 0:
                if not last:
                    break
                end = n
        elif row_fields != width and 1 < feeds <= _RESUME_LINES:
            end, feeds, row_status = _line_end(data, pos), 1, GOOD
        if end - pos > 2 or (data[pos] != _NEWLINE and data[pos] != _RETURN):
            starts[count], ends[count], line[count] = pos, end, lines
            fields[count], status[count] = row_fields, row_status
            count += 1
        lines += feeds
        pos = end
    return count, pos, lines
