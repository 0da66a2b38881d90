"""Persons: who is protected stays so until two people, one a supervisor, say otherwise."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cases.conftest import ANN, BOB, SAM, SUE, UNTIL, last, written
from tests.tried import tried

from clew.cases import approvals, people
from clew.cases.case import erase_rows, open_case
from clew.database.base import write
from clew.model.errors import DeniedError, InputError, MissingError


def victim(casework, name: str = "Ann Example", **more: object) -> people.Person:
    return people.add(casework, ANN, "C1", [name], ["victim"], **more)  # type: ignore[arg-type]


def test_a_person_may_be_several_things_at_once(casework, case):
    made = people.add(
        casework, ANN, "C1", ["Ann Example", "Annie"], ["victim", "suspect"], minor=True, role="placed adverts",
        identifiers=[("phone", "+31 6 1234 5678"), ("email", "Ann@Example.org"), ("passport", "X 1")], grade="B2",
    )  # fmt: skip
    assert (made.id, made.categories, made.minor, made.protected) == ("C1-P1", ("suspect", "victim"), True, True)
    assert made.identifiers == (("phone", "+31612345678"), ("email", "ann@example.org"), ("passport", "X 1"))
    assert people.all_of(casework, ANN, "C1") == [made]
    assert last(casework) == ("view", "case C1", "ann")


@pytest.mark.parametrize(
    ("categories", "minor", "protected"),
    [
        (["suspect"], False, False),
        (["contact", "witness"], False, False),
        (["convicted", "victim"], False, True),
        (["suspect"], True, True),
    ],
)
def test_victims_and_minors_are_protected(casework, case, categories, minor, protected):
    made = people.add(casework, ANN, "C1", ["N"], categories, minor=minor)
    assert made.protected is protected
    assert len(people.protected(casework)) == protected


def test_pseudonyms_are_drawn_not_made_from_the_name(casework, case):
    made = [victim(casework, "Ann Example") for _ in range(30)]
    assert len({one.pseudonym for one in made}) == 30
    assert all(re.fullmatch(r"V-[2-9A-HJKMNP-TV-Z]{6}", one.pseudonym) for one in made)
    kept = people.change(casework, ANN, "C1-P1", names=["Other"], role="x")
    assert kept.pseudonym == made[0].pseudonym
    assert people.add(casework, ANN, "C1", ["Bo"], ["contact"]).pseudonym.startswith("P-")


def test_a_release_takes_two_people_of_whom_one_is_a_supervisor(casework, case):
    victim(casework)
    asked = people.ask_release(casework, ANN, "C1-P1", "she wants to testify by name")
    for who in (ANN, BOB):
        with pytest.raises((DeniedError, MissingError)):
            people.release(casework, who, asked.id, "fine")
    assert people.protected(casework)
    made = people.release(casework, SUE, asked.id, "she told the court herself")
    assert not made.protected
    assert (made.release.asked_by, made.release.by, made.release.why) == ("ann", "sue", "she told the court herself")
    assert people.protected(casework) == []
    with pytest.raises(InputError, match="used already"):
        people.release(casework, SAM, asked.id, "again")
    people.revoke(casework, ANN, "C1-P1", "she changed her mind")
    assert [one.person_id for one in people.protected(casework)] == ["C1-P1"]
    with pytest.raises(InputError, match="not released"):
        people.revoke(casework, ANN, "C1-P1", "again")


def test_a_supervisor_who_asked_cannot_release(casework, case):
    victim(casework)
    asked = people.ask_release(casework, SUE, "C1-P1", "court")
    with pytest.raises(DeniedError, match="another person"):
        people.release(casework, SUE, asked.id, "fine")
    with pytest.raises(InputError, match="Release the person instead"):
        approvals.grant(casework, SAM, asked.id)
    with pytest.raises(InputError, match="takes a reason"):
        people.release(casework, SAM, asked.id, " ")
    approvals.refuse(casework, SAM, asked.id, "not needed")
    with pytest.raises(InputError, match="refused already"):
        people.release(casework, SAM, asked.id, "fine")
    assert people.protected(casework)


def test_an_approval_of_an_export_releases_nobody(casework, case):
    victim(casework)
    asked = approvals.ask(casework, ANN, "C1", "export", "court")
    with pytest.raises(InputError, match="Answer that instead"):
        people.release(casework, SUE, asked.id, "fine")
    assert people.protected(casework)


def test_a_correction_uncovers_nobody(casework, case):
    victim(casework, identifiers=[("phone", "+31612345678")])
    people.change(casework, ANN, "C1-P1", names=["Wrong"], identifiers=[])
    hidden = people.protected(casework)[0]
    assert hidden.names == ("Wrong", "Ann Example")
    assert hidden.identifiers == (("phone", "+31612345678"),)
    for who in (ANN, SUE):
        with pytest.raises(DeniedError, match="C1-P1 is protected"):
            people.change(casework, who, "C1-P1", categories=["contact"])
    assert people.all_of(casework, ANN, "C1")[0].categories == ("victim",)
    asked = people.ask_release(casework, ANN, "C1-P1", "it was another person")
    people.release(casework, SUE, asked.id, "seen")
    assert people.change(casework, ANN, "C1-P1", categories=["contact"]).protected is False


def test_who_becomes_a_victim_is_protected_whatever_was_granted_before(casework, case):
    victim(casework)
    people.release(casework, SUE, people.ask_release(casework, ANN, "C1-P1", "w").id, "w")
    people.change(casework, ANN, "C1-P1", categories=["contact"])
    assert people.change(casework, ANN, "C1-P1", minor=True).protected


def test_only_the_protected_are_released(casework, case):
    people.add(casework, ANN, "C1", ["Bo"], ["suspect"])
    with pytest.raises(InputError, match="not protected"):
        people.ask_release(casework, ANN, "C1-P1", "w")


def test_protection_reaches_over_all_cases_but_those_that_were_erased(casework, case):
    victim(casework)
    open_case(casework, BOB, "Other", "p", "l", UNTIL)
    people.add(casework, BOB, "C2", ["Cy"], ["contact"], minor=True)
    before = len(written(casework))
    assert [(one.case_id, one.person_id, one.names) for one in people.protected(casework)] == [
        ("C1", "C1-P1", ("Ann Example",)),
        ("C2", "C2-P1", ("Cy",)),
    ]
    assert len(written(casework)) == before
    with write(casework.db) as connection:
        erase_rows(connection, casework, SUE, "C1")
    assert [one.case_id for one in people.protected(casework)] == ["C2"]


def test_names_stand_nowhere_in_clear(casework, case):
    victim(casework, "Ann Example", identifiers=[("phone", "+31612345678")])
    people.ask_release(casework, ANN, "C1-P1", "w")
    with casework.db.connect() as connection:
        rows = connection.execute(sa.text("SELECT * FROM case_papers")).all()
        shown = connection.execute(sa.text("SELECT details, private FROM ledger_entries")).all()
    plain = str([bytes(value) if isinstance(value, memoryview) else value for row in rows for value in row])
    assert "Example" not in plain + str(shown)
    assert "612345678" not in plain + str(shown)


@pytest.mark.parametrize(
    ("names", "categories", "more", "said"),
    [
        ([], ["victim"], {}, "0 names"),
        ([" "], ["victim"], {}, "takes a name"),
        (["N"], [], {}, "takes a category"),
        (["N"], ["client"], {}, "no category"),
        (["N"], ["victim"], {"identifiers": [("phone", "call me")]}, "no phone number"),
        (["N"], ["victim"], {"identifiers": [("email", "ann")]}, "no mail address"),
        (["N"], ["victim"], {"identifiers": [("", "x")]}, "takes a type"),
        (["N"], ["victim"], {"grade": "F"}, "no grading"),
    ],
)
def test_what_a_person_cannot_be(casework, case, names, categories, more, said):
    with pytest.raises(InputError, match=said):
        people.add(casework, ANN, "C1", names, categories, **more)
    assert people.all_of(casework, ANN, "C1") == []


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Z"), exclude_characters="\x85"), min_size=1, max_size=40)
CATEGORIES = st.lists(st.sampled_from(list(people.CATEGORIES)), min_size=1, unique=True)


@settings(max_examples=tried(10), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(WORDS, min_size=1, max_size=4, unique=True), CATEGORIES, st.booleans(), WORDS)
def test_what_is_said_of_a_person_is_read(casework, names, categories, minor, passport):
    case_id = open_case(casework, ANN, "n", "p", "l", UNTIL).id
    made = people.add(casework, ANN, case_id, names, categories, minor=minor, identifiers=[("passport", passport)])
    assert people.all_of(casework, ANN, case_id) == [made]
    assert (made.names, set(made.categories), made.minor) == (tuple(names), set(categories), minor)
    assert made.identifiers == (("passport", passport),)
    hidden = [one for one in people.protected(casework) if one.case_id == case_id]
    assert bool(hidden) == (minor or "victim" in categories)
