"""Writes records as Parquet segments of bounded size, in the order they come."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from clew.ingest.base import Reject
from clew.model.tables import QUARANTINE, RECORDS

ROW_GROUP = 16_384
SEGMENT = 8 * ROW_GROUP
# Columns whose values repeat; a dictionary over ids or bodies only costs time.
_REPEATING = [
    "version",
    "kind",
    "source",
    "platform",
    "place",
    "price",
    "handle",
    "posted_offset",
    "captured_offset",
    "file",
]

_ORDERED = ["rid", "posted_at", "captured_at", "line"]  # statistics of the others help no query


def open_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """A Parquet writer with the settings of segments; the same rows give the same bytes."""
    ordered = [name for name in _ORDERED if name in schema.names]
    repeating = [name for name in _REPEATING if name in schema.names]
    return pq.ParquetWriter(
        path, schema, compression="zstd", compression_level=1, use_dictionary=repeating, write_statistics=ordered
    )


class SegmentWriter:
    """Cuts a stream of record batches into segments ``records-00000.parquet``… of at most 131,072 rows."""

    def __init__(self, folder: Path) -> None:
        self.paths: list[Path] = []
        self._folder = folder
        self._writer: pq.ParquetWriter | None = None
        self._room = 0
        self._held: list[pa.RecordBatch] = []
        self._held_rows = 0

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows; whole row groups go to disk at once."""
        self._held.append(batch)
        self._held_rows += batch.num_rows
        if self._held_rows >= ROW_GROUP:
            self._flush(everything=False)

    def close(self) -> None:
        """Write what is left and close the last segment."""
        self._flush(everything=True)
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _flush(self, *, everything: bool) -> None:
        table = pa.Table.from_batches(self._held, RECORDS)
        start = 0
        while table.num_rows - start >= ROW_GROUP or (everything and start < table.num_rows):
            self._write_group(table.slice(start, ROW_GROUP))
            start += ROW_GROUP
        rest = table.slice(start)
        self._held, self._held_rows = rest.to_batches(), rest.num_rows

    def _write_group(self, group: pa.Table) -> None:
        if self._writer is None or not self._room:
            if self._writer is not None:
                self._writer.close()
            path = self._folder / f"records-{len(self.paths):05}.parquet"
            self._writer, self._room = open_writer(path, RECORDS), SEGMENT
            self.paths.append(path)
        self._writer.write_table(group, row_group_size=ROW_GROUP)
        self._room -= group.num_rows


class QuarantineWriter:
    """Rejected rows, to one Parquet file; the file exists only if there is one."""

    def __init__(self, folder: Path) -> None:
        self.count = 0
        self.path: Path | None = None
        self._target = folder / "quarantine.parquet"
        self._writer: pq.ParquetWriter | None = None
        self._held: list[dict[str, object]] = []

    def write(self, reject: Reject) -> None:
        """Add one rejected row."""
        self._held.append({name: getattr(reject, name) for name in QUARANTINE.names})
        self.count += 1
        if len(self._held) >= ROW_GROUP:
            self._flush()

    def close(self) -> None:
        """Write what is left."""
        if self._held:
            self._flush()
        if self._writer is not None:
            self._writer.close()

    def _flush(self) -> None:
        if self._writer is None:
            self._writer, self.path = open_writer(self._target, QUARANTINE), self._target
        self._writer.write_table(pa.Table.from_pylist(self._held, QUARANTINE), row_group_size=ROW_GROUP)
        self._held = []
