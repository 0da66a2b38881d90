"""Tables of a stage as Parquet files; the same rows give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def texts(schema: pa.Schema) -> list[str]:
    """The columns of texts and of lists of texts, for a writer's ``use_dictionary``.

    Numbers repeat too seldom: a dictionary of them takes a fifth of the time of writing, and more room than it saves.
    """
    found = []
    for field in schema:
        listed = pa.types.is_list(field.type)
        kind = field.type.value_type if listed else field.type
        if pa.types.is_string(kind) or pa.types.is_dictionary(kind):
            found.append(f"{field.name}.list.element" if listed else field.name)
    return found


def write_tables(tables: Mapping[str, pa.Table], out: Path, threads: int) -> dict[str, Path]:
    """Write each table as a file with its name in ``out``, some at a time: one file takes one thread."""

    def write(name: str) -> Path:
        path = out / f"{name}.parquet"
        table, coded = tables[name], texts(tables[name].schema)
        pq.write_table(
            table, path, compression="zstd", compression_level=1, row_group_size=131_072, use_dictionary=coded
        )
        return path

    with ThreadPoolExecutor(threads) as pool:
        return dict(zip(tables, pool.map(write, tables), strict=True))
