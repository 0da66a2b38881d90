"""Who controls whom: hand-made talks of control, and ordinary ones that must give nothing."""

from __future__ import annotations

import pytest
from tests.talk.conftest import Reader, Talks, control_of

HELD = (
    ("boss", "location-demand"), ("mira", "check-in"), ("boss", "earnings-demand"), ("mira", "earnings-report"),
    ("boss", "rules-fines"), ("mira", "plea"), ("boss", "threat-family"), ("mira", "earnings-report"),
)  # fmt: skip

ORDINARY = {
    # "how much was in the till?", "late twice and the shift is gone", "where are you, we open at nine"
    "shift manager": (
        ("kim", "location-demand"), ("lee", "check-in"), ("kim", "rules-fines"), ("lee", ""),
        ("kim", "earnings-demand"), ("lee", "earnings-report"), ("kim", "earnings-demand"), ("lee", "earnings-report"),
        ("kim", "location-demand"), ("lee", "check-in"), ("kim", "rules-fines"), ("lee", ""),
        ("kim", "earnings-demand"), ("lee", "earnings-report"),
    ),
    # "the rent is due", "a late fee"
    "landlord": (
        ("owner", "debt"), ("tenant", ""), ("owner", "debt"), ("tenant", "move-private"),
        ("owner", "rules-fines"), ("tenant", ""), ("owner", ""), ("tenant", "debt"), ("owner", ""), ("tenant", ""),
    ),
    # "where are you? answer!", "be home by ten or no phone tomorrow"
    "parent": (
        ("mum", "location-demand"), ("kid", "check-in"), ("mum", "rapport"), ("kid", "rapport"),
        ("mum", "rules-fines"), ("kid", ""), ("kid", "location-demand"),
        ("mum", "check-in"), ("mum", "gift"),
    ),
    "couple": (
        ("ana", "rapport"), ("ben", "rapport"), ("ana", "location-demand"), ("ben", "check-in"),
        ("ben", "image-request"),
        ("ana", "rapport"), ("ben", "gift"), ("ana", "image-request"), ("ben", "rapport"), ("ben", "location-demand"),
        ("ana", "check-in"), ("ana", "isolation"),
    ),
    # both shout at each other
    "quarrel": (
        ("ana", "threat-harm"), ("ben", "threat-harm"), ("ana", "debt"), ("ben", "debt"), ("ana", "threat-publish"),
        ("ben", "threat-publish"), ("ana", "rules-fines"), ("ben", "rules-fines"),
    ),
    # "where are you now? can you get out? keep your phone with you"
    "helper": (
        ("line", "location-demand"), ("mira", "check-in"), ("mira", "plea"), ("line", "location-demand"),
        ("mira", "plea"),
        ("line", ""), ("mira", "check-in"), ("mira", "plea"), ("mira", "earnings-report"),
    ),
    "a threat and no more": (("ana", "threat-harm"), ("ben", ""), ("ana", ""), ("ben", "")),
}  # fmt: skip


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_talk_gives_no_control(talks: Talks, read: Reader, name: str) -> None:
    talks.chat("c", *ORDINARY[name])
    assert read(talks)["control"] == []


@pytest.mark.parametrize("name", [n for n in ORDINARY if n not in ("quarrel", "a threat and no more")])
def test_ordinary_talk_gives_no_stage_and_no_danger(talks: Talks, read: Reader, name: str) -> None:
    talks.chat("c", *ORDINARY[name])
    made = read(talks)
    assert made["stages"] == []
    assert not made["conversations"][0]["danger"]


def test_control_is_explained_by_what_was_counted(talks: Talks, read: Reader) -> None:
    rids = talks.chat("c", *HELD)
    (row,) = read(talks)["control"]
    assert (row["controller"], row["controlled"]) == ("boss", "mira")
    assert row["reason"] == (
        "boss made 3 demands of mira (location 1, earnings 1, rules and fines 1), threatened mira once "
        "(against family 1); mira reported earnings twice, said once where they were, pleaded or was afraid once."
    )
    assert row["rids"] == rids


def test_confidence_is_the_logistic_of_the_parts(talks: Talks, read: Reader) -> None:
    """Two threats and two pleas, worth 1 1/3 of one."""
    talks.chat("c", ("boss", "threat-family"), ("mira", "plea"), ("boss", "threat-family"), ("mira", "plea"))
    (row,) = read(talks)["control"]
    odds = -4.5 + 2.5 * 4 / 3 + 1.4 * 4 / 3
    assert row["confidence"] == pytest.approx(1 / (1 + 2.718281828**-odds), abs=6e-4)


