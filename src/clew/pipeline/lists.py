"""What lists of accounts and of prices have in common: who gives them, and how their rows are kept."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from clew.access.roles import need
from clew.database.base import write
from clew.engine.duckdb import Engine
from clew.ledger.log import append
from clew.model.actor import Actor
from clew.model.errors import InputError
from clew.model.tables import TABLES
from clew.pipeline import custody
from clew.pipeline.manifest import now
from clew.store.workspace import Change

_LONGEST_SOURCE = 100


def giver(actor: Actor | None, source: str) -> tuple[Actor, str]:
    """Who gives a list, and what it is called; checked.

    Raises:
        DeniedError: the actor may not do that.
        InputError: it has no name, or too long a one.
    """
    actor = custody.somebody(actor)
    need(actor, "ingest")
    source = " ".join(source.split())
    if not source or len(source) > _LONGEST_SOURCE:
        raise InputError("A list needs a name.", f"Give one of at most {_LONGEST_SOURCE} characters with --source.")
    return actor, source


def rows_of(table: pa.Table, name: str, source: str, state: str, actor: Actor) -> pa.Table:
    """Rows of the workspace's table ``name``, given or removed now."""
    said = {"source": source, "state": state, "who": actor.name, "at": now()}
    columns: dict[str, Any] = {
        field.name: pa.repeat(pa.scalar(said[field.name], field.type), table.num_rows)
        if field.name in said
        else table[field.name]
        for field in TABLES[name]
    }
    return pa.table(columns, schema=TABLES[name])


def held_of(change: Change, name: str, held: str, source: str) -> pa.Table:
    """The rows of a source that hold.

    Args:
        change: of the workspace.
        name: of the table.
        held: the query of all rows that hold, with the table's name between braces.
        source: the list.
    """
    with Engine(change.folder("spill")) as engine:
        engine.register({name: change.paths(name) or TABLES[name].empty_table()})
        return engine.sql(f"FROM ({held.format(**{name: name})}) WHERE source = $source", params={"source": source})


def keep(change: Change, name: str, rows: pa.Table, ledger: sa.Engine, actor: Actor, why: str, path: str = "") -> None:
    """Add the rows to the workspace, with an entry in the ledger."""
    file = change.folder(name) / f"{name}.parquet"
    pq.write_table(rows, file, compression="zstd")
    (segment,) = change.add(name, [file])
    change.publish()
    with write(ledger) as connection:
        append(connection, actor, custody.listed(name, segment.sha256, rows, why.strip(), path))
