"""Chats made to break a reader: texts without end, depth, and files packed to be enormous; each costs itself alone."""

from __future__ import annotations

import gzip
import json

import pytest
from tests.ingest.shelf import Shelf, reasons, rows

from clew.ingest.formats import case_uco, meta, signal, telegram

ENDLESS = " " * (70 << 20)
TELEGRAM = b'{"type": "personal_chat", "id": 4, "messages": [{"from_id": "user4", "id": 1, "text": "one"}, {"text": "'
META = (
    b'{"participants": [], "messages": [{"sender_name": "A", "timestamp_ms": 1612191846123, "content": "one"}, {"x": "'
)
CASE = (
    b'{"@context": {"uco-observable": "https://ontology.unifiedcyberontology.org/"}, "@graph": [{"@id": "m", '
    b'"uco-core:hasFacet": {"@type": "uco-observable:MessageFacet", "uco-observable:messageText": "one"}}, {"x": "'
)
SIGNAL = b'{"envelope": {"source": "a", "timestamp": 1, "dataMessage": {"message": "one"}}}\n{"envelope": "'
SMS = b'<smses>\n<sms address="123" type="1" date="1612191846123" body="one"/>\n<sms body="'


@pytest.mark.parametrize(
    ("name", "start"),
    [("a.json", TELEGRAM), ("message_1.json", META), ("a.jsonld", CASE), ("a.jsonl", SIGNAL), ("a.xml", SMS)],
)
def test_a_text_without_end_is_one_rejected_row(shelf: Shelf, name: str, start: bytes) -> None:
    result = shelf.ingest(shelf.write(name + ".gz", gzip.compress(start + ENDLESS.encode(), 1)), kind=None)
    assert [row["body"] for row in rows(result.records)] == ["one"]
    assert len(reasons(result)) == 1 and "64 MiB" in reasons(result)[0]


def test_a_whatsapp_message_without_end_costs_itself_alone(shelf: Shelf) -> None:
    stamp = "13/05/2021, 15:04 - Ann: "
    text = (
        f"{stamp}one\n14/05/2021, 15:04 - Ben: " + ("x" * 999 + "\n") * 72_000 + stamp.replace("13", "15", 1) + "two\n"
    )
    result = shelf.ingest(shelf.write("WhatsApp Chat with Ben.txt.gz", gzip.compress(text.encode(), 1)), kind=None)
    assert [row["body"] for row in rows(result.records)] == ["one", "two"]
    assert "field over 1 MiB characters" in reasons(result)


DEEP = '{"a":' * 40_000 + "1" + "}" * 40_000


@pytest.mark.parametrize("plugin", [telegram, meta, case_uco, signal], ids=lambda plugin: plugin.PLUGIN.name)
def test_depth_costs_its_message_alone(shelf: Shelf, plugin: object) -> None:
    first = plugin.PLUGIN.examples()[0]  # type: ignore[attr-defined]
    document = json.loads(first.content) if first.name.endswith("json") or "case" in first.name else None
    if document is None:
        content = first.content + DEEP.encode() + b"\n"
    else:
        key = "@graph" if "@graph" in document else "messages"
        before, after = json.dumps({**document, key: [*document[key], "DEEP"]}).split('"DEEP"')
        content = (before + DEEP + after).encode()
    result = shelf.ingest(shelf.write(first.name, content), kind=None)
    assert result.new == len(first.titles) and result.rejected == first.rejected + 1
    assert any(reason.startswith("bad JSON") for reason in reasons(result))
