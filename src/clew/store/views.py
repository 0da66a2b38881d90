"""Open a workspace for reading: every table as a view of the engine, empty tables included."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow.parquet as pq

from clew.engine.duckdb import Engine
from clew.model.errors import WorkspaceError
from clew.model.tables import TABLES
from clew.store.workspace import Workspace


def check_columns(workspace: Workspace) -> None:
    """Whether it has the tables and columns that are read today.

    Raises:
        WorkspaceError: an older Clew made it, which had others.
    """
    for lacks in _lacking(workspace):
        raise WorkspaceError(
            f"{workspace.path} was run by an older Clew: {lacks}.", f"Run it again: clew run -w {workspace.path}"
        )


def _lacking(workspace: Workspace) -> Iterator[str]:
    """What is read today and is not there, in words."""
    if workspace.segments("ties") and not workspace.segments("record_identifiers"):  # made by one stage
        yield "it has no record_identifiers"
    for name, schema in TABLES.items():
        for path in workspace.paths(name)[:1]:
            if missing := sorted(set(schema.names) - set(pq.read_schema(path).names)):
                yield f"its {name} have no {', '.join(missing)}"


@contextmanager
def open_views(
    workspace: Workspace, *, spill: Path | None = None, memory_gb: float = 1.0, need_run: bool = True
) -> Iterator[Engine]:
    """An engine in which each table of the workspace is a view of its own name.

    Args:
        workspace: what to read.
        spill: a folder for what does not fit into memory; a temporary one when None.
        memory_gb: bound on the engine's memory.
        need_run: refuse a workspace that was never run.

    Raises:
        WorkspaceError: there was no run yet, or it was one of an older Clew that made other columns.
    """
    if need_run and not workspace.segments("networks"):
        raise WorkspaceError(f"{workspace.path} has not been run yet.", "Run it with: clew run")
    check_columns(workspace)
    with (
        tempfile.TemporaryDirectory(prefix="clew-") as temporary,
        Engine(spill or Path(temporary), memory_gb) as engine,
    ):
        engine.run("SET parquet_metadata_cache = true")  # segments never change: their footers are read once
        for name, schema in TABLES.items():
            engine.register({name: workspace.paths(name) or schema.empty_table()})
        yield engine
