"""What reading on the command line demands where several people work."""

from __future__ import annotations

import pytest
from tests.commands import Runner

from clew.access import accounts
from clew.access.login import login_name
from clew.access.roles import alone
from clew.cases.base import Casework
from clew.cli.app import app
from clew.database.base import open_database
from clew.ledger.log import Wanted, search
from clew.model.errors import DeniedError
from clew.store.workspace import Workspace

PASSWORD = "four plain words here"


def clew(workspace: Workspace, *words: str) -> str:
    result = Runner().invoke(app, [*words, "-w", str(workspace.path)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def test_several_people_state_a_purpose_for_all_but_the_lead_queue(workspace: Workspace) -> None:
    clew(workspace, "pivot", "+31612345678")  # who is alone may leave it out
    casework = Casework(workspace.path)
    me = login_name()
    accounts.add(casework.db, alone(me, "command line"), me, ("administrator", "analyst"), PASSWORD)
    casework.close()
    assert "priority" in clew(workspace, "leads", "-n", "1")
    with pytest.raises(DeniedError, match="without a purpose"):
        clew(workspace, "pivot", "+31612345678")
    clew(workspace, "pivot", "+31612345678", "--why", "Request 12 of the prosecutor")
    db = open_database(workspace.path)
    with db.connect() as connection:
        found, _ = search(connection, Wanted(act="search"))
    db.dispose()
    assert [entry.texts().get("why", "") for entry in found] == ["Request 12 of the prosecutor", ""]
