"""Long work in the background: real commands, their progress, their outcome."""

from __future__ import annotations

import pytest

from clew.model.errors import WorkspaceError


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
