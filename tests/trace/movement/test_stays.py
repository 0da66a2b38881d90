from __future__ import annotations

import random
from typing import Any

import pyarrow as pa
import pytest
from tests.trace.movement.conftest import Small, day

from clew.model.traced import TRACED
from clew.trace.movement import movement

ANNA = "+31611111111"


def told(rows: list[dict[str, Any]], *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(day(row[c]) if c.endswith("_at") else row[c] for c in columns) for row in rows]


def test_stays_and_the_move_between_them(small: Small) -> None:
    for at in (0, 1, 2):
        small.record(at, "Utrecht, NL", phone=ANNA)
    for at in (4, 6):
        small.record(at, "Paris, FR", phone=ANNA)
    found = small.found()
    assert told(found["stays"], "subject", "place", "from_at", "to_at") == [
        (f"phone:{ANNA}", "Utrecht, NL", 0.0, 2.0),
        (f"phone:{ANNA}", "Paris, FR", 4.0, 6.0),
    ]
    assert told(found["moves"], "from_place", "to_place", "left_at", "arrived_at", "how") == [
        ("Utrecht, NL", "Paris, FR", 2.0, 4.0, "tour")
    ]
    (move,) = found["moves"]
    assert move["km"] == pytest.approx(409, abs=3)  # 3.23 degrees south, 2.77 west at a latitude of 50.5
    assert 0.5 < move["certainty"] < found["stays"][0]["certainty"] < 1
    assert len(found["stays"][0]["rids"]) == 3 and len(move["rids"]) == 2
    assert not found["clashes"]


def test_more_evidence_is_surer_and_a_text_says_less_than_a_place_field(small: Small) -> None:
    for at in (0, 1):
        small.record(at, "Utrecht, NL", phone=ANNA)
        small.record(at, "Utrecht, NL", phone="+31622222222", where="body")
    small.record(2, "Utrecht, NL", phone=ANNA)
    sure = {row["subject"]: row["certainty"] for row in small.found()["stays"]}
    assert sure[f"phone:{ANNA}"] > sure["phone:+31622222222"]


def test_how_a_move_shows(small: Small) -> None:
    small.record(0, "Utrecht, NL", phone=ANNA, item="one")
    edited = small.record(3, "Paris, FR", phone=ANNA, item="one", version=2)
    small.add("changes", item_id="one", rid_from=edited, rid_to=edited, field="place", old="Utrecht", new="Paris")
    small.record(6, "Lyon, FR", phone=ANNA, template="t")
    small.record(9, "Lille, FR", phone=ANNA, template="t")
    moves = [m for m in small.found()["moves"] if m["subject"].startswith("phone")]
    assert told(moves, "to_place", "how") == [("Paris, FR", "edit"), ("Lyon, FR", "tour"), ("Lille, FR", "repost")]


def test_an_advert_elsewhere_at_the_same_time_is_no_journey(small: Small) -> None:
    for at in (0, 1, 2, 3):
        small.record(at, "Utrecht, NL", phone=ANNA)
    small.record(1.02, "Madrid, ES", phone=ANNA)
    found = small.found()
    assert told(found["stays"], "place", "from_at", "to_at") == [("Utrecht, NL", 0.0, 3.0)]
    assert not found["moves"]
    (clash,) = found["clashes"]
    assert (clash["place_a"], clash["place_b"]) == ("Utrecht, NL", "Madrid, ES")
    assert clash["km"] == pytest.approx(1455, abs=20)
    assert clash["hours_needed"] == pytest.approx(2 + clash["km"] / 800, abs=0.01)  # by air
    assert "29 minutes" in clash["reason"] or "28 minutes" in clash["reason"]


def test_two_people_on_one_number_are_two_ways(small: Small) -> None:
    for at in range(6):
        small.record(at, "Utrecht, NL", phone=ANNA, name="Anna", image="a" * 64)
        small.record(at + 0.01, "Madrid, ES", phone=ANNA, name="Bella", image="b" * 64)
    found = small.found()
    stays = [row for row in found["stays"] if row["subject"] == f"phone:{ANNA}"]
    assert sorted(told(stays, "place", "from_at", "to_at")) == [("Madrid, ES", 0.01, 5.01), ("Utrecht, NL", 0.0, 5.0)]
    assert not found["moves"]
    (clash,) = [row for row in found["clashes"] if row["subject"] == f"phone:{ANNA}"]
    assert "clash 6 times" in clash["reason"]


