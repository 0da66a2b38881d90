"""Where a network was and goes, against tables of the trace stage written by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from clew.engine.duckdb import Engine
from clew.model.errors import MissingError
from clew.model.traced import TRACED
from clew.query.whereabouts import Expected, Subject, whereabouts

T = datetime(2026, 3, 2, 12, tzinfo=UTC)


def table(name: str, *rows: dict[str, Any]) -> pa.Table:
    made = pa.Table.from_pylist(list(rows), schema=TRACED[name])
    return made.add_column(0, "net", pa.array([1 if r["network_id"] == "N1" else 2 for r in rows], pa.uint32()))


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    made = Engine(tmp_path, threads=1)
    who = {"network_id": "N1", "subject": "phone:+31611111111", "certainty": 0.9}
    stay = who | {"place": "Paris, FR", "from_at": T, "to_at": T + timedelta(days=2), "rids": [7, 8]}
    move = who | {"from_place": "Utrecht, NL", "to_place": "Paris, FR", "left_at": T, "arrived_at": T, "km": 409.0}
    move |= {"how": "booking", "rids": [8, 8]}
    clash = {"network_id": "N1", "subject": "phone:+31611111111", "place_a": "A", "place_b": "B", "at_a": T, "at_b": T}
    clash |= {"km": 900.0, "hours_needed": 3.0, "reason": "R.", "rids": [7, 8]}
    said = {"network_id": "N1", "reason": "Why."}
    chances = [
        ("image:ff", "Paris, FR", 1, 0.9),
        ("name:Anna", "Lyon, FR", 2, 0.25),
        ("name:Anna", "Paris, FR", 1, 0.5),
    ]
    chances.append(("phone:+31", "Lyon, FR", 1, 0.75))
    expected = [
        said | {"subject": s, "place": p, "rank": r, "probability": c, "baseline": 0.25} for s, p, r, c in chances
    ]
    pattern = said | {"subject": "", "pattern": "hub", "confidence": 0.5, "places": ["Paris, FR"]}
    one = pa.array([1, 1], pa.uint32())
    records = {"net": one, "rid": pa.array([7, 8], pa.uint64()), "record_id": ["r7", "r8"]}
    made.register(
        {
            "networks": pa.table({"net": pa.array([1, 2], pa.uint32()), "network_id": ["N1", "N2"]}),
            "records": pa.table(records),
            "stays": table("stays", stay, stay | {"subject": "image:ff"}, stay | {"network_id": "N2"}),
            "moves": table("moves", move, move | {"how": "tour"}),
            "clashes": table("clashes", clash),
            "patterns": table("patterns", pattern),
            "forecasts": table("forecasts", *expected),
        }
    )
    return made


def test_whereabouts(engine: Engine) -> None:
    found = whereabouts(engine, "N1")
    assert (found.pattern, found.confidence, found.pattern_reason) == ("hub", 0.5, "Why.")
    assert [(one.subject.value, [p.place for p in one.places]) for one in found.expected] == [
        ("+31", ["Lyon, FR"]),
        ("Anna", ["Paris, FR", "Lyon, FR"]),
        ("ff", ["Paris, FR"]),  # pictures last
    ]
    assert found.expected[1].places[0] == Expected("Paris, FR", 0.5, 0.25, "Why.")
    (stay,) = found.stays
    assert (stay.subject, stay.records, stay.record) == (Subject("number", "+31611111111", "phone"), 2, "r7")
    (booking,) = found.bookings
    assert (booking.from_place, booking.to_place, booking.record) == ("Utrecht, NL", "Paris, FR", "r8")
    assert found.clashes[0].records == ["r7", "r8"]
    assert (found.stays_total, found.clashes_total, found.expected_total) == (1, 1, 3)


def test_a_network_of_which_nothing_is_known(engine: Engine) -> None:
    found = whereabouts(engine, "N2")
    assert (found.pattern, found.expected, found.bookings, len(found.stays)) == ("", [], [], 1)
    with pytest.raises(MissingError):
        whereabouts(engine, "N3")
