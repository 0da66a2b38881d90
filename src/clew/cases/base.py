"""What work in cases needs together: the database, the vault of originals, and the keys of a workspace."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import sqlalchemy as sa

from clew.database.base import open_database
from clew.vault.keys import Keys, open_keys
from clew.vault.store import Vault


class Casework:
    """Opened once per process.

    Args:
        workspace: its folder.
        ask: asks a person for the passphrase of the keys, where they have one.
        db: its database, where it is open already.

    Attributes:
        db: the database, with the newest schema.
        vault: original bytes of exhibits.
    """

    def __init__(self, workspace: Path, ask: Callable[[], str] | None = None, db: sa.Engine | None = None) -> None:
        self.workspace = workspace
        self.db: sa.Engine = db or open_database(workspace)
        self.vault = Vault(workspace)
        self._ask = ask

    @cached_property
    def keys(self) -> Keys:
        """The keys, opened when they are first needed."""
        return open_keys(self.workspace, self._ask)

    def close(self) -> None:
        """Let go of the database."""
        self.db.dispose()
