"""What tells where somebody was: place words, edits, pictures, area codes, check-ins, shared locations, bookings.

An offer and a page say where work is, not where anybody is: they are not looked at, and neither are payments.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from clew.engine.duckdb import Engine
from clew.extract._gazetteer import gazetteer
from clew.link.rows import RowIndex
from clew.trace.movement.bookings import read_bookings
from clew.trace.movement.places import Floats, nearest


class Sort(NamedTuple):
    """One sort of evidence: ``weight``, how likely it is that it tells where somebody was, set by reason."""

    name: str
    weight: float


SORTS = (
    Sort("place", 0.9),  # the place field of an advert
    Sort("title", 0.75),
    Sort("contact", 0.6),
    Sort("text", 0.55),
    Sort("picture", 0.5),  # a picture may be old
    Sort("check-in", 0.6),  # "I am in Utrecht now": what somebody says who is watched
    Sort("location", 0.8),  # a location that was shared
    Sort("booking", 0.75),  # of a journey that may not have been made
    Sort("area", 0.2),  # of a number; it may be anywhere
)
NAMES = tuple(sort.name for sort in SORTS)
PICTURE, CHECK_IN, LOCATION, BOOKING, AREA = (
    NAMES.index(n) for n in ("picture", "check-in", "location", "booking", "area")
)

_NETS = """
CREATE OR REPLACE TEMP TABLE trace_nets AS
SELECT (row_number() OVER (ORDER BY network_id) - 1)::INTEGER AS net, network_id FROM networks
"""
_NAMES = """
CREATE OR REPLACE TEMP TABLE trace_names AS SELECT DISTINCT rid, value FROM mentions WHERE type::VARCHAR = 'name'
"""
_RECORDS = """
SELECT rid, kind = 'message' AS message, epoch(coalesce(posted_at, captured_at))::BIGINT AS t, hash(item_id) AS item,
    version
FROM records WHERE kind IN ('ad', 'image', 'message') AND coalesce(posted_at, captured_at) IS NOT NULL
"""
# What else is known of a record: joined by number below, which is faster than six joins here.
_MORE = {
    "net": "SELECT rid, net AS value FROM network_members JOIN trace_nets USING (network_id)",
    "text": "SELECT rid, hash(template_id) AS value FROM template_members",
    "name": "SELECT rid, hash(min(value)) AS value FROM trace_names GROUP BY rid HAVING count(*) = 1",
    "pictures": "SELECT rid, 1::UBIGINT << (hash(image_id) % 64) AS value FROM image_members",
}
# The first place that a record names, in the surest field.
_NAMED = """
SELECT rid, arg_min(value, r * 4294967296 + start) AS place, min(r)::TINYINT AS sort
FROM (SELECT *, CASE field::VARCHAR WHEN 'place' THEN 0 WHEN 'title' THEN 1 WHEN 'contact' THEN 2 ELSE 3 END AS r
      FROM mentions WHERE type::VARCHAR = 'place')
GROUP BY rid
"""
_SHAPE = {
    "rid": pa.uint64(), "net": pa.int32(), "t": pa.int64(), "item": pa.uint64(), "version": pa.int32(),
    "text": pa.uint64(), "name": pa.uint64(), "pictures": pa.uint64(), "place": pa.string(), "sort": pa.int8(),
    "who_kind": pa.int8(), "who": pa.string(),
}  # fmt: skip
# Coordinates in pictures, of records that name no place.
_PICTURES = """
SELECT rid, min(value) AS point FROM mentions JOIN trace_timed USING (rid)
WHERE type::VARCHAR = 'exif_place' AND NOT message
    AND rid NOT IN (SELECT rid FROM mentions WHERE type::VARCHAR = 'place')
GROUP BY rid ORDER BY rid
"""
# Numbers of adverts of which nothing else tells the place.
_NUMBERS = """
SELECT rid, min(value) AS value FROM ties JOIN trace_timed USING (rid)
WHERE type = 'phone' AND NOT message
    AND rid NOT IN (SELECT rid FROM mentions WHERE type::VARCHAR IN ('place', 'exif_place'))
GROUP BY rid ORDER BY rid
"""
# What the sender of a message says of where he or she is: a check-in with a place in it.
_CHECK_INS = """
SELECT rid, place FROM placed WHERE message AND rid IN (
    SELECT rid FROM mentions WHERE type::VARCHAR = 'wording' AND value = 'check-in') ORDER BY rid
