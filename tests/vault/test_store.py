"""Originals are kept sealed under their digest, come back whole, and go for good."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from clew.model.errors import MissingError, SealError
from clew.vault.seal import new_key
from clew.vault.store import Digests, Vault

KEY = new_key()
DATA = b"an original " * 1000


@pytest.fixture
def vault(tmp_path):
    return Vault(tmp_path)


def test_what_is_put_is_read(vault):
    digests = vault.put("C1", KEY, [DATA[:100], DATA[100:]])
    assert digests == Digests(hashlib.sha256(DATA).hexdigest(), hashlib.blake2b(DATA).hexdigest(), len(DATA))
    assert b"".join(vault.read("C1", KEY, digests)) == DATA
    path = vault.path / "C1" / digests.sha256
    assert b"an original" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700


def test_the_same_bytes_are_kept_once(vault):
    assert vault.put("C1", KEY, [DATA]) == vault.put("C1", KEY, [DATA])
    assert vault.names("C1") == [hashlib.sha256(DATA).hexdigest()]
    assert vault.names("C2") == []


def test_a_source_that_breaks_off_leaves_nothing(vault):
    def broken():
        yield b"some"
        raise OSError

    with pytest.raises(OSError):
        vault.put("C1", KEY, broken())
    assert list((vault.path / "C1").iterdir()) == []


def test_what_was_changed_is_not_given_out_as_whole(vault):
    digests = vault.put("C1", KEY, [DATA])
    other = vault.put("C1", KEY, [b"other"])
    path = vault.path / "C1" / digests.sha256
    with pytest.raises(SealError, match="is not what was kept"):
        list(vault.read("C1", KEY, replace(digests, blake2b="0" * 128)))
    with pytest.raises(SealError):
        list(vault.read("C1", new_key(), digests))
    path.write_bytes((vault.path / "C1" / other.sha256).read_bytes())
    with pytest.raises(SealError, match="is not what was kept"):
        list(vault.read("C1", KEY, digests))


def test_another_case_holds_nothing_of_it(vault):
    digests = vault.put("C1", KEY, [DATA])
    vault.put("C2", KEY, [b"other"])
    with pytest.raises(MissingError):
        list(vault.read("C2", KEY, digests))


def test_erasing_one_and_all(vault):
    first, second = vault.put("C1", KEY, [DATA]), vault.put("C1", KEY, [b"other"])
    vault.erase("C1", first.sha256)
    vault.erase("C1", first.sha256)
    assert vault.names("C1") == [second.sha256]
    with pytest.raises(MissingError, match="is not in the vault"):
        list(vault.read("C1", KEY, first))
    vault.erase("C1")
    vault.erase("C9")
    assert vault.names("C1") == []


@pytest.mark.parametrize("name", ["", "..", "../C1", "C1/x", "C1\0", "C-1", "Ⅽ1"])
def test_no_name_leads_out_of_the_vault(vault, name):
    (vault.path.parent / "keep").touch()
    with pytest.raises(MissingError):
        vault.put(name, KEY, [b"x"])
    with pytest.raises(MissingError):
        vault.erase(name)
    with pytest.raises(MissingError):
        vault.erase("C1", name)
    assert (vault.path.parent / "keep").exists()
