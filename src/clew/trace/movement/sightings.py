"""Where records were, and what of them can be followed: sightings, and subjects with their sightings in order of time.

A sighting is one record at one place at one time, with a weight: how likely it is that whom the record shows was there.
A subject is a number, name, handle, picture or item inside one network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clew.engine.duckdb import Engine
from clew.link.ties import desk_numbers
from clew.trace.movement.evidence import SORTS, read_evidence
from clew.trace.movement.places import Ints, Places

KINDS = ("phone", "name", "handle", "image", "item")  # what is followed; the first are the surest to be one person
SPREAD = 3  # a number, handle or picture in more networks than these is a switchboard's or a stock picture
_MADE = ("trace_names", "trace_shown", "trace_followed")

# Who was seen: what a record shows, or the one person whom a message or a ticket is about.
_SHOWN_BY = """
    SELECT CASE type WHEN 'phone' THEN 0 ELSE 2 END::TINYINT AS kind, value, rid FROM ties
    WHERE type = 'handle' OR (type = 'phone' AND value NOT IN (SELECT value FROM trace_desks))
    UNION ALL SELECT 1::TINYINT, value, rid FROM trace_names
    UNION ALL SELECT 3::TINYINT, image_id, rid FROM image_members
    UNION ALL SELECT 4::TINYINT, item_id, rid FROM records
        WHERE item_id IN (SELECT item_id FROM changes WHERE field = 'place')
