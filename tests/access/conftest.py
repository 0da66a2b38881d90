from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from clew.access import accounts
from clew.access.passwords import Cost
from clew.access.roles import alone
from clew.ledger.entry import Entry
from clew.ledger.log import Wanted, search
from clew.model.actor import Actor
from clew.vault.keys import Keys, open_keys

CHEAP = Cost(passes=1, memory=8, lanes=1)
PASSWORD = "four plain words here"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def keys(db: sa.Engine, tmp_path: Path) -> Keys:
    return open_keys(tmp_path)


@pytest.fixture
def owner() -> Actor:
    return alone("owner", "command line")


@pytest.fixture
def ann(db: sa.Engine, owner: Actor) -> Actor:
    """An administrator and supervisor, signed in."""
    made = accounts.add(db, owner, "ann", ["administrator", "supervisor"], PASSWORD, CHEAP)
    return Actor(made.name, made.roles, "workbench")


@pytest.fixture
def bob(db: sa.Engine, ann: Actor) -> Actor:
    """An analyst, signed in."""
    made = accounts.add(db, ann, "bob", ["analyst"], PASSWORD + "!", CHEAP)
    return Actor(made.name, made.roles, "workbench")


@pytest.fixture
def ledger(db: sa.Engine) -> Ledger:
    return Ledger(db)


class Ledger:
    """The ledger as a test reads it."""

    def __init__(self, db: sa.Engine) -> None:
        self._db = db

    def all(self) -> list[Entry]:
        """The oldest first."""
        with self._db.connect() as connection:
            return search(connection, Wanted(), limit=500)[0][::-1]

    def newest(self) -> tuple[str, str, str, dict[str, object]]:
        """Who, act, subject, details."""
        entry = self.all()[-1]
        return entry.who, entry.act, entry.subject, entry.facts()

    def text(self) -> str:
        """Everything that stands in it."""
        return "\n".join(f"{entry.subject} {entry.details} {entry.private}" for entry in self.all())


def after(**more: float) -> datetime:
    return START + timedelta(**more)
