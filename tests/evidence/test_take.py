"""Taking exhibits: a network is frozen whole and the same each time, its pictures with it, a file as it is."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
from PIL import Image, ImageDraw

from clew.cases import exhibits
from clew.cases.base import Casework
from clew.cases.case import open_case
from clew.evidence import attached, freeze, take
from clew.model.actor import Actor
from clew.model.errors import InputError, MissingError
from clew.model.tables import RECORDS
from clew.query.record import digest_of
from clew.store.views import open_views
from clew.store.workspace import Workspace

ANN, BOB = (Actor(name, frozenset(("analyst",)), "command line") for name in ("ann", "bob"))


def picture(path: Path, seed: int) -> Path:
    """Something that PDQ can tell apart."""
    image = Image.new("RGB", (256, 256), "white")
    draw = ImageDraw.Draw(image)
    for k in range(40):
        x, y = (k * 37 * seed) % 230, (k * 53 + seed * 71) % 230
        draw.rectangle((x, y, x + 20 + k % 9, y + 15), fill=((k * 29) % 255, (seed * 50) % 255, (k * 11 * seed) % 255))
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path)
    return path


def ad(name: str, body: str, posted: str, *images: str) -> dict[str, Any]:
    return {"ad_id": name, "platform": "board", "title": "t", "body": body, "posted": posted, "images": list(images)}


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network of three adverts, one of them in two versions, with pictures."""
    from clew.ingest.stage import IngestOptions
    from clew.pipeline.ingest import ingest
    from clew.pipeline.run import run

    home = tmp_path_factory.mktemp("taken")
    _make(home / "source")
    made = Workspace.create(home / "place")
    for n in range(2):
        ingest(made, [home / "source" / f"ads{n}.jsonl"], IngestOptions("ad", "test"))
    run(made)
    return home


