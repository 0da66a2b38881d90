"""Which sightings of a subject one person can have made: the surest way through them that travel allows.

Sightings that cannot be on that way are left over. Where the rest makes a way of its own, two people or more go by the
same number; what is left after that clashes: an advert for a town where nobody was, a post made ahead, a misread place.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from clew.ingest.kernels import kernel_step, making_kernel
from clew.trace.movement.evidence import BOOKING
from clew.trace.movement.places import Ints, apart, hours
from clew.trace.movement.sightings import Tracks

# A way may leave out this many sightings in a row.
_WINDOW = 24
_WAYS = 5  # that are looked for under one subject
_MOVE = 0.35  # what a change of place must be worth in evidence
_HASTE, _CALM_HOURS = (
    1.5,
    12.0,
)  # what one at once must be worth more: adverts for two towns are likelier than a journey
_OTHER = 0.5  # what going on under another name must be worth
_STRANGE = 0.3  # and with other pictures
_SECOND = 2  # sightings of different items that a stay on a further way needs
GAP_DAYS = 30  # nothing is known of a longer time between two sightings


@kernel_step
def _best(first, last, t, place, weight, name, pictures, ticket, free, latitude, longitude, score, back):  # type: ignore[no-untyped-def]
    """The end of the surest way through free sightings, or -1; ``back`` holds the sighting before each."""
    end = -1
    for i in range(first, last):
        if not free[i]:
            continue
        score[i], back[i] = weight[i], -1
        met = 0
        for j in range(i - 1, first - 1, -1):
            if not free[j]:
                continue
            met += 1
            if met > _WINDOW:
                break
            worth = score[j] + weight[i]
            shared = pictures[i] & pictures[j] != 0
            if name[i] != name[j] and name[i] != 0 and name[j] != 0:
                worth -= _OTHER if not shared else _OTHER / 2
            if not shared and pictures[i] != 0 and pictures[j] != 0:
                worth -= _STRANGE
            if place[i] != place[j] and (ticket[i] == 0 or ticket[i] != ticket[j]):
                if worth - _MOVE <= score[i]:
                    continue
                gap = (t[i] - t[j]) / 3600.0
                worth -= _MOVE + _HASTE * np.exp(-gap / _CALM_HOURS)
                if worth <= score[i]:
                    continue
                if gap < hours(apart(latitude, longitude, place[i], place[j])):
                    continue
            if worth > score[i]:
                score[i], back[i] = worth, j
        if end < 0 or score[i] > score[end]:
            end = i
    return end


@making_kernel
def _follow(start, t, place, weight, item, name, pictures, ticket, latitude, longitude, way):  # type: ignore[no-untyped-def]
    """Fill in the way of each sighting."""
    m = t.shape[0]
    free, score, back = np.ones(m, np.bool_), np.zeros(m), np.zeros(m, np.int64)
    for s in range(start.shape[0] - 1):
        first, last = start[s], start[s + 1]
        still = True  # at one place, under one name or none
        for i in range(first + 1, last):
            if place[i] != place[first] or name[i] != name[first]:
                still = False
                break
        if still:
            way[first:last] = 0
            continue
        for number in range(_WAYS):
            end = _best(first, last, t, place, weight, name, pictures, ticket, free, latitude, longitude, score, back)
            if end < 0:
                break
            at = end
            while at >= 0:
                way[at] = number
                free[at] = False
                at = back[at]
            if number and not _lasts(first, last, number, place, item, way):
                break


@kernel_step
def _lasts(first, last, number, place, item, way):  # type: ignore[no-untyped-def]
    """Take from a further way the stays that rest on one item alone; is anything left?"""
    left = False
    begin = -1
    for i in range(first, last + 1):
        if i < last and way[i] != number:
            continue
        if begin >= 0 and (i == last or place[i] != place[begin]):
            several = False
            for k in range(begin, i):
                if way[k] == number and item[k] != item[begin]:
                    several = True
            for k in range(begin, i):
                if way[k] == number and not several:
                    way[k] = -1
            left = left or several
            begin = -1
        if i < last and begin < 0:
            begin = i
    return left


def follow(tracks: Tracks) -> npt.NDArray[np.int8]:
    """int8[m], the way that each sighting of `Tracks.row` is on, from 0; -1 for what no way takes."""
    seen, row = tracks.seen, tracks.row
    way = np.full(len(row), -1, np.int8)
    latitude, longitude = tracks.places.radians
    # The two ends of a journey that was booked belong together, however fast it is.
    ticket = np.where(seen.sort[row] == BOOKING, seen.rid[row], np.uint64(0))
    columns = (
        seen.t[row],
        seen.place[row],
        seen.weight[row],
        seen.item[row],
        seen.name[row],
        seen.pictures[row],
        ticket,
    )
    _follow(tracks.start, *columns, latitude, longitude, way)
    return way


def subject_of(start: Ints) -> Ints:
    """int64[m], the subject of each entry."""
    return np.repeat(np.arange(len(start) - 1), np.diff(start))
