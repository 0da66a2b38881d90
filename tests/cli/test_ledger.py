"""What commands leave in the ledger, and how an auditor reads, checks and proves it on the command line."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from tests.commands import Runner
from typer.testing import Result

from clew.cli.app import app
from clew.database.base import open_database
from clew.ledger import merkle
from clew.ledger.entry import Entry
from clew.ledger.heads import Head
from clew.ledger.log import entries
from clew.model.errors import SealError
from clew.store.workspace import Workspace


def _clew(*words: str) -> Result:
    return Runner().invoke(app, list(words))


def _entries(place: Path) -> list[Entry]:
    db = open_database(place)
    with db.connect() as connection:
        found = list(entries(connection))
    db.dispose()
    return found


@pytest.fixture(scope="module")
def toured(_finished: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A workspace in which somebody looked around; read only. The ids that were seen."""
    import shutil

    place = Path(shutil.copytree(_finished, tmp_path_factory.mktemp("toured") / "w"))
    where = ("-w", str(place))
    lead = json.loads(_clew("leads", "-n", "1", "--json", "--why", "weekly look", *where).stdout)[0]["network_id"]
    record = json.loads(_clew("show", lead, "--json", *where).stdout)["records"][0]["record_id"]
    assert _clew("show", record, *where).exit_code == 0
    assert _clew("overview", *where).exit_code == 0
    assert _clew("pivot", "+31 6 1234 5678", "--why", "tip", *where).exit_code == 0
    return place, {"network": lead, "record": record}


def test_every_look_stands_in_the_ledger(toured):
    place, ids = toured
    found = _entries(place)[-5:]
    assert [(entry.act, entry.subject) for entry in found] == [
        ("view", "leads"),
        ("view", f"network {ids['network']}"),
        ("view", f"record {ids['record']}"),
        ("view", "overview"),
        ("search", "search"),
    ]
    assert found[0].texts() == {"why": "weekly look"} and found[0].facts() == {"networks": [ids["network"]]}
    assert ids["record"] in found[1].facts()["records"]
    assert found[4].texts() == {"why": "tip", "for": "+31 6 1234 5678"}
    assert all(b"1234" not in entry.leaf() and b"tip" not in entry.leaf() for entry in found)


def test_the_auditor_searches(toured):
    place, ids = toured
    where = ("-w", str(place))
    found = json.loads(_clew("ledger", "search", "--text", "1234", "--json", *where).stdout)
    assert found["total"] >= 1 and found["entries"][-1]["private"]["for"] == "+31 6 1234 5678"
    about = _clew("ledger", "search", "--subject", f"network {ids['network']}", *where).stdout
    assert f"view network {ids['network']}" in about and "why: not stated" in about
    assert "No entry fits." in _clew("ledger", "search", "--who", "nobody", *where).stdout
    last = _entries(place)[-1]  # that the auditor searched, and for what
    assert (last.act, last.subject, last.texts()) == ("search", "ledger", {"who": "nobody"})
    for words in (("--act", "dance"), ("--since", "yesterday"), ("--since", "2026-05-01", "--until", "2026-05-01")):
        assert _clew("ledger", "search", *words, *where).exit_code != 0


def test_one_entry_is_shown(toured):
    place, _ = toured
    seq = next(entry.seq for entry in _entries(place) if entry.act == "search")
    assert "for: +31 6 1234 5678" in _clew("ledger", "show", str(seq), "-w", str(place)).stdout


def test_a_proof_holds_without_clew(toured):
    place, _ = toured
    told = json.loads(_clew("ledger", "prove", "1", "--json", "-w", str(place)).stdout)
    head = Head(**told["head"])
    path = [bytes.fromhex(digest) for digest in told["path"]]
    leaf = merkle.leaf_hash(told["leaf"].encode())
    assert head.valid() and merkle.includes(bytes.fromhex(head.root), head.size, 1, leaf, path)
    assert json.loads(told["leaf"])["seq"] == 1
    assert _clew("ledger", "prove", "999999", "-w", str(place)).exit_code != 0


def test_a_ledger_is_signed_checked_and_found_changed(toured, tmp_path):
    import shutil

    place = Path(shutil.copytree(toured[0], tmp_path / "w"))
    where = ("-w", str(place))
    head = Head(**json.loads(_clew("ledger", "sign", "--json", *where).stdout))
    assert head.valid()
    kept = tmp_path / "heads.json"
    kept.write_text(_clew("ledger", "heads", "--json", *where).stdout)
    told = _clew("ledger", "check", "--against", str(kept), *where)
    assert told.exit_code == 0 and "The ledger is whole" in told.stdout
    assert head.root in _clew("ledger", "heads", *where).stdout
    with sqlite3.connect(place / "cases.sqlite") as connection:
        connection.execute("UPDATE ledger_entries SET who = 'bob' WHERE seq = 2")
    told = _clew("ledger", "check", *where)
    assert "Entry 2 was changed." in told.stdout
    assert isinstance(told.exception, SealError) and told.exception.exit_code == 6
    assert json.loads(_clew("ledger", "check", "--json", *where).stdout)["faults"] == ["Entry 2 was changed."]
    kept.write_text("nonsense")
    assert "holds no heads" in str(_clew("ledger", "check", "--against", str(kept), *where).exception)


