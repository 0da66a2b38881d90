"""The map of a network: its places, and moves between them, on an outline of the land."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import orjson
from reportlab.lib.colors import HexColor, white
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from clew.evidence.report.content_network import MapPicture, Route, Spot
from clew.evidence.report.drawings import LABEL, LAND, LINE, Box, Figure, Labels, captioned, short, write
from clew.evidence.report.parts import ACCENT, INK, SMALL_ITEM, bullets
from clew.evidence.report.text import REGULAR
from clew.model.words import count

_OUTLINE = Path(__file__).parent / "data" / "outline.json"
_UNIT = 100.0  # steps to a degree, in the file
MOST_SPOTS, MOST_ROUTES, MOST_SENTENCES = 60, 40, 12
_FEW = 6  # places, for which a lower map is enough
_MOST_RECORDS = 0.95  # of all, that places on the map hold at least, where others are too far away
_WIDER, _SMALL = 2.5, 8.0  # times wider that these would make the map; degrees below which no map is
_CLOSEST = 12  # times closer than the whole world: the outline is no finer
Point = tuple[float, float]
Line = list[Point]


@cache
def _outline() -> tuple[list[Line], list[Line]]:
    """Land and borders, in degrees."""
    data = orjson.loads(_OUTLINE.read_bytes())
    return [_line(steps) for steps in data["land"]], [_line(steps) for steps in data["borders"]]


def _line(steps: list[int]) -> Line:
    x = y = 0
    line = []
    for i in range(0, len(steps), 2):
        x, y = x + steps[i], y + steps[i + 1]
        line.append((x / _UNIT, y / _UNIT))
    return line


@dataclass(frozen=True)
class _View:
    """A part of the world on paper: degrees of east and north at the edges, and points a degree of each."""

    west: float
    south: float
    east: float
    north: float
    x_scale: float
    y_scale: float

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        return round((longitude - self.west) * self.x_scale, 2), round((latitude - self.south) * self.y_scale, 2)

    def meets(self, line: Line) -> bool:
        xs, ys = [p[0] for p in line], [p[1] for p in line]
        return max(xs) >= self.west and min(xs) <= self.east and max(ys) >= self.south and min(ys) <= self.north


def _view(places: list[tuple[float, float]], width: float, height: float) -> _View:
    """The part of the world that has all places, with a margin; degrees of east are narrower far from the equator."""
    xs, ys = [p[0] for p in places], [p[1] for p in places]
    middle = (min(ys) + max(ys)) / 2
    narrow = max(math.cos(math.radians(middle)), 0.2)
    tall = max((max(ys) - min(ys)) * 1.25, 1.0)
    wide = max((max(xs) - min(xs)) * 1.25, 1.0) * narrow
    scale = min(height / tall, width / wide, width / (360 * narrow) * _CLOSEST)
    if width / scale > 360 * narrow:
        scale = width / (360 * narrow)
    east = (min(xs) + max(xs)) / 2
    half_x, half_y = width / scale / narrow / 2, height / scale / 2
    return _View(east - half_x, middle - half_y, east + half_x, middle + half_y, scale * narrow, scale)


class _Map(Figure):
    def __init__(self, picture: MapPicture) -> None:
        super().__init__(85 * mm if len(picture.spots) <= _FEW else 108 * mm)
        self.spots, self.far = near(picture.spots)
        self.spots = self.spots[:MOST_SPOTS]
        at = {spot.name: i for i, spot in enumerate(self.spots)}
        new = {old: at[spot.name] for old, spot in enumerate(picture.spots) if spot.name in at}
        routes = [Route(new[r.origin], new[r.target], r.moves, r.impossible)
                  for r in picture.routes if r.origin in new and r.target in new and r.origin != r.target]  # fmt: skip
        routes.sort(key=lambda r: (-r.moves, r.origin, r.target))
        self.routes, self.routes_left = routes[:MOST_ROUTES], len(picture.routes) - len(routes[:MOST_ROUTES])
        self.view = _view([(s.longitude, s.latitude) for s in self.spots], self.width, self.height)
        self.where = [self.view.at(s.longitude, s.latitude) for s in self.spots]
        most = max(s.records for s in self.spots)
        self.radius = [1.6 + 6.5 * math.sqrt(s.records / most) for s in self.spots]
        self.labels = Labels((2, 2, self.width - 2, self.height - 2))
        for (x, y), r in zip(self.where, self.radius, strict=True):
            self.labels.block(x, y, 0.8 * r)
        for route in self.routes:
            self.labels.crossed += _boxes(self._curve(route))
        self.named = []
        for spot, (x, y), r in zip(self.spots, self.where, self.radius, strict=True):
            text = f"{short(spot.name)} · {spot.records:,}"
            if found := self.labels.find(text, x, y, r):
                self.named.append((text, *found))

    def draw(self) -> None:
        """Land, borders, moves, places, names."""
        c = self.canv
        c.saveState()
        frame = c.beginPath()
        frame.rect(0, 0, self.width, self.height)
        c.clipPath(frame, stroke=0, fill=0)
        land, borders = _outline()
        c.setFillColor(LAND)
        c.setStrokeColor(LINE)
        c.setLineWidth(0.4)
        self._lines(land, fill=1)
        c.setLineWidth(0.3)
        c.setDash(1.5, 1.2)
        self._lines(borders, fill=0)
        c.setDash()
        for route in self.routes:
            self._move(route)
        for (x, y), r in zip(self.where, self.radius, strict=True):
            c.setFillColor(HexColor("#ffffff"), 0.75)
            c.setStrokeColor(INK)
            c.setLineWidth(0.9)
            c.circle(x, y, r, fill=1)
            c.setFillColor(INK)
            c.circle(x, y, 0.9, fill=1, stroke=0)
        for text, x, y in self.named:
            write(c, text, x, y)
        self._scale()
        c.restoreState()
        self.frame()

    def _lines(self, lines: list[Line], fill: int) -> None:
        for line in lines:
            if not self.view.meets(line):
                continue
            path = self.canv.beginPath()
            path.moveTo(*self.view.at(*line[0]))
            for point in line[1:]:
                path.lineTo(*self.view.at(*point))
            if fill:
                path.close()
            self.canv.drawPath(path, fill=fill, stroke=1)

    def _curve(self, route: Route) -> tuple[Point, Point, Point]:
        """Where a move begins, what it bends to, where its tip is: bent to the right, so that there and back are "
        "two."""
        (x0, y0), (x1, y1) = self.where[route.origin], self.where[route.target]
        dx, dy = x1 - x0, y1 - y0
        length = math.hypot(dx, dy) or 1.0
        bend = min(0.18 * length, 26)
        middle = (x0 + x1) / 2 + dy / length * bend, (y0 + y1) / 2 - dx / length * bend
        reach = math.hypot(x1 - middle[0], y1 - middle[1]) or 1.0
        gap = (self.radius[route.target] + 0.5) / reach
        return (x0, y0), middle, (x1 - (x1 - middle[0]) * gap, y1 - (y1 - middle[1]) * gap)

    def _move(self, route: Route) -> None:
        """An arrow; dashed where no flight is as fast."""
        c = self.canv
        (x0, y0), (mx, my), (x1, y1) = self._curve(route)
        reach = math.hypot(x1 - mx, y1 - my)
        if reach < 2:
            return  # places that lie together
        ux, uy = (x1 - mx) / reach, (y1 - my) / reach
        c.setStrokeColor(ACCENT)
        c.setFillColor(ACCENT)
        c.setLineWidth(0.5 + min(2.2, 0.5 * math.log2(route.moves + 1) - 0.3))
        c.setDash(*([2.4, 1.6] if route.impossible else []))
        path = c.beginPath()
        path.moveTo(x0, y0)
        ends = (x0 + (mx - x0) * 2 / 3, y0 + (my - y0) * 2 / 3, x1 + (mx - x1) * 2 / 3, y1 + (my - y1) * 2 / 3)
        path.curveTo(*ends, x1 - ux * 3, y1 - uy * 3)
        c.drawPath(path, fill=0, stroke=1)
        c.setDash()
        head = c.beginPath()
        head.moveTo(x1, y1)
        head.lineTo(x1 - ux * 5 - uy * 2, y1 - uy * 5 + ux * 2)
        head.lineTo(x1 - ux * 5 + uy * 2, y1 - uy * 5 - ux * 2)
        head.close()
        c.drawPath(head, fill=1, stroke=0)

    def _scale(self) -> None:
        """A bar of a round number of kilometres at the middle of the map."""
        a_km = self.view.y_scale / 111.2
        km = next(k for k in (2000, 1000, 500, 200, 100, 50, 20, 10, 5) if k * a_km <= 0.25 * self.width or k == 5)
        c = self.canv
        c.setFillColor(white)
        c.rect(6, 5, km * a_km + 34, 11, fill=1, stroke=0)
        c.setStrokeColor(INK)
        c.setLineWidth(1)
        c.line(9, 8, 9 + km * a_km, 8)
        c.setFillColor(INK)
        c.setFont(REGULAR, LABEL)
        c.drawString(12 + km * a_km, 7, f"{km} km")


