"""Telephone numbers that are valid in their country, one for every index, none twice.

The ranges are mobile (or, for helplines, freephone) ranges in which every number is valid; the tests hold each
against `phonenumbers`. A number is a bijection of its index, so two indices never share one.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray

from clew.simulate.hashing import mix_one
from clew.simulate.places import CODES


@dataclass(frozen=True)
class Plan:
    """Numbers of one country.

    Attributes:
        calling: country calling code.
        trunk: what is dialled before the national number at home; may be empty.
        prefixes: first digits of mobile numbers; ``free`` digits follow.
        groups: how national numbers (without trunk) are usually spaced.
        helpline: first digits of a freephone number and how many follow.
    """

    calling: int
    trunk: str
    prefixes: tuple[str, ...]
    free: int
    groups: tuple[int, ...]
    helpline: tuple[str, int]


def _p(calling: int, trunk: str, prefixes: str, free: int, groups: str, helpline: str, rest: int) -> Plan:
    return Plan(calling, trunk, tuple(prefixes.split()), free, tuple(map(int, groups)), (helpline, rest))


PLANS: dict[str, Plan] = {
    "NL": _p(31, "0", "61 62 63 64 65", 7, "12222", "800", 4),
    "BE": _p(32, "0", "47 48 49", 7, "3222", "800", 5),
    "DE": _p(49, "0", "170 171 175 1512 1515 1522 1577", 7, "3223", "800", 7),
    "FR": _p(33, "0", "61 62 66 67 75 76", 7, "12222", "800", 6),
    "ES": _p(34, "", "61 62 63 64 65 66 67", 7, "3222", "900", 6),
    "IT": _p(39, "", "320 328 333 338 347 349", 7, "334", "800", 6),
    "PT": _p(351, "", "91 92 93 96", 7, "333", "800", 6),
    "RO": _p(40, "0", "72 73 74 75 76", 7, "333", "800", 6),
    "PL": _p(48, "", "50 51 53 60 66 69 78 79 88", 7, "333", "800", 6),
    "HU": _p(36, "06", "20 30 70", 7, "234", "80", 6),
    "BG": _p(359, "0", "87 88 89", 7, "333", "800", 5),
    "RU": _p(7, "8", "90 91 92 96 98", 8, "3322", "800", 7),
    "GB": _p(44, "0", "7400 7511 7711 7712 7810 7890 7975", 6, "433", "808", 7),
    "IE": _p(353, "0", "83 85 86 87 89", 7, "234", "1800", 6),
    "US": _p(1, "", "2122 2123 3052 3054 7183 7186 4044 6174 2153 3134", 6, "334", "833", 7),
    "AT": _p(43, "0", "664 660 676 699", 7, "3223", "800", 6),
    "CH": _p(41, "0", "76 77 78 79", 7, "2322", "800", 6),
    "GR": _p(30, "", "693 694 697 698", 7, "334", "800", 7),
    "AE": _p(971, "0", "50 52 54 55 56 58", 7, "234", "800", 6),
    "CZ": _p(420, "", "602 603 604 605 606 607 608 723 724 725", 6, "333", "800", 6),
}
_INDEXED = [PLANS[code] for code in CODES]


def national(seed: int, country: NDArray[np.int64], index: NDArray[np.int64]) -> NDArray[np.int64]:
    """National mobile numbers (without trunk prefix) of the ``index``-th phones of their countries."""
    out = np.zeros(index.size, dtype=np.int64)
    for code, plan in enumerate(_INDEXED):
        rows = np.flatnonzero(country == code)
        if rows.size:
            out[rows] = _spread(seed, code, plan, index[rows])
    return out


def _spread(seed: int, code: int, plan: Plan, index: NDArray[np.int64]) -> NDArray[np.int64]:
    """Indices to numbers by two multiplications that permute the whole range (both factors have no factor with it)."""
    tens = 10**plan.free
    space = tens * len(plan.prefixes)
    factor = mix_one(seed, "number", code) % space | 1
    while gcd(factor, space) != 1:
        factor += 2
    # factor * index < 2**63: spaces are below 10**9 and so is the index.
    place = (index % space * factor + mix_one(seed, "shift", code) % space) % space
    prefixes = np.array([int(prefix) for prefix in plan.prefixes], dtype=np.int64)
    return np.asarray(prefixes[place // tens] * tens + place % tens, dtype=np.int64)


def helpline(seed: int, country: int, index: int) -> int:
    """National number of a country's ``index``-th helpline."""
    start, rest = _INDEXED[country].helpline
    digits = 2 * 10 ** (rest - 1) + mix_one(seed, "helpline", country, index) % (6 * 10 ** (rest - 1))
    return int(f"{start}{digits}")


def e164(country: int, number: int) -> str:
    """The number as ``+31612345678``."""
    return f"+{_INDEXED[country].calling}{number}"


def plan_of(country: int) -> Plan:
    """The plan of a country by its index in `COUNTRIES`."""
    return _INDEXED[country]
