"""What reading on the command line demands where several people work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.commands import Runner

from clew.access import accounts
from clew.access.login import login_name
from clew.access.roles import alone
from clew.cases.base import Casework
from clew.cli.app import app
from clew.database.base import open_database
from clew.ledger.log import Wanted, search
from clew.model.actor import Role
from clew.model.errors import DeniedError, MissingError
from clew.store.workspace import Workspace

PASSWORD = "four plain words here"


def clew(workspace: Workspace, *words: str) -> str:
    result = Runner().invoke(app, [*words, "-w", str(workspace.path)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def signed_up(workspace: Workspace, *roles: Role) -> str:
    """Give whoever runs the tests an account."""
    casework, me = Casework(workspace.path), login_name()
    accounts.add(casework.db, alone(me, "command line"), me, roles, PASSWORD)
    casework.close()
    return me


def test_nobody_decides_in_the_name_of_another(workspace: Workspace) -> None:
    lead = json.loads(clew(workspace, "leads", "-n", "1", "--json"))[0]["network_id"]
    link = json.loads(clew(workspace, "show", lead, "--json"))["links"][0]
    me = signed_up(workspace, "administrator", "analyst")
    a, b = link["record_a"], link["record_b"]
    with pytest.raises(DeniedError, match=f"which is {me}"):
        clew(workspace, "link", "reject", a, b, "--why", "two people", "--who", "sue")
    clew(workspace, "link", "reject", a, b, "--why", "two people", "--who", me)


def test_several_people_state_a_purpose_for_what_they_give_away(workspace: Workspace, tmp_path: Path) -> None:
    lead = json.loads(clew(workspace, "leads", "-n", "1", "--json"))[0]["network_id"]
    signed_up(workspace, "administrator", "analyst")
    for what in (("tables",), ("geojson", lead), ("kml", lead), ("ics", lead)):
        out = tmp_path / what[0]
        with pytest.raises(DeniedError, match="without a purpose"):
            clew(workspace, "export", *what, str(out))
        with pytest.raises(MissingError, match="C7 is not a case of yours"):
            clew(workspace, "export", *what, str(out), "--case", "C7")
        assert not out.exists()
        clew(workspace, "export", *what, str(out), "--why", "Request 12 of the prosecutor")
        assert out.exists()


def test_who_may_not_erase_is_not_told_which_records_are_there(workspace: Workspace) -> None:
    lead = json.loads(clew(workspace, "leads", "-n", "1", "--json"))[0]["network_id"]
    record = json.loads(clew(workspace, "show", lead, "--json"))["records"][0]["record_id"]
    signed_up(workspace, "administrator")
    for names in ((record,), ("00000000",), ("--source", "nobody", "--before", "2020-01-01")):
        with pytest.raises(DeniedError, match="It takes the role supervisor"):
            clew(workspace, "erase", "records", *names, "--why", "law")


def test_several_people_state_a_purpose_for_all_but_the_lead_queue(workspace: Workspace) -> None:
    clew(workspace, "pivot", "+31612345678")  # who is alone may leave it out
    signed_up(workspace, "administrator", "analyst")
    assert "priority" in clew(workspace, "leads", "-n", "1")
    with pytest.raises(DeniedError, match="without a purpose"):
        clew(workspace, "pivot", "+31612345678")
    clew(workspace, "pivot", "+31612345678", "--why", "Request 12 of the prosecutor")
    db = open_database(workspace.path)
    with db.connect() as connection:
        found, _ = search(connection, Wanted(act="search"))
    db.dispose()
    assert [entry.texts().get("why", "") for entry in found] == ["Request 12 of the prosecutor", ""]
