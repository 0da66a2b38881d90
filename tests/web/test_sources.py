"""Sources and runs: a file is looked at, mapped, ingested and run; quarantine; digests. All in a real browser."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import expect
from tests.tried import tried
from tests.web.axe import faults, faults_in_the_dark
from tests.web.conftest import served, shot
from tests.web.test_cases import opened

from clew.ingest.registry import all_formats
from clew.model.errors import InputError, MissingError
from clew.web.incoming import FOLDER, keep, kept

CSV = "code;headline;wording;where\n1;Room;Call +32 470 12 34 56;Ghent\n2;Flat;Write to anna@example.org;Lyon\n;;;\n"


def finish(bench):
    job = bench.desk.jobs.wait(bench.desk.jobs.all()[0].id)
    assert job.state == "done", job.said
    return job


def test_a_file_is_looked_at_mapped_ingested_and_run(empty_bench, page, tmp_path):
    (tmp_path / "found.csv").write_text(CSV)
    page.goto(f"{empty_bench.url}/sources")
    page.set_input_files("input[name=upload]", tmp_path / "found.csv")
    page.fill("input[name=source]", "hotline")
    page.click("text=Look at it first")
    page.select_option("select[name='map.body']", "wording")
    page.select_option("select[name='map.place']", "where")
    page.click("text=See the change")
    assert "map.body=wording" in page.url
    assert page.locator("th:has-text('wording') .becomes").inner_text() == "→ body"
    shot(page, "sources-preview")
    assert faults(page) == []
    page.click("text=Ingest and run")
    finish(empty_bench)
    page.goto(f"{empty_bench.url}/sources")
    row = page.locator("section[aria-labelledby=read] tbody tr").first.inner_text().split()
    assert row[-5:] == ["3", "2", "0", "0", "1"]  # read, new, changed, identical, rejected
    with empty_bench.desk.session() as engine:
        found = engine.sql("SELECT place, body FROM records WHERE source = 'hotline' ORDER BY place").to_pylist()
    assert [row["place"] for row in found] == ["Ghent", "Lyon"] and "+32 470" in found[0]["body"]
    page.click("text=Look at all")
    assert page.locator("tbody tr").count() == 1
    shot(page, "quarantine")
    assert faults(page) == []
    page.click("text=Fix columns, retry")
    assert page.locator("h1").inner_text() == "found.csv"


def test_a_run_shows_its_digests_and_can_be_replayed(own_bench, page):
    page.goto(f"{own_bench.url}/runs/R0001")
    digest = own_bench.desk.workspace.segments("networks")[0].sha256
    expect(page.get_by_text(digest)).to_be_visible()
    shot(page, "run")
    assert faults(page) == []
    page.click("text=Replay and compare digests")
    page.locator(".job .tag.strong, .job .tag.good").first.wait_for()
    assert "every table has the digest" in finish(own_bench).said


def test_the_page_has_no_fault_that_axe_finds(bench, page):
    page.goto(f"{bench.url}/sources")
    shot(page, "sources")
    assert faults(page) + faults_in_the_dark(page) == []


def test_an_empty_workspace_says_what_to_do(empty_bench, page):
    page.goto(f"{empty_bench.url}/sources")
    expect(page.get_by_text("No records yet")).to_be_visible()
    assert faults(page) == []


@pytest.mark.parametrize("file", ["/etc/nothing", "../../etc/passwd", "0" * 16 + "/../x", "x", ""])
def test_what_is_no_file_is_said(bench, file):
    assert bench.client.get("/sources/add", params={"file": file}).status_code == 404


def test_a_strange_file_is_no_crash(bench, tmp_path):
    (tmp_path / "odd.bin").write_bytes(bytes(range(256)) * 40)
    assert bench.client.get("/sources/add", params={"file": str(tmp_path / "odd.bin")}).status_code == 200


def test_what_looks_like_an_option_stays_a_value(empty_bench, tmp_path):
    (tmp_path / "--help.csv").write_text(CSV)
    form = {"file": str(tmp_path / "--help.csv"), "kind": "ad", "source": "--platform=x", "map.body": "wording"}
    assert empty_bench.client.post("/sources/add", data=form).status_code == 303
    assert "rejected" in finish(empty_bench).said
    with empty_bench.desk.session() as engine:
        assert engine.row("SELECT count(*) FROM records WHERE source = '--platform=x'") == (2,)


def test_a_statement_is_payments_unless_somebody_says_otherwise(empty_bench, tmp_path):
    (example,) = [e for known in all_formats() if known.name == "cash declarations" for e in known.examples()]
    (tmp_path / example.name).write_bytes(example.content)
    form = {"file": str(tmp_path / example.name), "source": "customs"}
    assert "as its format says: payment" in empty_bench.client.get("/sources/add", params=form).text
    assert empty_bench.client.post("/sources/add", data=form).status_code == 303
    finish(empty_bench)
    with empty_bench.desk.session() as engine:
        assert engine.row("SELECT kind, count(*) FROM records GROUP BY kind") == ("payment", 2)


def test_the_api_lists_them(bench):
    client = bench.client
    assert client.get("/api/v1/sources").json()[0]["source"] == "simulated"
    assert client.get("/api/v1/runs").json()["items"][0]["id"] == "R0001"
    assert client.get("/api/v1/runs/R9").status_code == 404
    assert client.get("/api/v1/ingests").json()["total"] == 1
    assert client.get("/api/v1/quarantine").json() == {"reasons": [], "rows": [], "total": 0}


@settings(max_examples=tried(30), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(name=st.text(max_size=300), content=st.binary(min_size=1, max_size=50))
def test_uploads_stay_in_their_folder_whatever_their_name(tmp_path, name, content):
    path = kept(tmp_path, keep(tmp_path, name, io.BytesIO(content)))
    assert path.read_bytes() == content
    assert path.parent.parent == tmp_path / FOLDER


def test_uploads_are_found_where_the_workspace_is_named_from_the_folder_one_is_in(_empty, tmp_path, monkeypatch):
    shutil.copytree(_empty / "workspace", tmp_path / "case")
    monkeypatch.chdir(tmp_path)
    with served(Path("case")) as bench:
        answer = bench.client.post("/sources/file", files={"upload": ("found.csv", CSV)})
        seen = bench.client.get(answer.headers["location"])
        assert seen.status_code == 200 and "headline" in seen.text
        case = opened(bench.client)
        added = bench.client.post(f"/cases/{case}/exhibits/file", files={"file": ("found.csv", CSV)})
        assert added.status_code == 303, added.text


def test_nothing_is_kept_of_an_empty_upload(tmp_path):
    with pytest.raises(InputError):
        keep(tmp_path, "a.csv", io.BytesIO(b""))
    assert list((tmp_path / FOLDER).iterdir()) == []
    with pytest.raises(MissingError):
        kept(tmp_path, "0123456789abcdef/a.csv")


def test_a_hostile_file_name_stays_a_name(empty_bench, page, tmp_path):
    name = "<img src=x onerror=document.title='taken'>.csv"
    (tmp_path / name).write_text(CSV)
    page.goto(f"{empty_bench.url}/sources")
    page.fill("input[name=path]", str(tmp_path / name))
    page.click("text=Look at it first")
    assert page.locator("h1").inner_text() == name
    page.click("text=Ingest and run")
    assert page.locator("main img").count() == 0 and "taken" not in page.title()
    finish(empty_bench)
    page.goto(f"{empty_bench.url}/sources")
    expect(page.get_by_text(name).first).to_be_visible()
    assert page.locator("main img").count() == 0
