"""Which objects of a JSON document are its records."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from tests.ingest.shelf import Shelf, reasons, rows

from clew.ingest.jsonelements import Scanner
from clew.ingest.jsonlists import most_filled

AD = {"id": 1, "title": "a", "body": "b"}
TAGS = [{"id": 3, "name": "x"}]


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize(
    "document",
    [
        {"warnings": [], "results": [AD]},
        {"facets": [{"name": "city", "n": 3}], "results": [AD]},
        {"facets": [{"location": "Lyon", "n": 3}], "results": [AD]},
        {"meta": {"tags": TAGS}, "results": [AD]},
        {"notes": [{"message": "slow"}], "results": [AD]},
        {"wrong": [[{"title": "x", "body": "y"}]], "title": "what was searched", "results": [AD]},
        {"results": [AD], "facets": [{"name": "city", "n": 3}]},
        {"results": [{}, AD | {"more": [{"title": "c", "url": "d"}]}]},
        {"took": 1, "hits": {"total": {"value": 1}, "hits": [{"_id": "1", "_score": 2.0, "_source": AD}]}},
        AD | {"tags": [], "photos": [{"url": "https://a.example/1.jpg"}]},
        {"weak": [{"note": 1}], "results": [{"title": "a"}]},
    ],
)
def test_the_list_that_holds_records_is_found(shelf: Shelf, document: dict[str, Any], indent: int | None) -> None:
    path = shelf.write("a.json", json.dumps(document, indent=indent))
    assert [row["title"] for row in shelf.records(path)] == ["a"]


def test_hits_in_lines_are_read_too(shelf: Shelf) -> None:
    (record,) = shelf.records(shelf.jsonl("a.jsonl", {"_index": "ads", "_id": "x7", "_source": AD, "_score": None}))
    assert (record["native_id"], record["title"]) == ("x7", "a")
    assert json.loads(record["extra"]) == {"_index": "ads", "id": "1"}


def test_objects_that_fill_no_field_are_still_named(shelf: Shelf) -> None:
    result = shelf.ingest(shelf.write("a.json", '{"n": 2,\n "a": [{"kop": 1},\n {"kop": 2}], "b": [{"x": 1}]}'))
    assert reasons(result) == ["nothing to read in this row"] * 2
    (record,) = shelf.records(shelf.root / "a.json", mapping={"title": "x"})
    assert (record["title"], record["line"]) == ("1", 3)


@pytest.mark.parametrize("size", [1, 7, 40])
def test_lists_are_passed_over_block_by_block(size: int) -> None:
    text = json.dumps({"a": [{"q": ']}"\\'}] * 9, "b": {"c": [1, [{"title": 1}]]}, "r": [{"title": "x"}] * 3}, indent=1)
    scanner, held, found = Scanner(lambda first: most_filled(first, lambda name: name == "title") > 0), b"", []
    for start in range(0, len(text) + size, size):
        held += text[start : start + size].encode()
        while len((elements := scanner.feed(held, last=start >= len(text))).starts):
            found += elements.lines.tolist()
            held = held[elements.used :]
        held = held[elements.used :]
    first = text[: text.index('"r"')].count("\n") + 2
    assert found == [first, first + 3, first + 6] and scanner.problem(held) is None


def test_a_long_list_before_the_records_is_passed_over(shelf: Shelf) -> None:
    long = ", ".join('{"name": "%s"}' % ("x" * 1_000) for _ in range(80_000))
    result = shelf.ingest(shelf.write("a.json", f'{{"facets": [{long}],\n"results": [{json.dumps(AD)}]}}'))
    assert [(row["title"], row["line"]) for row in rows(result.records)] == [("a", 2)] and result.read == 1


def test_a_document_of_many_lists_takes_no_long_time(shelf: Shelf) -> None:
    many = ",".join(f'"{n}": [{{}}]' for n in range(400_000))
    begun = time.monotonic()
    assert shelf.ingest(shelf.write("a.json", f'{{{many}, "ads": [{json.dumps(AD)}]}}')).rejected == 1
    assert time.monotonic() - begun < 10