def near(spots: Sequence[Spot]) -> tuple[list[Spot], list[Spot]]:
    """Places to draw, those of most records first, and those that would make the map too wide to read.

    The latter lie far from the others, and few records name them.
    """
    order = sorted(spots, key=lambda s: (-s.records, s.name))
    x, y = (_median([(getattr(s, name), s.records) for s in order]) for name in ("longitude", "latitude"))
    outward = sorted(order, key=lambda s: (max(abs(s.longitude - x), 1.5 * abs(s.latitude - y)), s.name))
    total, held, kept = sum(s.records for s in order), 0, 0
    for kept, spot in enumerate(outward, 1):  # noqa: B007 (how many are enough)
        held += spot.records
        if held >= _MOST_RECORDS * total:
            break
    if _span(outward) <= _WIDER * max(_span(outward[:kept]), _SMALL):
        return order, []
    far = set(outward[kept:])
    return [s for s in order if s not in far], [s for s in order if s in far]


def _median(values: list[tuple[float, int]]) -> float:
    """The middle of values, each as often as it says."""
    half, passed = sum(many for _, many in values) / 2, 0
    for value, many in sorted(values):
        passed += many
        if passed >= half:
            return value
    return 0.0


def _span(spots: Sequence[Spot]) -> float:
    """Degrees that a map of them spans."""
    xs, ys = [s.longitude for s in spots], [s.latitude for s in spots]
    return max(max(xs) - min(xs), 1.5 * (max(ys) - min(ys)))


