"""Cases: who sees one, what changes leave behind, and that nothing of it can be read or swapped without its key."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cases.conftest import ANN, AUD, BOB, SAM, SUE, UNTIL, last, somebody, written
from tests.tried import tried

from clew.cases import case as cases
from clew.cases.opened import held
from clew.cases.thinking import add_note, notes
from clew.cases.whole import read, read_held
from clew.database.base import write
from clew.ledger.entry import Deed
from clew.ledger.log import append
from clew.model.errors import DeniedError, InputError, MissingError, SealError


def test_a_case_says_what_it_was_given(casework, case):
    assert (case.id, case.version, case.owner, case.members, case.state) == ("C1", 1, "ann", (), "open")
    assert cases.find(casework, ANN, "C1") == case
    assert (case.handling, case.tlp, case.retain_until) == ("H0", "AMBER", UNTIL)


def test_owner_members_and_supervisors_see_it_and_nobody_learns_whether_another_is_there(casework, case):
    for actor in (BOB, somebody("eve")):
        with pytest.raises(MissingError) as there:
            cases.find(casework, actor, "C1")
        with pytest.raises(MissingError) as missing:
            cases.find(casework, actor, "C2")
        assert str(there.value) == str(missing.value).replace("C2", "C1")
        assert last(casework) == ("refuse", "case C2", actor.name)
    assert cases.find(casework, SUE, "C1").name == "Riverside"
    cases.add_member(casework, ANN, "C1", "bob")
    assert cases.find(casework, BOB, "C1").members == ("bob",)
    cases.remove_member(casework, SUE, "C1", "bob", "moved on")
    with pytest.raises(MissingError, match="not a case of yours"):
        cases.find(casework, BOB, "C1")


def test_an_auditor_sees_no_case_and_a_limited_token_no_more_than_its_scopes(casework, case):
    with pytest.raises(DeniedError):
        cases.find(casework, AUD, "C1")
    with pytest.raises(DeniedError):
        cases.all_of(casework, AUD)
    limited = type(SUE)("sue", SUE.roles, "api", scopes=frozenset(("work",)))
    assert cases.all_of(casework, limited) == []
    with pytest.raises(MissingError):
        cases.find(casework, limited, "C1")


@pytest.mark.parametrize(
    "name", ["", "C", "C0", "c1", "C1 ", "C1;--", "C99999999999999", "C١", "../C1", "C1-E1", "C01", "C1\n"]
)
def test_what_is_no_id_of_a_case_is_none(casework, case, name):
    with pytest.raises(MissingError, match="not a case of yours"):
        cases.find(casework, SUE, name)


def test_the_list_has_ones_own_cases(casework, case):
    cases.open_case(casework, BOB, "Other", "Another", "Article 3", UNTIL)
    assert [one.id for one in cases.all_of(casework, ANN)] == ["C1"]
    assert [one.id for one in cases.all_of(casework, BOB)] == ["C2"]
    assert [one.id for one in cases.all_of(casework, SUE)] == ["C1", "C2"]
    assert last(casework) == ("view", "cases", "sue")


def test_every_look_is_one_entry_and_work_of_clew_is_none(casework, case):
    before = len(written(casework))
    read(casework, ANN.within(None, "preparing the hearing"), "C1")
    entry = written(casework)[-1]
    assert len(written(casework)) == before + 1
    assert (entry.act, entry.subject, entry.case_id, entry.who) == ("view", "case C1", "C1", "ann")
    assert entry.texts() == {"why": "preparing the hearing"}
    assert read_held(casework, "C1").case == case
    assert len(written(casework)) == before + 1


def test_changes_are_versions_with_who_and_why(casework, case):
    cases.change(casework, ANN, "C1", "the court asked", name="Riverside II", tlp="red", retain_until="2048-01-01")
    cases.change(casework, SUE, "C1", "handed over", owner="bob")
    found = cases.versions(casework, BOB, "C1")
    assert [(one.version, one.name, one.owner, one.tlp, one.who, one.why) for one in found] == [
        (1, "Riverside", "ann", "AMBER", "ann", "opened"),
        (2, "Riverside II", "ann", "RED", "ann", "the court asked"),
        (3, "Riverside II", "bob", "RED", "sue", "handed over"),
    ]
    with pytest.raises(MissingError):
        cases.find(casework, ANN, "C1")
    facts = [entry.facts() for entry in written(casework) if entry.act == "change"]
    assert facts[1]["fields"] == ["name", "tlp", "retain_until"]
    assert "Riverside" not in str(facts)


def test_only_owner_and_supervisor_change_it(casework, case):
    cases.add_member(casework, ANN, "C1", "bob")
    for change in (
        lambda: cases.close(casework, BOB, "C1", "done"),
        lambda: cases.change(casework, BOB, "C1", "mine", owner="bob"),
        lambda: cases.add_member(casework, BOB, "C1", "eve"),
        lambda: cases.remove_member(casework, BOB, "C1", "bob"),
    ):
        with pytest.raises(DeniedError, match="ann, who owns C1"):
            change()
    assert cases.find(casework, ANN, "C1").version == 1


def test_a_closed_case_is_read_not_changed(casework, case):
    add_note(casework, ANN, "C1", "before")
    cases.close(casework, ANN, "C1", "judged")
    for change in (
        lambda: add_note(casework, ANN, "C1", "after"),
        lambda: cases.add_member(casework, ANN, "C1", "bob"),
        lambda: cases.close(casework, ANN, "C1", "again"),
    ):
        with pytest.raises(InputError, match="C1 is closed"):
            change()
    assert [note.text for note in notes(casework, ANN, "C1")] == ["before"]
    assert cases.reopen(casework, ANN, "C1", "appeal").state == "open"
    add_note(casework, ANN, "C1", "after")
    with pytest.raises(InputError, match="C1 is open"):
        cases.reopen(casework, ANN, "C1", "appeal")


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"name": " "}, "takes a name"),
        ({"purpose": ""}, "takes a purpose"),
        ({"legal_basis": "\n"}, "takes a legal basis"),
        ({"purpose": "x" * 2_001}, "too long for a purpose"),
        ({"retain_until": "soon"}, "not the day"),
        ({"retain_until": date.today() - timedelta(days=2)}, "is past"),
        ({"retain_until": "9999-12-31"}, "more than 30 years ahead: personal data is kept no longer"),
        ({"retain_until": f"{date.today().year + 31}-01-01"}, "more than 30 years ahead"),
        ({"handling": "H4"}, "no handling code"),
        ({"handling": "H2"}, "H2 needs conditions"),
        ({"tlp": "WHITE"}, "no label"),
    ],
)
def test_what_a_case_cannot_be(casework, given_, said):
    good = {"name": "n", "purpose": "p", "legal_basis": "l", "retain_until": UNTIL}
    with pytest.raises(InputError, match=said):
        cases.open_case(casework, ANN, **good | given_)
    assert written(casework) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"why": "", "name": "x"}, "takes a reason"),
        ({"why": "w"}, "Nothing of it would change"),
        ({"why": "w", "name": "Riverside"}, "Nothing of it would change"),
        ({"why": "w", "handling": "H1"}, "H1 needs conditions"),
        ({"why": "w", "retain_until": "1999-01-01"}, "is past"),
    ],
)
def test_a_change_that_cannot_be_changes_nothing(casework, case, change, said):
    before = len(written(casework))
    with pytest.raises(InputError, match=said):
        cases.change(casework, ANN, "C1", **change)
    assert (len(written(casework)), cases.find(casework, ANN, "C1")) == (before, case)


def test_members_are_named_once(casework, case):
    cases.add_member(casework, ANN, "C1", "bob")
    with pytest.raises(InputError, match="bob belongs to C1 already"):
        cases.add_member(casework, ANN, "C1", "bob")
    with pytest.raises(InputError, match="ann belongs to C1 already"):
        cases.add_member(casework, ANN, "C1", "ann")
    with pytest.raises(InputError, match="Name another owner"):
        cases.remove_member(casework, ANN, "C1", "ann")
    cases.remove_member(casework, ANN, "C1", "bob")
    with pytest.raises(InputError, match="bob is no member"):
        cases.remove_member(casework, ANN, "C1", "bob")
    assert cases.add_member(casework, ANN, "C1", "bob").members == ("bob",)


def test_where_there_are_accounts_a_member_has_one(casework, case):
    from clew.access import accounts

    boss = somebody("ada", "administrator")
    accounts.add(casework.db, boss, "ada", ["administrator"], "three grey herons by the lock")
    accounts.add(casework.db, boss, "bob", ["analyst"], "three grey herons by the lock")
    with pytest.raises(MissingError, match="no account 'eve'"):
        cases.add_member(casework, ANN, "C1", "eve")
    assert cases.add_member(casework, ANN, "C1", "Bob").members == ("bob",)


def test_texts_stand_nowhere_in_clear(casework, case):
    add_note(casework, ANN, "C1", "The flat in Riverside street")
    cases.add_member(casework, ANN, "C1", "bob")
    with casework.db.connect() as connection:
        for table in ("cases", "case_papers", "case_members"):
            rows = connection.execute(sa.text(f"SELECT * FROM {table}")).all()
            plain = str([bytes(value) if isinstance(value, memoryview) else value for row in rows for value in row])
            assert rows and "iverside" not in plain
        shown = connection.execute(sa.text("SELECT details FROM ledger_entries")).scalars().all()
        assert "iverside" not in " ".join(shown)


def test_sealed_texts_cannot_be_exchanged(casework, case):
    add_note(casework, ANN, "C1", "first")
    add_note(casework, ANN, "C1", "second")
    with write(casework.db) as connection:
        connection.execute(
            sa.text("UPDATE case_papers SET sealed = (SELECT sealed FROM case_papers WHERE nth = 2) WHERE nth = 1")
        )
    with pytest.raises(SealError, match="note C1-N1 1"):
        notes(casework, ANN, "C1")


def test_an_erased_case_keeps_its_number_and_its_days_alone(casework, case):
    add_note(casework, ANN, "C1", "secret")
    cases.add_member(casework, ANN, "C1", "bob")
    cases.open_case(casework, ANN, "Other", "Another", "Article 3", UNTIL)
    with write(casework.db) as connection:
        cases.erase_rows(connection, casework, SAM, "C1")
        append(connection, SAM, Deed("erase", "case C1"))
    for look in (lambda: cases.find(casework, ANN, "C1"), lambda: notes(casework, SUE, "C1")):
        with pytest.raises(MissingError, match="C1 was erased"):
            look()
    with pytest.raises(MissingError, match="not a case of yours"):
        cases.find(casework, BOB, "C1")
    with pytest.raises(MissingError, match="C1 was erased"), held(casework, "C1"):
        pass
    found = cases.all_of(casework, SUE)
    assert [(one.id, one.state, one.name, one.owner) for one in found] == [
        ("C1", "erased", "", "ann"),
        ("C2", "open", "Other", "ann"),
    ]
    with casework.db.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM case_papers")).scalar() == 0
        assert connection.execute(sa.text("SELECT case_id FROM case_keys")).scalars().all() == ["C2"]
    with write(casework.db) as connection, pytest.raises(MissingError, match="C1 was erased"):
        cases.erase_rows(connection, casework, SAM, "C1")
    assert cases.open_case(casework, ANN, "Third", "Another", "Article 3", UNTIL).id == "C3"


def test_what_is_kept_too_long_is_found(casework, case):
    cases.change(casework, ANN, "C1", "shorter", retain_until=date.today() + timedelta(days=1))
    assert cases.expired(casework, date.today() + timedelta(days=1)) == []
    assert [one.id for one in cases.expired(casework, date.today() + timedelta(days=2))] == ["C1"]


def test_many_at_once_lose_nothing(casework):
    def work(k: int) -> None:
        made = cases.open_case(casework, somebody(f"p{k}"), f"case {k}", "p", "l", UNTIL)
        shared.add(made.id)

    shared: set[str] = set()
    threads = [threading.Thread(target=work, args=(k,)) for k in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shared == {f"C{k}" for k in range(1, 7)}
    threads = [threading.Thread(target=add_note, args=(casework, SUE, "C1", f"note {k}")) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = notes(casework, SUE, "C1")
    assert [note.id for note in found] == [f"C1-N{k}" for k in range(1, 9)]
    assert {note.text for note in found} == {f"note {k}" for k in range(8)}


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Z"), exclude_characters="\x85"), min_size=1, max_size=80)


@settings(max_examples=tried(10), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    WORDS,
    WORDS,
    WORDS,
    st.dates(date.today() + timedelta(days=2), date(date.today().year + 30, 12, 31)),
    st.sampled_from(["H0", "H1", "H2", "H3"]),
    WORDS,
)
def test_what_is_written_is_read(casework, name, purpose, basis, until, code, conditions):
    made = cases.open_case(casework, ANN, name, purpose, basis, until, code, conditions)
    assert (made.name, made.purpose, made.legal_basis, made.retain_until) == (name, purpose, basis, until)
    assert (made.handling, made.conditions) == (code, conditions)
    assert cases.find(casework, ANN, made.id) == made
