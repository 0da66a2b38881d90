"""The mentions as arrays, read in one pass: what each record mentions first, and which mentions show an indicator.

The texts themselves stay where they are. What is quoted in the end is few of them, and is read by number (`read_raw`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clew.assess.arrays import Ints, Words
from clew.assess.catalogue import CONTACTS, Indicator, catalogue
from clew.engine.duckdb import Engine
from clew.engine.order import order_by
from clew.ingest.kernels import kernel
from clew.link.rows import RowIndex
from clew.model.tables import ATTRIBUTE_TYPES, IDENTIFIER_TYPES

TYPES = (*IDENTIFIER_TYPES, *ATTRIBUTE_TYPES)
FIRSTS = ("phone", "place", "name")  # of these a record's first mention is kept
NOTHING = 255  # shows no indicator

# Where a mention stands in its record, as one number: field, start, length.
FIELDS = ("title", "body", "contact", "place", "price")
_FIELD_CODE = f"CASE field::VARCHAR {' '.join(f'WHEN {n!r} THEN {k}' for k, n in enumerate(FIELDS[:-1]))} ELSE 4 END"
POSITION = (
    f"(({_FIELD_CODE})::BIGINT * 1152921504606846976 + greatest(start, 0)::BIGINT * 4294967296 "
    '+ greatest("end" - start, 0)::BIGINT)'
)
# Which of a record's places is "the" place: that of the place field before those in the text.
_FIELD_RANK = np.array([1, 3, 2, 0, 3])

# A sense that is graded shows an indicator from nine to one on: one message that is misread would accuse its writer.
# Beside stages, control or danger the same words are more often meant, and count as they are read.
SURE = math.log(9)
_GRAVE = """
SELECT rid FROM conversation_members SEMI JOIN (
    SELECT conversation_id FROM stages UNION SELECT conversation_id FROM control
    UNION SELECT conversation_id FROM conversations WHERE danger
) USING (conversation_id)
"""

_BATCH = 1 << 20
_READ = """
SELECT rid, (CASE type {types} ELSE {nothing} END)::UTINYINT AS type, hash(value) AS h, {position} AS p,
    coalesce({shows}, {nothing})::UTINYINT AS ind, coalesce(odds < {sure}, false) AS doubtful
