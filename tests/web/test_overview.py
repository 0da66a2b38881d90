"""The overview in a real browser."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.web.axe import faults, faults_in_the_dark
from tests.web.conftest import ADS, shot


def test_the_overview_shows_the_world(bench, page):
    page.goto(f"{bench.url}/overview")
    expect(page.get_by_text(f"{ADS:,} records")).to_be_visible()
    assert page.locator(".columns-chart rect").count() > 10
    shot(page, "overview")
    assert faults(page) + faults_in_the_dark(page) == []


def test_a_place_opens_its_own_chart(bench, page):
    page.goto(f"{bench.url}/overview")
    link = page.locator("section[aria-labelledby=top-place] tbody a").first
    name = link.inner_text()
    link.click()
    assert name in page.locator("#time").inner_text()
    assert page.locator(".columns-chart").get_attribute("aria-label").split()[-3] != str(ADS)


def test_an_empty_workspace_says_what_to_do(empty_bench, page):
    page.goto(f"{empty_bench.url}/overview")
    expect(page.get_by_text("No records yet")).to_be_visible()
    assert faults(page) == []


def test_the_api_gives_the_same(bench):
    found = bench.client.get("/api/v1/overview").json()
    assert found["records"] == ADS and sum(found["series"]["counts"]) == ADS
