"""Sessions: how long they hold, what they open, and how they end."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from tests.access.conftest import START, after

from clew.access import accounts, sessions
from clew.access.roles import alone
from clew.access.tables import SESSIONS
from clew.model.actor import Actor
from clew.model.errors import DeniedError, InputError, MissingError


def test_a_session_is_somebody(db, bob):
    secret = sessions.begin(db, bob, address="192.0.2.7", at=START)
    found = sessions.actor(db, secret, START)
    assert (found.actor, found.address, found.has_purpose) == (bob, "192.0.2.7", False)
    assert (found.began_at, found.ends_at) == (START.isoformat(), after(hours=8).isoformat())


def test_only_the_digest_of_the_secret_is_kept(db, bob, ledger):
    secret = sessions.begin(db, bob)
    with db.connect() as connection:
        kept = str(connection.execute(SESSIONS.select()).all())
    assert len(secret) == 43
    assert secret not in kept
    assert secret not in ledger.text()
    assert sessions.all_of(db, "bob")[0].id in kept


def test_it_ends_when_nobody_is_there(db, bob):
    secret = sessions.begin(db, bob, at=START)
    assert sessions.actor(db, secret, after(minutes=29))
    assert sessions.actor(db, secret, after(minutes=58))
    assert sessions.actor(db, secret, after(minutes=88)) is None
    assert sessions.actor(db, secret, after(minutes=59)) is None  # it does not come back


def test_it_ends_in_any_case(db, bob):
    secret = sessions.begin(db, bob, at=START)
    for quarter in range(1, 32):
        assert sessions.actor(db, secret, after(minutes=15 * quarter))
    assert sessions.actor(db, secret, after(hours=8)) is None


def test_other_times(db, bob):
    secret = sessions.begin(db, bob, idle_minutes=5, hours=1, at=START)
    assert sessions.actor(db, secret, after(minutes=6)) is None


def test_pages_soon_after_each_other_write_nothing(db, bob):
    secret = sessions.begin(db, bob, at=START)
    sessions.actor(db, secret, after(seconds=59))
    assert sessions.all_of(db, "bob", START)[0].seen_at == START.isoformat()
    sessions.actor(db, secret, after(seconds=61))
    assert sessions.all_of(db, "bob", START)[0].seen_at == after(seconds=61).isoformat()


def test_a_fresh_secret_for_the_same_session(db, bob):
    secret = sessions.begin(db, bob, at=START)
    sessions.state_purpose(db, secret, "Look for the driver", at=START)
    fresh = sessions.renew(db, secret, at=after(minutes=1))
    assert sessions.actor(db, secret, after(minutes=2)) is None
    found = sessions.actor(db, fresh, after(minutes=2))
    assert (found.actor.why, found.began_at) == ("Look for the driver", START.isoformat())
    with pytest.raises(MissingError, match="This session is over"):
        sessions.renew(db, secret)
    with pytest.raises(MissingError):
        sessions.renew(db, fresh, at=after(hours=8))


def test_the_purpose_is_stated_and_stands_in_the_ledger(db, bob, ledger):
    secret = sessions.begin(db, bob, at=START)
    assert sessions.state_purpose(db, secret, "  Look \x00for\nthe\ud800 driver ", at=START).has_purpose
    assert sessions.actor(db, secret, START).actor.why == "Look for the driver"
    entry = ledger.all()[-1]
    assert (entry.who, entry.act, entry.subject, entry.case_id) == ("bob", "change", "account bob", None)
    assert entry.texts() == {"why": "Look for the driver"}
    assert "driver" not in entry.details
    sessions.state_purpose(db, secret, case_id="C1", at=START)
    found = sessions.actor(db, secret, START).actor
    assert (found.why, found.case_id) == ("", "C1")
    assert ledger.all()[-1].case_id == "C1"


def test_a_purpose_is_said_in_words(db, bob):
    secret = sessions.begin(db, bob, at=START)
    for why in ("", " \n ", "x", "x" * 501):
        with pytest.raises(InputError):
            sessions.state_purpose(db, secret, why, at=START)
    with pytest.raises(MissingError):
        sessions.state_purpose(db, secret, "Look for the driver", at=after(hours=9))


def test_the_roles_are_those_of_now(db, owner, ann):
    secret = sessions.begin(db, ann)
    with db.begin() as connection:  # as by another process that knows no sessions
        connection.execute(sa.update(accounts.ACCOUNTS).values(roles="auditor"))
    assert sessions.actor(db, secret).actor.roles == {"auditor"}
    with db.begin() as connection:
        connection.execute(sa.update(accounts.ACCOUNTS).values(state="locked"))
    assert sessions.actor(db, secret) is None


def test_sessions_are_listed_and_ended_one_by_one(db, ann, bob, ledger):
    first = sessions.begin(db, bob, at=START)
    second = sessions.begin(db, bob, at=after(minutes=1))
    sessions.begin(db, ann, at=START)
    listed = sessions.all_of(db, "bob", after(minutes=2))
    assert [session.began_at for session in listed] == [after(minutes=1).isoformat(), START.isoformat()]
    for wrong in ("", "%", "_" * 16, listed[1].id[:8], "\ud800" * 16, sessions.all_of(db, "ann", START)[0].id):
        with pytest.raises(MissingError, match="no such session"):
            sessions.end_one(db, bob, wrong)
    sessions.end_one(db, bob, listed[1].id)
    assert sessions.actor(db, first, after(minutes=2)) is None
    assert ledger.newest() == ("bob", "change", "account bob", {"sessions_ended": 1})
    sessions.end(db, second)
    sessions.end(db, second)
    assert sessions.all_of(db, "bob", after(minutes=2)) == []


def test_all_sessions_end(db, ann, bob):
    secrets = [sessions.begin(db, bob) for _ in range(3)]
    with pytest.raises(DeniedError):
        sessions.end_all(db, bob, "ann")
    assert sessions.end_all(db, bob, "bob") == 3
    assert [sessions.actor(db, secret) for secret in secrets] == [None] * 3
    sessions.begin(db, bob)
    assert sessions.end_all(db, ann, "bob") == 1


def test_a_token_has_no_session_and_a_stranger_neither(db, ann):
    with pytest.raises(DeniedError, match="A token has no session"):
        sessions.begin(db, Actor("ann", ann.roles, "api", scopes=frozenset(["read"])))
    with pytest.raises(MissingError):
        sessions.begin(db, Actor("eve", ann.roles, "workbench"))


def test_the_one_person_of_a_workspace(db):
    me = alone("me", "workbench")
    secret = sessions.begin(db, me)
    assert sessions.actor(db, secret).actor == me
    row = {"name": "ann", "roles": "administrator", "state": "open", "handed": False, "follows": False, "who": "x"}
    with db.begin() as connection:  # as by another process that knows no sessions
        connection.execute(accounts.ACCOUNTS.insert().values(row | {"at": "2026-03-02"}))
    assert sessions.actor(db, secret) is None


def test_old_sessions_are_forgotten(db, bob):
    for _ in range(3):
        sessions.begin(db, bob, at=START)
    sessions.begin(db, bob, at=after(hours=9))
    with db.connect() as connection:
        assert len(connection.execute(SESSIONS.select()).all()) == 1


@given(st.text(), st.text())
def test_forms_of_another_session_do_not_fit(secret, other):
    assert sessions.form_token_fits(secret, sessions.form_token(secret))
    assert not sessions.form_token_fits(secret, other)
    assert sessions.form_token(secret) != secret


def test_any_text_may_stand_in_the_cookie(db, bob):
    for text in ("", "\x00", "\ud800", "x" * 100_000, "' OR 1=1 --"):
        assert sessions.actor(db, text) is None
        sessions.end(db, text)
