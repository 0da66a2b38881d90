"""The command line as a user meets it: a whole tour, errors in one line, and output that a record cannot steer."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.commands import Runner
from tests.forked import command
from typer.testing import Result

from clew.cli.app import app
from clew.cli.common import clean
from clew.engine.duckdb import EngineError
from clew.model.errors import WorkspaceError
from clew.store.workspace import Workspace


def _clew(*words: str) -> Result:
    return Runner().invoke(app, list(words))


def test_every_command_has_help() -> None:
    for registered in app.registered_commands:
        name = registered.name or registered.callback.__name__  # type: ignore[union-attr]
        assert _clew(name, "--help").exit_code == 0, name
    assert _clew("--help").exit_code == 0


def test_from_files_to_leads(tmp_path: Path) -> None:
    place = str(tmp_path / "w")
    assert _clew("init", place).exit_code == 0
    ads = tmp_path / "ads.csv"
    rows = [f"a{n},Hello {n},Call +31612345678 any day number {n},Amsterdam,2026-01-0{n}" for n in range(1, 6)]
    ads.write_text("ad_id,headline,body,city,posted\n" + "\n".join([*rows, "bad,,,,"]) + "\n")
    found = _clew("ingest", str(ads), "--source", "test", "--map", "title=headline", "-w", place)
    assert found.exit_code == 0, found.output
    counts = dict(line.split()[:2] for line in found.stdout.splitlines()[:5])
    assert counts == {"read": "6", "new": "5", "changed": "0", "identical": "0", "rejected": "1"}
    assert "line 7" in found.stdout
    again = _clew("ingest", str(ads), "--source", "test", "--map", "title=headline", "-w", place)
    assert dict(line.split()[:2] for line in again.stdout.splitlines()[:5])["identical"] == "5"
    assert "5 records" in _clew("run", "-w", place).stdout
    assert "Nothing is new" in _clew("run", "-w", place).stdout
    assert _clew("leads", "-w", place).exit_code == 0
    pivot = json.loads(_clew("pivot", "+31 6 1234 5678", "--json", "-w", place).stdout)
    assert pivot["asked"]["identifiers"] == [["phone", "+31612345678"]]
    assert pivot["total_records"] == 5
    shown = _clew("show", "a1", "-w", place)
    assert "+31612345678" in shown.stdout
    assert "Hello 1" in shown.stdout


def test_the_workspace_comes_from_the_environment(finished: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEW_WORKSPACE", str(finished.path))
    leads = json.loads(_clew("leads", "--json", "-n", "3").stdout)
    assert [lead["rank"] for lead in leads] == [1, 2, 3]


def test_leads_say_why(finished: Workspace) -> None:
    leads = json.loads(_clew("leads", "--json", "-n", "5", "-w", str(finished.path)).stdout)
    for lead in leads:
        parts = sum(reason["points"] for reason in lead["reasons"])
        assert parts == pytest.approx(lead["priority"], abs=0.01)
        for reason in lead["reasons"]:
            assert reason["sentence"]
            assert reason["caution"]
    text = _clew("leads", "-n", "5", "-w", str(finished.path)).stdout
    assert leads[0]["network_id"] in text


def test_show_opens_network_record_and_template(finished: Workspace) -> None:
    place = str(finished.path)
    lead = json.loads(_clew("leads", "--json", "-n", "1", "-w", place).stdout)[0]
    network = json.loads(_clew("show", lead["network_id"], "--json", "-w", place).stdout)
    assert network["network"]["records"] == lead["records"]
    record = json.loads(_clew("show", network["records"][0]["record_id"], "--json", "-w", place).stdout)
    assert record["record"]["network_id"] == lead["network_id"]
    overview = json.loads(_clew("overview", "--json", "-w", place).stdout)
    template = json.loads(_clew("show", overview["templates"][0]["template_id"], "--json", "-w", place).stdout)
    assert template["template"]["members"] == overview["templates"][0]["members"]
    for name in (lead["network_id"], network["records"][0]["record_id"], overview["templates"][0]["template_id"]):
        assert name in _clew("show", name, "-w", place).stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("leads",), 3, "not a Clew workspace"),
        (("ingest", "none.csv", "--source", "x"), 3, "not a Clew workspace"),
        (("simulate", "out", "--ads", "many"), 2, "not a number"),
        (("init", "."), 2, "not an empty folder"),
    ],
)
def test_an_error_is_one_line_and_an_exit_code(tmp_path: Path, words: tuple[str, ...], code: int, said: str) -> None:
    (tmp_path / "something").touch()
    done = command(*words, folder=tmp_path)
    assert done.returncode == code
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_a_closed_pipe_is_no_error(finished: Workspace) -> None:
    words = [sys.executable, "-m", "clew", "overview", "-w", str(finished.path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "Error writing bytes to file. Detail: [errno 28] No space left on device"),
        EngineError(
            "The engine could not run this step: IO Error: Could not write file: No space left on device\nCOPY"
        ),
        EngineError("The engine could not run this step: … set by the 'max_temp_directory_size' setting …\nSELECT"),
    ],
    ids=["Arrow", "DuckDB writes", "DuckDB spills"],
)
def test_a_full_disk_is_one_sentence(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    place = str(workspace.path)

    def full(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("clew.pipeline.ingest.ingest_files", full)
    monkeypatch.setattr("clew.pipeline.run.extract_new", full)
    Path(place, "more.csv").write_text("id,body\n1,hello\n")
    for words in (("ingest", f"{place}/more.csv", "--source", "b"), ("run",)):
        told = _clew(*words, "-w", place)
        assert isinstance(told.exception, WorkspaceError), words
        assert str(told.exception).startswith(f"The disk is full: {place} cannot be written to.")


def test_other_faults_of_a_disk_are_no_full_disk(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr("clew.pipeline.ingest.ingest_files", broken)
    Path(workspace.path, "more.csv").write_text("id,body\n1,hello\n")
    told = _clew("ingest", f"{workspace.path}/more.csv", "--source", "b", "-w", str(workspace.path))
    assert isinstance(told.exception, OSError)


def test_a_record_cannot_steer_the_terminal() -> None:
    assert clean("a\x1b[31mred\x1b[0m\x07\x9b2J\u0000b\nc") == "a[31mred[0m2Jb c"
    assert clean("x" * 500, 10) == "x" * 9 + "…"
    assert clean("safe \u202egnp.exe") == "safe gnp.exe"


def test_decisions_are_kept_with_their_reason(workspace: Workspace) -> None:
    place = str(workspace.path)
    overview = json.loads(_clew("overview", "--json", "-w", place).stdout)
    largest = json.loads(_clew("show", overview["networks"][0]["network_id"], "--json", "-w", place).stdout)
    link = largest["links"][0]
    done = _clew(
        "link", "reject", link["record_a"], link["record_b"], "--why", "two people", "--who", "me", "-w", place
    )
    assert done.exit_code == 0, done.output
    assert "clew run" in done.stdout
    assert Workspace(workspace.path).segments("decisions")
