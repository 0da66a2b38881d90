"""Notes, hypotheses and tasks: every wording stays, and what one rests on is there."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cases.conftest import ANN, BOB, SUE, last, written
from tests.tried import tried

from clew.cases import thinking
from clew.cases.exhibits import About, add
from clew.cases.words import text
from clew.model.errors import InputError, MissingError


def test_every_wording_of_a_note_stays(casework, case):
    thinking.add_note(casework, ANN, "C1", "They moved on Monday.\n\nAll of them.", "b2")
    thinking.change_note(casework, SUE, "C1-N1", "They moved on Tuesday.")
    thinking.change_note(casework, SUE, "C1-N1", grade="A1")
    note = thinking.notes(casework, ANN, "C1")[0]
    assert (note.text, note.grading, note.who, note.changed_by, note.version) == (
        "They moved on Tuesday.", "A1", "ann", "sue", 3,
    )  # fmt: skip
    assert [(one.text, one.grading) for one in thinking.note_versions(casework, ANN, "C1-N1")] == [
        ("They moved on Monday.\n\nAll of them.", "B2"),
        ("They moved on Tuesday.", "B2"),
        ("They moved on Tuesday.", "A1"),
    ]
    assert last(casework) == ("view", "note C1-N1", "ann")


def test_the_ledger_has_the_digest_of_each_version_and_no_word_of_it(casework, case):
    thinking.add_note(casework, ANN, "C1", "secret")
    thinking.change_note(casework, ANN, "C1-N1", "secret too")
    facts = [entry.facts() for entry in written(casework) if entry.subject == "note C1-N1"]
    assert [one["version"] for one in facts] == [1, 2]
    assert len({one["sealed"] for one in facts}) == 2
    assert "secret" not in "".join(entry.details + (entry.private or "") for entry in written(casework))


def test_a_hypothesis_has_two_sides_and_what_would_change_our_mind(casework, case):
    add(casework, ANN, "C1", About("a", "file", "x/y", "here", "clew"), [b"a"])
    thinking.add_hypothesis(casework, ANN, "C1", "One group runs both", "Both phones at once in two towns")
    thinking.argue(casework, ANN, "C1-H1", "for", "Same pictures", ["C1-E1", "F0123abc"])
    thinking.argue(casework, SUE, "C1-H1", "against", "Other hours")
    found = thinking.hypotheses(casework, ANN, "C1")[0]
    assert (found.statement, found.would_change, found.state) == (
        "One group runs both", "Both phones at once in two towns", "open",
    )  # fmt: skip
    assert [(one.text, one.references, one.who) for one in found.speaking("for")] == [
        ("Same pictures", ("C1-E1", "F0123abc"), "ann")
    ]
    assert [(one.text, one.references, one.who) for one in found.speaking("against")] == [("Other hours", (), "sue")]
    judged = thinking.judge(casework, SUE, "C1-H1", "supported", "The pictures weigh more")
    assert (judged.state, judged.reason, judged.changed_by, len(judged.arguments)) == (
        "supported", "The pictures weigh more", "sue", 2,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("side", "text_", "references", "said"),
    [
        ("maybe", "x", (), "no side"),
        ("for", " ", (), "takes an argument"),
        ("for", "x", ("C1-E7",), "no exhibit 'C1-E7'"),
        ("for", "x", ("C2-E1",), "no exhibit 'C2-E1'"),
        ("for", "x", ("C1-N7",), "no note 'C1-N7'"),
        ("for", "x", ("two words",), "no id"),
        ("for", "x", ("F1",) * 51, "too many"),
    ],
)
def test_what_is_no_argument(casework, case, side, text_, references, said):
    thinking.add_hypothesis(casework, ANN, "C1", "s", "w")
    with pytest.raises(InputError, match=said):
        thinking.argue(casework, ANN, "C1-H1", side, text_, references)
    assert thinking.hypotheses(casework, ANN, "C1")[0].arguments == ()


def test_a_hypothesis_needs_what_would_change_our_mind_and_a_judgement_its_reason(casework, case):
    with pytest.raises(InputError, match="what would change your mind"):
        thinking.add_hypothesis(casework, ANN, "C1", "s", "")
    thinking.add_hypothesis(casework, ANN, "C1", "s", "w")
    with pytest.raises(InputError, match="takes a reason"):
        thinking.judge(casework, ANN, "C1-H1", "rejected", "")
    with pytest.raises(InputError, match="no state"):
        thinking.judge(casework, ANN, "C1-H1", "true", "because")


def test_tasks_are_set_given_and_done(casework, case):
    thinking.add_task(casework, ANN, "C1", "Ask the platform", "bob", "2099-01-31")
    thinking.add_task(casework, ANN, "C1", "Read the mails")
    thinking.change_task(casework, SUE, "C1-T2", assignee="ann", due=date(2099, 2, 1))
    done = thinking.finish_task(casework, SUE, "C1-T1")
    assert (done.done_by, done.who, done.due) == ("sue", "ann", date(2099, 1, 31))
    first, second = thinking.tasks(casework, ANN, "C1")
    assert (first, second.assignee, second.due, second.done_by) == (done, "ann", date(2099, 2, 1), "")
    with pytest.raises(InputError, match="C1-T1 is done already"):
        thinking.finish_task(casework, ANN, "C1-T1")
    assert thinking.finish_task(casework, ANN, "C1-T1", done=False).done_by == ""
    with pytest.raises(InputError, match="still to be done"):
        thinking.finish_task(casework, ANN, "C1-T1", done=False)
    with pytest.raises(InputError, match="2099-02-30"):
        thinking.change_task(casework, ANN, "C1-T1", due="2099-02-30")


def test_nobody_else_reads_or_writes_it(casework, case):
    thinking.add_note(casework, ANN, "C1", "n")
    for touch in (
        lambda: thinking.notes(casework, BOB, "C1"),
        lambda: thinking.change_note(casework, BOB, "C1-N1", "x"),
        lambda: thinking.add_task(casework, BOB, "C1", "x"),
        lambda: thinking.hypotheses(casework, BOB, "C1"),
    ):
        with pytest.raises(MissingError, match="C1 is not a case of yours"):
            touch()


@settings(max_examples=tried(10), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(min_size=1, max_size=200).filter(lambda t: text(t, "x", needed=False)), min_size=1, max_size=4))
def test_notes_are_read_as_they_were_written(casework, wordings):
    from tests.cases.conftest import UNTIL

    from clew.cases.case import open_case

    case_id = open_case(casework, ANN, "n", "p", "l", UNTIL).id
    note = thinking.add_note(casework, ANN, case_id, wordings[0])
    for wording in wordings[1:]:
        thinking.change_note(casework, ANN, note.id, wording)
    found = [one.text for one in thinking.note_versions(casework, ANN, note.id)]
    assert found == [text(wording, "x") for wording in wordings]
