"""What happens when and where: one row an advert as published, with who is advertised, the item and the city."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clew.simulate.hashing import Ints, below, mix, unit
from clew.simulate.knobs import HOTLINE, NOISE, RING, SPAM, Knobs
from clew.simulate.operations import Operations, circuit_length
from clew.simulate.places import CITY_COUNTRY, CITY_COUNTS, FIRST_CITY, NEAR

PLATFORMS = 24


@dataclass(frozen=True)
class Events:
    """One row an advert, by operation, person and time.

    Attributes:
        op: operation.
        person: who is advertised, within the operation.
        t: second of publication, from the start of the world.
        item: row of the first version of the advert.
        version: 1 for the first.
        platform: index of the platform.
        city: index into `CITIES`.
        stay: number of the stay on tour; -1 for an advert in a place where the person is not.
        posting: row whose text and pictures this advert repeats (cross-posts and later versions); itself otherwise.
    """

    op: NDArray[np.int32]
    person: NDArray[np.int16]
    t: NDArray[np.int32]
    item: NDArray[np.int32]
    version: NDArray[np.int16]
    platform: NDArray[np.int8]
    city: NDArray[np.int16]
    stay: NDArray[np.int32]
    posting: NDArray[np.int32]

    @property
    def count(self) -> int:
        """How many adverts."""
        return int(self.op.size)


def draw_events(operations: Operations, knobs: Knobs, seed: int) -> Events:
    """Draw every advert of every operation."""
    op = np.repeat(np.arange(operations.count, dtype=np.int32), operations.ads)
    rows = np.arange(op.size)
    # The first people of an operation are advertised more than the last.
    person = np.floor(operations.people[op] * unit(seed, "person", rows) ** 1.3).astype(np.int16)
    t = operations.start[op] + np.floor(operations.span[op] * unit(seed, "time", rows)).astype(np.int32)
    order = np.lexsort((t, person, op))
    person, t = person[order], t[order]  # op is sorted already
    kind = operations.kind[op]
    same = np.zeros(op.size, dtype=bool)
    same[1:] = (op[1:] == op[:-1]) & (person[1:] == person[:-1])
    draws = unit(seed, "follows", rows)
    edit = same & (draws < np.array(knobs.edit)[kind])
    cross = same & ~edit & (draws > 1 - np.array(knobs.crosspost)[kind])
    item, version = _runs(edit)
    posting, _ = _runs(edit | cross)
    t = _crossposted(t, item, cross, seed)
    platform = _platforms(operations, op, item, cross, knobs, seed)
    city, stay = _cities(operations, op, person, t, item, knobs, seed)
    # A cross-post or a second version stands in the city of its time, except that cross-posts repeat the first.
    city[cross] = city[_last(~cross)[cross]]
    stay[cross] = stay[_last(~cross)[cross]]
    return Events(
        op=op,
        person=person,
        t=t.astype(np.int32),
        item=item.astype(np.int32),
        version=version.astype(np.int16),
        platform=platform[item].astype(np.int8),
        city=city.astype(np.int16),
        stay=stay.astype(np.int32),
        posting=posting.astype(np.int32),
    )


def _last(marks: NDArray[np.bool_]) -> Ints:
    """For each row, the last marked row up to it (row 0 counts as marked)."""
    return np.maximum.accumulate(np.where(marks, np.arange(marks.size), 0))


def _runs(follows: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """For each row the first of its run (rows that follow belong to the one before), and its place in it from 1."""
    first = _last(~follows)
    return first, np.arange(follows.size) - first + 1


def _crossposted(t: NDArray[np.int32], item: Ints, cross: NDArray[np.bool_], seed: int) -> NDArray[np.int32]:
    """Times with cross-posts moved to minutes after the advert that they repeat."""
    rows = np.flatnonzero(cross)
    origin = _last(~cross)[rows]
    moved = t.copy()
    moved[rows] = t[origin] + (rows - origin) * 60 * (1 + below(9, seed, "cross-gap", rows))
    return moved


def _platforms(
    operations: Operations, op: NDArray[np.int32], item: Ints, cross: NDArray[np.bool_], knobs: Knobs, seed: int
) -> Ints:
    """A platform for every advert: each operation uses a few, and a cross-post goes to the next of them."""
    low, high = knobs.platforms
    keys = np.arange(operations.count)
    several = np.isin(operations.kind, (RING, SPAM)) | (unit(seed, "several", keys) < 0.6)
    used = np.where(several, low + below(high - low + 1, seed, "used", keys), 1)
    used = np.where(operations.kind == NOISE, 1, used)
    favourite = below(PLATFORMS, seed, "favourite", keys)
    turn = np.floor(unit(seed, "platform", item) ** 1.5 * used[op]).astype(np.int64)
    origin = _last(~cross)
    slot = (turn[origin] + np.arange(op.size) - origin) % used[op]
    return np.asarray((favourite[op] + slot * 5) % PLATFORMS, dtype=np.int64)


def _cities(
    operations: Operations,
    op: NDArray[np.int32],
    person: NDArray[np.int16],
    t: NDArray[np.int32],
    item: Ints,
    knobs: Knobs,
    seed: int,
) -> tuple[Ints, Ints]:
    """City of every advert, and the number of the stay (-1 where the person is not there)."""
    length = circuit_length(operations, seed)[op]
    number = (t - operations.start[op]) // operations.stay[op]
    ring = operations.kind[op] == RING
    # Rings keep to their circuit; independent workers go home in between and vary.
    turn = np.where(ring, (number + person) % length, below(length, seed, "turn", op, person, number))
    home = ~ring & (unit(seed, "at-home", op, person, number) < knobs.goes_home)
    turn = np.where(home, 0, turn)
    # Some adverts are put in another city of the circuit while the person is elsewhere.
    chance = np.where(ring, np.where(operations.exploited[op], *knobs.overlap[:2]), knobs.overlap[2])
    overlap = (unit(seed, "overlap", item) < chance) & (length > 1)
    turn = np.where(overlap, (turn + 1) % length, turn)
    spam = operations.kind[op] == SPAM
    turn = np.where(spam, below(40, seed, "spam-city", item), turn)
    country = operations.country[op].astype(np.int64)
    abroad = (unit(seed, "abroad", op, turn) < np.where(ring, *knobs.abroad)) & (turn > 0)
    country = np.where(abroad, NEAR[country, below(3, seed, "near", op, turn)], country)
    local = below(CITY_COUNTS[country], seed, "city-start", op) + turn * 3
    big = below(2, seed, "city-big", op, turn) == 0
    choice = np.where(big, (mix(seed, "city-any", op, turn) % np.uint64(4)).astype(np.int64), local)
    city = FIRST_CITY[country] + choice % CITY_COUNTS[country]
    unmoved = np.isin(operations.kind[op], (NOISE, HOTLINE)) | spam | overlap
    return city, np.where(unmoved, -1, number)


def moves(events: Events, operations: Operations) -> dict[str, NDArray[np.int64]]:
    """Movements: rows where a person's city is another than in the person's advert before (overlaps left out)."""
    rows = np.flatnonzero(events.stay >= 0)
    op, person, city = events.op[rows], events.person[rows], events.city[rows]
    changed = np.zeros(rows.size, dtype=bool)
    changed[1:] = (op[1:] == op[:-1]) & (person[1:] == person[:-1]) & (city[1:] != city[:-1])
    to, before = rows[changed], rows[np.flatnonzero(changed) - 1]
    return {
        "row": to,
        "before": before,
        "operation": events.op[to].astype(np.int64),
        "person": events.person[to].astype(np.int64),
        "from": events.city[before].astype(np.int64),
        "to": events.city[to].astype(np.int64),
        "at": events.t[to].astype(np.int64),
    }


def country_of(city: NDArray[np.int16]) -> NDArray[np.int16]:
    """Country of each city."""
    return np.asarray(CITY_COUNTRY[city], dtype=np.int16)
