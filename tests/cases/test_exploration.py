"""Explorations: steps are only added; what was taken back no longer holds."""

from __future__ import annotations

import pytest

from clew.cases.exploration import MAX_TITLE, add, begin, exploration, explorations, undo
from clew.database.base import open_database
from clew.model.actor import Actor
from clew.model.errors import InputError, MissingError


def person(name: str) -> Actor:
    return Actor(name, frozenset(("analyst",)), "workbench")


ANN, BOB = person("ann"), person("bob")


@pytest.fixture
def cases(tmp_path):
    engine = open_database(tmp_path)
    yield engine
    engine.dispose()


def test_answers_hold_until_they_are_taken_back(cases):
    number = begin(cases, ANN, " from  a number ", ["r0"]).id
    add(cases, number, 1, ANN, "yes", ["r1", "r2"], [("phone", "+32")], "It shares a phone.")
    add(cases, number, 2, BOB, "no", ["r3"])
    undo(cases, number, 3, ANN)
    known = add(cases, number, 4, ANN, "unsure", ["r4"])
    assert (known.title, known.seeds) == ("from a number", ("r0",))
    assert [(s.nth, s.act, s.records, s.who) for s in known.answers] == [
        (1, "yes", ("r1", "r2"), "ann"), (4, "unsure", ("r4",), "ann"),
    ]  # fmt: skip
    assert known.answers[0].ties == (("phone", "+32"),)
    assert [(s.act, s.undoes) for s in known.steps] == [("yes", None), ("no", None), ("undo", 2), ("unsure", None)]
    known = undo(cases, number, 5, ANN)
    assert (known.count("yes"), known.count("no"), known.count("unsure")) == (1, 0, 0)
    undo(cases, number, 6, ANN)
    with pytest.raises(InputError, match="no answer"):
        undo(cases, number, 7, ANN)


def test_a_step_is_about_what_was_shown(cases):
    number = begin(cases, ANN, "x", ["r0"]).id
    add(cases, number, 1, ANN, "yes", ["r1"])
    for nth in (1, 3, 0):
        with pytest.raises(InputError, match="answered already"):
            add(cases, number, nth, ANN, "yes", ["r1"])
    assert len(exploration(cases, number).steps) == 1


def test_finished_ones_can_be_opened_again(cases):
    number = begin(cases, ANN, "x", ["r0"]).id
    assert not exploration(cases, number).finished
    assert add(cases, number, 1, ANN, "finish").finished
    assert not add(cases, number, 2, ANN, "reopen").finished
    assert exploration(cases, number).told is None
    assert add(cases, number, 3, ANN, "tell").told is not None


def test_everyone_lists_their_own_the_newest_first(cases):
    first, second = (begin(cases, ANN, title, ["r0"]).id for title in ("one", "two"))
    begin(cases, BOB, "three", ["r0"])
    add(cases, first, 1, ANN, "yes", ["r1"])
    listed, total = explorations(cases, "ann")
    assert ([e.id for e in listed], total) == ([second, first], 2)
    assert [len(e.answers) for e in listed] == [0, 1]
    assert [e.id for e in explorations(cases, "ann", offset=1)[0]] == [first]


def test_what_cannot_be_is_refused(cases):
    with pytest.raises(InputError, match="begins with a record"):
        begin(cases, ANN, "x", [])
    with pytest.raises(MissingError, match="no exploration 7"):
        exploration(cases, 7)
    with pytest.raises(MissingError):
        add(cases, 7, 1, ANN, "yes", ["r1"])
    assert len(begin(cases, ANN, "x" * 999, ["r0"]).title) == MAX_TITLE
    assert begin(cases, ANN, "  ", ["r0"]).title == "Without a title"
