"""Tickets and bookings in messages: who travels from where to where and when, who sleeps where from when to when.

A booking is a text with lines of a label and a value ("Passenger: …", "Von: …"), in any of some fifteen languages
(data/bookings.toml), or with one line "Paris → Lyon". It counts where it names a person, a place that the gazetteer
knows and a day within a year of the message. Every rule reads a bounded part of a text, in linear time.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clew.engine.duckdb import Engine
from clew.extract._gazetteer import gazetteer
from clew.extract.fold import fold, text_buffers
from clew.extract.place import great_circle
from clew.trace.movement.days import seconds
from clew.trace.movement.places import Ints

_LONG = 6_000  # characters of a text that are read
_MOST = 200_000  # bookings that are read
_YEAR = 366 * 86_400
_LEAST_PEOPLE = 3_000  # of a place
_TRAIN_KMH = 100.0
# What a value must look like: a day holds a figure, a place or name begins with none.
_WORDS, _DAY = r"(?P<said>[^\d\s][^\r\n]{1,99})", r"(?P<said>[^\r\n\d]{0,30}\d[^\r\n]{0,60})"
_VALUES = {
    "who": ("who", _WORDS), "from": ("from", _WORDS), "to": ("to", _WORDS), "where": ("where", _WORDS),
    "leaves": ("leaves", _WORDS), "reaches": ("reaches", _WORDS), "date": ("date", _DAY), "left": ("leaves", _DAY),
    "reached": ("reaches", _DAY), "begin": ("begin", _DAY), "end": ("end", _DAY), "nights": ("nights", _DAY),
}  # fmt: skip
_ROUTE = r"(?m)^[^\n:：→]{0,30}[:：]?[ \t]*(?P<a>[^\n:：→]{2,50}?)[ \t]*(?:→|->|=>|➔|➜|⟶|–>)[ \t]*(?P<b>[^\n→]{2,50})"

_TEXTS = """
SELECT t.rid, t.t, left(r.body, $long) AS body FROM trace_timed t JOIN records r USING (rid)
WHERE t.message AND length(r.body) BETWEEN 20 AND 100000 AND regexp_matches(left(r.body, $long), $who)
ORDER BY t.rid LIMIT $most
"""
# A passenger who is called in the network as an advert calls somebody is taken to be her.
_KNOWN = """
WITH called AS (
    SELECT DISTINCT t.net, lower(n.value) AS first, n.value FROM trace_names n JOIN trace_timed t USING (rid)
)
SELECT t.* EXCLUDE (t), j.t, j.place, 1::TINYINT AS who_kind, coalesce(c.value, j.who) AS who, $sort::TINYINT AS sort
FROM journeys j JOIN trace_timed t USING (rid)
LEFT JOIN called c ON c.net = t.net AND c.first = lower(split_part(j.who, ' ', 1))
"""


@cache
def _rules() -> dict[str, str]:
    """For each field, a rule that reads its value from a line."""
    text = resources.files("clew.trace.movement").joinpath("data", "bookings.toml").read_text("utf-8")
    labels = tomllib.loads(text)["labels"]
    begin, end = r"(?im)^[ \t>*|•-]{0,6}(?:", r")[ \t]{0,20}[:：][ \t|]{0,20}"
    return {name: begin + "|".join(labels[label]) + end + value for name, (label, value) in _VALUES.items()}


def read_bookings(engine: Engine, sort: int) -> pa.Table:
    """Sightings of people whom a booking names: where a journey begins and ends, where and when they sleep.

    Args:
        engine: holds ``records``, and ``trace_timed`` and ``trace_names`` of `evidence`.
        sort: the position of bookings in its list of sorts.
    """
    rules = _rules()
    texts = engine.sql(_TEXTS, params={"long": _LONG, "who": rules["who"], "most": _MOST})
    journeys = _journeys(texts.combine_chunks(), rules)
    try:
        return engine.sql(_KNOWN, {"journeys": journeys}, params={"sort": sort})
    finally:
        engine.forget("journeys")


def _journeys(texts: pa.Table, rules: dict[str, str]) -> pa.Table:
    """rid, t, place, who: one row a person and end of a journey or stay."""
    body = _one(texts.column("body"))
    said = {name: _group(body, rule) for name, rule in rules.items()}
    sent = texts.column("t").to_numpy()
    place = {name: places_in(said[name]) for name in ("from", "to", "where")}
    for name, part in (("from", "leaves"), ("to", "reaches")):
        place[name] = np.where(place[name] < 0, places_in(said[part]), place[name])
    route = pc.extract_regex(body, _ROUTE)
    for name, part in (("from", "a"), ("to", "b")):
        place[name] = np.where(place[name] < 0, places_in(pc.struct_field(route, part)), place[name])
    day = {name: _near(seconds(said[name]), sent) for name in ("date", "left", "reached", "begin", "end")}
    left = _first(day["left"], day["date"], day["begin"])
    reached = np.where(day["reached"] > left, day["reached"], left + _ride(place["from"], place["to"]))
    nights = _count(said["nights"])
    until = np.where((day["end"] < day["begin"]) & (nights > 0), day["begin"] + nights * 86_400, day["end"])
    travels = (place["from"] >= 0) & (place["to"] >= 0) & (place["from"] != place["to"]) & (left >= 0)
    sleeps = ~travels & (place["where"] >= 0) & (day["begin"] >= 0) & (until > day["begin"])
    rows, where, when = [], [], []
    for chosen, spot, time in (
        (travels, place["from"], left), (travels, place["to"], reached),
        (sleeps, place["where"], day["begin"]), (sleeps, place["where"], until),
    ):  # fmt: skip
        rows.append(np.flatnonzero(chosen))
        where.append(spot[chosen])
        when.append(time[chosen])
    row = np.concatenate(rows)
    people = _people(said["who"])
    counts = pc.list_value_length(people).fill_null(0).to_numpy(zero_copy_only=False)
    each = np.repeat(np.arange(len(row)), counts[row])
    names = pc.list_flatten(people.take(pa.array(row)))
    made = {
        "rid": texts.column("rid").take(pa.array(row[each])),
        "t": pa.array(np.concatenate(when)[each].astype(np.int64)),
        "place": gazetteer().value.take(pa.array(np.concatenate(where)[each].astype(np.int64))),
        "who": names,
    }
    table = pa.table(made)
    return table.filter(pc.greater_equal(pc.utf8_length(table.column("who")), 2))


def _one(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays([pa.array([], pa.string()), *column.chunks])


def _group(texts: pa.Array, rule: str) -> pa.Array:
    """string[n], what the rule reads, null for nothing."""
    found: pa.Array = pc.struct_field(pc.extract_regex(texts, rule), "said")
    return found


def _count(texts: pa.Array) -> Ints:
    """int64[n], the first number up to 99 of each text; 0 for none."""
    found = pc.struct_field(pc.extract_regex(pc.fill_null(texts, ""), r"\b(?P<n>\d{1,2})\b"), "n")
    count: Ints = pc.fill_null(pc.cast(found, pa.int64()), 0).to_numpy(zero_copy_only=False)
    return count


def _first(*days: Ints) -> Ints:
    """The first that is known; -1 for none."""
    out = days[0]
    for other in days[1:]:
        out = np.where(out < 0, other, out)
    return out


def _near(day: Ints, sent: Ints) -> Ints:
    """Days within a year of the message; -1 for others: a date of birth is no journey."""
    return np.where((day >= 0) & (np.abs(day - sent) <= _YEAR), day, -1)


def _ride(a: Ints, b: Ints) -> Ints:
    """Seconds that a journey takes where the ticket does not say, at the pace of a train."""
    known = gazetteer()
    p, q = (np.radians(known.latitude[np.maximum(x, 0)].astype(np.float64)) for x in (a, b))
    east = np.radians((known.longitude[np.maximum(b, 0)] - known.longitude[np.maximum(a, 0)]).astype(np.float64))
    km = great_circle(p, q, east)
    hours = np.minimum(km / _TRAIN_KMH, 3.0 + km / 700.0)
    ride: Ints = (hours * 3_600).astype(np.int64)
    return ride


def places_in(texts: pa.Array) -> Ints:
    """int64[n], the place that each text names, the largest where it names several ("Gare du Nord, Paris"); -1."""
    known = gazetteer()
    given = pc.fill_null(texts, "")
    hits = known.phrases.find(fold(*text_buffers(given)))
    likeliest = known.first[hits.phrase]
    good = np.flatnonzero(known.score[likeliest] >= _LEAST_PEOPLE)
    out = np.full(len(texts), -1)
    order = good[np.argsort(-known.score[likeliest[good]], kind="stable")]
    record, first = np.unique(hits.record[order], return_index=True)
    out[record] = known.place[likeliest[order][first]]
    return out


def _people(texts: pa.Array) -> pa.Array:
    """list<string>[n], the names in a value: "Ms Anna Kowalska, Maria Nowak (adult)" are two."""
    plain = pc.replace_substring_regex(pc.fill_null(texts, ""), r"\([^)]{0,60}\)|[\d<>\[\]\"*|_]+|\S+@\S+", " ")
    titles = r"(?i)(^|[\s,;/&+])(?:mrs?|ms|miss|dr|herr|frau|mevr|dhr|mme|mlle|sra?|sig(?:ra)?|pan|pani|adults?)\.?\s"
    plain = pc.replace_substring_regex(plain, titles, r"\1 ")
    parts = pc.split_pattern_regex(plain, r"(?i)\s*[,;/&+]\s*|\s+(?:and|en|und|et|y|e|i|și|és|a|и|і|ve|και|och|og)\s+")
    names = pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(pc.list_flatten(parts)), 0, 60)
    names = pc.replace_substring_regex(names, r"\s+", " ")
    return pa.ListArray.from_arrays(parts.offsets, names)
