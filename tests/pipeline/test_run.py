"""Runs: only what is new is read, portions end as one run does, kills leave nothing, replays give the digests."""

from __future__ import annotations

import shutil
import signal
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.forked import forked

from clew.ingest.stage import IngestOptions
from clew.model.errors import InputError, ReplayError
from clew.model.tables import TABLES
from clew.pipeline.decide import decide
from clew.pipeline.ingest import ingest
from clew.pipeline.manifest import read_manifest
from clew.pipeline.replay import replay
from clew.pipeline.run import OUTPUTS, ROWWISE, run
from clew.store.views import open_views
from clew.store.workspace import Workspace

ADS = IngestOptions("ad", "simulated")


def _table(workspace: Workspace, name: str) -> pa.Table:
    return pa.concat_tables(pq.read_table(path) for path in workspace.paths(name))


def _partition(workspace: Workspace) -> set[frozenset[int]]:
    networks: dict[str, set[int]] = {}
    for row in _table(workspace, "network_members").to_pylist():
        networks.setdefault(row["network_id"], set()).add(row["rid"])
    return {frozenset(rids) for rids in networks.values()}


def test_every_table_has_the_columns_of_its_contract(finished: Workspace) -> None:
    for name in (*ROWWISE, *OUTPUTS):
        schema = pq.read_schema(finished.paths(name)[0])
        assert schema.names == TABLES[name].names, name


def test_every_record_is_in_one_network_and_has_one_score(finished: Workspace) -> None:
    rids = sorted(_table(finished, "records").column("rid").to_pylist())
    assert sorted(_table(finished, "network_members").column("rid").to_pylist()) == rids
    assert sorted(_table(finished, "record_scores").column("rid").to_pylist()) == rids


def test_a_second_run_has_nothing_to_do(workspace: Workspace) -> None:
    before = (workspace.path / "catalog.json").read_bytes()
    again = run(workspace)
    assert not again.fresh
    assert again.manifest.id == "R0001"
    assert b'"networks"' in before
    assert {n: workspace.segments(n) for n in OUTPUTS} == {n: Workspace(workspace.path).segments(n) for n in OUTPUTS}


def test_an_empty_workspace_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="clew ingest"):
        run(Workspace.create(tmp_path / "w"))


def test_portions_end_with_the_networks_of_one_run(world: Path, finished: Workspace, tmp_path: Path) -> None:
    lines = (world / "ads.jsonl").read_bytes().splitlines(keepends=True)
    workspace = Workspace.create(tmp_path / "w")
    shutil.copytree(world / "images", tmp_path / "images")
    for number, (start, end) in enumerate(((0, 900), (900, 1800), (1800, len(lines)))):
        part = tmp_path / f"part{number}.jsonl"
        part.write_bytes(b"".join(lines[start:end]))
        ingest(workspace, [part], ADS)
        manifest = run(workspace).manifest
    assert manifest.id == "R0003"
    assert _partition(workspace) == _partition(finished)
    assert len(workspace.segments("mentions")) == 3


def test_ids_of_networks_stay_when_records_come_in(world: Path, tmp_path: Path) -> None:
    lines = (world / "ads.jsonl").read_bytes().splitlines(keepends=True)
    workspace = Workspace.create(tmp_path / "w")
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    first.write_bytes(b"".join(lines[:1500]))
    second.write_bytes(b"".join(lines[1500:]))
    ingest(workspace, [first], ADS)
    run(workspace)
    before = {row["rid"]: row["network_id"] for row in _table(workspace, "network_members").to_pylist()}
    ingest(workspace, [second], ADS)
    run(workspace)
    after = {row["rid"]: row["network_id"] for row in _table(workspace, "network_members").to_pylist()}
    stayed = sum(after[rid] == network for rid, network in before.items())
    assert stayed / len(before) > 0.9
    gone = set(before.values()) - set(after.values())
    merged = {row["network_id"] for row in _table(workspace, "network_events").to_pylist() if row["event"] == "merged"}
    assert gone <= merged


