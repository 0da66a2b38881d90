"""Meaning: what offers and chats say is found in wordings that no lexicon lists, and ordinary talk is left alone."""

from __future__ import annotations

import pyarrow as pa
import pytest

from clew.extract.base import FIELDS, batch_of_texts, text_batch
from clew.extract.meaning import PLUGIN


def senses(text: str) -> set[str]:
    return set(PLUGIN.find(batch_of_texts([text]))["value"].to_pylist())


def batch_of_kinds(kinds: list[str | None], text: str) -> pa.RecordBatch:
    n = len(kinds)
    columns = {f: pa.nulls(n, pa.string()) for f in FIELDS} | {
        "body": pa.array([text] * n),
        "kind": pa.array(kinds, pa.string()),
        "rid": pa.array(range(n), pa.uint64()),
    }
    return pa.RecordBatch.from_pydict(columns)


def test_adverts_are_not_read() -> None:
    text = "no experience needed"
    kinds = ["ad", "message", "payment", "page", "ad", "job_ad", None]
    rows = PLUGIN.find(text_batch(batch_of_kinds(kinds, text)))
    assert set(rows["rid"].to_pylist()) == {1, 3, 5, 6}
    assert PLUGIN.find(text_batch(batch_of_kinds(["ad"] * 3, text))).num_rows == 0


def test_only_messages_are_read_for_talk() -> None:
    text = "no experience needed, you must bring 300 euro tonight"
    rows = PLUGIN.find(text_batch(batch_of_kinds(["message", "job_ad", "page"], text))).to_pylist()
    assert {m["rid"] for m in rows if m["value"] == "earnings-demand"} == {0}
    assert {m["rid"] for m in rows if m["value"] == "no-requirements"} == {0, 1, 2}


@pytest.mark.parametrize(
    ("text", "sense"),
    [
        ("pay by friday or else those pics go to your sister", "threat-publish"),
        ("I keep your passport until the ticket is paid", "documents-held"),
        ("every half hour you share ur location, no excuses", "location-demand"),
    ],
)
def test_english(text: str, sense: str) -> None:
    assert sense in senses(text)


@pytest.mark.parametrize(
    "text",
    [
        "send me a photo of the receipt",
        "where are you? I'm outside",
        "call mum",
        "I owe you for lunch",
        "you must see this film",
    ],
)
def test_ordinary_talk_is_left_alone(text: str) -> None:
    assert senses(text) == set()
