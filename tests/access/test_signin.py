"""Signing in: what is said, what is counted, what stands in the ledger."""

from __future__ import annotations

import threading
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa
from tests.access.conftest import CHEAP, PASSWORD, START, after

from clew.access import accounts, passwords, sessions, signin, totp, tries
from clew.access.limits import TooManyError
from clew.access.passwords import Cost
from clew.access.tables import ACCOUNTS, TRIES
from clew.model.actor import Actor
from clew.model.errors import DeniedError, InputError

HOME, AWAY = "192.0.2.7", "198.51.100.9"


def _in(db, keys, name="ann", password=PASSWORD, code="", address=HOME, at=START, cost=CHEAP):
    return signin.sign_in(db, keys, name, password, code, "workbench", address, cost, at)


def _fails(db, keys, times, **more):
    """Failures, each as soon as it is allowed; the seconds waited before each."""
    at, waits = more.pop("at", START), []
    for _ in range(times):
        waits.append(0)
        while True:
            try:
                _in(db, keys, at=at, **more)
            except TooManyError as error:
                waits[-1] += error.wait
                at += timedelta(seconds=error.wait)
                continue
            except DeniedError:
                break
    return waits, at


def test_who_signs_in_is_known_and_written_down(db, keys, ann, ledger):
    assert _in(db, keys, "  ANN ") == ann
    assert ledger.newest() == ("ann", "login", "account ann", {"with": ["password"]})
    assert ledger.all()[-1].texts()["address"] == HOME


def test_the_words_and_the_work_tell_nothing(db, keys, ann, bob, ledger, monkeypatch):
    """Unknown, wrong, locked, without password, wrong code: one sentence, one hash, one entry."""
    enrolled = totp.begin(db, keys, ann)
    totp.confirm(db, keys, ann, pyotp.TOTP(enrolled.secret).at(START), at=START)
    accounts.lock(db, ann, "bob")
    accounts.add(db, ann, "eve", ["analyst"], None)
    worked = []
    fits = passwords.fits
    monkeypatch.setattr(passwords, "fits", lambda *given: worked.append(given) or fits(*given))
    wrong = [
        ("nobodyhere", PASSWORD, "", "no such account"),
        ("my secret is typed here", PASSWORD, "", "no such account"),
        ("\x00\ud800", "\ud800", "\ud800", "no such account"),
        ("ann", "wrong", "", "password"),
        ("ann", "\ud800" * 5000, "", "password"),
        ("ann", PASSWORD, "", "code"),
        ("ann", PASSWORD, "\ud800\x00" * 900, "code"),
        ("bob", PASSWORD + "!", "", "locked"),
        ("bob", PASSWORD, "", "password"),
        ("eve", "", "", "password"),
    ]
    said, before = set(), len(ledger.all())
    for nth, (name, password, code, _) in enumerate(wrong):
        with pytest.raises(DeniedError) as refused:
            _in(db, keys, name, password, code, address=f"192.0.2.{nth}", at=after(days=nth))
        said.add(str(refused.value))
    assert said == {"The name, the password or the code is not right. Look at each, and try again."}
    assert len(worked) == len(wrong)
    entries = ledger.all()[before:]
    assert [entry.facts()["reason"] for entry in entries] == [reason for *_, reason in wrong]
    assert {(entry.who, entry.act) for entry in entries} == {("nobody", "refuse")}
    assert "my secret" not in ledger.text()
    with db.connect() as connection:
        assert "my secret" not in str(connection.execute(TRIES.select()).all())


def test_a_hash_of_other_parameters_is_replaced(db, keys, ann):
    dearer = Cost(passes=2, memory=16, lanes=1)
    _in(db, keys, cost=dearer)
    with db.connect() as connection:
        assert "m=16,t=2,p=1" in connection.execute(sa.select(ACCOUNTS.c.password)).scalar_one()
    _in(db, keys, cost=dearer, at=after(minutes=1))