def _boxes(curve: tuple[Point, Point, Point]) -> list[Box]:
    """Small boxes along a curve."""
    (a, b), (c, d), (e, f) = curve
    points = []
    for t in (i / 16 for i in range(1, 17)):
        points.append(
            ((1 - t) ** 2 * a + 2 * t * (1 - t) * c + t * t * e, (1 - t) ** 2 * b + 2 * t * (1 - t) * d + t * t * f)
        )
    return [(x - 1, y - 1, x + 1, y + 1) for x, y in points]


def map_figure(picture: MapPicture) -> list[Flowable]:
    """The map with its caption, and the moves worth reading as sentences below."""
    figure = _Map(picture)
    caption = (
        f"Map: {count(len(figure.spots), 'place')} and how many records name each first. An arrow is a move: two "
        "records that show the same number, one after the other, with different places; the wider, the more often. "
        "Dashed: at least once faster than any flight, so more than one person, a post made ahead, or a wrong place. "
        "A place is what a record says, not where anybody was. Outline: Natural Earth."
    )
    said = list(picture.said)
    if figure.far:
        names = ", ".join(f"{spot.name} ({spot.records:,})" for spot in figure.far[:4])
        said.append(f"Outside the map, far from all others: {names}{' …' if len(figure.far) > 4 else ''}.")
    if missing := len(picture.spots) - len(figure.spots) - len(figure.far):
        said.append(f"{count(missing, 'place')} of fewest records.")
    if figure.routes_left:
        said.append(f"Moves between {count(figure.routes_left, 'pair')} of places: the fewest, or outside the map.")
    if figure.labels.missed:
        said.append(f"Names of {count(figure.labels.missed, 'place')}, for want of room.")
    out = captioned("Locations: the map", figure, caption, tuple(said))
    return [*out, *bullets(picture.sentences[:MOST_SENTENCES], SMALL_ITEM)]
