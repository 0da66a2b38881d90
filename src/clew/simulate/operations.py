"""Who is in the world: operations with their size, home, language, time and habits, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.simulate.banks import LANGUAGES
from clew.simulate.hashing import Floats, Ints, below, mix_one, pick, tailed, unit
from clew.simulate.knobs import INDEPENDENT, KINDS, RING, SPAM, Knobs
from clew.simulate.places import COUNTRIES, WEIGHTS

DAY = 86_400
_LOCAL = np.array([LANGUAGES.index(country.language) for country in COUNTRIES])


@dataclass(frozen=True)
class Operations:
    """One row an operation; its number is its position.

    Attributes:
        kind: index into `KINDS`.
        exploited: whether people in it are exploited.
        people: how many are advertised.
        ads: how many adverts.
        country: home, index into `COUNTRIES`.
        language: index into `LANGUAGES`.
        start: first second of activity, from the start of the world.
        span: seconds of activity.
        tours: whether its people move about.
        stay: seconds of a stay.
    """

    kind: NDArray[np.int8]
    exploited: NDArray[np.bool_]
    people: NDArray[np.int16]
    ads: NDArray[np.int32]
    country: NDArray[np.int8]
    language: NDArray[np.int8]
    start: NDArray[np.int32]
    span: NDArray[np.int32]
    tours: NDArray[np.bool_]
    stay: NDArray[np.int32]

    @property
    def count(self) -> int:
        """How many operations."""
        return int(self.kind.size)


def _quotas(ads: int, shares: tuple[float, ...]) -> list[int]:
    """Adverts of each kind: shares of ``ads``, rounded so that they add up."""
    edges = np.floor(np.cumsum(shares) / sum(shares) * ads + 0.5).astype(np.int64)
    edges[-1] = ads
    return [int(size) for size in np.diff(edges, prepend=0)]


def _people(kind: int, knobs: Knobs, seed: int, keys: Ints) -> Ints:
    """People in the operations of a kind."""
    draws = unit(seed, "people", keys)
    if kind == RING:
        band = pick([share for _, _, share in knobs.ring_sizes], unit(seed, "band", keys))
        low = np.array([low for low, _, _ in knobs.ring_sizes])[band]
        high = np.array([high for _, high, _ in knobs.ring_sizes])[band]
        # Small rings are commoner within their band.
        return np.asarray(low + np.floor((high - low + 1) * draws**1.6), dtype=np.int64)
    if kind == INDEPENDENT:
        return 1 + (draws < 0.05).astype(np.int64)  # a few work in twos
    if KINDS[kind] in ("agency", "venue"):
        return np.floor(tailed(4, 40, 1.1, draws)).astype(np.int64)
    return np.ones(keys.size, dtype=np.int64)


def _of_kind(kind: int, quota: int, ads: int, knobs: Knobs, seed: int) -> tuple[Ints, Ints]:
    """People and adverts of enough operations of a kind to fill its quota exactly."""
    people: list[Ints] = []
    sizes: list[Ints] = []
    total, first, batch = 0, 0, max(16, quota // 20)
    most = max(4, int(ads * knobs.largest_share))
    low, high = knobs.ads_least[kind], knobs.ads_most[kind]
    while total < quota:
        keys = np.arange(first, first + batch) + (kind << 40)
        some = _people(kind, knobs, seed, keys)
        each = np.floor(tailed(low, high, knobs.ads_tail[kind], unit(seed, "ads", keys))).astype(np.int64)
        size = np.minimum(each * some if kind == RING else each, most)
        people.append(np.minimum(some, np.maximum(size // 2, 1)) if kind != RING else some)
        sizes.append(size)
        total, first = total + int(size.sum()), first + batch
    all_people, all_sizes = np.concatenate(people), np.concatenate(sizes)
    last = int(np.searchsorted(np.cumsum(all_sizes), quota))
    all_sizes = all_sizes[: last + 1]
    all_sizes[last] -= int(all_sizes.sum()) - quota
    return all_people[: last + 1], all_sizes


def draw_operations(ads: int, knobs: Knobs, seed: int) -> Operations:
    """Draw operations whose adverts add up to ``ads``."""
    parts = [
        (kind, *_of_kind(kind, quota, ads, knobs, seed))
        for kind, quota in enumerate(_quotas(ads, knobs.ad_shares))
        if quota
    ]
    kind = np.concatenate([np.full(sizes.size, kind) for kind, _, sizes in parts])
    people = np.concatenate([people for _, people, _ in parts])
    sizes = np.concatenate([sizes for _, _, sizes in parts])
    order = np.argsort(unit(seed, "order", np.arange(kind.size)), kind="stable")
    kind, people, sizes = kind[order], people[order], sizes[order]
    keys = np.arange(kind.size)
    # A world without any ring that exploits would teach nothing: the first ring always does.
    exploited = unit(seed, "exploited", keys) < np.array(knobs.exploited)[kind]
    exploited[np.flatnonzero(kind == RING)[:1]] = True
    country = pick(WEIGHTS, unit(seed, "home", keys))
    span, start = _activity(kind, sizes, knobs, seed, keys)
    low, high = knobs.stay_days
    stay = (low + (high - low) * unit(seed, "stay", keys)) * np.where(kind == INDEPENDENT, 1.3, 1.0) * DAY
    return Operations(
        kind=kind.astype(np.int8),
        exploited=exploited,
        people=people.astype(np.int16),
        ads=sizes.astype(np.int32),
        country=country.astype(np.int8),
        language=_language(country, seed, keys).astype(np.int8),
        start=start.astype(np.int32),
        span=span.astype(np.int32),
        tours=unit(seed, "tours", keys) < np.array(knobs.tours)[kind],
        stay=stay.astype(np.int32),
    )


def _activity(kind: Ints, sizes: Ints, knobs: Knobs, seed: int, keys: Ints) -> tuple[Floats, Floats]:
    """Length and start of each operation's activity, in seconds."""
    world = knobs.days * DAY
    draws = unit(seed, "span", keys)
    days = np.where(kind == SPAM, 0.05 + 1.5 * draws**2, 8 + (knobs.days - 8) * draws)
    # Large operations need time: at most about 40 adverts a day and person outside bursts.
    days = np.where(kind == SPAM, days, np.maximum(days, np.minimum(sizes / 12.0, knobs.days)))
    span = np.minimum(days * DAY, world)
    return span, (world - span) * unit(seed, "start", keys)


def _language(country: Ints, seed: int, keys: Ints) -> Ints:
    """Language of each operation: mostly that of the country, else English, else any. Never tied to exploitation."""
    draws = unit(seed, "language", keys)
    other = below(len(LANGUAGES), seed, "language-other", keys)
    return np.where(draws < 0.68, _LOCAL[country], np.where(draws < 0.84, LANGUAGES.index("en"), other))


def circuit_length(operations: Operations, seed: int) -> Ints:
    """How many cities each operation goes round: few in rings (short circuits, Keskin 2021), 1 without tours."""
    keys = np.arange(operations.count)
    ring = operations.kind == RING
    length = np.where(ring, 3 + below(3, seed, "circuit", keys), 2 + below(5, seed, "circuit", keys))
    return np.where(operations.tours, length, 1)


def world_seed(ads: int, seed: int, preset: str) -> int:
    """The seed of all draws: worlds of another size or preset share nothing."""
    return mix_one(seed, f"world-{preset}", ads) >> 1
