"""One-time codes and recovery codes."""

from __future__ import annotations

import threading
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.access.conftest import CHEAP, PASSWORD, START, after

from clew.access import accounts, sessions, signin, totp
from clew.access.tables import ACCOUNTS, RECOVERY
from clew.model.actor import Actor
from clew.model.errors import DeniedError, InputError


@pytest.fixture
def device(db, keys, ann):
    """What makes ann's codes, which are asked for from START on."""
    begun = totp.begin(db, keys, ann)
    made = pyotp.TOTP(begun.secret)
    made.recovery = totp.confirm(db, keys, ann, made.at(after(minutes=-5)), at=after(minutes=-5))
    return made


def _in(db, keys, code, at=START, address="192.0.2.1"):
    return signin.sign_in(db, keys, "ann", PASSWORD, code, "workbench", address, CHEAP, at)


def test_what_a_device_reads(db, keys, ann):
    begun = totp.begin(db, keys, ann)
    parts = urlsplit(begun.uri)
    assert (parts.scheme, parts.netloc, parts.path) == ("otpauth", "totp", "/Clew:ann")
    assert parse_qs(parts.query) == {"secret": [begun.secret], "issuer": ["Clew"]}
    assert begun.svg.startswith("<svg ")
    assert "style" not in begun.svg
    assert begun.secret not in repr(begun)


def test_it_holds_once_a_code_was_seen(db, keys, ann, ledger):
    begun = totp.begin(db, keys, ann)
    assert not accounts.find(db, "ann").totp
    _in(db, keys, "")
    for wrong in ("000000", "", "\ud800", "x" * 500):
        with pytest.raises(InputError, match="does not fit"):
            totp.confirm(db, keys, ann, wrong, at=START)
    secret = sessions.begin(db, ann)
    codes = totp.confirm(db, keys, ann, pyotp.TOTP(begun.secret).at(START), at=START)
    assert len(set(codes)) == 10
    assert (accounts.find(db, "ann").totp, accounts.find(db, "ann").recovery) == (True, 10)
    assert ledger.newest() == ("ann", "change", "account ann", {"totp": "on", "sessions_ended": 1})
    assert sessions.actor(db, secret) is None


def test_without_a_code_nobody_comes_in(db, keys, device, ledger):
    for wrong in ("", "abcdef", "0" * 6, "１２３４５６", "\ud800"):
        with pytest.raises(DeniedError):
            _in(db, keys, wrong, address=f"192.0.2.{len(wrong)}")
    code = device.at(START)
    assert _in(db, keys, f" {code[:3]} {code[3:]} ", at=after(seconds=20)).name == "ann"
    assert ledger.newest()[3] == {"with": ["password", "totp"]}


@pytest.mark.parametrize(("steps", "goes"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_off_by_a_step(db, keys, device, steps, goes):
    code = device.at(START, counter_offset=steps)
    if goes:
        assert _in(db, keys, code).name == "ann"
    else:
        with pytest.raises(DeniedError):
            _in(db, keys, code)


def test_a_code_is_taken_once(db, keys, device):
    newer, older = device.at(START), device.at(START, counter_offset=-1)
    _in(db, keys, newer)
    for used in (newer, older):
        with pytest.raises(DeniedError):
            _in(db, keys, used, at=after(seconds=5))
    assert _in(db, keys, device.at(after(seconds=60)), at=after(seconds=60)).name == "ann"


def test_the_code_that_set_it_up_is_used(db, keys, ann):
    begun = totp.begin(db, keys, ann)
    code = pyotp.TOTP(begun.secret).at(START)
    totp.confirm(db, keys, ann, code, at=START)
    with pytest.raises(DeniedError):
        _in(db, keys, code)


def test_a_code_at_two_places_at_once(db, keys, device):
    came, ready = [], threading.Barrier(4)

    def come(nth: int) -> None:
        ready.wait()
        try:
            came.append(_in(db, keys, device.at(START), address=f"192.0.2.{nth}"))
        except DeniedError:
            pass

    threads = [threading.Thread(target=come, args=(nth,)) for nth in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(came) == 1


def test_a_code_is_not_used_up_by_a_wrong_password(db, keys, device):
    code = device.at(START)
    with pytest.raises(DeniedError):
        signin.sign_in(db, keys, "ann", "wrong", code, "workbench", "192.0.2.1", CHEAP, START)
    assert _in(db, keys, code).name == "ann"


def test_recovery_codes_do_once_each(db, keys, device, ledger):
    first, second = device.recovery[:2]
    assert _in(db, keys, first.upper()).name == "ann"
    assert ledger.newest()[3] == {"with": ["password", "recovery"]}
    with pytest.raises(DeniedError):
        _in(db, keys, first, at=after(minutes=1))
    assert _in(db, keys, second.replace("-", " "), at=after(minutes=2)).name == "ann"
    assert accounts.find(db, "ann").recovery == 8


def test_recovery_codes_are_of_one_account(db, keys, bob, device):
    mine = totp.begin(db, keys, bob)
    codes = totp.confirm(db, keys, bob, pyotp.TOTP(mine.secret).at(START), at=START)
    with pytest.raises(DeniedError):
        _in(db, keys, codes[0])
    assert accounts.find(db, "bob").recovery == 10


def test_a_new_device_makes_the_old_codes_worthless(db, keys, ann, device):
    begun = totp.begin(db, keys, ann)
    assert _in(db, keys, device.at(START)).name == "ann"  # until the new one is confirmed the old one holds
    totp.confirm(db, keys, ann, pyotp.TOTP(begun.secret).at(after(minutes=2)), at=after(minutes=2))
    for old in (device.at(after(minutes=4)), device.recovery[0]):
        with pytest.raises(DeniedError):
            _in(db, keys, old, at=after(minutes=4))


def test_codes_are_taken_away(db, keys, ann, bob, device, ledger):
    with pytest.raises(DeniedError, match="may not"):
        totp.remove(db, bob, "ann")
    totp.remove(db, ann)
    assert ledger.newest() == ("ann", "change", "account ann", {"totp": "off", "sessions_ended": 0})
    assert _in(db, keys, "").name == "ann"
    assert accounts.find(db, "ann").recovery == 0


def test_an_administrator_takes_away_but_does_not_set_up(db, keys, ann, bob, owner):
    with pytest.raises(DeniedError, match="by who will use them"):
        totp.begin(db, keys, ann, "bob")
    with pytest.raises(DeniedError, match="by who will use them"):
        totp.begin(db, keys, Actor("bob", bob.roles, "api", scopes=frozenset(["read"])))
    assert totp.begin(db, keys, owner, "bob").uri.startswith("otpauth://totp/Clew:bob")
    totp.remove(db, ann, "bob")


def test_no_secret_is_kept_as_it_is(db, keys, ann, device, ledger):
    with db.connect() as connection:
        kept = str(connection.execute(ACCOUNTS.select()).all()) + str(connection.execute(RECOVERY.select()).all())
    for secret in (device.secret, *device.recovery):
        assert secret not in kept
        assert secret.replace("-", "") not in kept
        assert secret not in ledger.text()


@given(st.text(max_size=50), st.integers(60, 2**33))
def test_any_text_may_be_typed_as_a_code(code, second):
    secret = "JBSWY3DPEHPK3PXP" * 2
    step = totp._step_of(secret, totp._digits(code), START.fromtimestamp(second, START.tzinfo))
    if step is not None:
        assert pyotp.TOTP(secret).generate_otp(step) == "".join(code.split())
    totp.digest_of(totp._plain(code))