def test_each_failure_waits_twice_as_long_up_to_a_bound(db, keys, ann):
    waits, _ = _fails(db, keys, 18, password="wrong")
    assert waits == [0] * 5 + [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


def test_who_waits_is_not_looked_at_and_waits_no_longer(db, keys, ann, ledger):
    _, at = _fails(db, keys, 10, password="wrong", address=AWAY)
    before = len(ledger.all())
    for second in range(5):
        with pytest.raises(TooManyError) as refused:
            _in(db, keys, address=AWAY, at=at + timedelta(seconds=second))  # the right password
        assert refused.value.wait == 32 - second
    assert "Wait 28 seconds." in str(refused.value)
    told = ledger.all()[before:]
    assert [(entry.subject, entry.facts()) for entry in told] == [
        ("sign-in", {"reason": "too many tries", "wait": 32})
    ]  # once in each wait
    assert _in(db, keys, address=AWAY, at=at + timedelta(seconds=32)).name == "ann"


def test_names_that_there_are_not_wait_the_same(db, keys, ann):
    known, _ = _fails(db, keys, 8, password="wrong", address=AWAY)
    unknown, _ = _fails(db, keys, 8, name="zoe", password="wrong", address=HOME)
    assert known == unknown == [0, 0, 0, 0, 0, 1, 2, 4]


def test_another_spelling_of_a_name_is_no_way_around(db, keys, ann):
    for name in ("ann", "ANN", " Ann ", "aNN", "ａｎｎ"):
        _fails(db, keys, 1, name=name, password="wrong")
    with pytest.raises(TooManyError):
        _in(db, keys, name="anN")


def test_strangers_do_not_keep_somebody_out(db, keys, ann):
    _in(db, keys)
    for nth in range(30):  # from thirty places, one failure each as soon as it is allowed
        _, at = _fails(db, keys, 1, password="wrong", address=f"203.0.113.{nth}", at=after(minutes=20 * nth))
    with pytest.raises(TooManyError):
        _in(db, keys, address=AWAY, at=at)
    assert _in(db, keys, address=HOME, at=at).name == "ann"  # where she signed in before
    assert _in(db, keys, address=AWAY, at=at + timedelta(seconds=900)).name == "ann"  # and anywhere after the bound


def test_a_known_place_has_limits_too(db, keys, ann):
    _in(db, keys)
    waits, _ = _fails(db, keys, 7, password="wrong", at=after(minutes=1))
    assert waits == [0, 0, 0, 0, 0, 1, 2]


def test_many_names_from_one_place(db, keys, ann):
    for nth in range(20):
        _fails(db, keys, 1, name=f"user{nth}", password="wrong", address="2001:db8::1")
    with pytest.raises(TooManyError):  # the neighbour address is of the same subscriber
        _in(db, keys, name="ann", address="2001:db8::ffff")
    assert _in(db, keys, name="ann", address="2001:db8:0:1::1").name == "ann"


def test_many_at_once_are_no_way_around(db, keys, ann):
    looked, turned = [], []
    ready = threading.Barrier(12)

    def guess(nth: int) -> None:
        ready.wait()
        try:
            _in(db, keys, password=f"guess {nth}", address=AWAY)
        except TooManyError:
            turned.append(nth)
        except DeniedError:
            looked.append(nth)

    threads = [threading.Thread(target=guess, args=(nth,)) for nth in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(looked), len(turned)) == (5, 7)


def test_old_tries_are_forgotten(db, keys, ann):
    _fails(db, keys, 3, password="wrong", address=AWAY)
    _in(db, keys, at=after(days=31))
    with db.connect() as connection:
        assert connection.execute(sa.select(TRIES.c.outcome)).scalars().all() == ["passed"]


def test_another_password_for_oneself(db, keys, bob, ledger):
    secret = sessions.begin(db, bob)
    with pytest.raises(DeniedError, match="not right"):
        signin.change_password(db, keys, bob, "wrong", "", "five quite other plain words", HOME, CHEAP, START)
    with pytest.raises(InputError, match="at least 12"):
        signin.change_password(db, keys, bob, PASSWORD + "!", "", "short", HOME, CHEAP, START)
    assert accounts.find(db, "bob").handed
    assert sessions.actor(db, secret).handed
    signin.change_password(db, keys, bob, PASSWORD + "!", "", "five quite other plain words", HOME, CHEAP, START)
    assert ledger.newest() == ("bob", "change", "account bob", {"password": "new", "sessions_ended": 1})
    assert sessions.actor(db, secret) is None
    assert not accounts.find(db, "bob").handed
    assert _in(db, keys, "bob", "five quite other plain words", at=after(minutes=1)).name == "bob"
    with pytest.raises(DeniedError):
        _in(db, keys, "bob", PASSWORD + "!", at=after(minutes=1))
    token = Actor("bob", bob.roles, "api", scopes=frozenset(["read"]))
    with pytest.raises(DeniedError, match="A token cannot"):
        signin.change_password(db, keys, token, PASSWORD, "", "five quite other plain words", HOME, CHEAP, START)


def test_the_wait_by_itself():
    failed = [START.isoformat()] * 9
    assert tries.wait_after(failed[:4], 5, START) == 0
    assert tries.wait_after(failed, 5, START) == 16
    assert tries.wait_after(failed, 5, START + timedelta(seconds=15.5)) == 1
    assert tries.wait_after(failed, 5, START + timedelta(seconds=16)) == 0
    assert tries.wait_after(failed, 5, START - timedelta(days=1)) == 16  # a clock that was set back
