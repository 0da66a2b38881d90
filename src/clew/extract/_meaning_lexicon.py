"""The lexicons of the meaning extractor: files of ``data/meaning``, one a language, of word classes and sense phrases.

What may stand in them is in ``data/meaning/classes.toml``: senses and classes with what each means.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from clew.model.errors import InputError

ANY = "any"  # the language of words that belong to all of them
_NO_LEXICON = ("classes.toml", "rules.toml")
_KEYS = ("language", "reviewed_by", "reviewed_on", "word", "sense")


@dataclass(frozen=True)
class Kinds:
    """Senses and word classes, in the order of the file.

    Attributes:
        senses, words: what each means.
        stages: the senses that are stages of recruitment and control.
        talk: the senses that are looked for in messages only.
        shared: classes whose words belong to every language, whichever file lists them.
        made: classes that the engine fills (numbers); no file may.
        turns: classes of turns of speech; the words in them are read too.
        denied: the senses and classes of which a match says the contrary where it is denied; "near": a sense, only
            just before it (`_meaning_denied`).
        own: the senses that are not meant where the matter is the reader's own: "your passport stays with you".
        elsewhere: the senses that are not meant where the news or a film is told of.
        covered: the senses that are not meant where the employer pays: "the fee is paid by the employer".
        lawful: the senses that are not meant of taxes: "income tax is deducted from wages".
        everyday: for some senses, classes of which alone no phrase says them for certain.
    """

    senses: dict[str, str]
    words: dict[str, str]
    stages: tuple[str, ...]
    talk: frozenset[str]
    shared: frozenset[str]
    made: frozenset[str]
    turns: frozenset[str]
    denied: dict[str, str | bool]
    own: frozenset[str]
    elsewhere: frozenset[str]
    covered: frozenset[str]
    lawful: frozenset[str]
    everyday: dict[str, frozenset[str]]


@dataclass(frozen=True)
class Entry:
    """One word or phrase of a lexicon; ``stem``: its last word may go on.

    Attributes:
        kind: the class or sense that it belongs to.
        sense: whether it says a sense by itself.
    """

    phrase: str
    kind: str
    sense: bool
    language: str
    weight: float
    note: str
    stem: bool


@dataclass(frozen=True)
class Lexicon:
    """One file: its entries, and who has reviewed it when (empty: not yet)."""

    language: str
    reviewed_by: str
    reviewed_on: str
    entries: tuple[Entry, ...]


def _folder() -> Traversable:
    return resources.files("clew.extract") / "data" / "meaning"


@cache
def kinds() -> Kinds:
    """The senses and classes that lexicons and rules may name."""
    data = tomllib.loads((_folder() / "classes.toml").read_text("utf-8"))
    marks = {
        mark: [k for table in data.values() for k, v in table.items() if isinstance(v, dict) and v.get(mark)]
        for mark in ("stage", "talk", "shared", "made", "turn", "own", "elsewhere", "covered", "lawful")
    }
    senses, words = (
        {k: str(v["is"] if isinstance(v, dict) else v) for k, v in data[table].items()} for table in ("sense", "word")
    )
    everyday = {k: frozenset(v["everyday"]) for k, v in data["sense"].items() if "everyday" in v}
    denied = {
        k: v["denied"] for table in data.values() for k, v in table.items() if isinstance(v, dict) and "denied" in v
    }
    said = {name: frozenset(marks[name]) for name in marks}
    return Kinds(
        senses, words, tuple(marks["stage"]), said["talk"], said["shared"], said["made"], said["turn"], denied,
        said["own"], said["elsewhere"], said["covered"], said["lawful"], everyday,
    )  # fmt: skip


def _read(name: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"Lexicon {name} is not valid TOML: {error}.", "Mend that line.") from error


def _entry(where: str, key: str, said: object, kind: str, sense: bool, language: str) -> Entry:
    weight, note = (said.get("weight"), said.get("note", "")) if isinstance(said, dict) else (said, "")
    odd = isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight <= 1
    if isinstance(weight, bool) or not isinstance(weight, int | float) or odd:
        raise InputError(f"{where}: '{key}' needs a weight above 0 and at most 1.")
    phrase = key.removesuffix("*")
    if "*" in phrase or not any(c.isalnum() for c in phrase):
        raise InputError(f"{where}: '{key}' needs a word, and a * only at its end.")
    return Entry(phrase, kind, sense, language, float(weight), str(note), key != phrase)


def _table(name: str, table: str, held: object, known: Mapping[str, str], language: str) -> list[Entry]:
    """The entries of all classes, or of all senses, of a file."""
    if not isinstance(held, dict):
        raise InputError(f"Lexicon {name}: '{table}' must be tables like [{table}.NAME].")
    entries = []
    for kind, phrases in held.items():
        where = f"Lexicon {name}, [{table}.{kind}]"
        if kind not in known or kind in kinds().made:
            raise InputError(
                f"{where}: there is no such {'class' if table == 'word' else 'sense'}.", "See classes.toml."
            )
        if not isinstance(phrases, dict):
            raise InputError(f"{where} must be phrases with their weights.")
        said = ANY if kind in kinds().shared else language
        entries += [_entry(where, key, v, kind, table == "sense", said) for key, v in phrases.items()]
    return entries


def parse(name: str, text: str) -> Lexicon:
    """Read one lexicon file.

    Args:
        name: its name without the ending, which is its language.
        text: its content.

    Raises:
        InputError: it names a class or sense that is not known, or a weight is not between 0 and 1.
    """
    data = _read(name, text)
    odd = sorted(set(data) - set(_KEYS))
    if odd:
        raise InputError(f"Lexicon {name}: unknown key '{odd[0]}'.", f"Known are {', '.join(_KEYS)}.")
    if data.get("language") != name:
        raise InputError(f"Lexicon {name}: its language is '{data.get('language', '')}'.", "Name the file after it.")
    entries = _table(name, "word", data.get("word", {}), kinds().words, name)
    entries += _table(name, "sense", data.get("sense", {}), kinds().senses, name)
    return Lexicon(name, str(data.get("reviewed_by", "")), str(data.get("reviewed_on", "")), tuple(entries))


@cache
def lexicons() -> tuple[Lexicon, ...]:
    """Every lexicon, by language."""
    files = (f for f in _folder().iterdir() if f.name.endswith(".toml") and f.name not in _NO_LEXICON)
    read = [parse(f.name.removesuffix(".toml"), f.read_text("utf-8")) for f in files]
    return tuple(sorted(read, key=lambda lexicon: lexicon.language))
