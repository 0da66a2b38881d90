"""Triage: rows are only added, the newest holds, and undoing adds one too."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from clew.cases.triage import decide, history, standing, standings, undo
from clew.database.base import open_database
from clew.model.actor import Actor
from clew.model.errors import InputError


def person(name: str) -> Actor:
    return Actor(name, frozenset(("analyst",)), "workbench")


ANN, BOB, CY = person("ann"), person("bob"), person("cy")


@pytest.fixture
def cases(tmp_path):
    engine = open_database(tmp_path)
    yield engine
    engine.dispose()


def test_the_newest_decision_holds_and_all_stay(cases):
    decide(cases, "N1", ANN, "deferred")
    decide(cases, "N2", ANN, "confirmed")
    decide(cases, "N1", BOB, "dismissed", "spam", records=12)
    assert [(d.nth, d.state, d.who) for d in history(cases, "N1")] == [(1, "deferred", "ann"), (2, "dismissed", "bob")]
    assert {name: d.state for name, d in standings(cases).items()} == {"N1": "dismissed", "N2": "confirmed"}
    now = standing(cases, "N1")
    assert now and (now.reason, now.records, now.at.utcoffset().total_seconds()) == ("spam", 12, 0)
    assert standing(cases, "N3") is None


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_a_dismissal_needs_a_reason(cases, reason):
    with pytest.raises(InputError, match="needs a reason"):
        decide(cases, "N1", ANN, "dismissed", reason)
    assert history(cases, "N1") == []


def test_nothing_to_decide_and_too_long_words_are_refused(cases):
    with pytest.raises(InputError, match="Nothing is decided"):
        decide(cases, "N1", ANN)
    with pytest.raises(InputError, match="too long"):
        decide(cases, "N1", ANN, "deferred", "x" * 501)
    with pytest.raises(InputError, match="too long"):
        decide(cases, "N1", ANN, assignee="x" * 81)


def test_assigning_leaves_the_state_and_its_reason(cases):
    decide(cases, "N1", ANN, "dismissed", "spam")
    made = decide(cases, "N1", ANN, assignee=" bob  b ")
    assert (made.state, made.reason, made.assignee) == ("dismissed", "spam", "bob b")
    assert decide(cases, "N1", ANN, "confirmed").assignee == "bob b"
    assert decide(cases, "N1", ANN, assignee="").assignee == ""


def test_undoing_goes_back_step_by_step(cases):
    decide(cases, "N1", ANN, "deferred")
    decide(cases, "N1", ANN, "dismissed", "spam", assignee="bob")
    assert (undo(cases, "N1", CY).state, standing(cases, "N1").undoes) == ("deferred", 2)
    decide(cases, "N1", ANN, "confirmed")
    assert undo(cases, "N1", CY).state == "deferred"
    made = undo(cases, "N1", CY)
    assert (made.state, made.assignee, made.undoes) == ("new", "", 1)
    with pytest.raises(InputError, match="no decision"):
        undo(cases, "N1", CY)
    assert [d.state for d in history(cases, "N1")] == [
        "deferred",
        "dismissed",
        "deferred",
        "confirmed",
        "deferred",
        "new",
    ]


def test_two_at_once_both_count(cases):
    threads = [threading.Thread(target=decide, args=(cases, "N1", person(f"p{k}"), "deferred")) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    past = history(cases, "N1")
    assert [d.nth for d in past] == [1, 2, 3, 4] and {d.who for d in past} == {"p0", "p1", "p2", "p3"}


def test_history_of_several_networks_is_in_order_of_time(cases):
    for name in ("N1", "N2", "N1"):
        decide(cases, name, ANN, "deferred")
    assert [(d.network_id, d.nth) for d in history(cases, "N2", "N1")] == [("N1", 1), ("N2", 1), ("N1", 2)]


def test_hostile_words_stay_words(cases):
    word = "'); DROP TABLE triage; --"
    decide(cases, word, person(word), "dismissed", word)
    assert standing(cases, word).reason == word
    with cases.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM triage")).scalar() == 1
