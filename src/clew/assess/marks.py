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
from clew.engine.duckdb import Engine
from clew.model.tables import ATTRIBUTE_TYPES, IDENTIFIER_TYPES, KINDS

# Where a mention stands in its record, as one number: field, start, length; and back.
FIELDS = ("title", "body", "contact", "place", "price")
_FIELD_CODE = (
    "CASE field::VARCHAR WHEN 'title' THEN 0 WHEN 'body' THEN 1 WHEN 'contact' THEN 2 WHEN 'place' THEN 3 ELSE 4 END"
)
POSITION = (
    f"(({_FIELD_CODE})::BIGINT * 1152921504606846976 + greatest(start, 0)::BIGINT * 4294967296 "
    '+ greatest("end" - start, 0)::BIGINT)'
)


REGISTERED = ("marks", "shares", "marked_items")


@dataclass(frozen=True)
class Marks:
    """One row for each record and indicator, sorted by record, then indicator.

    Attributes:
        ind: int32[m], the indicator's place in the catalogue.
        row: int32[m], the record's row.
        n: int64[m], mentions that show it.
        at: int64[m], the first of them; see `POSITION`.
        raw: string[m], what it says.
    """

    ind: npt.NDArray[np.int32]
    row: npt.NDArray[np.int32]
    n: Ints
    at: Ints
    raw: pa.Array

    def table(self, records: Records) -> pa.Table:
        """As the table ``marks``: ind, rid, record_id, n, p, raw."""
        columns = {"ind": self.ind, "rid": records.index.rid[self.row]}
        return pa.table(
            columns
            | {"record_id": records.record_id.take(pa.array(self.row)), "n": self.n, "p": self.at, "raw": self.raw}
        )


def find_marks(engine: Engine, indicators: Sequence[Indicator], records: Records) -> Marks:
    """Look for every record indicator."""
    of_records = [(k, i) for k, i in enumerate(indicators) if i.subject == "record"]
    simple = [(k, i) for k, i in of_records if i.when]
    queries = [_by_condition(simple)] if simple else []
    queries += [f"SELECT {k} AS ind, * FROM ({only_kinds(i.record_kinds, i.sql)})" for k, i in of_records if i.sql]
    allowed = np.zeros((len(indicators) + 1, len(KINDS)), np.bool_)
    lacks = np.zeros(len(indicators) + 1, np.uint8)
    for k, i in of_records:
        allowed[k, [KINDS.index(kind) for kind in i.record_kinds]] = True
        lacks[k] = sum(1 << CONTACTS.index(name) for name in i.lacks)
    inds, rows, ats, raws = [np.zeros(0, np.int32)], [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], []
    for query in queries:
        found = engine.sql(f"SELECT ind::INTEGER AS ind, rid, {POSITION} AS p, raw FROM ({query})")
        ind, row = found.column("ind").to_numpy(), records.index.rows(found.column("rid").to_numpy().astype(np.uint64))
        kept = (row >= 0) & allowed[ind, records.kind[row]] & ((lacks[ind] & records.contacts[row]) == 0)
        inds.append(ind[kept])
        rows.append(row[kept])
        ats.append(found.column("p").to_numpy()[kept])
        raws += found.column("raw").filter(pa.array(kept)).cast(pa.string()).chunks
    raw = pa.chunked_array(raws, pa.string())
    return _grouped(np.concatenate(inds), np.concatenate(rows), np.concatenate(ats), raw)


def _by_condition(simple: Sequence[tuple[int, Indicator]]) -> str:
    """One pass over the mentions for all conditions on a mention (the first that holds counts)."""
    types = [t for t in (*IDENTIFIER_TYPES, *ATTRIBUTE_TYPES) if any(f"'{t}'" in i.when for _, i in simple)]
    cases = [
        f"WHEN '{t}' THEN CASE {' '.join(f'WHEN {i.when} THEN {k}' for k, i in simple if repr(t) in i.when)} END"
        for t in types
    ]
    # the types are read as text once, in a subquery: comparing the dictionary each time would be slower
    listed = ", ".join(f"'{t}'" for t in types)
    read = f"(SELECT * EXCLUDE (type), type::VARCHAR AS type FROM mentions WHERE type IN ({listed}))"
    return f"SELECT * FROM (SELECT *, CASE type {' '.join(cases)} END AS ind FROM {read}) WHERE ind IS NOT NULL"


def _grouped(ind: npt.NDArray[np.int32], row: Ints, at: Ints, raw: pa.ChunkedArray) -> Marks:
    """The first mention of each record and indicator, and how many there are."""
    order = np.lexsort((at, row * 256 + ind))
    ind, row, at = ind[order], row[order], at[order]
    new = np.ones(len(ind) + 1, np.bool_)
    new[1:-1] = (row[1:] != row[:-1]) | (ind[1:] != ind[:-1])
    bounds = np.flatnonzero(new)
    first = bounds[:-1]
    taken = raw.take(pa.array(order[first]))
    return Marks(ind[first], row[first].astype(np.int32), np.diff(bounds), at[first], taken.combine_chunks())


def shares(marks: Marks, records: Records) -> pa.Table:
    """Of each indicator in each network: ind, net, items and texts that show it, up to three records as examples."""
    held = records.net[marks.row] >= 0
    row, ind = marks.row[held], marks.ind[held].astype(np.int64)
    nets = int(records.net.max(initial=0)) + 1
    key = ind * nets + records.net[row]
    found, items = distinct(key, records.words["item"][row])
    texts = distinct(key, records.text[row])[1]
    order = np.lexsort((row, key))
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


def register(engine: Engine, indicators: Sequence[Indicator], records: Records) -> None:
    """Give the engine the tables ``marks``, ``shares`` and ``marked_items``."""
    found = find_marks(engine, indicators, records)
    engine.register(
        {"marks": found.table(records), "shares": shares(found, records), "marked_items": marked_items(found, records)}
    )
