"""The database of what people decide: opened, its tables made, its writes safe beside each other."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, MetaData, create_engine, event

# Every table of this package is declared in its module with this; `open_cases` makes those that are not there.
METADATA = MetaData()


def open_cases(workspace: Path) -> Engine:
    """The database of a workspace, ``cases.sqlite`` in its folder, readable by its owner alone.

    Import the modules whose tables are wanted before calling this.
    """
    path = workspace / "cases.sqlite"
    path.touch(mode=0o600, exist_ok=True)
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 20})

    @event.listens_for(engine, "connect")
    def configure(connection, _record):  # type: ignore[no-untyped-def]
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    METADATA.create_all(engine)
    return engine
