"""The commands about keys; what is refused, in processes of their own as a user would run them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.commands import Runner
from tests.forked import command

from clew.cli.app import app
from clew.model.errors import InputError
from clew.store.workspace import Workspace

PASSPHRASE = "twelve or more letters"


def clew(place: Path, *words: str, said: str = "", **environment: str) -> str:
    done = Runner().invoke(app, [*words, "-w", str(place)], input=said, env=environment, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def process(place: Path, *words: str, said: str = "") -> subprocess.CompletedProcess[str]:
    return command(*words, "-w", str(place), folder=place.parent, said=said)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return Workspace.create(tmp_path / "workspace").path


def test_a_passphrase_is_given_asked_for_and_taken_away(place: Path) -> None:
    shown = clew(place, "keys", "show")
    assert "none: give it one" in shown
    clew(place, "keys", "protect", "--passphrase-stdin", said=f"{PASSPHRASE}\n")
    without = process(place, "keys", "show")
    assert without.returncode == 2
    assert "passphrase" in without.stderr
    assert "Traceback" not in without.stderr
    with pytest.raises(InputError, match="not the passphrase"):
        clew(place, "keys", "show", CLEW_PASSPHRASE="something else")
    right = clew(place, "keys", "show", CLEW_PASSPHRASE=PASSPHRASE)
    fingerprint = [line for line in shown.splitlines() if "Fingerprint" in line]
    assert fingerprint == [line for line in right.splitlines() if "Fingerprint" in line]
    clew(place, "keys", "protect", "--remove", CLEW_PASSPHRASE=PASSPHRASE)
    assert "none: give it one" in clew(place, "keys", "show")


def test_a_short_passphrase_is_refused_in_one_line(place: Path) -> None:
    refused = process(place, "keys", "protect", "--passphrase-stdin", said="short\n")
    assert refused.returncode == 2
    assert refused.stderr.strip().count("\n") == 0
    assert "12 characters" in refused.stderr
