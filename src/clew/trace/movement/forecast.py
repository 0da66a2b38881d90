"""Where next, with a probability: whether it goes on before it is seen again, and where to.

Both are answered from the subject itself as far as it was seen, then from its network, then from all: a rate of moves a
day, and a Markov chain that looks two places back, then one, then none. What was longer ago counts less.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from clew.engine.order import order_by
from clew.trace.movement.chances import Asked, Rows, Visits, expect
from clew.trace.movement.evidence import BOOKING
from clew.trace.movement.find import Found
from clew.trace.movement.follow import subject_of
from clew.trace.movement.leaving import DAY, leaving_of
from clew.trace.movement.places import Flags, Floats, Ints
from clew.trace.movement.sightings import Tracks

NEW_PLACE = "a new place"
ACTIVE_DAYS = 30  # who was not seen for so long is not looked for
LEAST = 3  # sightings
# Set on simulated worlds of seeds 401 and 402; see the benchmark.
_RETURN = 0.5  # of the share of a place in all sightings: who left it may be back when seen next
_HALF_LIFE = 45.0  # days after which what was seen counts for half
_OUT_WORTH, _OUT_LATER = 4.0, 0.9  # moves for which the rate of new places in all networks counts; they become rarer
_PASS_ON = np.array([0.15, 0.15, 1.0, 8.0, 8.0, 8.0, 8.0])  # see `chances`
_BOOKED = 0.75  # chance that a journey that was booked is made
_TEMPER = 0.7  # how much chances are drawn to each other
_MOST_VISITS = 3_000  # of a network that are looked at
_LISTED = 8  # candidates kept of each subject


class Forecast(NamedTuple):
    """What is expected of each subject that was seen lately.

    Attributes:
        subject: int64[k]; current: int64[k], where it was last.
        place: int64[k, 8], the likeliest places, the current one among them; -1 for none.
        chance: float64[k, 8], of each, sorted from the highest.
        frequent: float64[k, 8], the share of the subject's sightings there.
        new: float64[k], probability of a place where the network was never seen.
        moves: int64[k], how often it was seen to move; days: int64[k], within how many days.
        booked: int64[k], the place that a booking names for later; -1 for none; booked_at: int64[k], for when.
    """

    subject: Ints
    current: Ints
    place: Ints
    chance: Floats
    frequent: Floats
    new: Floats
    moves: Ints
    days: Ints
    booked: Ints
    booked_at: Ints


class _Paths(NamedTuple):
    """Visits of the ways that are followed on, by network, subject and time."""

    net: Ints
    subject: Ints
    t: Ints
    visits: Visits


def forecast(found: Found, movers: bool = True) -> Forecast:
    """Expect where subjects are seen next.

    Args:
        found: what is known.
        movers: only subjects that were in two places or more.
    """
    tracks, stays = found.tracks, found.stays
    on = stays.way == _last_way(found)[stays.subject]
    leaving, paths = leaving_of(found), _paths(found, on)
    final = np.full(len(tracks.kind), -1)
    final[stays.subject[on]] = np.flatnonzero(on)  # stays are in order: the last one stays
    moves = np.bincount(paths.subject[paths.visits.before >= 0], minlength=len(tracks.kind))
    lately = np.zeros(len(tracks.kind), np.bool_)
    lately[final >= 0] = stays.last[final[final >= 0]] >= tracks.now - ACTIVE_DAYS * DAY
    subject = np.flatnonzero(lately & (leaving.sightings >= LEAST) & ((moves > 0) | (not movers)))
    last = final[subject]
    current, rate, noise = stays.place[last], leaving.rate[subject], leaving.noise[subject]
    days = (tracks.now - stays.last[last]) / DAY + leaving.gap[subject]
    back = _RETURN * _share_of(found, subject, current)
    stay = (1 - noise) * (1 - (1 - np.exp(-rate * days)) * (1 - back))
    place, chance, new = _where(found, paths, subject, current)
    moved = 1.0 - stay
    place[:, -1], chance[:, -1] = current, 0.0
    chance, new = chance * moved[:, None], new * moved
    chance[:, -1] = stay
    chance, new = _tempered(chance, new)
    place, chance = _sorted(place, chance)
    nothing = np.full(len(subject), -1)
    frequent = _share_of(found, subject, place)
    first = np.full(len(tracks.kind), tracks.now)
    np.minimum.at(first, paths.subject, paths.t)
    seen_for = np.ceil(np.maximum(stays.last[last] - first[subject], 1) / DAY).astype(np.int64)
    return Forecast(subject, current, place, chance, frequent, new, moves[subject], seen_for, nothing, nothing)


def _sorted(place: Ints, chance: Floats) -> tuple[Ints, Floats]:
    """The likeliest first."""
    order = np.lexsort((place, -chance))
    return np.take_along_axis(place, order, 1), np.take_along_axis(chance, order, 1)


def _last_way(found: Found) -> Ints:
    """int64[s], the way of each subject that was seen last."""
    stays = found.stays
    last = np.zeros(len(found.tracks.kind), np.int64)
    order = order_by(stays.subject, stays.last, -stays.way)
    last[stays.subject[order]] = stays.way[order]
    return last


def _weight(tracks: Tracks, t: Ints) -> Floats:
    """What something that was seen at a time still counts for."""
    weight: Floats = 0.5 ** ((tracks.now - t) / DAY / _HALF_LIFE)
    return weight


def _paths(found: Found, on: Flags) -> _Paths:
    """The visits of the chosen stays."""
    stays, net = found.stays, found.tracks.net
    subject, place, t = stays.subject[on], stays.place[on], stays.first[on]
    other = np.ones(len(subject), np.bool_)  # a stay that goes on after a long silence is one visit
    other[1:] = (subject[1:] != subject[:-1]) | (place[1:] != place[:-1])
    subject, place, t = subject[other], place[other], t[other]
    before, earlier = np.full(len(subject), -1), np.full(len(subject), -1)
    same = subject[1:] == subject[:-1]
    before[1:][same] = place[:-1][same]
    two = same[1:] & same[:-1]
    earlier[2:][two] = place[:-2][two]
    visits = Visits(place, before, earlier, _weight(found.tracks, t))
    return _Paths(net[subject].astype(np.int64), subject, t, visits)


def _where(found: Found, paths: _Paths, subject: Ints, current: Ints) -> tuple[Ints, Floats, Floats]:
    """The places that subjects may go to, if they go, and the chance of a new one."""
    tracks = found.tracks
    size = max(len(tracks.places.value), 1)
    begin, end = (np.searchsorted(paths.subject, subject, side=side) for side in ("left", "right"))
    prior = paths.visits.before[end - 1] if len(paths.subject) else current
    net = tracks.net[subject].astype(np.int64)
    net_end = np.searchsorted(paths.net, net, side="right")
    net_begin = np.maximum(np.searchsorted(paths.net, net), net_end - _MOST_VISITS)
    outside = _outside(paths, len(tracks.networks))[net]
    asked = Asked(current, prior, (begin, end), (net_begin, net_end), subject, outside)
    seen = Rows(tracks.start, tracks.seen.place[tracks.row], _weight(tracks, tracks.seen.t[tracks.row]))
    return expect(asked, paths.visits, seen, _after(paths, size), _PASS_ON, size, _LISTED)


def _outside(paths: _Paths, networks: int) -> Floats:
    """How often each network goes to a place where it was not before, as far as it was watched."""
    order = order_by(paths.net, paths.visits.place, paths.t)
    net, place = paths.net[order], paths.visits.place[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = (net[1:] != net[:-1]) | (place[1:] != place[:-1])
    moved = paths.visits.before[order] >= 0
    fresh = np.bincount(net, first & moved, minlength=networks)
    count = np.bincount(net, moved, minlength=networks)
    everywhere = fresh.sum() / max(count.sum(), 1)
    share: Floats = (fresh + _OUT_WORTH * everywhere) / (count + _OUT_WORTH) * _OUT_LATER
    return share


def _after(paths: _Paths, size: int) -> Rows:
    """What followed each place in all networks."""
    visits = paths.visits
    moved = visits.before >= 0
    key, inverse = np.unique(visits.before[moved] * size + visits.place[moved], return_inverse=True)
    count: Floats = np.bincount(inverse, visits.weight[moved], len(key)).astype(np.float64)
    return Rows(np.searchsorted(key // size, np.arange(size + 1)), key % size, count)


def _tempered(chance: Floats, new: Floats) -> tuple[Floats, Floats]:
    """Chances nearer to each other: what was counted on few sightings is less sure than it looks."""
    whole = np.column_stack([chance, new]) ** _TEMPER
    whole /= np.maximum(whole.sum(axis=1, keepdims=True), 1e-12)
    return whole[:, :-1], whole[:, -1]


def _share_of(found: Found, subject: Ints, place: Ints) -> Floats:
    """The share of sightings of subjects that were at places, of any shape that begins with the subjects."""
    tracks = found.tracks
    size = len(tracks.places.value) + 1
    chosen = np.zeros(len(tracks.kind), np.bool_)
    chosen[subject] = True
    of = subject_of(tracks.start)
    mine = chosen[of]
    key, count = np.unique(of[mine] * size + tracks.seen.place[tracks.row[mine]], return_counts=True)
    if not len(key):
        return np.zeros(place.shape)
    who = subject if place.ndim == 1 else subject[:, None]
    wanted = who * size + place
    at = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
    hits = np.where((key[at] == wanted) & (place >= 0), count[at], 0)
    share: Floats = hits / np.maximum(np.diff(tracks.start)[who], 1)
    return share


def with_bookings(expected: Forecast, found: Found, whole: Tracks) -> Forecast:
    """The same, where a booking says more: of a journey that is still to come.

    Args:
        expected: without bookings for later.
        found: what was known by then.
        whole: all sightings, those that are booked for later among them.
    """
    row, subject = whole.row, subject_of(whole.start)
    later = np.flatnonzero((whole.seen.t[row] > found.tracks.now) & (whole.seen.sort[row] == BOOKING))
    if not len(later) or not len(expected.subject):
        return expected
    last = later[np.append(subject[later][1:] != subject[later][:-1], True)]  # where the journey ends
    at = np.minimum(np.searchsorted(subject[last], expected.subject), len(last) - 1)
    has = subject[last][at] == expected.subject
    booked = np.where(has, whole.seen.place[row[last[at]]], -1)
    when = np.where(has, whole.seen.t[row[last[at]]], 0)
    chance = np.where(has[:, None], expected.chance * (1 - _BOOKED), expected.chance)
    place = expected.place.copy()
    missing = has & ~(place == booked[:, None]).any(axis=1)
    place[missing, -1], chance[missing, -1] = booked[missing], 0.0
    chance += np.where((place == booked[:, None]) & has[:, None], _BOOKED, 0.0)
    place, chance = _sorted(place, chance)
    new = np.where(has, expected.new * (1 - _BOOKED), expected.new)
    share = _share_of(found, expected.subject, place)
    return expected._replace(place=place, chance=chance, frequent=share, new=new, booked=booked, booked_at=when)
