"""Ties: every identifier of every record once, sorted. Identifiers get codes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clew.engine.duckdb import Engine
from clew.extract._phone_lines import desks
from clew.link.groups import incidence
from clew.link.rows import RowIndex
from clew.link.weights import TYPES
from clew.model.tables import IDENTIFIERS, RECORD_IDENTIFIERS, TIES

MOST_TALKING = 12  # participants of a conversation that ties its messages
GROUP_ROWS = 8_192  # rows in a Parquet row group: what a pivot has to read for one identifier
_WRITE_ROWS = 64 * GROUP_ROWS

_SOURCES = {
    "image": "SELECT image_id AS value, rid FROM image_members WHERE image_id IS NOT NULL",
    "template": "SELECT template_id AS value, rid FROM template_members WHERE template_id IS NOT NULL",
    # A room that many enter is a place where strangers meet; a talk of a few is in few hands.
    "conversation": f"""
        SELECT conversation_id AS value, rid FROM conversation_members JOIN conversations USING (conversation_id)
        WHERE len(participants) <= {MOST_TALKING}""",
}
# An offer that is written in the code of a page has often nothing but the page's address.
_ADDRESSES = """
WITH found AS (SELECT url AS value, rid, kind FROM records WHERE kind IN ('page', 'job_ad') AND url <> '')
SELECT value, rid FROM found WHERE value IN (SELECT value FROM found GROUP BY value HAVING min(kind) <> max(kind))
"""
_MENTIONED = tuple(t for t in TYPES if t not in _SOURCES)
_MENTIONS = (
    f"SELECT list_position({list(_MENTIONED)}, type::VARCHAR)::UTINYINT - 1 AS type, value, rid FROM mentions "
    f"WHERE type::VARCHAR IN {_MENTIONED} AND value IS NOT NULL"
)


@dataclass(frozen=True)
class Ties:
    """The ties of n records, as codes.

    Attributes:
        row: int32[m], record (its row).
        identifier: int32[m], identifier; codes follow (type, value).
        kind: uint8[identifiers], code of the type in `weights.TYPES`.
        values: string[identifiers], chunked.
    """

    row: npt.NDArray[np.int32]
    identifier: npt.NDArray[np.int32]
    kind: npt.NDArray[np.uint8]
    values: pa.ChunkedArray

    def only(self, kept: npt.NDArray[np.bool_]) -> Ties:
        """Some of the ties; identifiers keep their codes."""
        return replace(self, row=self.row[kept], identifier=self.identifier[kept])

    def codes(self, types: pa.Array, values: pa.Array) -> npt.NDArray[np.int64]:
        """int64[n], the codes of identifiers that are there."""
        out, first = np.zeros(len(values), np.int64), 0
        for names in self.values.chunks:
            of = pc.equal(types, TYPES[self.kind[first]]).to_numpy(zero_copy_only=False) if len(names) else None
            if of is not None and of.any():
                out[of] = first + pc.index_in(values.filter(pa.array(of)), names).to_numpy()
            first += len(names)
        return out

    def places(self, identifier: npt.NDArray[np.int64], row: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """int64[n], where ties stand that are there; ties are sorted by identifier and record."""
        held, wanted = (
            code.astype(np.uint64) << np.uint64(32) | at.astype(np.uint64)
            for code, at in ((self.identifier, self.row), (identifier, row))
        )
        rising, out = np.argsort(wanted), np.empty(len(wanted), np.int64)
        out[rising] = np.searchsorted(held, wanted[rising])  # many times as fast as in any order
        return out


def read_ties(engine: Engine, index: RowIndex) -> Ties:
    """The identifiers of ``mentions``, ``image_members``, ``template_members`` and conversations, sorted.

    Identifiers of records that ``records`` does not hold are left out.
    """
    found = _by_type(engine)
    rows, codes, kinds, values = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)], [np.zeros(0, np.uint8)], []
    total = 0
    order = sorted(range(len(TYPES)), key=TYPES.__getitem__)
    with ThreadPoolExecutor(engine.threads) as pool:
        tied = [pool.submit(_tied, found.pop(TYPES[kind]), index) for kind in order]
        for kind, made in zip(order, tied, strict=True):
            row, code, names = made.result()
            rows.append(row)
            codes.append(code + np.int32(total))
            total += len(names)
            kinds.append(np.full(len(names), kind, np.uint8))
            values.append(names)
    return Ties(
        np.concatenate(rows), np.concatenate(codes), np.concatenate(kinds), pa.chunked_array(values, type=pa.string())
    )


def write_ties(ties: Ties, index: RowIndex, path: Path) -> Path:
    """Write TIES: one type after the other, in whole row groups but for the last of a type."""
    compression = {"type": "zstd", "value": "zstd", "rid": "none"}  # record numbers are digests
    first = 0
    with pq.ParquetWriter(path, TIES, compression=compression, use_dictionary=["type", "value"]) as file:
        for names in ties.values.chunks:
            low, high = np.searchsorted(ties.identifier, [first, first + len(names)])
            for at in range(low, high, _WRITE_ROWS):
                part = slice(at, min(at + _WRITE_ROWS, high))
                columns = [
                    pa.array([TYPES[ties.kind[first]]]).take(pa.array(np.zeros(part.stop - at, np.int32))),
                    names.take(pa.array(ties.identifier[part] - np.int32(first))),
                    pa.array(index.rid[ties.row[part]]),
                ]
                file.write_table(pa.table(columns, schema=TIES), row_group_size=GROUP_ROWS)
            first += len(names)
    return path


def write_identifiers(ties: Ties, index: RowIndex, out: Path) -> dict[str, Path]:
    """Write IDENTIFIERS and RECORD_IDENTIFIERS: what is tied to a record is found without a look at the others."""
    paths = {name: out / f"{name}.parquet" for name in ("identifiers", "record_identifiers")}
    types = pa.DictionaryArray.from_arrays(pa.array(ties.kind.astype(np.int8)), pa.array(TYPES)).cast(pa.string())
    many = np.bincount(ties.identifier, minlength=len(ties.kind)).astype(np.int32)
    columns = [pa.array(np.arange(len(many), dtype=np.int32)), types, ties.values, pa.array(many)]
    with pq.ParquetWriter(paths["identifiers"], IDENTIFIERS, compression="zstd", use_dictionary=["type"]) as file:
        file.write_table(pa.table(columns, schema=IDENTIFIERS), row_group_size=2 * GROUP_ROWS)
    held = incidence(ties.row, ties.identifier, len(index.rid))
    table = pa.table([index.rid[held.row_of()], held.column], schema=RECORD_IDENTIFIERS)
    with pq.ParquetWriter(paths["record_identifiers"], table.schema, compression="none", use_dictionary=False) as file:
        file.write_table(table, row_group_size=16 * GROUP_ROWS)
    return paths


def desk_numbers(engine: Engine) -> pa.Array:
    """string[k]: the phone numbers of the view ``ties`` that are no one person's, such as those free of charge."""
    phones = engine.sql("SELECT DISTINCT value FROM ties WHERE type = 'phone' ORDER BY value")
    values = phones.column("value").combine_chunks()
    return values.filter(pa.array(desks(values)))


