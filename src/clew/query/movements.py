"""Where and when the records of a network were, and who moved: posts of one number, name, picture or item in order."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any, Literal

import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.extract.place import coordinates
from clew.model.words import count
from clew.query.graph import net_of
from clew.query.moves import MapPlace, Move, moves_of

Follow = Literal["phone", "name", "image", "item"]
Row = dict[str, Any]

MOST_POSTS = 4_000
MOST_TRACKS = 60
MOST_MOVES = 1_000
MOST_PLACES = 300
_SHARED_BY = 3  # a number in more networks than these is a switchboard's or a platform's, and travels with nobody


@dataclass(frozen=True)
class Track:
    """What is followed: a number, name, picture or item; ``value`` is empty for the records that show none."""

    kind: str
    value: str
    label: str
    posts: int
    places: int
    moves: int


@dataclass(frozen=True)
class Posts:
    """Records on tracks, in columns: seconds since 1970, positions of track and place, record, edited to this place."""

    time: list[int]
    track: list[int]
    place: list[int]
    record: list[str]
    edited: list[bool]


@dataclass(frozen=True)
class Movements:
    """What is drawn on the map and the timeline, and what is not.

    Attributes:
        follow: what tracks are of.
        records, placed: of the network, and those with a time and a known place.
        said: one sentence for each thing that is not drawn, and why.
    """

    network_id: str
    follow: str
    records: int
    placed: int
    places: list[MapPlace]
    tracks: list[Track]
    posts: Posts
    moves: list[Move]
    said: list[str]


_FOLLOWED = {
    "phone": "SELECT DISTINCT rid, value, value AS label FROM ties_of WHERE net = $net AND type = 'phone'",
    "image": "SELECT DISTINCT rid, value, 'picture ' || value[:8] FROM ties_of WHERE net = $net AND type = 'image'",
    "name": "SELECT DISTINCT rid, value, value FROM mentions WHERE net = $net AND type = 'name'",
    "item": "SELECT rid, item_id, concat_ws(' ', platform, native_id) FROM records WHERE net = $net",
}
_POSTS = """
WITH placed AS (
    SELECT rid, value AS place FROM mentions WHERE net = $net AND type = 'place'
    QUALIFY row_number() OVER (
        PARTITION BY rid ORDER BY CASE field WHEN 'place' THEN 0 WHEN 'title' THEN 1 WHEN 'contact' THEN 2 ELSE 3 END,
        start, value) = 1
), edits AS (SELECT DISTINCT rid_to AS rid FROM changes WHERE net = $net AND field = 'place'),
followed(rid, value, label) AS ({followed})
SELECT value, label, epoch(coalesce(posted_at, captured_at))::BIGINT AS t, place, record_id, item_id,
       e.rid IS NOT NULL AS edited
