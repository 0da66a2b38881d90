"""Messenger and Instagram: letters made right, threads, what was unsent, and a file without its end."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.ingest.shelf import Shelf, reasons, rows

from clew.ingest.formats.meta import mended


def spoilt(text: str) -> str:
    return text.encode().decode("latin-1")


THREAD = {
    "participants": [{"name": spoilt("Zoë")}, {"name": "Ben"}],
    "messages": [
        {"sender_name": spoilt("Zoë"), "timestamp_ms": 1612191846123, "content": spoilt("tot zo 😀")},
        {
            "sender_name": "Ben",
            "timestamp_ms": 1612191840000,
            "photos": [{"uri": "messages/inbox/zoe_12/photos/a.jpg"}],
        },
        {"sender_name": "Ben", "timestamp_ms": 1612191830000, "is_unsent": True},
        {
            "sender_name": "Ben",
            "timestamp_ms": 1612191820000,
            "share": {"link": "https://example.org/job", "share_text": "Work"},
            "type": "Share",
        },
        {"sender_name": "Ben", "timestamp_ms": 1612191810000, "content": "Ben left the group.", "type": "Unsubscribe"},
    ],
    "title": spoilt("Zoë"),
    "is_still_participant": True,
    "thread_path": "inbox/zoe_12",
}


def read(shelf: Shelf, document: object, name: str = "message_1.json") -> list[dict[str, Any]]:
    return shelf.records(shelf.write(name, json.dumps(document, indent=2)), kind=None)


def test_a_thread(shelf: Shelf) -> None:
    found = read(shelf, THREAD)
    assert [row["handle"] for row in found] == ["Zoë", "Ben", "Ben", "Ben", "Ben"]
    assert [row["recipient"] for row in found] == ["Ben", "Zoë", "Zoë", "Zoë", "Zoë"]
    assert [row["body"] for row in found] == ["tot zo 😀", None, None, "Work", "Ben left the group."]
    assert {row["conversation"] for row in found} == {"inbox/zoe_12"}
    assert {row["platform"] for row in found} == {"messenger"} and {row["kind"] for row in found} == {"message"}
    assert found[0]["posted_at"].isoformat() == "2021-02-01T15:04:06.123000+00:00" and found[0]["posted_offset"] == 0
    assert found[1]["images"] == ["messages/inbox/zoe_12/photos/a.jpg"]
    assert found[3]["url"] == "https://example.org/job"
    extra = [json.loads(row["extra"] or "{}") for row in found]
    assert extra[2] == {"deleted": True} and extra[4] == {"system": True}
    assert len({row["native_id"] for row in found}) == 5


def test_who_never_writes_in_a_group_is_kept(shelf: Shelf) -> None:
    group = {**THREAD, "participants": [*THREAD["participants"], {"name": spoilt("Çem")}], "title": spoilt("Été")}  # type: ignore[misc]
    found = read(shelf, group)
    (told,) = (row for row in found if row["native_id"] == "inbox/zoe_12/participants")
    assert (told["handle"], told["posted_at"], told["body"]) == (None, None, "Été\nBen\nZoë\nÇem")
    assert json.loads(told["extra"]) == {"members": ["Ben", "Zoë", "Çem"], "system": True, "title": "Été"}
    assert (told["conversation"], told["platform"]) == ("inbox/zoe_12", "messenger") and len(found) == 6
    assert {row["recipient"] for row in found} == {None}
    assert shelf.ingest(shelf.write("message_2.json", json.dumps(group)), kind=None).identical == 6


def test_instagram_is_known_by_its_paths(shelf: Shelf) -> None:
    other = json.loads(json.dumps(THREAD).replace("messages/inbox", "your_instagram_activity/messages/inbox"))
    assert {row["platform"] for row in read(shelf, other)} == {"instagram"}
    assert {row["platform"] for row in read(Shelf(shelf.root / "instagram-me"), THREAD)} == {"instagram"}


def test_a_thread_that_was_encrypted(shelf: Shelf) -> None:
    said = {"isUnsent": False, "media": [{"uri": "./media/a.jpg"}], "reactions": [], "senderName": "Zoë", "text": "hé"}
    document = {
        "participants": ["Zoë", "Ben"],
        "threadName": "Zoë_3",
        "messages": [{**said, "timestamp": 1700000000000}],
    }
    (row,) = read(shelf, document, "Zoe_3.json")
    assert (row["handle"], row["recipient"], row["body"], row["conversation"]) == ("Zoë", "Ben", "hé", "Zoë_3")


@pytest.mark.parametrize("text", ["Zoë", "ñ", "mañana ¿sí?", "漢字", "plain", "Ã"])
def test_letters_are_made_right_and_right_ones_stay(text: str) -> None:
    assert mended(spoilt(text)) == text and mended(text) == text


def test_a_file_cut_off_gives_what_it_has(shelf: Shelf) -> None:
    text = json.dumps(THREAD, indent=2)
    path = shelf.write("inbox/zoe_12/message_1.json", text[: text.index('"is_unsent"')])
    result = shelf.ingest(path, kind=None)
    found = rows(result.records)
    assert [row["handle"] for row in found] == ["Zoë", "Ben"] and found[0]["conversation"] == "inbox/zoe_12"
    assert reasons(result) == ["the file ends inside the list of messages"]
