"""Four eyes: asked by one, granted by another, used once, and in time."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from tests.cases.conftest import ANN, BOB, SAM, SUE, last

from clew.access.roles import alone
from clew.cases import approvals
from clew.cases.case import add_member, close
from clew.model.errors import DeniedError, InputError, MissingError


def test_asked_granted_used_once(casework, case):
    asked = approvals.ask(casework, ANN, "C1", "export", "for the prosecutor")
    assert (asked.id, asked.state, asked.asked_by, asked.why) == ("C1-A1", "asked", "ann", "for the prosecutor")
    with pytest.raises(DeniedError, match="second person"):
        approvals.use(casework, ANN, "C1", "export")
    granted = approvals.grant(casework, SUE, "C1-A1", "seen")
    assert (granted.state, granted.answered_by, granted.answer) == ("granted", "sue", "seen")
    assert last(casework) == ("decide", "approval C1-A1", "sue")
    assert approvals.use(casework, ANN, "C1", "export").state == "used"
    with pytest.raises(DeniedError, match="second person"):
        approvals.use(casework, ANN, "C1", "export")
    assert [one.state for one in approvals.all_of(casework, ANN, "C1")] == ["used"]


def test_it_is_for_who_asked_and_for_what_was_asked(casework, case):
    add_member(casework, ANN, "C1", "bob")
    approvals.ask(casework, ANN, "C1", "export", "w")
    approvals.grant(casework, SUE, "C1-A1")
    for who, what, subject in (
        (BOB, "export", ""),
        (SUE, "export", ""),
        (ANN, "release", ""),
        (ANN, "export", "C1-P1"),
    ):
        with pytest.raises(DeniedError, match="second person"):
            approvals.use(casework, who, "C1", what, subject)


def test_nobody_answers_to_themselves_and_no_analyst_to_anyone(casework, case):
    add_member(casework, ANN, "C1", "bob")
    approvals.ask(casework, SUE, "C1", "export", "w")
    with pytest.raises(DeniedError, match="sue asked for it"):
        approvals.grant(casework, SUE, "C1-A1")
    with pytest.raises(DeniedError, match="supervisor"):
        approvals.grant(casework, BOB, "C1-A1")
    me = alone("root", "command line")
    mine = approvals.ask(casework, me, "C1", "export", "w")
    with pytest.raises(DeniedError, match="root asked for it"):
        approvals.grant(casework, me, mine.id)


def test_it_is_answered_once(casework, case):
    approvals.ask(casework, ANN, "C1", "export", "w")
    with pytest.raises(InputError, match="takes a reason"):
        approvals.refuse(casework, SUE, "C1-A1", "")
    approvals.refuse(casework, SUE, "C1-A1", "too early")
    with pytest.raises(InputError, match="refused already"):
        approvals.grant(casework, SAM, "C1-A1")
    with pytest.raises(DeniedError):
        approvals.use(casework, ANN, "C1", "export")


def test_time_runs_out_before_and_after_the_answer(casework, case, monkeypatch):
    approvals.ask(casework, ANN, "C1", "export", "w")
    approvals.ask(casework, ANN, "C1", "export", "w")
    approvals.grant(casework, SUE, "C1-A1")

    def later() -> str:
        return (datetime.now(UTC) + timedelta(days=7, minutes=1)).isoformat()

    monkeypatch.setattr(approvals, "now", later)
    assert [one.state for one in approvals.all_of(casework, ANN, "C1")] == ["lapsed", "lapsed"]
    with pytest.raises(DeniedError):
        approvals.use(casework, ANN, "C1", "export")
    with pytest.raises(InputError, match="lapsed already"):
        approvals.grant(casework, SUE, "C1-A2")


def test_two_uses_at_once_are_one(casework, case):
    approvals.ask(casework, ANN, "C1", "export", "w")
    approvals.grant(casework, SUE, "C1-A1")
    used, denied = list[str](), list[str]()

    def use() -> None:
        try:
            used.append(approvals.use(casework, ANN, "C1", "export").id)
        except DeniedError as error:
            denied.append(str(error))

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (used, len(denied)) == (["C1-A1"], 3)


def test_a_closed_case_can_still_be_asked_for(casework, case):
    close(casework, ANN, "C1", "judged")
    approvals.ask(casework, ANN, "C1", "export", "appeal")
    assert approvals.find(casework, ANN, "C1-A1").state == "asked"


def test_what_takes_no_approval_and_whose_it_is_not(casework, case):
    with pytest.raises(InputError, match="nothing that is asked"):
        approvals.ask(casework, ANN, "C1", "release", "w")
    with pytest.raises(InputError, match="takes a reason"):
        approvals.ask(casework, ANN, "C1", "export", "")
    for touch in (
        lambda: approvals.ask(casework, BOB, "C1", "export", "w"),
        lambda: approvals.all_of(casework, BOB, "C1"),
        lambda: approvals.use(casework, BOB, "C1", "export"),
    ):
        with pytest.raises(MissingError, match="not a case of yours"):
            touch()
    with pytest.raises(MissingError, match="C1 has no approval"):
        approvals.grant(casework, SUE, "C1-A9")
