"""The movement of a network as GeoJSON (RFC 7946): stays and expected places are points, moves and clashes lines.

Positions are longitude, latitude in WGS 84; a line that crosses the antimeridian is cut in two there; the outer ring of
the area runs counterclockwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson
from scipy.spatial import ConvexHull, QhullError

from clew.exchange.moving import CAUTION, Moving, Point, stamp

Json = dict[str, Any]


def rendered(moving: Moving) -> tuple[bytes, int]:
    """The file, and how many features it holds."""
    collection = geojson(moving)
    return orjson.dumps(collection, option=orjson.OPT_INDENT_2) + b"\n", len(collection["features"])


def geojson(moving: Moving) -> Json:
    """A FeatureCollection; what has no known place has no geometry."""
    features = [*_area(moving), *_stays(moving), *_moves(moving), *_clashes(moving), *_next(moving)]
    patterns = [{k: row[k] for k in ("pattern", "confidence", "reason")} for row in moving.tables["patterns"]]
    return {"type": "FeatureCollection", "features": features, "network": moving.network_id, "patterns": patterns,
            "caution": CAUTION}  # fmt: skip


def _feature(sort: str, geometry: Json | None, properties: Json) -> Json:
    return {"type": "Feature", "geometry": geometry, "properties": {"sort": sort} | properties}


def _point(moving: Moving, place: str) -> Json | None:
    at = moving.points.get(place)
    return {"type": "Point", "coordinates": list(at)} if at else None


def line(a: Point | None, b: Point | None) -> Json | None:
    """A line between two positions, cut where it crosses the antimeridian."""
    if a is None or b is None:
        return None
    if abs(a[0] - b[0]) <= 180:
        return {"type": "LineString", "coordinates": [list(a), list(b)]}
    edge = 180.0 if a[0] > 0 else -180.0
    far = b[0] + 2 * edge
    height = round(a[1] + (b[1] - a[1]) * (edge - a[0]) / (far - a[0]) if far != a[0] else a[1], 5)
    parts = [[list(a), [edge, height]], [[-edge, height], list(b)]]
    return {"type": "MultiLineString", "coordinates": parts}


def _area(moving: Moving) -> Iterator[Json]:
    """The smallest convex area with all places of stays."""
    places = {row["place"] for row in moving.tables["stays"]}
    points = sorted({moving.points[place] for place in places if place in moving.points})
    if len(points) < 3 or points[-1][0] - points[0][0] > 180:
        return
    try:
        hull = ConvexHull(np.array(points))
    except QhullError:  # all on one line
        return
    ring = [list(points[at]) for at in hull.vertices]  # counterclockwise, says SciPy
    yield _feature("area", {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}, {"places": len(points)})


def _stays(moving: Moving) -> Iterator[Json]:
    for row in moving.tables["stays"]:
        said = {k: row[k] for k in ("subject", "place", "certainty", "records")}
        times = {"from": stamp(row["from_at"]), "to": stamp(row["to_at"])}
        yield _feature("stay", _point(moving, row["place"]), said | times)


def _moves(moving: Moving) -> Iterator[Json]:
    for row in moving.tables["moves"]:
        geometry = line(moving.points.get(row["from_place"]), moving.points.get(row["to_place"]))
        said = {k: row[k] for k in ("subject", "from_place", "to_place", "how", "km", "certainty")}
        yield _feature("move", geometry, said | {"left": stamp(row["left_at"]), "arrived": stamp(row["arrived_at"])})


def _clashes(moving: Moving) -> Iterator[Json]:
    for row in moving.tables["clashes"]:
        geometry = line(moving.points.get(row["place_a"]), moving.points.get(row["place_b"]))
        said = {k: row[k] for k in ("subject", "place_a", "place_b", "km", "hours_needed", "reason")}
        yield _feature("clash", geometry, said | {"at_a": stamp(row["at_a"]), "at_b": stamp(row["at_b"])})


def _next(moving: Moving) -> Iterator[Json]:
    for row in moving.tables["forecasts"]:
        said = {k: row[k] for k in ("subject", "place", "rank", "probability", "baseline", "reason")}
        yield _feature("expected", _point(moving, row["place"]), said)
