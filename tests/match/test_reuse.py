from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from clew.engine.duckdb import Engine
from clew.extract.base import text_batch
from clew.match.reuse import Before
from clew.match.signature import signature
from clew.match.stage import match
from clew.model.tables import MENTIONS, RECORDS, TEMPLATES

LINES = (
    "Hi, I am {} and new in town, sweet and friendly company for a quiet evening, call me any time",
    "We look for {} cooks in a busy kitchen near the station, contract, shifts and meals included, write us",
    "Sprachkurs für {} am Abend in der alten Schule am Markt, bitte vorher kurz anrufen oder schreiben",
)


def rows_of(line: int, names: list[str], at: int) -> list[dict[str, object]]:
    found = []
    for number, name in enumerate(names, at):
        rid = (number * 0x9E3779B97F4A7C15 + line) % 2**64
        row: dict[str, object] = dict.fromkeys(RECORDS.names)
        row |= {"rid": rid, "record_id": f"{rid:016x}" + "0" * 16, "item_id": str(number), "version": 1, "kind": "ad"}
        row |= {"source": "s", "platform": "p", "body": LINES[line].format(name), "file": "f", "line": number}
        found.append(row)
    return found


def run(folder: Path, rows: list[dict[str, object]], before: Before | None = None) -> dict[str, Path]:
    folder.mkdir()
    records = pa.Table.from_pylist(rows, RECORDS)
    signed = signature(text_batch(records.combine_chunks().to_batches()[0]))
    pq.write_table(signed, folder / "signatures.parquet")
    with Engine(folder, threads=2) as engine:
        engine.register({"records": records, "mentions": MENTIONS.empty_table()})
        return match(engine, [folder / "signatures.parquet"], folder, lambda share: None, before)


def before_of(made: dict[str, Path]) -> Before:
    return Before(made["templates"], made["template_members"])


def world() -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    first = rows_of(0, ["Anna", "Eva", "Zoé"], 1) + rows_of(1, ["two", "three"], 20)
    return first, rows_of(1, ["four", "five"], 30) + rows_of(2, ["Anfänger", "Kinder"], 40)


def test_with_an_earlier_run_the_tables_are_those_of_a_full_one(tmp_path: Path) -> None:
    first, later = world()
    once = run(tmp_path / "once", first)
    full = run(tmp_path / "full", first + later)
    assert pq.read_metadata(full["templates"]).num_rows == 3
    for name, before in (("more", before_of(once)), ("same", before_of(full))):
        again = run(tmp_path / name, first + later, before)
        assert {n: p.read_bytes() for n, p in again.items()} == {n: p.read_bytes() for n, p in full.items()}


def test_only_families_with_the_same_members_are_taken_over(tmp_path: Path) -> None:
    first, later = world()
    once = run(tmp_path / "once", first)
    marked = pq.read_table(once["templates"])
    marked = marked.set_column(1, TEMPLATES.field("text"), pa.array(["taken over"] * len(marked)))
    pq.write_table(marked, once["templates"])
    again = pq.read_table(run(tmp_path / "again", first + later, before_of(once))["templates"])
    shown = sorted(again.column("text").to_pylist())
    assert len(shown) == 3
    assert [text == "taken over" for text in shown].count(True) == 1
    assert not any("I am" in text for text in shown)  # the first family has no new members


def test_members_that_are_gone_make_all_anew(tmp_path: Path) -> None:
    first, later = world()
    once = run(tmp_path / "once", first + later)
    left = first[1:] + later
    again, full = run(tmp_path / "again", left, before_of(once)), run(tmp_path / "full", left)
    assert again["templates"].read_bytes() == full["templates"].read_bytes()
