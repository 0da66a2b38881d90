"""People who work in cases, and an open case."""

from __future__ import annotations

from datetime import date

import pytest

from clew.cases.base import Casework
from clew.cases.case import open_case
from clew.cases.head import Case
from clew.ledger.entry import Entry
from clew.ledger.log import entries
from clew.model.actor import Actor, Role

UNTIL = date(2049, 12, 31)


def somebody(name: str, *roles: Role) -> Actor:
    return Actor(name, frozenset(roles or ("analyst",)), "workbench")


ANN, BOB = somebody("ann"), somebody("bob")
SUE, SAM = somebody("sue", "supervisor"), somebody("sam", "supervisor")
AUD = somebody("aud", "auditor")


@pytest.fixture
def case(casework: Casework) -> Case:
    """Ann's case."""
    return open_case(casework, ANN, "Riverside", "Find who runs it", "Article 2", UNTIL)


def written(casework: Casework) -> list[Entry]:
    """The ledger."""
    with casework.db.connect() as connection:
        return list(entries(connection))


def last(casework: Casework) -> tuple[str, str, str]:
    """Act, subject and who of the newest entry."""
    entry = written(casework)[-1]
    return entry.act, entry.subject, entry.who
