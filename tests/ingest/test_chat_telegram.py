"""Telegram's desktop export: texts in pieces, replies, the zone, whose account it is, and damage."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.ingest.shelf import Shelf, reasons, rows
from tests.tried import tried


def chat(*messages: object, kind: str = "personal_chat", number: int = 42, **more: object) -> dict[str, object]:
    return {"name": "Ann", "type": kind, "id": number, **more, "messages": list(messages)}


def message(number: int, sender: int = 42, **more: object) -> dict[str, object]:
    said = {"id": number, "type": "message", "date": "2021-02-01T15:04:00", "from": f"N{sender}"}
    return {**said, "from_id": f"user{sender}", "text": f"text {number}", **more}


def read(shelf: Shelf, document: object, name: str = "result.json") -> list[dict[str, Any]]:
    return shelf.records(shelf.write(name, json.dumps(document, indent=1)), kind=None)


def test_a_message_and_all_it_tells(shelf: Shelf) -> None:
    pieces = ["see ", {"type": "text_link", "text": "this", "href": "https://example.org/x"}, " now"]
    told = {"date_unixtime": "1612188240", "edited": "2021-02-01T15:06:00", "edited_unixtime": "1612188360"}
    document = chat(
        message(1, **told, text=pieces, reply_to_message_id=0, forwarded_from="Cem"),
        message(2, 7, photo="photos/a.jpg", text=""),
        message(3, 7, file="(File not included.)", media_type="voice_message"),
        message(4, contact_information={"first_name": "Dee", "phone_number": "+31612345678"}, text=""),
    )
    first, second, third, fourth = read(shelf, document)
    assert first["body"] == "see this now" and first["posted_offset"] == 60
    assert first["posted_at"] == datetime(2021, 2, 1, 14, 4, tzinfo=UTC)
    assert json.loads(first["extra"]) == {
        "edited_at": "2021-02-01T15:06:00+01:00",
        "forwarded_from": "Cem",
        "links": ["https://example.org/x"],
        "name": "N42",
        "reply_to": "user42 ~ user7/0",
    }
    assert (first["handle"], first["recipient"], first["conversation"]) == ("user42", "user7", "user42 ~ user7")
    assert (second["handle"], second["recipient"], second["native_id"]) == ("user7", "user42", "user42 ~ user7/2")
    assert (second["body"], second["images"], second["posted_offset"]) == (None, ["photos/a.jpg"], None)
    assert json.loads(third["extra"])["media"] == ["(File not included.)"] and third["images"] is None
    assert fourth["body"] == "Dee +31612345678"


def test_what_is_read_as_text_is_text(shelf: Shelf) -> None:
    invoice = {"title": "Room in May", "description": "deposit", "amount": 12050, "currency": "EUR"}
    poll = {"question": "Who comes?", "closed": False, "total_voters": 2, "answers": [{"text": "I", "voters": 2}, {}]}
    found = read(
        shelf,
        chat(
            message(1, text="", poll=poll),
            message(2, text="", invoice_information=invoice),
            message(3, text="", invoice_information={"title": "Gift", "amount": 50, "currency": "XTR"}),
            message(4, text="here", place_name="Café Zoë", address="Quai 1"),
            message(5, text="x", poll="odd", invoice_information=["odd"]),
        ),
    )
    assert [row["body"] for row in found] == [
        "Who comes?\nI", "Room in May\ndeposit\n120.50 EUR", "Gift\n50 XTR", "here\nCafé Zoë\nQuai 1", "x",
    ]  # fmt: skip
    assert json.loads(found[1]["extra"])["invoice"] == invoice


def test_what_the_app_tells_is_marked(shelf: Shelf) -> None:
    said = {"id": 1, "type": "service", "date": "2021-02-01T15:04:00", "actor": "Ann", "actor_id": "user42"}
    (row,) = read(shelf, chat({**said, "action": "invite_members", "members": ["Ben", None], "text": ""}, kind="group"))
    assert (row["handle"], row["body"], row["conversation"]) == ("user42", "invite_members Ben", "42")
    assert json.loads(row["extra"]) == {"name": "Ann", "system": True}


def test_a_whole_account_knows_its_owner_and_keeps_chats_apart(shelf: Shelf) -> None:
    group = chat(message(1, 7), message(2, 9), kind="private_supergroup", number=77)
    document = {
        "about": "Here is the data you requested.",
        "personal_information": {"user_id": 7},
        "contacts": {"list": [{"user_id": n, "first_name": 'a "messages": [1]'} for n in range(3_000)]},
        "chats": {"list": [chat(), chat(message(1), message(2)), group]},
        "left_chats": {"list": [chat(message(5, 9), number=9, kind="bot_chat")]},
    }
    found = read(shelf, document)
    assert [row["conversation"] for row in found] == ["user42 ~ user7"] * 2 + ["77"] * 2 + ["user7 ~ user9"]
    assert [row["recipient"] for row in found] == ["user7", "user7", None, None, "user7"]
    text = (shelf.root / "result.json").read_text().split("\n")
    assert all('"id"' in text[row["line"]] for row in found)


def test_a_later_export_brings_only_what_is_new(shelf: Shelf) -> None:
    known = [message(n, 42 if n % 2 else 7) for n in range(10)]
    assert len(read(shelf, chat(*known))) == 10
    again = shelf.ingest(shelf.write("b.json", json.dumps(chat(*known, message(11)))), kind=None)
    assert (again.new, again.identical) == (1, 10)


def test_good_messages_go_in_and_the_rest_is_named(shelf: Shelf) -> None:
    text = json.dumps(
        chat(message(1), 3, message(2, text="a\x00b"), message(3, 7, text="\ud83d"), message(4)), indent=1
    )
    bad = text.replace('"text 4"', "text 4").encode() + b"trailing"
    result = shelf.ingest(shelf.write("result.json", bad), kind=None)
    assert [row["body"] for row in rows(result.records)] == ["text 1", "?"]
    assert [reason[:20] for reason in sorted(reasons(result))] == [
        "NUL byte in the row",
        "bad JSON: Expecting ",
        "not a JSON object",
    ]
    cut = shelf.ingest(shelf.write("cut.json", text[: text.index('"text 1"')].replace("result", "")), kind=None)
    assert reasons(cut) == ["the file ends inside the list of messages"]


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**18) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["text", "href"]), inner, max_size=2),
    max_leaves=4,
)
_KEYS = ["id", "type", "date", "date_unixtime", "from", "from_id", "text", "photo", "edited", "members", "actor_id"]


@settings(max_examples=tried(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.dictionaries(st.sampled_from(_KEYS), _ANY, max_size=6), max_size=3), st.integers(0, 300), st.booleans()
)
def test_no_values_break_the_reader(
    tmp_path_factory: pytest.TempPathFactory, messages: list[dict[str, object]], cut: int, whole: bool
) -> None:
    shelf = Shelf(tmp_path_factory.mktemp("any"))
    text = json.dumps(chat(message(1), *messages))
    path = shelf.write("result.json", text if whole else text[: max(230, len(text) - cut)])
    result = shelf.ingest(path, kind=None)
    assert result.new >= 1 and rows(result.records)[0]["body"] == "text 1"
