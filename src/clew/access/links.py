"""One-time links for a workspace without accounts: who can read the terminal of the server is who it belongs to."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict

import sqlalchemy as sa

from clew.access import accounts
from clew.access.roles import alone
from clew.access.signin import nobody
from clew.access.tables import digest_of
from clew.database.base import write
from clew.ledger.entry import Deed
from clew.ledger.log import append
from clew.model.actor import Actor
from clew.model.errors import DeniedError

_MOST = 20  # links that wait to be used


class Links:
    """The links of one running server.

    Args:
        name: of the person, as the operating system says.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._waiting: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def make(self) -> str:
        """A secret to put in a link; it opens the workbench once."""
        secret = secrets.token_urlsafe(32)
        with self._lock:
            self._waiting[digest_of(secret)] = None
            while len(self._waiting) > _MOST:
                self._waiting.popitem(last=False)
        return secret

    def take(self, db: sa.Engine, secret: str) -> Actor:
        """Use a link up.

        Raises:
            DeniedError: it is none, was used, or there are accounts by now.
        """
        with self._lock:
            waited = self._waiting.pop(digest_of(secret), self) is not self
        with write(db) as connection:
            if waited and accounts.count(connection) == 0:
                actor = alone(self._name, "workbench")
                append(connection, actor, Deed("login", "workspace", {"with": ["link"]}))
                return actor
            append(connection, nobody("workbench"), Deed("refuse", "sign-in", {"reason": "link"}))
        raise DeniedError("This link was used, or is none.", "Take the newest one that the terminal shows.")
