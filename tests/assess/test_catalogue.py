"""The catalogue holds what it should, and what breaks its rules is refused with a clear message."""

from __future__ import annotations

from pathlib import Path

import pytest

from clew.assess.catalogue import FORMS, PHASES, Slot, catalogue, clauses, load, parse, slots
from clew.assess.document import page
from clew.model.errors import InputError
from clew.model.tables import KINDS

DOCS = Path(__file__).parents[2] / "docs" / "indicators.md"

GOOD = """
id = "x-y"
name = "Name"
definition = "Plain words."
phase = "advertisement"
exploitation = ["any"]
record_kinds = ["ad"]
measure = "How."
polarity = "raises"
strength = "research"
caution = "What else."
source = "Who."
points = 1
family = "text"
subject = "record"
reason = "It says so."
reason_network = "{with} say so."
when = "type = 'wording'"
"""


def test_every_indicator_of_the_issue_is_there() -> None:
    by = {i.id: i for i in catalogue()}
    assert len([i for i in by.values() if "ad" in i.record_kinds and i.measured]) >= 25
    for name in (
        "phone-many-platforms",
        "phone-many-cities",
        "template-many-phones",
        "group-wording",
        "contact-obscured",
    ):
        assert by[name].points > 0
    for name in ("ad-edited-city", "short-stays", "overlap-distant", "phone-many-names", "restricted-movement"):
        assert by[name].points > 0
    assert by["spam-burst"].polarity == "lowers"
    assert all(set(i.record_kinds) <= set(KINDS) for i in by.values())


def test_what_outcomes_refuted_is_named_and_has_no_points() -> None:
    refuted = {i.id: i for i in catalogue() if i.strength == "refuted"}
    assert set(refuted) == {"wording-movement", "age-stated-young"}
    assert all(i.points == 0 and i.measured for i in refuted.values())


def test_ethnicity_is_documented_as_excluded_and_not_measured() -> None:
    (one,) = [i for i in catalogue() if i.id == "ethnicity-stated"]
    assert not one.measured and one.points == 0 and not one.sql and not one.when
    assert "fairness" in one.not_measured


def test_nothing_reads_an_attribute_that_clew_must_not_score() -> None:
    words = ("ethnic", "national", "religio", "gender", "race", "skin", "'language'", "sex")
    for i in catalogue():
        assert not any(w in f"{i.sql} {i.when}".lower() for w in words), i.id


def test_each_says_what_else_could_explain_it_and_who_says_so() -> None:
    assert all(len(i.caution) > 5 and len(i.source) > 3 for i in catalogue())


def test_what_is_read_in_messages_alone_is_counted_in_messages() -> None:
    of_messages = [i for i in catalogue() if i.record_kinds == ("message",) and "{all:" in i.reason_network]
    assert len(of_messages) > 5
    assert [i.id for i in of_messages if "{all:message|messages}" not in i.reason_network] == []


def test_points_follow_the_strength_of_the_evidence() -> None:
    most = {"outcome-tested": 3, "research": 2, "expert-list": 1, "speculative": 0.5, "refuted": 0}
    # a stated age below 18 needs no other sign (Palermo Protocol), so it counts more than other experts' signs
    # and a threat, confinement or trade in people is no sign of what is looked for, it is that
    for i in catalogue():
        limit = 3 if i.family in ("pressure", "trade") or i.id == "age-stated-minor" else most[i.strength]
        assert i.points <= limit, i.id


def test_the_catalogue_covers_every_phase_and_form() -> None:
    known = catalogue()
    assert len(known) >= 70
    assert {i.phase for i in known if i.measured} == set(PHASES)
    assert {form for i in known if i.measured for form in i.exploitation} == set(FORMS)


def test_a_file_that_keeps_the_rules() -> None:
    assert parse("x-y", GOOD).points == 1.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('id = "x-y"', 'id = "other"'), "not the file's name"),
        (('phase = "advertisement"', 'phase = "sales"'), "phase 'sales' is none of"),
        (('exploitation = ["any"]', 'exploitation = ["all"]'), "exploitation must be some of"),
        (('record_kinds = ["ad"]', 'record_kinds = ["advert"]'), "record_kinds must be some of"),
        (('record_kinds = ["ad"]', "record_kinds = []"), "record_kinds must be some of"),
        (('polarity = "raises"', 'polarity = "up"'), "polarity 'up' is none of"),
        (('strength = "research"', 'strength = "sure"'), "strength 'sure' is none of"),
        (('strength = "research"', 'strength = "refuted"'), "refuted or not measured has 0 points"),
        (("points = 1", "points = 0"), "above 0 exactly where it raises"),
        (("points = 1", "points = -1"), "above 0 exactly where it raises"),
        (("points = 1", "points = true"), "'points' has a value of the wrong type"),
        (('caution = "What else."\n', ""), "'caution' is missing"),
        (('caution = "What else."', 'caution = ""'), "say something"),
        (('family = "text"', 'family = "mood"'), "family 'mood' is none of"),
        (('subject = "record"', 'subject = "network"'), "a network indicator needs sql"),
        (('subject = "record"', 'subject = "none"'), "0 points"),
        (('reason = "It says so."\n', ""), "reason is missing"),
        (("when = \"type = 'wording'\"\n", ""), "exactly one of when and sql"),
        (("type = 'wording'", "type = 'x'; DROP TABLE records"), "only be one query"),
        (("type = 'wording'", "value = (SELECT nationality FROM records)"), "no such attribute"),
        (('name = "Name"', 'nam = "Name"'), "unknown field 'nam'"),
        (('name = "Name"', "name = Name"), "not valid TOML"),
        (("points = 1", "points = 1\nbegins = 5"), "begins must be above 0 and not above full"),
        (("points = 1", 'points = 1\nshow = "face"'), "is no mention type"),
    ],
)
def test_what_breaks_the_rules_is_refused(change: tuple[str, str], message: str) -> None:
    assert change[0] in GOOD
    with pytest.raises(InputError) as refused:
        parse("x-y", GOOD.replace(*change))
    assert "Indicator x-y" in str(refused.value)
    assert message in str(refused.value)


def test_a_folder_is_read_in_the_order_of_ids(tmp_path: Path) -> None:
    for name in ("b-b", "a-a"):
        (tmp_path / f"{name}.toml").write_text(GOOD.replace("x-y", name), "utf-8")
    assert [i.id for i in load(tmp_path)] == ["a-a", "b-b"]


def test_sentences_with_columns() -> None:
    assert slots("One {x} of {n:ad|ads} {n?is|are} here.") == [
        Slot("One ", "x"), Slot(" of ", "n", "ad", "ads"), Slot(" ", "n", "is", "are", counted=False), Slot(" here."),
    ]  # fmt: skip


def test_clauses_that_may_be_left_out() -> None:
    assert clauses("A[ in {n:city|cities}] b[ c].") == [
        (False, "A"), (True, " in {n:city|cities}"), (False, " b"), (True, " c"), (False, "."),
    ]  # fmt: skip


def test_the_page_of_indicators_is_fresh() -> None:
    assert DOCS.read_text("utf-8") == page(catalogue()), "Run: python -m clew.assess.document docs/indicators.md"
