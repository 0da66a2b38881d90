"""Lists of accounts that somebody knows: ``address,label,category[,note][,platform]``, whatever the columns' names."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from clew.ingest.base import Batch
from clew.ingest.lists import Faults, ListRows, read_list
from clew.ingest.money_simple import LISTS, Rows, header_of, roles_of
from clew.ingest.money_types import folded
from clew.ingest.streams import FileSource
from clew.model.errors import InputError

MOST = 1_000_000  # rows of a list
_ROLES = ("address", "label", "category", "note", "platform")
_LONGEST = {"address": 200, "label": 300, "category": 100, "note": 2_000, "platform": 100}  # characters
OTHER = "other"  # where nothing is said
_WORDS = {word: category for category, words in LISTS["categories"].items() for word in words.split()}
CATEGORIES = (*LISTS["categories"], OTHER)
_ROWS = pa.schema([pa.field("line", pa.int64()), *(pa.field(role, pa.string()) for role in _ROLES)])


def category_of(written: str) -> str:
    """What kind of account a list means: one of `CATEGORIES`; as it is written where the word is not known."""
    words = folded(written).split()
    whole = _WORDS.get("".join(words))
    return whole or next((_WORDS[word] for word in words if word in _WORDS), " ".join(words) or OTHER)


def read_labels(path: Path, spool: Path) -> ListRows:
    """Read a list: line, address, label, category (see `category_of`), note, platform; "" where nothing is said.

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
    return read_list(source, _ROWS, MOST, _mapped)


def _mapped(batch: Batch) -> tuple[pa.Table, Faults]:
    """The rows of a batch, and which of them name no account or say nothing about it."""
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
    for role in ("label", "note", "platform"):
        columns[role] = pc.utf8_slice_codeunits(columns[role], 0, _LONGEST[role])
    return pa.table({"line": batch.lines.cast(pa.int64()), **columns}, schema=_ROWS), faults
