"""The ledger for the auditor: searched, proved, checked; looking is written down, too."""

from __future__ import annotations

import csv
import io

import pytest
import sqlalchemy as sa
from tests.web.axe import faults, faults_in_the_dark
from tests.web.conftest import shot
from tests.web.people import entries, lead_of

from clew.access.roles import alone
from clew.cases import case, people
from clew.web.pages.audit import in_words

HOSTILE = '=HYPERLINK("http://evil.example")<script>alert(1)</script>'


@pytest.fixture
def told(own_bench):
    """A bench where somebody looked at a lead, searched with hostile words, and took a file out."""
    client = own_bench.client
    client.get(f"/networks/{lead_of(own_bench)}")
    client.get("/search", params={"q": HOSTILE})
    client.post("/purpose", data={"why": HOSTILE})
    client.get(f"/networks/{lead_of(own_bench)}/findings.csv")
    return own_bench


def test_who_looked_at_what_and_why(told):
    lead = lead_of(told)
    page = told.client.get("/audit", params={"subject": f"network {lead}", "act": "view"}).text
    assert "1–1 of 1" in page and "Tests of the workbench" in page and f"network {lead}" in page
    for asked, count in (
        ({"who": "TESTER", "act": "export"}, 1),
        ({"text": "hyperlink", "act": "export"}, 1),
        ({"case": "C1"}, 0),
        ({"until": "2020-01-01"}, 0),
        ({"since": "2020-01-01", "act": "search", "text": "q==hyper"}, 1),
    ):
        found = told.client.get("/audit", params=asked).text
        assert (f"of {count}<" in found) if count else ("No entry fits" in found), asked


def test_looking_is_written_down(told):
    told.client.get("/audit", params={"who": "ann"})
    assert entries(told, act="search", subject="ledger")[-1].texts()["asked"] == "who=ann"
    told.client.get("/audit/1")
    assert entries(told, subject="entry 1")
    assert told.client.get("/audit/999999").status_code == 404


def test_the_pages_have_no_fault_that_axe_finds(told, page):
    page.goto(f"{told.url}/audit")
    shot(page, "audit")
    assert faults(page) + faults_in_the_dark(page) == []
    page.get_by_text(HOSTILE).first.wait_for()  # text stays text
    page.locator("tbody a").nth(2).click()
    page.get_by_text("holds").wait_for()
    assert faults(page) + faults_in_the_dark(page) == []
    shot(page, "audit-entry")
    page.goto(f"{told.url}/audit")
    page.click("text=Check the ledger")
    page.get_by_role("heading", name="The ledger is whole").wait_for()
    assert faults(page) + faults_in_the_dark(page) == []


def test_what_was_altered_is_named(told):
    with told.desk.db.begin() as connection:
        connection.execute(sa.text("UPDATE ledger_entries SET who = 'somebody' WHERE seq = 1"))
    assert "does not hold" in told.client.get("/audit/1").text
    page = told.client.post("/audit/check").text
    assert "The ledger was altered" in page and "1" in page
    assert entries(told, act="view", subject="ledger")[-1].facts()["faults"] >= 1


def test_the_file_runs_nothing_in_a_spreadsheet_and_stands_in_the_ledger(told):
    answer = told.client.get("/audit.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert rows[0]["entry"] > rows[-1]["entry"] == "0" and len(rows[0]["leaf"]) == 64
    assert not [cell for row in rows for cell in row.values() if cell[:1] in ("=", "+", "@")]
    assert entries(told, act="export", subject="ledger")[-1].facts()["bytes"] == len(answer.content)


def test_the_file_names_nobody_who_is_protected(told):
    told.client.get("/search", params={"q": "Nobody Known"})
    assert "Nobody Known" in told.client.get("/audit.csv").text
    boss = alone("tester", "workbench")
    case.open_case(told.desk.casework, boss, "A", "to see", "law", "2049-01-01")
    person = people.add(told.desk.casework, boss, "C1", ["Nobody Known"], ["victim"])
    after = told.client.get("/audit.csv").text
    assert "Nobody" not in after and f"[{person.pseudonym}]" in after
    assert "Nobody Known" in told.client.get("/audit").text  # the auditor's own page has every word


@pytest.mark.parametrize(("asked", "said"), [
    ("q=+40 721 555 010&region=RO", "+40 721 555 010; region RO"), ("q=a & b&offset=50", "a & b; from row 50"),
    ("what=N0f895e63c79b&back=/leads?", "N0f895e63c79b"), ("", ""), ("since=2026-05-01&until=", "from 2026-05-01"),
    ("q=x=y", "x=y"), ("nonsense", ""),
])  # fmt: skip
def test_what_was_asked_stands_in_words(asked, said):
    assert in_words(asked) == said
