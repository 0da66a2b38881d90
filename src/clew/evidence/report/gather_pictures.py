"""What is drawn of a network: graph, map and timelines, as the workbench reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from clew.engine.duckdb import Engine
from clew.evidence.report.content_network import (
    Dot,
    GraphPicture,
    Lane,
    MapPicture,
    Route,
    Spot,
    TimelinePicture,
)
from clew.evidence.report.parts import day
from clew.model.words import count
from clew.query.graph import graph
from clew.query.movements import movements
from clew.query.moves import Move

_NODES = 150  # that are legible on a page
_FEW = 40  # that are drawn with what one record alone shows
_SENTENCES = 8
_DAYS_BY = {
    "place": """
        SELECT place AS label, day, count(*) AS records
        FROM (SELECT rid, value AS place FROM mentions WHERE net = $net AND type = 'place'
              QUALIFY row_number() OVER (PARTITION BY rid ORDER BY CASE field WHEN 'place' THEN 0 WHEN 'title' THEN 1
                  WHEN 'contact' THEN 2 ELSE 3 END, start, value) = 1)
        JOIN own USING (rid) GROUP BY label, day ORDER BY label, day""",
    "platform": "SELECT platform AS label, day, count(*) AS records FROM own GROUP BY label, day ORDER BY label, day",
}
_OWN = """
WITH own AS (
    SELECT rid, platform, floor(epoch(coalesce(posted_at, captured_at)) / 86400)::BIGINT AS day FROM records
    WHERE net = $net AND coalesce(posted_at, captured_at) IS NOT NULL
)
"""


def graph_picture(engine: Engine, network_id: str) -> GraphPicture:
    """The graph, small enough for a page."""
    made = graph(engine, network_id, _NODES)
    dots = tuple(Dot(n.kind, n.label, n.records, n.bits or 0.0) for n in made.nodes)
    edges = tuple(zip(made.edges.record, made.edges.shown, made.edges.records, strict=True))
    return _tied(dots, edges, tuple(made.said))


def _tied(dots: tuple[Dot, ...], edges: tuple[tuple[int, int, int], ...], said: tuple[str, ...]) -> GraphPicture:
    """Without what ties nothing, where there is much to draw."""
    kept = [i for i, dot in enumerate(dots) if dot.kind == "record" or dot.records > 1]
    lone = len(dots) - len(kept)
    if len(dots) <= _FEW or not lone:
        return GraphPicture(dots, edges, said)
    at = {old: new for new, old in enumerate(kept)}
    inside = tuple((at[a], at[b], many) for a, b, many in edges if a in at and b in at)
    more = f"Not drawn, as they tie nothing: {count(lone, 'identifier')} that one record alone shows."
    return GraphPicture(tuple(dots[i] for i in kept), inside, (*said, more))


def map_picture(engine: Engine, network_id: str) -> MapPicture | None:
    """Places, and moves under one number; None where no place is known."""
    made = movements(engine, network_id)
    if not made.places:
        return None
    spots = tuple(Spot(p.value, p.latitude, p.longitude, p.records) for p in made.places)
    moves, never = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    for move in made.moves:
        moves[move.origin, move.target] += 1
        never[move.origin, move.target] += move.verdict == "air"
    routes = tuple(Route(*ends, many, never[ends]) for ends, many in sorted(moves.items()))
    sentences, rest = _sentences(made.moves)
    said = list(made.said)
    if rest:
        said.append(f"As sentences, {count(rest, 'more move')}: those too fast come first, then the farthest.")
    return MapPicture(spots, routes, sentences, tuple(said))


def _sentences(moves: Sequence[Move]) -> tuple[tuple[str, ...], int]:
    """The moves most worth reading, one for each way of each number, and how many others there are."""
    alike: dict[tuple[int, int, int, str], list[Move]] = {}
    for move in sorted(moves, key=_telling):
        alike.setdefault((move.track, move.origin, move.target, move.verdict), []).append(move)
    told = list(alike.values())[:_SENTENCES]
    sentences = []
    for first, *others in told:
        again = f" In all {count(len(others) + 1, 'time')}." if others else ""
        sentences.append(f"{day(datetime.fromtimestamp(first.left, UTC))}: {first.sentence}{again}")
    return tuple(sentences), len(moves) - sum(map(len, told))


def _telling(move: Move) -> tuple[Any, ...]:
    return ("air", "road", "").index(move.verdict), -move.km, move.left, move.record_left


def timelines(engine: Engine, net: int) -> tuple[TimelinePicture, ...]:
    """By place and by platform."""
    query = "SELECT count(*) AS n FROM records WHERE net = $net AND coalesce(posted_at, captured_at) IS NULL"
    timeless = engine.rows(query, net=net)[0]["n"]
    made = []
    for by, days in _DAYS_BY.items():
        lanes: dict[str, list[tuple[int, int]]] = {}
        for row in engine.rows(_OWN + days, net=net):
            lanes.setdefault(row["label"], []).append((row["day"], row["records"]))
        said = []
        if timeless:
            said.append(f"{count(timeless, 'record')} without a time.")
        if by == "place":
            said.append("Records that name no known place.")
        if lanes:
            made.append(TimelinePicture(by, tuple(Lane(k, tuple(v)) for k, v in lanes.items()), tuple(said)))
    return tuple(made)
