"""Build the land outline of the report's maps (developer's tool).

    python tools/outline.py frontend/node_modules/world-atlas/countries-50m.json

Source: Natural Earth 1:50m (public domain), as packed by world-atlas (ISC). Coast and borders are made simpler, so that
the file is small: what remains is within a few kilometres of the source, enough for a map that spans a country.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson

OUT = Path(__file__).resolve().parent.parent / "src" / "clew" / "evidence" / "report" / "data" / "outline.json"
TOLERANCE = 0.045  # degrees that a line may be off
SMALLEST = 0.012  # square degrees of an island that is kept
UNIT = 100  # steps to a degree in the file

Line = list[tuple[float, float]]


def main() -> None:
    """Read the topology, simplify its arcs, write land and borders."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("topology", type=Path)
    topology = orjson.loads(parser.parse_args().topology.read_bytes())
    arcs = [simpler(arc) for arc in decoded(topology)]
    land = [joined(ring, arcs) for ring in rings(topology["objects"]["land"])]
    land = [ring for ring in land if len(ring) > 3 and abs(area(ring)) >= SMALLEST]
    used = Counter(abs_arc(i) for ring in rings(topology["objects"]["countries"]) for i in ring)
    borders = [arcs[i] for i, times in sorted(used.items()) if times > 1]
    made = {
        "about": "Natural Earth 1:50m (public domain), from world-atlas, simplified by tools/outline.py. "
        "Each line: x and y of its first point, then steps, in hundredths of a degree.",
        "land": [stepped(ring) for ring in sorted(land, key=area)],
        "borders": [stepped(line) for line in borders],
    }
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_bytes(orjson.dumps(made) + b"\n")
    print(f"{OUT}: {OUT.stat().st_size:,} bytes, {len(land)} rings, {len(borders)} borders")


def decoded(topology: dict[str, Any]) -> Iterator[Line]:
    """The arcs in degrees."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * sx + tx, y * sy + ty))
        yield line


def rings(geometry: dict[str, Any]) -> Iterator[list[int]]:
    """Lists of arc numbers, one a ring."""
    for part in geometry.get("geometries", ()):
        yield from rings(part)
    if geometry["type"] == "Polygon":
        yield from geometry["arcs"]
    elif geometry["type"] == "MultiPolygon":
        for polygon in geometry["arcs"]:
            yield from polygon


def abs_arc(number: int) -> int:
    """An arc without its direction."""
    return ~number if number < 0 else number


def joined(ring: Iterable[int], arcs: list[Line]) -> Line:
    """The points of a ring."""
    points: Line = []
    for number in ring:
        line = arcs[abs_arc(number)]
        points += (line[::-1] if number < 0 else line)[1 if points else 0 :]
    return points


def simpler(line: Line) -> Line:
    """Douglas and Peucker 1973."""
    if len(line) < 3:
        return line
    (x0, y0), (x1, y1) = line[0], line[-1]
    length = math.hypot(x1 - x0, y1 - y0)

    def off(p: tuple[float, float]) -> float:
        if length == 0:
            return math.hypot(p[0] - x0, p[1] - y0)
        return abs((x1 - x0) * (y0 - p[1]) - (x0 - p[0]) * (y1 - y0)) / length

    far = max(range(1, len(line) - 1), key=lambda i: off(line[i]))
    if off(line[far]) <= TOLERANCE:
        return [line[0], line[-1]]
    return simpler(line[: far + 1])[:-1] + simpler(line[far:])


def area(ring: Line) -> float:
    """In square degrees; the sign says which way round."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True)) / 2


def stepped(line: Line) -> list[int]:
    """First point, then steps; points that fall together are one."""
    whole = [(round(x * UNIT), round(y * UNIT)) for x, y in line]
    out = [*whole[0]]
    for a, b in pairwise(whole):
        if a != b:
            out += [b[0] - a[0], b[1] - a[1]]
    return out


if __name__ == "__main__":
    main()
