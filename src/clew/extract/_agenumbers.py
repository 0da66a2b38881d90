"""Ages in words, 12 to 60: "ventidue", "vingt-deux", "двадцать два", of the number words of phone numbers."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib import resources
from itertools import product
from typing import Any

_YOUNGEST, _OLDEST = 12, 60


def _of_language(words: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Each spelling of each age of one language."""
    units, teens, tens = ([w.split() for w in words.get(k, ())] for k in ("units", "teens", "tens"))
    for k, spellings in enumerate(teens):
        yield from ((w, 10 + k) for w in spellings)
    own = [(int(t), w) for t, _, w in (p.partition(":") for p in words.get("join_tens", "").split())]
    for n, spellings in enumerate(tens):
        ten = 20 + 10 * n
        yield from ((w, ten) for w in spellings)
        joined = spellings + [w for t, w in own if t == ten]
        for k, unit in enumerate(units[1:], 1):
            for t, u in product(spellings, unit):
                yield f"{t} {u}", ten + k
                yield from ((f"{t} {a} {u}", ten + k) for a in words.get("and", "").split())
            for pattern, t, u in product(words.get("joined", ()), joined, unit):
                yield pattern.format(t=t, u=u), ten + k


def numbers() -> dict[str, int]:
    """The phrases of all languages, and the age that each says."""
    text = (resources.files("clew.extract") / "data" / "phone_words.toml").read_text("utf-8")
    ages: dict[str, int] = {}
    for words in tomllib.loads(text).values():
        for phrase, age in _of_language(words):
            if _YOUNGEST <= age <= _OLDEST:
                ages.setdefault(phrase, age)
    return ages
