"""Tables of a stage as Parquet files; the same rows give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def write_tables(tables: Mapping[str, pa.Table], out: Path, threads: int) -> dict[str, Path]:
    """Write each table as a file with its name in ``out``, some at a time: one file takes one thread."""

    def write(name: str) -> Path:
        path = out / f"{name}.parquet"
        pq.write_table(tables[name], path, compression="zstd", compression_level=1, row_group_size=131_072)
        return path

    with ThreadPoolExecutor(threads) as pool:
        return dict(zip(tables, pool.map(write, tables), strict=True))
