"""Which passwords are taken, and how they are kept."""

from __future__ import annotations

import pytest
from argon2 import extract_parameters
from hypothesis import given
from hypothesis import strategies as st
from tests.access.conftest import CHEAP

from clew.access import passwords
from clew.access.passwords import Cost
from clew.model.errors import InputError

REFUSED = [
    "password1234", "Password2026!", "PASSWORDPASSWORD", "123456789012", "qwertyuiopas", "aaaaaaaaaaaa", "abababababab",
    "abcdefghijkl", "lkjihgfedcba", "987654321098", "1q2w3e4r5t6y", "annabelannabel", "annabel12345", "annabel!!!!!",
    "administrator1", "correct horse battery staple", "Clew20262026", "letmein!!!!!!", "abcabcabcabcabc",
    "annabel@unit.example",
]  # fmt: skip


@pytest.mark.parametrize("password", REFUSED)
def test_what_anybody_would_try_first(password):
    with pytest.raises(InputError, match="first that anybody would try"):
        passwords.check(password, "annabel@unit.example" if "@unit" in password else "annabel")


def test_the_name_before_the_at_is_no_password():
    with pytest.raises(InputError, match="first that anybody would try"):
        passwords.check("annabel12345", "annabel@unit.example")


@pytest.mark.parametrize(
    "password", ["blue lamp over there", "zzzzzzzzzzzy", "ключ от старой двери", "😀" * 6 + "lamp" * 2]
)
def test_any_characters_are_taken(password):
    passwords.check(password, "annabel")


def test_the_length_counts_and_nothing_else():
    for short in ("", "x1!Yx1!Yx1!", "é" * 11):
        with pytest.raises(InputError, match="at least 12"):
            passwords.check(short, "ann")
    phrase = "many plain words " * 16
    passwords.check(phrase[:256], "ann")
    with pytest.raises(InputError, match="up to 1000"):
        passwords.check("ab9" * 400, "ann")


def test_the_list_is_as_it_is_read():
    lines = passwords._COMMON.read_text(encoding="utf-8").splitlines()
    words = [line for line in lines if not line.startswith("#")]
    assert len(words) == len(set(words)) > 200
    assert all(word == word.casefold().strip() and word for word in words)


@given(st.text(max_size=60), st.text(max_size=60))
def test_only_the_password_fits(password, other):
    kept = passwords.hash_of(password, CHEAP)
    assert passwords.fits(kept, password, CHEAP)
    if passwords._bytes(other) != passwords._bytes(password):
        assert not passwords.fits(kept, other, CHEAP)


def test_the_same_password_on_another_keyboard():
    assert passwords.fits(passwords.hash_of("cafe\u0301 on the corner", CHEAP), "caf\u00e9 on the corner", CHEAP)


def test_nothing_fits_where_nothing_is_kept():
    for password in ("", "nobody", "x" * 5000, "\ud800"):
        assert not passwords.fits(None, password, CHEAP)
    assert not passwords.fits("no hash at all", "nobody", CHEAP)


def test_the_parameters_stand_in_the_hash_and_can_be_raised():
    kept = passwords.hash_of("blue lamp over there", CHEAP)
    assert extract_parameters(kept).type.name == "ID"
    assert not passwords.is_outdated(kept, CHEAP)
    dearer = Cost(passes=2, memory=16, lanes=1)
    assert passwords.is_outdated(kept, dearer)
    assert passwords.fits(kept, "blue lamp over there", dearer)


def test_the_cost_is_that_of_rfc_9106():
    found = extract_parameters(passwords.hash_of("blue lamp over there"))
    assert (found.time_cost, found.memory_cost, found.parallelism, found.salt_len) == (3, 65536, 4, 16)