"""
# Locations that were shared: links of maps, and the fields of exports.
_POINT = r"(-?\d{1,2}\.\d{2,12})[^\d.-]{1,40}?(-?\d{1,3}\.\d{2,12})"
_SHARED = r"""
SELECT r.rid, regexp_extract(CASE WHEN contains(r.body, 'maps') THEN left(r.body, 4000) ELSE left(r.extra, 4000) END,
    $rule, ['latitude', 'longitude']) AS point
FROM records r SEMI JOIN (SELECT rid FROM trace_timed WHERE message) USING (rid)
WHERE (contains(r.body, 'maps') AND regexp_matches(left(r.body, 4000), $rule))
    OR (contains(r.extra, 'latitude') AND regexp_matches(left(r.extra, 4000), $rule))
ORDER BY r.rid
"""
_MAPS = rf"(?i)(?:maps[^\s]{{0,60}}?[=@/]|latitude\D{{1,8}}){_POINT}"
# The sender of a message by the surest thing that is known: number, handle, name.
_SENDERS = """
SELECT rid, who_kind, who FROM (
    SELECT m.rid, CASE m.type::VARCHAR WHEN 'phone' THEN 0 ELSE 2 END::TINYINT AS who_kind, m.value AS who
    FROM mentions m JOIN told USING (rid)
    WHERE m.field::VARCHAR = 'handle' AND m.type::VARCHAR IN ('phone', 'handle')
    UNION ALL
    SELECT r.rid, 1, r.handle FROM records r JOIN told USING (rid) WHERE r.handle <> ''
) QUALIFY row_number() OVER (PARTITION BY rid ORDER BY CASE who_kind WHEN 0 THEN 0 WHEN 2 THEN 1 ELSE 2 END, who) = 1
"""


def read_evidence(engine: Engine) -> tuple[pa.Array, pa.Table]:
    """The ids of the networks, and all evidence in the order of time and record.

    Returns:
        Ids by number; columns rid, net, t (seconds), place, sort (position in `SORTS`), item, version, text (its
        family, 0: none), name (the one it names, 0: none or several), pictures (a bit for each, of 64), and who was
        seen, where that is one person of a message or ticket (who_kind, who), else null.
    """
    try:
        engine.run(_NETS)
        engine.run(_NAMES)
        ids = engine.sql("SELECT network_id FROM trace_nets ORDER BY net").column(0)
        records, placed = _records(engine)
        engine.register({"trace_timed": records})
        known = pc.unique(placed.column("place"))
        parts = [placed.filter(pc.invert(placed.column("message")))]
        if pc.any(records.column("message")).as_py():
            parts += [*_of_messages(engine, known, placed), read_bookings(engine, BOOKING)]
        if parts[0].num_rows < records.num_rows:
            parts += [_of_pictures(engine, known), _of_areas(engine)]
        found = pa.concat_tables([_shaped(part) for part in parts]).combine_chunks()
    finally:
        engine.forget("trace_timed")
        engine.run("DROP TABLE IF EXISTS temp.trace_nets")
    return pa.concat_arrays([pa.array([], pa.string()), *ids.chunks]), _in_order(found)


def _records(engine: Engine) -> tuple[pa.Table, pa.Table]:
    """The records of networks that may tell of a place, and those of them that name one, with place and sort."""
    found = engine.sql(_RECORDS)
    order = np.argsort(found.column("rid").to_numpy())
    columns = {name: found.column(name).to_numpy(zero_copy_only=False)[order] for name in found.column_names}
    index = RowIndex(columns["rid"].astype(np.uint64))
    for name, query in _MORE.items():
        more = engine.sql(query)
        at = index.rows(more.column("rid").to_numpy().astype(np.uint64))
        value = more.column("value").to_numpy()[at >= 0]
        columns[name] = np.full(len(order), -1 if name == "net" else 0, np.int32 if name == "net" else np.uint64)
        if name == "pictures":
            np.bitwise_or.at(columns[name], at[at >= 0], value.astype(np.uint64))
        else:
            columns[name][at[at >= 0]] = value
    named = engine.sql(_NAMED)
    at = index.rows(named.column("rid").to_numpy().astype(np.uint64))
    kept = np.flatnonzero((at >= 0) & (np.append(columns["net"], -1)[at] >= 0))
    placed = pa.table({name: values[at[kept]] for name, values in columns.items()})
    for name in ("place", "sort"):
        placed = placed.append_column(name, named.column(name).take(pa.array(kept)))
    held = columns["net"] >= 0
    return pa.table({name: values[held] for name, values in columns.items()}), placed


def _shaped(part: pa.Table) -> pa.Table:
    columns = {}
    for name, kind in _SHAPE.items():
        given = name in part.column_names
        columns[name] = part.column(name).cast(kind) if given else pa.nulls(part.num_rows, kind)
    return pa.table(columns)


def _in_order(found: pa.Table) -> pa.Table:
    """Sorted by time, record, sort and who: nothing of the order of rows is left."""
    keys = [("t", "ascending"), ("rid", "ascending"), ("sort", "ascending"), ("who", "ascending")]
    several = pc.any(pc.is_valid(found.column("who"))).as_py()
    return found.take(pc.sort_indices(found, sort_keys=keys if several else keys[:2]))


def _with_record(engine: Engine, found: pa.Table, sort: int) -> pa.Table:
    """Places of records with what is known of the records; without those of no place."""
    given = found.filter(pc.is_valid(found.column("place")))
    try:
        return engine.sql(
            f"SELECT t.*, g.place, {sort}::TINYINT AS sort FROM trace_timed t JOIN given g USING (rid)",
            {"given": given},
        )
    finally:
        engine.forget("given")


def _of_pictures(engine: Engine, known: pa.Array) -> pa.Table:
    """Sightings by the coordinates in pictures."""
    found = engine.sql(_PICTURES)
    parts = pc.split_pattern(found.column("point").combine_chunks(), ",")
    lat, lon = (_numbers(pc.list_element(parts, at)) if found.num_rows else np.zeros(0) for at in (0, 1))
    places = nearest(lat, lon, known)
    return _with_record(engine, pa.table({"rid": found.column("rid"), "place": places}), PICTURE)


def _numbers(texts: pa.Array) -> Floats:
    """Numbers in texts that a rule let through."""
    return np.asarray(pc.cast(texts, pa.float64()).to_numpy(zero_copy_only=False), np.float64)


def _of_messages(engine: Engine, known: pa.Array, placed: pa.Table) -> tuple[pa.Table, ...]:
    """Sightings of who writes: check-ins and shared locations."""
    try:
        said = _with_record(engine, engine.sql(_CHECK_INS, {"placed": placed}), CHECK_IN)
    finally:
        engine.forget("placed")
    points = engine.sql(_SHARED, params={"rule": _MAPS})
    lat, lon = (
        _numbers(pc.struct_field(points.column("point").combine_chunks(), name)) if points.num_rows else np.zeros(0)
        for name in ("latitude", "longitude")
    )
    places = nearest(lat, lon, known)
    shared = _with_record(engine, pa.table({"rid": points.column("rid"), "place": places}), LOCATION)
    told = pa.concat_tables([said, shared])
    try:
        senders = engine.sql(_SENDERS, {"told": told})
        return (engine.sql("SELECT * FROM told JOIN senders USING (rid)", {"senders": senders}),)
    finally:
        engine.forget("told")
        engine.forget("senders")


def _of_areas(engine: Engine) -> pa.Table:
    """Sightings by the area codes of numbers."""
    found = engine.sql(_NUMBERS)
    places = areas(found.column("value")) if found.num_rows else pa.nulls(0, pa.string())
    return _with_record(engine, pa.table({"rid": found.column("rid"), "place": places}), AREA)


def areas(numbers: pa.ChunkedArray) -> pa.Array:
    """string[n], the place of each number's area code; null for those of no area, as of mobiles."""
    prefixes, place = _area_codes()
    found = pa.nulls(len(numbers), pa.string())
    for length in range(9, 3, -1):  # the longest that is known says most
        if known := prefixes.get(length):
            at = pc.index_in(pc.utf8_slice_codeunits(numbers, 1, 1 + length), value_set=pa.array(known))
            found = pc.coalesce(found, pa.array(place[length]).take(at))
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


@cache
def _area_codes() -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """Prefixes of numbers by their length, and the place of each, from libphonenumber's tables."""
    from phonenumbers.geodata import GEOCODE_DATA

    known = set(gazetteer().value.to_pylist())
    prefixes, place = dict[int, list[str]](), dict[int, list[str]]()
    for prefix, names in GEOCODE_DATA.items():
        codes = (prefix[:n] for n in (1, 2, 3) if int(prefix[:n]) in COUNTRY_CODE_TO_REGION_CODE)
        country = COUNTRY_CODE_TO_REGION_CODE[int(next(codes))][0]
        named = f"{names.get('en') or next(iter(names.values()))}, {country}"
        if named in known:
            prefixes.setdefault(len(prefix), []).append(prefix)
            place.setdefault(len(prefix), []).append(named)
    return prefixes, place
