"""What template matching needs of a text, in 200 bytes: band keys to find near copies and a bitmap to verify them.

A text is the title and body of a record, folded (:mod:`clew.extract.fold`), as its set of two words in a row
("shingles"). Words are runs of letters of any script; in scripts without spaces each character is one; a run of
numbers is one word, whatever the numbers. Two texts belong together by the Jaccard index of their sets.

Bands: MinHash with 32 bins, taken two by two: texts with a Jaccard index of .5 share at least one of the 16 keys 99
times in 100. Bitmap: one bit of 1,024 for each shingle, from which the index is estimated without the texts. Of a long
text only every second, fourth … shingle is drawn (chosen by its hash, so that copies choose the same), until at most
half of the bits are set: the estimate is as good for 100 kB as for 4 kB. Of a short text the bitmap's place holds the
shingles themselves, and the index is exact.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clew.extract._room import room
from clew.extract.base import TextBatch
from clew.ingest.kernels import kernel
from clew.match._shingles import BANDS, LISTED, WORDS, sign, symbol_classes
from clew.model.tables import SIGNATURES

Ints = npt.NDArray[np.int64]

VERSION = "2"  # changes whenever the same text may give another signature: stored ones must be made again
_TEXT_FIELDS = 2  # title and body: the first of clew.extract.base.FIELDS


@kernel
def _text_ends(start, char, field_start, stop):  # type: ignore[no-untyped-def]
    """The symbol where the first field that is not text begins: near the end, so sought from there."""
    for t in range(stop.shape[0]):
        low, high, step = start[t], start[t + 1], 16
        while high - step > low and char[high - step] >= field_start[t]:
            high -= step
            step *= 2
        low = max(low, high - step)
        while low < high:
            middle = (low + high) // 2
            if char[middle] < field_start[t]:
                low = middle + 1
            else:
                high = middle
        stop[t] = low


def shingle_count(bits: npt.NDArray[np.int64], level: npt.NDArray[np.uint8]) -> Ints:
    """int64[n]: about how many distinct shingles a text has, from the bits they set (linear counting)."""
    size = WORDS * 64
    sampled = np.where(level == LISTED, 0, level)
    count: Ints = np.rint(-size * np.log1p(-bits / size) * np.exp2(sampled)).astype(np.int64)
    return count


def signature(batch: TextBatch) -> pa.Table:
    """Rows of SIGNATURES; texts of fewer than three words have none."""
    folded = batch.folded
    n = len(batch.rid)
    stop = np.empty(n, np.int64)
    _text_ends(folded.start, folded.char, batch.starts[:, _TEXT_FIELDS], stop)
    bands, bitmap = room(n * BANDS, np.uint32).reshape(n, BANDS), room(n * WORDS, np.uint64).reshape(n, WORDS)
    row, level, bits = np.empty(n, np.int64), np.empty(n, np.uint8), np.empty(n, np.int64)
    m = sign(folded.sym, folded.start[:n], stop, symbol_classes(), row, bands, bitmap, level, bits)
    columns = [
        pa.array(batch.rid[row[:m]]),
        _binary(bands[:m].astype("<u4", copy=False), 64),
        _binary(bitmap[:m].astype("<u8", copy=False), 128),
        pa.array(level[:m]),
        pa.array(shingle_count(bits[:m], level[:m]).astype(np.int32)),
    ]
    return pa.Table.from_arrays(columns, schema=SIGNATURES)


def _binary(rows: npt.NDArray[np.generic], width: int) -> pa.Array:
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), len(rows), [None, pa.py_buffer(rows)])
