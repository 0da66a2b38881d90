"""Clew's own work while the workbench is served, again and again in a thread."""

from __future__ import annotations

import logging
import threading
from types import TracebackType
from typing import Self

import duckdb
import sqlalchemy as sa

from clew.model.errors import ClewError

_LOG = logging.getLogger(__name__)


class Background:
    """Takes a turn every so often, from entering to leaving, and a last one at the end.

    Args:
        every: seconds between two turns.
    """

    trouble = "Work in the background failed"

    def __init__(self, every: float) -> None:
        self._every = every
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._work, name=type(self).__name__, daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        """Take the last turn, and end."""
        self._end.set()
        self._thread.join(10)

    def turn(self) -> bool:
        """Do what there is to do; was there anything?"""
        raise NotImplementedError

    def _work(self) -> None:
        ended = False
        while not ended:
            ended = self._end.wait(self._every)
            try:
                self.turn()
            except (ClewError, OSError, duckdb.Error, sa.exc.SQLAlchemyError) as error:  # the next turn tries again
                _LOG.warning("%s: %s", self.trouble, error)
