"""Which staged records are new, which are versions of known items, and which were seen before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from clew.ingest.changes import CONTENT, quoted, write_changes
from clew.ingest.segments import ROW_GROUP, Staged, open_writer
from clew.model.tables import RECORDS

Numbers = npt.NDArray[np.int64]

COLLISION = "another record has the same 64-bit id"


@dataclass(frozen=True)
class Verdict:
    """What became of the staged records.

    Attributes:
        new, changed, identical: counts.
        collisions: file, line and record id of each row whose 64-bit id belongs to another record.
        changes: path of the CHANGES table; None when nothing changed.
    """

    new: int
    changed: int
    identical: int
    collisions: list[tuple[str, int, str]]
    changes: Path | None


def resolve(staged: Staged, known: Sequence[Path], out: Path) -> tuple[list[Path], Verdict]:
    """Drop what was seen before, number the versions, and write the segments.

    Args:
        staged: what this ingest read; removed.
        known: segments of the workspace, read only.
        out: where the segments, the changes table and DuckDB's overflow go.

    Returns:
        The segments ``records-00000.parquet``…, and the verdict.
    """
    spill = out / "spill"
    with duckdb.connect(config={"threads": 2, "memory_limit": "1GB", "temp_directory": str(spill)}) as con:
        con.execute("SET preserve_insertion_order = true")
        _stage(con, staged, known)
        collisions = _drop_seen(con)
        _number(con)
        changed = _count(con, "SELECT count(*) FROM numbered WHERE version > 1")
        total = _count(con, "SELECT count(*) FROM ids")
        dropped = _count(con, "SELECT count(*) FROM dropped")
        gone = _by_segment(con, "SELECT segment, row FROM dropped", len(staged.paths))
        numbers = _by_segment(con, "SELECT segment, row, version FROM numbered", len(staged.paths))
        with ThreadPoolExecutor(3) as pool:
            # The differences take one thread for a while; the segments are packed meanwhile.
            changes = pool.submit(write_changes, con, out, known, _several(staged, numbers)) if changed else None
            segments = _publish(pool, staged, out, gone, numbers)
            written = changes.result() if changes else None
    for path in (*staged.paths, staged.ids):
        path.unlink()
    if spill.exists():
        for left in spill.iterdir():
            left.unlink()
        spill.rmdir()
    verdict = Verdict(total - dropped - changed, changed, dropped - len(collisions), collisions, written)
    return segments, verdict


def _count(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = con.execute(sql).fetchone()
    return int(row[0]) if row else 0


def _stage(con: duckdb.DuckDBPyConnection, staged: Staged, known: Sequence[Path]) -> None:
    """Views over the ids: ``ids`` (staged, with segment and row) and ``known``."""
    con.execute(f"CREATE VIEW ids AS SELECT * FROM read_parquet({quoted([staged.ids])})")
    if known:
        con.execute(f"CREATE VIEW known AS SELECT rid, record_id, item_id, version FROM read_parquet({quoted(known)})")
    else:
        con.execute(
            "CREATE VIEW known AS SELECT NULL::UBIGINT AS rid, NULL::VARCHAR AS record_id, NULL::VARCHAR AS item_id, "
            "NULL::INTEGER AS version WHERE false"
        )


def _drop_seen(con: duckdb.DuckDBPyConnection) -> list[tuple[str, int, str]]:
    """Table ``dropped`` of the rows (segment, row) that add nothing; returns those that collide."""
    con.execute("CREATE TABLE seen AS SELECT rid, record_id FROM known WHERE rid IN (SELECT rid FROM ids)")
    con.execute("CREATE TABLE twice AS SELECT rid FROM ids GROUP BY rid HAVING count(*) > 1")
    # Of equal records the one captured first stays; of colliding ones the known one, else the smallest id.
    con.execute(
        """
        CREATE TABLE dropped AS
        WITH ranked AS (
            SELECT segment, row, rid, record_id, file, line, min(record_id) OVER (PARTITION BY rid) AS keeper,
                   row_number() OVER (
                       PARTITION BY rid ORDER BY record_id, captured_at NULLS LAST, place, line, segment, row
                   ) AS rank
            FROM ids WHERE rid IN (SELECT rid FROM twice) OR rid IN (SELECT rid FROM seen)
        )
        SELECT segment, row, file, line, ranked.record_id,
               ranked.record_id <> coalesce(seen.record_id, keeper) AS collides
        FROM ranked LEFT JOIN seen USING (rid) WHERE seen.rid IS NOT NULL OR rank > 1
        """
    )
    found = con.execute("SELECT file, line, record_id FROM dropped WHERE collides ORDER BY segment, row").fetchall()
    return [(str(file), int(line), str(record_id)) for file, line, record_id in found]


def _number(con: duckdb.DuckDBPyConnection) -> None:
    """Table ``numbered`` of the staged versions of items that have more than one, each with the version before it."""
    con.execute("CREATE VIEW fresh AS SELECT * FROM ids ANTI JOIN dropped USING (segment, row)")
    con.execute(
        """
        CREATE TABLE latest AS
        SELECT item_id, max(version) AS version, arg_max(rid, version) AS rid
        FROM known WHERE item_id IN (SELECT item_id FROM fresh) GROUP BY item_id
        """
    )
    # Grouping by a 64-bit hash first keeps the ten million items with one version out of the window below.
    con.execute("CREATE TABLE several AS SELECT hash(item_id) AS h FROM fresh GROUP BY h HAVING count(*) > 1")
    con.execute(
        """
        CREATE TABLE numbered AS
        SELECT segment, row, item_id, fresh.rid AS rid,
               coalesce(latest.version, 0) + row_number() OVER item AS version,
               coalesce(lag(fresh.rid) OVER item, latest.rid) AS before
        FROM (SELECT * FROM fresh WHERE hash(item_id) IN (SELECT h FROM several)
              OR item_id IN (SELECT item_id FROM latest)) AS fresh
        LEFT JOIN latest USING (item_id)
        WINDOW item AS (
            PARTITION BY item_id
            ORDER BY captured_at NULLS LAST, posted_at NULLS LAST, place, line, segment, row
        )
        """
    )


def _by_segment(con: duckdb.DuckDBPyConnection, query: str, segments: int) -> list[dict[str, Numbers]]:
    """The rows of a query (segment, row, …), apart for each segment and sorted by row."""
    found = con.execute(f"{query} ORDER BY segment, row").fetchnumpy()
    cuts = np.searchsorted(found["segment"], np.arange(segments + 1))
    return [{name: values[cuts[n] : cuts[n + 1]] for name, values in found.items()} for n in range(segments)]


def _several(staged: Staged, numbers: Sequence[dict[str, Numbers]]) -> Iterator[pa.RecordBatch]:
    """The staged records that are one of several versions."""
    for path, numbered in zip(staged.paths, numbers, strict=True):
        with pa.memory_map(str(path)) as mapped, pa.ipc.open_file(mapped) as reader:
            start = 0
            for n in range(reader.num_record_batches):
                batch = reader.get_batch(n)
                rows = _within(numbered["row"], start, batch.num_rows)
                start += batch.num_rows
                if len(rows):
                    yield batch.select(CONTENT.names).take(pa.array(rows))


def _publish(
    pool: ThreadPoolExecutor,
    staged: Staged,
    out: Path,
    gone: Sequence[dict[str, Numbers]],
    numbers: Sequence[dict[str, Numbers]],
) -> list[Path]:
    """Write each staged file as a segment, without the rows ``gone`` and with the versions of ``numbers``."""
    targets = [out / f"records-{n:05}.parquet" for n in range(len(staged.paths))]
    written = list(pool.map(_publish_one, staged.paths, targets, gone, numbers))
    return [target for target, rows in zip(targets, written, strict=True) if rows]


def _publish_one(path: Path, target: Path, gone: dict[str, Numbers], numbers: dict[str, Numbers]) -> int:
    """Turn one staged file into a segment.

    Returns:
        How many rows the segment has; without any there is none.
    """
    written = 0
    segment: pq.ParquetWriter | None = None
    with pa.memory_map(str(path)) as mapped, pa.ipc.open_file(mapped) as reader:
        staged = reader.read_all()  # copies nothing
        for start in range(0, staged.num_rows, ROW_GROUP):
            group = staged.slice(start, ROW_GROUP)
            keep, versions = np.ones(group.num_rows, np.bool_), np.ones(group.num_rows, np.int32)
            keep[_within(gone["row"], start, group.num_rows)] = False
            rows = _within(numbers["row"], start, group.num_rows)
            versions[rows] = numbers["version"][np.searchsorted(numbers["row"], rows + start)]
            place = RECORDS.get_field_index("version")
            group = group.set_column(place, RECORDS.field("version"), pa.array(versions))
            group = group if keep.all() else group.filter(pa.array(keep))
            if group.num_rows:
                segment = segment or open_writer(target, RECORDS)
                segment.write_table(group, row_group_size=ROW_GROUP)
            written += group.num_rows
    if segment is not None:
        segment.close()
    return written


def _within(rows: Numbers, start: int, count: int) -> Numbers:
    """Those of sorted rows that lie in a batch, counted from its start."""
    low, high = np.searchsorted(rows, (start, start + count))
    return rows[low:high] - start
