"""Live chats as CSV: who of the two wrote, told by a word, a name, a direction, or by who is named at all."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.ingest.shelf import Shelf


def read(shelf: Shelf, header: str, *lines: str) -> list[dict[str, Any]]:
    return shelf.records(shelf.write("transcript.csv", "\n".join((header, *lines)) + "\n"), kind=None)


ONE, TWO = "c1,2025-07-01 10:00,", "c1,2025-07-01 10:01,"
BOTH, ALONE = ("Kim", "Ann"), (None, None)


@pytest.mark.parametrize(
    ("header", "ours", "theirs", "recipients"),
    [
        ("Chat ID,Time,Visitor,Agent,Sender,Message", "Ann,Kim,visitor,hi", "Ann,Kim,Agent,ho", BOTH),
        ("conversation_id,created at,customer name,operator,direction,text", "Ann,Kim,in,hi", "Ann,Kim,out,ho", BOTH),
        ("Chat ID,Time,Visitor,Agent,From,Message", "Ann,Kim,Ann,hi", "Ann,Kim,Kim,ho", BOTH),
        ("session id,time,visitor,agent,message", "Ann,,hi", ",Kim,ho", ALONE),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_who_wrote_is_told(
    shelf: Shelf, header: str, ours: str, theirs: str, recipients: tuple[str | None, ...], delimiter: str
) -> None:
    first, second = read(shelf, *(line.replace(",", delimiter) for line in (header, ONE + ours, TWO + theirs)))
    assert (first["handle"], second["handle"]) == ("Ann", "Kim")
    assert (first["recipient"], second["recipient"]) == recipients
    assert (first["conversation"], first["body"], second["body"]) == ("c1", "hi", "ho")
    assert first["posted_at"].isoformat() == "2025-07-01T10:00:00+00:00" and first["posted_offset"] is None
    assert (first["platform"], first["kind"]) == ("livechat", "message")


def test_the_visitors_contact_is_on_the_visitors_rows_alone(shelf: Shelf) -> None:
    header = "Chat ID,Time,Visitor,Visitor email,Visitor phone,Agent,Sender,Message,Page"
    told = "Ann,ann@example.org,+31612345678,Kim"
    first, second, third = read(
        shelf,
        header,
        f"c1,2025-07-01 10:00,{told},visitor,hi,/jobs",
        f"c1,2025-07-01 10:01,{told},agent,ho,/jobs",
        f"c1,2025-07-01 10:02,{told},system,Ann left,/jobs",
    )
    assert [row["contact"] for row in (first, second, third)] == ["ann@example.org; +31612345678", None, None]
    assert third["handle"] is None and json.loads(third["extra"])["system"] is True
    assert json.loads(second["extra"])["Visitor email"] == "ann@example.org"


def test_a_table_without_a_chat_stays_a_table(shelf: Shelf) -> None:
    (row,) = read(shelf, "id,visitor,agent,title", "1,Ann,Kim,room")
    assert (row["kind"], row["title"]) == ("ad", "room")
