"""A case is compared with the ledger: whatever is changed, taken away or added behind Clew's back is named."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from tests.cases.conftest import ANN, BOB, SUE, last

from clew.cases import exhibits, people, thinking
from clew.cases.case import add_member, change, expired, remove_member
from clew.cases.check import check
from clew.cases.exhibits import About
from clew.database.base import write
from clew.ledger.entry import Deed
from clew.ledger.log import append
from clew.model.errors import MissingError, SealError


@pytest.fixture
def full(casework, case):
    """A case with something of each kind."""
    exhibits.add(casework, ANN, "C1", About("a", "file", "text/plain", "here", "clew"), [b"abc"])
    exhibits.grade(casework, ANN, "C1-E1", grading="A1")
    thinking.add_note(casework, ANN, "C1", "n")
    thinking.change_note(casework, SUE, "C1-N1", "m")
    people.add(casework, ANN, "C1", ["Ann"], ["victim"])
    people.ask_release(casework, ANN, "C1-P1", "w")
    change(casework, ANN, "C1", "w", name="x")
    add_member(casework, ANN, "C1", "bob")
    remove_member(casework, ANN, "C1", "bob")
    add_member(casework, ANN, "C1", "cid")
    return casework


def sql(casework, statement: str) -> None:
    with write(casework.db) as connection:
        connection.execute(sa.text(statement))


def faults(casework) -> tuple[str, ...]:
    return check(casework, ANN, "C1").faults


def test_a_whole_case_has_no_fault(full):
    found = check(full, ANN, "C1")
    assert (found.versions, found.originals, found.faults) == (8, 1, ())
    assert last(full) == ("view", "case C1", "ann")
    with pytest.raises(MissingError):
        check(full, BOB, "C1")


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM case_papers WHERE kind = 'note' AND version = 2", "note C1-N1: version 2, of entry 4, is gone."),
        ("DELETE FROM case_papers WHERE kind = 'person'", "person C1-P1: version 1, of entry 5, is gone."),
        ("DELETE FROM cases WHERE version = 2", "case C1: version 2, of entry 7, is gone."),
        (
            "UPDATE case_papers SET sealed = (SELECT sealed FROM case_papers WHERE kind = 'note' AND version = 1) "
            "WHERE kind = 'note' AND version = 2",
            "note C1-N1: version 2 is not what entry 4 says was written.",
        ),
        ("UPDATE case_papers SET version = 3 WHERE kind = 'note' AND version = 2", "note C1-N1: version 3 is not in"),
        ("UPDATE case_papers SET nth = 2 WHERE kind = 'exhibit'", "exhibit C1-E2: version 1 is not in the ledger."),
    ],
)
def test_what_was_done_to_the_database_is_named(full, statement, said):
    sql(full, statement)
    assert any(fault.startswith(said) for fault in faults(full)), faults(full)


_LONG_AGO = "2019-05-05T00:00:00+00:00"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE case_papers SET who = 'mallory' WHERE kind = 'exhibit' AND version = 1",
            "exhibit C1-E1: version 1: entry 1 says ann of its author, the case says mallory.",
        ),
        (
            f"UPDATE case_papers SET at = '{_LONG_AGO}' WHERE kind = 'note' AND version = 2",
            f"of its time, the case says {_LONG_AGO}.",
        ),
        ("UPDATE case_papers SET at = 'x' WHERE kind = 'note' AND version = 1", "of its time, the case says x."),
        (
            "UPDATE cases SET owner = 'mallory' WHERE version = 1",
            "case C1: version 1: entry 0 says ann of its owner, the case says mallory.",
        ),
        (
            "UPDATE cases SET state = 'closed' WHERE version = 2",
            "case C1: version 2: entry 7 says open of its state, the case says closed.",
        ),
        (
            "UPDATE cases SET retain_until = '2020-01-01' WHERE version = 2",
            "case C1: version 2: entry 7 says 2049-12-31 of its day of erasure, the case says 2020-01-01.",
        ),
        ("UPDATE cases SET who = 'mallory' WHERE version = 2", "says ann of its author, the case says mallory."),
        (
            "INSERT INTO case_members (case_id, name, belongs, who, at) VALUES ('C1', 'mallory', true, 'ann', 'x')",
            "case C1: change 1 about member mallory is not in the ledger.",
        ),
        (
            "DELETE FROM case_members WHERE name = 'bob' AND NOT belongs",
            "case C1: change 2 about member bob, of entry 9, is gone.",
        ),
        ("UPDATE case_members SET who = 'mallory' WHERE name = 'cid'", "entry 10 says ann of its author"),
        (
            "INSERT INTO packages VALUES ('C1', 1, 3, 3, '00', '00', 1, 1, 'ann', 'x')",
            "package C1-B1 is not in the ledger.",
        ),
    ],
)
def test_what_stands_in_clear_is_compared_as_well(full, statement, said):
    sql(full, statement)
    assert any(said in fault for fault in faults(full)), faults(full)


def test_a_case_that_only_its_cover_says_was_erased_is_named(full):
    sql(full, "UPDATE cases SET state = 'erased' WHERE version = 2")
    with pytest.raises(SealError, match="no entry of that"):
        check(full, ANN, "C1")
    with write(full.db) as connection:
        append(connection, SUE.within("C1", "w"), Deed("erase", "case C1"))
    with pytest.raises(MissingError, match="was erased"):
        check(full, ANN, "C1")


def test_a_package_that_was_made_is_compared(full):
    details = {"package": "C1-B1", "sha256": "ab", "blake2b": "cd", "head": 3, "files": 9}
    row = "INSERT INTO packages VALUES ('C1', 1, 11, 3, 'ab', 'cd', 9, 70, 'ann', :at)"
    with write(full.db) as connection:
        made = append(connection, ANN.within("C1", "w"), Deed("export", "case C1", details))
        connection.execute(sa.text(row), {"at": made.at})
        append(connection, ANN.within("C1", "w"), Deed("export", "case C1", {"package": "C1-B1", "sha256": "of a zip"}))
    assert faults(full) == ()
    sql(full, "UPDATE packages SET sha256 = '00'")
    assert faults(full) == ("package C1-B1: entry 11 says ab of its sha256, the case says 00.",)
    sql(full, "DELETE FROM packages")
    assert faults(full) == ("package C1-B1, of entry 11, is gone.",)


def test_only_the_day_that_the_ledger_knows_makes_a_case_due(full):
    sql(full, "UPDATE cases SET retain_until = '2020-01-01'")
    assert expired(full, date(2049, 12, 31)) == []
    sql(full, "UPDATE cases SET retain_until = '2099-01-01'")
    assert [case.id for case in expired(full, date(2050, 1, 1))] == ["C1"]


def test_what_was_done_to_an_original_is_named(full):
    path = next((full.vault.path / "C1").iterdir())
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    assert "changed or cut" in faults(full)[0]
    path.write_bytes(whole)
    assert faults(full) == ()
    path.unlink()
    assert "is not in the vault" in faults(full)[0]
