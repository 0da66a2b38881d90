"""How often subjects go on: a rate of moves a day, from one sighting to the next."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from clew.trace.movement.find import Found
from clew.trace.movement.follow import subject_of
from clew.trace.movement.places import Floats, Ints

DAY = 86_400
GAP_MOST = 30.0  # days; a longer silence counts as so long
_BRIEF_DAYS = 0.25  # nobody is taken to have moved in so short a time
_NET_DAYS, _WORLD_DAYS = 100.0, 30.0  # for how many days of watching the network's rate counts, and that of all

Numbers = Floats | Ints


class Leaving(NamedTuple):
    """How subjects go on, from one sighting to the next.

    Attributes:
        sightings: int64[s].
        rate: float64[s], moves a day.
        gap: float64[s], days from one sighting to the next.
        noise: float64[s], how often the next sighting is elsewhere although there was no time to move: adverts for
            other towns, other people.
    """

    sightings: Ints
    rate: Floats
    gap: Floats
    noise: Floats


def leaving_of(found: Found) -> Leaving:
    """Estimate for every subject: its own, as far as it was watched, else the network's, else that of all."""
    tracks = found.tracks
    size, net = len(tracks.kind), tracks.net.astype(np.int64)
    subject, row = subject_of(tracks.start), tracks.row
    same = subject[1:] == subject[:-1]
    of = subject[1:][same]
    t, place = tracks.seen.t[row], tracks.seen.place[row]
    gap = np.minimum(np.diff(t)[same] / DAY, GAP_MOST)
    moved = (place[1:] != place[:-1])[same]
    brief = gap < _BRIEF_DAYS
    pairs = np.bincount(of, minlength=size)
    noise = _shrunk(np.bincount(of, moved & brief, size), np.bincount(of, brief, size), net, (5, 20))
    real = np.flatnonzero(moved & ~brief)
    of_real, gap_real, until = of[real], gap[real], np.where(brief, 0, gap)
    moves = np.bincount(of_real, 1 - noise[of_real], size)
    rate = np.full(size, 0.2)
    for _ in range(4):  # when within a gap somebody moved is not seen: what is expected at the rate of the round before
        pace = rate[of_real]
        until[real] = 1 / pace - gap_real / np.expm1(np.clip(pace * gap_real, 1e-6, 50))
        days = np.bincount(of, until, size)
        rate = np.clip(_shrunk(moves, days, net, (_NET_DAYS, _WORLD_DAYS)), 1e-3, 10)
    return Leaving(pairs + 1, rate, _shrunk(np.bincount(of, gap, size), pairs, net, (3, 5)), noise)


def _shrunk(count: Numbers, of: Numbers, net: Ints, worth: tuple[float, float]) -> Floats:
    """Counts by what they are out of, where the network's share is worth so much, and in it that of all so much."""
    count_net, of_net = (np.bincount(net, x) for x in (count, of))
    everywhere = count.sum() / max(float(of.sum()), 1.0)
    shared = (count_net + worth[1] * everywhere) / (of_net + worth[1])
    share: Floats = (count + worth[0] * shared[net]) / (of + worth[0])
    return share
