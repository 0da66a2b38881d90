"""Exhibits: their bytes come back or a change shows, what is said of them has versions, custody has it all."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cases.conftest import ANN, BOB, SUE, last, written
from tests.tried import tried

from clew.cases import exhibits, people
from clew.cases.custody import custody
from clew.cases.exhibits import About
from clew.cases.opened import opened
from clew.model.errors import InputError, MissingError, SealError, WorkspaceError


def about(name: str = "page.html", **more: object) -> About:
    given_ = {"kind": "file", "media_type": "text/html", "whence": "https://example.org/a", "how": "clew 1"} | more
    return About(name=name, **given_)  # type: ignore[arg-type]


def put(casework, content: bytes = b"bytes", **more: object) -> exhibits.Exhibit:
    return exhibits.add(casework, ANN, "C1", about(**more), [content])[0]


def test_bytes_come_back_and_both_digests_name_them(casework, case):
    made = put(casework, b"abc" * 500_000)
    assert (made.id, made.size, made.who, made.part_of, made.tlp) == ("C1-E1", 1_500_000, "ann", "", "AMBER")
    assert made.sha256 == hashlib.sha256(b"abc" * 500_000).hexdigest()
    assert made.blake2b == hashlib.blake2b(b"abc" * 500_000).hexdigest()
    assert b"".join(exhibits.read(casework, ANN, "C1-E1")) == b"abc" * 500_000
    assert last(casework) == ("view", "exhibit C1-E1", "ann")
    assert exhibits.all_of(casework, ANN, "C1") == [made] == [exhibits.find(casework, ANN, "C1-E1")]


def test_the_intake_is_written_down_with_digests_and_nothing_personal(casework, case):
    put(casework, name="Ann Example.html", whence="/home/x/Ann Example.html", why="names Ann Example")
    entry = written(casework)[-1]
    assert (entry.act, entry.subject, entry.case_id) == ("intake", "exhibit C1-E1", "C1")
    facts = entry.facts()
    assert facts["sha256"] == hashlib.sha256(b"bytes").hexdigest()
    assert (facts["bytes"], facts["media_type"], facts["how"], facts["version"]) == (5, "text/html", "clew 1", 1)
    assert "Example" not in entry.details


def test_a_changed_original_does_not_come_back(casework, case, tmp_path):
    made = put(casework)
    path = casework.vault.path / "C1" / made.sha256
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 1
    path.write_bytes(whole)
    with pytest.raises(SealError):
        b"".join(exhibits.read(casework, ANN, "C1-E1"))
    path.unlink()
    with pytest.raises(MissingError, match="not in the vault"):
        b"".join(exhibits.read(casework, ANN, "C1-E1"))


def test_parts_come_with_it_or_nothing_does(casework, case):
    parts = [(about(f"{n}.jpg", media_type="image/jpeg"), [bytes([n])]) for n in range(3)]
    made = exhibits.add(casework, ANN, "C1", about(), [b"x"], parts)
    assert [(one.id, one.part_of) for one in made] == [
        ("C1-E1", ""), ("C1-E2", "C1-E1"), ("C1-E3", "C1-E1"), ("C1-E4", "C1-E1"),
    ]  # fmt: skip
    before = len(written(casework))
    wrong = [*parts, (about("4.jpg", expected=("0" * 64, "0" * 128)), [b"4"])]
    with pytest.raises(InputError, match="changed while it was read"):
        exhibits.add(casework, ANN, "C1", about("other"), [b"y"], wrong)
    assert len(exhibits.all_of(casework, ANN, "C1")) == 4
    assert len(written(casework)) == before + 1  # the look


def test_the_same_from_the_same_place_is_one_exhibit_until_it_is_withdrawn(casework, case):
    put(casework)
    with pytest.raises(InputError, match="C1 holds these bytes from there already, as C1-E1"):
        put(casework)
    assert put(casework, whence="https://example.org/b").id == "C1-E2"
    exhibits.withdraw(casework, ANN, "C1-E1", "wrong page")
    assert put(casework).id == "C1-E3"
    assert exhibits.find(casework, ANN, "C1-E1").withdrawn == "wrong page"
    assert b"".join(exhibits.read(casework, ANN, "C1-E1")) == b"bytes"
    with pytest.raises(InputError, match="withdrawn already"):
        exhibits.withdraw(casework, ANN, "C1-E1", "again")


def test_grading_and_handling_have_versions(casework, case):
    put(casework)
    exhibits.grade(casework, ANN, "C1-E1", grading="b3", handling="H2", conditions="ask the NGO", tlp="RED")
    made = exhibits.grade(casework, SUE, "C1-E1", tlp="GREEN")
    assert (made.grading, made.handling, made.conditions, made.tlp) == ("B3", "H2", "ask the NGO", "GREEN")
    assert (made.version, made.who) == (3, "ann")
    with opened(casework, ANN, "C1") as file:
        assert [(p.version, p.who, p.content["tlp"]) for p in file.history("exhibit", "C1-E1")] == [
            (1, "ann", "AMBER"), (2, "ann", "RED"), (3, "sue", "GREEN"),
        ]  # fmt: skip
    with pytest.raises(InputError, match="no grading"):
        exhibits.grade(casework, ANN, "C1-E1", grading="D1")


def test_handling_comes_from_the_case_unless_it_is_given(casework):
    from tests.cases.conftest import UNTIL

    from clew.cases.case import open_case

    open_case(casework, ANN, "n", "p", "l", UNTIL, "H1", "ask first", "RED")
    made = put(casework)
    assert (made.handling, made.conditions, made.tlp) == ("H1", "ask first", "RED")
    made = put(casework, whence="x", handling="H0", tlp="GREEN", grading="A1")
    assert (made.handling, made.conditions, made.tlp, made.grading) == ("H0", "", "GREEN", "A1")


def test_marks_for_protection(casework, case):
    put(casework)
    people.add(casework, ANN, "C1", ["Ann Example"], ["victim"])
    with pytest.raises(MissingError, match="no person 'C1-P2'"):
        exhibits.mark(casework, ANN, "C1-E1", ["C1-P2"])
    assert exhibits.clear(casework, ANN, "C1-E1").cleared_by == "ann"
    marked = exhibits.mark(casework, ANN, "C1-E1", ["C1-P1", "C1-P1"])
    assert (marked.shows, marked.cleared_by, marked.cleared_at) == (("C1-P1",), "", "")
    with pytest.raises(InputError, match="marked to show C1-P1"):
        exhibits.clear(casework, ANN, "C1-E1")
    assert exhibits.mark(casework, ANN, "C1-E1", []).shows == ()


def test_custody_has_every_touch_in_order(casework, case):
    put(casework)
    put(casework, b"2", whence="b")
    list(exhibits.read(casework, SUE.within("C1", "to check the page"), "C1-E1"))
    exhibits.grade(casework, ANN, "C1-E1", grading="A1")
    found = custody(casework, ANN, "C1")
    assert [(one.exhibit, one.act, one.who, one.why) for one in found] == [
        ("C1-E1", "intake", "ann", ""),
        ("C1-E2", "intake", "ann", ""),
        ("C1-E1", "view", "sue", "to check the page"),
        ("C1-E1", "change", "ann", ""),
    ]
    assert [one.seq for one in found] == sorted(one.seq for one in found)
    assert [one.act for one in custody(casework, ANN, "C1", "C1-E1")] == ["intake", "view", "change"]
    with pytest.raises(MissingError):
        custody(casework, BOB, "C1")


def test_nobody_else_touches_an_exhibit(casework, case):
    put(casework)
    for touch in (
        lambda: exhibits.read(casework, BOB, "C1-E1"),
        lambda: exhibits.find(casework, BOB, "C1-E1"),
        lambda: exhibits.withdraw(casework, BOB, "C1-E1", "w"),
        lambda: exhibits.add(casework, BOB, "C1", about(), [b"x"]),
    ):
        with pytest.raises(MissingError, match="C1 is not a case of yours"):
            touch()
    assert casework.vault.names("C1") == [hashlib.sha256(b"bytes").hexdigest()]


@pytest.mark.parametrize("name", ["C1-E2", "C1-E", "C1-E0", "C1-E01", "C1-N1", "C1-E1 ", "C1-E9999999999"])
def test_an_exhibit_that_is_not_there(casework, case, name):
    put(casework)
    with pytest.raises(MissingError, match="C1 has no exhibit"):
        exhibits.find(casework, ANN, name)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"name": ""}, "takes a name"),
        ({"whence": " "}, "takes where it comes from"),
        ({"kind": "person"}, "no kind of exhibit"),
        ({"facts": (("a", "b"),) * 201}, "201 facts are too many"),
        ({"grading": "Z9"}, "no grading"),
        ({"handling": "H3"}, "H3 needs conditions"),
        ({"tlp": "PINK"}, "no label"),
    ],
)
def test_what_an_exhibit_cannot_be(casework, case, more, said):
    with pytest.raises(InputError, match=said):
        put(casework, **more)
    assert exhibits.all_of(casework, ANN, "C1") == []


def test_a_file_that_cannot_be_read_or_kept(casework, case, tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        exhibits.add_file(casework, ANN, "C1", tmp_path / "none", "none", "file", "here", "clew 1", "x/y", ())
    folder = casework.vault.path / "C1"
    folder.rmdir() if folder.exists() else None
    casework.vault.path.mkdir(exist_ok=True)
    folder.write_text("in the way")
    with pytest.raises(WorkspaceError, match="cannot be kept"):
        put(casework)


@settings(max_examples=tried(10), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=3_000), st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), max_size=4))
def test_what_is_put_in_is_what_comes_out(casework, content, facts):
    from tests.cases.conftest import UNTIL

    from clew.cases.case import open_case

    case_id = open_case(casework, ANN, "n", "p", "l", UNTIL).id
    said = about(facts=tuple((a.encode("utf-8", "ignore").decode(), b) for a, b in facts))
    made = exhibits.add(casework, ANN, case_id, said, [content[:100], content[100:]])[0]
    assert b"".join(exhibits.read(casework, ANN, made.id)) == content
    assert exhibits.find(casework, ANN, made.id).facts == said.facts