FROM (SELECT * EXCLUDE (place) FROM records WHERE net = $net AND coalesce(posted_at, captured_at) IS NOT NULL)
JOIN placed USING (rid) LEFT JOIN followed USING (rid) LEFT JOIN edits e USING (rid)
ORDER BY value NULLS LAST, t, record_id
"""
_SPREAD = """
SELECT value FROM ties WHERE type = 'phone' AND value IN (FROM (SELECT unnest($values)))
GROUP BY value HAVING count(DISTINCT net) > $most
"""


def movements(engine: Engine, network_id: str, follow: Follow = "phone") -> Movements:
    """Who was where and when.

    Args:
        engine: the reading index.
        network_id: name of the network.
        follow: what tracks are of.

    Raises:
        MissingError: there is no such network.
    """
    net = net_of(engine, network_id)
    rows = _settled(engine.sql(_POSTS.format(followed=_FOLLOWED[follow]), params={"net": net}).to_pylist())
    places, index = _places(rows)
    rows = [row for row in rows if row["place"] in index]
    runs = [(value, list(run)) for value, run in groupby(rows, key=lambda row: row["value"])]
    wide = _wide(engine, runs) if follow == "phone" else set()
    runs = [(value, run) for value, run in runs if value not in wide]
    # Who moves most comes first; those who show nothing to follow come last.
    runs.sort(key=lambda run: (run[0] is None, -_changes(run[1]), -len(run[1]), run[0] or ""))
    drawn = runs[:MOST_TRACKS]
    named = [(at, run) for at, (value, run) in enumerate(drawn) if value is not None]
    moves = [move for at, run in named for move in moves_of(at, run, index, places)]
    posts = [(at, row) for at, (_, run) in enumerate(drawn) for row in run]
    total = engine.sql("SELECT count(*) AS n FROM records WHERE net = $net", params={"net": net}).to_pylist()[0]["n"]
    placed = len({row["record_id"] for row in rows})
    return Movements(
        network_id=network_id,
        follow=follow,
        records=total,
        placed=placed,
        places=places,
        tracks=[_track(follow, value, run) for value, run in drawn],
        posts=_columns(posts[:MOST_POSTS], index),
        moves=moves[:MOST_MOVES],
        said=_said(follow, total - placed, sorted(wide), len(runs) - len(drawn), len(posts), len(moves)),
    )


def _settled(rows: list[Row]) -> list[Row]:
    """Rows with one place for each name: where a name was read as several (Córdoba in Spain, in Argentina), the one
    that most records of the network mean."""
    read: dict[str, Counter[str]] = {}
    for row in rows:
        read.setdefault(_name(row["place"]), Counter())[row["place"]] += 1
    meant = {name: max(sorted(places), key=lambda place: places[place]) for name, places in read.items()}
    return [row | {"place": meant[_name(row["place"])]} for row in rows]


def _name(place: str) -> str:
    """A place without its country."""
    return place.rsplit(", ", 1)[0]


def _places(rows: list[Row]) -> tuple[list[MapPlace], dict[str, int]]:
    """The places that are on the map, those of most records first, and where in the list each stands."""
    held: dict[str, set[str]] = {}
    for row in rows:
        held.setdefault(row["place"], set()).add(row["record_id"])
    names = sorted(held, key=lambda name: (-len(held[name]), name))
    latitude, longitude = coordinates(pa.array(names, pa.string()))
    known = [
        MapPlace(name, round(lat, 4), round(lon, 4), len(held[name]))
        for name, lat, lon in zip(names, latitude.tolist(), longitude.tolist(), strict=True)
        if not math.isnan(lat)
    ][:MOST_PLACES]
    return known, {place.value: at for at, place in enumerate(known)}


def _changes(run: list[Row]) -> int:
    """How often the place changes from one record to the next."""
    return sum(a["place"] != b["place"] for a, b in pairwise(run))


def _wide(engine: Engine, runs: list[tuple[str | None, list[Row]]]) -> set[str]:
    """Of the numbers that would move those that stand in many networks."""
    moving = [value for value, run in runs if value is not None and _changes(run)]
    if not moving:
        return set()
    found = engine.sql(_SPREAD, params={"values": moving, "most": _SHARED_BY})
    return set(found.column("value").to_pylist())


def _track(kind: str, value: str | None, run: list[Row]) -> Track:
    changes = 0 if value is None else _changes(run)
    label = f"no {_WORDS[kind]}" if value is None else run[0]["label"]
    return Track(kind, value or "", label, len(run), len({row["place"] for row in run}), changes)


_WORDS = {"phone": "number", "name": "name", "image": "picture", "item": "item"}


def _columns(posts: list[tuple[int, Row]], index: dict[str, int]) -> Posts:
    return Posts(
        time=[row["t"] for _, row in posts],
        track=[at for at, _ in posts],
        place=[index[row["place"]] for _, row in posts],
        record=[row["record_id"] for _, row in posts],
        edited=[row["edited"] for _, row in posts],
    )


def _said(follow: str, missing: int, wide: list[str], tracks: int, posts: int, moves: int) -> list[str]:
    """What is not drawn, and why."""
    word, said = _WORDS[follow], []
    if missing:
        said.append(f"{count(missing, 'record names', 'records name')} no place that is known, or no time.")
    if wide:
        few = ", ".join(wide[:3]) + (f" and {len(wide) - 3} more" if len(wide) > 3 else "")
        said.append(f"Not followed, as more than {_SHARED_BY} networks show it: {few}.")
    if tracks:
        said.append(f"Not drawn, as they move least: {count(tracks, f'more {word}')}.")
    if posts > MOST_POSTS:
        said.append(f"Of {posts:,} records on tracks the first {MOST_POSTS:,} are marked.")
    if moves > MOST_MOVES:
        said.append(f"Of {moves:,} moves {MOST_MOVES:,} are drawn: those of the tracks that move most.")
    return said
