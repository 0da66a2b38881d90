"""Who holds what: the records under each identifier of each network, in time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clew.assess.arrays import Ints, Records, Words
from clew.engine.duckdb import Engine
from clew.engine.order import order_by
from clew.ingest.kernels import making_kernel
from clew.link.ties import desk_numbers
from clew.model.tables import KINDS

# Which identifiers make entities; the others of TIES tell too little here.
TYPES = (
    "phone", "email", "handle", "template", "image", "domain", "url", "wallet", "account", "widget", "company",
)  # fmt: skip

_TIES = """
SELECT CASE type {codes} END::UTINYINT AS type, hash(value) AS h, rid FROM ties WHERE type IN ({types})
"""
_BATCH = 1 << 20


@dataclass(frozen=True)
class Held:
    """Records under identifiers, sorted by network, kind, type and value, then time; runs of one are left out.

    Attributes:
        row: int32[m], record.
        begin, end: int64[g], a run: the records of one kind under one identifier in one network.
        type: uint8[g], position in `TYPES`.
        h: uint64[g], hash of the value.
        desk: bool[g], a number that is no one person's, such as one that is free of charge.
        spread: int64[g], in how many networks (of one kind of record) the value stands at all.
    """

    row: npt.NDArray[np.int32]
    begin: Ints
    end: Ints
    type: npt.NDArray[np.uint8]
    h: Words
    desk: npt.NDArray[np.bool_]
    spread: Ints


def read_held(engine: Engine, records: Records) -> Held:
    """Read ``ties``, in whatever order they come."""
    row, code, type_, h = _ties(engine, records)
    group = records.net.astype(np.int64) * len(KINDS) + records.kind
    by_time = order_by(records.t)
    rank = np.empty(len(by_time), np.uint64)
    rank[by_time] = np.arange(len(by_time), dtype=np.uint64)
    start = np.append(0, np.cumsum(np.bincount(group[row], minlength=1)))
    both = np.empty(len(row), np.uint64)
    _sort(group[row], start, (code.astype(np.uint64) << np.uint64(32)) | rank[row], both)
    row = by_time[both & np.uint64(0xFFFFFFFF)].astype(np.int32)
    code, group = (both >> np.uint64(32)).astype(np.int32), group[row]
    new = np.ones(len(row) + 1, np.bool_)
    new[1:-1] = (code[1:] != code[:-1]) | (group[1:] != group[:-1])
    bounds = np.flatnonzero(new)
    begin, end = bounds[:-1], bounds[1:]
    spread = np.bincount(code[begin], minlength=len(h))
    many = end - begin > 1
    begin, end = begin[many], end[many]
    held = code[begin]
    desk = (type_[held] == TYPES.index("phone")) & np.isin(h[held], _desks(engine))
    return Held(row, begin, end, type_[held], h[held], desk, spread[held])


def _desks(engine: Engine) -> Words:
    """The hashes of the numbers that are no one person's."""
    numbers = {"value": desk_numbers(engine).to_pylist()}
    found: Words = engine.sql("SELECT hash(unnest($value::VARCHAR[])) AS h", params=numbers).column("h").to_numpy()
    return found


@making_kernel
def _sort(group, start, key, out):  # type: ignore[no-untyped-def]
    """Sort keys by group, then themselves: groups are small, and what follows finds a network's records together."""
    place = start.copy()
    for k in range(group.shape[0]):
        out[place[group[k]]] = key[k]
        place[group[k]] += 1
    for g in range(start.shape[0] - 1):
        if start[g + 1] - start[g] > 1:
            out[start[g] : start[g + 1]].sort()


def _ties(
    engine: Engine, records: Records
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.uint8], Words]:
    """Row and identifier of each tie in a network; type and hash of each identifier, sorted by them."""
    rows, heads, lengths = [np.zeros(0, np.int32)], [np.zeros((0, 2), np.uint64)], [np.zeros(0, np.int64)]
    codes = " ".join(f"WHEN '{name}' THEN {k}" for k, name in enumerate(TYPES))
    query = _TIES.format(codes=codes, types=", ".join(f"'{name}'" for name in TYPES))
    for batch in engine.con.sql(query).to_arrow_reader(_BATCH):
        row = records.index.rows(batch.column("rid").to_numpy())
        known = row >= 0
        known[known] = records.net[row[known]] >= 0
        type_, h = (batch.column(name).to_numpy()[known] for name in ("type", "h"))
        if not len(h):
            continue
        new = np.ones(len(h), np.bool_)
        new[1:] = (h[1:] != h[:-1]) | (type_[1:] != type_[:-1])
        first = np.flatnonzero(new)
        rows.append(row[known].astype(np.int32))
        heads.append(np.stack([type_[first].astype(np.uint64), h[first]], axis=1))
        lengths.append(np.diff(np.append(first, len(h))))
    runs = np.concatenate(heads)
    order = order_by(runs[:, 0], runs[:, 1])
    runs = runs[order]
    new = np.ones(len(runs), np.bool_)
    new[1:] = (runs[1:] != runs[:-1]).any(axis=1)
    number = np.empty(len(runs), np.int32)
    number[order] = np.cumsum(new, dtype=np.int32) - 1
    code = np.repeat(number, np.concatenate(lengths))
    return np.concatenate(rows), code, runs[new, 0].astype(np.uint8), runs[new, 1]
