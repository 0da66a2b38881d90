from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clew.engine.duckdb import Engine
from clew.extract.base import text_batch
from clew.match.signature import signature
from clew.match.stage import match
from clew.model.tables import MENTIONS, RECORDS, SIGNATURES

LINE = "Hi, I am {} and new in {}, sweet and friendly company for a quiet evening, call {} any time"
PEOPLE = (("Anna", "Lyon", "0611111111"), ("Maria", "Nice", "06 22 22 22 22"), ("Zoé", "Paris", "0633333333"))
OTHER = "We look for two cooks in a busy kitchen near the station, contract, shifts and meals included, write us"
DAY = datetime(2026, 1, 1, tzinfo=UTC)


def record(number: int, body: str, title: str | None = None) -> dict[str, object]:
    rid = (number * 0x9E3779B97F4A7C15) % 2**64
    row: dict[str, object] = dict.fromkeys(RECORDS.names)
    row |= {"rid": rid, "record_id": f"{rid:016x}" + "0" * 16, "item_id": str(number), "version": 1, "kind": "ad"}
    row |= {"source": "s", "platform": "p", "title": title, "body": body, "file": "f", "line": number}
    return row | {"posted_at": DAY - timedelta(days=number)}


def mention(row: dict[str, object], kind: str, raw: str, value: str | None = None) -> dict[str, object]:
    start = str(row["body"]).index(raw)
    place = {"field": "body", "start": start, "end": start + len(raw), "obscured": False}
    return {
        "rid": row["rid"],
        "type": kind,
        "value": value or raw,
        "raw": raw,
        "extractor": "x",
        "version": "1",
    } | place


def family() -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    rows = [record(k, LINE.format(*person), "Hello") for k, person in enumerate(PEOPLE, 1)]
    rows += [record(9, OTHER)]
    kinds = ("name", "place", "phone")
    found = [mention(r, k, v) for r, p in zip(rows, PEOPLE, strict=False) for k, v in zip(kinds, p, strict=True)]
    return rows, found


def run(
    folder: Path, rows: list[dict[str, object]], found: list[dict[str, object]], cuts: tuple[int, ...] = ()
) -> dict[str, Path]:
    folder.mkdir()
    records = pa.Table.from_pylist(rows, RECORDS)
    edges = [0, *cuts, len(rows)]
    paths = []
    for number, (a, b) in enumerate(itertools.pairwise(edges)):
        batches = records.slice(a, b - a).combine_chunks().to_batches()
        signed = pa.concat_tables([signature(text_batch(batch)) for batch in batches] or [SIGNATURES.empty_table()])
        paths.append(folder / f"{number}.parquet")
        pq.write_table(signed, paths[-1], compression="none", use_dictionary=False)
    with Engine(folder, threads=2) as engine:
        engine.register({"records": records, "mentions": pa.Table.from_pylist(found, MENTIONS)})
        return match(engine, paths, folder, lambda share: None)


def rows_of(path: Path) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = pq.read_table(path).to_pylist()
    return rows


def test_a_family_is_named_by_its_first_member_and_shown_with_typed_slots(tmp_path: Path) -> None:
    rows, found = family()
    out = run(tmp_path / "a", rows, found)
    (template,) = rows_of(out["templates"])
    earliest = rows[2]  # the third was posted first
    assert template["template_id"] == "T" + str(earliest["record_id"])[:16]
    assert template["members"] == 3
    assert template["text"] == "Hello\n" + LINE.format("{name}", "{place}", "{phone}")
    slots = json.loads(str(template["slots"]))
    assert [slot["name"] for slot in slots] == ["name", "place", "phone"]
    assert [slot["distinct"] for slot in slots] == [3, 3, 3]
    assert sorted(slots[0]["examples"]) == ["Anna", "Maria", "Zoé"]
    members = rows_of(out["template_members"])
    assert {m["rid"] for m in members} == {row["rid"] for row in rows[:3]}
    assert {m["template_id"] for m in members} == {template["template_id"]}


def test_order_and_segments_do_not_matter(tmp_path: Path) -> None:
    rows, found = family()
    rows += [record(20 + k, LINE.format("Eva", "Lille", 100 + k)) for k in range(30)]
    one = run(tmp_path / "a", rows, found)
    two = run(tmp_path / "b", rows[::-1], found[::-1], cuts=(1, 1, 7, 20))
    assert {name: path.read_bytes() for name, path in one.items()} == {
        name: path.read_bytes() for name, path in two.items()
    }


def test_pictures_join_within_31_bits_and_blank_ones_do_not(tmp_path: Path) -> None:
    rows, found = family()
    picture = "f0" * 32
    near, far, blank = "ff" * 7 + "f0" * 25, "f0" * 16 + "0f" * 16, "00" * 32
    pictures = [mention(r, "image", "Hi", v) for r, v in zip(rows, (picture, picture, near), strict=False)]
    pictures += [mention(rows[0], "image", "Hi", near), mention(rows[3], "image", "We", blank)]
    pictures += [mention(rows[2], "image", "Hi", far)]
    out = run(tmp_path / "a", rows, found + pictures)
    members = {(m["rid"], m["image_id"]) for m in rows_of(out["image_members"])}
    assert members == {(rows[k]["rid"], picture) for k in range(3)} | {(rows[2]["rid"], far)}


@pytest.mark.parametrize("rows", [[], [record(1, "")], [record(1, "one"), record(2, "one")]])
def test_nothing_to_match_gives_empty_tables(tmp_path: Path, rows: list[dict[str, object]]) -> None:
    out = run(tmp_path / "a", rows, [])
    assert [rows_of(path) for path in out.values()] == [[], [], []]
