"""A small workspace with records that may be erased, and its casework on both databases: fixtures to import."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from clew.cases.base import Casework
    from clew.model.actor import Actor
    from clew.store.workspace import Workspace

SECRET, PHONE = "zanzibarquux", "+34612999888"


@pytest.fixture(scope="session")
def _kept_small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.once import once

    return once(tmp_path_factory, "erase", _make_small) / "workspace"


def _make_small(folder: Path) -> None:
    from clew.ingest.stage import IngestOptions
    from clew.pipeline.ingest import ingest
    from clew.pipeline.run import run
    from clew.store.workspace import Workspace

    rows = [
        {"id": f"native{n:04}", "title": f"Flat {n % 3} Madrid", "body": f"nice and calm, call +34 91122{n % 3:04}",
         "url": f"https://a.example/{n}", "captured_at": f"2026-0{1 + n // 20}-{1 + n % 20:02}T00:00:00Z"}
        for n in range(60)
    ]  # fmt: skip
    for n in range(5):
        rows[n] |= {"body": f"{SECRET} flat {n}, call {PHONE} or +34 911220000", "title": f"Flat {SECRET}"}
    rows.append(rows[5] | {"body": f"now {SECRET}, call {PHONE}", "captured_at": "2026-03-30T00:00:00Z"})  # a version
    file = folder / "ads.jsonl"
    broken = '{"id": "x", "body": "call +34 612 99 98 88'
    file.write_text("\n".join(map(json.dumps, rows)) + f"\n{broken}\n" + '{"id": "y", "body": "innocent\n')
    other = folder / "other.jsonl"
    other.write_text(json.dumps({"id": "o1", "body": "garden +31 6 1234 5678", "captured_at": "2026-01-05T00:00:00Z"}))
    workspace = Workspace.create(folder / "workspace")
    ingest(workspace, [file], IngestOptions("ad", "board", "a.example"))
    ingest(workspace, [other], IngestOptions("ad", "garden", "b.example"))
    run(workspace)


@dataclass
class Ground:
    """A workspace to erase in."""

    workspace: Workspace
    casework: Casework
    boss: Actor

    def ids(self, where: str) -> list[str]:
        """Record ids by a condition in SQL."""
        from clew.store.views import open_views

        with open_views(self.workspace, need_run=False) as engine:
            return engine.sql(f"SELECT record_id FROM records WHERE {where} ORDER BY 1")["record_id"].to_pylist()


@pytest.fixture
def ground(database: str, _kept_small: Path, tmp_path: Path) -> Iterator[Ground]:
    """On SQLite and on PostgreSQL; the workspace is ``tmp_path / "w"``."""
    from clew.access.roles import alone
    from clew.cases.base import Casework
    from clew.store.workspace import Workspace

    workspace = Workspace(Path(shutil.copytree(_kept_small, tmp_path / "w")))
    for name in ("identity", "public-key", "cases.sqlite", "cases.sqlite-wal", "cases.sqlite-shm"):
        (workspace.path / name).unlink(missing_ok=True)  # a workspace of its own, with its own keys
    casework = Casework(workspace.path)
    yield Ground(workspace, casework, alone("boss", "command line"))
    casework.close()
