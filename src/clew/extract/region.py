"""The country of a record, which says how its phone numbers and place names are to be read.

In this order: the place as written, the country code that ends the platform's, the page's or the source's host
name. A place whose name several countries share ("Newcastle") is taken to be where the host name, a calling code in
the text ("+44"), the currency (pound, euro) or the country in which its phone numbers are any says. A country here is
ISO 3166-1, two letters packed in an integer (see `base.pack_region`).
"""

from __future__ import annotations

import string
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, country_code_for_region

from clew.extract._gazetteer import country_of, gazetteer
from clew.extract._words import word_list
from clew.extract.base import batch_of_texts, pack_region, unpack_region
from clew.extract.fold import fold, text_buffers
from clew.extract.phone import PhoneExtractor
from clew.ingest.kernels import kernel

VERSION = "3"  # changes whenever a record may get another country

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
_NAMESAKE = 0.04  # of the largest place's people that a namesake in another country must have to be meant
_POUND, _EURO = 0x4742, 0xFFFF
_EURO_COUNTRIES = tuple(
    map(pack_region, word_list("AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK AD MC SM VA ME XK"))
)
_HOST_END = r"\.(?P<end>[a-z]{2})\.?(?:[:/?#\s]|$)"
_HOST = r"(?i)^\s*(?:[a-z][a-z0-9+.-]*:)?(?://)?(?:[^/@?#\s]*@)?[^/:?#\s@]*" + _HOST_END


def regions(records: pa.RecordBatch) -> Regions:
    """uint16[n]: the packed country of each record, 0 where nothing says it."""
    by_host = np.zeros(len(records), np.uint16)
    for column in ("platform", "url", "source"):
        _host_ends(*text_buffers(records.column(column)), _host_countries(), by_host)
    by_place = _of_places(records, by_host)
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


@kernel
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


@cache
def _calling_codes() -> Regions:
    """uint16[1000]: the first country of each calling code, else 0."""
    table = np.zeros(1000, np.uint16)
    for code, countries in COUNTRY_CODE_TO_REGION_CODE.items():
        table[code] = pack_region(countries[0])
    return table


@kernel
def _told(data, offsets, countries, out):  # type: ignore[no-untyped-def]
    """The country of the first calling code ("+44") of each text, or else _POUND or _EURO for the first such sign."""
    for t in range(offsets.shape[0] - 1):
        end = offsets[t + 1]
        for i in range(offsets[t], end - 2):
            if out[t] == 0 and data[i] == 0xC2 and data[i + 1] == 0xA3:
                out[t] = _POUND
            if out[t] == 0 and data[i] == 0xE2 and data[i + 1] == 0x82 and data[i + 2] == 0xAC:
                out[t] = _EURO
            if data[i] != 43:
                continue
            code, k = 0, i + 1
            while k < end and k < i + 4 and 48 <= data[k] <= 57:
                code, k = code * 10 + data[k] - 48, k + 1
                if countries[code] != 0 and k < end and (data[k] == 32 or 48 <= data[k] <= 57):
                    break
            if k > i + 1 and countries[code] != 0:
                out[t] = countries[code]
                break


@lru_cache(maxsize=1 << 16)
def _namesakes(place: str) -> dict[int, int]:
    """What a text may tell of a place as written that is likeliest elsewhere, and the packed country that is meant.

    What is likeliest is told by its own country (`_by_numbers`) only, so it stands under its negative.
    """
    known, others = gazetteer(), dict[int, int]()
    hits = known.phrases.find(fold(*text_buffers(pa.array([place], pa.string()))))
    for name in hits.phrase.tolist():
        may = slice(known.first[name], known.first[name + 1])
        country, score = known.country[known.place[may]], known.score[may]
        near = country[(score >= _NAMESAKE * score[0]) & (country != country[0])].tolist()
        others |= {c: c for c in near}
        if near:
            others[-int(country[0])] = 0
        euro = [c for c in near if c in _EURO_COUNTRIES and int(country[0]) not in _EURO_COUNTRIES]
        if euro:
            others[_EURO] = euro[0]
    return others


def _by_text(records: pa.RecordBatch, codes: npt.NDArray[np.int64], places: pa.Array, hints: Regions) -> Regions:
    """Hints, with those of the text where a place's name is shared and no host name tells."""
    shared = [_namesakes(place or "") for place in places.to_pylist()]
    open_to = np.append(np.array([bool(s) for s in shared], np.bool_), False)  # no place: -1
    rows = np.flatnonzero(open_to[codes] & (hints == 0))
    if not len(rows):
        return hints
    told = np.zeros(len(rows), np.uint16)
    for column in ("contact", "price", "body"):
        found = np.zeros(len(rows), np.uint16)
        texts = records.column(column).take(pa.array(rows)).cast(pa.large_string())
        _told(*text_buffers(texts), _calling_codes(), found)
        told = np.where(told != 0, told, found)
    out = hints.copy()
    meant = [shared[code].get(what, 0) for code, what in zip(codes[rows].tolist(), told.tolist(), strict=True)]
    out[rows] = meant
    untold = rows[(told == 0) & (np.array(meant) == 0)]
    out[untold] = _by_numbers(records, untold, [shared[code] for code in codes[untold].tolist()])
    return out


def _by_numbers(records: pa.RecordBatch, rows: npt.NDArray[np.int64], shared: list[dict[int, int]]) -> list[int]:
    """The one of the countries that each record's place may be in where the record's phone numbers are any, else 0."""
    countries = [sorted({abs(c) for c in others if c != _EURO}) for others in shared]
    owners = np.repeat(np.arange(len(rows)), [len(c) for c in countries])
    dialled = [c for of_one in countries for c in of_one]
    texts = [records.column(c).take(pa.array(rows[owners])).cast(pa.string()) for c in ("contact", "body")]
    whole = pc.binary_join_element_wise(*texts, "\n", null_handling="skip").to_pylist()
    found = PhoneExtractor().find(batch_of_texts(whole, [unpack_region(c) for c in dialled]))
    has: list[set[int]] = [set() for _ in rows]
    for rid, value in zip(found["rid"].to_pylist(), found["value"].to_pylist(), strict=True):
        code = _code_of(dialled[rid])
        if value.startswith(code):
            has[owners[rid]].add(dialled[rid])
    return [of_one.pop() if len(of_one) == 1 else 0 for of_one in has]


@cache
def _code_of(country: int) -> str:
    """The calling code of a packed country, with its plus."""
    return f"+{country_code_for_region(unpack_region(country))}"


def _of_places(records: pa.RecordBatch, hints: Regions) -> Regions:
    """The country of each place as written; every pair of a place and a hint is looked up once."""
    places = records.column("place")
    encoded = places.dictionary_encode() if not pa.types.is_dictionary(places.type) else places
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    hints = _by_text(records, codes, encoded.dictionary, hints)
    pairs, inverse = np.unique((codes << 16) | hints, return_inverse=True)
    known = pairs >= 0
    found = np.zeros(len(pairs), np.uint16)
    texts = encoded.dictionary.take(pa.array(pairs[known] >> 16))
    found[known] = country_of(texts, (pairs[known] & 0xFFFF).astype(np.uint16))
    out: Regions = found[inverse]
    return out
