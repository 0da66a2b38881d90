"""Long work in the background: real commands, their progress, their outcome."""

from __future__ import annotations

import subprocess
import sys

import pytest

from clew.model.errors import WorkspaceError
from clew.web.following import Following


def test_a_run_is_made_and_its_steps_are_told(own_bench):
    jobs = own_bench.desk.jobs
    job = jobs.wait(jobs.start("Run again", ["run"]).id)
    assert (job.state, jobs.current()) == ("done", None)
    assert job.ended and job.ended >= job.begun
    assert job.steps["extract"] == job.steps["index"] == 1.0


def test_new_records_are_on_the_pages_after_the_job(own_bench, tmp_path):
    (tmp_path / "more.csv").write_text("id,title,body\nx-1,Room,Call +31 6 1234 5678\n")
    jobs = own_bench.desk.jobs
    commands = (["ingest", str(tmp_path / "more.csv"), "--source", "more"], ["run"])
    job = jobs.wait(jobs.start("Ingest more.csv", *commands).id)
    assert job.state == "done", job.said
    with own_bench.desk.session() as engine:
        assert engine.row("SELECT count(*) FROM records WHERE native_id = 'x-1'") == (1,)


def test_a_job_that_fails_says_why_in_one_line(own_bench):
    jobs = own_bench.desk.jobs
    job = jobs.wait(jobs.start("Ingest nothing", ["ingest", "/nowhere.csv", "--source", "x"]).id)
    assert job.state == "failed"
    assert "/nowhere.csv" in job.said and len(job.said.splitlines()) == 1


def test_one_at_a_time_and_it_can_be_stopped(own_bench):
    jobs = own_bench.desk.jobs
    job = jobs.start("Simulate", ["replay", "R0001"])
    with pytest.raises(WorkspaceError, match="Another job"):
        jobs.start("Another", ["run"])
    jobs.stop()
    assert jobs.wait(job.id).state == "stopped"


def test_the_pages_follow_what_the_command_line_did(own_bench, tmp_path):
    (tmp_path / "more.csv").write_text("id,title,body\nx-2,Room,Call +31 6 1234 5678\n")
    desk = own_bench.desk
    following = Following(desk)
    assert not following.turn()
    command = [sys.executable, "-m", "clew", "ingest", str(tmp_path / "more.csv"), "--source", "more"]
    subprocess.run([*command, "-w", str(desk.path)], check=True, capture_output=True)
    with desk.workspace.locked():
        assert not following.turn()  # a change is under way
    assert following.turn() and not following.turn()
    with desk.session() as engine:
        assert engine.row("SELECT count(*) FROM records WHERE native_id = 'x-2'") == (1,)
