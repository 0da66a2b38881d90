"""A case is compared with the ledger: whatever is changed, taken away or added behind Clew's back is named."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from tests.cases.conftest import ANN, BOB, SUE, last

from clew.cases import exhibits, people, thinking
from clew.cases.case import change
from clew.cases.check import check
from clew.cases.exhibits import About
from clew.database.base import write
from clew.model.errors import MissingError


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


def test_what_was_done_to_an_original_is_named(full):
    path = next((full.vault.path / "C1").iterdir())
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    assert "changed or cut" in faults(full)[0]
    path.write_bytes(whole)
    assert faults(full) == ()
    path.unlink()
    assert "is not in the vault" in faults(full)[0]
