"""Where places lie, how far apart they are, and how long the fastest journey between them takes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clew.extract._gazetteer import gazetteer
from clew.extract.place import coordinates, great_circle
from clew.ingest.kernels import kernel_step

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
FloatsLike = npt.NDArray[np.float64] | npt.NDArray[np.float32]

# What travel allows, door to door: by road, or by air with the way to the airport and through it. Both are faster than
# most people ever are, so that what is called impossible is.
ROAD_KMH = 130.0
AIR_HOURS, AIR_KMH = 2.0, 800.0
NEAR_KM = 50.0  # towns so near are one area: adverts name now the one, now the other
_EARTH_KM = 6_371.0
_TOWN_KM = 30.0  # how far from a place a point may lie that is called by its name
_AROUND = 32  # places around a point that are weighed: a large town, or its suburb


@dataclass(frozen=True)
class Places:
    """The places of a workspace, sorted by name.

    Attributes:
        value: string[n], as in mentions: "Utrecht, NL".
        latitude, longitude: float64[n] in degrees; NaN where not known.
    """

    value: pa.Array
    latitude: Floats
    longitude: Floats

    @classmethod
    def of(cls, values: pa.Array | pa.ChunkedArray) -> Places:
        """Distinct values, sorted."""
        known = pc.unique(values)
        known = known.take(pc.sort_indices(known))
        latitude, longitude = coordinates(known)
        return cls(known, latitude.astype(np.float64), longitude.astype(np.float64))

    def codes(self, values: pa.Array | pa.ChunkedArray) -> Ints:
        """int64[k], the position of each value; -1 where there is none."""
        found = pc.fill_null(pc.index_in(values, value_set=self.value), -1)
        codes: Ints = found.to_numpy().astype(np.int64)
        return codes

    def names(self, codes: Ints) -> pa.Array:
        """The values at some positions."""
        return self.value.take(pa.array(codes))

    @cached_property
    def radians(self) -> tuple[Floats, Floats]:
        """Latitude and longitude in radians."""
        return np.radians(self.latitude), np.radians(self.longitude)

    @cached_property
    def country(self) -> Ints:
        """int64[n], a number for each place's country."""
        ends = pc.utf8_slice_codeunits(self.value, -2, 1 << 20)
        codes: Ints = ends.dictionary_encode().indices.to_numpy().astype(np.int64)
        return codes

    @cached_property
    def names_alike(self) -> Ints:
        """int64[n], a number for each name without its country: "Córdoba, ES" and "Córdoba, AR" have the same."""
        names = pc.replace_substring_regex(self.value, r", [A-Z]{2}$", "")
        codes: Ints = names.dictionary_encode().indices.to_numpy().astype(np.int64)
        return codes


@kernel_step
def apart(latitude, longitude, a, b):  # type: ignore[no-untyped-def]
    """Kilometres along the great circle between two places in radians; 0 where one is not known."""
    km = great_circle(latitude[a], latitude[b], longitude[b] - longitude[a])
    return 0.0 if np.isnan(km) else km


@kernel_step
def hours(km):  # type: ignore[no-untyped-def]
    """The shortest time that a journey takes; none within an area."""
    if km < 50.0:
        return 0.0
    return min(km / 130.0, 2.0 + km / 800.0)


def kilometres(places: Places, a: Ints, b: Ints) -> Floats:
    """Distances between places; NaN where one is not known."""
    latitude, longitude = places.radians
    km: Floats = great_circle(latitude[a], latitude[b], longitude[b] - longitude[a])
    return km


def hours_needed(km: Floats) -> Floats:
    """The shortest time of journeys, in hours."""
    needed: Floats = np.where(km < NEAR_KM, 0.0, np.minimum(km / ROAD_KMH, AIR_HOURS + km / AIR_KMH))
    return needed


def nearest(latitude: Floats, longitude: Floats, preferred: pa.Array) -> pa.Array:
    """string[n], the place that each point lies in or near: one of those preferred, else any; null far from all."""
    found = pa.nulls(len(latitude), pa.string())
    if not len(latitude):
        return found
    known = gazetteer()
    people = np.zeros(len(known.value))
    np.maximum.at(people, known.place, known.score)
    of = pc.fill_null(pc.index_in(preferred, value_set=known.value), -1).to_numpy(zero_copy_only=False)
    for some in (of[of >= 0], np.arange(len(known.value))):
        if len(some):
            at = _likeliest(latitude, longitude, known.latitude[some], known.longitude[some], people[some])
            names = known.value.take(pa.array(np.where(at >= 0, some[at], 0), mask=at < 0))
            found = pc.coalesce(found, names)
    return found


def _likeliest(latitude: Floats, longitude: Floats, lat: FloatsLike, lon: FloatsLike, people: Floats) -> Ints:
    """int64[n], of the places around each point the one that most people near it live in; -1 where there is none."""
    from scipy.spatial import cKDTree  # takes a fifth of a second to load, and is needed by few runs

    around = min(_AROUND, len(lat))
    chord, at = cKDTree(_on_sphere(lat, lon)).query(_on_sphere(latitude, longitude), k=[*range(1, around + 1)])
    km = 2 * _EARTH_KM * np.arcsin(np.minimum(chord / 2, 1.0))
    worth = np.where(km <= _TOWN_KM, (people[at] + 1) / (1 + km) ** 2, 0.0)
    best = np.argmax(worth, axis=1)[:, None]
    chosen: Ints = np.where(np.take_along_axis(worth, best, 1) > 0, np.take_along_axis(at, best, 1), -1)[:, 0]
    return chosen


def _on_sphere(latitude: FloatsLike, longitude: FloatsLike) -> Floats:
    """Points in space; a point that is no point lies at the pole."""
    lat, lon = (np.radians(np.nan_to_num(x, nan=90.0)) for x in (latitude, longitude))
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)
