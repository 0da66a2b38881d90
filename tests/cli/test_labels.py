"""Lists of known accounts on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.commands import Runner

from clew.cli.app import app
from clew.model.errors import InputError
from clew.store.workspace import Workspace

WALLET = "1BitcoinEaterAddressDontSendf59kuE"


def clew(place: Path, *words: str) -> str:
    result = Runner().invoke(app, [*words, "-w", str(place)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def test_a_list_is_given_shown_and_taken_back(tmp_path: Path) -> None:
    place, file = Workspace.create(tmp_path / "w").path, tmp_path / "list.csv"
    file.write_text(f"address,label,category\n{WALLET},The \x1b[2JEater,mixer\n{WALLET}x,y,mixer\n4711,\x1b[2J,shop\n")
    said = clew(place, "label", str(file), "--source", "Unit\x1b[2J 5", "--why", "Request 12")
    assert "1 account labelled" in said and "2 rows were not taken over" in said and "\x1b" not in said
    assert "line 3: no account: looks like a wallet" in said and "line 4: a short number" in said
    said = clew(place, "label", "--list")
    assert "1 accounts (1 mixer)" in said and "\x1b" not in said
    (listed,) = json.loads(clew(place, "label", "--list", "--json"))
    assert listed["accounts"] == 1 and listed["categories"] == {"mixer": 1}
    with pytest.raises(InputError, match="No list"):
        clew(place, "label", "--remove", "Unit 6")
    assert json.loads(clew(place, "label", "--remove", listed["source"], "--json"))["removed"] == 1
    assert "No account is labelled" in clew(place, "label", "--list")


@pytest.mark.parametrize("words", [(), ("--list", "--remove", "x"), ("list.csv", "--list")])
def test_one_thing_at_a_time(tmp_path: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="Give a file, or --list"):
        clew(Workspace.create(tmp_path / "w").path, "label", *words)


def test_a_list_needs_a_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="needs a name"):
        clew(Workspace.create(tmp_path / "w").path, "label", "list.csv")
