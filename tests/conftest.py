"""A simulated world and a workspace that was run on it, made once a session.

The imports wait inside the fixtures: most tests need no pipeline, and start without it.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from tests.tried import TIMES

if TYPE_CHECKING:
    import sqlalchemy as sa
    from tests.servers import Postgresql

    from clew.cases.base import Casework
    from clew.store.workspace import Workspace

# The first call of a kernel loads or compiles it, which says nothing about the kernel: no test is timed.
# In CI the same examples are tried each time; at a desk new ones are looked for, and `make fuzz` looks for many.
_TRIED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("clew", **_TRIED, max_examples=25, derandomize="CI" in os.environ)
settings.register_profile("fuzz", **_TRIED, max_examples=25 * TIMES)
settings.load_profile("clew")

# Keys of the tests' workspaces, so that none comes among those of whoever runs the tests.
os.environ["CLEW_KEYS"] = tempfile.mkdtemp(prefix="clew-keys-")
atexit.register(shutil.rmtree, os.environ["CLEW_KEYS"], ignore_errors=True)
os.environ.pop("CLEW_DATABASE_URL", None)
os.environ.pop("CLEW_PASSPHRASE", None)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2,000 adverts with their truth; read only."""
    from tests.once import once

    from clew.simulate.world import simulate

    return once(tmp_path_factory, "world", lambda home: simulate(home, 2_000, seed=5, images=12))


@pytest.fixture(scope="session")
def _finished(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.once import once

    from clew.ingest.stage import IngestOptions
    from clew.pipeline.ingest import ingest
    from clew.pipeline.run import run
    from clew.store.workspace import Workspace

    def make(home: Path) -> None:
        workspace = Workspace.create(home / "workspace")
        ingest(workspace, [world / "ads.jsonl"], IngestOptions("ad", "simulated"))
        run(workspace)

    return once(tmp_path_factory, "finished", make) / "workspace"


@pytest.fixture(scope="session")
def finished(_finished: Path) -> Workspace:
    """The world's workspace after a run; read only."""
    from clew.store.workspace import Workspace

    return Workspace(_finished)


@pytest.fixture
def workspace(_finished: Path, tmp_path: Path) -> Workspace:
    """A copy of it that a test may change."""
    from clew.store.workspace import Workspace

    return Workspace(Path(shutil.copytree(_finished, tmp_path / "workspace")))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgresql]:
    """A PostgreSQL of this session's own."""
    from tests.servers import Postgresql

    server = Postgresql()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def _migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from clew.database.base import FILE, open_file
    from clew.database.migrations import upgrade

    path = tmp_path_factory.mktemp("migrated") / FILE
    engine = open_file(path)
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def _migrated_database(postgresql: Postgresql) -> tuple[str, list[str]]:
    from clew.database.base import open_server
    from clew.database.migrations import upgrade

    name = postgresql.new()
    engine = open_server(postgresql.url(name))
    upgrade(engine)
    engine.dispose()
    return name, postgresql.remember(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where `open_database` finds a fresh database with the newest schema: once SQLite, once a real PostgreSQL.

    In SQLite it stands in ``tmp_path``; in any other folder one is made when it is opened.
    """
    if request.param == "sqlite":
        file: Path = request.getfixturevalue("_migrated_file")
        shutil.copy(file, tmp_path / file.name)
        yield request.param
        return
    server: Postgresql = request.getfixturevalue("postgresql")
    name, again = request.getfixturevalue("_migrated_database")
    monkeypatch.setenv("CLEW_DATABASE_URL", server.url(name))
    yield request.param
    server.run(*again, name=name)


@pytest.fixture
def db(database: str, tmp_path: Path) -> Iterator[sa.Engine]:
    """The database of a workspace in ``tmp_path``: the test runs on SQLite and on PostgreSQL."""
    from clew.database.base import open_database

    engine = open_database(tmp_path)
    yield engine
    engine.dispose()


@pytest.fixture
def casework(database: str, tmp_path: Path) -> Iterator[Casework]:
    """Database, vault and keys of a workspace in ``tmp_path``: on SQLite and on PostgreSQL."""
    from clew.cases.base import Casework

    made = Casework(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="session")
def browser():  # type: ignore[no-untyped-def]
    """A real Chromium: one for a whole session, as a process can drive no second one."""
    from playwright.sync_api import sync_playwright
    from tests.web.conftest import FLAGS, chromium

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield found
        found.close()
