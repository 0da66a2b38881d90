"""Who types a command."""

from __future__ import annotations

import os

import pytest
from tests.access.conftest import CHEAP, PASSWORD

from clew.access import accounts, terminal, tokens
from clew.access.roles import may
from clew.model.actor import ROLES
from clew.model.errors import DeniedError


def test_the_name_is_not_what_a_variable_says(monkeypatch):
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "ann")
    assert terminal.login_name() != "ann"


def test_alone_somebody_may_do_everything(db):
    found = terminal.typing(db)
    assert (found.name, found.roles, found.via) == (terminal.login_name(), set(ROLES), "command line")


def test_with_accounts_the_login_name_must_be_one(db, owner, monkeypatch):
    accounts.add(db, owner, "ann", ["administrator"], PASSWORD, CHEAP)
    monkeypatch.setattr(terminal, "login_name", lambda: "Bob")
    with pytest.raises(DeniedError, match="none that is open for Bob"):
        terminal.typing(db)
    accounts.add(db, owner, "bob", ["analyst"], PASSWORD, CHEAP)
    assert (terminal.typing(db).name, terminal.typing(db).roles) == ("bob", {"analyst"})
    accounts.lock(db, owner, "bob")
    with pytest.raises(DeniedError, match="none that is open"):
        terminal.typing(db)


def test_a_token_goes_before_the_login_name(db, owner, bob):
    secret = tokens.make(db, bob, ["read"], 30, "script")
    found = terminal.typing(db, secret)
    assert (found.name, found.via, found.scopes) == ("bob", "command line", {"read"})
    with pytest.raises(DeniedError, match="opens nothing"):
        terminal.typing(db, secret[:-1])


def test_who_owns_the_folder_administers_accounts(tmp_path, monkeypatch):
    found = terminal.owner(tmp_path)
    assert found.roles == {"administrator"}
    assert not may(found, "read")
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 4242)
    with pytest.raises(DeniedError, match="by who owns the workspace"):
        terminal.owner(tmp_path)
