"""What one person cannot do: two places under one subject with no time to travel between them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from clew.engine.order import order_by
from clew.ingest.kernels import kernel
from clew.trace.movement.places import Floats, Ints, apart, hours, hours_needed
from clew.trace.movement.sightings import Tracks


class Clashes(NamedTuple):
    """One row for each pair of places of a subject that clash.

    Attributes:
        subject: int64[n]; a, b: int64[n], entries of `Tracks.row`: the two that lie closest in time, the earlier first.
        km, needed: float64[n], and the hours that the fastest journey takes.
        times: int64[n], how often these two places clash.
    """

    subject: Ints
    a: Ints
    b: Ints
    km: Floats
    needed: Floats
    times: Ints


@kernel
def _pairs(start, t, place, way, latitude, longitude, out_a, out_b, out_km):  # type: ignore[no-untyped-def]
    """Neighbours in time under one subject, on different ways, that no journey joins; how many were found."""
    k = 0
    for s in range(start.shape[0] - 1):
        first, last = start[s], start[s + 1]
        for i in range(first + 1, last):
            for j in range(i - 1, max(first, i - 4) - 1, -1):
                if way[i] == way[j] and way[i] >= 0:
                    continue
                if place[i] == place[j]:
                    continue
                km = apart(latitude, longitude, place[i], place[j])
                if (t[i] - t[j]) < 3600.0 * hours(km):
                    out_a[k], out_b[k], out_km[k] = j, i, km
                    k += 1
                    break
    return k


def clashes(tracks: Tracks, way: npt.NDArray[np.int8]) -> Clashes:
    """The clashes of all subjects."""
    seen, row = tracks.seen, tracks.row
    t, place = seen.t[row], seen.place[row]
    a, b, km = np.empty(len(row), np.int64), np.empty(len(row), np.int64), np.empty(len(row))
    count = _pairs(tracks.start, t, place, way, *tracks.places.radians, a, b, km)
    a, b, km = a[:count], b[:count], km[:count]
    subject = np.searchsorted(tracks.start, b, side="right") - 1
    size = len(tracks.places.value) + 1
    low, high = np.minimum(place[a], place[b]), np.maximum(place[a], place[b])
    order = order_by(subject, low, high, t[b] - t[a], b)
    key = (subject * size + low)[order], high[order]
    new = np.ones(count, np.bool_)
    new[1:] = (key[0][1:] != key[0][:-1]) | (key[1][1:] != key[1][:-1])
    chosen = order[new]
    times = np.diff(np.append(np.flatnonzero(new), count))
    return Clashes(subject[chosen], a[chosen], b[chosen], km[chosen], hours_needed(km[chosen]), times)
