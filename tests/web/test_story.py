"""A day at the workbench, from the queue to the export, with keys and clicks as an investigator makes them."""

from __future__ import annotations

import csv
import io

from playwright.sync_api import expect
from tests.web.axe import faults
from tests.web.conftest import come_in_by_link, shot


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))


def test_from_the_queue_to_the_export(own_bench, page):
    # The queue: the first lead, opened with keys.
    come_in_by_link(page, own_bench)
    shot(page, "story-1-queue")
    first = own_bench.client.get("/api/v1/leads").json()["items"][0]["network_id"]
    page.keyboard.press("k")
    while first not in (page.locator("[data-row][aria-selected=true]").inner_text() or ""):
        page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/networks/{first}*")

    # Its reasons, down to the words they rest on.
    assert page.locator(".reason .sentence").count() >= 3
    page.locator(".reason details summary").first.click()
    assert page.locator(".reason").first.locator("a[href^='/records/']").count() > 0
    shot(page, "story-2-why")

    # Where it was, and what holds it together.
    page.click(".tabs >> text=Locations")
    page.locator("clew-map svg circle").first.wait_for()
    shot(page, "story-3-locations")
    page.click(".tabs >> text=Structure")
    page.locator("clew-graph canvas").first.wait_for()
    page.wait_for_timeout(1500)
    shot(page, "story-4-structure")

    # A link that should not be: looked at, rejected, and the network comes apart.
    page.click(".tabs >> text=Links")
    page.locator("a[href*='/links/decide']").first.click()
    page.fill("input[name=why]", "The number passed to somebody else.")
    shot(page, "story-5-link")
    page.click("text=Reject and run")
    page.wait_for_url("**/links?kept=*")
    job = own_bench.desk.jobs.wait(own_bench.desk.jobs.all()[0].id)
    assert job.state == "done", job.said
    page.goto(f"{own_bench.url}/networks/{first}/links")
    expect(page.get_by_text("The number passed to somebody else.")).to_be_visible()
    assert page.get_by_text("now in").count() >= 1  # the two records stand in two networks
    with own_bench.desk.session() as engine:
        apart = engine.row(
            "SELECT count(DISTINCT network_id) FROM decisions JOIN records ON record_id IN (record_a, record_b) "
            "JOIN network_members USING (rid)"
        )
        assert apart == (2,)
    shot(page, "story-6-split")
    assert faults(page) == []

    # Confirmed, and taken along.
    page.goto(f"{own_bench.url}/networks/{first}")
    page.keyboard.press("c")
    page.locator(".page-head .tag", has_text="confirmed").wait_for()
    shot(page, "story-7-confirmed")
    page.goto(f"{own_bench.url}/leads?state=confirmed")
    with page.expect_download() as download:
        page.click("text=CSV of this list")
    table = rows(download.value.path().read_text("utf-8"))
    assert [row["network_id"] for row in table] == [first]