def _by_type(engine: Engine) -> dict[str, pa.Table]:
    """Value and record of each identifier, by type; some twice."""
    mentions = engine.sql(_MENTIONS)
    of_type = mentions.column("type").to_numpy()
    mentions = mentions.drop_columns(["type"])
    with ThreadPoolExecutor(engine.threads) as pool:
        apart = pool.map(lambda k: mentions.filter(pa.array(of_type == k)), range(len(_MENTIONED)))
        found = dict(zip(_MENTIONED, apart, strict=True))
    addresses = engine.sql(_ADDRESSES)
    if len(addresses):
        found["url"] = pa.concat_tables([found["url"], addresses.cast(found["url"].schema)])
    return found | {t: engine.sql(query) for t, query in _SOURCES.items()}


def _tied(found: pa.Table, index: RowIndex) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], pa.Array]:
    """Row and code of each tie, sorted by value and record, each once; the values of the codes."""
    at = index.rows(found.column("rid").to_numpy().astype(np.uint64))
    if len(at) and at.min() < 0:
        found, at = found.filter(pa.array(at >= 0)), at[at >= 0]
    code, names = coded(found.column("value"))
    key = (code.astype(np.uint64) << np.uint64(32)) | at.astype(np.uint64)  # rows are in the order of record numbers
    key.sort()
    if len(key):
        key = key[np.r_[True, key[1:] != key[:-1]]]
    return (key & np.uint64(0xFFFFFFFF)).astype(np.int32), (key >> np.uint64(32)).astype(np.int32), names


def coded(values: pa.ChunkedArray) -> tuple[npt.NDArray[np.int32], pa.Array]:
    """int32[n], the place of each value among the distinct ones; and those, sorted."""
    encoded = values.combine_chunks().dictionary_encode()  # one array: dictionaries of many are slow to unify
    if isinstance(encoded, pa.ChunkedArray):
        if not encoded.num_chunks:
            return np.zeros(0, np.int32), pa.array([], values.type)
        encoded = encoded.unify_dictionaries().combine_chunks()
    names = encoded.dictionary
    order = pc.array_sort_indices(names)
    place = np.empty(len(names), np.int32)
    place[order.to_numpy()] = np.arange(len(names), dtype=np.int32)
    return place[encoded.indices.to_numpy()], names.take(order)


def distinct(
    one: npt.NDArray[np.int32], other: npt.NDArray[np.int32]
) -> tuple[npt.NDArray[np.int64], tuple[pa.Array, pa.Array]]:
    """The different pairs of two columns of codes: which each row is; and the codes of each."""
    across = np.int64(other.max(initial=0)) + 1
    pairs = pa.array(one * across + other).dictionary_encode()
    values = pairs.dictionary.to_numpy()
    return pairs.indices.to_numpy().astype(np.int64), (pa.array(values // across), pa.array(values % across))
