"""Looks for a text in all that a workspace keeps: files as they are, decompressed Parquet, every page of SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import sqlalchemy as sa


def holding(folder: Path, text: str) -> list[str]:
    """Files in which the text stands."""
    return [
        str(path.relative_to(folder)) for path in sorted(folder.rglob("*")) if path.is_file() and _holds(path, text)
    ]


def in_database(engine: sa.Engine, text: str) -> list[str]:
    """Tables of a database in which the text stands."""
    found = []
    with engine.connect() as connection:
        for name in sa.inspect(connection).get_table_names():
            table = sa.Table(name, sa.MetaData(), autoload_with=connection)
            if any(text.encode() in _bytes(value) for row in connection.execute(table.select()) for value in row):
                found.append(name)
    return found


def _bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def _holds(path: Path, text: str) -> bool:
    return any(text.encode() in content for content in _contents(path))


def _contents(path: Path) -> Iterator[bytes]:
    raw = path.read_bytes()
    yield raw
    yield raw.decode("utf-8", "replace").encode("utf-16-le")
    if path.suffix == ".parquet":
        yield str(pq.read_table(path).to_pydict()).encode()
    if path.suffix == ".duckdb":
        with duckdb.connect(path, read_only=True) as con:
            for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                yield str(con.execute(f'FROM "{name}"').fetchall()).encode()
