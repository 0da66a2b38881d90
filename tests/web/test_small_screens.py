"""Every page on a telephone and on a small laptop: nothing scrolls sideways, lies over something else or is cut off."""

from __future__ import annotations

from itertools import pairwise

import pytest
from tests.web.axe import faults

PAGES = [
    "/leads", "/overview", "/search", "/search?q=%2B31612345678", "/conversations", "/sites", "/sources", "/quarantine",
    "/cases", "/cases/new", "/audit", "/account", "/accounts", "/purpose", "/indicators", "/leads/weights",
    "/styleguide",
]  # fmt: skip
TABS = ["", "/identities", "/roles", "/structure?table=1", "/structure", "/locations", "/money", "/assets", "/records",
        "/links", "/dossier"]  # fmt: skip
# What of the frame of the page lies over something else of it, or outside of the window.
COLLIDES = """() => {
  const all = [...document.querySelectorAll(":is(.top, .for) :is(a, button, input, .why)")].map((e) => [e.textContent || e.name, e.getBoundingClientRect()]);
  const apart = (a, b) => a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
  return all.flatMap(([word, a], k) => [
    ...(a.left < 0 || a.right > innerWidth ? [`${word} is outside`] : []),
    ...all.slice(k + 1).filter(([, b]) => !apart(a, b)).map(([other]) => `${word} lies over ${other}`),
  ]);
}"""  # noqa: E501
# Tables that what they stand in cuts off, where nobody can scroll to the rest.
CUT = """() => [...document.querySelectorAll("table")].filter((table) => {
  for (let box = table.parentElement; box && table.offsetParent; box = box.parentElement) {
    const how = getComputedStyle(box).overflowX;
    if (how === "auto" || how === "scroll") return false;
    if (how === "hidden" && box.getBoundingClientRect().right + 1 < table.getBoundingClientRect().right) return true;
  }
  return false;
}).map((table) => table.innerText.slice(0, 80))"""
WIDE = "document.documentElement.scrollWidth - innerWidth"


@pytest.fixture(scope="module")
def lead(bench):
    return bench.client.get("/api/v1/leads?limit=1").json()["items"][0]["network_id"]


def wrong(bench, page, path):
    page.goto(f"{bench.url}{path}")
    too_wide = ["wider than the screen"] if page.evaluate(WIDE) > 0 else []
    return [(path, what) for what in [*too_wide, *page.evaluate(COLLIDES), *page.evaluate(CUT)]]


@pytest.mark.parametrize("size", [(390, 844), (1024, 768)])
def test_no_page_is_wider_than_the_screen(bench, page, lead, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    paths = [*PAGES, *(f"/networks/{lead}{tab}" for tab in TABS)]
    assert [fault for path in paths for fault in wrong(bench, page, path)] == []


def test_on_a_telephone_a_dismissal_stays_on_the_screen(bench, page, lead):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{bench.url}/networks/{lead}")
    page.get_by_text("Dismiss d").click()
    box = page.locator("input[name=reason]").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert page.evaluate(WIDE) <= 0
    assert faults(page) == []


def test_on_a_telephone_no_two_months_of_a_timeline_overlap(bench, page, lead):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{bench.url}/networks/{lead}/locations")
    page.wait_for_selector('clew-map[data-state="settled"]')
    words = page.evaluate("[...document.querySelectorAll('.line-head text')].map(e => e.getBoundingClientRect())")
    assert len(words) > 1
    assert all(a["right"] <= b["left"] for a, b in pairwise(words))


@pytest.mark.parametrize("width", [390, 1024])
def test_a_lead_shows_its_reason_its_findings_and_its_id(bench, page, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{bench.url}/leads")
    cut = "els => els.filter(e => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1).length"
    lines = page.locator(".queue .lead p")
    assert lines.count() > 10 and lines.evaluate_all(cut) == 0


def test_a_table_that_scrolls_can_be_reached_by_the_keyboard(bench, page, lead):
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/sources", f"/networks/{lead}/assets", f"/networks/{lead}/money"):
        page.goto(f"{bench.url}{path}")
        unreached = page.locator(".scroll:not([tabindex='0'])")
        assert unreached.count() == 0, path
        assert faults(page) == []


def test_what_is_cut_at_its_side_says_so_and_the_open_tab_is_in_sight(bench, page, lead):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{bench.url}/networks/{lead}/links")
    box, tab = page.locator("nav.tabs").bounding_box(), page.locator("nav.tabs [aria-current]").bounding_box()
    assert box["x"] <= tab["x"] and tab["x"] + tab["width"] <= box["x"] + box["width"]
    assert page.locator("nav.tabs[data-more-before]").count() == 1
    table = page.locator(".scroll[data-more-after]").first
    table.evaluate("box => { box.scrollLeft = box.scrollWidth }")
    page.wait_for_selector(".scroll[data-more-before]:not([data-more-after])")


def test_every_column_of_the_ingests_is_in_sight_on_a_small_laptop(bench, page):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{bench.url}/sources")
    assert page.get_by_role("group", name="Ingests").evaluate("box => box.scrollWidth <= box.clientWidth")
