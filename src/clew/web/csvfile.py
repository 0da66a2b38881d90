"""Tables as CSV files that open in a spreadsheet without doing anything.

What stands in an advert may begin like a formula; a spreadsheet would run it. Such cells get an apostrophe in front,
which spreadsheets show as text. Files are UTF-8 with a mark at the beginning, so that every spreadsheet reads them so.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime

from fastapi.responses import StreamingResponse

_FORMULA = re.compile(r"^[\s\x00-\x1f]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
# Many a spreadsheet splits cells at semicolons, tabs or bars as well, whatever a file means by them.
_WITHIN = re.compile(r"([;|\t\r\n][\s\x00-\x1f\"']{0,20})(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
_AT_ONCE = 500  # rows

Mask = Callable[[str], str]


def cell(value: object) -> str | int | float:
    """A value as a cell: numbers as they are, times in UTC with their zone, text never a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, list | tuple):
        value = "; ".join(str(part) for part in value)
    text = _WITHIN.sub(r"\1'", str(value).replace("\x00", ""))
    return f"'{text}" if _FORMULA.match(text) or (text[:1] in "\t\r" and text) else text


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[object]], mask: Mask | None = None) -> Iterator[str]:
    """The file, some rows at a time."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write("\ufeff")
    writer.writerow(header)
    for at, row in enumerate(rows, 1):
        cells = map(cell, row)
        writer.writerow([mask(each) if mask and isinstance(each, str) else each for each in cells])
        if at % _AT_ONCE == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def csv_file(
    name: str, header: Sequence[str], rows: Iterable[Sequence[object]], mask: Mask | None = None
) -> StreamingResponse:
    """An answer that is saved as a file.

    Args:
        name: of the file, without its ending; other characters than letters, digits and hyphens are replaced.
        header: of the columns.
        rows: a value for each column.
        mask: takes out of a text who may not be named.
    """
    safe = re.sub(r"[^A-Za-z0-9-]+", "-", name).strip("-") or "table"
    return StreamingResponse(
        csv_lines(header, rows, mask),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{safe}.csv"'},
    )
