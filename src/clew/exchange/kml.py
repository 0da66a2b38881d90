"""The movement of a network as KML 2.2 (OGC 07-147r2), for globes: folders of placemarks with times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as Xml

from clew.exchange.moving import CAUTION, Moving, Row, called, stamp

NAMESPACE = "http://www.opengis.net/kml/2.2"
# Characters that no XML 1.0 document may hold, escaped or not.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STYLES = {"move": ("ffb06a2c", "2"), "clash": ("ff2d2dc8", "3")}  # aabbggrr, width
Placemark = tuple[str, str, tuple[str | None, str | None], str, list[str]]


def rendered(moving: Moving) -> tuple[bytes, int]:
    """The file, and how many placemarks it holds."""
    content = kml(moving)
    return content, content.count(b"<Placemark>")


def kml(moving: Moving) -> bytes:
    """The document. Children stand in the order that the schema asks for."""
    Xml.register_namespace("", NAMESPACE)
    root = Xml.Element(f"{{{NAMESPACE}}}kml")
    document = _add(root, "Document")
    _add(document, "name", f"Network {moving.network_id}")
    _add(document, "description", CAUTION)
    for name, (colour, width) in _STYLES.items():
        style = _add(document, "Style")
        style.set("id", name)
        drawn = _add(style, "LineStyle")
        _add(drawn, "color", colour)
        _add(drawn, "width", width)
    for title, table, placemark in (
        ("Stays", "stays", _stay), ("Moves", "moves", _move), ("Clashes", "clashes", _clash),
        ("Expected next", "forecasts", _expected),
    ):  # fmt: skip
        folder = _add(document, "Folder")
        _add(folder, "name", title)
        for row in moving.tables[table]:
            for made in placemark(moving, row):
                _place(folder, made)
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _add(parent: Xml.Element, name: str, text: str | None = None) -> Xml.Element:
    child = Xml.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    child.text = None if text is None else _FORBIDDEN.sub("\ufffd", text)
    return child


def _place(folder: Xml.Element, made: Placemark) -> None:
    """One placemark: name, what is said, when, how it is drawn, where."""
    name, said, (begin, end), style, positions = made
    placemark = _add(folder, "Placemark")
    _add(placemark, "name", name)
    _add(placemark, "description", said)
    if begin or end:
        span = _add(placemark, "TimeSpan")
        if begin:
            _add(span, "begin", begin)
        if end:
            _add(span, "end", end)
    if style:
        _add(placemark, "styleUrl", f"#{style}")
    shape = _add(placemark, "Point" if len(positions) == 1 else "LineString")
    if len(positions) > 1:
        _add(shape, "tessellate", "1")
    _add(shape, "coordinates", " ".join(positions))


def _positions(moving: Moving, *places: str) -> list[str]:
    """Longitude and latitude of places; empty where one is not known."""
    known = [moving.points.get(place) for place in places]
    return [f"{at[0]},{at[1]}" for at in known if at] if all(known) else []


def _stay(moving: Moving, row: Row) -> Iterator[Placemark]:
    if at := _positions(moving, row["place"]):
        said = f"{called(row['subject'])}: {row['records']} records, certainty {row['certainty']:.2f}."
        yield row["place"], said, (stamp(row["from_at"]), stamp(row["to_at"])), "", at


def _move(moving: Moving, row: Row) -> Iterator[Placemark]:
    if at := _positions(moving, row["from_place"], row["to_place"]):
        said = f"{called(row['subject'])}, {row['km'] or 0:.0f} km, by {row['how']}, certainty {row['certainty']:.2f}."
        name = f"{row['from_place']} to {row['to_place']}"
        yield name, said, (stamp(row["left_at"]), stamp(row["arrived_at"])), "move", at


def _clash(moving: Moving, row: Row) -> Iterator[Placemark]:
    if at := _positions(moving, row["place_a"], row["place_b"]):
        name = f"{row['place_a']} and {row['place_b']}"
        said = f"{called(row['subject'])}: {row['reason']}"
        yield name, said, (stamp(row["at_a"]), stamp(row["at_b"])), "clash", at


def _expected(moving: Moving, row: Row) -> Iterator[Placemark]:
    if at := _positions(moving, row["place"]):
        said = f"{called(row['subject'])}: {row['probability']:.0%} (by frequency alone {row['baseline']:.0%})."
        yield row["place"], f"{said} {row['reason']}", (None, None), "", at
