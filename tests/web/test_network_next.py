"""Where next, as the locations of a network show it: on the map, and in words without a script."""

from __future__ import annotations

import pytest
from tests.web.axe import faults, faults_in_the_dark
from tests.web.conftest import shot


@pytest.fixture(scope="module")
def network(bench):
    """The network with most numbers that are expected somewhere."""
    with bench.desk.session() as engine:
        query = (
            "SELECT network_id FROM forecasts WHERE subject LIKE 'phone:%' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
        )
        return engine.row(query)[0]


def test_the_map_shows_where_numbers_are_expected(bench, page, network):
    said = bench.client.get(f"/api/v1/networks/{network}/whereabouts").json()
    numbers = [one for one in said["expected"] if one["subject"]["kind"] == "phone"]
    chances = {}
    for one in numbers:
        for place in one["places"]:
            chances[place["place"]] = chances.get(place["place"], 0) + place["probability"]
    likely = [place for place, chance in chances.items() if chance >= 0.1 * len(numbers) and place != "a new place"]
    page.goto(f"{bench.url}/networks/{network}/locations")
    page.wait_for_selector('clew-map[data-state="settled"]')
    assert page.locator(".map-places .map-next, .map-place .map-next").count() == len(likely) > 0
    html = page.inner_text("main")
    assert "Where next" in html and "Plain guess" in html and "no sighting" in html
    shot(page, "network-next")
    assert faults(page) + faults_in_the_dark(page) == []


def test_it_stands_in_the_page_without_a_script(bench, network):
    said = bench.client.get(f"/api/v1/networks/{network}/whereabouts").json()
    html = bench.client.get(f"/networks/{network}/locations").text
    first = said["expected"][0]
    assert first["subject"]["value"][:20] in html
    assert f"{first['places'][0]['probability'] * 100:.0f} %" in html
    assert said["pattern_reason"] in html
    assert bench.client.get("/api/v1/networks/Nnone/whereabouts").status_code == 404
