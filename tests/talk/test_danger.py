"""The flag of present danger."""

from __future__ import annotations

import pytest
from tests.talk.conftest import Reader, Talks

DAY = 24 * 60.0


def _flag(made: dict[str, list[dict[str, object]]]) -> tuple[object, object]:
    (row,) = made["conversations"]
    return row["danger"], row["danger_reason"]


def test_a_threat_and_a_plea_are_danger_however_long_the_talk_goes_on(talks: Talks, read: Reader) -> None:
    talks.say("c", "boss", "threat-harm", minutes=0)
    talks.say("c", "mira", "plea", minutes=DAY)
    for day in range(30):
        talks.say("c", "mira", minutes=(20 + day) * DAY)
    assert _flag(read(talks)) == (
        True,
        "boss wrote on 2026-03-04 what reads as a threat of violence; mira pleaded or was afraid on 2026-03-05. "
        "Somebody should read it at once.",
    )


def test_a_plea_of_another_month_does_not_belong_to_it(talks: Talks, read: Reader) -> None:
    talks.say("c", "boss", "threat-harm", minutes=0)
    talks.say("c", "mira", "plea", minutes=30 * DAY)
    for day in range(30):
        talks.say("c", "mira", minutes=(40 + day) * DAY)
    assert _flag(read(talks)) == (False, "")


@pytest.mark.parametrize(
    ("sense", "danger"), [("threat-family", True), ("threat-publish", True), ("threat-harm", False)]
)
def test_the_last_words_of_a_talk(talks: Talks, read: Reader, sense: str, danger: bool) -> None:
    talks.chat("c", *[("ana", ""), ("ben", "")] * 30, ("ana", sense))
    assert _flag(read(talks))[0] is danger


def test_a_threat_of_long_ago_that_nobody_answered_is_no_present_danger(talks: Talks, read: Reader) -> None:
    talks.say("c", "ana", "threat-family", minutes=0)
    for day in range(40):
        talks.say("c", "ben", minutes=(10 + day) * DAY)
    assert _flag(read(talks)) == (False, "")


def test_friends_who_joke_by_turns_are_in_no_danger(talks: Talks, read: Reader) -> None:
    talks.chat("c", ("ana", "threat-harm"), ("ben", "isolation"), ("cleo", "debt"), ("ben", "threat-harm isolation"))
    assert _flag(read(talks))[0] is True  # ben wrote two such messages
    alone = Talks()
    alone.chat("c", ("ana", "threat-harm isolation"), ("ben", "debt"), ("cleo", "threat-harm"))
    assert _flag(read(alone)) == (False, "")


def test_locked_in_and_ordered_about_is_danger(talks: Talks, read: Reader) -> None:
    talks.chat("c", ("boss", "rules-fines"), ("mira", ""), ("boss", "confinement"), ("boss", "confinement"))
    danger, reason = _flag(read(talks))
    assert danger
    assert reason == (
        "boss wrote on 2026-03-04 what reads as that somebody is locked in or may not leave (one of 2 such messages); "
        "it is among the last messages of this talk. Somebody should read it at once."
    )
