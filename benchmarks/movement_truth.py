"""Where everybody was in a simulated world, laid beside the records of a workspace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clew.engine.duckdb import Engine

_RECORDS = """
SELECT r.rid, t.person, t.operation, t.kind, t.exploitation, r.place, epoch(r.posted_at)::BIGINT AS at
FROM records r JOIN true_records t USING (platform, native_id, version) ORDER BY rid
"""
# How the extractor calls each place that adverts write.
_SPELT = """
SELECT r.place, mode(m.value ORDER BY m.value) AS value FROM records r JOIN mentions m USING (rid)
WHERE m.type::VARCHAR = 'place' AND m.field::VARCHAR = 'place' GROUP BY r.place
"""
_HOUR = 3_600


@dataclass(frozen=True)
class Truth:
    """People by number; their records, and where each was from when on.

    Attributes:
        rid, person: of each record, by rid.
        people: names; kind, exploited: of each person's operation.
        values: string[v], places.
        since_person, since_t, since_place: sorted: the place of a person from a time on.
        move_person, move_from, move_to, move_t, move_how: the moves, by person and time.
    """

    rid: np.ndarray
    person: np.ndarray
    people: pa.Array
    kind: np.ndarray
    exploited: np.ndarray
    values: pa.Array
    since_person: np.ndarray
    since_t: np.ndarray
    since_place: np.ndarray
    move_person: np.ndarray
    move_from: np.ndarray
    move_to: np.ndarray
    move_t: np.ndarray
    move_how: np.ndarray

    def codes(self, values: pa.Array) -> np.ndarray:
        """The number of each place; -2 for those of which the truth knows nothing."""
        return pc.fill_null(pc.index_in(values, value_set=self.values), -2).to_numpy(zero_copy_only=False)

    def person_of(self, rid: np.ndarray) -> np.ndarray:
        """The person of each record; -1 where unknown."""
        at = np.minimum(np.searchsorted(self.rid, rid), len(self.rid) - 1)
        return np.where(self.rid[at] == rid, self.person[at], -1)

    def majority(self, rid: np.ndarray, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
        """The person of most records of each run."""
        person = self.person_of(rid)
        run = np.repeat(np.arange(len(begin)), end - begin)
        pair, count = np.unique(run * (len(self.people) + 1) + person + 1, return_counts=True)
        of = pair // (len(self.people) + 1)
        order = np.lexsort((pair, -count, of))
        first = np.append(True, of[order][1:] != of[order][:-1])[: len(order)]
        return pair[order][first] % (len(self.people) + 1) - 1

    def place_at(self, person: np.ndarray, t: np.ndarray) -> np.ndarray:
        """Where people were; -1 for those not known."""
        shift = 1 << 33
        at = np.searchsorted(self.since_person * shift + self.since_t, person * shift + t, side="right") - 1
        at = np.maximum(at, 0)
        return np.where((person >= 0) & (self.since_person[at] == person), self.since_place[at], -1)

    def find_moves(self, person: np.ndarray, origin: np.ndarray, target: np.ndarray, t: np.ndarray) -> np.ndarray:
        """The true move that each found move is, within a day; -1 for none."""
        shift = 1 << 33
        key = self.move_person * shift + self.move_t
        found = np.full(len(person), -1)
        first = np.searchsorted(key, person * shift + t - 24 * _HOUR)
        for step in range(6):
            at = np.minimum(first + step, len(key) - 1)
            hit = (self.move_person[at] == person) & (abs(self.move_t[at] - t) <= 24 * _HOUR)
            hit &= (self.move_from[at] == origin) & (self.move_to[at] == target) & (found < 0)
            found[hit] = at[hit]
        return found

    def move_groups(self) -> Iterator[tuple[str, np.ndarray]]:
        """Moves by sort of operation, and by how they show."""
        for kind in np.unique(self.kind):
            yield kind, self.kind[self.move_person] == kind
        for how in np.unique(self.move_how):
            yield how, self.move_how == how


def read_truth(engine: Engine, world: Path) -> Truth:
    """The truth of a world for the records of a workspace."""
    for name in ("records", "movements"):
        engine.run(f"CREATE OR REPLACE VIEW true_{name} AS FROM read_parquet('{world / 'truth' / name}.parquet')")
    records = engine.sql(_RECORDS).combine_chunks()
    spelt = engine.sql(_SPELT)
    people = pc.unique(records.column("person").combine_chunks())
    people = people.take(pc.sort_indices(people))
    person = pc.index_in(records.column("person"), value_set=people).to_numpy().astype(np.int64)
    values = pc.unique(spelt.column("value").combine_chunks())
    first = np.unique(person, return_index=True)[1]

    def code(places: pa.ChunkedArray) -> np.ndarray:
        value = spelt.column("value").take(pc.index_in(places, value_set=spelt.column("place").combine_chunks()))
        return pc.fill_null(pc.index_in(value, value_set=values), -3).to_numpy().astype(np.int64)

    moves = engine.sql('SELECT person, "from", "to", epoch("at")::BIGINT AS t, how FROM true_movements')
    who = pc.index_in(moves.column("person"), value_set=people).to_numpy().astype(np.int64)
    order = np.lexsort((moves.column("t").to_numpy(), who))
    who, t = who[order], moves.column("t").to_numpy()[order]
    origin, target = (code(moves.column(name))[order] for name in ("from", "to"))
    begins = np.append(True, who[1:] != who[:-1])
    still = np.setdiff1d(np.arange(len(people)), who)
    at_home = _most(person, code(records.column("place")), len(values))
    since = [np.concatenate(x) for x in (
        (who, who[begins], still), (t, np.zeros(begins.sum(), np.int64), np.zeros(len(still), np.int64)),
        (target, origin[begins], at_home[still]))]  # fmt: skip
    sort = np.lexsort((since[1], since[0]))
    return Truth(
        records.column("rid").to_numpy(), person, people,
        records.column("kind").to_numpy()[first], records.column("exploitation").to_numpy()[first],
        values, *(x[sort] for x in since), who, origin, target, t, moves.column("how").to_numpy()[order],
    )  # fmt: skip


def _most(person: np.ndarray, place: np.ndarray, places: int) -> np.ndarray:
    """The place that most records of each person name."""
    pair, count = np.unique(person * (places + 4) + place + 3, return_counts=True)
    order = np.lexsort((pair, -count, pair // (places + 4)))
    first = np.append(True, np.diff(pair[order] // (places + 4)) > 0)
    return pair[order][first] % (places + 4) - 3
