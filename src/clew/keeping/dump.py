"""A database as lines of JSON, the same for SQLite and PostgreSQL, and back."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import orjson
import sqlalchemy as sa

from clew.model.errors import SealError

_BATCH = 1_000
_NOT = frozenset(("alembic_version", "restores"))  # of this database, not of what it holds


@contextmanager
def snapshot(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that sees the database as it was at one moment, whoever writes meanwhile."""
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


def dump(connection: sa.Connection, out: BinaryIO) -> dict[str, int]:
    """Write every table.

    Returns:
        Rows per table.
    """
    counts: dict[str, int] = {}
    for table in _tables(connection):
        names, name = [str(column.name) for column in table.columns], str(table.name)
        out.write(orjson.dumps({"table": name, "columns": names}) + b"\n")
        rows = connection.execution_options(yield_per=_BATCH).execute(table.select().order_by(*table.primary_key))
        counts[name] = 0
        for row in rows:
            out.write(orjson.dumps([_out(value) for value in row]) + b"\n")
            counts[name] += 1
    return counts


def schema_of(connection: sa.Connection) -> str:
    """The version of the schema."""
    return str(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one())


def load(connection: sa.Connection, lines: BinaryIO) -> dict[str, int]:
    """Fill the tables of a database that has the schema of the dump; what they hold goes.

    Raises:
        SealError: the dump is not as `dump` wrote it.
    """
    tables = {str(table.name): table for table in _tables(connection)}
    for table in reversed(tables.values()):
        connection.execute(table.delete())
    counts = dict.fromkeys(tables, 0)
    table_now, names, held = "", list[str](), list[dict[str, Any]]()

    def write() -> None:
        if held:
            connection.execute(tables[table_now].insert(), held)
            held.clear()

    for raw in lines:
        line = orjson.loads(raw)
        if isinstance(line, dict):
            write()
            table_now, names = line["table"], line["columns"]
            if table_now not in tables:
                raise SealError(f"The backup has a table {table_now} that this schema does not know.")
            continue
        held.append(dict(zip(names, map(_in, line), strict=True)))
        counts[table_now] += 1
        if len(held) == _BATCH:
            write()
    write()
    if connection.dialect.name != "sqlite":
        _count_on(connection, tables.values())
    return counts


def _tables(connection: sa.Connection) -> list[sa.Table]:
    """Every table, those that others refer to first."""
    metadata = sa.MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name not in _NOT]


def _count_on(connection: sa.Connection, tables: Any) -> None:
    """Let numbers that PostgreSQL gives itself go on after the highest."""
    for table in tables:
        for column in table.primary_key:
            if isinstance(column.type, sa.Integer):
                query = sa.select(sa.func.pg_get_serial_sequence(table.name, column.name))
                if sequence := connection.execute(query).scalar_one_or_none():
                    highest = connection.execute(sa.select(sa.func.max(column))).scalar_one() or 0
                    connection.execute(sa.select(sa.func.setval(sequence, highest + 1, False)))


def _out(value: Any) -> Any:
    return {"bytes": base64.b64encode(value).decode()} if isinstance(value, bytes | memoryview) else value


def _in(value: Any) -> Any:
    return base64.b64decode(value["bytes"]) if isinstance(value, dict) else value
