"""The locations of a network in a real browser: map and timeline, each narrowed by the other."""

from __future__ import annotations

import csv
import io
from xml.etree import ElementTree

import pytest
from tests.web.axe import faults, faults_in_the_dark
from tests.web.conftest import shot
from tests.web.drawn import HOSTILE, movements, serve
from tests.web.test_network_graph import SHIFT, saved


@pytest.fixture(scope="module")
def network(bench):
    """The network with most places among those of more than five records."""
    with bench.desk.session() as engine:
        query = "SELECT network_id FROM networks WHERE records > 5 ORDER BY places DESC, network_id LIMIT 1"
        return engine.row(query)[0]


def opened(bench, page, network):
    page.goto(f"{bench.url}/networks/{network}/locations")
    page.wait_for_selector('clew-map[data-state="settled"]')
    return page.locator("clew-map")


def test_places_and_moves_are_drawn_without_a_fault(bench, page, network):
    data = bench.client.get(f"/api/v1/networks/{network}/movements").json()
    opened(bench, page, network)
    assert page.locator(".map-place").count() == len(data["places"]) > 1
    assert page.locator(".map-land").count() > 5  # the file of countries was read
    assert page.locator(".line-row").count() == len(data["tracks"])
    colour = "getComputedStyle(document.querySelector('.map-now')).fill"
    assert page.evaluate(colour) == "rgb(11, 93, 122)"
    shot(page, "network-locations")
    assert faults(page) + faults_in_the_dark(page) == []
    assert page.evaluate(colour) == "rgb(108, 192, 223)"


def test_the_page_says_what_it_draws_without_a_script(bench, network):
    data = bench.client.get(f"/api/v1/networks/{network}/movements").json()
    html = bench.client.get(f"/networks/{network}/locations").text
    assert f"{data['placed']:,} of " in html and data["places"][0]["value"] in html
    assert html.count('data-move="') == min(sum(1 for m in data["moves"] if m["verdict"]), 200)


def marks(page, state):
    return page.locator(f".line-svg .line-mark.{state}, .line-svg .line-edit.{state}").count()


def timeline(page):
    page.locator(".line-svg").scroll_into_view_if_needed()
    return page.locator(".line-svg").bounding_box()


def test_a_span_of_time_narrows_the_map(bench, page, network):
    serve(page, "movements", movements())
    chart = opened(bench, page, network)
    assert chart.get_attribute("data-moves") == "3"
    assert "1 of them too far in too short a time (✕ not even by air" in page.inner_text(".drawn-status")
    assert page.locator(".map-tag.air text").text_content() == "✕ 1"
    page.get_by_label("First day that is shown").fill("250")  # of 1000: after the first two records
    assert chart.get_attribute("data-moves") == "2"
    assert (marks(page, "in"), marks(page, "out")) == (3, 3)
    assert page.locator(".map-tag.air").count() == 0
    titles = page.locator(".map-place title").all_text_contents()
    assert "Madrid, ES: 0 of 2 records" in titles and "Amsterdam, NL: 2 of 3 records" in titles


def test_a_span_is_chosen_by_dragging_over_the_timeline(bench, page, network):
    serve(page, "movements", movements())
    chart = opened(bench, page, network)
    box = timeline(page)
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 5, box["y"] + 12, steps=5)
    page.mouse.up()
    assert chart.get_attribute("data-moves") == "1"  # only the last arrives in it
    assert page.locator(".line-shade").count() == 2
    page.click("text=Show all")
    assert chart.get_attribute("data-moves") == "3"


def test_a_place_narrows_the_timeline_and_a_row_the_map(bench, page, network):
    serve(page, "movements", movements())
    chart = opened(bench, page, network)
    page.locator(".map-place[data-place='Madrid, ES']").click()
    assert (marks(page, "in"), marks(page, "out")) == (1, 5)
    assert chart.get_attribute("data-moves") == "2"
    page.locator(".map-place[data-place='Madrid, ES']").click()
    assert marks(page, "in") == 6
    box = timeline(page)
    page.mouse.click(box["x"] + 20, box["y"] + 36)  # the second row
    assert (marks(page, "in"), chart.get_attribute("data-moves")) == (2, "0")
    assert page.locator("select[aria-label='Who moves']").input_value() == "1"


def test_keys_step_through_the_moves(bench, page, network):
    serve(page, "movements", movements())
    chart = opened(bench, page, network)
    page.focus(".map-stage")
    page.keyboard.press("ArrowRight")
    assert chart.get_attribute("data-step") == "1"
    assert page.inner_text(".drawn-status").startswith("Move 1 of 3, 2026-01-01 01:00 UTC: <script>")
    page.keyboard.press("ArrowRight")
    assert page.locator(".map-arc.now").count() == 1 and page.locator("[aria-current=step]").count() == 1
    page.keyboard.press("Escape")
    assert chart.get_attribute("data-step") == ""
    page.keyboard.press(" ")
    page.wait_for_selector("text=Pause")
    page.wait_for_selector("clew-map[data-step='3']")
    page.wait_for_selector("text=Play")


