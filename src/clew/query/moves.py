"""Moves from place to place: how far, how fast, whether anybody can have travelled so, and the move in words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from clew.model.words import count

Row = dict[str, Any]

# What the indicator "Active in distant places at the same time" takes for too far and too fast.
FAR_KM, FAST_KMH = 150.0, 150.0
_AIR_KMH = 900.0


@dataclass(frozen=True)
class MapPlace:
    """A place of the network, and how many records name it first (the place field before the texts)."""

    value: str
    latitude: float
    longitude: float
    records: int


@dataclass(frozen=True)
class Move:
    """From one place to the next on a track.

    Attributes:
        track: its position in the list of tracks; number: which move of the track, from 1.
        origin, target: positions in the list of places.
        left, arrived: seconds since 1970: the last record there and the first here.
        km, kmh: how far, and how fast it must have been; kmh is None where the times are the same.
        edit: the same item was edited from there to here.
        verdict: ``air`` when not even a flight is as fast, ``road`` when only a flight is, else empty.
        record_left, record_arrived: the two records.
        sentence: the move in words.
    """

    track: int
    number: int
    origin: int
    target: int
    left: int
    arrived: int
    km: int
    kmh: int | None
    edit: bool
    verdict: str
    record_left: str
    record_arrived: str
    sentence: str


def moves_of(track: int, run: list[Row], index: dict[str, int], places: list[MapPlace]) -> Iterator[Move]:
    """The moves of a track.

    Args:
        track: its position in the list of tracks.
        run: its records in the order of time: t, place, label, record_id, item_id, edited.
        index: position of each place in ``places``.
        places: where they lie.
    """
    number = 0
    for a, b in pairwise(run):
        if a["place"] == b["place"]:
            continue
        number += 1
        origin, target = index[a["place"]], index[b["place"]]
        km = kilometres(places[origin], places[target])
        kmh = km / (b["t"] - a["t"]) * 3600 if b["t"] > a["t"] else math.inf
        verdict = "" if km < FAR_KM or kmh <= FAST_KMH else "air" if kmh > _AIR_KMH else "road"
        edit = b["edited"] and a["item_id"] == b["item_id"]
        yield Move(
            track=track,
            number=number,
            origin=origin,
            target=target,
            left=a["t"],
            arrived=b["t"],
            km=round(km),
            kmh=None if math.isinf(kmh) else round(kmh),
            edit=edit,
            verdict=verdict,
            record_left=a["record_id"],
            record_arrived=b["record_id"],
            sentence=_sentence(a, b, round(km), kmh, verdict, edit),
        )


def kilometres(a: MapPlace, b: MapPlace) -> float:
    """Along the great circle."""
    p, q = math.radians(a.latitude), math.radians(b.latitude)
    half = math.sin((q - p) / 2) ** 2
    half += math.cos(p) * math.cos(q) * math.sin(math.radians(b.longitude - a.longitude) / 2) ** 2
    return 12_742 * math.asin(math.sqrt(min(half, 1.0)))


def _sentence(a: Row, b: Row, km: int, kmh: float, verdict: str, edit: bool) -> str:
    """A move in words."""
    how = ": the item was edited" if edit else ""
    gap = "at the same time" if b["t"] == a["t"] else f"{_span(b['t'] - a['t'])} later"
    told = f"{a['label']}{how} from {a['place']} to {b['place']}, {km:,} km, {gap}"
    if verdict == "air":
        return told + ": no flight is as fast."
    return told + (f": {kmh:,.0f} km/h, faster than by road." if verdict == "road" else ".")


def _span(seconds: int) -> str:
    """A length of time in its largest fitting unit."""
    for size, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 2 * size or (seconds >= size and word == "minute"):
            return count(seconds // size, word)
    return "less than a minute" if seconds < 60 else f"{seconds // 60} minutes"
