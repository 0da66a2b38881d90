"""Processes that help: what they are told arrives whole, they end with whoever started them, and trust no folder."""

from __future__ import annotations

import io
from pathlib import Path

import pyarrow as pa
import pytest

from clew.engine.helper import Helper, Pipe, packed, unpacked


def test_messages_arrive_whole_or_not_at_all() -> None:
    wire = io.BytesIO()
    pipe = Pipe(wire, wire)
    pipe.send(b"one")
    pipe.send(b"")
    pipe.send(b"three")
    wire.seek(0)
    assert [pipe.receive() for _ in range(4)] == [b"one", b"", b"three", None]
    wire.seek(0)
    wire.truncate(len(wire.getvalue()) - 1)
    assert [pipe.receive() for _ in range(3)] == [b"one", b"", None]


def test_rows_come_back_as_they_were() -> None:
    rows = pa.record_batch({"a": pa.array([1, None]), "b": pa.array(["x\0é", ""])})
    assert unpacked(packed(rows)) == rows


def test_a_helper_loads_nothing_from_the_folder_that_the_user_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("orjson", "numpy", "clew"):
        (tmp_path / f"{name}.py").write_text("import pathlib; pathlib.Path('taken').touch(); raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    helper = Helper("clew.ingest.pages_beside")
    helper.close()
    assert helper.process.returncode == 0
    assert not (tmp_path / "taken").exists()
    helper.close()  # twice does no harm