def test_more_evidence_gives_more_confidence(talks: Talks, read: Reader) -> None:
    talks.chat("few", *HELD)
    talks.chat("many", *HELD, ("boss", "documents-held"), ("boss", "confinement"), ("mira", "plea"), platform="q")
    few, many = read(talks)["control"]
    assert few["confidence"] < many["confidence"] < 1


def test_the_controlled_ordering_back_takes_away(talks: Talks, read: Reader) -> None:
    talks.chat("c", *HELD, *[("mira", sense) for sense in ("threat-family", "rules-fines", "debt", "earnings-demand")])
    assert read(talks)["control"] == []


def test_in_a_group_the_one_who_answers_is_meant(talks: Talks, read: Reader) -> None:
    talks.chat("g", ("boss", ""), ("ana", ""), ("mira", ""), ("boss", ""), ("lena", ""))
    talks.chat("g", *HELD)
    made = read(talks)
    assert control_of(made, "g") == [("boss", "mira")]


def test_in_a_group_the_recipient_is_meant(talks: Talks, read: Reader) -> None:
    for who, senses in HELD:
        talks.say("g", who, *senses.split(), to="mira" if who == "boss" else "boss")
        talks.say("g", "ana", to="boss")
    assert control_of(read(talks), "g") == [("boss", "mira")]


def test_in_a_group_the_one_who_is_replied_to_is_meant(talks: Talks, read: Reader) -> None:
    for n, (who, senses) in enumerate(HELD):
        talks.say("g", who, *senses.split(), native=f"g/{n}", extra=f'{{"reply_to":"g/{n - 1}"}}' if n else None)
        talks.say("g", "ana", native=f"ana/{n}")
    talks.say("other", "cleo", native="g/1", platform="q")
    assert control_of(read(talks), "g") == [("boss", "mira")]


def test_each_of_a_group_is_controlled_for_themself(talks: Talks, read: Reader) -> None:
    talks.chat("g", *HELD, *[("lena" if who == "mira" else who, senses) for who, senses in HELD])
    made = read(talks)
    assert control_of(made, "g") == [("boss", "lena"), ("boss", "mira")]


def test_who_must_answer_at_once_is_told_by_the_clock(talks: Talks, read: Reader) -> None:
    orders = ["location-demand", "threat-family", "", "", "", "", ""]
    for name, wait in (("slow", 600), ("same", 1)):
        minute = 0
        for n, order in enumerate(orders):
            talks.say(name, "boss", *order.split(), minutes=minute)
            talks.say(name, "mira", *(["check-in"] if n == 0 else []), minutes=minute + 1)
            minute += 1 + wait
    confidence = {r["conversation_id"]: r["confidence"] for r in read(talks)["control"]}
    assert confidence.get("slow", 0.0) > confidence.get("same", 0.0)


def test_a_story_without_an_order_or_an_answer_controls_nobody(talks: Talks, read: Reader) -> None:
    told = ("threat-family", "documents-held", "threat-publish", "confinement")
    talks.chat("story", *[("mira", sense) for sense in told], ("ana", ""))
    talks.chat("order", *[("boss", sense) for sense in (*told, "rules-fines")], ("ana", ""))
    made = read(talks)
    assert control_of(made, "story") == []
    assert control_of(made, "order") == [("boss", "ana")]


def test_a_talk_with_oneself_or_of_one_side_controls_nobody(talks: Talks, read: Reader) -> None:
    for senses in ("threat-family", "threat-publish", "rules-fines", "debt", "documents-held"):
        talks.say("one side", "boss", senses)
        talks.say("notes", "boss", senses, to="boss")
    assert read(talks)["control"] == []


# 0.2 short of enough: -4.5 + 1.5 + 1.4 + 1.4
DRAWN = (("boss", "isolation"), ("lena", "plea"), ("boss", "rules-fines"), ("lena", ""))


