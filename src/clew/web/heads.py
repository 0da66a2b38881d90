"""Clew's own work while the workbench is served: a signed tree head every minute in which the ledger grew."""

from __future__ import annotations

import logging
import threading
from types import TracebackType

import sqlalchemy as sa

from clew.cases.base import Casework
from clew.ledger import log
from clew.ledger.heads import sign_head
from clew.ledger.timestamps import configured, stamp
from clew.model.errors import ClewError

EVERY = 60.0  # seconds
_LOG = logging.getLogger(__name__)


class Signing:
    """Signs in the background from entering to leaving, and a last time at the end.

    Args:
        casework: its ledger and keys.
        every: seconds between two looks.
    """

    def __init__(self, casework: Casework, every: float = EVERY) -> None:
        self._casework, self._every = casework, every
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._work, name="heads", daemon=True)
        self._signed = -1

    def __enter__(self) -> Signing:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        """Sign what came last, and end."""
        self._end.set()
        self._thread.join(10)

    def sign(self) -> bool:
        """Sign the tree if it grew; did it? Where an authority is configured, have it stamped, and what waits."""
        if configured():
            stamp(self._casework.db, self._casework.keys)
        with self._casework.db.connect() as connection:
            size = log.size(connection)
        if size in (0, self._signed):
            return False
        self._signed = sign_head(self._casework.db, self._casework.keys).size
        return True

    def _work(self) -> None:
        ended = False
        while not ended:
            ended = self._end.wait(self._every)
            try:
                self.sign()
            except (ClewError, sa.exc.SQLAlchemyError) as error:  # the next minute tries again
                _LOG.warning("The ledger could not be signed: %s", error)
