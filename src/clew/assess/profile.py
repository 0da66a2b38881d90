"""Profiles of identifiers: on how many adverts, under how many names, in how many places each stands, and its moves.

Distinct counts of seven columns at once are what SQL is slow at (seven hash tables); here they are one pass over rows
that are sorted by identifier already.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clew.assess.arrays import NEVER, Ints, Records, Words
from clew.assess.held import TYPES, Held
from clew.extract.place import great_circle
from clew.ingest.kernels import kernel
from clew.model.tables import KINDS

_ALIKE = 4  # places of one name that are looked at
_MOVING = [TYPES.index(name) for name in ("phone", "image")]  # whose steps are followed: they stay with a person


@kernel
def _distinct(begin, end, row, values, stamp, held, count, one, other):  # type: ignore[no-untyped-def]
    """For each run: how many values (0: none), the first record with one, the last that brought a new one."""
    for g in range(begin.shape[0]):
        size = 2
        while size < 2 * (end[g] - begin[g]):  # short runs stay in a small, warm part of the table
            size *= 2
        mask = np.uint64(size - 1)
        k, first, last = 0, row[begin[g]], row[begin[g]]
        for at in range(begin[g], end[g]):
            value = values[row[at]]
            if value == 0:
                continue
            slot = (value ^ (value >> np.uint64(29))) & mask
            while stamp[slot] == g and held[slot] != value:
                slot = (slot + np.uint64(1)) & mask
            if stamp[slot] != g:
                stamp[slot], held[slot] = g, value
                first = row[at] if k == 0 else first
                last, k = row[at], k + 1
        count[g], one[g], other[g] = k, first, last


def entities(records: Records, held: Held, threads: int = 1) -> pa.Table:
    """The table ``all_entities`` of `clew.assess.facts`.

    Args:
        records: the records.
        held: the records under each identifier.
        threads: columns counted at a time.
    """
    begin, end = held.begin, held.end
    size = 1 << int(2 * (end - begin).max(initial=1)).bit_length()
    rid = records.index.rid
    columns = _what(records, held, np.arange(len(begin)))
    columns["networks"], columns["desk"] = pa.array(held.spread), pa.array(held.desk)
    columns["records"] = pa.array((end - begin).astype(np.int32))  # versions of its items
    first, last = held.row[begin], held.row[end - 1]
    columns["first_t"], columns["last_t"] = (_time(records.t[rows]) for rows in (first, last))
    columns["by_time"] = _two(rid[first], rid[last])

    def counted(values: Words) -> tuple[npt.NDArray[np.int32], ...]:
        count, one, other = (np.empty(len(begin), np.int32) for _ in range(3))
        _distinct(begin, end, held.row, values, np.full(size, -1), np.zeros(size, np.uint64), count, one, other)
        return count, one, other

    with ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(counted, records.words.values()))
    for name, (count, one, other) in zip(records.words, found, strict=True):
        columns[f"{name}s"] = pa.array(count)
        if name != "item":
            columns[f"by_{name}"] = _two(rid[one], rid[other])
    return pa.table(columns)


def _what(records: Records, held: Held, run: Ints) -> dict[str, pa.Array]:
    """What an identifier is, for some runs."""
    row = held.row[held.begin[run]]
    return {
        "net": pa.array(records.net[row]),
        "kind": pa.DictionaryArray.from_arrays(pa.array(records.kind[row]), pa.array(KINDS)),
        "type": pa.DictionaryArray.from_arrays(pa.array(held.type[run].astype(np.int8)), pa.array(TYPES)),
        "h": pa.array(held.h[run]),
    }


def _time(t: Ints) -> pa.Array:
    return pa.array(t, mask=t == NEVER)


def _two(a: Words, b: Words) -> pa.Array:
    """Lists of two."""
    return pa.ListArray.from_arrays(np.arange(0, 2 * len(a) + 1, 2, dtype=np.int32), np.stack([a, b], axis=1).ravel())


def steps(records: Records, held: Held, places: pa.Table) -> pa.Table:
    """The table ``all_steps``: consecutive records of one moving identifier at different places."""
    run = np.flatnonzero(np.isin(held.type, _MOVING) & ~held.desk)
    length = held.end[run] - held.begin[run]
    of = np.repeat(run, length)
    at = np.repeat(held.begin[run] - np.append(0, np.cumsum(length)[:-1]), length) + np.arange(len(of))
    row = held.row[at]
    follows = (records.words["place"][row] != 0) & (records.t[row] != NEVER)
    row, of = row[follows], of[follows]
    place, t, rid = records.words["place"][row], records.t[row], records.index.rid[row]
    b = np.flatnonzero((of[1:] == of[:-1]) & (place[1:] != place[:-1])) + 1
    a = b - 1
    columns = _what(records, held, of[b])
    columns |= {"rid": pa.array(rid[b]), "prev_rid": pa.array(rid[a]), "t": pa.array(t[b]), "prev_t": pa.array(t[a])}
    columns |= {"place": pa.array(place[b]), "prev_place": pa.array(place[a])}
    until = np.full(len(b), NEVER)
    goes_on = np.flatnonzero(of[b][1:] == of[b][:-1])
    until[goes_on] = t[b][goes_on + 1]
    columns["stay"] = pa.array(until - t[b], mask=until == NEVER)
    columns["km"] = pa.array(_kilometres(places, place[a], place[b]), from_pandas=True)
    return pa.table(columns)


def _kilometres(places: pa.Table, a: Words, b: Words) -> npt.NDArray[np.float64]:
    """Great-circle distance between places; NaN where one is not known.

    Where a name may mean several places that are mentioned here (Córdoba in Spain and in Argentina), the nearest are
    assumed: a misread name must not make a journey that nobody can have made.
    """
    h = places.column("h").to_numpy()
    order = np.argsort(h)
    latitude, longitude = (
        np.radians(np.append(places.column(c).to_numpy().astype(np.float64)[order], np.nan)) for c in ("lat", "lon")
    )

    def apart(i: Ints, j: Ints) -> npt.NDArray[np.float64]:
        km: npt.NDArray[np.float64] = great_circle(latitude[i], latitude[j], longitude[j] - longitude[i])
        return km

    i, j = (np.searchsorted(h[order], x) for x in (a, b))
    km = apart(i, j)
    alike = _namesakes(places.column("value").take(pa.array(order)))
    some = np.flatnonzero((alike[i] != i[:, None]).any(axis=1) | (alike[j] != j[:, None]).any(axis=1))
    for x, y in np.ndindex(alike.shape[1], alike.shape[1]):
        km[some] = np.fmin(km[some], apart(alike[i[some], x], alike[j[some], y]))
    return km


def _namesakes(values: pa.ChunkedArray) -> Ints:
    """int64[places + 1, 4]: of each place itself and others of its name ("Córdoba, AR"); the last row is of none."""
    count = len(values)
    alike = np.repeat(np.arange(count + 1)[:, None], _ALIKE, axis=1)
    names = pc.replace_substring_regex(values, r", [A-Z]{2}$", "").combine_chunks().dictionary_encode()
    code = names.indices.to_numpy()
    shared = np.flatnonzero(np.bincount(code, minlength=1) > 1)
    for one in shared.tolist():
        same = np.flatnonzero(code == one)[:_ALIKE]
        alike[np.ix_(same, np.arange(len(same)))] = same
    return alike
