"""What holds for every page: the guard, the policy, errors, the style guide."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.web.axe import faults, faults_in_the_dark
from tests.web.conftest import shot

import clew
from clew.web.words import of_pages

SOURCE = Path(clew.__file__).parent


def test_ready_when_it_answers(bench):
    assert bench.client.get("/healthz").json() == {"ready": True}


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[::1"])
def test_answers_only_under_its_own_name(bench, host):
    assert bench.client.get("/styleguide", headers={"host": host}).status_code in (400, 421)


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}])
def test_takes_no_change_from_other_sites(bench, headers):
    assert bench.client.post("/styleguide", headers=headers).status_code == 403


def test_every_answer_carries_the_policy(bench):
    for path in ("/styleguide", "/nowhere", "/static/styles.css", "/api/v1/nowhere"):
        policy = bench.client.get(path).headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy


def test_an_error_is_one_sentence_and_a_way_on(bench):
    answer = bench.client.get("/nowhere")
    assert answer.status_code == 404 and "There is no such page." in answer.text and "To the leads" in answer.text
    assert bench.client.get("/api/v1/nowhere").json() == {
        "error": "There is no such page.",
        "todo": "Start from the leads.",
    }


def test_the_style_guide_has_no_fault_that_axe_finds(bench, page):
    page.goto(f"{bench.url}/styleguide")
    shot(page, "styleguide")
    assert faults(page) + faults_in_the_dark(page) == []
    page.context.add_cookies([{"name": "clew-theme", "value": "dark", "url": bench.url}])  # what the button leaves
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert faults(page) == []


def test_keys_move_and_help(bench, page):
    page.goto(f"{bench.url}/styleguide")
    page.keyboard.press("j")
    assert page.locator("[data-row][aria-selected=true]").count() == 1
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"


def test_no_error_sends_people_to_a_terminal():
    """What the rooms below the pages say to do names commands; the pages say it in their own words."""
    hints = [
        hint for room in ("query", "cases", "store") for path in sorted((SOURCE / room).glob("*.py"))
        for hint in re.findall(r'"((?:[^"\\]|\\.)*: clew [a-z](?:[^"\\]|\\.)*)"', path.read_text())
    ]  # fmt: skip
    assert len(hints) >= 5
    assert [hint for hint in hints if "clew " in of_pages(hint)] == []
    assert of_pages("Open it again with: clew case reopen C1") == "Open it again."
    assert of_pages("Ask for it with: clew case ask C1 --why …") == "Ask for it on the page Approvals of the case."
    assert of_pages("Look it up with a search.") == "Look it up with a search."


def test_an_account_that_is_not_there_leads_to_pages(bench):
    said = bench.client.get("/money/account:iban:NL00NOBODY").text
    assert "Open the Money page of a network" in said and "clew money" not in said
