"""Ingests, runs and decisions stand in the ledger with their digests, also where a process died in between."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from clew.access.roles import alone
from clew.cases.base import Casework
from clew.ingest.stage import IngestOptions
from clew.ledger.log import entries
from clew.model.actor import Actor
from clew.model.errors import DeniedError, InputError
from clew.pipeline import custody
from clew.pipeline.custody import account_for
from clew.pipeline.decide import decide
from clew.pipeline.ingest import ingest
from clew.store.workspace import Workspace

ANN = alone("ann", "command line").within(None, "a tip")
AUDITOR = Actor("eve", frozenset(("auditor",)), "command line")
OPTIONS = IngestOptions("ad", "test")


def advert(path: Path, n: int) -> Path:
    path.write_text(json.dumps({"id": f"a{n}", "title": f"Hello {n}", "body": "Call +31612345678"}) + "\n")
    return path


@pytest.fixture
def place(database, tmp_path):
    """An empty workspace; its database is SQLite, or PostgreSQL."""
    workspace = Workspace.create(tmp_path / "w")
    casework = Casework(workspace.path)
    yield workspace, casework.db
    casework.close()


def _all(db):
    with db.connect() as connection:
        return list(entries(connection))


def test_an_ingest_leaves_the_digests_of_its_files(place, tmp_path):
    workspace, db = place
    file = advert(tmp_path / "ads.jsonl", 1)
    ingest(workspace, [file], OPTIONS, actor=ANN, db=db)
    (entry,) = _all(db)
    content = file.read_bytes()
    pair = {"sha256": hashlib.sha256(content).hexdigest(), "blake2b": hashlib.blake2b(content).hexdigest()}
    assert (entry.act, entry.subject, entry.who) == ("intake", "ingest I0001", "ann")
    assert entry.facts()["digests"] == [pair | {"size": len(content)}]
    assert entry.facts()["segments"] == [s.sha256 for s in workspace.segments("records")]
    assert entry.facts()["counts"]["new"] == 1
    assert entry.texts() == {"why": "a tip", "files": str(file)}
    manifest = (workspace.path / "runs" / "I0001.json").read_bytes()
    assert entry.facts()["manifest"] == hashlib.sha256(manifest).hexdigest()
    assert json.loads(manifest)["digests"] == [{"file": str(file), **pair, "size": len(content)}]


def test_of_many_files_the_manifest_lists_all(place, tmp_path):
    workspace, db = place
    folder = tmp_path / "many"
    folder.mkdir()
    for n in range(60):
        advert(folder / f"{n:02}.jsonl", n)
    ingest(workspace, [folder], OPTIONS, actor=ANN, db=db)
    (entry,) = _all(db)
    assert entry.facts()["files"] == 60 and len(entry.facts()["digests"]) == 50
    assert len(json.loads((workspace.path / "runs" / "I0001.json").read_bytes())["digests"]) == 60


def test_a_file_that_changes_while_it_is_read_is_not_ingested(place, tmp_path):
    workspace, db = place
    file = advert(tmp_path / "ads.jsonl", 1)
    with pytest.raises(InputError, match="was changed while it was read"):
        ingest(workspace, [file], OPTIONS, lambda done, total: (advert(file, 22), None)[1], actor=ANN, db=db)
    assert _all(db) == [] and Workspace(workspace.path).segments("records") == []


def test_who_may_not_does_not(place, tmp_path):
    workspace, db = place
    with pytest.raises(DeniedError):
        ingest(workspace, [advert(tmp_path / "a.jsonl", 1)], OPTIONS, actor=AUDITOR, db=db)
    with pytest.raises(DeniedError):
        decide(workspace, "a", "b", "rejected", "why", "eve", AUDITOR, db)
    with pytest.raises(DeniedError):
        custody.giving(db, AUDITOR, "tables")
    assert _all(db) == []


def test_what_a_process_that_died_left_out_is_noted_once(place, tmp_path, monkeypatch):
    workspace, db = place
    for n in (1, 2):
        ingest(workspace, [advert(tmp_path / f"{n}.jsonl", n)], OPTIONS, actor=ANN, db=db)

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("clew.pipeline.ingest.append", dies)
    monkeypatch.setattr("clew.pipeline.decide.append", dies)
    with pytest.raises(KeyboardInterrupt):
        ingest(workspace, [advert(tmp_path / "3.jsonl", 3)], OPTIONS, actor=ANN, db=db)
    with pytest.raises(KeyboardInterrupt):
        decide(workspace, "a1", "a2", "rejected", "two people", "ann", ANN, db)
    again = Workspace(workspace.path)
    assert len(again.segments("records")) == 3
    with again.locked():
        assert account_for(Workspace(workspace.path), db) == 0  # somebody is at work, and will write it down
    assert account_for(again, db) == 2
    assert account_for(again, db) == 0
    late, decision = _all(db)[-2:]
    assert (late.act, late.subject, late.who, late.via) == ("intake", "ingest I0003", "clew", "clew")
    assert late.facts()["noted"] == "later" and late.facts()["held"] is True
    assert (decision.act, decision.texts()) == ("decide", {"reason": "two people"})
    assert decision.facts()["state"] == "rejected" and decision.facts()["who"] == "ann"


def test_an_ingest_that_was_never_published_is_noted_as_such(place, tmp_path, monkeypatch):
    workspace, db = place
    monkeypatch.setattr("clew.store.workspace.Change.publish", lambda self: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        ingest(workspace, [advert(tmp_path / "3.jsonl", 3)], OPTIONS, actor=ANN, db=db)
    assert account_for(Workspace(workspace.path), db) == 1
    assert _all(db)[-1].facts()["held"] is False


@pytest.mark.parametrize("content", [b"", b"[]", b'{"id": "I0001"}'])
def test_a_damaged_or_older_manifest_stops_nobody(place, content):
    workspace, db = place
    (workspace.path / "runs" / "I0001.json").write_bytes(content)
    assert account_for(workspace, db) == 1
    assert _all(db)[0].facts() == {
        "manifest": hashlib.sha256(content).hexdigest(), "damaged": True, "noted": "later",
    }  # fmt: skip


def test_a_run_leaves_the_digests_of_its_tables(finished, workspace):
    casework = Casework(workspace.path)
    try:
        entry = next(entry for entry in _all(casework.db) if entry.act == "run")
    finally:
        casework.close()
    manifest = json.loads((workspace.path / "runs" / "R0001.json").read_bytes())
    assert entry.subject == "run R0001"
    assert entry.facts()["outputs"] == manifest["outputs"] and entry.facts()["code"] == manifest["code"]