FROM (SELECT * REPLACE (type::VARCHAR AS type) FROM mentions)
"""


@dataclass(frozen=True)
class Mentions:
    """Every mention, in the order of the view ``mentions``; its number is its place here.

    Attributes:
        row: int32[m], its record, by number; -1 for none.
        type: uint8[m], position in `TYPES`.
        h: uint32[m], the first half of its value's hash: enough to tell the values of one record apart.
        at: int64[m], where it stands; see `POSITION`.
        shown: int64[k], mentions that show an indicator.
        ind: uint8[k], which: the first condition that holds counts.
        first: uint64[n] of each of `FIRSTS`, hash of the value that each record mentions first; 0 for none.
        contacts: uint8[n], bit k: the record mentions one of `CONTACTS`[k].
    """

    row: npt.NDArray[np.int32]
    type: npt.NDArray[np.uint8]
    h: npt.NDArray[np.uint32]
    at: Ints
    shown: Ints
    ind: npt.NDArray[np.uint8]
    first: dict[str, Words]
    contacts: npt.NDArray[np.uint8]


def read_mentions(engine: Engine, indicators: Sequence[Indicator] | None = None) -> Mentions:
    """Read the views ``mentions``, ``records`` and those of talks; they need no networks.

    Args:
        engine: keeps the order of rows.
        indicators: the catalogue unless others are given.
    """
    indicators = catalogue() if indicators is None else indicators
    index = RowIndex(np.sort(engine.sql("SELECT rid FROM records").column("rid").to_numpy().astype(np.uint64)))
    m, n = engine.row("SELECT count(*) FROM mentions")[0], len(index.rid)
    row, type_, h, at = (np.empty(m, t) for t in (np.int32, np.uint8, np.uint32, np.int64))
    value, rank, seen = (
        np.zeros((len(FIRSTS), n), np.uint64),
        np.zeros((len(FIRSTS), n), np.int64),
        np.zeros(n, np.uint32),
    )
    kept = np.array([FIRSTS.index(name) if name in FIRSTS else -1 for name in TYPES] + [-1] * (256 - len(TYPES)))
    shown, inds, done = [np.zeros(0, np.int64)], [np.zeros(0, np.uint8)], 0
    grave = np.zeros(n + 1, np.bool_)  # the last: of no record
    grave[index.rows(engine.sql(_GRAVE).column("rid").to_numpy())] = True
    grave[-1] = False
    for batch in engine.con.sql(_query(indicators)).to_arrow_reader(_BATCH):
        part = slice(done, done + len(batch))
        rid, kind, word, where, ind = (batch.column(k).to_numpy() for k in range(5))
        doubtful = batch.column("doubtful").to_numpy(zero_copy_only=False)
        row[part] = index.rows(rid)
        type_[part], h[part], at[part] = kind, word >> np.uint64(32), where
        _keep_first(row[part], kind, word, where, kept, _FIELD_RANK, value, rank, seen)
        found = np.flatnonzero(ind != NOTHING)
        found = found[~doubtful[found] | grave[row[part][found]]]
        shown.append(found + done)
        inds.append(ind[found])
        done += len(batch)
    contacts = np.zeros(n, np.uint8)
    for k, name in enumerate(CONTACTS):
        contacts |= (((seen >> np.uint32(TYPES.index(name))) & np.uint32(1)) << np.uint32(k)).astype(np.uint8)
    first = dict(zip(FIRSTS, value, strict=True))
    return Mentions(row, type_, h, at, np.concatenate(shown), np.concatenate(inds), first, contacts)


def _query(indicators: Sequence[Indicator]) -> str:
    """The pass over the mentions, with all conditions on a mention."""
    simple = [(k, i) for k, i in enumerate(indicators) if i.subject == "record" and i.when]
    cases = []
    for name in TYPES:
        of_type = [f"WHEN {i.when} THEN {k}" for k, i in simple if f"'{name}'" in i.when]
        cases += [f"WHEN '{name}' THEN CASE {' '.join(of_type)} END"] if of_type else []
    shows = f"CASE type {' '.join(cases)} END" if cases else "NULL"
    types = " ".join(f"WHEN '{name}' THEN {k}" for k, name in enumerate(TYPES))
    return _READ.format(types=types, nothing=NOTHING, position=POSITION, shows=shows, sure=SURE)


@kernel
def _keep_first(row, type_, h, at, kept, field_rank, value, rank, seen):  # type: ignore[no-untyped-def]
    """Keep for each record and type the value with the lowest rank (then the lowest hash)."""
    for k in range(row.shape[0]):
        r, t = row[k], type_[k]
        if r < 0 or t == 255:
            continue
        seen[r] |= np.uint32(1) << np.uint32(t)
        c = kept[t]
        if c < 0:
            continue
        start = (at[k] >> 32) & 0xFFFFFFF
        mine = (field_rank[at[k] >> 60] << 32) + start
        held = value[c, r]
        if held == 0 or mine < rank[c, r] or (mine == rank[c, r] and h[k] < held):
            value[c, r], rank[c, r] = h[k], mine


@kernel
def _lowest(row, type_, h, at, begin, wanted_type, wanted_h, any_value, number):  # type: ignore[no-untyped-def]
    """For each wanted (type and value) of each record, the mention that stands first."""
    for k in range(row.shape[0]):
        r = row[k]
        if r < 0:
            continue
        for w in range(begin[r], begin[r + 1]):
            wanted = wanted_type[w] == type_[k] and (any_value[w] or wanted_h[w] == h[k])
            if wanted and (number[w] < 0 or at[k] < at[number[w]]):
                number[w] = k


@kernel
def _standing(row, at, begin, wanted_at, number):  # type: ignore[no-untyped-def]
    """For each wanted place in each record, a mention that stands there."""
    for k in range(row.shape[0]):
        r = row[k]
        if r >= 0:
            for w in range(begin[r], begin[r + 1]):
                if wanted_at[w] == at[k]:
                    number[w] = k


def standing_at(mentions: Mentions, row: Ints, at: Ints) -> Ints:
    """The number of a mention that stands at a place in a record; -1 for none.

    Args:
        mentions: all of them.
        row: int64[w], the record of each that is wanted.
        at: int64[w], the place; see `POSITION`.
    """
    order = order_by(row)
    begin = np.searchsorted(row[order], np.arange(len(mentions.contacts) + 1))
    found, number = np.full(len(row), -1, np.int64), np.empty(len(row), np.int64)
    _standing(mentions.row, mentions.at, begin, at[order], found)
    number[order] = found
    return number


def first_of(
    mentions: Mentions, row: Ints, type_: npt.NDArray[np.uint8], h: Words, any_value: npt.NDArray[np.bool_]
) -> Ints:
    """The number of the first mention in a record of a type, and of a value unless any will do; -1 for none.

    Args:
        mentions: all of them.
        row: int64[w], the record of each that is wanted, sorted.
        type_: uint8[w], position in `TYPES`.
        h: uint64[w], hash of the value.
        any_value: bool[w], whether the value does not matter.
    """
    number = np.full(len(row), -1, np.int64)
    begin = np.searchsorted(row, np.arange(len(mentions.contacts) + 1))
    half = (h >> np.uint64(32)).astype(np.uint32)
    _lowest(mentions.row, mentions.type, mentions.h, mentions.at, begin, type_, half, any_value, number)
    return number


def read_raw(engine: Engine, numbers: Ints) -> pa.Array:
    """What mentions say, as the first 200 characters in JSON.

    Args:
        engine: holds ``mentions``, and keeps the order of rows.
        numbers: sorted numbers of mentions.
    """
    parts, done = [], 0
    for batch in engine.con.sql("SELECT raw FROM mentions").to_arrow_reader(_BATCH):
        low, high = np.searchsorted(numbers, [done, done + len(batch)])
        parts.append(batch.column(0).take(pa.array(numbers[low:high] - done)))
        done += len(batch)
    return quoted(engine, pa.chunked_array(parts, pa.string()))


def quoted(engine: Engine, raw: pa.ChunkedArray) -> pa.Array:
    """Texts as JSON, the first 200 characters of each."""
    engine.register({"said": pa.table({"raw": raw})})
    found = engine.sql("SELECT to_json(left(raw, 200))::VARCHAR AS raw FROM said").column("raw")
    engine.con.unregister("said")
    return found.combine_chunks()
