"""The country of a record, which says how its phone numbers and place names are to be read.

In this order: the place as written, the country code that ends the platform's, the page's or the source's host
name. A country here is ISO 3166-1, two letters packed in an integer (see `base.pack_region`).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clew.extract._gazetteer import country_of
from clew.extract._words import word_list
from clew.extract.base import pack_region

VERSION = "1"  # changes whenever a record may get another country

Regions = npt.NDArray[np.uint16]

# Country codes that everybody uses as if they meant something else (.tv, .me, .io), or that are free of charge.
_ANYWHERE = frozenset(
    word_list(
        """
    ac ad ag ai am as bz cc cd cf cm co cx dj eu fm ga gd gg gl gq gs im io je la ly me ml ms nu pm pn pw sc sh
    sr st su sx tc tf tk to tt tv vc vg ws
    """
    )
)
_HOST_END = r"\.(?P<end>[a-z]{2})\.?(?:[:/?#\s]|$)"
_HOST = r"(?i)^\s*(?:[a-z][a-z0-9+.-]*:)?(?://)?(?:[^/@?#\s]*@)?[^/:?#\s@]*" + _HOST_END


def regions(records: pa.RecordBatch) -> Regions:
    """uint16[n]: the packed country of each record, 0 where nothing says it."""
    by_host = np.zeros(len(records), np.uint16)
    for column in ("platform", "url", "source"):
        missing = by_host == 0
        if not missing.any():
            break
        ends = pc.struct_field(pc.extract_regex(records.column(column), _HOST), "end")
        by_host = np.where(missing, _each(pc.utf8_lower(ends), _country_of_host_end), by_host)
    by_place = _of_places(records.column("place"), by_host)
    return np.where(by_place != 0, by_place, by_host)


def _of_places(places: pa.Array, hints: Regions) -> Regions:
    """The country of each place as written; every pair of a place and a hint is looked up once."""
    encoded = places.dictionary_encode() if not pa.types.is_dictionary(places.type) else places
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    pairs, inverse = np.unique((codes << 16) | hints, return_inverse=True)
    known = pairs >= 0
    found = np.zeros(len(pairs), np.uint16)
    texts = encoded.dictionary.take(pa.array(pairs[known] >> 16))
    found[known] = country_of(texts, (pairs[known] & 0xFFFF).astype(np.uint16))
    out: Regions = found[inverse]
    return out


def _each(column: pa.Array, country: Callable[[str], int]) -> Regions:
    """Apply to each distinct value once."""
    encoded = column.dictionary_encode() if not pa.types.is_dictionary(column.type) else column
    known = [country(value) if value else 0 for value in encoded.dictionary.to_pylist()]
    codes = pc.fill_null(encoded.indices, len(known)).to_numpy(zero_copy_only=False)
    found: Regions = np.array([*known, 0], np.uint16)[codes]
    return found


def _country_of_host_end(end: str) -> int:
    if end in _ANYWHERE:
        return 0
    return pack_region("GB" if end == "uk" else end.upper())
