"""What an extractor gets and gives: the contract of every module in this folder.

An extractor reads the folded symbols of a batch and returns rows of MENTIONS. To add one, write a module that sets
``PLUGIN`` to an object with the shape of `Extractor`; its ``examples`` are run by the contract test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clew.extract._cued import Cued, cued
from clew.extract._joined import joined
from clew.extract._marks import Marks, marks
from clew.extract._starts import Starts, starts
from clew.extract.fold import Folded, fold
from clew.ingest.kernels import copy_letters, kernel
from clew.model.tables import MENTIONS

# The columns that are read as text, in the order in which they are joined; a mention's `field` is one of these.
FIELDS = ("title", "body", "contact", "place", "price", "payer", "payee")
_UNPAID = FIELDS[:-2]  # of records that are no payments

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class TextBatch:
    """Some records as extractors read them.

    Attributes:
        records: the rows of RECORDS, n of them.
        rid: uint64[n].
        data, offsets: the bytes of the joined texts (fields joined by the BREAK character).
        folded: their symbols.
        starts: int64[n, fields], the character of the joined text where each of `FIELDS` begins; without the last two
            where no record is a payment.
        region: uint16[n], ISO 3166 country of the record as two packed ASCII letters ("NL" = 0x4E4C), 0 unknown.
    """

    records: pa.RecordBatch
    rid: npt.NDArray[np.uint64]
    data: npt.NDArray[np.uint8]
    offsets: Ints
    folded: Folded
    starts: Ints
    region: npt.NDArray[np.uint16]

    @cached_property
    def words(self) -> Starts:
        """Where the words of the texts begin; found once for all who ask."""
        return starts(self.folded)

    @cached_property
    def marks(self) -> Marks:
        """Where signs of addresses, words for them and numbers stand; found once for all who ask."""
        return marks(self.folded, self.words)

    @cached_property
    def cued(self) -> Cued:
        """What announces names, and ages in words; found once for both who ask."""
        return cued(self.folded, self.words)


@dataclass(frozen=True)
class Example:
    """A text, and what must be found in it: (type, value, raw, obscured) in order of place; and the field it is."""

    text: str
    found: tuple[tuple[str, str, str, bool], ...]
    region: str = ""
    field: str = "body"


class Extractor(Protocol):
    """A finder of one kind of mention. ``version`` changes whenever the same text may give another result."""

    name: str
    version: str
    types: tuple[str, ...]
    examples: Sequence[Example]

    def find(self, batch: TextBatch) -> pa.Table:
        """Rows of MENTIONS, in any order."""
        ...


def pack_region(code: str) -> int:
    """ "NL" as 0x4E4C; anything that is not two letters is 0."""
    return (ord(code[0]) << 8) | ord(code[1]) if len(code) == 2 and code.isascii() and code.isalpha() else 0


def unpack_region(packed: int) -> str:
    """The country that `pack_region` made a number of; "" for 0."""
    return chr(packed >> 8) + chr(packed & 0xFF) if packed else ""


def text_batch(records: pa.RecordBatch, region: npt.NDArray[np.uint16] | None = None) -> TextBatch:
    """Join the text fields of some records and fold them."""
    paid = records.column("payer").null_count < len(records) or records.column("payee").null_count < len(records)
    fields = FIELDS if paid else _UNPAID
    data, offsets, starts = joined([records.column(f) for f in fields])
    rid = records.column("rid").to_numpy(zero_copy_only=False)
    known = region if region is not None else np.zeros(len(rid), np.uint16)
    return TextBatch(records, rid, data, offsets, fold(data, offsets), starts, known)


def batch_of_texts(texts: Sequence[str], regions: Sequence[str] = (), field: str = "body") -> TextBatch:
    """A batch of bare texts (each the body of a record, or another of `FIELDS`), for queries and tests."""
    n = len(texts)
    columns: dict[str, Any] = {f: pa.nulls(n, pa.string()) for f in FIELDS}
    columns |= {f: pa.nulls(n, pa.string()) for f in ("url", "platform", "handle", "kind", "source")}
    columns["images"] = pa.nulls(n, pa.list_(pa.string()))
    columns[field] = pa.array(texts, pa.string())
    columns["rid"] = pa.array(range(n), pa.uint64())
    packed = np.array([pack_region(r) for r in regions] or [0] * n, np.uint16)
    return text_batch(pa.RecordBatch.from_pydict(columns), packed)


@kernel
def _copy(data, begin, end, offsets, out):  # type: ignore[no-untyped-def]
    for k in range(begin.shape[0]):
        copy_letters(out, offsets[k], data, begin[k], end[k] - begin[k])


def slice_bytes(data: npt.NDArray[np.uint8], begin: Ints, end: Ints) -> pa.Array:
    """string[k]: the UTF-8 text between each pair of byte positions (invalid bytes must not be cut)."""
    offsets = np.zeros(len(begin) + 1, np.int64)
    np.cumsum(end - begin, out=offsets[1:])
    out = np.empty(int(offsets[-1]), np.uint8)
    _copy(data, begin, end, offsets, out)
    large = pa.LargeStringArray.from_buffers(len(begin), pa.py_buffer(offsets), pa.py_buffer(out))
    return large.cast(pa.string())


@kernel
def _span_hash(sym, begin, end, out):  # type: ignore[no-untyped-def]
    for k in range(begin.shape[0]):
        h = np.uint64(0xCBF29CE484222325)
        for i in range(begin[k], end[k]):
            h = (h ^ np.uint64(sym[i])) * np.uint64(0x100000001B3)
            h ^= h >> np.uint64(29)
        out[k] = h


def unique_spans(folded: Folded, begin: Ints, end: Ints) -> tuple[Ints, list[str]]:
    """The distinct folded strings between symbol positions, so that costly reading is done once a value.

    Returns:
        int64[k], which distinct string each span is, and those strings.
    """
    hashes = np.empty(len(begin), np.uint64)
    _span_hash(folded.sym, begin, end, hashes)
    _, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
    ends = np.append(0, np.cumsum(end[first] - begin[first]))
    symbols = np.empty(int(ends[-1]), np.uint16)
    _copy(folded.sym, begin[first], end[first], ends, symbols)
    # at once: a tenth of the time
    together = symbols.astype("<u2", copy=False).tobytes().decode("utf-16-le", "replace")
    return inverse, [together[a:b] for a, b in pairwise(ends.tolist())]


@kernel
def _locate(start, rec, begin, end, char, byte, width, sym, data, offsets, starts, c0, c1, b0, b1, field):  # type: ignore[no-untyped-def]
    for k in range(rec.shape[0]):
        r, last = rec[k], end[k] - 1
        b0[k] = offsets[r] + byte[begin[k]]
        stop = offsets[r] + byte[last]
        if width[last] > 1:
            stop += width[last]
        else:
            stop += 1
            while stop < offsets[r + 1] and data[stop] & 0xC0 == 0x80:
                stop += 1
        b1[k] = stop
        f = 0
        while f + 1 < starts.shape[1] and char[begin[k]] >= starts[r, f + 1]:
            f += 1
        field[k] = f
        c0[k] = char[begin[k]] - starts[r, f]
        c1[k] = char[last] + width[last] - starts[r, f]


def mentions(
    batch: TextBatch,
    extractor: Extractor,
    kind: str | pa.Array,
    record: Ints,
    begin: Ints,
    end: Ints,
    value: pa.Array,
    obscured: npt.NDArray[np.bool_],
    odds: npt.NDArray[np.float32] | None = None,
) -> pa.Table:
    """Rows of MENTIONS for spans of symbols.

    Args:
        batch: what the spans point into.
        extractor: who found them.
        kind: the mention type, one for all or string[k].
        record: int64[k], the row of the batch.
        begin, end: int64[k], positions in ``batch.folded.sym``, end exclusive, never empty and within one field.
        value: string[k], canonical values.
        obscured: bool[k].
        odds: float32[k], how likely each is meant (see MENTIONS), NaN where that is not graded; None: nowhere.
    """
    k = len(record)
    c0, c1, b0, b1 = (np.empty(k, np.int64) for _ in range(4))
    field = np.empty(k, np.int32)
    f = batch.folded
    _locate(
        f.start, record, begin, end, f.char, f.byte, f.width, f.sym, batch.data, batch.offsets, batch.starts,
        c0, c1, b0, b1, field,
    )  # fmt: skip
    names = pa.DictionaryArray.from_arrays(pa.array(field), _dictionary(FIELDS))
    columns = {
        "rid": pa.array(batch.rid[record]),
        "type": _word(kind, k),
        "value": value,
        "raw": slice_bytes(batch.data, b0, b1),
        "field": names,
        "start": pa.array(c0.astype(np.int32)),
        "end": pa.array(c1.astype(np.int32)),
        "obscured": pa.array(obscured),
        "extractor": _word(extractor.name, k),
        "version": _word(extractor.version, k),
        "odds": pa.nulls(k, pa.float32()) if odds is None else pa.array(odds, mask=np.isnan(odds)),
    }
    return pa.table(columns, schema=MENTIONS)


def whole_fields(
    batch: TextBatch, extractor: Extractor, kind: str, field: str, record: pa.Array, raw: pa.Array, value: pa.Array
) -> pa.Table:
    """Rows of MENTIONS that point at a whole column.

    Args:
        batch: the records.
        extractor: who found them.
        kind: the mention type.
        field: the column.
        record: int[k], rows of the batch.
        raw: string[k], what stands in the column.
        value: string[k], canonical values.
    """
    k = len(record)
    columns = {
        "rid": pa.array(batch.rid).take(record),
        "type": constant(kind, k),
        "value": value,
        "raw": raw,
        "field": constant(field, k),
        "start": pa.repeat(pa.scalar(0, pa.int32()), k),
        "end": pc.utf8_length(raw).cast(pa.int32()),
        "obscured": pa.array(np.zeros(k, np.bool_)),
        "extractor": constant(extractor.name, k),
        "version": constant(extractor.version, k),
        "odds": pa.nulls(k, pa.float32()),
    }
    return pa.table(columns, schema=MENTIONS)


@cache
def _dictionary(words: tuple[str, ...]) -> pa.Array:
    return pa.array(words, pa.string())  # with its type: Arrow looks for modules at every call that must find it out


def constant(word: str, n: int) -> pa.Array:
    """dictionary[n]: the same word n times."""
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int32)), _dictionary((word,)))


def _word(word: str | pa.Array, n: int) -> pa.Array:
    if isinstance(word, str):
        return constant(word, n)
    return word if pa.types.is_dictionary(word.type) else word.dictionary_encode()
