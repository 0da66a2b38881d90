"""Pivots into what was matched: records with a text or a picture near a given one."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from clew.extract.base import batch_of_texts
from clew.ingest.kernels import kernel
from clew.match._forest import jaccard
from clew.match._hex import FAR, distances
from clew.match.families import Signatures, numbers
from clew.match.image_index import MAX_DISTANCE
from clew.match.signature import signature
from clew.model.errors import InputError

_TEXT = pa.schema([("rid", pa.uint64()), ("jaccard", pa.float32())])
_PICTURE = pa.schema([("rid", pa.uint64()), ("value", pa.string()), ("distance", pa.int32())])


@dataclass(frozen=True)
class _Hits:
    """Rows of one row group of signatures that share a band with a text, and how near they are."""

    rid: npt.NDArray[np.uint64]
    near: npt.NDArray[np.float32]


@kernel
def _share_band(bands, wanted, hit):  # type: ignore[no-untyped-def]
    """Which rows of uint32[n, 16] have one of 16 keys."""
    for i in range(bands.shape[0]):
        same = False
        for b in range(bands.shape[1]):
            same |= bands[i, b] == wanted[b]
        hit[i] = same


@kernel
def _nearness(bitmap, level, rows, near):  # type: ignore[no-untyped-def]
    """The Jaccard index of some rows with the last row."""
    last = bitmap.shape[0] - 1
    for k in range(rows.shape[0]):
        near[k] = jaccard(bitmap[rows[k]], bitmap[last], level[rows[k]], level[last])


def near_texts(
    text: str, signatures: Sequence[Path], title: str = "", least: float = 0.4, most: int = 1000, threads: int = 2
) -> pa.Table:
    """Records with a text near a given one.

    Args:
        text: body of an advert, or any part long enough to have a signature (three words).
        signatures: all segments of SIGNATURES.
        title: its title.
        least: smallest Jaccard index of two words in a row.
        most: records to give, the nearest first, then by rid.
        threads: workers; the result does not depend on them.

    Returns:
        rid, jaccard. A text that is half as long as an advert or less is not found in it: search for words instead.

    Raises:
        InputError: the text is too short.
    """
    asked = _asked(text, title)
    parts = [(path, part) for path in signatures for part in range(threads)]
    with ThreadPoolExecutor(threads) as pool:
        found = [hits for some in pool.map(lambda one: _search(asked, threads, *one), parts) for hits in some]
    return _nearest(found, least, most)


class Texts:
    """Signatures held in memory, to be asked again and again: about 200 bytes a record.

    Args:
        signatures: all segments of SIGNATURES.
    """

    def __init__(self, signatures: Sequence[Path]) -> None:
        self._held = Signatures.load(signatures)

    def near(self, text: str, title: str = "", least: float = 0.4, most: int = 1000) -> pa.Table:
        """Records with a text near a given one; see `near_texts`."""
        asked, held = _asked(text, title), self._held
        hit = np.zeros(len(held.rid), np.bool_)
        _share_band(held.bands, asked.bands[0], hit)
        rows = np.flatnonzero(hit)
        hits = _Hits(held.rid[rows], _compared(held.bitmap[rows], held.level[rows], asked))
        return _nearest([hits], least, most)


def _asked(text: str, title: str) -> Signatures:
    """The signature of one text."""
    asked = Signatures.of(signature(batch_of_texts([f"{title}\n{text}" if title else text])))
    if not len(asked.rid):
        raise InputError("This text is too short to compare.", "Give at least three words.")
    return asked


def _nearest(found: Sequence[_Hits], least: float, most: int) -> pa.Table:
    rid = np.concatenate([hits.rid for hits in found]) if found else np.empty(0, np.uint64)
    near = np.concatenate([hits.near for hits in found]) if found else np.empty(0, np.float32)
    rows = np.flatnonzero(near >= least)
    rows = rows[np.lexsort((rid[rows], -near[rows]))][:most]
    return pa.table({"rid": rid[rows], "jaccard": near[rows]}).cast(_TEXT)


def _search(asked: Signatures, parts: int, path: Path, part: int) -> list[_Hits]:
    """Candidates by band, verified by sketch; sketches are read only where a row group has a candidate.

    Args:
        asked: the signature of one text.
        parts: how many share the row groups of a file.
        path, part: one segment of SIGNATURES, and which share of it.
    """
    found = []
    file = pq.ParquetFile(path, memory_map=True)
    for group in range(part, file.num_row_groups, parts):
        bands = numbers(file.read_row_group(group, columns=["bands"]).column("bands"), "<u4")
        hit = np.zeros(len(bands), np.bool_)
        _share_band(bands, asked.bands[0], hit)
        rows = np.flatnonzero(hit)
        if not len(rows):
            continue
        table = file.read_row_group(group, columns=["rid", "bitmap", "level"]).take(pa.array(rows))
        near = _compared(numbers(table.column("bitmap"), "<u8"), table.column("level").to_numpy(), asked)
        found.append(_Hits(table.column("rid").to_numpy(), near))
    return found


def _compared(
    bitmap: npt.NDArray[np.uint64], level: npt.NDArray[np.uint8], asked: Signatures
) -> npt.NDArray[np.float32]:
    """The Jaccard index of each sketch with the text's."""
    near = np.zeros(len(bitmap), np.float32)
    _nearness(np.concatenate([bitmap, asked.bitmap]), np.concatenate([level, asked.level]), np.arange(len(near)), near)
    return near


def near_pictures(pdq: bytes, shown: pa.Table, distance: int = MAX_DISTANCE) -> pa.Table:
    """Records that show a picture near a given one.

    Args:
        pdq: a hash of 32 bytes.
        shown: rid and value of the mentions of type ``image``; a value is 64 hex digits.
        distance: most bits that may differ.

    Returns:
        rid, value, distance; the nearest first.

    Raises:
        InputError: not a hash of 32 bytes.
    """
    if len(pdq) != 32:
        raise InputError(f"A picture's hash has 32 bytes, not {len(pdq)}.")
    values = shown.column("value").cast(pa.string())
    bits = distances(values, pdq, min(distance, FAR - 1))
    rows = np.flatnonzero(bits < FAR)
    rid = shown.column("rid").to_numpy()
    rows = rows[np.lexsort((rid[rows], bits[rows]))]
    columns = {"rid": rid[rows], "value": values.take(pa.array(rows)), "distance": bits[rows]}
    return pa.table(columns).cast(_PICTURE)
