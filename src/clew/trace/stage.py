"""The trace stage: what the records of a network say together of movement, money, roles and assets."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.engine.parquet import write_tables
from clew.model.traced import TRACED
from clew.trace.assets import assets
from clew.trace.matching import matching
from clew.trace.money import Book, money
from clew.trace.movement import movement
from clew.trace.roles import roles

Part = Callable[[Engine], dict[str, pa.Table]]


def trace(engine: Engine, out: Path, progress: Callable[[float], None], book: Book | None) -> dict[str, Path]:
    """Trace all networks.

    Args:
        engine: holds the views of records, changes, mentions and of what match, talk and link made; those of this
            stage are added as they are made.
        out: a folder to write to.
        progress: called with the share that is done.
        book: the payments, as `clew.trace.money.keep_book` gives them.

    Returns:
        The Parquet file of each of `TRACED`, by name.
    """
    files: dict[str, Path] = {}

    def write(tables: dict[str, pa.Table]) -> None:
        files.update(write_tables(tables, out, 1))

    # Movement reads nothing of the others, which are in the order in which they read each other's tables. Each thread
    # is busy where the others wait for one core.
    in_order: tuple[Part, ...] = (partial(money, book=book), matching, roles, assets)
    with engine.beside(lambda other: write(_tables(movement, other))) as apart, ThreadPoolExecutor(1) as writer:
        waiting = [apart]
        for done, part in enumerate(in_order):
            tables = _tables(part, engine)
            engine.register(tables)
            waiting.append(writer.submit(write, tables))
            progress((done + 1) / (len(in_order) + 1))
        for future in waiting:
            future.result()
    progress(1.0)
    return files


def _tables(part: Part, engine: Engine) -> dict[str, pa.Table]:
    return {name: table.cast(TRACED[name]) for name, table in part(engine).items()}
