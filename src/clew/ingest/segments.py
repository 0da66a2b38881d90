"""Writes records as Parquet segments of bounded size, in the order they come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
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

IDS = pa.schema(
    [RECORDS.field(name) for name in ("rid", "record_id", "item_id", "captured_at", "posted_at", "file", "line")]
    + [pa.field(name, pa.int64()) for name in ("place", "segment", "row")]
)

_ORDERED = ["rid", "posted_at", "captured_at", "line"]  # statistics of the others help no query


def open_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """A Parquet writer with the settings of segments; the same rows give the same bytes."""
    ordered = [name for name in _ORDERED if name in schema.names]
    repeating = [name for name in _REPEATING if name in schema.names]
    return pq.ParquetWriter(
        path, schema, compression="zstd", compression_level=1, use_dictionary=repeating, write_statistics=ordered
    )


@dataclass
class Staged:
    """Records read so far, not yet known to be new.

    Attributes:
        paths: Arrow files of at most 131,072 rows of RECORDS, every one as version 1.
        ids: Parquet file with what tells records apart, and where they stand: ``place`` (of their file among those
            given), ``segment`` (in ``paths``), ``row``.
    """

    paths: list[Path]
    ids: Path


class StageWriter:
    """Cuts a stream of record batches into staged files, in the order in which they come.

    Staged as Arrow and not as Parquet: what was seen before and which version a record is are known only when all
    is read, and packing every record twice would take as long as reading it. Not compressed: most of it never leaves
    the memory that the system lends to files, and is read from there without a copy.
    """

    def __init__(self, folder: Path, files: Sequence[Path]) -> None:
        self.staged = Staged([], folder / "ids.parquet")
        self._folder = folder
        self._places = {str(path): place for place, path in reversed(list(enumerate(files)))}
        self._ids = pq.ParquetWriter(self.staged.ids, IDS, compression="none", use_dictionary=["file"])
        self._writer: pa.RecordBatchFileWriter | None = None
        self._rows = 0  # in the file that is being written

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows."""
        while batch.num_rows:
            if self._writer is None or self._rows == SEGMENT:
                self._next_file()
            part = batch.slice(0, SEGMENT - self._rows)
            self._write_part(part)
            batch = batch.slice(part.num_rows)

    def close(self) -> Staged:
        """End the last file."""
        if self._writer is not None:
            self._writer.close()
        self._ids.close()
        return self.staged

    def _next_file(self) -> None:
        if self._writer is not None:
            self._writer.close()
        path = self._folder / f"staged-{len(self.staged.paths):05}.arrow"
        self._writer, self._rows = pa.ipc.new_file(path, RECORDS), 0
        self.staged.paths.append(path)

    def _write_part(self, part: pa.RecordBatch) -> None:
        if self._writer is not None:
            self._writer.write_batch(part)
        rows = pa.array(np.arange(self._rows, self._rows + part.num_rows), pa.int64())
        segment = pa.repeat(pa.scalar(len(self.staged.paths) - 1, pa.int64()), part.num_rows)
        columns = [part[name] for name in IDS.names[:-3]]
        coded = part["file"].dictionary_encode()
        places = pa.array([self._places[file] for file in coded.dictionary.to_pylist()], pa.int64())
        columns += [places.take(coded.indices), segment, rows]
        self._ids.write_batch(pa.RecordBatch.from_arrays(columns, schema=IDS))
        self._rows += part.num_rows


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
