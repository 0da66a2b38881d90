"""Profiles of identifiers: on how many adverts, under how many names, in how many places each stands, and its moves.

Distinct counts of seven columns at once are what SQL is slow at (seven hash tables); here they are one pass over rows
that the engine has sorted.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]

DIMENSIONS = ("item", "platform", "account", "phone", "place", "name", "template")
_MOVING = ("phone", "image")  # identifiers whose steps are followed: they stay with a person
_NEVER = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Profiles:
    """The tables ``all_entities`` and ``all_steps`` of `clew.assess.facts`."""

    entities: pa.Table
    steps: pa.Table


@numba.njit(nogil=True, cache=True)
def _distinct(begin, end, at, values, stamp, held, count, one, other):  # type: ignore[no-untyped-def]
    """For each group of rows: how many values (0: none), the first row with one, the last that brought a new one."""
    mask = np.uint64(held.shape[0] - 1)
    for g in range(begin.shape[0]):
        k, first, last = 0, begin[g], begin[g]
        for row in range(begin[g], end[g]):
            value = values[at[row]]
            if value == 0:
                continue
            slot = (value ^ (value >> np.uint64(29))) & mask
            while stamp[slot] == g and held[slot] != value:
                slot = (slot + np.uint64(1)) & mask
            if stamp[slot] != g:
                stamp[slot], held[slot] = g, value
                first = row if k == 0 else first
                last, k = row, k + 1
        count[g], one[g], other[g] = k, first, last


def _groups(held: pa.Table) -> tuple[Ints, Ints]:
    """Begin and end of the runs of rows that share network, kind, type and value, of two rows or more."""
    n = len(held)
    new = np.ones(n + 1, np.bool_)
    h, net = _column(held, "h"), _column(held, "net")
    new[1:n] = (h[1:] != h[:-1]) | (net[1:] != net[:-1])
    for name in ("kind", "type"):
        code = _codes(held.column(name))
        new[1:n] |= code[1:] != code[:-1]
    bounds = np.flatnonzero(new)
    begin, end = bounds[:-1], bounds[1:]
    many = end - begin > 1
    return begin[many], end[many]


def _column(table: pa.Table, name: str) -> npt.NDArray[Any]:
    values: npt.NDArray[Any] = table.column(name).to_numpy()
    return values


def _codes(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    """The codes of a dictionary column, whose dictionary is the same in every chunk."""
    chunks = [chunk.indices.to_numpy() for chunk in column.chunks]
    return np.concatenate(chunks) if chunks else np.zeros(0, np.uint8)


def _take(held: pa.Table, rows: Ints) -> dict[str, pa.Array]:
    """What an identifier is, for some rows."""
    taken = held.select(["net", "kind", "type", "h"]).take(pa.array(rows))
    return {
        name: taken.column(name).cast(pa.string()) if name in ("kind", "type") else taken.column(name)
        for name in taken.column_names
    }


def _by_place(items: pa.Table, name: str, missing: int) -> npt.NDArray[Any]:
    """A column of the items in the order of their place in the table."""
    values = pc.fill_null(items.column(name), pa.scalar(missing, items.column(name).type)).to_numpy()
    out: npt.NDArray[Any] = np.empty(len(values), values.dtype)
    out[_column(items, "at")] = values
    return out


def profile(items: pa.Table, held: pa.Table, places: pa.Table, threads: int = 1) -> Profiles:
    """Profiles and steps.

    Args:
        items: at (place in the table), rid, t and `DIMENSIONS` of every record.
        held: net, kind, type, h, t and at of every record under every identifier, sorted by all of them; kind and
            type are dictionaries.
        places: h, lat and lon.
        threads: columns counted at a time.
    """
    begin, end = _groups(held)
    at, rid = _column(held, "at").astype(np.int64), _by_place(items, "rid", 0)
    size = 1 << int(2 * (end - begin).max(initial=1)).bit_length()
    columns = _take(held, begin)
    t = pc.fill_null(held.column("t"), _NEVER).to_numpy()
    columns["first_t"], columns["last_t"] = (pa.array(t[k], mask=t[k] == _NEVER) for k in (begin, end - 1))
    columns["by_time"] = _two(rid[at[begin]], rid[at[end - 1]])

    def counted(name: str) -> tuple[Ints, Ints, Ints]:
        count, one, other = (np.empty(len(begin), np.int64) for _ in range(3))
        values = _by_place(items, name, 0)
        _distinct(begin, end, at, values, np.full(size, -1), np.zeros(size, np.uint64), count, one, other)
        return count, one, other

    with ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(counted, DIMENSIONS))
    for name, (count, one, other) in zip(DIMENSIONS, found, strict=True):
        columns[f"{name}s"] = pa.array(count)
        if name != "item":
            columns[f"by_{name}"] = _two(rid[at[one]], rid[at[other]])
    return Profiles(pa.table(columns), _steps(items, held, at, rid, places))


def _two(a: Words, b: Words) -> pa.Array:
    """Lists of two."""
    return pa.ListArray.from_arrays(np.arange(0, 2 * len(a) + 1, 2, dtype=np.int32), np.stack([a, b], axis=1).ravel())


def _steps(items: pa.Table, held: pa.Table, at: Ints, rid: Words, places: pa.Table) -> pa.Table:
    """Consecutive records of one moving identifier at different places."""
    place = _by_place(items, "place", 0)[at]
    t = pc.fill_null(held.column("t"), _NEVER).to_numpy()
    kinds, types = _codes(held.column("kind")), _codes(held.column("type"))
    names = held.column("type").chunk(0).dictionary.to_pylist() if len(held) else []
    follows = np.isin(types, [names.index(m) for m in _MOVING if m in names]) & (place != 0) & (t != _NEVER)
    row = np.flatnonzero(follows)
    a, b = row[:-1], row[1:]
    same = place[a] != place[b]
    for name in ("net", "h"):
        values = _column(held, name)
        same &= values[a] == values[b]
    for code in (kinds, types):
        same &= code[a] == code[b]
    a, b = a[same], b[same]
    columns = _take(held, b)
    columns |= {
        "rid": pa.array(rid[at[b]]),
        "prev_rid": pa.array(rid[at[a]]),
        "t": pa.array(t[b]),
        "prev_t": pa.array(t[a]),
    }
    columns |= {"place": pa.array(place[b]), "prev_place": pa.array(place[a])}
    columns["km"] = pa.array(_kilometres(places, place[a], place[b]), from_pandas=True)
    return pa.table(columns)


def _kilometres(places: pa.Table, a: Words, b: Words) -> npt.NDArray[np.float64]:
    """Great-circle distance between places; NaN where one is not known."""
    h = _column(places, "h")
    order = np.argsort(h)
    latitude, longitude = (np.radians(np.append(_column(places, c)[order], np.nan)) for c in ("lat", "lon"))
    i, j = (np.searchsorted(h[order], x) for x in (a, b))
    half = np.sin((latitude[j] - latitude[i]) / 2) ** 2
    half += np.cos(latitude[i]) * np.cos(latitude[j]) * np.sin((longitude[j] - longitude[i]) / 2) ** 2
    km: npt.NDArray[np.float64] = 12_742 * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return km