def test_a_number_of_many_networks_goes_with_nobody(small: Small) -> None:
    for n in range(4):
        for at in (0, 1):
            small.record(at, "Utrecht, NL", phone="+31880000000", net=f"N{n}")
    assert not small.found()["stays"]


def test_one_record_alone_is_not_followed_and_a_picture_of_the_same_records_not_twice(small: Small) -> None:
    small.record(0, "Utrecht, NL", phone="+31633333333")
    small.record(0, "Utrecht, NL", phone=ANNA, image="a" * 64)
    small.record(1, "Utrecht, NL", phone=ANNA, image="a" * 64)
    assert {row["subject"] for row in small.found()["stays"]} == {f"phone:{ANNA}"}


def test_nothing_is_known_of_a_long_silence(small: Small) -> None:
    small.record(0, "Utrecht, NL", phone=ANNA)
    small.record(40, "Utrecht, NL", phone=ANNA)
    small.record(80, "Paris, FR", phone=ANNA)
    found = small.found()
    assert told(found["stays"], "from_at", "to_at") == [(0.0, 0.0), (40.0, 40.0), (80.0, 80.0)]
    assert not found["moves"]


def test_a_name_of_two_places_is_the_one_that_the_network_means(small: Small) -> None:
    for at in (0, 1, 3):
        small.record(at, "Córdoba, ES", phone=ANNA)
    small.record(2, "Córdoba, AR", phone=ANNA)
    found = small.found()
    assert {row["place"] for row in found["stays"]} == {"Córdoba, ES"}
    assert not found["moves"] and not found["clashes"]


def test_check_ins_and_shared_locations_are_of_who_sends_them(small: Small) -> None:
    rid = small.record(0, "Utrecht, NL", kind="message", where="body", sender="Anna")
    small.say(rid, "wording", "check-in")
    small.record(1, kind="message", sender="Anna", body="here: https://maps.google.com/?q=48.8566,2.3522")
    small.record(
        2, "Lyon, FR", kind="message", where="body", sender="Anna"
    )  # talks of a place, says not that she is there
    found = small.found()
    assert told(found["stays"], "subject", "place") == [("name:Anna", "Utrecht, NL"), ("name:Anna", "Paris, FR")]
    assert told(found["moves"], "how") == [("location",)]


def test_a_picture_and_an_area_code_tell_where_nothing_else_does(small: Small) -> None:
    for at in (0, 1):
        rid = small.record(at, phone=ANNA)
        small.say(rid, "exif_place", "52.09000,5.12000", "images")
        small.record(at, phone="+31205550000")
    assert sorted(told(small.found()["stays"], "subject", "place")) == [
        ("phone:+31205550000", "Amsterdam, NL"),
        (f"phone:{ANNA}", "Utrecht, NL"),
    ]


def test_the_order_of_rows_and_threads_change_nothing(small: Small) -> None:
    towns = ["Utrecht, NL", "Paris, FR", "Lyon, FR", "Madrid, ES"]
    for n in range(60):
        small.record(n / 2, towns[n * n % 4], phone=f"+3161111111{n % 3}", name="AB"[n % 2], net=f"N{n % 2}")
    tables = small.tables()
    small.engine.register(tables)
    first = movement(small.engine)
    order = random.Random(1)
    for name, table in tables.items():
        small.engine.register(
            {name: table.take(pa.array(order.sample(range(table.num_rows), table.num_rows), pa.int64()))}
        )
    small.engine.run("SET threads = 1")
    assert all(first[name].equals(table) for name, table in movement(small.engine).items())
    assert all(first[name].schema.equals(TRACED[name]) for name in first)


def test_an_empty_workspace(small: Small) -> None:
    assert not any(small.found().values())


def test_a_number_free_of_charge_is_nobody_who_travels(small: Small) -> None:
    for at in range(3):
        small.record(at, "Utrecht, NL", phone="+31800123456")
        small.record(at, "Utrecht, NL", phone=ANNA)
    assert [row["subject"] for row in small.found()["stays"]] == [f"phone:{ANNA}"]
