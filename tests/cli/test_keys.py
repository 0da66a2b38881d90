"""The commands about keys, in processes of their own as a user would run them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from clew.store.workspace import Workspace

PASSPHRASE = "twelve or more letters"


def clew(place: Path, *words: str, said: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "clew", *words, "-w", str(place)]
    return subprocess.run(command, input=said, capture_output=True, text=True, env={**os.environ, **environment})


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return Workspace.create(tmp_path / "workspace").path


def test_a_passphrase_is_given_asked_for_and_taken_away(place: Path) -> None:
    shown = clew(place, "keys", "show")
    assert shown.returncode == 0
    assert "none: give it one" in shown.stdout
    given = clew(place, "keys", "protect", "--passphrase-stdin", said=f"{PASSPHRASE}\n")
    assert given.returncode == 0, given.stderr
    without = clew(place, "keys", "show")
    assert without.returncode == 2
    assert "passphrase" in without.stderr
    assert "Traceback" not in without.stderr
    wrong = clew(place, "keys", "show", CLEW_PASSPHRASE="something else")
    assert wrong.returncode == 2
    right = clew(place, "keys", "show", CLEW_PASSPHRASE=PASSPHRASE)
    assert right.returncode == 0
    fingerprint = [line for line in shown.stdout.splitlines() if "Fingerprint" in line]
    assert fingerprint == [line for line in right.stdout.splitlines() if "Fingerprint" in line]
    assert clew(place, "keys", "protect", "--remove", CLEW_PASSPHRASE=PASSPHRASE).returncode == 0
    assert clew(place, "keys", "show").returncode == 0


def test_a_short_passphrase_is_refused_in_one_line(place: Path) -> None:
    refused = clew(place, "keys", "protect", "--passphrase-stdin", said="short\n")
    assert refused.returncode == 2
    assert refused.stderr.strip().count("\n") == 0
    assert "12 characters" in refused.stderr
