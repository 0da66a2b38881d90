from __future__ import annotations

import pytest
from tests.trace.movement.conftest import Small

ANNA = "+31611111111"


def pattern(small: Small, subject: str = "") -> str:
    (row,) = [row for row in small.found()["patterns"] if row["subject"] == subject]
    assert 0 < row["confidence"] <= 1 and row["places"] and row["reason"].endswith(".")
    return str(row["pattern"])


@pytest.mark.parametrize(
    ("towns", "expected"),
    [
        (["Utrecht, NL"] * 5, "still"),
        (["Utrecht, NL", "Paris, FR", "Lyon, FR"] * 3, "circuit"),
        (["Utrecht, NL", "Paris, FR", "Utrecht, NL", "Lyon, FR", "Utrecht, NL", "Lille, FR", "Utrecht, NL"], "hub"),
        (["Utrecht, NL", "Paris, FR", "Lyon, FR", "Lille, FR", "Madrid, ES", "Berlin, DE"], "scatter"),
    ],
)
def test_patterns(small: Small, towns: list[str], expected: str) -> None:
    for at, town in enumerate(towns):
        small.record(3 * at, town, phone=ANNA)
    assert pattern(small) == expected


def test_a_tour_is_never_said_to_show_control(small: Small) -> None:
    for at, town in enumerate(["Utrecht, NL", "Paris, FR", "Lyon, FR"] * 3):
        small.record(3 * at, town, phone=ANNA)
    (row, *_) = small.found()["patterns"]
    assert "a tour alone shows no control" in row["reason"]


def test_a_circuit_goes_on_in_its_order(small: Small) -> None:
    towns = ["Utrecht, NL", "Paris, FR", "Lyon, FR", "Lille, FR"] * 6
    for at, town in enumerate(towns):
        small.record(3 * at, town, phone=ANNA)  # last in Lille; Utrecht is next
    chances = {row["place"]: row["probability"] for row in small.found()["forecasts"]}
    others = {place: chance for place, chance in chances.items() if place not in ("Lille, FR", "Utrecht, NL")}
    assert chances["Utrecht, NL"] > max(others.values())
    assert sum(chances.values()) <= 1.0001


def test_chances_are_ranked_and_a_baseline_stands_beside_each(small: Small) -> None:
    for at, town in enumerate(["Utrecht, NL"] * 6 + ["Paris, FR"] * 2 + ["Utrecht, NL"] * 2):
        small.record(at, town, phone=ANNA)
    rows = small.found()["forecasts"]
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
    assert [row["probability"] for row in rows] == sorted((row["probability"] for row in rows), reverse=True)
    assert (rows[0]["place"], rows[0]["baseline"]) == ("Utrecht, NL", pytest.approx(0.8))
    assert "last seen here" in rows[0]["reason"]


def test_who_never_moved_or_was_not_seen_for_a_month_is_not_looked_for(small: Small) -> None:
    for at in range(5):
        small.record(at, "Utrecht, NL", phone=ANNA)
        small.record(at, ["Utrecht, NL", "Paris, FR"][at % 2], phone="+31622222222", net="N2")
    small.record(60, "Utrecht, NL", phone="+31633333333", net="N3")
    assert not small.found()["forecasts"]