def test_the_map_zooms_no_nearer_than_it_can_show_and_says_where_one_is(bench, page, network):
    serve(page, "movements", movements())
    opened(bench, page, network)
    page.focus(".map-stage")
    for _ in range(20):
        page.keyboard.press("+")
    ground = page.locator(".map-ground")
    # It is drawn at the next frame, which a busy machine may leave for later
    page.wait_for_function("!document.querySelector('.map-ground').getAttribute('transform').includes('scale(1)')")
    page.wait_for_timeout(300)
    deepest = ground.get_attribute("transform")
    assert 1 < float(deepest.split("scale(")[1].rstrip(")")) < 40
    page.keyboard.press("+")
    assert ground.get_attribute("transform") == deepest
    assert page.locator(".map-country").count() > 0
    assert "3 places out of view" in page.inner_text(".drawn-status")


def test_the_move_that_is_looked_at_keeps_the_focus(bench, page, network):
    serve(page, "movements", movements())
    opened(bench, page, network)
    page.locator(".map-move").nth(1).click()
    assert page.evaluate("document.activeElement.getAttribute('aria-current')") == "step"


def test_hostile_names_stay_text_on_the_page_and_in_the_file(bench, page, network):
    serve(page, "movements", movements())
    opened(bench, page, network)
    assert page.locator("clew-map script, clew-map img").count() == 0
    tree = ElementTree.fromstring(saved(page, "svg"))
    tags = {element.tag.split("}")[1] for element in tree.iter()}
    assert tags <= {"svg", "title", "rect", "g", "line", "path", "text", "circle", "defs", "marker"}
    for element in tree.iter():
        assert not [name for name in element.attrib if name.startswith("on") or "href" in name or name == "style"]
    assert "<script>alert(1)</script>" in "".join(tree.itertext())
    assert len(tree.findall(".//{*}circle")) == 6
    assert saved(page, "png").startswith(b"\x89PNG")
    rows = list(csv.DictReader(io.StringIO(saved(page, "csv").decode())))
    assert [(row["from"], row["too_fast"]) for row in rows] == [
        ("Amsterdam, NL", "not even by air"), ("Madrid, ES", ""), (HOSTILE, ""),
    ]  # fmt: skip


def test_names_on_the_map_do_not_lie_over_each_other(bench, page, network):
    opened(bench, page, network)
    boxes = page.evaluate(
        "[...document.querySelectorAll('.map-name')].map(e => e.getBBox()).map(b => [b.x, b.y, b.width, b.height])"
    )
    assert len(boxes) > 1
    for k, (x, y, w, h) in enumerate(boxes):
        for a, b, c, d in boxes[:k]:
            assert x + w <= a + 1 or a + c <= x + 1 or y + h <= b + 3 or b + d <= y + 3


def test_nothing_jumps_and_a_tablet_is_wide_enough(bench, page, network):
    opened(bench, page, network)
    assert page.evaluate(SHIFT) < 0.02
    page.set_viewport_size({"width": 820, "height": 1180})
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    line, frame = (page.locator(part).bounding_box()["width"] for part in (".line-svg", ".map-line"))
    assert line <= frame


@pytest.mark.parametrize("follow", ["phone", "name", "image", "item"])
def test_whatever_is_followed(bench, network, follow):
    data = bench.client.get(f"/api/v1/networks/{network}/movements?follow={follow}").json()
    assert data["tracks"] and {track["kind"] for track in data["tracks"]} == {follow}
    assert bench.client.get(f"/networks/{network}/locations?follow={follow}").status_code == 200


def test_a_network_without_a_place_says_what_to_do(bench):
    with bench.desk.session() as engine:
        query = """SELECT network_id FROM networks WHERE net NOT IN (SELECT net FROM mentions WHERE type = 'place')
                   ORDER BY network_id LIMIT 1"""
        found = engine.sql(query).to_pylist()
    if not found:
        pytest.skip("every network of this world names a place")
    html = bench.client.get(f"/networks/{found[0]['network_id']}/locations").text
    assert "No place is known" in html and "clew-map" not in html


def test_the_api_knows_what_it_may_be_asked(bench, network):
    assert bench.client.get(f"/api/v1/networks/{network}/movements?follow=children").status_code == 422
    assert bench.client.get("/api/v1/networks/Nnone/movements").status_code == 404
    assert bench.client.get("/networks/Nnone/locations").status_code == 404


def test_without_a_move_nothing_can_be_played(bench, page, network):
    for moves, none in (([], True), (movements()["moves"], False)):
        serve(page, "movements", movements() | {"moves": moves})
        found = opened(bench, page, network)
        for name in ("Play", "Move before", "Next move"):
            assert found.get_by_role("button", name=name).is_disabled() == none
        page.unroute_all()
