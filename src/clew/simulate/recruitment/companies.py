"""Invented firms: names, and VAT numbers that pass or fail their country's check.

A number that passes may by chance be given out, as with telephone numbers; the names are nobody's.
"""

from __future__ import annotations

from collections.abc import Callable

from clew.simulate.hashing import mix_one
from clew.simulate.identity import SYLLABLES
from clew.simulate.places import CODES

_LEGAL = {
    "NL": "BV", "BE": "BV", "DE": "GmbH", "AT": "GmbH", "CH": "AG", "FR": "SARL", "ES": "SL", "IT": "Srl", "PT": "Lda",
    "RO": "SRL", "PL": "sp. z o.o.", "HU": "Kft", "BG": "OOD", "GB": "Ltd", "IE": "Ltd", "US": "LLC", "CZ": "s.r.o.",
}  # fmt: skip
_TRADES = ("Personnel", "Work", "Staff", "Jobs", "Careers", "Contacts", "Service", "Team")


def name(seed: int, number: int, country: int) -> str:
    """The name of a firm."""
    bits = mix_one(seed, "company", number)
    stem = "".join(SYLLABLES[bits >> shift & 15] for shift in (0, 4, 8)).title()
    return f"{stem} {_TRADES[bits >> 12 & 7]} {_LEGAL.get(CODES[country], 'Group')}"


def _weighted(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))


def _luhn(digits: str) -> int:
    """The check digit of Luhn: every second digit from the right doubled."""
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if at % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return -total % 10


def _german(digits: str) -> int:
    """ISO 7064 MOD 11,10."""
    product = 10
    for digit in digits:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10


def _french(digits: str) -> str:
    siren = digits + str(_luhn(digits))
    return f"{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"


def _austrian(digits: str) -> str:
    total = sum(int(d) if at % 2 == 0 else sum(divmod(int(d) * 2, 10)) for at, d in enumerate(digits))
    return f"U{digits}{(10 - (total + 4) % 10) % 10}"


def _mod_11(weights: tuple[int, ...], first: str = "") -> Callable[[str], str]:
    """Digits with a check digit; another number is taken where the check would have two digits."""

    def number(digits: str) -> str:
        while (check := _weighted(first + digits, weights) % 11) == 10:
            digits = f"{(int(digits) + 1) % 10 ** len(digits):0{len(digits)}d}"
        return f"{first}{digits}{check}"

    return number


def _portuguese(digits: str) -> str:
    check = 11 - _weighted("5" + digits, (9, 8, 7, 6, 5, 4, 3, 2)) % 11
    return f"5{digits}{0 if check > 9 else check}"


# How many free digits, and the number that they give (without the letters of the country).
_VAT: dict[str, tuple[int, Callable[[str], str]]] = {
    "BE": (7, lambda d: f"0{d}{97 - int(d) % 97:02d}"),
    "DE": (7, lambda d: f"2{d}{_german('2' + d)}"),
    "IT": (7, lambda d: f"{d}015{_luhn(d + '015')}"),
    "PL": (8, _mod_11((6, 5, 7, 2, 3, 4, 5, 6, 7), "5")),
    "PT": (7, _portuguese),
    "AT": (7, _austrian),
    "RO": (7, lambda d: f"2{d}{_weighted('2' + d, (5, 3, 2, 1, 7, 5, 3, 2)) * 10 % 11 % 10}"),
    "HU": (6, lambda d: f"2{d}{-_weighted('2' + d, (9, 7, 3, 1, 9, 7, 3)) % 10}"),
    "FR": (7, lambda d: _french("8" + d)),
    "NL": (7, lambda d: _mod_11((9, 8, 7, 6, 5, 4, 3, 2), "8")(d) + "B01"),
}


def vat(seed: int, number: int, country: int, valid: bool) -> str | None:
    """A VAT number with the letters of its country, or None where the country has none here."""
    code = CODES[country]
    if code not in _VAT:
        return None
    size, make = _VAT[code]
    digits = f"{mix_one(seed, 'vat', number) % 10**size:0{size}d}"
    good = make(digits)
    if valid:
        return code + good
    # One digit of the middle another: every check here finds that.
    at = len(good) // 2
    return f"{code}{good[:at]}{(int(good[at]) + 1 + number % 8) % 10}{good[at + 1 :]}"
