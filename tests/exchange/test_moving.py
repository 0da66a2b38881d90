from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import orjson
import pyarrow as pa
import pytest
from icalendar import Calendar

from clew.engine.duckdb import Engine
from clew.exchange.geojson import geojson, line
from clew.exchange.icalendar import calendar
from clew.exchange.kml import NAMESPACE, kml
from clew.exchange.moving import Moving, moving_of, write_file
from clew.model.errors import InputError
from clew.model.traced import TRACED

BAD = "<script>alert(1)</script>\x00\x0b]]>&\r\nATTACH:x"
T = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
K = f"{{{NAMESPACE}}}"


def tables(subject: str = "phone:+31611111111") -> dict[str, pa.Table]:
    base = {"network_id": "N1", "subject": subject, "certainty": 0.9}
    towns = ["Utrecht, NL", "Paris, FR", "Madrid, ES", "Nowhere, XX"]
    stays = [
        base | {"place": town, "from_at": T + n * 3 * DAY, "to_at": T + (n * 3 + 1) * DAY, "rids": [n]}
        for n, town in enumerate(towns)
    ]  # fmt: skip
    moves = [
        base | {"from_place": a, "to_place": b, "left_at": T, "arrived_at": T + timedelta(hours=5), "how": "booking"}
        | {"km": 409.0, "rids": [1, 2]} for a, b in pairwise(towns)
    ]  # fmt: skip
    clash = {"network_id": "N1", "subject": subject, "place_a": towns[0], "place_b": towns[2], "at_a": T, "at_b": T}
    clash |= {"km": 1460.0, "hours_needed": 3.8, "reason": BAD, "rids": [1, 2]}
    expected = {"network_id": "N1", "subject": subject, "place": "Paris, FR", "rank": 1, "probability": 0.6}
    pattern = {
        "network_id": "N1",
        "subject": "",
        "pattern": "circuit",
        "confidence": 0.5,
        "places": towns,
        "reason": "R.",
    }
    rows: dict[str, list[dict[str, Any]]] = {
        "stays": [*stays, base | stays[0] | {"network_id": "N2"}], "moves": moves, "clashes": [clash],
        "forecasts": [expected | {"baseline": 0.4, "reason": "Seen here."}], "patterns": [pattern],
    }  # fmt: skip
    return {name: pa.Table.from_pylist(made, schema=TRACED[name]) for name, made in rows.items()}


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    made = Engine(tmp_path, threads=1)
    made.register(tables(f"name:{BAD}"))
    return made


def read(engine: Engine, mask: Any = None) -> Moving:
    return moving_of(engine, "N1", mask)


def test_geojson_is_what_rfc_7946_asks_for(engine: Engine) -> None:
    made = orjson.loads(orjson.dumps(geojson(read(engine))))
    assert made["type"] == "FeatureCollection" and "crs" not in made
    sorts = [feature["properties"]["sort"] for feature in made["features"]]
    assert sorts == ["area", *["stay"] * 4, *["move"] * 3, "clash", "expected"]
    for feature in made["features"]:
        assert set(feature) == {"type", "geometry", "properties"}
    utrecht = next(f for f in made["features"] if f["properties"].get("place") == "Utrecht, NL")
    longitude, latitude = utrecht["geometry"]["coordinates"]
    assert (round(longitude), round(latitude)) == (5, 52)  # longitude first
    nowhere = next(f for f in made["features"] if f["properties"].get("place") == "Nowhere, XX")
    assert nowhere["geometry"] is None
    (ring,) = made["features"][0]["geometry"]["coordinates"]
    assert ring[0] == ring[-1] and len(ring) == 4
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2
    assert area > 0  # counterclockwise


def test_a_line_over_the_antimeridian_is_cut(engine: Engine) -> None:
    found = line((170.0, 10.0), (-170.0, 20.0))
    assert found == {
        "type": "MultiLineString",
        "coordinates": [[[170.0, 10.0], [180.0, 15.0]], [[-180.0, 15.0], [-170.0, 20.0]]],
    }
    back = line((-170.0, 20.0), (170.0, 10.0))
    assert back and [part[0] for part in back["coordinates"]] == [[-170.0, 20.0], [180.0, 15.0]]
    assert line((1.0, 2.0), None) is None


def test_kml_has_its_structure_and_hostile_text_stays_text(engine: Engine) -> None:
    root = Xml.fromstring(kml(read(engine)))
    assert root.tag == f"{K}kml"
    (document,) = root
    order = ["name", "description", "TimeSpan", "styleUrl", "Point", "LineString"]
    styles = {"#" + style.get("id", "") for style in document.findall(f"{K}Style")}
    marks = document.findall(f"{K}Folder/{K}Placemark")
    assert len(marks) == 3 + 2 + 1 + 1  # what has no known place is left out
    for mark in marks:
        names = [child.tag.removeprefix(K) for child in mark]
        assert names == sorted(names, key=order.index)
        assert mark.findtext(f"{K}styleUrl") in (None, *styles)
        for position in (mark.findtext(f".//{K}coordinates") or "").split():
            longitude, latitude = map(float, position.split(","))
            assert abs(longitude) <= 180 and abs(latitude) <= 90
    clash = marks[5].findtext(f"{K}description") or ""
    assert "<script>alert(1)</script>" in clash and "\x00" not in clash
    assert root.find(".//script") is None
    begins = marks[0].findtext(f"{K}TimeSpan/{K}begin")
    assert begins == "2026-03-02T12:00:00Z"


def test_a_calendar_is_read_back_and_no_line_is_slipped_in(engine: Engine) -> None:
    content = calendar(read(engine)).to_ical()
    assert content == calendar(read(engine)).to_ical()
    assert all(len(row) <= 75 for row in content.split(b"\r\n"))
    assert b"\r\nATTACH" not in content and b"\x00" not in content
    events = Calendar.from_ical(content).walk("VEVENT")
    assert len(events) == 4 + 3 + 1
    stay = events[0]
    assert (stay["dtstart"].dt, stay["dtend"].dt) == (T, T + timedelta(days=1))
    assert str(stay["location"]) == "Utrecht, NL" and math.isclose(stay["geo"].latitude, 52.09, abs_tol=0.1)
    assert {str(event["status"]) for event in events} == {"CONFIRMED", "TENTATIVE"}
    assert len({str(event["uid"]) for event in events}) == len(events)
    assert [e["categories"].to_ical() for e in events].count(b"BOOKING") == 3


def test_a_mask_reaches_subjects(engine: Engine) -> None:
    def mask(table: pa.Table, name: str) -> pa.Table:
        assert name in ("stays", "moves", "clashes", "patterns", "forecasts")
        at = table.column_names.index("subject")
        return table.set_column(at, "subject", pa.array(["PERSON 1"] * table.num_rows, pa.string()))

    moving = read(engine, mask)
    for content in (orjson.dumps(geojson(moving)), kml(moving), calendar(moving).to_ical()):
        assert b"PERSON 1" in content and b"name:" not in content


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    out = tmp_path / "x" / "a.json"

    def refuse(made: Path) -> None:
        assert [p.read_bytes() for p in made.iterdir()] == [b"1"]
        raise InputError("No.", "Never.")

    with pytest.raises(InputError):
        write_file(out, b"1", refuse)
    assert list(out.parent.iterdir()) == []
    write_file(out, b"1")
    assert out.read_bytes() == b"1"
    with pytest.raises(InputError, match="exists"):
        write_file(out, b"2")
