"""The country of a record, which says how its phone numbers and place names are to be read.

In this order: the place as written, the country code that ends the platform's, the page's or the source's host
name. A country here is ISO 3166-1, two letters packed in an integer (see `base.pack_region`).
"""

from __future__ import annotations

import string
from functools import cache

import numba
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clew.extract._gazetteer import country_of
from clew.extract._words import word_list
from clew.extract.base import pack_region
from clew.extract.fold import text_buffers

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
        _host_ends(*text_buffers(records.column(column)), _host_countries(), by_host)
    by_place = _of_places(records.column("place"), by_host)
    return np.where(by_place != 0, by_place, by_host)


@cache
def _host_countries() -> Regions:
    """uint16[65536]: the country that two packed letters at the end of a host stand for, else 0."""
    table = np.zeros(0x10000, np.uint16)
    for first in string.ascii_uppercase:
        for second in string.ascii_uppercase:
            code = first + second
            known = 0 if code.lower() in _ANYWHERE else pack_region("GB" if code == "UK" else code)
            table[pack_region(code)] = known
    return table


@numba.njit(nogil=True, cache=True)
def _host_ends(data, offsets, countries, out):  # type: ignore[no-untyped-def]
    """Fill in the countries that are still 0, from texts that are hosts or addresses."""
    for t in range(offsets.shape[0] - 1):
        if out[t] != 0:
            continue
        i, end = offsets[t], offsets[t + 1]
        k = i
        while k + 1 < end and k - i < 12 and data[k] != 47:  # "https://host", "//host"
            k += 1
        if k + 1 < end and data[k] == 47 and data[k + 1] == 47:
            i = k + 2
        k = i
        while k < end and data[k] not in (47, 58, 63, 35) and data[k] > 32:
            k += 1
            if k < end and data[k - 1] == 64:  # "user@host"
                i = k
        while k > i and data[k - 1] == 46:
            k -= 1
        if k - i < 4 or data[k - 3] != 46:
            continue
        first, second = data[k - 2] & 0xDF, data[k - 1] & 0xDF  # upper case
        out[t] = countries[(np.int64(first) << 8) | second]


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
