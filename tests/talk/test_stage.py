"""Conversations: which messages make one, who takes part, and what never changes what is found."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.talk.conftest import START, Reader, Talks, stages_of
from tests.tried import tried

from clew.talk.senses import NAMES


def test_messages_of_one_conversation_are_put_together(talks: Talks, read: Reader) -> None:
    a = talks.say("c1", "ana", minutes=5)
    b = talks.say("c1", "ben", minutes=2)
    talks.say("c2", "cleo", minutes=7)
    made = read(talks)
    first, second = made["conversations"]
    assert (first["conversation_id"], first["participants"], first["messages"]) == ("c1", ["ana", "ben"], 2)
    assert [(first["first_at"] - START).seconds, (first["last_at"] - START).seconds] == [120, 300]
    assert (second["conversation_id"], second["participants"], second["messages"]) == ("c2", ["cleo"], 1)
    assert {r["rid"] for r in made["conversation_members"] if r["conversation_id"] == "c1"} == {a, b}
    assert not first["danger"] and first["danger_reason"] == "" and first["stages"] == []
    assert made["stages"] == made["control"] == []


def test_sender_and_recipient_make_a_conversation_in_both_directions(talks: Talks, read: Reader) -> None:
    talks.say(None, "ben", to="ana")
    talks.say(None, "ana", to="ben")
    talks.say("", "ana", to="ben")
    (made,) = read(talks)["conversations"]
    assert (made["conversation_id"], made["messages"]) == ("ana ~ ben", 3)


def test_messages_of_nobody_knows_which_conversation_are_in_none(talks: Talks, read: Reader) -> None:
    talks.say(None, "ana")
    talks.say(None, None, to="ana")
    talks.say(None, "", to="")
    talks.say("advert", "ana", kind="ad")
    assert all(rows == [] for rows in read(talks).values())


def test_the_platform_is_named_only_where_two_use_the_same_name(talks: Talks, read: Reader) -> None:
    talks.say("17", "ana", platform="telegram")
    talks.say("17", "ana", platform="board")
    talks.say("18", "ana", platform="board")
    made = read(talks)["conversations"]
    assert [(r["conversation_id"], r["platform"]) for r in made] == [
        ("18", "board"),
        ("board/17", "board"),
        ("telegram/17", "telegram"),
    ]


def test_names_of_one_telephone_are_others_on_another(talks: Talks, read: Reader) -> None:
    talks.say("Ana ~ me", "Ana", platform="whatsapp", source="phone 1")
    talks.say("Ana ~ me", "Ana", platform="whatsapp", source="phone 2")
    talks.say("room", "ana", platform="board", source="a")
    talks.say("room", "ana", platform="board", source="b")
    made = read(talks)["conversations"]
    assert [r["conversation_id"] for r in made] == ["room", "whatsapp/phone 1/Ana ~ me", "whatsapp/phone 2/Ana ~ me"]


def test_an_edited_message_counts_as_it_is_now(talks: Talks, read: Reader) -> None:
    talks.say("c", "ana", "threat-family", item="m1", version=1)
    rid = talks.say("c", "ana", item="m1", version=2)
    talks.say("c", "ben")
    made = read(talks)
    assert made["conversations"][0]["messages"] == 2
    assert rid in {r["rid"] for r in made["conversation_members"]}
    assert made["stages"] == []


def test_what_the_system_says_is_nobodys(talks: Talks, read: Reader) -> None:
    for extra in ('{"system":true}', '{"system":"true"}', '{"name":"x","system":1}'):
        talks.say("c", "the group", "threat-family", extra=extra)
    talks.say("c", "ana", extra='{"system":false}')
    talks.say("empty", "the group", "plea", extra='{"system":true}')
    made = read(talks)
    assert [r["participants"] for r in made["conversations"]] == [["ana"], []]
    assert [r["messages"] for r in made["conversations"]] == [4, 1]
    assert made["stages"] == made["control"] == []


def test_a_sender_who_is_not_named_is_an_actor_without_a_name(talks: Talks, read: Reader) -> None:
    talks.say("c", None, "threat-family")
    talks.say("c", "ana")
    made = read(talks)
    assert made["conversations"][0]["participants"] == ["ana"]
    assert stages_of(made) == [("threat-family", "")]
    assert made["control"] == []
    assert made["conversations"][0]["danger_reason"].startswith("Somebody wrote")


def test_messages_without_a_time_are_read(talks: Talks, read: Reader) -> None:
    talks.say("c", "ana", "threat-publish")
    talks.say("c", "ben", "plea")
    for row in talks.records:
        row["posted_at"] = None
    made = read(talks)
    assert made["conversations"][0]["first_at"] is None
    assert made["stages"][0]["first_at"] is None
    assert made["conversations"][0]["danger_reason"] == (
        "ana wrote what reads as a threat to publish pictures; ben pleaded or was afraid; "
        "it is among the last messages of this talk. Somebody should read it at once."
    )


def test_nothing_gives_nothing(talks: Talks, read: Reader) -> None:
    assert all(rows == [] for rows in read(talks).values())


_LINE = st.tuples(
    st.sampled_from("abc"), st.sampled_from(["d", "e", "f", None]), st.sets(st.sampled_from(NAMES), max_size=3)
)


def _talk_of(lines: list[tuple[str, str | None, set[str]]]) -> Talks:
    talks = Talks()
    for n, (conversation, who, senses) in enumerate(lines):
        talks.say(conversation, who, *sorted(senses), minutes=n // 3, body='he said "words' if n % 5 == 4 else "words")
    return talks


@settings(max_examples=tried(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_LINE, min_size=1, max_size=40), st.integers(0, 2**16))
def test_the_order_of_rows_and_threads_change_nothing(read: Reader, lines: list[object], seed: int) -> None:
    talks = _talk_of(lines)  # type: ignore[arg-type]
    first, second = read.files(talks), read.files(talks, seed, threads=1)
    assert _bytes(first) == _bytes(second)


@settings(max_examples=tried(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_LINE, min_size=1, max_size=40))
def test_conversations_of_others_change_nothing(read: Reader, lines: list[tuple[str, str | None, set[str]]]) -> None:
    lines = [(talk, who and f"{who}{talk}", senses) for talk, who, senses in lines]
    alone = read(_talk_of([line if line[0] == "b" else ("zz", "x", set()) for line in lines]))
    among = read(_talk_of(lines))
    for table, rows in alone.items():
        assert [r for r in rows if r["conversation_id"] == "b"] == [
            r for r in among[table] if r["conversation_id"] == "b"
        ], table


@settings(max_examples=tried(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_LINE, min_size=1, max_size=60))
def test_what_is_found_holds_together(read: Reader, lines: list[tuple[str, str | None, set[str]]]) -> None:
    talks = _talk_of(lines)
    made = read(talks)
    of = {r["rid"]: r["conversation_id"] for r in made["conversation_members"]}
    said = {(m["rid"], m["value"]) for m in talks.mentions}
    sender = {r["rid"]: r["handle"] or "" for r in talks.records}
    people = {r["conversation_id"]: r["participants"] for r in made["conversations"]}
    assert sum(r["messages"] for r in made["conversations"]) == len(lines) == len(of)
    for row in made["stages"]:
        assert row["rids"] and row["weight"] >= 1
        assert {of[rid] for rid in row["rids"]} == {row["conversation_id"]}
        assert {sender[rid] for rid in row["rids"]} == {row["actor"]}
        assert all((rid, row["stage"]) in said for rid in row["rids"])
    for row in made["control"]:
        assert row["controller"] != row["controlled"] and 0.5 <= row["confidence"] < 1
        assert {row["controller"], row["controlled"]} <= set(people[row["conversation_id"]])
        assert len(set(row["rids"])) == len(row["rids"]) >= 1
        assert {sender[rid] for rid in row["rids"]} <= {row["controller"], row["controlled"]}
    pairs = {(r["conversation_id"], r["controller"], r["controlled"]) for r in made["control"]}
    assert not any((c, b, a) in pairs for c, a, b in pairs)
    for row in made["conversations"]:
        counting = [s["stage"] for s in made["stages"] if s["conversation_id"] == row["conversation_id"]]
        assert row["stages"] == list(dict.fromkeys(counting))
        assert row["danger"] == bool(row["danger_reason"])


def _bytes(files: dict[str, Path]) -> dict[str, bytes]:
    return {name: path.read_bytes() for name, path in files.items()}


def test_all_whom_a_mail_went_to_are_in_its_conversation(talks: Talks, read: Reader) -> None:
    talks.say("c", "ana", extra='{"recipients":["ben","cas",null]}')
    talks.say("d", "ana", to="dee", extra='{"recipients":"eve","x":{"recipients":[1]}}')
    made = read(talks)["conversations"]
    assert [(r["conversation_id"], r["participants"]) for r in made] == [
        ("c", ["ana", "ben", "cas"]),
        ("d", ["ana", "dee"]),
    ]


def test_mails_without_an_id_among_the_same_people_are_one_conversation(talks: Talks, read: Reader) -> None:
    talks.say(None, "ana", extra='{"recipients":["ben","cas"]}')
    talks.say(None, "cas", extra='{"recipients":["ben","ana"]}')
    (made,) = read(talks)["conversations"]
    assert (made["conversation_id"], made["messages"]) == ("ana ~ ben ~ cas", 2)
