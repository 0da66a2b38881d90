"""Price lists of advert platforms: ``platform,what,amount,currency[,from][,until]``, whatever the columns' names."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from clew.ingest.amounts import parse_amounts
from clew.ingest.base import Batch
from clew.ingest.lists import Faults, ListRows, read_list
from clew.ingest.money_simple import Rows, header_of, roles_of
from clew.ingest.streams import FileSource
from clew.ingest.times import parse_times
from clew.model.errors import InputError
from clew.model.traced import MONEY

MOST = 50_000  # rows of a list
_LONGEST = {"platform": 100, "what": 100}  # characters
_CURRENCY = r"^[A-Z][A-Z0-9]{2,9}$"
_ROWS = pa.schema(
    [
        pa.field("line", pa.int64()),
        pa.field("platform", pa.string()),
        pa.field("what", pa.string()),
        pa.field("amount", MONEY),
        pa.field("currency", pa.string()),
        pa.field("valid_from", pa.date32()),
        pa.field("valid_until", pa.date32()),
    ]
)


def read_prices(path: Path, spool: Path) -> ListRows:
    """Read a list: line, platform, what ("" where nothing is said), amount, currency, first and last day, if given.

    Args:
        path: a CSV file (comma, semicolon, tab or bar), also compressed.
        spool: a folder for temporary files.

    Raises:
        InputError: it is no such list, is damaged, or has more than `MOST` rows.
    """
    source = FileSource(path, spool)
    roles = roles_of(header_of(source.head()), "prices")
    if missing := [role for role in ("platform", "amount", "currency") if role not in roles]:
        raise InputError(
            f"{path} has no column for: {', '.join(missing)}.",
            "Its first line must name the columns: platform,what,amount,currency (and from, until).",
        )
    return read_list(source, _ROWS, MOST, _mapped)


def _mapped(batch: Batch) -> tuple[pa.Table, Faults]:
    """The rows of a batch, and which of them give no price."""
    cells = Rows(batch, roles_of(list(batch.columns), "prices"))
    platform, what = (pc.fill_null(cells.cell(role), "") for role in ("platform", "what"))
    currency = pc.utf8_upper(pc.fill_null(cells.cell("currency"), ""))
    amounts = parse_amounts(cells.cell("amount"), comma=False)
    days, unread = [], []
    for role in ("from", "until"):
        times = parse_times(cells.cell(role), month_first=False)
        days.append(times.at.cast(pa.date32(), safe=False))
        unread.append(times.unread)
    wrong_way = pc.fill_null(pc.greater(days[0], days[1]), False)
    positive = pc.fill_null(pc.greater(amounts.value, pa.scalar(0, MONEY)), False)
    faults = (
        (pc.equal(platform, ""), "no platform"),
        (
            pc.greater(pc.utf8_length(platform), _LONGEST["platform"]),
            f"platform over {_LONGEST['platform']} characters",
        ),
        (pc.or_(amounts.unread, pc.is_null(amounts.value)), "no amount that can be read"),
        (pc.invert(positive), "an amount that is not above zero"),
        (pc.invert(pc.match_substring_regex(currency, _CURRENCY)), "no currency: write it as EUR, USD, BTC …"),
        (pc.or_(*unread), "a day that cannot be read: write it as 2026-03-31"),
        (wrong_way, "it ends before it begins"),
    )
    what = pc.utf8_slice_codeunits(what, 0, _LONGEST["what"])
    columns = [batch.lines.cast(pa.int64()), platform, what, amounts.value, currency, *days]
    return pa.Table.from_arrays(columns, schema=_ROWS), faults
