"""The records as columns of integers, in the order of their numbers: what profiles, shares and steps are counted on.

Texts are compared as 64-bit hashes of their values; 0 stands for "none".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clew.engine.duckdb import Engine
from clew.link.rows import RowIndex
from clew.model.tables import KINDS

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]

NEVER = np.iinfo(np.int64).min
_ODD = np.uint64(0x9E3779B97F4A7C15)  # different groups never give one word the same key

_RECORDS = """
SELECT rid, record_id, kind, hash(item_id) AS item, hash(platform) AS platform,
    CASE WHEN handle <> '' THEN hash(platform || ':' || handle) ELSE 0 END AS account,
    CASE WHEN kind IN ('job_ad', 'page') AND trim(title) <> '' THEN hash(lower(trim(title))) ELSE 0 END AS title,
    coalesce(epoch(coalesce(posted_at, captured_at))::BIGINT, {never}) AS t
FROM records
"""
_MEMBERS = "SELECT m.rid, n.net FROM network_members m JOIN nets n USING (network_id)"
_TEMPLATES = "SELECT rid, hash(template_id) AS h FROM template_members"


@dataclass(frozen=True)
class Records:
    """One row a record, sorted by number.

    Attributes:
        index: record numbers, and the row of each.
        record_id: string[n], as outside.
        net: int32[n], its network; -1 where it is in none.
        kind: int8[n], position in `KINDS`.
        words: uint64[n] of each of item, platform, account, title (of offers and pages), template; and of phone, place
            and name, once the mentions are read.
        t: int64[n], seconds; `NEVER` where unknown.
    """

    index: RowIndex
    record_id: pa.Array
    net: npt.NDArray[np.int32]
    kind: npt.NDArray[np.int8]
    words: dict[str, Words]
    t: Ints

    @property
    def text(self) -> Words:
        """uint64[n], the record's text: its template, or its item where it has none."""
        template = self.words["template"]
        return np.where(template == 0, self.words["item"], template)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds that there are records of."""
        held = np.bincount(self.kind[self.kind >= 0], minlength=len(KINDS))
        return frozenset(name for name, count in zip(KINDS, held.tolist(), strict=True) if count)

    def table(self) -> pa.Table:
        """As the table ``all_items``."""
        kinds = pa.DictionaryArray.from_arrays(pa.array(self.kind), pa.array(KINDS))
        columns = {"rid": pa.array(self.index.rid), "net": pa.array(self.net, mask=self.net < 0), "kind": kinds}
        columns |= {name: pa.array(values, mask=values == 0) for name, values in self.words.items()}
        return pa.table(columns | {"t": pa.array(self.t, mask=self.t == NEVER)})


def read_records(engine: Engine) -> Records:
    """Read ``records``, ``template_members``, ``network_members`` and ``nets``."""
    table = engine.sql(_RECORDS.format(never=f"({NEVER + 1} - 1)"))
    order = np.argsort(table.column("rid").to_numpy())
    index = RowIndex(table.column("rid").to_numpy()[order].astype(np.uint64))
    n = len(order)
    given = ("item", "platform", "account", "title")
    words = {name: table.column(name).to_numpy()[order].astype(np.uint64) for name in given}
    kind = pc.index_in(table.column("kind"), pa.array(KINDS)).to_numpy()[order].astype(np.int8)
    record_id = table.column("record_id").combine_chunks().take(pa.array(order))
    net, template = np.full(n, -1, np.int32), np.zeros(n, np.uint64)
    for query, name, target in ((_MEMBERS, "net", net), (_TEMPLATES, "h", template)):
        found = engine.sql(query)
        row = index.rows(found.column("rid").to_numpy().astype(np.uint64))
        target[row[row >= 0]] = found.column(name).to_numpy()[row >= 0]
    words["template"] = template
    return Records(index, record_id, net, kind, words, table.column("t").to_numpy()[order].astype(np.int64))


def distinct(group: npt.NDArray[np.integer[Any]], words: Words) -> tuple[npt.NDArray[Any], Ints]:
    """The groups in order, and how many distinct words each has."""
    key = words ^ (group.astype(np.uint64) * _ODD)  # one sort instead of two; the words are hashes already
    order = np.argsort(key)
    key = key[order]
    new = np.ones(len(key), np.bool_)
    new[1:] = key[1:] != key[:-1]
    found, count = np.unique(group[order[new]], return_counts=True)
    return found, count.astype(np.int64)


def sorted_once(keys: Ints) -> Ints:
    """The distinct keys, sorted."""
    keys = np.sort(keys)  # np.unique hashes, which is slower
    new = np.ones(len(keys), np.bool_)
    new[1:] = keys[1:] != keys[:-1]
    return keys[new]
