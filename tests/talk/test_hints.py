"""Hints count where an order or threat nearly makes a stage, and nowhere else."""

from __future__ import annotations

from tests.talk.conftest import Reader, Talks, control_of, stages_of

TALK = [("ana", "")] * 2 + [("ben", "")] * 2


def test_hints_alone_say_nothing(talks: Talks, read: Reader) -> None:
    talks.chat("c", *TALK, ("ben", "?threat-family"), ("ben", "?documents-held ?debt"), ("ana", "?plea"))
    made = read(talks)
    assert stages_of(made) == [] and control_of(made) == []
    assert not any(row["danger"] for row in made["conversations"])


def test_hints_beside_two_orders_count_like_other_signs(talks: Talks, read: Reader) -> None:
    lines = [("ben", "documents-held"), ("ana", ""), ("ben", "debt"), ("ana", "")]
    talks.chat("c", *TALK, *lines, ("ben", "?isolation"), ("ana", ""))
    talks.chat("d", *TALK, *lines, ("ana", ""), ("ben", ""))
    made = read(talks)
    assert stages_of(made) == [("documents-held", "ben"), ("debt", "ben"), ("isolation", "ben")]
    assert stages_of(made, "d") == []


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
