"""Stays and moves: runs of sightings at one place on the way of a subject, and the changes between them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from clew.engine.order import order_by
from clew.ingest.kernels import making_kernel
from clew.trace.movement.evidence import BOOKING, CHECK_IN, LOCATION
from clew.trace.movement.follow import GAP_DAYS, subject_of
from clew.trace.movement.places import Floats, Ints, kilometres
from clew.trace.movement.sightings import KINDS, Tracks

DAY = 86_400
HOW = ("edit", "repost", "tour", "booking", "location")
# How sure it is that what is followed is one person: a number may be handed on, a name taken by the next.
KIND_TRUST = np.array([0.96, 0.98, 0.96, 0.97, 0.98])
# The same of a journey: that the same person was here and then there. Set on simulated worlds; see the benchmark.
MOVE_TRUST = np.array([0.76, 0.83, 0.66, 0.76, 0.97])
_SAME_PICTURE, _OTHER_PICTURES, _OTHER_NAME, _HASTY = 1.2, 0.72, 0.6, 0.75
MOST = 0.97
_FURTHER = 0.8  # what a further way under the same subject counts for


class Stays(NamedTuple):
    """One row a stay, by subject, way and time.

    Attributes:
        subject, way, place: int64[n].
        begin, end: int64[n], its sightings in ``order``.
        order: int64[k], entries of `Tracks.row`.
        first, last: int64[n], seconds.
        certainty: float64[n].
    """

    subject: Ints
    way: Ints
    place: Ints
    begin: Ints
    end: Ints
    order: Ints
    first: Ints
    last: Ints
    certainty: Floats


class Moves(NamedTuple):
    """One row a move: the stays before and after it, how it shows (position in `HOW`), km, certainty."""

    a: Ints
    b: Ints
    how: Ints
    km: Floats
    certainty: Floats


def stays(tracks: Tracks, way: npt.NDArray[np.int8]) -> Stays:
    """The stays of every subject."""
    seen = tracks.seen
    subject = subject_of(tracks.start)
    kept = np.flatnonzero(way >= 0)
    order = kept[order_by(subject[kept], way[kept])]
    s, w, row = subject[order], way[order].astype(np.int64), tracks.row[order]
    place, t = seen.place[row], seen.t[row]
    new = np.ones(len(order), np.bool_)
    new[1:] = (s[1:] != s[:-1]) | (w[1:] != w[:-1]) | (place[1:] != place[:-1]) | (np.diff(t) > GAP_DAYS * DAY)
    begin = np.flatnonzero(new)
    end = np.append(begin[1:], len(order))[: len(begin)]
    support = _support(begin, end, seen.item[row], seen.weight[row])
    first, last = t[begin], t[end - 1]
    against = _against(tracks, way, s[begin], first, last)
    certainty = KIND_TRUST[tracks.kind[s[begin]]] * (1 - np.exp(-3.0 * support)) * support / (support + against)
    certainty *= np.where(w[begin] > 0, _FURTHER, 1.0)
    return Stays(s[begin], w[begin], place[begin], begin, end, order, first, last, certainty)


@making_kernel
def _support(begin, end, item, weight):  # type: ignore[no-untyped-def]
    """The evidence for each stay: the best sighting of each item, as far as items follow each other."""
    out = np.zeros(begin.shape[0])
    for k in range(begin.shape[0]):
        best = weight[begin[k]]
        for i in range(begin[k] + 1, end[k]):
            if item[i] != item[i - 1]:
                out[k] += best
                best = weight[i]
            else:
                best = max(best, weight[i])
        out[k] += best
    return out


def _against(tracks: Tracks, way: npt.NDArray[np.int8], subject: Ints, first: Ints, last: Ints) -> Floats:
    """What was seen elsewhere, on no way at all, from half a day before each stay until half a day after."""
    left = np.flatnonzero(way < 0)
    row = tracks.row[left]
    key = subject_of(tracks.start)[left] << 36 | (tracks.seen.t[row] + _SHIFT)
    weight = np.append(0.0, np.cumsum(tracks.seen.weight[row]))
    a = np.searchsorted(key, subject << 36 | (first + _SHIFT - DAY // 2))
    b = np.searchsorted(key, subject << 36 | (last + _SHIFT + DAY // 2), side="right")
    found: Floats = weight[b] - weight[a]
    return found


_SHIFT = 1 << 34  # makes times before 1970 positive


def moves(tracks: Tracks, found: Stays) -> Moves:
    """The changes of place between one stay and the next on the same way."""
    nxt = np.arange(1, len(found.subject))
    same = (found.subject[1:] == found.subject[:-1]) & (found.way[1:] == found.way[:-1])
    same &= (found.place[1:] != found.place[:-1]) & (found.first[1:] - found.last[:-1] <= GAP_DAYS * DAY)
    b = nxt[same]
    a = b - 1
    seen = tracks.seen
    out, into = (tracks.row[found.order[at]] for at in (found.end[a] - 1, found.begin[b]))
    sort = np.stack([seen.sort[out], seen.sort[into]])
    how = np.full(len(a), HOW.index("tour"))
    how[(seen.text[out] == seen.text[into]) & (seen.text[out] > 0)] = HOW.index("repost")
    how[np.isin(sort, (CHECK_IN, LOCATION)).any(axis=0)] = HOW.index("location")
    how[(sort == BOOKING).any(axis=0)] = HOW.index("booking")
    edited = (seen.item[out] == seen.item[into]) & (seen.version[into] > seen.version[out])
    how[edited] = HOW.index("edit")
    km = kilometres(tracks.places, found.place[a], found.place[b])
    certainty = np.sqrt(found.certainty[a] * found.certainty[b])
    certainty *= _one_person(tracks, found.subject[b], out, into)
    return Moves(a, b, how, km, np.minimum(certainty, MOST))


def _one_person(tracks: Tracks, subject: Ints, out: Ints, into: Ints) -> Floats:
    """How likely the sightings before and after moves are of one person: by what is followed, name and pictures."""
    seen, kind = tracks.seen, tracks.kind[subject]
    trust = MOVE_TRUST[kind]
    shared = (seen.pictures[out] & seen.pictures[into]) != 0
    both = (seen.pictures[out] != 0) & (seen.pictures[into] != 0)
    named = (seen.name[out] != 0) & (seen.name[into] != 0)
    trust = np.where(shared & (kind != KINDS.index("image")), trust * _SAME_PICTURE, trust)
    trust = np.where(both & ~shared, trust * _OTHER_PICTURES, trust)
    trust = np.where(named & (seen.name[out] != seen.name[into]), trust * _OTHER_NAME, trust)
    hasty: Floats = np.where(seen.t[into] - seen.t[out] < DAY, trust * _HASTY, trust)
    return hasty