def test_threads_do_not_change_a_byte(world: Path, finished: Workspace, tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    ingest(workspace, [world / "ads.jsonl"], ADS)
    manifest = run(workspace, threads=1).manifest
    assert manifest.outputs == read_manifest(finished, "R0001").outputs


def test_a_rejected_link_splits_its_network_and_survives(workspace: Workspace) -> None:
    link = min(_table(workspace, "links").to_pylist(), key=lambda row: (row["weight"], row["rid_a"]))
    ids = {
        row["rid"]: row["record_id"] for row in _table(workspace, "records").select(["rid", "record_id"]).to_pylist()
    }
    network = {row["rid"]: row["network_id"] for row in _table(workspace, "network_members").to_pylist()}
    assert network[link["rid_a"]] == network[link["rid_b"]]
    decide(workspace, ids[link["rid_a"]], ids[link["rid_b"]], "rejected", "different people", "tester")
    for _ in range(2):
        assert run(workspace) is not None
        network = {row["rid"]: row["network_id"] for row in _table(workspace, "network_members").to_pylist()}
        assert network[link["rid_a"]] != network[link["rid_b"]]
        assert len(network) == len(ids)
    states = {(r["rid_a"], r["rid_b"]): r["state"] for r in _table(workspace, "links").to_pylist()}
    assert states[link["rid_a"], link["rid_b"]] == "rejected"
    decide(workspace, ids[link["rid_a"]], ids[link["rid_b"]], "none", "a mistake", "tester")
    run(workspace)
    network = {row["rid"]: row["network_id"] for row in _table(workspace, "network_members").to_pylist()}
    assert network[link["rid_a"]] == network[link["rid_b"]]


def test_a_decision_needs_a_reason_and_two_records(workspace: Workspace) -> None:
    first, second = _table(workspace, "records").column("record_id").to_pylist()[:2]
    with pytest.raises(InputError, match="reason"):
        decide(workspace, first, second, "rejected", "  ", "tester")
    with pytest.raises(InputError, match="same record"):
        decide(workspace, first, first, "rejected", "why not", "tester")
    with pytest.raises(InputError, match="no network, template, record"):
        decide(workspace, first, "nothing-like-this", "rejected", "why not", "tester")


def test_a_replay_gives_the_same_digests(finished: Workspace, tmp_path: Path) -> None:
    found = replay(finished, "last", tmp_path)
    assert found.differs == []
    assert found.reasons == []


def test_a_replay_after_later_changes_still_knows_its_inputs(workspace: Workspace, tmp_path: Path) -> None:
    more = tmp_path / "more.csv"
    more.write_text("id,title,body\nx1,Call me,call +31612345678 today\n")
    ingest(workspace, [more], ADS)
    run(workspace)
    (tmp_path / "a").mkdir()
    assert replay(workspace, "R0001", tmp_path / "a").differs == []
    (tmp_path / "b").mkdir()
    assert replay(workspace, "R0002", tmp_path / "b").differs == []


def test_a_replay_names_altered_and_missing_inputs(workspace: Workspace, tmp_path: Path) -> None:
    path = workspace.paths("records")[0]
    table = pq.read_table(path)
    pq.write_table(table.slice(1), path)
    (tmp_path / "a").mkdir()
    with pytest.raises(ReplayError, match="altered"):
        replay(workspace, "last", tmp_path / "a")
    path.unlink()
    (tmp_path / "b").mkdir()
    with pytest.raises(ReplayError, match="no longer in the workspace"):
        replay(workspace, "last", tmp_path / "b")


def test_a_replay_names_an_altered_table_that_was_made(workspace: Workspace, tmp_path: Path) -> None:
    path = workspace.paths("leads")[0]
    table = pq.read_table(path)
    pq.write_table(table.slice(1), path)
    with pytest.raises(ReplayError, match=f"segments/leads/{path.name} was altered since run R0001 made it"):
        replay(workspace, "last", tmp_path)


def test_there_is_no_such_run(finished: Workspace, tmp_path: Path) -> None:
    for name in ("R9999", "../../etc/passwd", ""):
        with pytest.raises(InputError, match="no run"):
            replay(finished, name, tmp_path)


@pytest.mark.parametrize("delay", [0.0, 0.9])
def test_a_killed_run_leaves_the_workspace_and_is_continued(
    world: Path, finished: Workspace, tmp_path: Path, delay: float
) -> None:
    workspace = Workspace.create(tmp_path / "w")
    ingest(workspace, [world / "ads.jsonl"], ADS)
    process = forked(run, workspace)
    staging = workspace.path / "staging"
    while process.is_alive() and not any(staging.glob("*")):
        time.sleep(0.01)
    time.sleep(delay)
    process.kill()
    process.join()
    assert process.exitcode in (-signal.SIGKILL, 0)
    workspace = Workspace(workspace.path)
    for name in TABLES:
        for path in workspace.paths(name):
            pq.ParquetFile(path)
    run(workspace)
    assert _partition(workspace) == _partition(finished)


def test_the_views_hold_every_table(finished: Workspace) -> None:
    with open_views(finished) as engine:
        for name in TABLES:
            engine.row(f"SELECT count(*) FROM {name}")
