"""Wording that says something about who is behind a text: insisting on trust, several people, payment in advance …

The value of a mention is the sense of the phrase, the name of a lexicon. Lexicons are files of ``data/wording``, one a
language, with phrases, what they weigh and notes on doubtful ones. A phrase that says little alone (weight below 1)
counts only where the phrases of its sense in the record weigh 1 together, those of youth and groups once each. What a
file calls ``everyday`` says nothing ("young hens", "a young couple", "no deposit"); who looks for a flat needs more
words of youth.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clew.extract._written import plain
from clew.extract.base import Example, TextBatch, mentions
from clew.extract.phrases import Phrases
from clew.ingest.kernels import inner, kernel
from clew.model.errors import InputError

SENSES = (
    "always-available",
    "group",
    "movement",
    "outcall-only",
    "payment",
    "premises-only",
    "third-party",
    "trust",
    "urgency",
    "youth",
)
_ENOUGH = 1.0
_SAID_ONCE = (SENSES.index("group"), SENSES.index("youth"))
_YOUTH, _EVERYDAY = SENSES.index("youth"), "everyday"
# What a phrase says that is no wording: nothing, "looking for a flat", "without deposit" (nothing where a part begins).
_NOTHING, _HOME, _WITHOUT = range(len(SENSES), len(SENSES) + 3)
_PAYMENT = SENSES.index("payment")
# Signs that stand between the words of a phrase without parting them: "24/7", "100% real", "no*games", "me & you".
_JOINING = "%/*_~|+&"


@dataclass(frozen=True)
class Entry:
    """One phrase of a lexicon; ``stem``: its last word may go on."""

    phrase: str
    sense: str
    language: str
    weight: float
    note: str
    stem: bool


def parse(language: str, text: str) -> list[Entry]:
    """The entries of one lexicon file: a table for each sense, of phrases with their weights.

    Raises:
        InputError: a sense is unknown or a weight is not between 0 and 1.
    """
    return _entries(language, tomllib.loads(text))


def _entries(language: str, tables: dict[str, Any]) -> list[Entry]:
    entries = []
    for sense, phrases in tables.items():
        if sense == _EVERYDAY:
            continue
        if sense not in SENSES:
            raise InputError(f"Lexicon {language}: unknown sense '{sense}'.")
        for phrase, said in phrases.items():
            weight, note = (said.get("weight"), said.get("note", "")) if isinstance(said, dict) else (said, "")
            if not isinstance(weight, int | float) or not 0 < weight <= 1:
                raise InputError(f"Lexicon {language}: '{phrase}' needs a weight above 0 and at most 1.")
            entries.append(Entry(phrase.rstrip("*"), sense, language, float(weight), note, phrase.endswith("*")))
    return entries


@cache
def _files() -> dict[str, dict[str, Any]]:
    """The tables of each file, by its language."""
    folder = resources.files("clew.extract") / "data" / "wording"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return {f.name.removesuffix(".toml"): tomllib.loads(f.read_text("utf-8")) for f in files}


@cache
def lexicon() -> tuple[Entry, ...]:
    """All phrases of all languages."""
    return tuple(e for language, tables in _files().items() for e in _entries(language, tables))


def _everyday() -> dict[str, tuple[int, float]]:
    """Sense and weight of phrases that say nothing or that no payment is asked, and those of who looks for a home."""
    said: dict[str, tuple[int, float]] = {}
    for language, tables in _files().items():
        held = {k: [" ".join(p.split()) for p in v.split(",")] for k, v in tables[_EVERYDAY].items()}
        payments = [e for e in lexicon() if e.language == language and e.sense == "payment" and not e.stem]
        pairs = [*product(held["describing"], held["things"]), *product(held["things"], held["describing"])]
        for e in payments:
            pairs += [*product(held["denying"], [e.phrase]), *product([e.phrase], held["denied"])]
        said |= dict.fromkeys(map(" ".join, pairs), (_NOTHING, 0.0))
        said |= {f"{word} {e.phrase}": (_WITHOUT, e.weight) for e in payments for word in held["without"] if word}
        said |= dict.fromkeys(held["homes"], (_HOME, 0.0))
    return said


@dataclass(frozen=True)
class _Compiled:
    """The lexicon for the matcher: sense and weight by phrase."""

    phrases: Phrases
    sense: npt.NDArray[np.int64]
    weight: npt.NDArray[np.float64]


@cache
def _compiled() -> _Compiled:
    entries, everyday = lexicon(), _everyday()
    words = [e.phrase.translate({ord(c): " " for c in _JOINING}) for e in entries]
    stems = [e.stem for e in entries] + [False] * len(everyday)
    return _Compiled(
        Phrases([*words, *everyday], stems, _JOINING),
        np.array([SENSES.index(e.sense) for e in entries] + [sense for sense, _ in everyday.values()], np.int64),
        np.array([e.weight for e in entries] + [weight for _, weight in everyday.values()]),
    )


@kernel
def _apart(sym, begin, end, first, last, out):  # type: ignore[no-untyped-def]
    """Does no further number stand beside a phrase that begins or ends with a digit ("24 7" in a phone number)?"""
    for k in range(begin.shape[0]):
        a, b = begin[k], end[k]
        out[k] = True
        if 48 <= sym[a] <= 57:
            i = a - 1
            while i >= first[k] and sym[i] != 0x1E and not (48 <= sym[i] <= 57) and a - i < 3 and not _letter(sym[i]):
                i -= 1
            out[k] &= not (i >= first[k] and 48 <= sym[i] <= 57)
        if 48 <= sym[b - 1] <= 57:
            i = b
            while i < last[k] and sym[i] != 0x1E and not (48 <= sym[i] <= 57) and i - b < 2 and not _letter(sym[i]):
                i += 1
            out[k] &= not (i < last[k] and 48 <= sym[i] <= 57)


@kernel
def _within(sym, begin, first, out):  # type: ignore[no-untyped-def]
    """Does a word stand right before a phrase: "no visit without deposit"?"""
    for k in range(begin.shape[0]):
        i = begin[k] - 1
        while i >= first[k] and sym[i] == 32:
            i -= 1
        out[k] = i >= first[k] and _letter(sym[i]) and sym[i] < 0xE000


@inner
def _letter(c):  # type: ignore[no-untyped-def]
    return 97 <= c <= 122 or c >= 0xC0


class Wording:
    """Finds phrases of the lexicons; the value is the sense."""

    name = "wording"
    version = "3"
    types: tuple[str, ...] = ("wording",)
    examples: Sequence[Example] = (
        Example(
            "100% real, no scam!", (("wording", "trust", "100% real", False), ("wording", "trust", "no scam", False))
        ),
        Example(
            "Our girls are available 24/7",
            (("wording", "group", "Our girls", False), ("wording", "always-available", "24/7", False)),
        ),
        Example(
            "Onze meisjes wachten op je, alleen privé ontvangst",
            (
                ("wording", "group", "Onze meisjes", False),
                ("wording", "premises-only", "alleen privé ontvangst", False),
            ),
        ),
        Example(
            "Neu in der Stadt, nur für kurze Zeit",
            (("wording", "movement", "Neu in der Stadt", False), ("wording", "movement", "nur für kurze Zeit", False)),
        ),
        Example(
            "Nos filles sont disponibles jour et nuit",
            (("wording", "group", "Nos filles", False), ("wording", "always-available", "jour et nuit", False)),
        ),
        Example("fotos 100% reales", (("wording", "trust", "fotos 100% reales", False),)),
        Example("Новенькая в городе", (("wording", "movement", "Новенькая в городе", False),)),
        Example("a new car, brand new shoes; our house is real; young at heart; call 06 24 7 12 33 44, room 24", ()),
    )

    def find(self, batch: TextBatch) -> pa.Table:
        """Rows of MENTIONS, in any order."""
        c, f = _compiled(), batch.folded
        hits = c.phrases.find(f, batch.words)
        sense = c.sense[hits.phrase]
        without, within = np.flatnonzero(sense == _WITHOUT), np.empty(len(sense), np.bool_)
        _within(f.sym, hits.begin[without], f.start[hits.record[without]], within)
        sense[without] = np.where(within[: len(without)], _PAYMENT, _NOTHING)
        apart = np.empty(len(sense), np.bool_)
        _apart(f.sym, hits.begin, hits.end, f.start[hits.record], f.start[hits.record + 1], apart)
        counted = apart & (sense < _NOTHING)
        # "young … young", "we offer … we offer" say no more than once; "call now … call now" does
        _, first = np.unique(hits.record * len(c.sense) + hits.phrase, return_index=True)
        once = counted & ~np.isin(sense, _SAID_ONCE)
        once[first] |= counted[first]
        total = np.zeros((len(f.start), len(SENSES)))
        np.add.at(total, (hits.record[once], sense[once]), c.weight[hits.phrase[once]])
        total[np.unique(hits.record[sense == _HOME]), _YOUTH] -= _ENOUGH
        keep = np.flatnonzero(counted)
        keep = keep[total[hits.record[keep], sense[keep]] >= _ENOUGH]
        record, begin, end = hits.record[keep], hits.begin[keep], hits.end[keep]
        value = pa.array(SENSES, pa.string()).take(pa.array(sense[keep]))
        return mentions(batch, self, "wording", record, begin, end, value, ~plain(batch, record, begin, end))


PLUGIN = Wording()
