"""What the workbench works on: one workspace, its reading index, and what people decided about it."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from clew.access import accounts, oidc_settings
from clew.access.links import Links
from clew.access.login import login_name
from clew.access.oidc import Provider
from clew.cases.base import Casework
from clew.engine.duckdb import Engine
from clew.query.index import ensure_index, open_index
from clew.store.workspace import Workspace
from clew.web.jobs import Jobs


class Desk:
    """Shared by all requests.

    Args:
        path: of the workspace.
        ask: asks for the passphrase of the keys, where they have one.

    Attributes:
        casework: the database, the vault and the keys.
        provider: where people may sign in instead; None where none is configured.
        links: one-time links for the one person of a workspace without accounts.
        jobs: long work in the background.
        say: tells the terminal something; quiet until `clew.web.serve` listens.
        address: at which it is served; empty until then. Links with a secret are made of it, never of what a request
            says (its Host header could name the port of another program).
    """

    def __init__(self, path: Path, ask: Callable[[], str] | None = None) -> None:
        self.path = Workspace(path).path.resolve()  # files are named by it to jobs and by uploads
        self.casework = Casework(self.path, ask)
        self.db = self.casework.db
        self.links = Links(login_name())
        settings = oidc_settings.from_environment()
        self.provider = Provider(settings) if settings else None
        self.say: Callable[[str], None] = lambda text: None
        self.address = ""
        self.jobs = Jobs(str(self.path), self.refresh)
        self._spill = tempfile.TemporaryDirectory(prefix="clew-")
        self._lock, self._refreshing = threading.Lock(), threading.Lock()
        self._shown = -1  # generation of the catalog
        self._index: Engine | None = None
        self._file: Path | None = None

    @property
    def workspace(self) -> Workspace:
        """The workspace with its catalog as it is now."""
        return Workspace(self.path)

    def refresh(self, progress: Callable[[float], None] = lambda share: None) -> None:
        """Make the reading index fit the workspace. Requests that are under way end with the old one."""
        with self._refreshing:
            workspace = self.workspace
            file = ensure_index(workspace, progress)
            with self._lock:
                self._shown = workspace.catalog.generation
                if file != self._file:
                    # The old engine is closed when its last session is forgotten.
                    self._index, self._file = open_index(file, Path(self._spill.name)), file

    def behind(self) -> bool:
        """Has the workspace changed since the index was made?"""
        return self.workspace.catalog.generation != self._shown

    @property
    def alone(self) -> bool:
        """Is it the workspace of one person, without accounts?"""
        return not accounts.any(self.db)

    @property
    def ready(self) -> bool:
        """Is there an index to read?"""
        return self._index is not None

    @contextmanager
    def session(self) -> Iterator[Engine]:
        """The tables of the index (`clew.query.index`), for one thread."""
        with self._lock:
            index = self._index
        if index is None:
            raise RuntimeError("Desk.refresh comes first.")
        with index.session() as engine:
            yield engine

    def close(self) -> None:
        """Let go of everything; a job that is at work is stopped."""
        self.jobs.close()
        with self._lock:
            if self._index is not None:
                self._index.con.close()
            self._index = None
        if self.provider is not None:
            self.provider.close()
        self.casework.close()
        self._spill.cleanup()


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def _reading(request: Request) -> Iterator[Engine]:
    with _desk(request).session() as engine:
        yield engine


# What a request handler asks for in its arguments.
TheDesk = Annotated[Desk, Depends(_desk)]
Reading = Annotated[Engine, Depends(_reading)]
