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


def opened(folder: Path, *files: Path, kind: str = "ad") -> Engine:
    """The index of a workspace in a folder: files of a kind of record, ingested one after the other and run."""
    place = Workspace.create(folder / "indexed")
    for file in files:
        ingest(place, [file], IngestOptions(kind, "test"))
    if files:
        run(place)
    return open_index(ensure_index(place), folder)


@pytest.fixture
def indexed(tmp_path: Path) -> Iterator[Callable[..., Engine]]:
    """A function: files, to an engine over the index; made for a single test."""
    made: list[Engine] = []

    def make(*files: Path) -> Engine:
        made.append(opened(tmp_path, *files))
        return made[-1]

    yield make
    for engine in made:
        engine.con.close()


@pytest.fixture(scope="module")
def indexed_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Engine]]:
    """The same for all tests of a module, which only read."""
    made: list[Engine] = []

    def make(*files: Path, kind: str = "ad") -> Engine:
        made.append(opened(files[0].parent, *files, kind=kind))
        return made[-1]

    yield make
    for engine in made:
        engine.con.close()
