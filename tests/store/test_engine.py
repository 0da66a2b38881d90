"""The engine: named tables, one clear error, empty tables."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clew.engine.duckdb import Engine
from clew.model.errors import ClewError


def test_tables_and_files_have_names(tmp_path: Path) -> None:
    path = tmp_path / "it's.parquet"  # a quote in a path must not end the SQL string
    pq.write_table(pa.table({"x": [1, 2]}), path)
    with Engine(tmp_path / "spill") as engine:
        engine.register({"t": pa.table({"x": [2, 3]}), "f": [path]})
        assert engine.sql("SELECT x FROM t JOIN f USING (x)").to_pylist() == [{"x": 2}]
        assert engine.row("SELECT sum(x) FROM f") == (3,)


def test_a_name_is_given_anew(tmp_path: Path) -> None:
    path = tmp_path / "f.parquet"
    pq.write_table(pa.table({"x": [5]}), path)
    with Engine(tmp_path) as engine:
        for source, want in ((pa.table({"x": [1]}), 1), ([path], 5), (pa.table({"x": [2]}), 2)):
            engine.register({"t": source})
            assert engine.row("SELECT x FROM t") == (want,)


def test_an_error_names_the_query(tmp_path: Path) -> None:
    with Engine(tmp_path) as engine, pytest.raises(ClewError, match="SELECT nothing FROM nowhere"):
        engine.sql("SELECT nothing FROM nowhere")
