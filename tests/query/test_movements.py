"""Who was where and when, against tables written by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.query.small import START, Small

from clew.query.movements import movements
from clew.query.moves import MapPlace, kilometres

AMSTERDAM, ROTTERDAM, MADRID = "Amsterdam, NL", "Rotterdam, NL", "Madrid, ES"
T0 = int(START.timestamp())


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return Small(tmp_path)


def test_kilometres_along_the_great_circle():
    a, b = MapPlace("Amsterdam", 52.374, 4.890, 1), MapPlace("Madrid", 40.417, -3.703, 1)
    assert kilometres(a, b) == pytest.approx(1_481, abs=5)
    assert kilometres(a, a) == 0


def test_moves_of_a_number_in_the_order_of_time(small):
    small.record(3, "phone:p1", place=MADRID, hours=100)
    small.record(1, "phone:p1", place=AMSTERDAM, hours=0)
    small.record(2, "phone:p1", place=AMSTERDAM, hours=10)
    found = movements(small.engine, "Nfirst")
    assert [place.value for place in found.places] == [AMSTERDAM, MADRID]
    assert [place.records for place in found.places] == [2, 1]
    (track,) = found.tracks
    assert (track.value, track.posts, track.places, track.moves) == ("p1", 3, 2, 1)
    (move,) = found.moves
    assert (move.origin, move.target, move.left, move.arrived) == (0, 1, T0 + 36_000, T0 + 360_000)
    assert (move.record_left, move.record_arrived, move.verdict, move.edit) == ("r2", "r3", "", False)
    assert move.sentence.startswith(f"p1 from {AMSTERDAM} to {MADRID}, 1,4") and move.sentence.endswith("3 days later.")


@pytest.mark.parametrize(
    ("hours", "verdict", "says"),
    [
        (0.0, "air", "at the same time: no flight"),
        (1.0, "air", "60 minutes later: no flight"),
        (3.0, "road", "faster than by road"),
        (20.0, "", "20 hours later."),
    ],
)
def test_too_far_in_too_short_a_time(small, hours, verdict, says):
    small.record(1, "phone:p1", place=AMSTERDAM, hours=0)
    small.record(2, "phone:p1", place=MADRID, hours=hours)
    (move,) = movements(small.engine, "Nfirst").moves
    assert move.verdict == verdict and says in move.sentence
    assert (move.kmh is None) == (hours == 0)


def test_near_places_are_never_too_far(small):
    small.record(1, "phone:p1", place=AMSTERDAM, hours=0)
    small.record(2, "phone:p1", place=ROTTERDAM, hours=0.01)
    assert [move.verdict for move in movements(small.engine, "Nfirst").moves] == [""]


def test_a_name_that_was_read_as_two_places_is_the_one_that_most_mean(small):
    for number, place in enumerate(("Córdoba, ES", "Córdoba, AR", "Córdoba, ES", MADRID)):
        small.record(number + 1, "phone:p1", place=place, hours=number * 10)
    found = movements(small.engine, "Nfirst")
    assert [(place.value, place.records) for place in found.places] == [("Córdoba, ES", 3), (MADRID, 1)]
    assert [move.verdict for move in found.moves] == [""]


def test_an_edit_that_moves_is_told_from_a_new_post(small):
    small.record(1, "phone:p1", place=AMSTERDAM, hours=0, item="x")
    small.record(2, "phone:p1", place=MADRID, hours=50, item="x", edited=True)
    small.record(3, "phone:p1", place=AMSTERDAM, hours=100)
    found = movements(small.engine, "Nfirst")
    assert [move.edit for move in found.moves] == [True, False]
    assert "the item was edited from" in found.moves[0].sentence
    assert found.posts.edited == [False, True, False]
    (item, other) = movements(small.engine, "Nfirst", "item").tracks
    assert (item.value, item.moves, other.moves) == ("x", 1, 0)


def test_a_number_of_many_networks_is_not_followed(small):
    small.record(1, "phone:p1", "phone:line", place=AMSTERDAM, hours=0)
    small.record(2, "phone:line", place=MADRID, hours=1)
    for net in range(2, 6):
        small.engine.con.execute("INSERT INTO ties VALUES ('phone', 'line', ?, ?)", [100 + net, net])
    found = movements(small.engine, "Nfirst")
    assert [track.value for track in found.tracks] == ["p1"] and found.moves == []
    assert "Not followed, as more than 3 networks show it: line." in found.said


def test_records_without_a_place_time_or_number_are_told(small):
    small.record(1, "phone:p1", place=AMSTERDAM)
    small.record(2, "phone:p1", hours=1)
    small.record(3, place=AMSTERDAM, hours=2)
    small.record(4, "phone:p1", place="Nowhere at all", hours=2)
    found = movements(small.engine, "Nfirst")
    assert (found.records, found.placed) == (4, 1)
    assert "3 records name no place that is known, or no time." in found.said
    (track,) = found.tracks
    assert (track.value, track.label, track.moves) == ("", "no number", 0)


def test_the_place_field_comes_before_the_texts(small):
    small.record(1, "phone:p1", place=AMSTERDAM, hours=0)
    small.engine.con.execute("INSERT INTO mentions VALUES (1, 1, 'place', ?, 'title', 0)", [MADRID])
    assert [place.value for place in movements(small.engine, "Nfirst").places] == [AMSTERDAM]


def test_a_network_that_never_moved(small):
    assert movements(small.engine, "Nother").places == []
