"""That the tables of a workspace are still the files that were written, before evidence is made of them."""

from __future__ import annotations

from clew.model.errors import SealError
from clew.pipeline.replay import altered_in
from clew.store.workspace import Workspace


def check_tables(workspace: Workspace) -> None:
    """Hash every file that the catalog names.

    Raises:
        SealError: one is missing, or is not what was written.
    """
    files = ((s.file, s.sha256) for segments in workspace.catalog.tables.values() for s in segments)
    if altered := altered_in(workspace, files):
        raise SealError(
            f"{workspace.path / altered} is not what was written: it was altered.", "Restore it from a backup."
        )
