"""Tables of a stage as files."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from clew.engine.parquet import write_tables


def test_each_table_is_a_file_of_its_name_with_the_same_bytes_for_any_number_of_threads(tmp_path: Path) -> None:
    tables = {name: pa.table({"n": list(range(k)), "word": [name] * k}) for name, k in (("a", 3), ("b", 1), ("c", 9))}
    alone, together = tmp_path / "alone", tmp_path / "together"
    for folder, threads in ((alone, 1), (together, 3)):
        folder.mkdir()
        written = write_tables(tables, folder, threads)
        assert list(written) == ["a", "b", "c"]
        assert all(pq.read_table(path).equals(tables[name]) for name, path in written.items())
    assert all((alone / f"{n}.parquet").read_bytes() == (together / f"{n}.parquet").read_bytes() for n in tables)
