"""Which stages count: hand-made talks, and what each shows."""

from __future__ import annotations

import pytest
from tests.talk.conftest import START, Reader, Talks, stages_of

from clew.talk.senses import SENSES

MILD = ["rapport", "gift", "move-private", "image-request", "location-demand", "rules-fines", "earnings-demand", "debt"]
STRONG = ["isolation", "documents-held"]
GRAVE = ["threat-publish", "threat-family"]
STAGES = {
    "rapport", "isolation", "gift", "debt", "move-private", "image-request", "threat-publish", "location-demand",
    "rules-fines", "earnings-demand", "documents-held", "threat-family",
}  # fmt: skip


def test_the_stages_are_those_of_the_contract() -> None:
    assert {s.name for s in SENSES if s.stage} == STAGES == {*MILD, *STRONG, *GRAVE}


@pytest.mark.parametrize("sense", MILD + STRONG)
def test_a_lone_sign_in_an_ordinary_chat_is_no_stage(talks: Talks, read: Reader, sense: str) -> None:
    talks.chat("c", *[("ana", ""), ("ben", "")] * 10, ("ana", sense), *[("ben", ""), ("ana", "")] * 10)
    assert stages_of(read(talks)) == []


@pytest.mark.parametrize("sense", MILD)
def test_a_mild_sign_that_is_a_habit_is_no_stage(talks: Talks, read: Reader, sense: str) -> None:
    talks.chat("c", *[("ana", sense), ("ben", ""), ("ana", ""), ("ben", "")] * 20)
    assert stages_of(read(talks)) == []


@pytest.mark.parametrize("sense", GRAVE)
def test_a_threat_is_a_stage_at_once(talks: Talks, read: Reader, sense: str) -> None:
    talks.chat("c", *[("ana", ""), ("ben", "")] * 30, ("ana", sense))
    assert stages_of(read(talks)) == [(sense, "ana")]


def test_three_sorts_of_mild_signs_count_and_two_do_not(talks: Talks, read: Reader) -> None:
    talks.chat("c", *[("ana", "rapport"), ("ana", "gift"), ("ben", "")] * 3, ("cleo", ""))
    talks.chat("d", ("ana", "rapport"), ("ben", ""), ("ana", "gift"), ("ben", ""), ("ana", "image-request"))
    made = read(talks)
    assert stages_of(made) == []
    assert stages_of(made, "d") == [("rapport", "ana"), ("gift", "ana"), ("image-request", "ana")]


def test_what_an_offer_says_supports_a_stage_and_is_none(talks: Talks, read: Reader) -> None:
    talks.chat("c", ("agent", "employer-vague"), ("ana", ""), ("agent", "fee-upfront"), ("agent", "move-private"))
    talks.chat("d", ("agent", "job-pitch"), ("ana", ""), ("agent", "job-pitch"), ("agent", "move-private"))
    talks.chat("e", ("agent", "job-pitch"), ("ana", ""), ("agent", "promise"), ("agent", "move-private"))
    made = read(talks)
    assert stages_of(made) == [("move-private", "agent")]
    assert stages_of(made, "d") == []
    assert stages_of(made, "e") == [("move-private", "agent")]


def test_what_both_do_does_not_count(talks: Talks, read: Reader) -> None:
    for sense in ("rapport", "gift", "image-request"):
        talks.chat("c", ("ana", sense), ("ben", sense))
    assert stages_of(read(talks)) == []


def test_mild_signs_count_beside_a_threat_and_only_of_the_same_person(talks: Talks, read: Reader) -> None:
    a, _, b, c, _ = talks.chat(
        "c", ("ana", "rapport"), ("ben", "gift"), ("ana", "image-request"), ("ana", "threat-publish"), ("ben", "")
    )
    made = read(talks)
    assert stages_of(made) == [("rapport", "ana"), ("image-request", "ana"), ("threat-publish", "ana")]
    assert [row["rids"] for row in made["stages"]] == [[a], [b], [c]]
    assert made["conversations"][0]["stages"] == ["rapport", "image-request", "threat-publish"]


def test_stages_come_in_the_order_of_their_first_message(talks: Talks, read: Reader) -> None:
    talks.say("c", "ana", "threat-family", minutes=30)
    talks.say("c", "ana", "debt", minutes=10)
    talks.say("c", "ana", "documents-held", minutes=20)
    talks.say("c", "ana", "debt", minutes=40)
    talks.say("c", "ben", minutes=50)
    made = read(talks)
    assert made["conversations"][0]["stages"] == ["debt", "documents-held", "threat-family"]
    debt = made["stages"][0]
    assert [(debt[at] - START).seconds / 60 for at in ("first_at", "last_at")] == [10, 40]
    assert debt["rids"] == [talks.records[1]["rid"], talks.records[3]["rid"]]


def test_what_somebody_answers_supports_a_stage(talks: Talks, read: Reader) -> None:
    orders = [("boss", "earnings-demand"), ("boss", "rules-fines"), ("boss", "location-demand")]
    talks.chat("staff", *orders, ("mira", "earnings-report"))
    talks.chat("held", *orders, ("mira", "earnings-report"), ("mira", "plea"))
    made = read(talks)
    assert stages_of(made, "staff") == []
    assert [stage for stage, _ in stages_of(made, "held")] == ["earnings-demand", "rules-fines", "location-demand"]


def test_the_whole_way_from_flattery_to_threats(talks: Talks, read: Reader) -> None:
    talks.chat(
        "c",
        ("rick", "rapport"), ("mira", ""), ("rick", "rapport"), ("mira", "rapport"), ("rick", "gift"), ("mira", ""),
        ("rick", "move-private"), ("mira", ""), ("rick", "isolation"), ("mira", ""), ("rick", "image-request"),
        ("mira", ""), ("rick", "debt"), ("mira", "plea"), ("rick", "threat-publish"), ("mira", "plea"),
        ("rick", "location-demand"), ("mira", "check-in"), ("rick", "earnings-demand"), ("mira", "earnings-report"),
    )  # fmt: skip
    made = read(talks)
    assert made["conversations"][0]["stages"] == [
        "rapport", "gift", "move-private", "isolation", "image-request", "debt", "threat-publish", "location-demand",
        "earnings-demand",
    ]  # fmt: skip
    assert {actor for _, actor in stages_of(made)} == {"rick"}
