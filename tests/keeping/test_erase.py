"""What is erased is in no file any more; the ledger keeps digests and the reason; nothing is erased by half."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pyarrow as pa
import pytest
import sqlalchemy as sa
from tests.forked import forked
from tests.keeping.grounds import PHONE, SECRET, Ground
from tests.keeping.leavings import holding, in_database

from clew.access.roles import alone
from clew.cases import case, exploration, thinking, triage
from clew.cases.base import Casework
from clew.database.base import write
from clew.evidence.take import take_file, take_record
from clew.keeping import erase as erasing
from clew.keeping import erase_records as work
from clew.keeping.erase import erase_case, erase_records, erasures, resume, unfinished
from clew.keeping.orphans import ORPHANS, naming
from clew.keeping.register import read_register, register_file
from clew.ledger.check import check
from clew.ledger.entry import Deed
from clew.ledger.log import Wanted, append, search
from clew.model.errors import DeniedError, InputError, MissingError, ReplayError
from clew.pipeline.decide import decide
from clew.pipeline.replay import replay
from clew.pipeline.run import run
from clew.query.index import ensure_index
from clew.store.views import open_views
from clew.store.workspace import Change, Workspace

SECRETS = f"body LIKE '%{SECRET}%'"


def _rows(workspace: Workspace, query: str) -> list[dict]:
    with open_views(workspace, need_run=False) as engine:
        return engine.rows(query)


def _networks(workspace: Workspace) -> dict[str, str]:
    rows = _rows(workspace, "SELECT record_id, network_id FROM records JOIN network_members USING (rid)")
    return {row["record_id"]: row["network_id"] for row in rows}


def test_records_are_in_no_file_any_more(ground: Ground) -> None:
    workspace, casework, boss = ground.workspace, ground.casework, ground.boss
    ids, others = ground.ids(SECRETS), ground.ids("source = 'garden'")
    decide(workspace, ids[0], others[0], "rejected", f"about {SECRET}", "boss")
    ensure_index(workspace)
    exploration.begin(casework.db, boss, "t", [ids[0]])
    with write(casework.db) as connection:
        append(connection, boss, Deed("search", "search", {}, {"words": "612 999 888 please"}))
        append(connection, boss, Deed("search", "search", {}, {"words": "+31612345678"}))
        append(connection, boss, Deed("view", f"record {ids[0]}", {}, {"why": "curious about this one"}))
    triage.decide(casework.db, "N1", boss, "dismissed", f"known by {PHONE}")
    assert holding(workspace.path, SECRET) and _rows(workspace, "FROM quarantine WHERE raw LIKE '%612 99%'")

    told = erase_records(casework, workspace, boss, ids, "asked for by the person")

    workspace = Workspace(workspace.path)
    assert told.rows["records"] == len(ids) == 6 and told.rows["decisions"] == 1 and told.rows["changes"] >= 1
    casework.close()
    assert holding(workspace.path, SECRET) == []
    assert holding(workspace.path, PHONE) == []
    assert holding(workspace.path, "612 99 98 88") == [] and holding(workspace.path, "612 999 888") == []
    assert in_database(casework.db, "612 999 888") == in_database(casework.db, PHONE) == []
    assert in_database(casework.db, "curious about this one") == []
    assert in_database(casework.db, "+31612345678")  # another's
    assert [r["raw"].strip() for r in _rows(workspace, "FROM quarantine")] == ['{"id": "y", "body": "innocent']
    with casework.db.connect() as connection:
        (entry,), _ = search(connection, Wanted(act="erase", subject="records"))
        assert entry.facts()["reason"] == "asked for by the person" and entry.facts()["records"] == 6
    assert check(casework.db, casework.keys.public).faults == []
    assert _rows(workspace, "FROM mentions ANTI JOIN records USING (rid)") == []


def test_the_next_run_makes_everything_again_and_networks_keep_their_ids(ground: Ground) -> None:
    before = _networks(ground.workspace)
    first = ground.ids(SECRETS)
    erase_records(ground.casework, ground.workspace, ground.boss, first, "why")
    run(ground.workspace)
    after = _networks(ground.workspace)
    assert set(before) - set(after) == set(first)
    touched = {before[r] for r in first}
    assert all(after[r] == before[r] for r in after if before[r] not in touched)
    assert {before[r] for r in after} <= set(after.values())  # none that has records left lost its id
    assert not _rows(ground.workspace, "FROM mentions ANTI JOIN records USING (rid)")
    with pytest.raises(ReplayError, match=r"what it read was erased on \d{4}-\d\d-\d\d because: why"):
        replay(ground.workspace, "R0001", ground.workspace.path.parent / "scratch")


def test_a_network_whose_anchors_all_go_keeps_its_id(ground: Ground) -> None:
    rows = _rows(ground.workspace, "SELECT network_id, count(*) AS n FROM network_members GROUP BY 1 ORDER BY n DESC")
    largest, size = rows[0]["network_id"], rows[0]["n"]
    anchored = ground.ids(f"rid IN (SELECT rid FROM anchors WHERE network_id = '{largest}')")
    assert len(anchored) == 16 < size - 2
    erase_records(ground.casework, ground.workspace, ground.boss, anchored, "why")
    run(ground.workspace)
    assert largest in _networks(ground.workspace).values()


def test_all_records_of_a_source(ground: Ground) -> None:
    erase_records(ground.casework, ground.workspace, ground.boss, ground.ids("source = 'garden'"), "why")
    workspace = Workspace(ground.workspace.path)
    assert holding(workspace.path, "garden +31") == []
    assert holding(workspace.path, "other.jsonl") == []  # the manifest of its ingest names no file any more
    assert len(ground.ids("true")) == 61


def test_open_cases_hold_records(ground: Ground) -> None:
    casework, workspace, boss = ground.casework, ground.workspace, ground.boss
    ids = ground.ids(SECRETS)
    made = case.open_case(casework, boss, "A", "to see", "law", "2049-01-01")
    take_record(casework, workspace, boss, made.id, ids[0])
    with pytest.raises(InputError, match="Open cases hold all of these records: C1"):
        erase_records(casework, workspace, boss, ids[:1], "why")
    told = erase_records(casework, workspace, boss, ids, "why")
    assert told.kept["C1"] >= 1
    assert ids[0] in ground.ids("true") and ids[1] not in ground.ids("true")
    case.close(casework, boss, made.id, "over")
    assert erase_records(casework, workspace, boss, ids[:1], "why").rows["records"] == 1


def test_a_case_is_gone_with_its_key_and_bytes(ground: Ground, tmp_path: Path) -> None:
    casework, workspace, boss = ground.casework, ground.workspace, ground.boss
    made = case.open_case(casework, boss, f"Case {SECRET}1", "to see", "law", "2049-01-01")
    other = case.open_case(casework, boss, "Other", "to see", "law", "2049-01-01")
    (tmp_path / "note.txt").write_text(f"{SECRET}2")
    take_file(casework, boss, made.id, tmp_path / "note.txt", why=f"{SECRET}3")
    take_file(casework, boss, other.id, tmp_path / "note.txt", why="kept")
    thinking.add_note(casework, boss, made.id, f"{SECRET}4")
    with write(casework.db) as connection:
        append(connection, boss.within(made.id), Deed("search", "search", {}, {"words": f"{SECRET}5"}))
    sealed = (workspace.path / "vault" / made.id / casework.vault.names(made.id)[0]).read_bytes()

    erase_case(casework, workspace, boss, made.id, "acquitted")

    with pytest.raises(MissingError, match="erased"):
        case.find(casework, boss, made.id)
    assert case.find(casework, boss, other.id).name == "Other"
    assert not (workspace.path / "vault" / made.id).exists() and casework.vault.names(other.id)
    for nth in range(1, 6):
        assert in_database(casework.db, f"{SECRET}{nth}") == []
    with casework.db.connect() as connection:
        (entry,), _ = search(connection, Wanted(act="erase", subject="case C1"))
        assert entry.facts()["reason"] == "acquitted" and len(entry.facts()["originals"]) == 1
        assert not connection.execute(sa.text("SELECT 1 FROM case_keys WHERE case_id = 'C1'")).all()
        assert not connection.execute(sa.text("SELECT 1 FROM case_papers WHERE case_id = 'C1'")).all()
    assert check(casework.db, casework.keys.public).faults == []
    casework.close()
    pieces = {sealed[n : n + 32].hex() for n in range(40, len(sealed) - 32, 16)}
    for path in workspace.path.rglob("*"):
        if path.is_file() and path.parent.name != other.id:
            assert not any(bytes.fromhex(piece) in path.read_bytes() for piece in pieces), path
    with pytest.raises(MissingError, match="was erased"):
        erase_case(casework, workspace, boss, made.id, "again")


def test_the_register_says_what_went(ground: Ground) -> None:
    ids = ground.ids(SECRETS)
    erase_records(ground.casework, ground.workspace, ground.boss, ids, "why")
    keys = ground.casework.keys
    (line,) = read_register(register_file(keys.workspace), keys.public)
    assert line.what == "records" and line.about["records"] and set(line.about["records"]) == set(ids)
    assert SECRET not in register_file(keys.workspace).read_text()


def test_it_takes_a_supervisor_and_a_reason(ground: Ground) -> None:
    analyst = type(ground.boss)("ann", frozenset(("analyst",)), "command line")
    ids = ground.ids("true")[:1]
    with pytest.raises(DeniedError):
        erase_records(ground.casework, ground.workspace, analyst, ids, "why")
    with pytest.raises(DeniedError):
        erase_case(ground.casework, ground.workspace, analyst, "C1", "why")
    with pytest.raises(InputError, match="reason"):
        erase_records(ground.casework, ground.workspace, ground.boss, ids, "  ")
    with pytest.raises(MissingError, match="There is no case"):
        erase_case(ground.casework, ground.workspace, ground.boss, "C9", "why")
    assert erasures(ground.casework) == []


def _erase_until(folder: Path, place: str, what: str) -> None:
    """Runs in a process of its own, which ends at a place."""
    workspace = Workspace(folder)
    casework = Casework(workspace.path)
    boss = alone("boss", "command line")
    where = {"begin": (erasing, "_begin"), "register": (erasing, "add_lines"), "publish": (Change, "publish"),
             "unlink": (work, "_unlink"), "forget": (erasing, "forget"),
             "vault": (casework.vault, "erase")}  # fmt: skip
    owner, name = where[place]
    setattr(owner, name, lambda *args, **named: os.kill(os.getpid(), signal.SIGKILL))
    if what == "case":
        erase_case(casework, workspace, boss, "C1", "why")
    else:
        erase_records(casework, workspace, boss, what.split(","), "why")


def _killed(ground: Ground, place: str, what: str) -> None:
    process = forked(_erase_until, ground.workspace.path, place, what)
    process.join()
    assert process.exitcode == -signal.SIGKILL


@pytest.mark.parametrize("place", ["begin", "publish", "unlink", "forget"])
def test_an_erasure_of_records_that_is_killed_goes_on(ground: Ground, place: str) -> None:
    if ground.casework.db.dialect.name != "sqlite" and place != "forget":
        pytest.skip("The same on both: tried with SQLite.")
    ids = ground.ids(SECRETS)
    ground.casework.keys.public.hex()
    _killed(ground, place, ",".join(ids))
    assert [e.what for e in unfinished(ground.casework)] == ([] if place == "begin" else ["records"])
    resume(ground.casework, Workspace(ground.workspace.path), ground.boss)
    ground.workspace = Workspace(ground.workspace.path)
    if place == "begin":
        assert set(ids) <= set(ground.ids("true"))  # it was never said to have begun
        erase_records(ground.casework, ground.workspace, ground.boss, ids, "why")
    assert unfinished(ground.casework) == []
    assert not set(ids) & set(ground.ids("true"))
    ground.casework.close()
    assert holding(ground.workspace.path, SECRET) == []
    assert not (ground.workspace.path / "erasing").exists()
    with ground.casework.db.connect() as connection:
        entries, count = search(connection, Wanted(act="erase", subject="records"))
        assert count == 1 and entries[0].facts()["rows"]["records"] == 6 and entries[0].facts()["segments"]["records"]
    keys = ground.casework.keys
    assert len(read_register(register_file(keys.workspace), keys.public)) == 1
    run(ground.workspace)


@pytest.mark.parametrize("place", ["register", "vault"])
def test_an_erasure_of_a_case_that_is_killed_goes_on(ground: Ground, tmp_path: Path, place: str) -> None:
    casework, workspace, boss = ground.casework, ground.workspace, ground.boss
    case.open_case(casework, boss, "A", "to see", "law", "2049-01-01")
    (tmp_path / "note.txt").write_text("x")
    take_file(casework, boss, "C1", tmp_path / "note.txt")
    _killed(ground, place, "case")
    assert unfinished(casework)
    resume(casework, workspace, boss)
    assert not unfinished(casework) and casework.vault.names("C1") == []
    with pytest.raises(MissingError, match="erased"):
        case.find(casework, boss, "C1")
    with casework.db.connect() as connection:
        assert search(connection, Wanted(act="erase", subject="case C1"))[1] == 1
    keys = casework.keys
    assert [line.about["case"] for line in read_register(register_file(keys.workspace), keys.public)] == ["C1"]


def test_saved_searches_and_explorations_go_with_what_they_name(ground: Ground) -> None:
    db, ids, other = ground.casework.db, ground.ids(SECRETS), ground.ids("source = 'garden'")
    with write(db) as connection:
        for title, seeds in (("one", ids[0]), ("two", other[0]), (f"about {PHONE}", other[0])):
            connection.execute(sa.text("INSERT INTO explorations (title, seeds, who, at) VALUES (:t, :s, 'b', 'n')"),
                               {"t": title, "s": f'["{seeds}"]'})  # fmt: skip
        for name, query in (("x", "q=612999888&country=ES"), ("y", "q=%2B34612999888"), ("z", "q=garden")):
            connection.execute(sa.text("INSERT INTO saved_views (who, name, query, at) VALUES ('b', :n, :q, 'n')"),
                               {"n": name, "q": query})  # fmt: skip
    erase_records(ground.casework, ground.workspace, ground.boss, ids, "why")
    with db.connect() as connection:
        assert connection.execute(sa.text("SELECT title FROM explorations")).scalars().all() == ["two"]
        assert "x" not in connection.execute(sa.text("SELECT name FROM saved_views")).scalars().all()
        assert "z" in connection.execute(sa.text("SELECT name FROM saved_views")).scalars().all()


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("phone", "+34612999888", "who is 612 999 888?"),
        ("company", "kvk:30124362", "look at KvK 30124362 again"),
        ("widget", "tawk:5d2f8a9c0b1e4a3d7c6f9e8b", "sites with embed.tawk.to/5d2f8a9c0b1e4a3d7c6f9e8b"),
    ],
)
def test_any_identifier_that_nobody_else_has_is_found_in_texts(kind: str, value: str, text: str) -> None:
    orphans = pa.table({"type": [kind], "value": [value]}, schema=ORPHANS)
    assert naming(pa.array([text, "the garden", None]), orphans).to_pylist() == [True, False, False]
