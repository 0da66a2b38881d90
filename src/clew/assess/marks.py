"""Record indicators: which records show them, where in the record, and in how many items of each network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clew.assess.arrays import Ints, Records, distinct
from clew.assess.catalogue import CONTACTS, Indicator
from clew.assess.facts import only_kinds
from clew.assess.mentions import POSITION, Mentions, quoted, standing_at
from clew.engine.duckdb import Engine
from clew.engine.order import order_by
from clew.model.tables import KINDS

_MOST = 256  # indicators in a catalogue


@dataclass(frozen=True)
class Marks:
    """One row for each record and indicator, sorted by record, then indicator.

    Attributes:
        ind: int32[m], the indicator's place in the catalogue.
        row: int32[m], the record's row.
        n: int64[m], mentions that show it.
        at: int64[m], the first of them; see `POSITION`.
        number: int64[m], its number; below 0 where no mention shows it: -1 for the first of ``said`` …
        said: string[k], what these say, in JSON.
    """

    ind: npt.NDArray[np.int32]
    row: npt.NDArray[np.int32]
    n: Ints
    at: Ints
    number: Ints
    said: pa.Array

    def find(self, ind: npt.NDArray[np.int32], row: Ints) -> Ints:
        """The places of marks that are there."""
        return np.searchsorted(self.row.astype(np.int64) * _MOST + self.ind, row * _MOST + ind)


def find_marks(engine: Engine, indicators: Sequence[Indicator], records: Records, mentions: Mentions) -> Marks:
    """Look for every record indicator; ``all_items`` must be there."""
    of_records = [(k, i) for k, i in enumerate(indicators) if i.subject == "record"]
    there = records.kinds
    shown = mentions.shown
    inds, rows, ats = [mentions.ind.astype(np.int32)], [mentions.row[shown].astype(np.int64)], [mentions.at[shown]]
    numbers, said = [shown], pa.chunked_array([], pa.string())
    for k, i in of_records:
        if i.sql and not there.isdisjoint(i.record_kinds):
            found = engine.sql(
                f"SELECT * REPLACE (rid::UBIGINT AS rid), {POSITION} AS p FROM ({only_kinds(i.record_kinds, i.sql)})"
            )
            row, at = records.index.rows(found.column("rid").to_numpy()), found.column("p").to_numpy()
            if "raw" in found.column_names:
                number = -1 - len(said) - np.arange(len(row))
                said = pa.chunked_array(said.chunks + found.column("raw").cast(pa.string()).chunks, pa.string())
            else:
                number = standing_at(mentions, row, at)
                row[number < 0] = -1
            inds.append(np.full(len(row), k, np.int32))
            rows.append(row)
            ats.append(at)
            numbers.append(number)
    ind, row = np.concatenate(inds), np.concatenate(rows)
    at, number = np.concatenate(ats), np.concatenate(numbers)
    kept = row >= 0
    kept[kept] = _applies(of_records, records, mentions, ind[kept], row[kept])
    return _grouped(ind[kept], row[kept], at[kept], number[kept], quoted(engine, said))


def _applies(
    of_records: Sequence[tuple[int, Indicator]],
    records: Records,
    mentions: Mentions,
    ind: npt.NDArray[np.int32],
    row: Ints,
) -> npt.NDArray[np.bool_]:
    """Which findings are on records of a kind the indicator looks at, that mention no contact it says they lack."""
    kinds, lacks = np.zeros((_MOST, len(KINDS)), np.bool_), np.zeros(_MOST, np.uint8)
    for k, i in of_records:
        kinds[k, [KINDS.index(kind) for kind in i.record_kinds]] = True
        lacks[k] = sum(1 << CONTACTS.index(name) for name in i.lacks)
    applies: npt.NDArray[np.bool_] = kinds[ind, records.kind[row]] & ((lacks[ind] & mentions.contacts[row]) == 0)
    return applies


def _grouped(ind: npt.NDArray[np.int32], row: Ints, at: Ints, number: Ints, said: pa.Array) -> Marks:
    """The first mention of each record and indicator, and how many there are."""
    key = row * _MOST + ind
    order = np.argsort(key)
    key, at = key[order], at[order]
    new = np.ones(len(key) + 1, np.bool_)
    new[1:-1] = key[1:] != key[:-1]
    bounds = np.flatnonzero(new)
    n = np.diff(bounds)
    lowest = np.minimum.reduceat(at, bounds[:-1]) if len(n) else at
    (stands,) = np.nonzero(at == np.repeat(lowest, n))  # at least one of each group: the first of these is taken
    first = stands[np.searchsorted(stands, bounds[:-1])]
    key = key[first]
    return Marks((key % _MOST).astype(np.int32), (key // _MOST).astype(np.int32), n, lowest, number[order[first]], said)


def shares(marks: Marks, records: Records) -> pa.Table:
    """Of each indicator in each network: ind, net, items and texts that show it, up to three records as examples."""
    held = records.net[marks.row] >= 0
    row, ind = marks.row[held], marks.ind[held].astype(np.int64)
    nets = int(records.net.max(initial=0)) + 1
    key = ind * nets + records.net[row]
    found, items = distinct(key, records.words["item"][row])
    texts = distinct(key, records.text[row])[1]
    order = order_by(key)  # the rows are in order already
    first = np.searchsorted(key[order], found)
    last = np.append(first, len(order))[1:] - 1
    rid = records.index.rid[row[order]]
    three = np.stack([rid[first], rid[(first + last) // 2], rid[last]], axis=1).ravel()
    examples = pa.FixedSizeListArray.from_arrays(pa.array(three), 3).cast(pa.list_(pa.uint64()))
    columns = {"ind": (found // nets).astype(np.int32), "net": (found % nets).astype(np.int32)}
    return pa.table(columns | {"items": items, "texts": texts, "examples": examples})


def marked_items(marks: Marks, records: Records) -> pa.Table:
    """Of each indicator: ind, items (in networks or not) that show it."""
    found, items = distinct(marks.ind, records.words["item"][marks.row])
    return pa.table({"ind": found.astype(np.int32), "items": items})
