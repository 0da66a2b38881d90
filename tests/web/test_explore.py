"""Expanding a search step by step, in a real browser and through the API."""

from __future__ import annotations

import csv
import io

from playwright.sync_api import expect
from tests.web.axe import faults, faults_in_the_dark
from tests.web.conftest import shot


def seed(bench) -> str:
    """A record of a network with some more."""
    with bench.desk.session() as engine:
        query = """
            SELECT record_id FROM records JOIN networks n USING (net) WHERE n.records BETWEEN 12 AND 40
            ORDER BY n.records DESC, record_id LIMIT 1"""
        return str(engine.row(query)[0])


def begin(bench, record: str, **more) -> int:
    answer = bench.client.post("/explore", data={"record": record, **more})
    assert answer.status_code == 303
    return int(answer.headers["location"].rpartition("/")[2])


def ask(bench, number: int) -> dict:
    return bench.client.get(f"/api/v1/explorations/{number}").json()


def test_a_person_answers_with_keys(own_bench, page):
    number = begin(own_bench, seed(own_bench))
    page.goto(f"{own_bench.url}/explore/{number}")
    expect(page.get_by_role("heading", name="Is this the same operation?")).to_be_visible()
    assert faults(page) + faults_in_the_dark(page) == []
    for key, said in (
        ("y", "1 yes, 0 no, 0 not sure"),
        ("n", "1 yes, 1 no, 0 not sure"),
        ("s", "1 yes, 1 no, 1 not sure"),
    ):
        page.keyboard.press(key)
        page.get_by_text(said).wait_for()
        page.wait_for_load_state()  # keys are heard once the page's script has run
    page.keyboard.press("u")
    page.get_by_text("1 yes, 1 no, 0 not sure").wait_for()
    assert page.locator("table.trust tbody tr").count() > 0
    shot(page, "explore")
    assert faults(page) + faults_in_the_dark(page) == []
    page.get_by_role("button", name="Finish").click()
    page.get_by_role("heading", name="Your searches").wait_for()
    assert "finished" in page.locator("table tbody tr").first.inner_text()
    assert faults(page) + faults_in_the_dark(page) == []
    page.locator("table tbody tr a").first.click()
    page.get_by_role("button", name="Open again").click()
    page.get_by_role("heading", name="Is this the same operation?").wait_for()


def test_without_script_forms_do_the_same(own_bench):
    number = begin(own_bench, seed(own_bench))
    first = ask(own_bench, number)
    given = {"step": first["step"], "record": first["candidate"]["record_id"], "said": "yes"}
    answer = own_bench.client.post(f"/explore/{number}/answers", data=given)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/explore/{number}")
    assert own_bench.client.post(f"/explore/{number}/answers", data=given).status_code == 400  # it was answered
    then = ask(own_bench, number)
    assert (then["yes"], then["step"]) == (1, 2)
    assert then["accepted"] == 2 + len(first["candidate"]["along"])
    assert then["candidate"]["record_id"] != given["record"]
    rows = list(csv.reader(io.StringIO(own_bench.client.get(f"/explore/{number}/answers.csv").text.lstrip("\ufeff"))))
    assert [row[1] for row in rows] == ["answer", "begun", "yes"]


def test_a_whole_network_comes_along(own_bench):
    number = begin(own_bench, seed(own_bench))
    first = ask(own_bench, number)
    assert first["candidate"]["same_network"] and first["candidate"]["rest"] > 0
    given = {"step": 1, "record": first["candidate"]["record_id"], "rest": "true"}
    own_bench.client.post(f"/explore/{number}/answers", data=given)
    whole = begin(own_bench, seed(own_bench), network="true")
    assert ask(own_bench, number)["accepted"] == ask(own_bench, whole)["accepted"] >= 12


def test_the_linker_is_told_and_a_run_begins(own_bench):
    number = begin(own_bench, seed(own_bench))
    assert own_bench.client.post(f"/explore/{number}/tell", data={"step": 1}).status_code == 400
    first = ask(own_bench, number)
    given = {"step": 1, "record": first["candidate"]["record_id"], "said": "no"}
    own_bench.client.post(f"/explore/{number}/answers", data=given)
    (verdict,) = ask(own_bench, number)["verdicts"]
    assert (verdict["state"], verdict["record_id"]) == ("rejected", given["record"])
    answer = own_bench.client.post(f"/explore/{number}/tell", data={"step": 2})
    assert answer.headers["location"] == f"/explore/{number}?told=1"
    job = own_bench.desk.jobs.wait(1)
    assert job.state == "done", job.said
    with own_bench.desk.session() as engine:
        assert engine.row("SELECT state, who FROM decisions") == ("rejected", "tester")
        a, b = engine.row(f"""SELECT count(DISTINCT net), count(*) FROM members
            WHERE rid IN ({int(verdict["record_id"][:16], 16)}, {int(verdict["against"][:16], 16)})""")
        assert (a, b) == (2, 2)  # they came apart
    assert ask(own_bench, number)["told"] is not None


def test_what_is_not_there_is_said(bench):
    assert bench.client.get("/explore/999").status_code == 404
    assert bench.client.get("/api/v1/explorations/999").status_code == 404
    assert bench.client.post("/explore", data={"record": "f" * 32}).status_code == 404
    assert bench.client.post("/explore", data={"record": "x"}).status_code == 422
    assert bench.client.post("/explore/999/undo", data={"step": 1}).status_code == 404


def test_the_api_explores(own_bench):
    api = "/api/v1/explorations"
    number = own_bench.client.post(api, json={"record": seed(own_bench), "title": "one"}).json()["id"]
    known = ask(own_bench, number)
    given = {"step": 1, "record": known["candidate"]["record_id"], "said": "unsure"}
    assert own_bench.client.post(f"{api}/{number}/answers", json=given).json()["steps"][0]["act"] == "unsure"
    assert own_bench.client.post(f"{api}/{number}/undo", json={"step": 2}).status_code == 200
    assert own_bench.client.post(f"{api}/{number}/finish", json={"step": 3}).status_code == 200
    assert ask(own_bench, number)["candidate"] is None
    listed = own_bench.client.get(api).json()
    assert (listed["total"], listed["items"][0]["title"]) == (1, "one")
    assert own_bench.client.get(api, params={"limit": 0}).status_code == 422
