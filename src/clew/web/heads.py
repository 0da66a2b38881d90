"""A signed tree head every minute in which the ledger grew."""

from __future__ import annotations

from clew.cases.base import Casework
from clew.ledger import log
from clew.ledger.heads import sign_head
from clew.ledger.timestamps import configured, stamp
from clew.web.background import Background

EVERY = 60.0  # seconds


class Signing(Background):
    """Signs in the background.

    Args:
        casework: its ledger and keys.
        every: seconds between two looks.
    """

    trouble = "The ledger could not be signed"

    def __init__(self, casework: Casework, every: float = EVERY) -> None:
        super().__init__(every)
        self._casework = casework
        self._signed = -1

    def turn(self) -> bool:
        """Sign the tree if it grew; did it? Where an authority is configured, have it stamped, and what waits."""
        if configured():
            stamp(self._casework.db, self._casework.keys)
        with self._casework.db.connect() as connection:
            size = log.size(connection)
        if size in (0, self._signed):
            return False
        self._signed = sign_head(self._casework.db, self._casework.keys).size
        return True
