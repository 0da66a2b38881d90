"""Which staged records are new, which are versions of known items, and which were seen before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from clew.ingest.segments import ROW_GROUP, open_writer
from clew.model.tables import CHANGES, RECORDS

_ID_COLUMNS = "rid, record_id, item_id, captured_at, posted_at, file, line"
_COMPARED = (
    "url",
    "title",
    "body",
    "contact",
    "place",
    "price",
    "handle",
    "posted_at",
    "posted_offset",
    "images",
    "extra",
)
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


def resolve(staged: Sequence[Path], known: Sequence[Path], out: Path) -> tuple[list[Path], Verdict]:
    """Drop what was seen before, number the versions, and rewrite the segments that this touches.

    Segments come staged with every record as version 1; most stay as they are, so only ids are read here.

    Args:
        staged: segments written by this ingest; changed in place or removed.
        known: segments of the workspace, read only.
        out: where the changes table and DuckDB's overflow go.

    Returns:
        The segments that remain, and the verdict.
    """
    if not staged:
        return [], Verdict(0, 0, 0, [], None)
    spill = out / "spill"
    with duckdb.connect(config={"threads": 2, "memory_limit": "1GB", "temp_directory": str(spill)}) as con:
        con.execute("SET preserve_insertion_order = true")
        _stage(con, staged, known)
        collisions = _drop_seen(con)
        _number(con, known)
        changed = _count(con, "SELECT count(*) FROM numbered WHERE version > 1")
        changes = _write_changes(con, staged, known, out) if changed else None
        total = _count(con, "SELECT count(*) FROM ids")
        dropped = _count(con, "SELECT count(*) FROM dropped")
        segments = _rewrite(con, staged)
    if spill.exists():
        for left in spill.iterdir():
            left.unlink()
        spill.rmdir()
    verdict = Verdict(total - dropped - changed, changed, dropped - len(collisions), collisions, changes)
    return segments, verdict


def _count(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = con.execute(sql).fetchone()
    return int(row[0]) if row else 0


def _quoted(paths: Sequence[Path]) -> str:
    return "[" + ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths) + "]"


def _stage(con: duckdb.DuckDBPyConnection, staged: Sequence[Path], known: Sequence[Path]) -> None:
    """Views over the ids: ``ids`` (staged, with segment and row) and ``known``."""
    parts = " UNION ALL ".join(
        f"SELECT {n} AS segment, file_row_number AS row, {_ID_COLUMNS} "
        f"FROM read_parquet({_quoted([path])}, file_row_number = true)"
        for n, path in enumerate(staged)
    )
    con.execute(f"CREATE VIEW ids AS {parts}")
    if known:
        con.execute(f"CREATE VIEW known AS SELECT rid, record_id, item_id, version FROM read_parquet({_quoted(known)})")
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
            SELECT segment, row, rid, record_id, file, line,
                   row_number() OVER (PARTITION BY rid ORDER BY record_id, captured_at NULLS LAST, segment, row) AS place,
                   first_value(record_id) OVER (PARTITION BY rid ORDER BY record_id) AS keeper
            FROM ids WHERE rid IN (SELECT rid FROM twice) OR rid IN (SELECT rid FROM seen)
        )
        SELECT segment, row, file, line, record_id, record_id <> coalesce(seen.record_id, keeper) AS collides
        FROM ranked LEFT JOIN seen USING (rid) WHERE seen.rid IS NOT NULL OR place > 1
        """.replace(
            "SELECT segment, row, file, line, record_id, record_id",
            "SELECT segment, row, file, line, ranked.record_id, ranked.record_id",
        )
    )
    found = con.execute("SELECT file, line, record_id FROM dropped WHERE collides ORDER BY segment, row").fetchall()
    return [(str(file), int(line), str(record_id)) for file, line, record_id in found]


