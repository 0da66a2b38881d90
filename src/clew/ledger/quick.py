"""One entry into the ledger of a workspace of one person, without SQLAlchemy, which takes longer to load than a look.

It is for commands that read. Everywhere else, and wherever something is not as usual, it is `clew.ledger.log`; a test
compares what the two write.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

from clew.database.identity import identity
from clew.database.schema import FILE, HEAD, PATIENCE
from clew.ledger import merkle
from clew.ledger.entry import Deed, Entry, entry_of
from clew.model.actor import Actor

_COLUMNS = [field.name for field in fields(Entry)]
_INSERT = f"INSERT INTO ledger_entries ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"


def append(workspace: Path, actor: Actor, deed: Deed, accounted: Iterable[str]) -> bool:
    """Write down what somebody did who needs no account.

    Args:
        workspace: its folder.
        actor: the one person.
        deed: what they do.
        accounted: subjects that the ledger must have already.

    Returns:
        Whether it is written. It is not where the database is on a server, new or of another version, where there are
        accounts, where the ledger lacks something, or where the database is at fault: `clew.ledger.log` tells more.
    """
    file = workspace / FILE
    if os.environ.get("CLEW_DATABASE_URL") or not file.exists():
        return False
    try:
        with closing(sqlite3.connect(file, PATIENCE, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            if not _usual(connection, workspace, accounted):
                return False
            connection.execute("BEGIN IMMEDIATE")
            if _count(connection, "accounts"):
                return False
            _append(connection, actor, deed)
            connection.execute("COMMIT")
    except sqlite3.Error:
        return False
    return True


def _usual(connection: sqlite3.Connection, workspace: Path, accounted: Iterable[str]) -> bool:
    (version,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
    (served,) = connection.execute("SELECT name FROM served_workspace").fetchone() or ("",)
    there = "SELECT 1 FROM ledger_entries WHERE subject = ? LIMIT 1"
    return (
        version == HEAD
        and served == identity(workspace)
        and all(connection.execute(there, (subject,)).fetchone() for subject in accounted)
    )


def _append(connection: sqlite3.Connection, actor: Actor, deed: Deed) -> None:
    size, kept = connection.execute("SELECT size, frontier FROM ledger_size WHERE id = 1").fetchone()
    private = {"why": actor.why, **deed.private}
    entry = entry_of(size, datetime.now(UTC).isoformat(), actor.name, actor.via, actor.case_id,
                     Deed(deed.act, deed.subject, deed.details, private))  # fmt: skip
    before = [bytes.fromhex(digest) for digest in kept.split()]
    nodes, frontier = merkle.grow(size, before, merkle.leaf_hash(entry.leaf()))
    connection.execute(_INSERT, [getattr(entry, name) for name in _COLUMNS])
    rows = [(level, nth, digest.hex()) for level, nth, digest in nodes]
    connection.executemany("INSERT INTO ledger_nodes (level, nth, hash) VALUES (?, ?, ?)", rows)
    joined = " ".join(digest.hex() for digest in frontier)
    connection.execute("UPDATE ledger_size SET size = ?, frontier = ? WHERE id = 1", (size + 1, joined))


def _count(connection: sqlite3.Connection, table: str) -> int:
    (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(count)
