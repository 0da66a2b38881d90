"""What a phone number without its country's code is in each country, told without loading a kernel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

_FEWEST, _MOST = 6, 17  # digits


@dataclass(frozen=True)
class Number:
    """A phone number as it stands in a question.

    Attributes:
        written: as it stands there.
        readings: the E.164 numbers that it may be, each valid in some country's plan, sorted.
        sure: its country was given, so nothing is assumed; there is one reading then.
    """

    written: str
    readings: tuple[str, ...]
    sure: bool = False


class _Plans(NamedTuple):
    """The automaton of `clew.extract._phone_plan`, and each country's code with the prefixes of its own numbers."""

    trans: list[list[int]]
    label: list[int]
    root: int
    countries: frozenset[tuple[str, tuple[str, ...]]]


@cache
def _plans() -> _Plans:
    with np.load(Path(__file__).parent / "data" / "phone_plan.npz") as raw:
        words = [tuple(word for word in row if word) for row in raw["prefix"].tolist()]
        countries = frozenset(zip(map(str, raw["code"].tolist()), words, strict=True))
        return _Plans(raw["trans"].tolist(), raw["label"].tolist(), int(raw["root"]), countries)


@cache
def regions() -> tuple[str, ...]:
    """ISO 3166 codes of all countries with a numbering plan."""
    with np.load(Path(__file__).parent / "data" / "phone_plan.npz") as raw:
        return tuple(raw["region"].tolist())


def readings(digits: str) -> tuple[str, ...]:
    """The E.164 numbers that digits are when dialled in some country, or written after its code without a plus."""
    if not _FEWEST <= len(digits) <= _MOST:
        return ()
    found = {digits} if _valid(digits) else set()
    for code, prefixes in _plans().countries:
        bare = (digits[len(prefix) :] for prefix in prefixes if digits.startswith(prefix))
        found.add(next((code + rest for rest in (*bare, digits) if _valid(code + rest)), ""))
        if digits.startswith(code + "0") and _valid(code + digits[len(code) + 1 :]):  # 31 (0)6 …
            found.add(code + digits[len(code) + 1 :])
    return tuple(sorted("+" + number for number in found if number))


def _valid(number: str) -> bool:
    """Whether a country's code and the digits after it are a number of its plan."""
    plans = _plans()
    state = plans.root
    for digit in number:
        state = plans.trans[state][ord(digit) - 48]
        if state == 0:
            return False
    return plans.label[state] != 0
