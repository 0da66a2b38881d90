"""The overview: counts by day, what is new, and which weeks are unusual."""

from __future__ import annotations

import json
from datetime import date, timedelta

import numpy as np
import pytest

from clew.query.trends import trends, unusual

LAST = date(2026, 6, 30)


def advert(number: int, day: date, city: str) -> dict[str, str]:
    return {
        "id": str(number),
        "platform": "board",
        "title": f"Offer {number}",
        "place": city,
        "date": f"{day}T12:00:00Z",
    }


@pytest.fixture(scope="module")
def engine(indexed_once, tmp_path_factory):
    """One advert a day in Ghent for nine weeks; in Lyon one a week, then 20 in the last week."""
    tmp_path = tmp_path_factory.mktemp("trends")
    rows = [advert(n, LAST - timedelta(days=n), "Ghent") for n in range(63)]
    rows += [advert(100 + w, LAST - timedelta(days=7 * w + 3), "Lyon") for w in range(1, 9)]
    rows += [advert(200 + n, LAST - timedelta(days=n % 7), "Lyon") for n in range(20)]
    (tmp_path / "ads.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return indexed_once(tmp_path / "ads.jsonl")


def test_counts_by_day_are_all_there(engine):
    found = trends(engine)
    assert (found.records, found.last, found.series.step, found.series.total) == (91, LAST, 1, 91)
    assert {s.value: s.total for s in found.top["place"]} == {"Gent, BE": 63, "Lyon, FR": 28}
    assert [s.value for s in found.top["platform"]] == ["board"]


def test_one_value_can_be_looked_at_alone(engine):
    found = trends(engine, "place", "Lyon, FR")
    assert found.series.total == 28 and found.series.value == "Lyon, FR"
    assert trends(engine, "place' OR 1=1 --", "x").series.total == 91


def test_what_rises_is_found_and_what_does_not_is_not(engine):
    found = trends(engine)
    places = [r for r in found.rises if r.type == "place"]
    assert [(r.value, r.now, r.usual) for r in places] == [("Lyon, FR", 20, 1.0)]
    assert places[0].high < 20 and places[0].chance < 1e-6


def test_new_networks_are_those_of_this_week(engine):
    found = trends(engine)
    assert found.new_total >= 1
    assert all(n.first_seen.date() > LAST - timedelta(days=7) for n in found.new)


def test_an_empty_workspace_has_an_overview(indexed):
    found = trends(indexed())
    assert (found.records, found.last, found.rises, found.series.counts) == (0, None, [], ())


def test_chance_alone_is_rarely_unusual():
    draw = np.random.default_rng(1)
    weeks = draw.negative_binomial(5, 0.2, (4000, 9))
    chance = unusual(weeks[:, 1:], weeks[:, 0])[:, 3]
    assert 0.01 < (chance < 0.05).mean() < 0.10


def test_a_jump_is_unusual_and_the_interval_holds_the_usual():
    usual, low, high, chance = unusual(np.array([[20, 22, 18, 21, 19, 20, 23, 17]]), np.array([60]))[0]
    assert low < usual < high < 60 and chance < 1e-4
