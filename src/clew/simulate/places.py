"""Countries and cities of the world: real names of large cities, so that a gazetteer can place them."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

import numpy as np


@dataclass(frozen=True)
class Country:
    """One country.

    Attributes:
        code: ISO 3166 letters.
        weight: share of operations at home here (assumed).
        language: what most adverts here are written in.
        currency: how prices are written; ``{}`` is the amount.
        scale: local price level of one euro, in units of the currency.
        offset: minutes east of UTC in winter; ``summer`` whether clocks change on the European dates.
        cities: local or English spelling, as advert platforms list them.
        near: countries that tours go on to.
    """

    code: str
    weight: float
    language: str
    currency: str
    scale: float
    offset: int
    summer: bool
    cities: tuple[str, ...]
    near: tuple[str, ...]


def _read() -> tuple[Country, ...]:
    """The countries of ``data/places.txt``, a line each."""
    text = resources.files("clew.simulate").joinpath("data", "places.txt").read_text("utf-8")
    found = []
    for line in text.splitlines()[1:]:
        code, weight, language, currency, scale, offset, near, cities = line.split(" | ")
        summer = code not in ("RU", "AE")
        found.append(
            Country(
                code,
                float(weight),
                language,
                currency,
                float(scale),
                int(offset),
                summer,
                tuple(cities.split(", ")),
                tuple(near.split()),
            )
        )
    return tuple(found)


COUNTRIES = _read()
CODES = tuple(country.code for country in COUNTRIES)
CITIES: tuple[str, ...] = tuple(city for country in COUNTRIES for city in country.cities)
CITY_COUNTRY = np.repeat(np.arange(len(COUNTRIES)), [len(country.cities) for country in COUNTRIES]).astype(np.int16)
CITY_COUNTS = np.array([len(country.cities) for country in COUNTRIES])
FIRST_CITY = np.concatenate([[0], np.cumsum(CITY_COUNTS)[:-1]])
# For each country, three neighbours (repeated where it has fewer): where a tour goes on.
NEAR = np.array([[CODES.index((c.near * 3)[i]) for i in range(3)] for c in COUNTRIES])
WEIGHTS = [country.weight for country in COUNTRIES]
