"""A process that acts until it is killed, each act a row and its entry, and tells once the database acknowledged it.

The benchmark runs it as ``python writers.py WORKSPACE NAME COUNT``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from clew.access.roles import alone
from clew.database.base import open_database, write
from clew.ledger.entry import Deed
from clew.ledger.log import append

_ACT = sa.text("INSERT INTO saved_views (who, name, query, at) VALUES (:who, :name, '', '')")


def keep_writing(workspace: Path, name: str, count: int, tell: Callable[[str], None]) -> None:
    """Act so many times."""
    db = open_database(workspace)
    actor = alone(name, "command line")
    tell("ready")
    for nth in range(count):
        with write(db) as connection:
            connection.execute(_ACT, {"who": name, "name": str(nth)})
            made = append(connection, actor, Deed("decide", f"network NW{nth}", {"nth": nth}, {"why": "a test"}))
        tell(f"{made.seq} {nth}")


if __name__ == "__main__":
    keep_writing(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), lambda line: print(line, flush=True))