def _make(source: Path) -> None:
    picture(source / "images" / "a.png", 1)
    picture(source / "images" / "b.png", 5)
    picture(source.parent / "outside.png", 7)
    text = "Call +31612345678 any day, number {}"
    rows = [
        ad("one", text.format(1), "2026-01-01", "images/a.png", "https://example.org/x.jpg", "0f" * 32),
        ad("two", text.format(2), "2026-01-02", "images/a.png", "images/b.png", "images/gone.png"),
        ad("three", text.format(3), "2026-01-03", "../outside.png"),
    ]
    for n, part in enumerate([rows, [ad("one", text.format(9), "2026-01-05", "images/a.png")]]):
        (source / f"ads{n}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in part))


@pytest.fixture
def at(made_once: Path, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """A copy of that workspace with a case, and the network's id; its pictures are as they were when a test ends."""
    place = Workspace(Path(shutil.copytree(made_once / "place", tmp_path / "place")))
    pictures = {path: path.read_bytes() for path in (made_once / "source" / "images").iterdir()}
    casework = Casework(place.path)
    open_case(casework, ANN, "n", "p", "l", date(2049, 1, 1))
    with open_views(place) as engine:
        network = engine.rows("SELECT network_id FROM networks")[0]["network_id"]
    yield SimpleNamespace(casework=casework, place=place, network=network, source=made_once / "source")
    casework.close()
    for path, content in pictures.items():
        path.unlink()
        path.write_bytes(content)


def lines_of(at: SimpleNamespace, exhibit: exhibits.Exhibit) -> list[dict[str, Any]]:
    content = b"".join(exhibits.read(at.casework, ANN, exhibit.id))
    return [json.loads(line) for line in content.splitlines()]


def network(at: SimpleNamespace, **more: str) -> list[exhibits.Exhibit]:
    return take.take_network(at.casework, at.place, ANN, "C1", at.network, **more)


def test_a_network_is_frozen_with_every_record_as_received(at):
    made = network(at, why="first lead", grading="B3")[0]
    assert (made.kind, made.media_type, made.run, made.grading) == ("network", "application/jsonl", "R0001", "B3")
    head, *rest = lines_of(at, made)
    assert (head["what"], head["network"]["network_id"], head["network"]["records"]) == ("network", at.network, 4)
    assert head["run"]["id"] == "R0001"
    assert head["tables"]["networks"] == [s.sha256 for s in at.place.segments("networks")]
    records = [line for line in rest if line["what"] == "record"]
    assert [line["record"]["record_id"] for line in records] == sorted(line["record"]["record_id"] for line in records)
    assert {(r["record"]["native_id"], r["record"]["version"]) for r in records} == {
        ("one", 1), ("one", 2), ("two", 1), ("three", 1),
    }  # fmt: skip
    segments = {segment.sha256 for segment in at.place.segments("records")}
    for line in records:
        row = line["record"]
        assert set(row) == set(RECORDS.names)
        assert line["segment"] in segments
        assert Path(row["file"]).name in ("ads0.jsonl", "ads1.jsonl") and row["line"] >= 1
        for name in ("posted_at", "captured_at"):
            row[name] = datetime.fromisoformat(row[name]) if row[name] else None
        table = pa.Table.from_pylist([row | {"rid": int(row["rid"])}], RECORDS)
        assert digest_of(table).startswith(row["record_id"])  # nothing that it says was lost
    with open_views(at.place) as engine:
        links = engine.rows("SELECT weight, state FROM links")
    assert sorted(line["weight"] for line in rest if line["what"] == "link") == sorted(one["weight"] for one in links)
    assert dict(made.facts)["Run"].startswith("R0001, ")


def test_the_same_network_gives_the_same_bytes(at):
    made = network(at)[0]
    with pytest.raises(InputError, match=f"C1 holds these bytes from there already, as {made.id}"):
        network(at)
    exhibits.withdraw(at.casework, ANN, made.id, "taken too early")
    assert network(at)[0].sha256 == made.sha256


def test_pictures_come_with_it_as_far_as_they_are_there(at):
    made, *pictures = network(at)
    assert [(one.name, one.part_of, one.kind, one.media_type) for one in pictures] == [
        ("a.png", made.id, "file", "image/png"), ("b.png", made.id, "file", "image/png"),
    ]  # fmt: skip
    for one in pictures:
        content = (at.source / "images" / one.name).read_bytes()
        assert b"".join(exhibits.read(at.casework, ANN, one.id)) == content
        assert one.blake2b == hashlib.blake2b(content).hexdigest()
        assert dict(one.facts)["Referred to as"] == f"images/{one.name}"
    facts = dict(made.facts)
    assert facts["Pictures kept with it"] == "2"
    assert facts["Pictures that could not be kept"] == "2"
    assert facts["Pictures at web addresses, not fetched"] == "1"
    assert facts["Pictures known by their hash only"] == "1"
    assert sorted(made.faults) == [
        "../outside.png: not kept (outside the folder of the source).",
        "images/gone.png: not kept (it is no longer there).",
    ]


def test_a_picture_that_is_another_now_is_said_to_be(at):
    picture(at.source / "images" / "b.png", 9)
    (at.source / "images" / "a.png").write_bytes(b"no picture any more")
    made, *pictures = network(at)
    assert dict(made.facts)["Pictures that changed since they were read"] == "2"
    assert {"images/a.png: changed since it was read.", "images/b.png: changed since it was read."} < set(made.faults)
    assert "cannot now" in pictures[0].faults[0]
    assert "It is not the picture that was read then" in pictures[1].faults[0]


def test_a_link_does_not_lead_out_of_the_folder(at):
    target = at.source / "images" / "b.png"
    target.unlink()
    target.symlink_to(at.source.parent / "outside.png")
    made, *pictures = network(at)
    assert [one.name for one in pictures] == ["a.png"]
    assert "images/b.png: not kept (outside the folder of the source)." in made.faults


def test_of_very_many_pictures_some_are_left_and_that_is_said(at, monkeypatch):
    monkeypatch.setattr(attached, "MOST", 1)
    made, *pictures = network(at)
    assert len(pictures) == 1
    assert int(dict(made.facts)["Pictures not looked for, as there are too many"]) >= 1
    monkeypatch.setattr(attached, "MOST_BYTES", 10)
    exhibits.withdraw(at.casework, ANN, made.id, "again")
    assert "images/a.png: not kept (it is larger than 0 MiB)." in network(at)[0].faults


def test_a_record_comes_with_its_versions_and_what_changed(at):
    made, *pictures = take.take_record(at.casework, at.place, ANN, "C1", "one")
    head, *rest = lines_of(at, made)
    assert (head["what"], head["versions"], head["network"]) == ("item", 2, at.network)
    assert sorted(line["record"]["version"] for line in rest if line["what"] == "record") == [1, 2]
    body = next(line for line in rest if line["what"] == "change" and line["field"] == "body")
    assert (body["old"][-1], body["new"][-1]) == ("1", "9")
    assert [one.name for one in pictures] == ["a.png"]
    assert dict(made.facts)["Versions"] == "2"
    assert made.whence.endswith("line 1")
    newest = next(r["record"] for r in rest if r["what"] == "record" and r["record"]["version"] == 2)
    with pytest.raises(InputError, match="already"):
        take.take_record(at.casework, at.place, ANN, "C1", newest["record_id"])


def test_a_record_can_be_taken_before_any_run(at, tmp_path):
    from clew.ingest.stage import IngestOptions
    from clew.pipeline.ingest import ingest

    fresh = Workspace.create(tmp_path / "fresh")
    ingest(fresh, [at.source / "ads0.jsonl"], IngestOptions("ad", "test"))
    casework = Casework(fresh.path)
    open_case(casework, ANN, "n", "p", "l", date(2049, 1, 1))
    made = take.take_record(casework, fresh, ANN, "C1", "two")[0]
    assert (made.run, "Run" in dict(made.facts)) == ("", False)
    casework.close()


def test_what_is_not_there_or_too_large(at, monkeypatch):
    with pytest.raises(MissingError, match="no network 'N000000'"):
        take.take_network(at.casework, at.place, ANN, "C1", "N000000")
    with pytest.raises(MissingError, match="no network, template, record"):
        take.take_record(at.casework, at.place, ANN, "C1", "'; DROP TABLE records; --")
    monkeypatch.setattr(freeze, "MOST_RECORDS", 3)
    with pytest.raises(InputError, match=r"has 4 records .* takes up to 3"):
        network(at)
    assert exhibits.all_of(at.casework, ANN, "C1") == []


def test_nobody_else_puts_anything_into_a_case(at, tmp_path):
    for touch in (
        lambda: take.take_network(at.casework, at.place, BOB, "C1", at.network),
        lambda: take.take_record(at.casework, at.place, BOB, "C1", "one"),
        lambda: take.take_file(at.casework, BOB, "C1", at.source / "ads0.jsonl"),
    ):
        with pytest.raises(MissingError, match="C1 is not a case of yours"):
            touch()
    assert at.casework.vault.names("C1") == []


def test_a_file_is_kept_as_it_is_with_what_it_is(at, tmp_path):
    page = tmp_path / "page.bin"  # its name says nothing
    page.write_bytes(b"<!DOCTYPE html><html><head><title>Hello</title></head><body>x</body></html>")
    made = take.take_file(at.casework, ANN, "C1", page, whence="https://example.org/", grading="A1", why="w")
    assert (made.name, made.media_type, made.grading) == ("page.bin", "text/html", "A1")
    assert made.whence == "https://example.org/"
    assert b"".join(exhibits.read(at.casework, ANN, made.id)) == page.read_bytes()
    cut = tmp_path / "cut.pdf"
    cut.write_bytes(b"%PDF-1.7\n1 0 obj\n")
    made = take.take_file(at.casework, ANN, "C1", cut)
    assert made.whence == str(cut) and made.faults
    empty = tmp_path / "empty"
    empty.touch()
    assert take.take_file(at.casework, ANN, "C1", empty).size == 0


def test_what_is_no_file(at, tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "none", tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(InputError):
            take.take_file(at.casework, ANN, "C1", path)
    monkeypatch.setattr(take, "MOST_BYTES", 3)
    with pytest.raises(InputError, match="takes up to"):
        take.take_file(at.casework, ANN, "C1", at.source / "ads0.jsonl")
    assert at.casework.vault.names("C1") == []
