"""The trace stage: what the records of a network say together of movement, money, roles and assets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from clew.engine.duckdb import Engine
from clew.model.traced import TRACED
from clew.trace.assets import assets
from clew.trace.matching import matching
from clew.trace.money import money
from clew.trace.movement import movement
from clew.trace.roles import roles

Part = Callable[[Engine], dict[str, pa.Table]]

# In the order in which they read each other's tables.
PARTS: tuple[Part, ...] = (movement, money, matching, roles, assets)


def trace(engine: Engine, out: Path, progress: Callable[[float], None]) -> dict[str, Path]:
    """Trace all networks.

    Args:
        engine: holds the views of records, changes, mentions and of what match, talk and link made; those of this
            stage are added as they are made.
        out: a folder to write to.
        progress: called with the share that is done.

    Returns:
        The Parquet file of each of `TRACED`, by name.
    """
    made: dict[str, pa.Table] = {}
    for done, part in enumerate(PARTS):
        tables = {name: table.cast(TRACED[name]) for name, table in part(engine).items()}
        engine.register(tables)
        made |= tables
        progress((done + 1) / (len(PARTS) + 1))
    written = {}
    for name, schema in TRACED.items():
        written[name] = out / f"{name}.parquet"
        table = made.get(name, schema.empty_table())
        pq.write_table(table, written[name], compression="zstd", compression_level=1, row_group_size=131_072)
    progress(1.0)
    return written
