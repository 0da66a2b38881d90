"""Group texts into families of near copies, from their signatures alone.

Texts with the same sketch are one. For each of 16 bands, texts with the same key are candidates; a pair joins when the
Jaccard index estimated from its bitmaps is at least one half (single linkage, union-find). Verification is what allows
so low a threshold. Single linkage chains: texts may be alike step by step while the first and the last share nothing.
So each family is then split at its medoid: who does not agree with it leaves, and the leavers look for a medoid of
their own.

Everything is a function of the set of signatures: neither the order of rows nor how they came in segments matters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from clew.engine.order import order_by
from clew.extract._room import room
from clew.match._forest import as_texts, band_pairs, fold_copies, join_band, roots, split
from clew.match._shingles import BANDS, WORDS
from clew.model.tables import SIGNATURES

ALIKE = 0.495  # a Jaccard index of one half, less what rounding in the estimate takes
AGREES = 0.3  # with the medoid
AGREES_SHORT = 0.05  # the same in texts of some words, whose families are looser
_STRICTER = 0.15  # what leavers without a medoid need more to be joined anew

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Signatures:
    """Rows of SIGNATURES as arrays.

    Attributes:
        rid: uint64[n].
        bands: uint32[n, 16].
        bitmap: uint64[n, 16].
        level: uint8[n].
        shingles: int32[n].
    """

    rid: npt.NDArray[np.uint64]
    bands: npt.NDArray[np.uint32]
    bitmap: npt.NDArray[np.uint64]
    level: npt.NDArray[np.uint8]
    shingles: npt.NDArray[np.int32]

    @classmethod
    def of(cls, table: pa.Table) -> Signatures:
        """From rows of SIGNATURES."""
        return cls.gathered([table], len(table))

    @classmethod
    def load(cls, paths: Sequence[Path]) -> Signatures:
        """From Parquet files; never holds more than one row group beside the arrays (about 200 bytes a row)."""
        files = [pq.ParquetFile(path, memory_map=True) for path in paths]
        groups = ((file, group) for file in files for group in range(file.num_row_groups))
        parts = (file.read_row_group(group, columns=SIGNATURES.names) for file, group in groups)
        return cls.gathered(parts, sum(file.metadata.num_rows for file in files))

    @classmethod
    def gathered(cls, parts: Iterable[pa.Table], most: int) -> Signatures:
        """From rows of SIGNATURES as they are made; ``most``: for how many there has to be room."""
        bands, bitmap = np.empty((most, BANDS), np.uint32), np.empty((most, WORDS), np.uint64)
        held = cls(np.empty(most, np.uint64), bands, bitmap, np.empty(most, np.uint8), np.empty(most, np.int32))
        at = 0
        for table in parts:
            held._put(table, at)
            at += len(table)
        return cls(*(getattr(held, field.name)[:at] for field in fields(cls)))

    def _put(self, table: pa.Table, at: int) -> None:
        for batch in table.to_batches():
            end = at + len(batch)
            self.rid[at:end] = batch.column("rid").to_numpy()
            self.level[at:end] = batch.column("level").to_numpy()
            self.shingles[at:end] = batch.column("shingles").to_numpy()
            self.bands[at:end] = numbers(batch.column("bands"), "<u4")
            self.bitmap[at:end] = numbers(batch.column("bitmap"), "<u8")
            at = end


@dataclass(frozen=True)
class TextFamilies:
    """Families of two records or more, in the order of the smallest rid of each.

    Attributes:
        label: int64[n], the family of each signature; -1 for texts like no other.
        medoid: int64[f], the row of the signature that stands for the family.
    """

    label: Ints
    medoid: Ints


def families(signatures: Signatures, threads: int = 1, alike: float = ALIKE, agrees: float = AGREES) -> TextFamilies:
    """Group signatures; see the module.

    Args:
        signatures: of distinct records; a repeated rid counts as one more copy.
        threads: workers; the result does not depend on them.
        alike: smallest Jaccard index that joins two texts.
        agrees: smallest Jaccard index with the medoid of a family.
    """
    n = len(signatures.rid)
    order = order_by(signatures.rid)
    first, bits = np.empty(n, np.int64), np.empty(n, np.uint16)
    fold_copies(signatures.rid, signatures.bitmap, signatures.level, first, bits)
    rows = order[first[order] == order]  # one row for each sketch, by smallest rid
    text = np.empty(n, np.int64)
    text[rows] = np.arange(len(rows))
    text = text[first]
    copies = np.bincount(text, minlength=len(rows))
    medoid_of = _grouped(signatures, bits, rows, copies, threads, alike, agrees)
    family = medoid_of[text]
    size = np.bincount(family, minlength=len(rows))
    in_order = family[order]
    in_order = in_order[size[in_order] > 1]
    place = np.full(len(rows), n, np.int64)  # where each is seen first: the last of those written stays
    place[in_order[::-1]] = np.arange(len(in_order))[::-1]
    found = in_order[place[in_order] == np.arange(len(in_order))]
    number = np.full(len(rows), -1, np.int64)
    number[found] = np.arange(len(found))
    return TextFamilies(number[family], rows[found])


def _grouped(
    signatures: Signatures,
    bits: npt.NDArray[np.uint16],
    rows: Ints,
    copies: Ints,
    threads: int,
    alike: float,
    agrees: float,
) -> Ints:
    """int64[m]: for each distinct text the medoid of its family."""
    medoid_of = np.arange(len(rows))
    some = np.arange(len(rows))
    least = agrees, min(agrees, AGREES_SHORT)
    while len(some) > 1:
        texts = room(len(some), np.uint64)
        as_texts(rows[some], bits, signatures.level, texts)
        parent = _joined(signatures, texts, threads, alike)
        members = order_by(parent)
        starts = np.flatnonzero(np.diff(parent[members], prepend=-1))
        ends = np.append(starts, len(members)).astype(np.int64)
        label, left, of_each = np.empty(len(some), np.int64), np.zeros(len(some), np.bool_), copies[some]

        def work(part: Ints) -> None:
            begin, end = int(part[0]), int(part[-1]) + 1
            split(members, ends, begin, end, of_each, signatures.bitmap, texts, *least, label, left)  # noqa: B023

        parts = [part for part in np.array_split(np.arange(len(starts)), 4 * threads) if len(part)]
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, parts))
        medoid_of[some[~left]] = some[label[~left]]
        medoid_of[some[left]] = some[left]
        some = some[left]
        alike += _STRICTER
        if alike > 1:
            break
    return medoid_of


def _joined(signatures: Signatures, texts: npt.NDArray[np.uint64], threads: int, alike: float) -> npt.NDArray[np.int32]:
    """int32[m]: the smallest text of each text's tree."""
    parent = np.arange(len(texts), dtype=np.int32)

    def sorted_band(band: int) -> npt.NDArray[np.uint64]:
        pairs = room(len(texts), np.uint64)
        band_pairs(signatures.bands, texts, band, pairs)
        pairs.sort()
        return pairs

    with ThreadPoolExecutor(max(1, threads - 1)) as pool:
        waiting = [pool.submit(sorted_band, band) for band in range(min(threads, BANDS))]
        for band in range(BANDS):
            pairs = waiting.pop(0).result()
            if band + threads < BANDS:
                waiting.append(pool.submit(sorted_band, band + threads))
            join_band(pairs, signatures.bitmap, texts, alike, parent)
    roots(parent)
    return parent


def numbers(column: pa.Array | pa.ChunkedArray, dtype: str) -> npt.NDArray[Any]:
    """The values of a fixed-size binary column as rows of numbers, without copying where it is one piece."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    width = whole.type.byte_width
    size = np.dtype(dtype).itemsize
    raw = np.frombuffer(whole.buffers()[1] or b"", np.uint8)[whole.offset * width :]
    data: npt.NDArray[Any] = raw[: len(whole) * width].view(dtype).reshape(len(whole), width // size)
    return data
