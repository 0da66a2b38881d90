"""Sentence banks of chats and offers, one text file a language.

A file has sections (``# name``) of patterns, one a line; ``(a|b)`` is a choice that may be empty, ``{like}`` a mark
that is filled when the sentence is written. Sections of `WORDS` are one line of words between bars.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from random import Random

from clew.model.errors import InputError

KINDS = ("talk", "offers")
WORDS = ("names", "money", "short", "latin")
# Marks stand in patterns as control characters: one replace each fills them.
MARKS = {
    "name": "\x01",
    "city": "\x02",
    "money": "\x03",
    "contact": "\x05",
    "time": "\x06",
    "account": "\x07",
    "job": "\x08",
    "n": "\x0e",
    "site": "\x0f",
    "company": "\x10",
    "mail": "\x11",
    "year": "\x12",
    "pay": "\x13",
}
# Which of them are filled in chats; in offers all are.
TALK_MARKS = {"name", "city", "money", "contact", "time", "account", "n", "site", "company", "mail"}
_CHOICE = re.compile(r"\(([^()|]*(?:\|[^()|]*)+)\)")
_MARK = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Pattern:
    """One sentence.

    Attributes:
        parts: what can stand at each place.
        marks: names of the marks in it.
        place: number of the line in its section.
    """

    parts: tuple[tuple[str, ...], ...]
    marks: tuple[str, ...]
    place: int

    def fill(self, draw: Random, values: dict[str, str]) -> str:
        """The sentence, with its choices drawn and its marks filled."""
        chance = draw.random
        text = "".join([part[int(chance() * len(part))] if len(part) > 1 else part[0] for part in self.parts])
        for mark in self.marks:
            text = text.replace(MARKS[mark], values[mark])
        return text


@dataclass(frozen=True)
class Phrases:
    """What one language offers.

    Attributes:
        language: ISO 639 letters.
        sections: sentences by section.
        words: lists of words by section of `WORDS`.
        short: how chats shorten words, and what finds those words (None where there are none).
        latin: letters of another script in Latin ones, for `str.translate`.
    """

    language: str
    sections: dict[str, tuple[Pattern, ...]]
    words: dict[str, tuple[str, ...]]
    short: tuple[re.Pattern[str] | None, dict[str, str]]
    latin: dict[int, str]


def _pattern(line: str, place: int) -> Pattern:
    def mark(found: re.Match[str]) -> str:
        if found[1] not in MARKS:
            raise InputError(f"{found[0]!r} is no mark, in {line!r}.", f"Marks: {', '.join(MARKS)}.")
        return MARKS[found[1]]

    marked = _MARK.sub(mark, line)
    parts: list[tuple[str, ...]] = []
    at = 0
    for found in _CHOICE.finditer(marked):
        parts += [(marked[at : found.start()],), tuple(found[1].split("|"))]
        at = found.end()
    parts.append((marked[at:],))
    used = tuple(name for name, sign in MARKS.items() if sign in marked)
    return Pattern(tuple(part for part in parts if part != ("",)), used, place)


def _shorter(pairs: dict[str, str]) -> tuple[re.Pattern[str] | None, dict[str, str]]:
    longest = sorted(pairs, key=lambda word: (-len(word), word))
    found = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)", re.IGNORECASE) if pairs else None
    return found, pairs


def parse(text: str, language: str) -> Phrases:
    """A bank from the text of its file."""
    sections: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in map(str.strip, text.splitlines()):
        if line.startswith("# "):
            lines = sections.setdefault(line[2:], [])
        elif line:
            lines.append(line)
    words = {name: tuple("|".join(sections.pop(name, [])).split("|")) for name in WORDS}
    pairs = {name: dict(pair.split("=", 1) for pair in words.pop(name) if "=" in pair) for name in ("short", "latin")}
    patterns = {name: tuple(_pattern(line, at) for at, line in enumerate(lines)) for name, lines in sections.items()}
    letters = pairs["latin"] | {a.upper(): b.title() for a, b in pairs["latin"].items()}
    latin = {ord(letter): other for letter, other in letters.items() if len(letter) == 1}
    return Phrases(language, patterns, words, _shorter(pairs["short"]), latin)


@dataclass(frozen=True)
class Banks:
    """Sentences by language.

    Attributes:
        talk: of chats.
        offers: of job offers and sites.
    """

    talk: dict[str, Phrases]
    offers: dict[str, Phrases]


def _files(root: Traversable, kind: str) -> dict[str, Traversable]:
    folder = root.joinpath(kind)
    if not folder.is_dir():
        return {}
    return {file.name[:-4]: file for file in folder.iterdir() if file.name.endswith(".txt")}


@cache
def read_banks(folder: Path | None = None) -> Banks:
    """The banks of all languages that have one (read once).

    Args:
        folder: where ``talk/LANGUAGE.txt`` and ``offers/LANGUAGE.txt`` are, or one of the two folders;
            Clew's own for what it has not.

    Raises:
        InputError: when the folder has no bank, or one lacks a section that Clew's own has in English.
    """
    own = resources.files("clew.simulate").joinpath("data")
    found = {kind: _files(folder, kind) if folder else {} for kind in KINDS}
    if folder and not any(found.values()):
        raise InputError(f"{folder} has no talk/*.txt and no offers/*.txt.", "Give the folder that holds these two.")
    read = {}
    for kind in KINDS:
        files = found[kind] or _files(own, kind)
        model = set(parse(own.joinpath(kind, "en.txt").read_text("utf-8"), "en").sections)
        read[kind] = {name: parse(files[name].read_text("utf-8"), name) for name in sorted(files)}
        for name, phrases in read[kind].items():
            _check(phrases, model, f"{kind}/{name}.txt", kind)
    return Banks(**read)


def _check(phrases: Phrases, model: set[str], file: str, kind: str) -> None:
    lacking = sorted(name for name in model if not phrases.sections.get(name))
    lacking += [name for name in ("names", "money") if kind == "talk" and not all(phrases.words[name])]
    if lacking:
        raise InputError(f"{file} has no lines in # {', # '.join(lacking)}.", "See data/talk/en.txt.")
    for section, patterns in phrases.sections.items():
        for pattern in patterns:
            if kind == "talk" and not TALK_MARKS.issuperset(pattern.marks):
                wrong = ", ".join(sorted(set(pattern.marks) - TALK_MARKS))
                raise InputError(f"{file} uses {{{wrong}}} in # {section}; chats cannot fill it.", "Leave it out.")
