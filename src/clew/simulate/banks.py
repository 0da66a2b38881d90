"""The sentence banks: what adverts are made of, one text file a language in ``data/``.

A file has sections (``# name``) of patterns, one a line: ``(a|b)`` is a choice, ``{like}`` a word of that section
(one line, words between bars), ``{name}`` a mark that is filled when an advert is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from random import Random

LANGUAGES = ("en", "nl", "de", "fr", "es", "it", "pt", "ro", "pl", "hu", "bg", "ru", "el", "ar", "zh")
LISTS = ("adj", "like", "role", "item")
# Marks that stay in a text until an advert is written, as control characters: one replace each fills them.
MARKS = {"name": "\x01", "city": "\x02", "price": "\x03", "age": "\x04", "contact": "\x05"}
_PART = re.compile(r"\(([^()|]*(?:\|[^()|]*)+)\)|\{(\w+)\}")

# What can stand for a word that is neither in a list nor a mark.
_RANGES = {
    "hours": tuple(
        form.format(start, end)
        for start in range(8, 15)
        for end in range(19, 24)
        for form in ("{}-{}", "{}:00 - {}:00", "{}h - {}h")
    ),
    "num": tuple(map(str, range(20, 220))),
    "year": tuple(map(str, range(2012, 2025))),
}

# A pattern: for each part of the sentence, what can stand there.
Pattern = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Bank:
    """What one language offers.

    Attributes:
        language: ISO 639 letters.
        lists: words by section of `LISTS`.
        patterns: sentences by section.
        names: stage names.
        words: single words that replace others when a text is changed a little.
        joint: what stands between words (nothing in Chinese).
    """

    language: str
    lists: dict[str, tuple[str, ...]]
    patterns: dict[str, tuple[Pattern, ...]]
    names: tuple[str, ...]
    words: tuple[str, ...]
    joint: str


def _pattern(line: str, lists: dict[str, tuple[str, ...]]) -> Pattern:
    parts: list[tuple[str, ...]] = []
    at = 0
    for found in _PART.finditer(line):
        parts.append((line[at : found.start()],))
        choice, slot = found.groups()
        if choice is not None:
            parts.append(tuple(choice.split("|")))
        else:  # {phone} and the like stay: they are filled when an advert is written
            parts.append(lists.get(slot) or _RANGES.get(slot) or (MARKS.get(slot, "{" + slot + "}"),))
        at = found.end()
    parts.append((line[at:],))
    return tuple(part for part in parts if part != ("",))


@cache
def bank(language: str) -> Bank:
    """Read the bank of a language (once)."""
    text = resources.files("clew.simulate").joinpath("data", f"{language}.txt").read_text("utf-8")
    sections: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.startswith("# "):
            lines = sections.setdefault(line[2:].strip(), [])
        elif line.strip():
            lines.append(line)
    lists = {name: tuple(sections[name][0].split("|")) for name in LISTS}
    names = tuple(sections.pop("names")[0].split())
    patterns = {
        name: tuple(_pattern(line, lists) for line in lines) for name, lines in sections.items() if name not in lists
    }
    split = [word for words in (lists["adj"], lists["like"]) for phrase in words for word in phrase.split()]
    joint = "" if language == "zh" else " "
    words = tuple(sorted(set("".join(split)))) if not joint else tuple(sorted(set(split)))
    return Bank(language, lists, patterns, names, words, joint)


def fill(pattern: Pattern, draw: Random) -> str:
    """One text of a pattern; marks stay."""
    chance = draw.random
    return "".join([part[int(chance() * len(part))] if len(part) > 1 else part[0] for part in pattern])
