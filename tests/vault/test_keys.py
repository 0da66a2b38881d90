"""Keys stand outside of the workspace, are made once, follow it when it moves, and are missed when they are gone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from clew.database.base import write
from clew.model.errors import InputError, MissingError, SealError, WorkspaceError
from clew.vault import keys as keyring
from clew.vault.keys import PUBLIC, case_key, destroy_case_key, key_file, new_case_key, open_keys, protect


@pytest.fixture(autouse=True)
def quick(monkeypatch, tmp_path):
    """Keys of this test alone; a passphrase is stretched less than in earnest."""
    monkeypatch.setenv("CLEW_KEYS", str(tmp_path / "keys"))
    monkeypatch.delenv("CLEW_PASSPHRASE", raising=False)
    monkeypatch.setattr(keyring, "_ARGON", {"time_cost": 1, "memory_cost": 64, "parallelism": 1})


@pytest.fixture
def place(tmp_path):
    path = tmp_path / "workspace"
    path.mkdir()
    return path


def test_keys_are_made_once_and_for_their_owner_alone(place):
    first, again = open_keys(place), open_keys(place)
    file = key_file(first.workspace)
    assert (first.master, first.signing) == (again.master, again.signing)
    assert len(first.master) == len(first.signing) == 32 and first.master != first.signing
    assert file.stat().st_mode & 0o777 == 0o600 and file.parent.stat().st_mode & 0o777 == 0o700
    assert (place / PUBLIC).read_text().strip() == first.public.hex()
    assert [path.name for path in file.parent.iterdir()] == [file.name]  # nothing staged is left
    for path in place.iterdir():
        assert first.master.hex().encode() not in path.read_bytes()
    assert "master" not in repr(first)


def test_what_is_signed_can_be_checked_with_the_public_key(place):
    keys = open_keys(place)
    Ed25519PublicKey.from_public_bytes(keys.public).verify(keys.sign(b"x"), b"x")


def test_a_workspace_keeps_its_keys_when_it_moves(place):
    keys = open_keys(place)
    moved = place.rename(place.with_name("elsewhere"))
    assert open_keys(moved).master == keys.master


def test_two_workspaces_have_two_keys(place, tmp_path):
    (tmp_path / "other").mkdir()
    assert open_keys(place).master != open_keys(tmp_path / "other").master


def test_a_lost_key_file_is_missed_and_not_made_anew(place):
    file = key_file(open_keys(place).workspace)
    kept = file.read_bytes()
    file.unlink()
    with pytest.raises(WorkspaceError, match=r"are not in .*Put a copy"):
        open_keys(place)
    assert not file.exists()
    file.write_bytes(kept)
    file.chmod(0o600)
    assert open_keys(place)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "cannot be read"), (b"[]", "is not the key file"), (b"{}", "is not the key file"), (b"\xff", "cannot be")],
)
def test_a_damaged_key_file_is_one_clear_line(place, content, said):
    file = key_file(open_keys(place).workspace)
    file.write_bytes(content)
    with pytest.raises(WorkspaceError, match=said):
        open_keys(place)


def test_the_key_file_of_another_workspace_is_refused(place, tmp_path):
    (tmp_path / "other").mkdir()
    mine, other = key_file(open_keys(place).workspace), key_file(open_keys(tmp_path / "other").workspace)
    shutil.copy(other, mine)
    with pytest.raises(WorkspaceError, match="is not the key file of"):
        open_keys(place)
    # Even when it is made to look like it.
    mine.write_bytes(other.read_bytes().replace(other.stem.encode(), mine.stem.encode()))
    with pytest.raises(WorkspaceError, match="is not the key file of"):
        open_keys(place)


def test_a_key_file_that_others_may_read_is_refused(place):
    file = key_file(open_keys(place).workspace)
    file.chmod(0o644)
    with pytest.raises(WorkspaceError, match=r"Others may read.*chmod 600"):
        open_keys(place)


def test_a_passphrase_is_set_changed_and_taken_away(place, monkeypatch):
    keys = open_keys(place)
    file = protect(keys, "correct horse")
    assert keys.master.hex() not in file.read_text() and file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(InputError, match="have a passphrase"):
        open_keys(place)
    with pytest.raises(InputError, match="not the passphrase"):
        open_keys(place, lambda: "wrong horse")
    assert open_keys(place, lambda: "correct horse").master == keys.master
    protect(keys, "another")
    monkeypatch.setenv("CLEW_PASSPHRASE", "another")
    assert open_keys(place).signing == keys.signing
    monkeypatch.delenv("CLEW_PASSPHRASE")
    protect(keys, "")
    assert open_keys(place).master == keys.master


_OPEN = "import sys; from pathlib import Path; from clew.vault.keys import open_keys; print(open_keys(Path(sys.argv[1])).public.hex())"  # noqa: E501  # fmt: skip


def test_several_processes_at_once_make_the_same_keys(place):
    running = [
        subprocess.Popen([sys.executable, "-c", _OPEN, str(place)], stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    told = {process.communicate()[0].strip() for process in running}
    assert told == {open_keys(place).public.hex()}


def test_a_process_that_died_between_the_two_files_is_continued(place):
    keys = open_keys(place)
    (place / PUBLIC).unlink()
    assert open_keys(place).master == keys.master and (place / PUBLIC).exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_one_clear_line(place, tmp_path):
    (tmp_path / "keys").mkdir(mode=0o500)
    with pytest.raises(WorkspaceError, match="cannot be kept in"):
        open_keys(place)


def test_the_key_of_a_case_is_wrapped_and_can_be_destroyed(casework):
    with write(casework.db) as connection:
        key = new_case_key(connection, casework.keys, "C1")
        assert case_key(connection, casework.keys, "C1") == key != new_case_key(connection, casework.keys, "C2")
        held = connection.execute(sa.text("SELECT wrapped FROM case_keys WHERE case_id = 'C1'")).scalar_one()
        assert key not in bytes(held)
        connection.execute(
            sa.text("UPDATE case_keys SET wrapped = (SELECT wrapped FROM case_keys WHERE case_id = 'C2') "
                    "WHERE case_id = 'C1'")
        )  # fmt: skip
        with pytest.raises(SealError):
            case_key(connection, casework.keys, "C1")
        destroy_case_key(connection, "C1")
        with pytest.raises(MissingError, match="was erased"):
            case_key(connection, casework.keys, "C1")
