"""Places and countries by any of their names, from the files that ship with the package.

Places: GeoNames (https://www.geonames.org, CC BY 4.0); names of countries: Unicode CLDR. Built by
``tools/gazetteer.py``. All names are looked for in one pass (`phrases.Phrases`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clew.extract._kept import kept
from clew.extract._words import Words, vocabulary
from clew.extract.base import pack_region
from clew.extract.fold import fold, text_buffers
from clew.extract.phrases import Phrases, Spelt
from clew.ingest.kernels import making_kernel

_DATA = files("clew.extract") / "data"
_SOURCES = ("data/place_names.parquet", "data/countries.txt", "phrases.py", "_starts.py", "fold.py")
_CODE = r"^(?:.*[,(/] *)?\b([A-Z]{2})\)?$"  # "NL", "Amsterdam, NL", "Paris, TX"

_US, _GEORGIA = 0x5553, 0x4745

Ints = npt.NDArray[np.int64]


_TOWN = 50_000  # people


@dataclass(frozen=True)
class Gazetteer:
    """Names, the places that each may mean, and what is known of the places.

    Attributes:
        countries: names of countries; nation: uint16, the packed country that each means.
        phrases: names of places.
        first: int64[names + 1]; name i may mean the places ``place[first[i]:first[i + 1]]``, likeliest first.
        place: int32[m], places.
        score: float32[m], people of the place, less where the name is not its main one.
        doubtful: bool[names], an everyday word in some language, or also a person's name.
        value: string[places], "Amsterdam, NL".
        country: uint16[places]; division: uint16[places], a US state as two packed letters, else 0.
        latitude, longitude: float32[places].
    """

    countries: Phrases
    nation: npt.NDArray[np.uint16]
    phrases: Phrases
    first: Ints
    place: npt.NDArray[np.int32]
    score: npt.NDArray[np.float32]
    doubtful: npt.NDArray[np.bool_]
    value: pa.Array
    country: npt.NDArray[np.uint16]
    division: npt.NDArray[np.uint16]
    latitude: npt.NDArray[np.float32]
    longitude: npt.NDArray[np.float32]


def data_lines(name: str) -> list[str]:
    """The lines of a data file of this package."""
    return (_DATA / name).read_text("utf-8").splitlines()


def _packed(codes: pa.Array) -> npt.NDArray[np.uint16]:
    """Two ASCII letters as one number; 0 for anything else."""
    encoded = codes.dictionary_encode() if not pa.types.is_dictionary(codes.type) else codes
    known = np.array([pack_region(word or "") for word in encoded.dictionary.to_pylist()], np.uint16)
    packed: npt.NDArray[np.uint16] = known[encoded.indices.to_numpy(zero_copy_only=False)]
    return packed


def _read(name: str) -> pa.Table:
    with (_DATA / name).open("rb") as file:
        return pq.read_table(file).combine_chunks()


class _Names(NamedTuple):
    """The names as `phrases` spells them."""

    places: Spelt
    countries: Spelt


def _spell(places: list[str], countries: list[str]) -> _Names:
    return _Names(Phrases(places).spelt, Phrases(countries).spelt)


@cache
def gazetteer() -> Gazetteer:
    """The gazetteer of the package."""
    table, names = _read("places.parquet"), _read("place_names.parquet")
    nations = [line.split(" ", 1) for line in data_lines("countries.txt")]
    places, scores = names["places"].chunk(0), names["scores"].chunk(0)
    country = _packed(table["country"].chunk(0))
    division = _packed(table["division"].chunk(0))
    division[country != _US] = 0
    spelt = kept("gazetteer", _Names, _SOURCES, lambda: _spell(names["name"].to_pylist(), [n for _, n in nations]))
    return Gazetteer(
        countries=Phrases.of(spelt.countries),
        nation=_packed(pa.array([code for code, _ in nations])),
        phrases=Phrases.of(spelt.places),
        first=places.offsets.to_numpy().astype(np.int64),
        place=places.flatten().to_numpy(),
        score=scores.flatten().to_numpy(),
        doubtful=names["doubtful"].to_numpy(),
        value=table["value"].chunk(0),
        country=country,
        division=division,
        latitude=table["latitude"].to_numpy(),
        longitude=table["longitude"].to_numpy(),
    )


class _Towns(NamedTuple):
    words: Words


@cache
def towns() -> Words:
    """Names of one or two words of the larger towns."""
    return kept("towns", _Towns, (*_SOURCES, "_words.py", "_gazetteer.py"), _larger_towns).words


def _larger_towns() -> _Towns:
    table = _read("place_names.parquet")
    scores, names = table["scores"].chunk(0), table["name"].chunk(0)
    most = scores.flatten().to_numpy()[scores.offsets.to_numpy()[:-1]]  # of the likeliest place
    large = names.filter(pa.array(most >= _TOWN))
    return _Towns(vocabulary(dict.fromkeys(large.filter(pc.less(pc.count_substring(large, " "), 2)).to_pylist(), 0)))


def country_of(texts: pa.Array, hints: npt.NDArray[np.uint16]) -> npt.NDArray[np.uint16]:
    """uint16[n]: the packed country of places as written ("Paris", "Paris, TX", "Frankrijk"), 0 if not known.

    A country's name decides; else, of the places that the text may mean, one in the hinted country; else the
    one with most people.

    Args:
        texts: string[n].
        hints: uint16[n], packed countries, 0 for none.
    """
    known = gazetteer()
    folded = fold(*text_buffers(texts))
    codes = _packed(pc.replace_substring_regex(pc.utf8_trim_whitespace(texts), _CODE, r"\1"))
    out = np.where(np.isin(codes, known.country), codes, 0).astype(np.uint16)
    hits = known.phrases.find(folded)
    lists = (known.first, known.place, known.score, known.country, known.division)
    _likeliest(hits.record, hits.phrase, lists, hints, codes, out)
    named = known.countries.find(folded)
    nation = known.nation[named.phrase]
    sure = (out[named.record] != _US) | (nation != _GEORGIA)  # "Atlanta, Georgia"
    out[named.record[sure]] = nation[sure]  # of several the last stands: "Georgia, USA"
    return out


@making_kernel
def _likeliest(record, phrase, lists, hints, codes, out):  # type: ignore[no-untyped-def]
    first, place, score, country, division = lists
    best = np.zeros(out.shape[0], np.float32)
    for k in range(record.shape[0]):
        r = record[k]
        for i in range(first[phrase[k]], first[phrase[k] + 1]):
            p = place[i]
            worth = score[i]
            if codes[r] != 0 and codes[r] == country[p]:
                worth += np.float32(4e9)
            elif codes[r] != 0 and codes[r] == division[p]:  # "Portland, ME" is not in Montenegro
                worth += np.float32(2e9)
            elif hints[r] == country[p]:
                worth += np.float32(1e9)
            if worth > best[r]:
                best[r], out[r] = worth, country[p]
