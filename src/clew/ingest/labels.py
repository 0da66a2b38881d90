"""Lists of accounts that somebody knows: ``address,label,category[,note][,platform]``, whatever the columns' names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from clew.ingest.base import Batch, Reject
from clew.ingest.formats import csv as tables
from clew.ingest.money_simple import LISTS, Rows, header_of, roles_of, start_of
from clew.ingest.money_types import folded
from clew.ingest.streams import DamagedError, FileSource
from clew.model.errors import InputError

MOST = 1_000_000  # rows of a list
_ROLES = ("address", "label", "category", "note", "platform")
_LONGEST = {"address": 200, "label": 300, "category": 100, "note": 2_000, "platform": 100}  # characters
OTHER = "other"  # where nothing is said
_WORDS = {word: category for category, words in LISTS["categories"].items() for word in words.split()}
CATEGORIES = (*LISTS["categories"], OTHER)
_ROWS = pa.schema([pa.field("line", pa.int64()), *(pa.field(role, pa.string()) for role in _ROLES)])


@dataclass(frozen=True)
class LabelRows:
    """What a list says.

    Attributes:
        rows: line, address, label, category (see `category_of`), note, platform; "" where nothing is said.
        rejects: rows that name no account, or nothing about it, and why; in the order of the file.
    """

    rows: pa.Table
    rejects: list[Reject]


def category_of(written: str) -> str:
    """What kind of account a list means: one of `CATEGORIES`; as it is written where the word is not known."""
    words = folded(written).split()
    whole = _WORDS.get("".join(words))
    return whole or next((_WORDS[word] for word in words if word in _WORDS), " ".join(words) or OTHER)


def read_labels(path: Path, spool: Path) -> LabelRows:
    """Read a list.

    Args:
        path: a CSV file (comma, semicolon, tab or bar), also compressed.
        spool: a folder for temporary files.

    Raises:
        InputError: it is no such list, is damaged, or has more than `MOST` rows.
    """
    source = FileSource(path, spool)
    if "address" not in roles_of(header_of(source.head()), "labels"):
        raise InputError(
            f"{path} has no column of addresses.",
            "Its first line must name the columns: address,label,category (and note, platform).",
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
    return LabelRows(pa.concat_tables(kept), sorted(rejects, key=lambda reject: reject.line))


def _mapped(batch: Batch, rejects: list[Reject]) -> pa.Table:
    """The rows of a batch that say something; of the others, why not goes to ``rejects``."""
    cells = Rows(batch, roles_of(list(batch.columns), "labels"))
    given = {role: pc.fill_null(cells.cell(role), "") for role in _ROLES}
    coded = given["category"].dictionary_encode()
    meant = [category_of(word[: _LONGEST["category"]]) for word in coded.dictionary.to_pylist()]
    columns = given | {"category": pa.array(meant, pa.string()).take(coded.indices)}
    long = pc.greater(pc.utf8_length(given["address"]), _LONGEST["address"])
    silent = pc.and_(pc.equal(given["label"], ""), pc.equal(given["category"], ""))
    faults = (
        (pc.equal(given["address"], ""), "no address"),
        (long, f"address over {_LONGEST['address']} characters"),
        (silent, "neither a label nor a category"),
    )
    bad = pa.array([False] * len(batch.lines), pa.bool_())
    for fault, reason in faults:
        new = pc.and_not(fault, bad)
        at = pc.indices_nonzero(new).to_pylist()
        rejects += [Reject(batch.lines[n].as_py(), reason, start_of(batch, n)) for n in at]
        bad = pc.or_(bad, fault)
    for role in ("label", "note", "platform"):
        columns[role] = pc.utf8_slice_codeunits(columns[role], 0, _LONGEST[role])
    table = pa.table({"line": batch.lines.cast(pa.int64()), **columns}, schema=_ROWS)
    return table.filter(pc.invert(bad))
