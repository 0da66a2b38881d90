"""What commands need that check evidence: they also do where the workspace cannot be changed, such as a sealed copy."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from clew.cli.common import acting, at_work, passphrase

if TYPE_CHECKING:
    import sqlalchemy as sa

    from clew.cases.base import Casework
    from clew.model.actor import Actor
    from clew.store.workspace import Workspace


@contextmanager
def to_check(workspace: Path | None, why: str, case_id: str | None) -> Iterator[tuple[Casework, Actor, Workspace]]:
    """As `at_work`; of a workspace that is read-only, with a copy of its database, which goes with what is noted in it.

    Only for checks: whoever looks at material leaves a trace, or sees none.
    """
    from clew.cases.base import Casework
    from clew.database.base import FILE, explained
    from clew.store.workspace import find_workspace

    place = find_workspace(workspace)
    file = place.path / FILE
    if os.environ.get("CLEW_DATABASE_URL") or not file.exists() or _writable(place.path, file):
        with at_work(workspace, why, case_id) as found:
            yield found
        return
    print(f"clew: {place.path} is read-only: that it was checked is not written down in it.", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="clew-check-") as scratch:
        casework = Casework(place.path, passphrase, _copied(file, Path(scratch) / FILE))
        try:
            with explained(casework.db, place.path):
                yield casework, acting(casework.db, why, case_id), place
        finally:
            casework.close()


def _writable(*paths: Path) -> bool:
    return all(os.access(path, os.W_OK) for path in paths)


def _copied(file: Path, copy: Path) -> sa.Engine:
    """A copy of a database that cannot be written to, with the newest schema."""
    import shutil
    import sqlite3

    from clew.database.base import explained, open_file
    from clew.database.migrations import upgrade

    try:
        named = f"{file.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(named, uri=True)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
    except sqlite3.DatabaseError:  # nobody else has it open, so its files are as they are
        for name in (file, file.with_name(f"{file.name}-wal")):
            if name.exists():
                shutil.copyfile(name, copy.with_name(name.name))
    engine = open_file(copy)
    with explained(engine, file.parent):
        upgrade(engine)
    return engine