def test_a_ledger_that_was_emptied_is_not_whole_whatever_is_looked_at_since(toured, tmp_path):
    import shutil

    place = Path(shutil.copytree(toured[0], tmp_path / "w"))
    where = ("-w", str(place))
    first = json.loads((place / "runs" / "I0001.json").read_bytes())  # longer ago than a test takes
    (place / "runs" / "I0001.json").write_text(json.dumps(first | {"at": "2026-01-01T00:00:00+00:00"}))
    with sqlite3.connect(place / "cases.sqlite") as connection:
        connection.execute("DELETE FROM ledger_heads")
    assert "Without a signed head" in _clew("ledger", "check", *where).stdout
    with sqlite3.connect(place / "cases.sqlite") as connection:
        for table in ("entries", "nodes"):
            connection.execute(f"DELETE FROM ledger_{table}")
        connection.execute("UPDATE ledger_size SET size = 0, frontier = ''")
    told = _clew("ledger", "check", *where)
    assert isinstance(told.exception, SealError) and "The ledger has no entry of ingest I0001" in told.stdout
    assert _clew("leads", *where).exit_code == _clew("ledger", "sign", *where).exit_code == 0
    told = _clew("ledger", "check", *where)
    assert isinstance(told.exception, SealError) and "The ledger was begun anew" in told.stdout


def test_heads_that_were_changed_are_not_given_out(toured, tmp_path):
    import shutil

    place = Path(shutil.copytree(toured[0], tmp_path / "w"))
    where = ("-w", str(place))
    assert _clew("ledger", "sign", *where).exit_code == 0
    with sqlite3.connect(place / "cases.sqlite") as connection:
        connection.execute("UPDATE ledger_heads SET signature = zeroblob(64)")
    for words in (("check",), ("heads",), ("heads", "--json")):
        told = _clew("ledger", *words, *where)
        assert isinstance(told.exception, SealError), words
    assert "was changed: the signature is not of it." in _clew("ledger", "check", *where).stdout


def _bytes(place: Path) -> dict[Path, bytes]:
    """What every file holds, but the scratch files that SQLite makes beside the one it reads, where it may."""
    mine = (path for path in sorted(place.rglob("*")) if not path.name.endswith(("-shm", "-wal")))
    return {path: path.read_bytes() for path in mine if path.is_file()}


def test_what_is_read_only_is_checked_and_stays_as_it_is(toured, tmp_path, monkeypatch):
    import shutil

    place = Path(shutil.copytree(toured[0], tmp_path / "w"))
    where = ("-w", str(place))
    case = ("--purpose", "p", "--legal-basis", "l", "--retain-until", "2049-01-01")
    assert _clew("case", "new", "A", *case, *where).exit_code == 0
    assert _clew("ledger", "sign", *where).exit_code == 0
    before = _bytes(place)
    monkeypatch.setattr("clew.cli.checking._writable", lambda *paths: False)
    for words in (("ledger", "check"), ("ledger", "heads"), ("case", "check", "C1")):
        told = _clew(*words, *where)
        assert told.exit_code == 0 and "is read-only: that it was checked is not written" in told.stderr, words
    assert _bytes(place) == before
    monkeypatch.undo()
    with sqlite3.connect(place / "cases.sqlite") as connection:
        connection.execute("UPDATE ledger_entries SET who = 'bob' WHERE seq = 2")
    monkeypatch.setattr("clew.cli.checking._writable", lambda *paths: False)
    assert isinstance(_clew("ledger", "check", *where).exception, SealError)


def test_without_an_authority_nothing_is_stamped(toured, monkeypatch):
    monkeypatch.delenv("CLEW_TSA_URL", raising=False)
    assert "No timestamp authority" in str(_clew("ledger", "stamp", "-w", str(toured[0])).exception)


def test_a_decision_and_an_export_stand_in_the_ledger(workspace: Workspace, tmp_path: Path):
    where = ("-w", str(workspace.path))
    lead = json.loads(_clew("leads", "-n", "1", "--json", *where).stdout)[0]["network_id"]
    link = json.loads(_clew("show", lead, "--json", *where).stdout)["links"][0]
    a, b = sorted((link["record_a"], link["record_b"]))
    assert _clew("link", "reject", a, b, "--why", "two people", *where).exit_code == 0
    done = _clew("export", "tables", str(tmp_path / "out"), "--why", "for the court", *where)
    assert done.exit_code == 0, done.output
    decided, exported = _entries(workspace.path)[-2:]
    assert decided.act == "decide" and decided.texts() == {"reason": "two people"}
    assert (decided.facts()["a"], decided.facts()["b"], decided.facts()["state"]) == (a, b, "rejected")
    assert (exported.act, exported.subject) == ("export", "tables")
    assert exported.texts() == {"why": "for the court", "to": str(tmp_path / "out")}
    import hashlib

    leads = (tmp_path / "out" / "leads.parquet").read_bytes()
    assert exported.facts()["files"]["leads.parquet"]["sha256"] == hashlib.sha256(leads).hexdigest()


def test_nothing_is_shown_where_nothing_can_be_written_down(workspace: Workspace):
    _clew("leads", "-w", str(workspace.path))
    with sqlite3.connect(workspace.path / "cases.sqlite") as connection:
        connection.execute("CREATE TRIGGER full BEFORE INSERT ON ledger_entries BEGIN SELECT RAISE(FAIL, 'full'); END")
    told = _clew("leads", "-w", str(workspace.path))
    assert told.stdout == "" and "cannot be written to (full)" in str(told.exception)


def test_a_case_that_is_not_theirs_shows_nothing(toured):
    told = _clew("leads", "--case", "C77", "-w", str(toured[0]))
    assert told.stdout == "" and "C77 is not a case of yours." in str(told.exception)
