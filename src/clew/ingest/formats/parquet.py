"""Parquet, as data frames are saved."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clew.ingest.base import MAX_COLUMNS, Batch, Chunk, Example, Format, IsField, Source
from clew.ingest.columns import distinct
from clew.ingest.streams import DamagedError

_ROWS = 16_384


def sniff(head: bytes, name: str) -> float:
    """The magic bytes, nothing else."""
    return 1.0 if head.startswith(b"PAR1") else 0.0


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """One chunk each 16,384 rows; the line is the ordinal of the row.

    Raises:
        DamagedError: no Parquet, or damaged, or more than 512 columns.
    """
    first = 1
    try:
        with pq.ParquetFile(source.spooled()) as file:
            if len(file.schema_arrow.names) > MAX_COLUMNS:
                raise DamagedError(f"{len(file.schema_arrow.names)} columns, more than {MAX_COLUMNS}")
            for rows in file.iter_batches(_ROWS):
                yield partial(_parse, rows, first, is_field)
                first += rows.num_rows
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DamagedError(f"the file is damaged: {' '.join(str(error).split())[:200]}") from error


def _parse(rows: pa.RecordBatch, first: int, is_field: IsField) -> Iterator[Batch]:
    texts: dict[str, pa.Array] = {}
    encoded: dict[str, pa.Array] = {}
    for name, column in zip(distinct(rows.schema.names), rows.columns, strict=True):
        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        if _is_text(column.type) or is_field(name):
            texts[name] = _text(column)
        else:
            encoded[name] = _json(column)
    yield Batch(texts, pa.array(range(first, first + rows.num_rows), pa.int64()), encoded)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _text(column: pa.Array) -> pa.Array:
    """Any column as text: times in ISO 8601, bytes as UTF-8, nested values as JSON."""
    kind = column.type
    if _is_text(kind):
        return column.cast(pa.string())
    if pa.types.is_timestamp(kind):
        text = pc.strftime(column.cast(pa.timestamp("us", tz=kind.tz)), "%Y-%m-%dT%H:%M:%S")
        return pc.binary_join_element_wise(text, "Z", "") if kind.tz == "UTC" else _zoned(column, text)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pa.array(
            [None if cell is None else cell.decode("utf-8", "replace") for cell in column.to_pylist()],
            pa.string(),
        )
    return _json(column) if pa.types.is_nested(kind) else column.cast(pa.string())


def _zoned(column: pa.Array, text: pa.Array) -> pa.Array:
    return text if column.type.tz is None else pc.strftime(column, "%Y-%m-%dT%H:%M:%S%z")


def _json(column: pa.Array) -> pa.Array:
    """Each value as JSON text."""
    if pa.types.is_integer(column.type) or pa.types.is_boolean(column.type):
        return column.cast(pa.string())
    if pa.types.is_floating(column.type):
        return pc.if_else(pc.is_finite(column), column, pa.scalar(None, column.type)).cast(pa.string())
    return pa.array([None if cell is None else orjson.dumps(cell, default=str).decode() for cell in column.to_pylist()])


def examples() -> tuple[Example, ...]:
    """A table with a number, a list and a missing title."""
    table = pa.table({"title": ["one", None], "body": ["x", "y"], "views": [1, 2], "images": [["a.jpg"], []]})
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return (
        Example("ads.parquet", buffer.getvalue(), ("one", None)),
        Example("bad.parquet", b"PAR1 no", (), rejected=1),
    )


PLUGIN = Format("Parquet", sniff, read, examples)
