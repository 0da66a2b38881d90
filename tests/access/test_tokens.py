"""API tokens: what they open, for how long, and whose they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.access.conftest import START, after

from clew.access import accounts, tokens
from clew.access.roles import may
from clew.access.tables import TOKENS
from clew.model.actor import Actor
from clew.model.errors import DeniedError, InputError, MissingError


def test_a_token_is_its_owner_within_its_scopes(db, ann, ledger):
    secret = tokens.make(db, ann, ["export", "read"], 30, " Nightly \x00 export\ud800 ", at=START)
    found = tokens.actor(db, secret, at=START)
    assert found == Actor("ann", ann.roles, "api", scopes=frozenset(["read", "export"]))
    assert [may(found, permission) for permission in ("read", "export", "decide", "administer")] == [1, 1, 0, 0]
    told = {"token": "T1", "scopes": ["read", "export"], "days": 30}
    assert ledger.newest() == ("ann", "change", "account ann", told)
    assert ledger.all()[-1].texts()["label"] == "Nightly export"


def test_only_the_digest_is_kept(db, bob, ledger):
    secret = tokens.make(db, bob, ["read"], 30, "script")
    with db.connect() as connection:
        kept = str(connection.execute(TOKENS.select()).all())
    assert secret.startswith("clew_")
    assert len(secret) == 48
    assert secret[5:] not in kept + ledger.text() + str(tokens.all_of(db, bob, "bob"))


def test_it_ends(db, bob):
    secret = tokens.make(db, bob, ["read"], 1, "script", at=START)
    assert tokens.actor(db, secret, at=after(hours=23, minutes=59))
    assert tokens.actor(db, secret, at=after(days=1)) is None


@pytest.mark.parametrize(
    ("scopes", "days", "label", "words"),
    [
        ([], 30, "x", "at least one scope"),
        (["read", "fly"], 30, "x", "The scopes are read"),
        (["read"], 0, "x", "1 to 365 days"),
        (["read"], 366, "x", "1 to 365 days"),
        (["read"], 30, " ", "needs a label"),
        (["read"], 30, "x" * 81, "needs a label"),
    ],
)
def test_what_cannot_be(db, bob, scopes, days, label, words):
    with pytest.raises(InputError, match=words):
        tokens.make(db, bob, scopes, days, label)


def test_nobody_gets_more_than_they_have(db, ann, bob):
    with pytest.raises(DeniedError, match="bob may not oversee"):
        tokens.make(db, bob, ["read", "oversee"], 30, "x")
    secret = tokens.make(db, bob, ["read", "export"], 30, "x")
    accounts.set_roles(db, ann, "bob", ["auditor"])
    assert not may(tokens.actor(db, secret), "read")
    accounts.lock(db, ann, "bob")
    assert tokens.actor(db, secret) is None
    accounts.unlock(db, ann, "bob")
    assert tokens.actor(db, secret) is not None


def test_a_token_makes_no_token_and_nobody_makes_one_for_others(db, ann, bob, owner):
    with pytest.raises(DeniedError, match="by who will own it"):
        tokens.make(db, Actor("ann", ann.roles, "api", scopes=frozenset(["administer"])), ["read"], 30, "x")
    with pytest.raises(DeniedError, match="by who will own it"):
        tokens.make(db, ann, ["read"], 30, "x", "bob")
    secret = tokens.make(db, owner, ["read"], 30, "x", "bob")
    assert tokens.actor(db, secret).name == "bob"
    assert tokens.all_of(db, ann, "bob")[0].who == "owner"


def test_the_last_use_is_seen(db, bob):
    secret = tokens.make(db, bob, ["read"], 30, "x", at=START)
    assert tokens.all_of(db, bob, "bob")[0].used_at is None
    tokens.actor(db, secret, at=after(hours=1))
    tokens.actor(db, secret, at=after(hours=1, seconds=30))
    assert tokens.all_of(db, bob, "bob")[0].used_at == after(hours=1).isoformat()


def test_revoked_at_once(db, ann, bob, ledger):
    first, second = (tokens.make(db, bob, ["read"], 30, label) for label in ("a", "b"))
    mine = tokens.make(db, ann, ["read"], 30, "c")
    tokens.revoke(db, bob, "T1", at=START)
    assert ledger.newest() == ("bob", "change", "account bob", {"token": "T1", "revoked": True})
    before = len(ledger.all())
    tokens.revoke(db, bob, "T1")
    assert len(ledger.all()) == before
    for wrong in ("T3", "T9", "1", "", "T", "T١", "T-1", "T" + "9" * 30, "\ud800"):
        with pytest.raises(MissingError, match="no token"):
            tokens.revoke(db, bob, wrong)
    tokens.revoke(db, ann, "T2")
    assert [tokens.actor(db, secret) is None for secret in (first, second, mine)] == [True, True, False]
    assert [(each.id, each.revoked_at) for each in tokens.all_of(db, bob, "bob")][1] == ("T1", START.isoformat())


def test_who_sees_which(db, ann, bob):
    tokens.make(db, ann, ["read"], 30, "a")
    tokens.make(db, bob, ["read"], 30, "b")
    assert [each.id for each in tokens.all_of(db, ann)] == ["T2", "T1"]
    assert [each.id for each in tokens.all_of(db, bob, "bob")] == ["T2"]
    for name in ("ann", None):
        with pytest.raises(DeniedError):
            tokens.all_of(db, bob, name)


@given(text=st.one_of(st.text(), st.from_regex(r"clew_[A-Za-z0-9_-]{40,46}\n?", fullmatch=True)))
def test_any_text_may_be_sent(sqlite, text):
    assert tokens.actor(sqlite, text) is None


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory):
    from clew.database.base import open_database

    engine = open_database(tmp_path_factory.mktemp("tokens"))
    yield engine
    engine.dispose()
