"""The differences between versions of an item: one row for each field that is not as it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from clew.ingest.segments import ROW_GROUP, open_writer
from clew.model.tables import CHANGES, RECORDS

COMPARED = (
    "url",
    "title",
    "body",
    "contact",
    "place",
    "price",
    "handle",
    "conversation",
    "recipient",
    "payer",
    "payee",
    "amount",
    "currency",
    "posted_at",
    "posted_offset",
    "images",
    "extra",
)
_TEXTS = {
    "posted_at": "strftime(posted_at AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')",
    "posted_offset": "posted_offset::VARCHAR",
    "amount": "amount::VARCHAR",
    "images": "to_json(images)::VARCHAR",
}
_COLUMNS = ["rid", "captured_at", *COMPARED]
CONTENT = pa.schema([RECORDS.field(name) for name in _COLUMNS])


def quoted(paths: Sequence[Path]) -> str:
    """Paths as a list in SQL."""
    return "[" + ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths) + "]"


def write_changes(
    con: duckdb.DuckDBPyConnection, out: Path, known: Sequence[Path], staged: Iterator[pa.RecordBatch]
) -> Path:
    """Compare each staged version with the one before it: the last one known, or the one captured before it here.

    Args:
        con: holds the table ``numbered``: item_id, rid, version, and ``before``, the rid of the version before.
        out: where the table goes.
        known: segments of the workspace; only row groups that hold a version before are read.
        staged: what is compared of the staged records of which there are several versions.
    """
    before = con.execute("SELECT DISTINCT before FROM numbered WHERE before IS NOT NULL").fetchnumpy()["before"]
    batches = chain(staged, _known(before, known))
    reader = pa.RecordBatchReader.from_batches(CONTENT, batches)
    con.register("content_rows", reader)
    columns = ", ".join(f"{_TEXTS.get(name, name)} AS {name}" for name in COMPARED)
    con.execute(f"CREATE TABLE content AS SELECT rid, captured_at, {columns} FROM content_rows")
    con.unregister("content_rows")
    differences = ", ".join(
        f"CASE WHEN a.{name} IS DISTINCT FROM b.{name} "
        f"THEN {{'place': {place}, 'field': '{name}', 'old': a.{name}, 'new': b.{name}}} END"
        for place, name in enumerate(COMPARED)
    )
    # What was captured earlier comes first, even where it was ingested later.
    con.execute(
        """
        CREATE TABLE pairs AS
        SELECT v.item_id, v.version, coalesce(b.captured_at < a.captured_at, false) AS late,
               CASE WHEN late THEN v.rid ELSE v.before END AS rid_from,
               CASE WHEN late THEN v.before ELSE v.rid END AS rid_to
        FROM numbered v
        JOIN (SELECT rid, captured_at FROM content) a ON a.rid = v.before
        JOIN (SELECT rid, captured_at FROM content) b ON b.rid = v.rid
        WHERE v.version > 1
        """
    )
    query = f"""
        SELECT item_id, rid_from, rid_to, d.field AS field, d.old AS old, d.new AS new FROM (
            SELECT item_id, rid_from, rid_to, version, unnest([{differences}]) AS d
            FROM pairs JOIN content a ON a.rid = rid_from JOIN content b ON b.rid = rid_to
        ) WHERE d IS NOT NULL ORDER BY item_id, version, d.place
    """
    path = out / "changes.parquet"
    with open_writer(path, CHANGES) as writer:
        for batch in con.sql(query).to_arrow_reader(ROW_GROUP):
            writer.write_table(pa.Table.from_batches([batch]).cast(CHANGES), row_group_size=ROW_GROUP)
    return path


def _known(wanted: npt.NDArray[np.uint64], known: Sequence[Path]) -> Iterator[pa.RecordBatch]:
    """The known records with these ids."""
    for path in known if len(wanted) else ():
        with pq.ParquetFile(path) as file:
            for group in range(file.num_row_groups):
                rids = file.read_row_group(group, ["rid"]).column(0).to_numpy()
                rows = np.flatnonzero(np.isin(rids, wanted))
                if len(rows):
                    yield from file.read_row_group(group, _COLUMNS).take(pa.array(rows)).cast(CONTENT).to_batches()
