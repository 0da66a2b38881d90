"""How a network, or one subject, moves: about a hub, round a circuit, scattered, or not at all.

A tour of places looks alike whoever decides on it: nothing here says whether somebody tours freely.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from clew.engine.order import order_by
from clew.trace.movement.find import Found
from clew.trace.movement.places import Flags, Floats, Ints
from clew.trace.movement.sightings import KINDS
from clew.trace.movement.stays import Moves, Stays

PATTERNS = ("hub", "circuit", "scatter", "still")
HUB, CIRCUIT, SCATTER, STILL = range(4)
_STILL = 0.9  # share of the sightings at one place
_HUB = 0.8  # share of the moves that leave one place or come back to it
_CIRCUIT = 0.55  # share of the moves that go where one went from here before
_LEAST_MOVES = 3
_LEAST_SEEN = 3


class Shapes(NamedTuple):
    """One row a group (network or subject) that something can be said of.

    Attributes:
        group: int64[g]; pattern: int64[g], position in `PATTERNS`; confidence: float64[g].
        moves, seen, places: int64[g], how many.
        share: float64[g], of moves about the hub, of moves that repeat, or of sightings at one place.
        main: int64[g], the place of most sightings.
    """

    group: Ints
    pattern: Ints
    confidence: Floats
    moves: Ints
    seen: Ints
    places: Ints
    share: Floats
    main: Ints

    def only(self, chosen: Flags) -> Shapes:
        """Some of the groups."""
        return Shapes._make(column[chosen] for column in self)


def network_shapes(found: Found) -> Shapes:
    """The pattern of every network, from the sort of subject that shows most of its moves."""
    stays, moves, tracks = found.stays, found.moves, found.tracks
    size, kinds = len(tracks.networks), len(KINDS)
    kind, net = tracks.kind[stays.subject].astype(np.int64), tracks.net[stays.subject].astype(np.int64)
    moved = np.bincount((net * kinds + kind)[moves.b], minlength=size * kinds).reshape(size, kinds)
    seen = np.bincount(net * kinds + kind, stays.end - stays.begin, size * kinds).reshape(size, kinds)
    best = np.argmax(moved * 1e6 + seen, axis=1)
    return _shapes(net, stays, moves, kind == best[net], size)


def subject_shapes(found: Found) -> Shapes:
    """The pattern of every subject that moves."""
    size = len(found.tracks.kind)
    shapes = _shapes(found.stays.subject, found.stays, found.moves, np.ones(len(found.stays.subject), np.bool_), size)
    moving = shapes.moves >= _LEAST_MOVES
    return shapes.only(moving)


def _shapes(group: Ints, stays: Stays, moves: Moves, chosen: Flags, size: int) -> Shapes:
    """The pattern of groups of stays, as far as stays are chosen."""
    count = np.where(chosen, stays.end - stays.begin, 0)
    seen = np.bincount(group, count, size).astype(np.int64)
    places, main, top = _main_place(group[chosen], stays.place[chosen], count[chosen], size)
    on = chosen[moves.b]
    of, a, b = group[moves.b[on]], stays.place[moves.a[on]], stays.place[moves.b[on]]
    moved = np.bincount(of, minlength=size)
    about = _about(of, a, b, size)
    repeats = _repeats(of, a, b, size)
    share = np.stack([about, repeats, np.zeros(size), top])
    pattern = np.where(repeats >= _CIRCUIT, CIRCUIT, SCATTER)
    pattern = np.where((about >= _HUB) & (places > 2) & (moved > _LEAST_MOVES), HUB, pattern)
    pattern = np.where((moved < _LEAST_MOVES) & (places <= 2), STILL, pattern)
    pattern = np.where(top >= _STILL, STILL, pattern)
    value = share[pattern, np.arange(size)]
    many = np.where(pattern == STILL, seen, moved)
    confidence = (value * many + 0.5) / (many + 2)
    loose = (1 - np.maximum(repeats, np.where(places > 2, about / 2, 0))) * many / (many + 3)
    confidence = np.where(pattern == SCATTER, loose, confidence)
    return Shapes(np.arange(size), pattern, confidence, moved, seen, places, value, main).only(
        (seen >= _LEAST_SEEN) & ((pattern == STILL) | (moved > 0))
    )


def _main_place(group: Ints, place: Ints, count: Ints, size: int) -> tuple[Ints, Ints, Floats]:
    """Of each group: how many places, the one of most sightings, and the share of sightings there."""
    width = int(place.max(initial=0)) + 1
    key, inverse = np.unique(group * width + place, return_inverse=True)
    seen = np.bincount(inverse, count, len(key))
    of = key // width
    order = order_by(of, -seen, key)
    first = np.append(True, of[order][1:] != of[order][:-1])[: len(order)]
    at = order[first]
    main, top = np.full(size, -1), np.zeros(size)
    main[of[at]] = key[at] % width
    top[of[at]] = seen[at] / np.maximum(np.bincount(of, seen, size)[of[at]], 1)
    return np.bincount(of, minlength=size), main, top


def _about(group: Ints, a: Ints, b: Ints, size: int) -> Floats:
    """The largest share of the moves of each group that leave one place or come to it."""
    width = int(max(a.max(initial=0), b.max(initial=0))) + 1
    key, count = np.unique(np.concatenate([group * width + a, group * width + b]), return_counts=True)
    most = np.zeros(size)
    np.maximum.at(most, key // width, count)
    share: Floats = most / np.maximum(np.bincount(group, minlength=size), 1)
    return share


def _repeats(group: Ints, a: Ints, b: Ints, size: int) -> Floats:
    """The share of moves that go where most others go from the same place; a place that was left once says nothing."""
    width = int(max(a.max(initial=0), b.max(initial=0))) + 1
    pair, count = np.unique((group * width + a) * width + b, return_counts=True)
    source, at = np.unique(pair // width, return_inverse=True)
    left = np.bincount(at, count, len(source))
    most = np.zeros(len(source))
    np.maximum.at(most, at, count)
    of = source // width
    again = np.bincount(of, np.where(left > 1, most - 1, 0), size)
    share: Floats = again / np.maximum(np.bincount(of, np.maximum(left - 1, 0), size), 1)
    # One step that was seen twice is no circuit.
    return np.where(np.bincount(of, np.maximum(left - 1, 0), size) >= 2, share, 0.0)
