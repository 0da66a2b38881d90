"""Identifiers that go with the records that are erased, and texts that name them.

What people searched for, wrote down or saved may name somebody whose records are erased. It is found by reading such
texts as records are read, so that any spelling is known and millions of identifiers are compared at once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc

from clew.engine.duckdb import Engine
from clew.extract.base import batch_of_texts
from clew.extract.registry import extractors
from clew.model.tables import READ_TYPES

ORPHANS = pa.schema([pa.field("type", pa.string()), pa.field("value", pa.string())])
_MOST_REGIONS = 8
_AT_ONCE = 8_192
_ORPHANS = f"""
    WITH said AS (SELECT type::VARCHAR AS type, value, rid FROM mentions WHERE type IN {READ_TYPES}
                  UNION ALL SELECT 'record', native_id, rid FROM records WHERE strlen(native_id) > 5
                  UNION ALL SELECT 'record', handle, rid FROM records WHERE strlen(handle) > 3
                  UNION ALL SELECT 'record', url, rid FROM records WHERE url IS NOT NULL)
    SELECT DISTINCT type, value FROM said SEMI JOIN gone USING (rid)
    EXCEPT SELECT type, value FROM said ANTI JOIN gone USING (rid) ORDER BY ALL"""


def orphans_of(engine: Engine) -> pa.Table:
    """Identifiers, addresses and account names of the records in ``gone`` that no other record has."""
    return engine.sql(_ORPHANS).cast(ORPHANS)


def naming(texts: pa.ChunkedArray | pa.Array, orphans: pa.Table) -> pa.Array:
    """For each text: does it name one of the orphans? Nulls do not."""
    rows = pc.fill_null(texts.cast(pa.string()), "").to_pylist()
    found = np.zeros(len(rows), bool)
    if not len(orphans):
        return pa.array(found)
    values: dict[str, set[str]] = {kind: set() for kind in (*READ_TYPES, "record")}
    for kind, value in zip(orphans["type"].to_pylist(), orphans["value"].to_pylist(), strict=True):
        values[kind].add(value)
    for low in range(0, len(rows), _AT_ONCE):
        some = rows[low : low + _AT_ONCE]
        for region in ("", *_regions(values["phone"])):
            found[low : low + len(some)] |= _named(some, region, values)
    for at, text in enumerate(rows):
        found[at] |= any(word in values["record"] for word in _words(text))
    return pa.array(found)


def _named(texts: Sequence[str], region: str, values: dict[str, set[str]]) -> npt.NDArray[np.bool_]:
    hit = np.zeros(len(texts), bool)
    batch = batch_of_texts(texts, [region] * len(texts))
    for extractor in extractors():
        if not (set(extractor.types) & {kind for kind, known in values.items() if known}):
            continue
        rows = extractor.find(batch)
        for kind in set(extractor.types) & set(READ_TYPES):
            same = pc.equal(rows["type"].cast(pa.string()), kind)
            known = pc.is_in(rows["value"], value_set=pa.array(sorted(values[kind]), pa.string()))
            hit[rows.filter(pc.and_(same, known))["rid"].to_numpy()] = True
    return hit


def _words(text: str) -> list[str]:
    """What stands between blanks, quotes and brackets: an address, a number of an advert, an account name."""
    return text.translate(_BREAKS).split()


_BREAKS = str.maketrans(dict.fromkeys("\"'<>()[]{},;|=\\", " "))


def _regions(numbers: set[str]) -> list[str]:
    """The countries that most of some numbers are from."""
    counts: dict[str, int] = {}
    for number in sorted(numbers)[:10_000]:
        try:
            region = phonenumbers.region_code_for_number(phonenumbers.parse(number, None))
        except phonenumbers.NumberParseException:
            continue
        if region:
            counts[region] = counts.get(region, 0) + 1
    return sorted(counts, key=lambda region: (-counts[region], region))[:_MOST_REGIONS]
