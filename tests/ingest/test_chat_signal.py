"""Signal in four shapes: who wrote to whom, replies, edits and deletions, and what is no message."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.ingest.shelf import Shelf, changes, reasons, rows
from tests.tried import tried

ANN, OWN = "+31612345678", "+31600000009"
AT = 1631458508784


def lines(*objects: object) -> str:
    return "".join(json.dumps(value) + "\n" for value in objects)


def envelope(**more: object) -> dict[str, object]:
    told = {"source": ANN, "sourceNumber": ANN, "sourceName": "Ann", "timestamp": AT}
    return {"envelope": {**told, **more}, "account": OWN}


def read(shelf: Shelf, name: str, text: str) -> list[dict[str, Any]]:
    return shelf.records(shelf.write(name, text), kind=None)


def test_what_signal_cli_receives(shelf: Shelf) -> None:
    group = {"groupId": "abc=", "groupName": "Work", "type": "DELIVER"}
    quote = {"id": AT - 5, "authorNumber": OWN, "text": "where?"}
    got, sent, in_group, last = read(
        shelf,
        "signal.jsonl",
        lines(
            envelope(dataMessage={"timestamp": AT, "message": "hi", "quote": quote, "attachments": [{"id": "a.jpg"}]}),
            envelope(receiptMessage={"when": AT}),
            envelope(syncMessage={"sentMessage": {"destinationNumber": ANN, "timestamp": AT + 1, "message": "ho"}}),
            envelope(dataMessage={"timestamp": AT + 2, "message": "all", "groupInfo": group}),
            {
                "jsonrpc": "2.0",
                "method": "receive",
                "params": envelope(dataMessage={"timestamp": AT + 3, "message": "!"}),
            },
        ),
    )
    assert (got["handle"], got["recipient"], got["contact"]) == (ANN, OWN, ANN)
    assert (sent["handle"], sent["recipient"]) == (OWN, ANN)
    assert got["conversation"] == sent["conversation"] == last["conversation"] == f"{OWN} ~ {ANN}"
    assert (in_group["conversation"], in_group["recipient"]) == ("abc=", None)
    assert got["native_id"] == f"{ANN}:{AT}" and got["images"] == ["a.jpg"]
    assert json.loads(got["extra"]) == {"media": ["a.jpg"], "name": "Ann", "reply_to": f"{OWN}:{AT - 5}"}
    assert got["posted_at"].isoformat() == "2021-09-12T14:55:08.784000+00:00"


def test_an_edit_and_a_deletion_are_later_states_of_a_message(shelf: Shelf) -> None:
    first = envelope(dataMessage={"timestamp": AT, "message": "one"})
    edit = envelope(
        timestamp=AT + 9,
        editMessage={"targetSentTimestamp": AT, "dataMessage": {"timestamp": AT + 9, "message": "two"}},
    )
    gone = envelope(
        timestamp=AT + 20, dataMessage={"timestamp": AT + 20, "message": None, "remoteDelete": {"timestamp": AT}}
    )
    result = shelf.ingest(shelf.write("a.jsonl", lines(first, edit, gone)), kind=None)
    found = rows(result.records)
    assert [(row["body"], row["version"]) for row in found] == [("one", 1), ("two", 2), (None, 3)]
    assert len({row["item_id"] for row in found}) == 1 and len({row["posted_at"] for row in found}) == 1
    assert json.loads(found[1]["extra"])["edited_at"].startswith("2021-09-12T14:55:08.793")
    assert json.loads(found[2]["extra"])["deleted"] is True
    assert {change["field"] for change in changes(result)} >= {"body"}


def test_messages_of_the_desktop(shelf: Shelf) -> None:
    told = {"conversationId": "c1", "sent_at": AT, "source": ANN}
    got, sent, gone, app = read(
        shelf,
        "messages.json",
        json.dumps(
            [
                {**told, "id": "1", "type": "incoming", "body": "hi", "profileName": "Ann"},
                {**told, "id": "2", "type": "outgoing", "body": "ho", "quote": {"id": AT, "authorAci": "x"}},
                {**told, "id": "3", "type": "incoming", "body": "", "deletedForEveryone": True},
                {**told, "id": "4", "type": "keychange"},
            ]
        ),
    )
    assert (got["handle"], got["contact"], sent["handle"]) == (ANN, ANN, "me")
    assert {row["conversation"] for row in (got, sent, gone, app)} == {"c1"}
    assert json.loads(gone["extra"])["deleted"] is True and gone["body"] is None
    assert json.loads(app["extra"])["system"] is True and json.loads(sent["extra"])["reply_to"] == f"x:{AT}"


OWN_EXPORT = (
    {"version": "1", "backupTimeMs": "1749000000000"},
    {"account": {"username": "owner.01"}},
    {"recipient": {"id": "1", "self": {}}},
    {"recipient": {"id": "5", "contact": {"e164": "31612345678", "profileGivenName": "Ann", "profileFamilyName": "B"}}},
    {"recipient": {"id": "6", "group": {"masterKey": "s3cret", "snapshot": {"title": {"title": "Work"}}}}},
    {"chat": {"id": "3", "recipientId": "5"}},
    {"chat": {"id": "4", "recipientId": "6"}},
)


def item(chat: str, author: str, at: int, **more: object) -> dict[str, object]:
    return {"chatItem": {"chatId": chat, "authorId": author, "dateSent": str(at), **more}}


def test_signals_own_export(shelf: Shelf) -> None:
    quote = {"targetSentTimestamp": str(AT), "authorId": "5"}
    files = [{"pointer": {"contentType": "image/jpeg", "fileName": "x.jpg"}}]
    got, sent, in_group, gone, app = read(
        shelf,
        "main.jsonl",
        lines(
            *OWN_EXPORT,
            item("3", "5", AT, incoming={}, standardMessage={"text": {"body": "hi"}}),
            item("3", "1", AT + 1, outgoing={}, standardMessage={"text": {"body": "ho"}, "quote": quote}),
            item("4", "5", AT + 2, incoming={}, standardMessage={"attachments": files}),
            item("3", "5", AT + 3, incoming={}, remoteDeletedMessage={}),
            item("3", "5", AT + 4, directionless={}, updateMessage={"profileChange": {"newName": "C"}}),
        ),
    )
    assert (got["handle"], got["contact"], got["recipient"]) == (ANN, ANN, "owner.01")
    assert (sent["handle"], sent["recipient"]) == ("owner.01", ANN)
    assert json.loads(sent["extra"]) == {"reply_to": f"{ANN}:{AT}"} and json.loads(got["extra"]) == {"name": "Ann B"}
    assert got["conversation"] == f"{ANN} ~ owner.01" == sent["conversation"]
    assert in_group["conversation"].startswith("Work #") and in_group["images"] == ["x.jpg"]
    assert "s3cret" not in json.dumps([got, sent, in_group], default=str)
    assert json.loads(gone["extra"])["deleted"] is True
    assert (app["body"], json.loads(app["extra"])["system"]) == ("profileChange", True)


def test_a_folder_of_signal_export(shelf: Shelf) -> None:
    told = {"quote": "", "sticker": "", "reactions": [], "attachments": []}
    one, two = read(
        shelf,
        "Ann/data.json",
        lines(
            {"date": "2021-02-01T15:04:05", "sender": "Ann", "body": "hi", **told},
            {"date": "2021-02-01T15:04:06", "sender": "Me", "body": "ho", **told},
        ),
    )
    assert (one["handle"], one["conversation"], two["handle"], two["recipient"]) == ("Ann", "Ann", "me", "Ann")


def test_good_messages_go_in_and_the_rest_is_named(shelf: Shelf) -> None:
    good = envelope(dataMessage={"timestamp": AT, "message": "hi"})
    text = lines(good, {"envelope": {}}, {"x": 1}) + '{"envelope": {"dataMessage\n' + lines(3)
    result = shelf.ingest(shelf.write("signal.jsonl", text), kind=None)
    assert [row["body"] for row in rows(result.records)] == ["hi"]
    unknown = "no message in a shape that is known"
    assert [reason[:35] for reason in reasons(result)] == [
        unknown,
        unknown,
        reasons(result)[2][:35],
        "not a JSON object",
    ]
    assert reasons(result)[2].startswith("bad JSON")


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**18) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "text", "contact"]), inner, max_size=2)
    ),
    max_leaves=4,
)
_KEYS = ["envelope", "params", "chatItem", "recipient", "chat", "account", "conversationId", "sender", "body", "type"]


@settings(max_examples=tried(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(st.sampled_from(_KEYS), _ANY, max_size=5), max_size=4))
def test_no_values_break_the_reader(
    tmp_path_factory: pytest.TempPathFactory, messages: list[dict[str, object]]
) -> None:
    shelf = Shelf(tmp_path_factory.mktemp("any"))
    good = envelope(dataMessage={"timestamp": AT, "message": "hi"})
    result = shelf.ingest(shelf.write("signal.jsonl", lines(good, *messages)), kind=None)
    assert rows(result.records)[0]["body"] == "hi"
