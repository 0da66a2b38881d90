"""The database of what people decide and keep: opened, brought to the newest schema, its writes safe beside each other.

It is a file in the workspace (SQLite) unless ``CLEW_DATABASE_URL`` names a PostgreSQL database; one such database
serves one workspace. Tables are declared in the modules that use them; `clew.database.migrations` makes them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from clew.database.migrations import upgrade
from clew.model.errors import InputError, WorkspaceError

METADATA = sa.MetaData()
FILE = "cases.sqlite"
_PATIENCE = 30  # seconds that a writer waits for another


def open_database(workspace: Path) -> sa.Engine:
    """The database of a workspace, with the newest schema.

    Raises:
        InputError: ``CLEW_DATABASE_URL`` is none that Clew can use.
        WorkspaceError: the database cannot be opened, or a newer Clew made it.
    """
    named = os.environ.get("CLEW_DATABASE_URL", "")
    engine = open_server(named) if named else open_file(workspace / FILE)
    try:
        upgrade(engine)
    except sa.exc.DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise WorkspaceError(f"The database of {workspace} cannot be opened ({reason}).", "Is it running?") from error
    return engine


@contextmanager
def write(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that will write: it waits for another writer now, instead of failing later."""
    with engine.connect().execution_options(clew_writes=True) as connection, connection.begin():
        yield connection


def now() -> str:
    """The time as it stands in the database: ISO 8601, UTC."""
    return datetime.now(UTC).isoformat()


def open_file(path: Path) -> sa.Engine:
    """A database in a file, whatever its schema (SQLite)."""
    path.touch(mode=0o600, exist_ok=True)
    engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": _PATIENCE})

    @sa.event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where we say, below
        # secure_delete: what is erased is overwritten.
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("clew_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def open_server(named: str) -> sa.Engine:
    """A database on a server, whatever its schema (PostgreSQL).

    Raises:
        InputError: that is no address of one.
    """
    todo = "Give it as postgresql://USER:PASSWORD@HOST/NAME."
    try:
        url = sa.make_url(named)
    except sa.exc.ArgumentError:
        raise InputError("CLEW_DATABASE_URL is no address of a database.", todo) from None
    if url.get_backend_name() != "postgresql":
        raise InputError(f"CLEW_DATABASE_URL names a {url.get_backend_name()} database.", todo)
    return sa.create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
