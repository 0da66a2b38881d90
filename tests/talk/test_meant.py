"""What a message counts for: its share of what it may mean, more beside orders and threats that make a stage."""

from __future__ import annotations

import pytest
from tests.talk.conftest import Reader, Talks, control_of, stages_of

TALK = [("ana", "")] * 2 + [("ben", "")] * 2
ORDERS = [("ben", "documents-held"), ("ana", ""), ("ben", "debt"), ("ana", ""), ("ben", "rules-fines"), ("ana", "")]


def test_hints_alone_say_nothing(talks: Talks, read: Reader) -> None:
    talks.chat("c", *TALK, ("ben", "?threat-family"), ("ben", "?documents-held ?debt"), ("ana", "?plea"))
    made = read(talks)
    assert stages_of(made) == [] and control_of(made) == []
    assert not any(row["danger"] for row in made["conversations"])


def test_hints_beside_orders_that_make_a_stage_count(talks: Talks, read: Reader) -> None:
    talks.chat("c", *TALK, *ORDERS, ("ben", "?isolation"), ("ana", ""))
    talks.chat("d", *TALK, *ORDERS[:2], ("ben", "?isolation"), ("ana", ""))
    made = read(talks)
    assert ("isolation", "ben") in stages_of(made) and stages_of(made, "d") == []


def test_orders_of_one_open_no_hints_of_the_other_but_answers(talks: Talks, read: Reader) -> None:
    talks.chat("c", *TALK, *ORDERS, ("ana", "?threat-family"))
    talks.chat("d", *TALK, *ORDERS)
    talks.chat("e", *TALK, *ORDERS, ("ana", "?plea"))
    made = read(talks)
    sure = {row["conversation_id"]: row["confidence"] for row in made["control"]}
    assert stages_of(made) == stages_of(made, "d") and sure["e"] > sure.get("d", 0)


def test_hints_of_another_conversation_do_not_count(talks: Talks, read: Reader) -> None:
    talks.chat("c", *TALK, ("ben", "threat-family"), ("ana", ""))
    talks.chat("d", *TALK, ("ben", "?isolation"), ("ana", ""))
    made = read(talks)
    assert stages_of(made) == [("threat-family", "ben")] and stages_of(made, "d") == []


def test_closeness_alone_opens_nothing(talks: Talks, read: Reader) -> None:
    near = [("ben", "rapport"), ("ana", ""), ("ben", "gift"), ("ana", ""), ("ben", "move-private"), ("ana", "")]
    talks.chat("c", *TALK, *near, ("ben", "?image-request"))
    assert ("image-request", "ben") not in stages_of(read(talks))


def test_a_sense_that_is_read_is_no_hint(talks: Talks, read: Reader) -> None:
    talks.chat("c", *TALK, ("ben", "threat-family ?threat-family"), ("ana", ""))
    assert stages_of(read(talks)) == [("threat-family", "ben")]


@pytest.mark.parametrize(("odds", "counts"), [(0.0, False), (8.0, True), (None, True)])
def test_one_threat_that_is_hardly_read_makes_no_stage(
    talks: Talks, read: Reader, odds: float | None, counts: bool
) -> None:
    talks.chat("c", *TALK, ("ben", "threat-family"), ("ana", ""), odds=odds)
    assert bool(stages_of(read(talks))) == counts


def test_a_sense_gives_way_to_what_is_likelier(talks: Talks, read: Reader) -> None:
    talks.chat("c", *TALK, ("ben", "threat-family"), ("ana", ""), odds=8.0)
    talks.chat("d", *TALK, ("ben", ""), ("ana", ""))
    talks.say("d", "ben", "threat-family", "threat-publish", odds=8.0)
    talks.mentions[-1]["odds"] = 7.0
    made = read(talks)
    assert stages_of(made) == [("threat-family", "ben")] == stages_of(made, "d")
