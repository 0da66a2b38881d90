"""An engine over the reading index of a small workspace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clew.engine.duckdb import Engine
from clew.ingest.stage import IngestOptions
from clew.pipeline.ingest import ingest
from clew.pipeline.run import run
from clew.query.index import ensure_index, open_index
from clew.store.workspace import Workspace


@pytest.fixture
def indexed(tmp_path: Path) -> Iterator[Callable[..., Engine]]:
    """A function: files, ingested one after the other and run, to an engine over the index."""
    opened: list[Engine] = []

    def make(*files: Path) -> Engine:
        place = Workspace.create(tmp_path / "indexed")
        for file in files:
            ingest(place, [file], IngestOptions("ad", "test"))
        if files:
            run(place)
        opened.append(open_index(ensure_index(place), tmp_path))
        return opened[-1]

    yield make
    for engine in opened:
        engine.con.close()
