"""Kernels of the forecast: where somebody goes who goes on, blended from what was seen, level by level."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from clew.ingest.kernels import kernel, kernel_step
from clew.trace.movement.places import Floats, Ints

# The levels from the last resort to the surest: all networks after this place; the network at all; the subject at all;
# the network after this place, after the last two; the subject after this place, after the last two.
EVERYWHERE, NETWORK, OWN, NETWORK_ONE, NETWORK_TWO, OWN_ONE, OWN_TWO = range(7)


class Visits(NamedTuple):
    """Visits to places by network, subject and time: the place, the one before, the one before that (-1: none)."""

    place: Ints
    before: Ints
    earlier: Ints
    weight: Floats


class Rows(NamedTuple):
    """Compressed rows: row r holds ``place[start[r]:start[r + 1]]`` with weights. (`Asked` says where else to look.)"""

    start: Ints
    place: Ints
    weight: Floats


class Asked(NamedTuple):
    """One row a subject: where it is, where it was before (-1: nowhere), its visits and those of its network, its
    sightings in `Rows`, and how often its network goes to a place where it was never seen."""

    here: Ints
    prior: Ints
    own: tuple[Ints, Ints]
    network: tuple[Ints, Ints]
    subject: Ints
    outside: Floats


class _Scratch(NamedTuple):
    """Of each place: its chance, the count of a level, whether the network was there, which are listed."""

    chance: Floats
    tally: Floats
    inside: npt.NDArray[np.bool_]
    listed: npt.NDArray[np.bool_]
    list: Ints


@kernel_step
def _note(scratch, known, place, weight, inside):  # type: ignore[no-untyped-def]
    """Count a place; returns how many are listed."""
    scratch.tally[place] += weight
    if inside:
        scratch.inside[place] = True
    if not scratch.listed[place]:
        scratch.listed[place] = True
        scratch.list[known] = place
        return known + 1
    return known


@kernel_step
def _blend(scratch, known, pass_on, least):  # type: ignore[no-untyped-def]
    """Blend the counts of a level into the chances of those below; returns the share that these keep (Witten and Bell:
    the more places a level saw in few visits, the less it knows), at least ``least``. Clears the counts."""
    total, kinds = 0.0, 0
    for k in range(known):
        if scratch.tally[scratch.list[k]] > 0:
            total += scratch.tally[scratch.list[k]]
            kinds += 1
    if kinds == 0:
        return 1.0
    keep = max(pass_on * kinds / (total + pass_on * kinds), least)
    for k in range(known):
        p = scratch.list[k]
        scratch.chance[p] = scratch.chance[p] * keep + scratch.tally[p] / total * (1 - keep)
        scratch.tally[p] = 0.0
    return keep


@kernel_step
def _tally(visits, span, here, prior, back, scratch, known):  # type: ignore[no-untyped-def]
    """Count the visits to other places, those that followed the last ``back`` places alone."""
    if back == 2 and prior < 0:
        return known
    for v in range(span[0], span[1]):
        if visits.place[v] == here or (back >= 1 and visits.before[v] != here):
            continue
        if back < 2 or visits.earlier[v] == prior:
            known = _note(scratch, known, visits.place[v], visits.weight[v], True)
    return known


@kernel_step
def _row(rows, at, here, inside, scratch, known):  # type: ignore[no-untyped-def]
    """Count what stands in a row."""
    for e in range(rows.start[at], rows.start[at + 1]):
        if rows.place[e] != here:
            known = _note(scratch, known, rows.place[e], rows.weight[e], inside)
    return known


@kernel_step
def _best(scratch, known, place, chance):  # type: ignore[no-untyped-def]
    """Write the likeliest places; forgets their chances."""
    for rank in range(place.shape[0]):
        best = -1
        for q in range(known):
            p = scratch.list[q]
            more = best < 0 or scratch.chance[p] > scratch.chance[best]
            if scratch.chance[p] > 0 and (more or (scratch.chance[p] == scratch.chance[best] and p < best)):
                best = p
        if best < 0:
            break
        place[rank], chance[rank] = best, scratch.chance[best]
        scratch.chance[best] = 0.0


@kernel
def _expect(asked, visits, seen, after, pass_on, scratch, place, chance, new):  # type: ignore[no-untyped-def]
    for k in range(asked.here.shape[0]):
        here, prior = asked.here[k], asked.prior[k]
        own, net = (asked.own[0][k], asked.own[1][k]), (asked.network[0][k], asked.network[1][k])
        left = 1.0
        known = _row(after, here, here, False, scratch, 0)
        left *= _blend(scratch, known, pass_on[EVERYWHERE], 0.0)
        far = known
        known = _tally(visits, net, here, prior, 0, scratch, known)
        left *= _blend(scratch, known, pass_on[NETWORK], asked.outside[k])
        known = _row(seen, asked.subject[k], here, True, scratch, known)
        left *= _blend(scratch, known, pass_on[OWN], 0.0)
        for back in (1, 2):
            known = _tally(visits, net, here, prior, back, scratch, known)
            left *= _blend(scratch, known, pass_on[NETWORK_ONE + back - 1], 0.0)
        for back in (1, 2):
            known = _tally(visits, own, here, prior, back, scratch, known)
            left *= _blend(scratch, known, pass_on[OWN_ONE + back - 1], 0.0)
        for q in range(far):  # where only other networks went is a new place
            p = scratch.list[q]
            if not scratch.inside[p]:
                left += scratch.chance[p]
                scratch.chance[p] = 0.0
        new[k] = left
        _best(scratch, known, place[k], chance[k])
        for q in range(known):
            p = scratch.list[q]
            scratch.chance[p], scratch.inside[p], scratch.listed[p] = 0.0, False, False


def expect(
    asked: Asked, visits: Visits, seen: Rows, after: Rows, pass_on: Floats, places: int, listed: int
) -> tuple[Ints, Floats, Floats]:
    """Where subjects go that go on.

    Args:
        asked: the subjects.
        visits: of all.
        seen: the sightings of each subject.
        after: what followed each place in all networks.
        pass_on: of each level, for how many visits what is below counts, times the places that the level saw.
        places: how many there are.
        listed: how many places are given.

    Returns:
        int64[k, listed] places, -1 for none; their chances; the chance of a place where the network was never seen.
    """
    count = len(asked.here)
    place, chance, new = np.full((count, listed), -1), np.zeros((count, listed)), np.zeros(count)
    flags = np.zeros(places, np.bool_)
    scratch = _Scratch(np.zeros(places), np.zeros(places), flags, flags.copy(), np.empty(places, np.int64))
    _expect(asked, visits, seen, after, pass_on, scratch, place, chance, new)
    return place, chance, new
