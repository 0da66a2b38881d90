"""Conversations and sites on the command line."""

from __future__ import annotations

import json

import pytest
from tests.commands import Runner
from tests.recruiting import BOSS, CHAT, HOSTILE, MIRA, SITES, UGLY, workspace

from clew.cli.app import app
from clew.database.base import open_database
from clew.ledger.log import Wanted, search
from clew.model.errors import MissingError


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return workspace(tmp_path_factory)


def clew(place, *words: str) -> str:
    result = Runner().invoke(app, [*words, "-w", str(place.path)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def test_the_list_puts_danger_first(place):
    said = clew(place, "conversations")
    assert said.index("READ NOW: ") < said.index("telegram") and "control: 1 pair, confidence 0.99" in said
    rows = json.loads(clew(place, "conversations", "--danger", "--json", "--limit", "2"))
    assert rows[0]["conversation_id"] == CHAT and all(row["danger"] for row in rows) and len(rows) == 2
    assert "telegram" not in clew(place, "conversations", "--danger")


def test_a_conversation_in_words(place):
    said = clew(place, "show", CHAT)
    assert "READ THIS NOW: " in said and f"{BOSS} seems to control {MIRA}: strong signs, confidence 0.99 of 1" in said
    assert "documents-held" in said and "I keep your passport until you pay the debt" in said
    assert "papers are kept from their owner" in said and "may be controlled by others" in said
    shown = json.loads(clew(place, "show", CHAT, "--json", "-n", "3"))
    assert shown["conversation"]["key"].startswith("K") and len(shown["messages"]) == 3
    assert clew(place, "show", shown["conversation"]["key"]) == said
    assert HOSTILE in clew(place, "show", UGLY) and "\u202e" not in clew(place, "show", UGLY)


def test_a_site_in_words(place):
    said = clew(place, "show", SITES[0].upper())
    assert "tawk:5d2f8a9c0b1e4a3d7c6f9e8b" in said and SITES[1] in said and "Near-copies on other sites" in said
    shown = json.loads(clew(place, "show", SITES[1], "--json"))
    assert shown["site"]["claims"] == 1 and [c["site"] for c in shown["clones"]] == [SITES[0]]
    with pytest.raises(MissingError, match="conversation or site"):
        clew(place, "show", "nowhere.example")


def test_the_ledger_has_keys_and_hosts(place):
    clew(place, "show", CHAT, "--why", "Request 12")
    clew(place, "show", SITES[0])
    db = open_database(place.path)
    with db.connect() as connection:
        found, _ = search(connection, Wanted(act="view"))
    db.dispose()
    subjects = {entry.subject.split(" ")[0] for entry in found}
    assert {"conversation", "site"} <= subjects and not any(BOSS[1:] in e.subject for e in found)
    assert "Request 12" in {entry.texts().get("why", "") for entry in found}
