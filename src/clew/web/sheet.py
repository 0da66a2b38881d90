"""Lists as CSV files that a spreadsheet opens, and that stay text in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from fastapi.responses import StreamingResponse

_ROWS = 500  # of a portion


def sheet(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingResponse:
    """A download.

    Args:
        name: of the file, without its ending.
        header: names of the columns.
        rows: cells; lists are joined with semicolons.
    """
    head = {"content-disposition": f'attachment; filename="{name}.csv"'}
    return StreamingResponse(_lines(header, rows), media_type="text/csv; charset=utf-8", headers=head)


def cell(value: object) -> object:
    """A value for a cell. Text that a spreadsheet would run as a formula gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        value = "; ".join(str(v) for v in value)
    if isinstance(value, str) and (value[:1] in ("\t", "\r", "\n") or value.lstrip()[:1] in ("=", "+", "-", "@")):
        return f"'{value}"
    return value


def _lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    for at, row in enumerate(rows, 1):
        writer.writerow([cell(value) for value in row])
        if at % _ROWS == 0:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()
