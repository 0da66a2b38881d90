"""Price lists of advert platforms: ``platform,what,amount,currency[,from][,until]``, whatever the columns' names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from clew.ingest.amounts import parse_amounts
from clew.ingest.base import Batch, Reject
from clew.ingest.formats import csv as tables
from clew.ingest.money_simple import Rows, header_of, roles_of, start_of
from clew.ingest.streams import DamagedError, FileSource
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


@dataclass(frozen=True)
class PriceRows:
    """What a list says.

    Attributes:
        rows: line, platform, what ("" where nothing is said), amount, currency, first and last day it holds, if given.
        rejects: rows that give no price, and why; in the order of the file.
    """

    rows: pa.Table
    rejects: list[Reject]


def read_prices(path: Path, spool: Path) -> PriceRows:
    """Read a list.

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
    kept, rejects, count = [_ROWS.empty_table()], list[Reject](), 0
    try:
        for chunk in tables.read(source, lambda name: True):
            for batch in chunk():
                count += len(batch.lines)
                if count > MOST:
                    raise InputError(f"{path} has more than {MOST:,} rows.", "Cut it into several lists.")
                rejects += batch.rejects
                if len(batch.lines):
                    kept.append(_mapped(batch, rejects))
    except DamagedError as damage:
        raise InputError(f"{path} cannot be read to its end: {damage}.", "Nothing of it was taken over.") from None
    return PriceRows(pa.concat_tables(kept), sorted(rejects, key=lambda reject: reject.line))


def _mapped(batch: Batch, rejects: list[Reject]) -> pa.Table:
    """The rows of a batch that give a price; of the others, why not goes to ``rejects``."""
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
    bad = pa.array([False] * len(batch.lines), pa.bool_())
    for fault, reason in faults:
        new = pc.and_not(fault, bad)
        at = pc.indices_nonzero(new).to_pylist()
        rejects += [Reject(batch.lines[n].as_py(), reason, start_of(batch, n)) for n in at]
        bad = pc.or_(bad, fault)
    what = pc.utf8_slice_codeunits(what, 0, _LONGEST["what"])
    columns = [batch.lines.cast(pa.int64()), platform, what, amounts.value, currency, *days]
    return pa.Table.from_arrays(columns, schema=_ROWS).filter(pc.invert(bad))
