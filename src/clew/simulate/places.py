"""Countries and cities of the world: real names of large cities, so that a gazetteer can place them."""

from __future__ import annotations

from dataclasses import dataclass

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


def _c(code: str, weight: float, language: str, money: tuple[str, float], offset: int, cities: str, near: str) -> Country:
    summer = code not in ("RU", "AE")
    return Country(code, weight, language, *money, offset, summer, tuple(cities.split(",")), tuple(near.split()))


_EURO = ("{} €", 1.0)
COUNTRIES: tuple[Country, ...] = (
    _c("NL", 0.11, "nl", ("€{}", 1.0), 60, "Amsterdam,Rotterdam,Den Haag,Utrecht,Eindhoven,Groningen,Tilburg,Almere,Breda,Nijmegen,Arnhem,Haarlem,Enschede,Zwolle,Maastricht,Leiden", "BE DE"),
    _c("BE", 0.04, "nl", _EURO, 60, "Antwerpen,Gent,Brugge,Leuven,Brussel,Mechelen,Hasselt,Kortrijk,Oostende,Aalst", "NL FR DE"),
    _c("DE", 0.13, "de", _EURO, 60, "Berlin,Hamburg,München,Köln,Frankfurt,Stuttgart,Düsseldorf,Leipzig,Dortmund,Essen,Bremen,Dresden,Hannover,Nürnberg,Duisburg,Bochum,Wuppertal,Bielefeld,Bonn,Mannheim", "AT NL CH"),
    _c("FR", 0.10, "fr", _EURO, 60, "Paris,Marseille,Lyon,Toulouse,Nice,Nantes,Montpellier,Strasbourg,Bordeaux,Lille,Rennes,Reims,Toulon,Grenoble,Dijon,Angers", "BE ES CH"),
    _c("ES", 0.10, "es", _EURO, 60, "Madrid,Barcelona,Valencia,Sevilla,Zaragoza,Málaga,Murcia,Palma,Bilbao,Alicante,Córdoba,Valladolid,Vigo,Gijón,Granada,Marbella", "PT FR"),
    _c("IT", 0.10, "it", ("{} euro", 1.0), 60, "Roma,Milano,Napoli,Torino,Palermo,Genova,Bologna,Firenze,Bari,Catania,Verona,Padova,Trieste,Brescia,Parma,Rimini", "CH AT FR"),
    _c("PT", 0.05, "pt", ("{}€", 1.0), 0, "Lisboa,Porto,Braga,Coimbra,Faro,Aveiro,Setúbal,Évora,Leiria,Viseu", "ES"),
    _c("RO", 0.06, "ro", ("{} lei", 5.0), 120, "București,Cluj-Napoca,Timișoara,Iași,Constanța,Craiova,Brașov,Galați,Ploiești,Oradea,Sibiu,Bacău", "HU BG"),
    _c("PL", 0.06, "pl", ("{} zł", 4.3), 60, "Warszawa,Kraków,Łódź,Wrocław,Poznań,Gdańsk,Szczecin,Bydgoszcz,Lublin,Katowice,Białystok,Gdynia", "DE CZ"),
    _c("HU", 0.04, "hu", ("{} Ft", 390.0), 60, "Budapest,Debrecen,Szeged,Miskolc,Pécs,Győr,Nyíregyháza,Kecskemét,Székesfehérvár,Szombathely", "AT RO"),
    _c("BG", 0.03, "bg", ("{} лв", 2.0), 120, "София,Пловдив,Варна,Бургас,Русе,Стара Загора,Плевен,Сливен", "RO GR"),
    _c("RU", 0.04, "ru", ("{} руб", 90.0), 180, "Москва,Санкт-Петербург,Новосибирск,Екатеринбург,Казань,Самара,Омск,Уфа,Краснодар,Сочи", "RU"),
    _c("GB", 0.09, "en", ("£{}", 0.9), 0, "London,Birmingham,Manchester,Leeds,Glasgow,Liverpool,Bristol,Sheffield,Edinburgh,Cardiff,Leicester,Nottingham,Newcastle,Belfast", "IE"),
    _c("IE", 0.02, "en", ("€{}", 1.0), 0, "Dublin,Cork,Galway,Limerick,Waterford,Kilkenny", "GB"),
    _c("US", 0.05, "en", ("${}", 1.1), -300, "New York,Philadelphia,Boston,Miami,Atlanta,Detroit,Baltimore,Charlotte,Orlando,Tampa", "US"),
    _c("AT", 0.02, "de", ("EUR {}", 1.0), 60, "Wien,Graz,Linz,Salzburg,Innsbruck,Klagenfurt", "DE HU"),
    _c("CH", 0.02, "de", ("CHF {}", 1.0), 60, "Zürich,Genève,Basel,Bern,Lausanne,Winterthur,Luzern", "DE FR IT"),
    _c("GR", 0.02, "el", _EURO, 120, "Αθήνα,Θεσσαλονίκη,Πάτρα,Ηράκλειο,Λάρισα,Βόλος", "BG"),
    _c("AE", 0.01, "ar", ("{} AED", 4.0), 240, "Dubai,Abu Dhabi,Sharjah", "AE"),
    _c("CZ", 0.01, "ru", ("{} Kč", 25.0), 60, "Praha,Brno,Ostrava,Plzeň,Liberec", "DE AT PL"),
)
CODES = tuple(country.code for country in COUNTRIES)
CITIES: tuple[str, ...] = tuple(city for country in COUNTRIES for city in country.cities)
CITY_COUNTRY = np.repeat(np.arange(len(COUNTRIES)), [len(country.cities) for country in COUNTRIES]).astype(np.int16)
CITY_COUNTS = np.array([len(country.cities) for country in COUNTRIES])
FIRST_CITY = np.concatenate([[0], np.cumsum(CITY_COUNTS)[:-1]])
# For each country, three neighbours (repeated where it has fewer): where a tour goes on.
NEAR = np.array([[CODES.index((c.near * 3)[i]) for i in range(3)] for c in COUNTRIES])
WEIGHTS = [country.weight for country in COUNTRIES]
