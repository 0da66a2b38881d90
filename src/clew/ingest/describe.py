"""The page about formats and columns, written from what the readers themselves say: ``docs/formats.md``.

Run ``python -m clew.ingest.describe > docs/formats.md`` after a change; a test compares.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys

from clew.ingest import formats
from clew.ingest.base import MAX_COLUMNS, MAX_FIELD, MAX_LINE, Format
from clew.ingest.columns import MANY, SYNONYMS

_INTRO = f"""# Files that Clew reads

This page is made by `python -m clew.ingest.describe`.

The format of a file is found in its first bytes, whatever its name; each may be packed with gzip or Zstandard. Text may
be in UTF-8, UTF-16 or a legacy code page. A row that cannot become a record goes to quarantine with its file, line
and reason, and costs no other row: text that is not the format, a field over {MAX_FIELD:,} characters, a line, element
or mail over {MAX_LINE >> 20} MiB, more than {MAX_COLUMNS} columns, a NUL byte, nothing to read.

## Formats

| format | what is read |
| --- | --- |
"""
_COLUMNS = """
## Columns

Case, accents and punctuation of a column's name do not matter. Where several columns fit a field the one named
first here fills it, except for {many}, which take them all. A day and a time in two columns are put together.
What fits no field is kept as JSON in `extra`.
`--map FIELD=COLUMN` names a column by hand.

| field | columns |
| --- | --- |
"""


def page() -> str:
    """The page, as Markdown."""
    rows = list[tuple[str, str]]()
    for module in pkgutil.iter_modules(formats.__path__):
        loaded = importlib.import_module(f"{formats.__name__}.{module.name}")
        plugin: Format = loaded.PLUGIN
        rows.append((plugin.name, " ".join((loaded.__doc__ or "").split("\n\n")[0].split()).replace("``", "`")))
    table = "".join(f"| {name} | {told} |\n" for name, told in sorted(rows))
    columns = "".join(f"| `{name}` | {', '.join(names)} |\n" for name, names in SYNONYMS.items())
    return _INTRO + table + _COLUMNS.format(many=" and ".join(f"`{name}`" for name in MANY)) + columns


if __name__ == "__main__":
    sys.stdout.write(page())
