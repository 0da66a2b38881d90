"""CSV and TSV: comma, semicolon, tab or bar, with a header row.

A kernel finds where rows begin and end and how many fields they have, so that a bad row costs only itself; the good
rows are then parsed by Arrow.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from clew.ingest.base import (
    MAX_COLUMNS,
    MAX_FIELD,
    MAX_LINE,
    NUL_BYTE,
    TOO_LONG_FIELD,
    TOO_LONG_LINE,
    Batch,
    Chunk,
    Example,
    Format,
    IsField,
    Reject,
    Source,
    clip,
)
from clew.ingest.columns import distinct
from clew.ingest.csvrows import FIELD_TOO_LONG, GOOD, HAS_NUL, OPEN_QUOTE, Rows, line_ends, scan_rows
from clew.ingest.streams import DamagedError, line_blocks, mend, noting
from clew.model.errors import InputError

_DELIMITERS = (",", ";", "\t", "|")
# The first line by which Excel is told the delimiter.
_TOLD = re.compile(rb'\A(?:\xef\xbb\xbf)?"?sep=([,;|:^~\t])"?[ ,;\t]*(?:\r\n?|\n)', re.IGNORECASE)
_REASONS = {FIELD_TOO_LONG: TOO_LONG_FIELD, HAS_NUL: NUL_BYTE, OPEN_QUOTE: "quote that is never closed"}


@dataclass(frozen=True)
class _Layout:
    delimiter: str
    names: tuple[str, ...]


def sniff(head: bytes, name: str) -> float:
    """A header row and a delimiter that splits the first rows alike; the name helps."""
    named = name.endswith((".csv", ".tsv", ".tab"))
    if not head.strip() or head.lstrip()[:1] in (b"{", b"[") or head.startswith(b"PAR1"):
        return 0.2 if named and head.strip() else 0.0
    if named:
        return 0.85
    _, agreement = _delimiter(head)
    return 0.5 * agreement


def _delimiter(head: bytes) -> tuple[str, float]:
    """(the delimiter, how many of the first rows have as many fields as the header, 0 to 1)."""
    if told := _TOLD.match(head):
        return told[1].decode(), 1.0
    text = head[: 1 << 16].decode("utf-8", "replace").replace("\x00", "")
    best = (0.0, 1, ",")
    for delimiter in _DELIMITERS:
        try:
            rows = [
                row
                for row, _ in zip(
                    csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), range(20), strict=False
                )
            ]
        except csv.Error:
            continue
        widths = [len(row) for row in rows if row]
        if not widths or widths[0] < 2:
            continue
        body = widths[1:-1] or widths[1:]
        agreement = sum(width == widths[0] for width in body) / len(body) if body else 0.5
        best = max(best, (agreement, widths[0], delimiter))
    return best[2], best[0]


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """One chunk a block of whole rows; the first row names the columns."""
    layout: _Layout | None = None
    held, line = b"", 1  # the start of a row that goes on in the next block, and its line
    blocks = noting(line_blocks(source.text_blocks()))
    block = next(blocks, None)
    while block is not None:
        if isinstance(block, DamagedError):
            raise block
        following = next(blocks, None)
        if block.too_long or len(held) > MAX_LINE:
            yield partial(_too_long, held[:8_000] or block.text, line if held else block.first)
            held = b""
        if not block.too_long:
            text, line = held + mend(block.text), line if held else block.first
            if layout is None and text.strip():
                layout, used, line = _header(text.removeprefix(b"\xef\xbb\xbf"), line)
                text = text.removeprefix(b"\xef\xbb\xbf")[used:]
            rows = scan_rows(
                text,
                layout.delimiter if layout else ",",
                len(layout.names) if layout else 0,
                last=following is None,
            )
            if layout is not None and len(rows.starts):
                yield partial(_parse, text, rows, line, layout)
            held, line = text[rows.used :], line + rows.lines
        block = following


def _header(text: bytes, line: int) -> tuple[_Layout, int, int]:
    """(layout, bytes used, line of the first row after the header)."""
    delimiter, _ = _delimiter(text)
    start = told.end() if (told := _TOLD.match(text)) else 0
    blank = len(text) - len(text[start:].lstrip(b"\r\n"))
    end = blank + int(scan_rows(text[blank : blank + MAX_FIELD], delimiter, 0, last=True).ends[0])
    header = io.StringIO(text[blank:end].decode("utf-8", "replace").replace("\x00", ""), newline="")
    try:
        cells = next(csv.reader(header, delimiter=delimiter), [""])[:MAX_COLUMNS]
    except csv.Error as error:
        raise DamagedError(f"the header row cannot be read: {error}") from error
    names = distinct(" ".join(cell.split()) or f"column {position}" for position, cell in enumerate(cells, 1))
    return _Layout(delimiter, tuple(names)), end, line + line_ends(text[:end])


def _too_long(start: bytes, line: int) -> Iterator[Batch]:
    yield Batch({}, pa.array([], pa.int64()), rejects=(Reject(line, TOO_LONG_LINE, clip(start)),))


def _parse(text: bytes, rows: Rows, line: int, layout: _Layout) -> Iterator[Batch]:
    good = (rows.status == GOOD) & (rows.fields == len(layout.names))
    rejects = tuple(_reject(text, rows, n, line, layout) for n in np.flatnonzero(~good).tolist())
    numbers = rows.line[good] + line
    if len(numbers):
        whole = not rejects
        spans = zip(rows.starts[good].tolist(), rows.ends[good].tolist(), strict=True)
        clean = text[: rows.used] if whole else b"".join([_ended(text[start:end]) for start, end in spans])
        yield Batch(_table(clean, len(numbers), layout), pa.array(numbers), rejects=rejects)
    else:
        yield Batch({}, pa.array(numbers), rejects=rejects)


def _ended(row: bytes) -> bytes:
    return row if row.endswith((b"\n", b"\r")) else row + b"\n"


def _reject(text: bytes, rows: Rows, n: int, line: int, layout: _Layout) -> Reject:
    reason = _REASONS.get(int(rows.status[n])) or f"{rows.fields[n]} fields where the header has {len(layout.names)}"
    raw = text[rows.starts[n] : min(rows.ends[n], rows.starts[n] + 8_000)]
    return Reject(line + int(rows.line[n]), reason, clip(raw.rstrip(b"\r\n")))


def _table(clean: bytes, count: int, layout: _Layout) -> dict[str, pa.Array]:
    """Parse rows that are known to be sound; empty fields become null.

    Raises:
        InputError: Arrow sees other rows than the kernel (a bug, never the user's fault).
    """
    keys = [f"c{n}" for n in range(len(layout.names))]
    table = pa_csv.read_csv(
        pa.BufferReader(clean),
        pa_csv.ReadOptions(use_threads=False, block_size=len(clean) + 1, column_names=keys),
        pa_csv.ParseOptions(delimiter=layout.delimiter, newlines_in_values=True),
        pa_csv.ConvertOptions(
            column_types=dict.fromkeys(keys, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            check_utf8=False,
        ),
    )
    if table.num_rows != count:
        raise InputError(f"{count} rows were found but {table.num_rows} parsed.", "Please report this file.")
    return {name: column.combine_chunks() for name, column in zip(layout.names, table.columns, strict=True)}


def examples() -> tuple[Example, ...]:
    """Quotes, a row with too many fields, semicolons, tabs."""
    quoted = b'id,title,text\n1,"a ""b"", c","two\nlines"\n2,x\n3,"d",e\n'
    return (
        Example("ads.csv", quoted, ('a "b", c', "d"), rejected=1),
        Example("ads.tsv", b"id\ttitle\n1\tone\n\n2\ttwo", ("one", "two")),
        Example("excel.csv", b'\xef\xbb\xbfsep=;\r\nid;title\r\n1;"a, b"\r\n', ("a, b",)),
        Example("old.csv", b"id,title\r1,one\r2\r3,two", ("one", "two"), rejected=1),
        Example("export.txt", b"id;title;prix\r\n1;un;10,50\r\n2;deux;20,00\r\n", ("un", "deux")),
    )


PLUGIN = Format("CSV", sniff, read, examples, by_hand=True)
