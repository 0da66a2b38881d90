"""The database of what people decide and keep: opened, brought to the newest schema, its writes safe beside each other.

It is a file in the workspace (SQLite) unless ``CLEW_DATABASE_URL`` names a PostgreSQL database; one such database
serves one workspace. Tables are declared in the modules that use them; `clew.database.migrations` makes them.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from clew.database.identity import identity
from clew.database.migrations import upgrade
from clew.database.schema import FILE as FILE
from clew.database.schema import PATIENCE
from clew.model.errors import InputError, WorkspaceError

METADATA = sa.MetaData()

# One row: which workspace the database serves; empty until one opens it for the first time.
_SERVED = sa.Table(
    "served_workspace",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String, nullable=False),
)


def open_database(workspace: Path) -> sa.Engine:
    """The database of a workspace, with the newest schema.

    Raises:
        InputError: ``CLEW_DATABASE_URL`` is none that Clew can use.
        WorkspaceError: the database cannot be opened, a newer Clew made it, or it serves another workspace.
    """
    named = os.environ.get("CLEW_DATABASE_URL", "")
    try:
        engine = open_server(named) if named else open_file(workspace / FILE)
        with explained(engine, workspace):
            upgrade(engine)
            _claim(engine, workspace)
    except OSError as error:
        raise _unwritable(workspace, error.strerror or str(error)) from error
    return engine


@contextmanager
def write(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that will write: it waits for another writer now, instead of failing later."""
    with engine.connect().execution_options(clew_writes=True) as connection, connection.begin():
        yield connection


def now() -> str:
    """The time as it stands in the database: ISO 8601, UTC."""
    return datetime.now(UTC).isoformat()


@contextmanager
def explained(engine: sa.Engine, workspace: Path) -> Iterator[None]:
    """Turn a fault of the database, or of its disk, into one line that a user understands.

    Raises:
        WorkspaceError: there was one.
    """
    try:
        yield
    except sa.exc.DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[0]
        if engine.dialect.name == "sqlite":
            raise _unwritable(workspace, reason) from error
        raise WorkspaceError(f"The database of {workspace} does not answer ({reason}).", "Is it running?") from error


def _unwritable(workspace: Path, reason: str) -> WorkspaceError:
    return WorkspaceError(
        f"{workspace} cannot be written to ({reason}).", "Clew writes down what is looked at, so it needs to."
    )


def open_file(path: Path) -> sa.Engine:
    """A database in a file, whatever its schema (SQLite)."""
    path.touch(mode=0o600, exist_ok=True)
    engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": PATIENCE})

    @sa.event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where we say, below
        # As in PostgreSQL; SQLite's own knows the letters of English only.
        connection.create_function("lower", 1, _lower, deterministic=True)
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
        InputError: that is no address of one, or the package that speaks with it is not installed.
    """
    todo = "Give it as postgresql://USER:PASSWORD@HOST/NAME."
    try:
        url = sa.make_url(named)
    except (sa.exc.ArgumentError, ValueError):  # ValueError: a port that is no number
        raise InputError("CLEW_DATABASE_URL is no address of a database.", todo) from None
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise InputError(f"CLEW_DATABASE_URL names a {url.get_backend_name()} database.", todo)
    try:
        return sa.create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    except ModuleNotFoundError:
        raise InputError("PostgreSQL needs a further package.", 'Install it with: pip install "clew[server]"') from None


def _lower(text: Any) -> Any:
    return text.lower() if isinstance(text, str) else text


def _claim(engine: sa.Engine, workspace: Path) -> None:
    """Let the database serve this workspace from now on, and no other."""
    mine = identity(workspace)
    query = sa.select(_SERVED.c.name).where(_SERVED.c.id == 1)
    with engine.connect() as connection:
        held = connection.execute(query).scalar_one()
    if not held:
        with write(engine) as connection:
            connection.execute(_SERVED.update().where(_SERVED.c.name == "").values(name=mine))
            held = connection.execute(query).scalar_one()
    if held != mine:
        raise WorkspaceError(
            f"The database of {workspace} holds the cases of another workspace.",
            "Each workspace needs a database of its own.",
        )