def _number(con: duckdb.DuckDBPyConnection, known: Sequence[Path]) -> None:
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
        SELECT segment, row, item_id, rid,
               coalesce(latest.version, 0) + row_number() OVER item AS version,
               coalesce(lag(fresh.rid) OVER item, latest.rid) AS before
        FROM (SELECT * FROM fresh WHERE hash(item_id) IN (SELECT h FROM several)
              OR item_id IN (SELECT item_id FROM latest)) AS fresh
        LEFT JOIN latest USING (item_id)
        WINDOW item AS (PARTITION BY item_id ORDER BY captured_at NULLS LAST, posted_at NULLS LAST, record_id)
        """.replace("SELECT segment, row, item_id, rid,", "SELECT segment, row, item_id, fresh.rid AS rid,")
    )


def _write_changes(con: duckdb.DuckDBPyConnection, staged: Sequence[Path], known: Sequence[Path], out: Path) -> Path:
    """One row for each field that differs from the version before."""
    texts = {
        "posted_at": "strftime(posted_at AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')",
        "posted_offset": "posted_offset::VARCHAR",
        "images": "to_json(images)::VARCHAR",
    }
    columns = ", ".join(f"{texts.get(name, name)} AS {name}" for name in _COMPARED)
    wanted = "SELECT rid FROM numbered WHERE version > 1 UNION SELECT before FROM numbered WHERE version > 1"
    con.execute(f"CREATE TABLE wanted AS {wanted}")
    con.execute(
        f"CREATE TABLE content AS SELECT rid, {columns} FROM read_parquet({_quoted([*staged, *known])}) "
        "WHERE rid IN (SELECT rid FROM wanted) QUALIFY row_number() OVER (PARTITION BY rid) = 1"
    )
    differences = " UNION ALL ".join(
        f"SELECT v.item_id, v.before AS rid_from, v.rid AS rid_to, '{name}' AS field, a.{name} AS old, b.{name} AS new, "
        f"v.version, {place} AS place FROM numbered v JOIN content a ON a.rid = v.before JOIN content b ON b.rid = v.rid "
        f"WHERE v.version > 1 AND a.{name} IS DISTINCT FROM b.{name}"
        for place, name in enumerate(_COMPARED)
    )
    path = out / "changes.parquet"
    query = f"SELECT {', '.join(CHANGES.names)} FROM ({differences}) ORDER BY item_id, version, place"
    reader = con.sql(query).to_arrow_reader(ROW_GROUP)
    with open_writer(path, CHANGES) as writer:
        for batch in reader:
            writer.write_table(pa.Table.from_batches([batch]).cast(CHANGES), row_group_size=ROW_GROUP)
    return path


def _rewrite(con: duckdb.DuckDBPyConnection, staged: Sequence[Path]) -> list[Path]:
    """Apply ``dropped`` and ``numbered`` to the segments that they touch; a segment left empty goes."""
    touched = {
        int(segment)
        for (segment,) in con.execute(
            "SELECT segment FROM dropped UNION SELECT segment FROM numbered WHERE version > 1"
        ).fetchall()
    }
    remain = list[Path]()
    for n, path in enumerate(staged):
        if n not in touched or _rewrite_one(con, n, path):
            remain.append(path)
    return remain


def _rewrite_one(con: duckdb.DuckDBPyConnection, segment: int, path: Path) -> bool:
    """Rewrite one segment; False when no row of it stays."""
    gone = con.execute("SELECT row FROM dropped WHERE segment = ?", [segment]).fetchnumpy()["row"]
    numbers = con.execute("SELECT row, version FROM numbered WHERE segment = ? AND version > 1", [segment]).fetchnumpy()
    with pq.ParquetFile(path) as file:
        keep = pa.repeat(True, file.metadata.num_rows).to_numpy(zero_copy_only=False).copy()
        keep[gone.astype("int64")] = False
        if not keep.any():
            path.unlink()
            return False
        versions = (keep * 0 + 1).astype("int32")
        versions[numbers["row"].astype("int64")] = numbers["version"]
        copy = path.with_suffix(".part")
        with open_writer(copy, RECORDS) as writer:
            start = 0
            for batch in file.iter_batches(ROW_GROUP):
                part = slice(start, start + batch.num_rows)
                start += batch.num_rows
                batch = batch.set_column(
                    RECORDS.get_field_index("version"), RECORDS.field("version"), pa.array(versions[part])
                )
                rows = batch.filter(pa.array(keep[part]))
                if rows.num_rows:
                    writer.write_table(pa.Table.from_batches([rows], RECORDS), row_group_size=ROW_GROUP)
    copy.replace(path)
    return True