"""
# Values are compared as hashes: of ten million adverts they would take gigabytes.
_SHOWN = f"""
CREATE OR REPLACE TEMP TABLE trace_shown AS
SELECT kind, h, net, row, false AS told FROM (SELECT kind, hash(kind, value) AS h, rid FROM ({_SHOWN_BY}))
JOIN (SELECT rid, net, row FROM trace_seen WHERE who IS NULL) USING (rid)
UNION ALL
SELECT who_kind, hash(who_kind::TINYINT, who), net, row, true FROM trace_seen WHERE who IS NOT NULL
"""
# A picture or item that stands on the very records of a number, name or handle is not followed a second time.
_FOLLOWED = f"""
CREATE OR REPLACE TEMP TABLE trace_followed AS
WITH groups AS (
    SELECT any_value(kind) AS kind, h, net, count(*) AS n, bit_xor(hash(row)) AS mark, bool_or(told) AS told
    FROM trace_shown GROUP BY h, net
), spread AS (
    SELECT h FROM groups WHERE kind IN (0, 2, 3) GROUP BY h HAVING count(*) > {SPREAD}
), several AS MATERIALIZED (
    SELECT * FROM groups ANTI JOIN spread USING (h) WHERE n > 1 OR told
), named AS (
    SELECT h, any_value(value) AS value FROM (
        SELECT hash(kind, value) AS h, value FROM ({_SHOWN_BY})
        UNION ALL SELECT hash(who_kind::TINYINT, who), who FROM trace_seen WHERE who IS NOT NULL
    ) SEMI JOIN several USING (h) GROUP BY h
), kept AS (
    SELECT * FROM several JOIN named USING (h)
    QUALIFY kind < 3 OR row_number() OVER (PARTITION BY net, n, mark ORDER BY kind, value) = 1
)
SELECT (row_number() OVER (ORDER BY net, kind, value) - 1)::INTEGER AS subject, kind, h, value, net FROM kept
"""
_NOW = "SELECT coalesce(max(epoch(coalesce(posted_at, captured_at))::BIGINT), 0) FROM records"
_SUBJECTS = "SELECT kind, value, net FROM trace_followed ORDER BY subject"
_POINTS = """
SELECT f.subject, s.row FROM trace_shown s
JOIN trace_followed f ON s.h = f.h AND s.net = f.net
"""


class Sightings(NamedTuple):
    """One row a sighting, sorted by time and record.

    Attributes:
        rid: uint64[n]; net: int32[n]; t: int64[n], seconds.
        place: int64[n], position in `Places`.
        weight: float64[n]; sort: int8[n], position in `SORTS`.
        item: uint64[n], a hash: sightings of one item are one piece of evidence.
        version: int32[n], of the item.
        text: uint64[n], the family of its text; 0 for none.
        name: uint64[n], the one name that the record gives; 0 for none, or several.
        pictures: uint64[n], a bit for each picture: two records that share a bit mostly share a picture.
    """

    rid: npt.NDArray[np.uint64]
    net: npt.NDArray[np.int32]
    t: Ints
    place: Ints
    weight: npt.NDArray[np.float64]
    sort: npt.NDArray[np.int8]
    item: npt.NDArray[np.uint64]
    version: npt.NDArray[np.int32]
    text: npt.NDArray[np.uint64]
    name: npt.NDArray[np.uint64]
    pictures: npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Tracks:
    """Subjects, sorted by network, kind and value, and the sightings of each in order of time.

    Attributes:
        networks: string[networks], ids by number.
        places: all places.
        seen: all sightings.
        kind: int8[s], position in `KINDS`; value: string[s]; net: int32[s].
        start: int64[s + 1], where the sightings of each begin in ``row``.
        row: int64[m], rows of ``seen``.
        now: the time of the last record, in seconds.
    """

    networks: pa.Array
    places: Places
    seen: Sightings
    kind: npt.NDArray[np.int8]
    value: pa.Array
    net: npt.NDArray[np.int32]
    start: Ints
    row: Ints
    now: int

    def until(self, t: int) -> Tracks:
        """As they were at a time: what was seen later is not there."""
        kept = self.seen.t[self.row] <= t
        before = np.append(0, np.cumsum(kept))
        return Tracks(
            self.networks, self.places, self.seen, self.kind, self.value, self.net, before[self.start],
            self.row[kept], t,
        )  # fmt: skip


def read_tracks(engine: Engine) -> Tracks:
    """Read ``records``, ``mentions``, ``changes``, ``ties`` and what match and link made."""
    networks, table = read_evidence(engine)
    places = Places.of(table.column("place"))
    seen = _settled(_sightings(table, places), places)
    try:
        given = {"rid": pa.array(seen.rid), "net": pa.array(seen.net), "row": pa.array(np.arange(len(seen.rid)))}
        engine.register({"trace_seen": pa.table(given | {n: table.column(n) for n in ("who_kind", "who")})})
        engine.register({"trace_desks": pa.table({"value": desk_numbers(engine)})})
        engine.run(_SHOWN)
        engine.run(_FOLLOWED)
        subjects = engine.sql(_SUBJECTS).combine_chunks()
        points = engine.sql(_POINTS)
    finally:
        engine.forget("trace_seen")
        engine.forget("trace_desks")
        for name in _MADE:
            engine.run(f"DROP TABLE IF EXISTS temp.{name}")
    # Rows are in the order of time, so that one sort of one number puts the sightings of each subject in order.
    key = points.column("subject").to_numpy().astype(np.int64) << 32 | points.column("row").to_numpy()
    key.sort()
    count = subjects.num_rows
    return Tracks(
        networks,
        places,
        seen,
        subjects.column("kind").to_numpy().astype(np.int8),
        pa.concat_arrays([pa.array([], pa.string()), *subjects.column("value").chunks]),
        subjects.column("net").to_numpy().astype(np.int32),
        np.searchsorted(key, np.arange(count + 1, dtype=np.int64) << 32),
        key & 0xFFFFFFFF,
        int(engine.row(_NOW)[0]),
    )


def _sightings(table: pa.Table, places: Places) -> Sightings:
    """The columns of the evidence, which is in the order of time."""
    sort = table.column("sort").to_numpy().astype(np.int8)
    return Sightings(
        table.column("rid").to_numpy().astype(np.uint64),
        table.column("net").to_numpy().astype(np.int32),
        table.column("t").to_numpy().astype(np.int64),
        places.codes(table.column("place")),
        np.array([s.weight for s in SORTS])[sort],
        sort,
        table.column("item").to_numpy().astype(np.uint64),
        table.column("version").to_numpy().astype(np.int32),
        table.column("text").to_numpy().astype(np.uint64),
        table.column("name").to_numpy().astype(np.uint64),
        table.column("pictures").to_numpy().astype(np.uint64),
    )


def _settled(seen: Sightings, places: Places) -> Sightings:
    """Where a name was read as several places (Córdoba in Spain, in Argentina), the one that most sightings of the
    network mean: a misread name must not make a journey."""
    alike = places.names_alike
    shared = np.bincount(alike, minlength=1)[alike] > 1 if len(alike) else np.zeros(0, np.bool_)
    rows = np.flatnonzero(shared[seen.place])
    if not len(rows):
        return seen
    group = seen.net[rows].astype(np.int64) * len(alike) + alike[seen.place[rows]]
    pair, inverse, count = np.unique(
        np.stack([group, seen.place[rows]]), axis=1, return_inverse=True, return_counts=True
    )
    order = np.lexsort((pair[1], -count, pair[0]))
    first = np.append(True, pair[0][order][1:] != pair[0][order][:-1])
    meant = pair[1][order][first]
    where = np.searchsorted(pair[0][order][first], pair[0])
    place = seen.place.copy()
    place[rows] = meant[where][inverse.reshape(-1)]
    return seen._replace(place=place)


def label(tracks: Tracks, subjects: Ints) -> pa.Array:
    """What subjects are called in tables: ``phone:+31…``."""
    kinds = pa.array(KINDS).take(pa.array(tracks.kind[subjects].astype(np.int64)))
    return pc.binary_join_element_wise(kinds, tracks.value.take(pa.array(subjects)), ":")