def test_who_controls_elsewhere_is_sooner_believed(talks: Talks, read: Reader) -> None:
    talks.chat("c", *DRAWN)
    assert read(talks)["control"] == []
    talks.chat("other", *HELD)
    rows = {r["conversation_id"]: r for r in read(talks)["control"]}
    assert (rows["c"]["controller"], rows["c"]["controlled"]) == ("boss", "lena")
    assert rows["c"]["confidence"] == pytest.approx(1 / (1 + 2.718281828**-1.8), abs=6e-4)
    assert rows["c"]["reason"].endswith("; boss seems to control somebody in 1 other talk.")
    assert "other talk" not in rows["other"]["reason"]  # what is believed because of it proves nothing in turn


def test_what_may_be_meant_is_told_apart_from_what_is_said(talks: Talks, read: Reader) -> None:
    talks.chat("c", *HELD)
    talks.say("c", "boss", "location-demand", odds=-2.0)
    (row,) = read(talks)["control"]
    assert row["reason"].startswith("boss made 3 demands of mira (location 1, earnings 1, rules and fines 1), ")
    assert row["reason"].endswith("; 1 more message may say so.")


@pytest.mark.parametrize("platform, source, joined", [("p", "t", True), ("q", "s", False), ("whatsapp", "t", False)])
def test_an_account_is_a_name_of_one_platform_or_address_book(
    talks: Talks, read: Reader, platform: str, source: str, joined: bool
) -> None:
    talks.chat("c", *DRAWN, platform="whatsapp" if platform == "whatsapp" else "p")
    talks.chat("other", *HELD, platform=platform, source=source)
    assert bool(control_of(read(talks), "c")) == joined


def test_controlling_elsewhere_is_no_sign_by_itself(talks: Talks, read: Reader) -> None:
    talks.chat("c", ("boss", "rapport gift"), ("lena", "check-in"), ("boss", "location-demand"), ("lena", ""))
    for n in range(3):
        talks.chat(f"other{n}", *HELD)
    assert control_of(read(talks), "c") == []


PITCH = (("agent", "job-pitch"), ("ana", ""), ("agent", "promise"), ("ana", ""), ("agent", "move-private"), ("ana", ""))


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ((), False),  # "the boss keeps everybody's papers", and nothing after it
        ((("agent", "debt"),), True),
        ((("agent", "documents-held"),), True),
        ((("ana", "plea"),), True),
        ((("agent", "rapport"), ("ana", ""), ("agent", "gift")), True),
        ((("agent", "promise"), ("ana", ""), ("agent", "promise"), ("ana", "")), True),  # a long courting
        ((("ana", "job-seek"),), False),
    ],
)
@pytest.mark.parametrize("elsewhere", [False, True])
def test_who_pitches_and_says_once_that_papers_are_kept_controls_nobody_yet(
    talks: Talks, read: Reader, more: tuple[tuple[str, str], ...], named: bool, elsewhere: bool
) -> None:
    talks.chat("c", *PITCH, ("agent", "documents-held"), ("ana", ""), *more)
    if elsewhere:
        talks.chat("other", *((who.replace("boss", "agent"), senses) for who, senses in HELD))
    assert control_of(read(talks)) == ([("agent", "ana")] if named else [])


def test_one_message_that_says_many_things_is_one(talks: Talks, read: Reader) -> None:
    all_in_one = ("boss", "threat-family debt earnings-demand location-demand documents-held")
    talks.chat("once", all_in_one, ("ana", ""), ("boss", ""), ("ana", ""))
    talks.chat("twice", all_in_one, ("ana", ""), ("boss", "debt"), ("ana", ""), platform="q")
    made = read(talks)
    assert control_of(made, "once") == [] and control_of(made, "twice") == [("boss", "ana")]


@pytest.mark.parametrize(("chatter", "plain", "named"), [(0, 1, True), (30, 1, False), (30, 2, True), (300, 2, True)])
def test_in_a_long_talk_more_than_one_message_must_plainly_say_so(
    talks: Talks, read: Reader, chatter: int, plain: int, named: bool
) -> None:
    doubtful = ("debt", "image-request", "isolation", "rules-fines", "confinement")
    talks.chat("c", *[("boss", "documents-held"), ("ana", "")] * plain)
    for sense in doubtful:
        talks.say("c", "boss", sense, odds=0.0)  # surely meant beside what is plain, not in ordinary talk
        talks.say("c", "ana")
    talks.chat("c", *[("ana", ""), ("boss", "")] * (chatter // 2))
    assert control_of(read(talks)) == ([("boss", "ana")] if named else [])
