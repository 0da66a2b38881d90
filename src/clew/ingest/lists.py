"""Lists that people give, of accounts or of prices: CSV tables whose rows are taken over, or not and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from clew.ingest.base import Batch, Reject
from clew.ingest.formats import csv as tables
from clew.ingest.money_simple import start_of
from clew.ingest.streams import DamagedError, FileSource
from clew.model.errors import InputError

Faults = Sequence[tuple[pa.Array, str]]  # which rows of a batch have it, and what it is


@dataclass(frozen=True)
class ListRows:
    """What a list says.

    Attributes:
        rows: with ``line``, and what the list's reader says.
        rejects: rows that are not taken over, and why; in the order of the file.
    """

    rows: pa.Table
    rejects: list[Reject]


def read_list(
    source: FileSource, schema: pa.Schema, most: int, mapped: Callable[[Batch], tuple[pa.Table, Faults]]
) -> ListRows:
    """Read a list to its end.

    Args:
        source: a CSV file (comma, semicolon, tab or bar), also compressed.
        schema: of the rows.
        most: rows that it may have.
        mapped: gives the rows of a batch, and their faults; of several the first is told.

    Raises:
        InputError: it is damaged, or has more than ``most`` rows.
    """
    kept, rejects, count = [schema.empty_table()], list[Reject](), 0
    try:
        for chunk in tables.read(source, lambda name: True):
            for batch in chunk():
                count += len(batch.lines)
                if count > most:
                    raise InputError(f"{source.path} has more than {most:,} rows.", "Cut it into several lists.")
                rejects += batch.rejects
                if len(batch.lines):
                    kept.append(_sound(batch, *mapped(batch), rejects))
    except DamagedError as damage:
        why = f"{source.path} cannot be read to its end: {damage}."
        raise InputError(why, "Nothing of it was taken over.") from None
    return ListRows(pa.concat_tables(kept), sorted(rejects, key=lambda reject: reject.line))


def _sound(batch: Batch, rows: pa.Table, faults: Faults, rejects: list[Reject]) -> pa.Table:
    """The rows without a fault; of the others, why not goes to ``rejects``."""
    bad = pa.array([False] * len(batch.lines), pa.bool_())
    for fault, reason in faults:
        at = pc.indices_nonzero(pc.and_not(fault, bad)).to_pylist()
        rejects += [Reject(batch.lines[n].as_py(), reason, start_of(batch, n)) for n in at]
        bad = pc.or_(bad, fault)
    return rows.filter(pc.invert(bad))
