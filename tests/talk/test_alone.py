"""Mails and mailings that nobody answers are no talk: only a grave threat in somebody's own words counts there."""

from __future__ import annotations

import pyarrow as pa
import pytest
from tests.talk.conftest import Reader, Talks, control_of, stages_of

from clew.model.tables import TEMPLATE_MEMBERS

PITCH = ("rapport", "gift", "move-private", "debt", "isolation", "documents-held", "rules-fines", "earnings-demand")
GRAVE = ("threat-publish", "threat-family")


def family(rids: list[int]) -> pa.Table:
    """All of them hold the same text."""
    return pa.Table.from_pylist([{"rid": rid, "template_id": "t"} for rid in rids], schema=TEMPLATE_MEMBERS)


@pytest.mark.parametrize("to", ["ben", None])
def test_a_mail_that_nobody_answers_controls_nobody(talks: Talks, read: Reader, to: str | None) -> None:
    talks.say("c", "shop", *PITCH, "confinement", to=to)
    made = read(talks)
    assert (made["control"], made["stages"]) == ([], [])
    assert not made["conversations"][0]["danger"]


def test_an_answer_makes_it_a_talk(talks: Talks, read: Reader) -> None:
    talks.say("c", "shop", *PITCH, to="ben")
    talks.say("c", "ben", "plea", to="shop")
    made = read(talks)
    assert "isolation" in [stage for stage, _ in stages_of(made)]
    assert control_of(made) == [("shop", "ben")]


def test_the_system_and_the_sender_do_not_answer(talks: Talks, read: Reader) -> None:
    talks.say("c", "shop", *PITCH, to="ben")
    talks.say("c", "ben", extra='{"system":true}')
    talks.say("c", "shop", *PITCH, to="ben")
    assert read(talks)["stages"] == []


def test_a_threat_that_nobody_answers_is_read(talks: Talks, read: Reader) -> None:
    for sense in GRAVE:
        talks.say(sense, "boss", sense, "isolation", to="mira")
    made = read(talks)
    assert [(r["conversation_id"], r["stage"]) for r in made["stages"]] == [(g, g) for g in sorted(GRAVE)]
    assert all(r["danger"] for r in made["conversations"])
    assert made["control"] == []


def test_a_call_for_help_that_nobody_answers_is_read(talks: Talks, read: Reader) -> None:
    talks.say("c", "mira", "confinement", "plea", to="line")
    assert read(talks)["conversations"][0]["danger"]


def test_one_side_of_a_talk_is_one(talks: Talks, read: Reader) -> None:
    """A telephone that kept only what came in; to several people, or to nobody, it is a mailing."""
    for sense in ("isolation", "documents-held", "debt"):
        talks.say("one", "boss", sense, to="mira")
        talks.say("many", "boss", sense, to=f"person {sense}")
        talks.say("channel", "boss", sense)
    made = read(talks)
    assert {r["conversation_id"] for r in made["stages"]} == {"one"}


def test_a_text_that_is_sent_to_many_is_no_threat(talks: Talks, read: Reader) -> None:
    rids = [talks.say(f"c{n}", f"sender {n}", "threat-publish", to=f"person {n}") for n in range(3)]
    own = talks.say("own", "boss", "threat-publish", to="mira")
    made = read(talks, family(rids))
    assert [r["rids"] for r in made["stages"]] == [[own]]
    assert [r["conversation_id"] for r in made["conversations"] if r["danger"]] == ["own"]
    made = read(talks, family(rids[:2]))
    assert len(made["stages"]) == 4


def test_a_script_counts_where_somebody_answers(talks: Talks, read: Reader) -> None:
    rids = [talks.say(f"c{n}", "boss", "threat-publish", to=f"person {n}") for n in range(3)]
    for n in range(3):
        talks.say(f"c{n}", f"person {n}", "plea", to="boss")
    made = read(talks, family(rids))
    assert [r["stage"] for r in made["stages"]] == ["threat-publish"] * 3
    assert all(r["danger"] for r in made["conversations"])
