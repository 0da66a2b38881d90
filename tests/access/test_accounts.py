"""Accounts: names, roles, the first and the last administrator, and what the ledger says."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from tests.access.conftest import CHEAP, PASSWORD

from clew.access import accounts, sessions, signin, tokens, totp
from clew.access.roles import alone
from clew.access.tables import ACCOUNTS
from clew.database.base import write
from clew.model.actor import Actor
from clew.model.errors import ClewError, DeniedError, InputError, MissingError


def test_the_first_account_is_an_administrator(db, owner):
    with pytest.raises(InputError, match="first account must be an administrator"):
        accounts.add(db, owner, "ann", ["analyst"], PASSWORD, CHEAP)
    assert not accounts.any(db)
    made = accounts.add(db, owner, " Ann ", ["administrator", "supervisor"], PASSWORD, CHEAP)
    assert (made.name, made.roles, made.state, made.who) == ("ann", {"administrator", "supervisor"}, "open", "owner")
    assert accounts.any(db)
    assert accounts.add(db, owner, "bob", ["analyst"], PASSWORD, CHEAP).roles == {"analyst"}
    assert [each.name for each in accounts.all_of(db)] == ["ann", "bob"]


def test_who_worked_alone_signs_in_once_there_are_accounts(db, owner):
    secret = sessions.begin(db, alone("owner", "workbench"))
    assert sessions.actor(db, secret).actor.roles == set(owner.roles)
    accounts.add(db, owner, "owner", ["administrator"], PASSWORD, CHEAP)
    assert sessions.actor(db, secret) is None


def test_a_name_is_taken_once(db, ann):
    with pytest.raises(InputError, match="an account ann already"):
        accounts.add(db, ann, "ANN", ["analyst"], PASSWORD, CHEAP)
    assert accounts.find(db, "Ann").roles == ann.roles


@pytest.mark.parametrize(
    "name", ["", " ", "a b", "-ann", "ann\x00", "ann/../x", "clew", "nobody", "ä", "a" * 65, "a\nb"]
)
def test_names_that_cannot_be(db, owner, name):
    with pytest.raises(InputError):
        accounts.add(db, owner, name, ["administrator"], PASSWORD, CHEAP)


@given(st.text(max_size=80))
def test_a_normalised_name_stays_as_it_is(name):
    try:
        once = accounts.normalised(name)
    except InputError:
        return
    assert accounts.normalised(once) == once
    assert once.isascii()
    assert once == once.lower()


def test_only_an_administrator_changes_accounts(db, bob):
    for act in (
        lambda: accounts.add(db, bob, "eve", ["analyst"], PASSWORD, CHEAP),
        lambda: accounts.set_roles(db, bob, "bob", ["administrator"]),
        lambda: accounts.set_password(db, bob, "ann", PASSWORD + "?", CHEAP),
        lambda: accounts.lock(db, bob, "ann"),
        lambda: accounts.unlock(db, bob, "ann"),
    ):
        with pytest.raises(DeniedError, match="bob may not do that"):
            act()


def test_a_token_without_the_scope_changes_nothing(db, ann):
    token = Actor("ann", ann.roles, "api", scopes=frozenset(["read"]))
    with pytest.raises(DeniedError):
        accounts.lock(db, token, "ann")


def test_roles_change_and_the_ledger_has_both(db, ann, bob, ledger):
    secret = sessions.begin(db, bob)
    assert accounts.set_roles(db, ann, "bob", ["auditor", "analyst"]).roles == {"analyst", "auditor"}
    told = {"roles": ["analyst", "auditor"], "before": ["analyst"], "sessions_ended": 1}
    assert ledger.newest() == ("ann", "change", "account bob", told)
    assert sessions.actor(db, secret) is None
    with pytest.raises(InputError, match="The roles are analyst"):
        accounts.set_roles(db, ann, "bob", ["king"])
    with pytest.raises(InputError):
        accounts.set_roles(db, ann, "bob", [])


def test_nobody_changes_their_own_roles_in_the_workbench(db, ann, owner):
    with pytest.raises(DeniedError, match="own roles"):
        accounts.set_roles(db, ann, "ann", ["administrator", "analyst"])
    assert accounts.set_roles(db, owner, "ann", ["administrator"]).roles == {"administrator"}


def test_one_administrator_is_left(db, ann, owner):
    for act in (lambda: accounts.lock(db, ann, "ann"), lambda: accounts.set_roles(db, owner, "ann", ["analyst"])):
        with pytest.raises(InputError, match="Nobody but ann is administrator"):
            act()
    accounts.add(db, ann, "eve", ["administrator"], PASSWORD, CHEAP)
    assert accounts.lock(db, ann, "eve").state == "locked"
    with pytest.raises(InputError, match="Nobody but ann"):  # one that is locked does not count
        accounts.lock(db, ann, "ann")


def test_two_administrators_who_lock_each_other_at_once(db, ann):
    accounts.add(db, ann, "eve", ["administrator"], PASSWORD, CHEAP)
    eve = Actor("eve", frozenset(["administrator"]), "workbench")
    errors: list[ClewError] = []
    ready = threading.Barrier(2)

    def lock(actor: Actor, name: str) -> None:
        ready.wait()
        try:
            accounts.lock(db, actor, name)
        except InputError as error:
            errors.append(error)

    threads = [threading.Thread(target=lock, args=pair) for pair in ((ann, "eve"), (eve, "ann"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(errors) == 1
    assert sorted(each.state for each in accounts.all_of(db)) == ["locked", "open"]


def test_locked_and_open_again(db, ann, bob, ledger):
    secret = sessions.begin(db, bob)
    assert accounts.lock(db, ann, "bob").state == "locked"
    assert ledger.newest() == ("ann", "change", "account bob", {"state": "locked", "sessions_ended": 1})
    assert sessions.actor(db, secret) is None
    with pytest.raises(DeniedError, match="locked"):
        sessions.begin(db, bob)
    assert accounts.unlock(db, ann, "bob").state == "open"


def test_an_account_that_is_not_there(db, ann):
    for name in ("eve", "\x00", "e v e", "x" * 500):
        with pytest.raises(MissingError, match="There is no account"):
            accounts.find(db, name)


def test_nothing_changes_without_its_entry(db, keys, ann, bob):
    """An act and its entry are one transaction: where the ledger cannot be written, nothing is done."""
    secret = sessions.begin(db, bob)
    token = tokens.make(db, bob, ["read"], 30, "script")
    with write(db) as connection:
        connection.execute(sa.text("DELETE FROM ledger_size"))
    acts = (
        lambda: accounts.add(db, ann, "eve", ["analyst"], PASSWORD, CHEAP),
        lambda: accounts.lock(db, ann, "bob"),
        lambda: accounts.set_roles(db, ann, "bob", ["auditor"]),
        lambda: signin.sign_in(db, keys, "bob", PASSWORD + "!", cost=CHEAP),
        lambda: sessions.state_purpose(db, secret, "Look for the driver"),
        lambda: sessions.end(db, secret),
        lambda: tokens.make(db, bob, ["read"], 30, "another"),
        lambda: tokens.revoke(db, bob, "T1"),
        lambda: totp.remove(db, bob),
    )
    for act in acts:
        with pytest.raises(sa.exc.NoResultFound):
            act()
    assert [(each.name, each.state) for each in accounts.all_of(db)] == [("ann", "open"), ("bob", "open")]
    assert accounts.find(db, "bob").roles == {"analyst"}
    assert not sessions.actor(db, secret).has_purpose
    assert len(tokens.all_of(db, ann)) == 1
    assert tokens.actor(db, token) is not None


def test_no_secret_stands_in_the_tables_or_the_ledger(db, ann, bob, ledger):
    accounts.set_password(db, ann, "bob", "another four plain words", CHEAP)
    with db.connect() as connection:
        kept = str(connection.execute(ACCOUNTS.select()).all())
    for text in (kept, ledger.text()):
        assert PASSWORD not in text
        assert "another four" not in text
    assert "$argon2id$v=19$m=8,t=1,p=1$" in kept
    assert "argon2" not in ledger.text()
