"""IBANs of statements that write accounts in their country's own form, or an IBAN before other words.

`stdnum` is loaded by the first such account: most files have none.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from clew.ingest.money_rows import Value

_GERMAN_BANK, _GERMAN = re.compile(r"[1-8]\d{7}"), re.compile(r"\d{1,10}")
_DUTCH_BANK, _DUTCH = re.compile(r"([A-Z]{4})NL[A-Z0-9]{2}(?:[A-Z0-9]{3})?"), re.compile(r"\d{3,10}")
_POLISH = re.compile(r"\d{26}")
_WRITTEN = re.compile(r"\S")
_LONGEST = 34


@lru_cache(maxsize=65_536)
def iban_of(bank: Value, account: Value) -> Value:
    """The account as an IBAN, where what is written determines it; else as it is written.

    A German one is a number of a bank (Bankleitzahl) and one of an account, a Dutch one is known by the letters of the
    bank's BIC, and a Polish one has its check digits in itself.
    """
    if account is None or not account.isascii() or not account.isdigit() or not account.strip("0"):
        return account
    if _POLISH.fullmatch(account):
        return f"PL{account}" if _valid(f"PL{account}") else account
    bank = (bank or "").strip()
    if _GERMAN_BANK.fullmatch(bank) and _GERMAN.fullmatch(account):
        return _checked("DE", f"{bank}{account:0>10}")
    dutch = _DUTCH_BANK.fullmatch(bank)
    return _checked("NL", f"{dutch[1]}{account:0>10}") if dutch is not None and _DUTCH.fullmatch(account) else account


def _checked(country: str, number: str) -> str:
    """A country's number with the check digits that it must have."""
    from stdnum import iban

    return f"{country}{iban.calc_check_digits(f'{country}00{number}')}{number}"


def leading_iban(text: str) -> tuple[Value, str]:
    """(the IBAN that a text begins with, in groups or not; what stands behind it); None where it begins with none."""
    places = [found.start() for found in _WRITTEN.finditer(text[: 2 * _LONGEST])]
    length = _length("".join(text[at] for at in places[:2]).upper())
    if not length or len(places) < length:
        return None, text
    end = places[length - 1] + 1
    number = "".join(text[at] for at in places[:length]).upper()
    return (None, text) if text[end : end + 1].isalnum() or not _valid(number) else (number, text[end:])


@lru_cache(maxsize=65_536)
def _valid(number: str) -> bool:
    """Whether an IBAN has its country's structure and the right check digits."""
    from stdnum import iban

    valid: bool = iban.is_valid(number)
    return valid


@cache
def _length(country: str) -> int:
    """How long a country's IBANs are; 0 where it has none."""
    from stdnum import numdb

    known = numdb.get("iban").info(country)
    structure = known[0][1].get("bban", "") if known else ""
    return 4 + sum(map(int, re.findall(r"(\d+)!", structure))) if structure else 0
