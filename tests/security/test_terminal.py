"""Commands over hostile material: nothing that they print steers the terminal."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from tests.commands import Runner
from tests.forked import command
from tests.security.conftest import Hostile

from clew.cli.app import app

# Control characters but for the line feed, those that turn the direction of writing, halves of pairs.
STEERS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def said(*words: str, place: Path) -> str:
    result = Runner().invoke(app, [*words, "-w", str(place)])
    assert result.exit_code == 0, (words, result.output, result.exception)
    return result.output


@pytest.mark.parametrize(
    "words",
    [
        ("leads",),
        ("overview",),
        ("show", "NETWORK"),
        ("show", "RECORD"),
        ("show", "TEMPLATE"),
        ("pivot", "+32470123401"),
        ("pivot", "\x1b[2Jcall me \x9b31m at the river bank tonight"),
        ("case", "show", "CASE"),
        ("case", "list"),
        ("ledger", "search"),
        ("ledger", "show", "3"),
    ],
)
def test_no_command_steers_the_terminal(hostile: Hostile, words: tuple[str, ...]) -> None:
    names = {
        "NETWORK": hostile.network_id, "RECORD": hostile.record_id, "TEMPLATE": hostile.template_id,
        "CASE": hostile.case_id,
    }  # fmt: skip
    found = said(*(names.get(word, word) for word in words), place=hostile.bench.desk.path)
    assert len(found) > 20 and not STEERS.search(found), STEERS.search(found)


@pytest.mark.parametrize(
    "words",
    [
        ("show", "\x1b[2J\u202ex"),
        ("ingest", "gone\x1b]0;taken\x07.jsonl", "--source", "x"),
        ("case", "show", "C\x1b[31m9"),
        ("show", b"\xff\xfe\x9b31m"),
    ],
)
def test_an_error_does_not_either(
    hostile_workspace: Path, words: tuple[str | bytes, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLEW_WORKSPACE", str(hostile_workspace))
    done = command(*map(os.fsdecode, words), folder=tmp_path)
    told = done.stderr
    assert done.returncode not in (0, -11) and "Traceback" not in told, told
    assert told.startswith("clew: ") and not STEERS.search(told), ascii(told)
