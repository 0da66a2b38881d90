"""The tables of movement, each sorted by network, subject and time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clew.engine.order import order_by
from clew.model.traced import CLASHES, FORECASTS, MOVES, PATTERNS, STAYS
from clew.trace.movement import patterns as shapes
from clew.trace.movement.find import Found
from clew.trace.movement.forecast import NEW_PLACE, Forecast
from clew.trace.movement.places import Floats, Ints
from clew.trace.movement.sightings import Tracks, label
from clew.trace.movement.stays import HOW

_TIME = pa.timestamp("us", tz="UTC")
_MOST_PLACES = 12  # that a pattern lists
_SHOWN = 0.02  # chances below this are not listed
_NAMED = 3  # likeliest places of a forecast


def stays_table(found: Found) -> pa.Table:
    """STAYS."""
    tracks, stays = found.tracks, found.stays
    order = order_by(stays.subject, stays.first, stays.last, stays.way)
    size = (stays.end - stays.begin)[order]
    start = np.append(0, np.cumsum(size))
    at = np.repeat(stays.begin[order] - start[:-1], size) + np.arange(start[-1])
    columns = [
        _network(tracks, stays.subject[order]),
        label(tracks, stays.subject[order]),
        tracks.places.names(stays.place[order]),
        _time(stays.first[order]),
        _time(stays.last[order]),
        pa.array(stays.certainty[order].astype(np.float32)),
        _lists(start, tracks.seen.rid[tracks.row[stays.order[at]]]),
    ]
    return pa.table(columns, schema=STAYS)


def moves_table(found: Found) -> pa.Table:
    """MOVES."""
    tracks, stays, moves = found.tracks, found.stays, found.moves
    order = order_by(stays.subject[moves.b], stays.first[moves.b], stays.way[moves.b])
    a, b = moves.a[order], moves.b[order]
    ends = np.stack([stays.order[stays.end[a] - 1], stays.order[stays.begin[b]]], axis=1)
    columns = [
        _network(tracks, stays.subject[b]),
        label(tracks, stays.subject[b]),
        tracks.places.names(stays.place[a]),
        tracks.places.names(stays.place[b]),
        _time(stays.last[a]),
        _time(stays.first[b]),
        pa.array(HOW).take(pa.array(moves.how[order])),
        pa.array(moves.km[order].astype(np.float32), from_pandas=True),
        pa.array(moves.certainty[order].astype(np.float32)),
        _lists(np.arange(len(a) + 1) * 2, tracks.seen.rid[tracks.row[ends]].ravel()),
    ]
    return pa.table(columns, schema=MOVES)


def clashes_table(found: Found) -> pa.Table:
    """CLASHES."""
    tracks, clash = found.tracks, found.clashes
    order = order_by(clash.subject, clash.a, clash.b)
    a, b = (tracks.row[x[order]] for x in (clash.a, clash.b))
    place = [tracks.places.names(tracks.seen.place[row]) for row in (a, b)]
    seconds = tracks.seen.t[b] - tracks.seen.t[a]
    times = clash.times[order]
    again = pc.if_else(pa.array(times > 1), _joined(" These two places clash ", times, " times."), "")
    reason = _joined(
        place[0], " and ", place[1], " lie ", np.round(clash.km[order]).astype(np.int64), " km apart, ", _span(seconds),
        " between them; the fastest journey takes ", _tenths(clash.needed[order]), " hours.", again,
        " Two people, or a post made ahead, through a relay, or for a place where nobody was.",
    )  # fmt: skip
    columns = [
        _network(tracks, clash.subject[order]),
        label(tracks, clash.subject[order]),
        *place,
        _time(tracks.seen.t[a]),
        _time(tracks.seen.t[b]),
        pa.array(clash.km[order].astype(np.float32)),
        pa.array(clash.needed[order].astype(np.float32)),
        reason,
        _lists(np.arange(len(a) + 1) * 2, tracks.seen.rid[np.stack([a, b], axis=1)].ravel()),
    ]
    return pa.table(columns, schema=CLASHES)


def patterns_table(found: Found) -> pa.Table:
    """PATTERNS: of networks, then of subjects that move."""
    tracks = found.tracks
    whole, single = shapes.network_shapes(found), shapes.subject_shapes(found)
    net = tracks.net[found.stays.subject].astype(np.int64)
    parts = []
    for found_shapes, group, of_net, names in (
        (whole, net, whole.group, pa.array([""] * len(whole.group), pa.string())),
        (single, found.stays.subject, tracks.net[single.group].astype(np.int64), label(tracks, single.group)),
    ):
        columns = [
            tracks.networks.take(pa.array(of_net)),
            names,
            pa.array(shapes.PATTERNS).take(pa.array(found_shapes.pattern)),
            pa.array(found_shapes.confidence.astype(np.float32)),
            _place_lists(tracks, found_shapes.group, group, found.stays.place, found.stays.end - found.stays.begin),
            _shape_reason(tracks, found_shapes),
        ]
        parts.append(pa.table(columns, schema=PATTERNS))
    return pa.concat_tables(parts).combine_chunks()


def _shape_reason(tracks: Tracks, found: shapes.Shapes) -> pa.Array:
    """One sentence for each pattern."""
    main = tracks.places.names(found.main)
    share = np.round(100 * found.share).astype(np.int64)
    tours = " Independent workers tour, too: a tour alone shows no control."
    between = _joined(found.moves, " moves between ", found.places, " places")
    sentences = (
        _joined(share, "% of ", between, " leave ", main, " or come back to it.", tours),
        _joined(between, "; from a place that was left before, ", share, "% go the same way again.", tours),
        _joined(between, " in no order that repeats."),
        _joined(share, "% of ", found.seen, " sightings are in ", main, "."),
    )
    return pc.choose(pa.array(found.pattern), *sentences)


def _place_lists(tracks: Tracks, wanted: Ints, group: Ints, place: Ints, count: Ints) -> pa.Array:
    """The places of groups, those of most sightings first."""
    width = int(place.max(initial=0)) + 1
    key, inverse = np.unique(group * width + place, return_inverse=True)
    seen = np.bincount(inverse, count, len(key))
    order = order_by(key // width, -seen, key)
    of = key[order] // width
    rank = np.arange(len(of)) - np.searchsorted(of, of)
    kept = (rank < _MOST_PLACES) & np.isin(of, wanted)
    start = np.searchsorted(of[kept], np.append(wanted, np.iinfo(np.int64).max))
    names = tracks.places.names(key[order][kept] % width)
    return pa.ListArray.from_arrays(pa.array(start.astype(np.int32)), names)


def forecasts_table(found: Found, expected: Forecast) -> pa.Table:
    """FORECASTS: of each subject the likeliest places, and a new one."""
    tracks = found.tracks
    chance = np.column_stack([expected.chance[:, :_NAMED], expected.new])
    place = np.column_stack([expected.place[:, :_NAMED], np.full(len(expected.subject), len(tracks.places.value))])
    frequent = np.column_stack([expected.frequent[:, :_NAMED], np.zeros(len(expected.subject))])
    order = np.argsort(-chance, axis=1, kind="stable")
    chance, place, frequent = (np.take_along_axis(x, order, 1) for x in (chance, place, frequent))
    listed = (chance >= _SHOWN) & (place >= 0)
    row, _ = np.nonzero(listed)
    rank = np.cumsum(listed, axis=1)[listed]
    names = pa.concat_arrays([tracks.places.value, pa.array([NEW_PLACE])])
    subject = expected.subject[row]
    columns = [
        _network(tracks, subject),
        label(tracks, subject),
        names.take(pa.array(place[listed])),
        pa.array(rank.astype(np.int64)),
        pa.array(chance[listed].astype(np.float32)),
        pa.array(frequent[listed].astype(np.float32)),
        _forecast_reason(tracks, expected, row, place[listed], frequent[listed]),
    ]
    return pa.table(columns, schema=FORECASTS)


def _forecast_reason(tracks: Tracks, expected: Forecast, row: Ints, place: Ints, frequent: Floats) -> pa.Array:
    """One sentence for each chance."""
    moves, days = expected.moves[row], expected.days[row]
    share = np.round(100 * frequent).astype(np.int64)
    times, within = (pc.if_else(pa.array(n == 1), one, more) for n, one, more in (
        (moves, " time in ", " times in "), (days, " day.", " days.")))  # fmt: skip
    here = _joined("It was last seen here, and was seen to move ", moves, times, days, within)
    known = _joined(share, "% of its sightings were here.")
    other = pa.array(["Others of the network were seen here."] * len(row), pa.string())
    new = pa.array(["The network was not seen there yet."] * len(row), pa.string())
    booked = _joined("A booking names it, for ", pc.strftime(_time(expected.booked_at[row]), "%Y-%m-%d"), ".")
    which = np.where(
        place == len(tracks.places.value), 3, np.where(place == expected.current[row], 0, np.where(share > 0, 1, 2))
    )
    which = np.where(place == expected.booked[row], 4, which)
    return pc.choose(pa.array(which), here, known, other, new, booked)


def _network(tracks: Tracks, subject: Ints) -> pa.Array:
    return tracks.networks.take(pa.array(tracks.net[subject].astype(np.int64)))


def _time(seconds: Ints) -> pa.Array:
    return pa.array(seconds * 1_000_000, pa.int64()).cast(_TIME)


def _lists(start: Ints, rid: npt.NDArray[np.uint64]) -> pa.Array:
    return pa.ListArray.from_arrays(pa.array(start.astype(np.int32)), pa.array(rid))


def _joined(*parts: str | Ints | pa.Array) -> pa.Array:
    """Text put together row by row."""
    texts = [pa.array(part).cast(pa.string()) if isinstance(part, np.ndarray) else part for part in parts]
    return pc.binary_join_element_wise(*[pa.scalar(t) if isinstance(t, str) else t for t in texts], "")


def _tenths(values: Floats) -> pa.Array:
    """Numbers with one decimal."""
    tenths = np.round(values * 10).astype(np.int64)
    return _joined(tenths // 10, ".", tenths % 10)


def _span(seconds: Ints) -> pa.Array:
    """A length of time in words."""
    minutes = seconds // 60
    hours = _joined(_tenths(seconds / 3600), " hours")
    return pc.if_else(
        pa.array(minutes >= 120), hours, _joined(minutes, pc.if_else(pa.array(minutes == 1), " minute", " minutes"))
    )
