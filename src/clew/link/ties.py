"""Ties: every identifier of every record once, sorted, written as they stream by; identifiers get their codes here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clew.engine.duckdb import Engine
from clew.link.rows import RowIndex
from clew.link.weights import TYPES
from clew.model.tables import TIES

GROUP_ROWS = 8_192  # rows in a Parquet row group: what a pivot has to read for one identifier
_READ_ROWS = 64 * GROUP_ROWS

_SORTED = "SELECT value, rid FROM ({source}) WHERE value IS NOT NULL ORDER BY value, rid"
_SOURCES = {
    "image": "SELECT image_id AS value, rid FROM image_members",
    "template": "SELECT template_id AS value, rid FROM template_members",
}
_MENTIONED = "SELECT value, rid FROM mentions WHERE type::VARCHAR = '{type}'"


@dataclass(frozen=True)
class Ties:
    """The ties of n records, as codes.

    Attributes:
        row: int32[m], record (its row).
        identifier: int32[m], identifier; codes follow (type, value).
        kind: uint8[identifiers], code of the type in `weights.TYPES`.
        values: string[identifiers], chunked.
    """

    row: npt.NDArray[np.int32]
    identifier: npt.NDArray[np.int32]
    kind: npt.NDArray[np.uint8]
    values: pa.ChunkedArray


def write_ties(engine: Engine, index: RowIndex, path: Path) -> Ties:
    """Sort the identifiers of ``mentions``, ``image_members`` and ``template_members``; write TIES, return the codes.

    Identifiers of records that ``records`` does not hold are left out.
    """
    rows, codes, kinds, values = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)], [np.zeros(0, np.uint8)], []
    total = 0
    with pq.ParquetWriter(path, TIES, compression="zstd", compression_level=1) as writer:
        for kind, type_ in sorted(enumerate(TYPES), key=lambda pair: pair[1]):
            source = _SOURCES.get(type_) or _MENTIONED.format(type=type_)
            for table, new in _distinct(engine, source, index):
                rid = table.column("rid").to_numpy().astype(np.uint64)
                writer.write_table(_as_ties(table, type_), row_group_size=GROUP_ROWS)
                rows.append(index.rows(rid).astype(np.int32))
                codes.append((total - 1 + np.cumsum(new)).astype(np.int32))
                total += int(new.sum())
                kinds.append(np.full(int(new.sum()), kind, np.uint8))
                values.append(table.column("value").filter(pa.array(new)))
    strings = pa.chunked_array([c for v in values for c in v.chunks], type=pa.string())
    return Ties(np.concatenate(rows), np.concatenate(codes), np.concatenate(kinds), strings)


def _as_ties(table: pa.Table, type_: str) -> pa.Table:
    name = pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(table), np.int32)), pa.array([type_]))
    return pa.table([name.cast(pa.string()), table.column("value"), table.column("rid")], schema=TIES)


def _distinct(engine: Engine, source: str, index: RowIndex) -> Iterator[tuple[pa.Table, npt.NDArray[np.bool_]]]:
    """Tables of whole row groups (the last may be short) without repeats, and which rows begin a new value."""
    left = pa.table([pa.array([], pa.string()), pa.array([], pa.uint64())], names=["value", "rid"])
    last: tuple[pa.Scalar, pa.Scalar] | None = None  # value and rid of the row before
    reader = engine.con.sql(_SORTED.format(source=source)).to_arrow_reader(_READ_ROWS)
    before: pa.Scalar | None = None  # value of the last row that was handed out
    for batch in reader:
        table = pa.Table.from_batches([batch]).cast(left.schema)
        table = table.filter(pa.array(index.rows(table.column("rid").to_numpy()) >= 0))
        if not len(table):
            continue
        repeated = np.zeros(len(table), bool)
        value, rid = table.column("value"), table.column("rid")
        repeated[1:] = pc.and_(pc.equal(value[1:], value[:-1]), pc.equal(rid[1:], rid[:-1])).to_numpy()
        repeated[0] = last is not None and last == (value[0], rid[0])
        last = (value[-1], rid[-1])
        left = pa.concat_tables([left, table.filter(pa.array(~repeated))]).combine_chunks()
        whole = len(left) - len(left) % GROUP_ROWS
        if whole:
            yield left[:whole], _starts(left[:whole], before)
            before = left.column("value")[whole - 1]
            left = left[whole:]
    if len(left):
        yield left, _starts(left, before)


def _starts(table: pa.Table, before: pa.Scalar | None) -> npt.NDArray[np.bool_]:
    """bool[rows]: the value differs from that of the row before."""
    value = table.column("value")
    new = np.ones(len(table), bool)
    new[1:] = pc.not_equal(value[1:], value[:-1]).to_numpy()
    new[0] = before is None or before != value[0]
    return new
