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

# A pattern: texts, choices (tuples), and words to fill in ([section]).
Pattern = tuple[str | tuple[str, ...] | list[str], ...]


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


def _pattern(line: str) -> Pattern:
    parts: list[str | tuple[str, ...] | list[str]] = []
    at = 0
    for found in _PART.finditer(line):
        if found.start() > at:
            parts.append(line[at : found.start()])
        choice, slot = found.groups()
        if choice is not None:
            parts.append(tuple(choice.split("|")))
        else:
            parts.append(MARKS[slot] if slot in MARKS else [slot])
        at = found.end()
    parts.append(line[at:])
    return tuple(part for part in parts if part != "")


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
    patterns = {name: tuple(map(_pattern, lines)) for name, lines in sections.items() if name not in lists}
    split = [word for words in (lists["adj"], lists["like"]) for phrase in words for word in phrase.split()]
    joint = "" if language == "zh" else " "
    words = tuple(sorted(set("".join(split)))) if not joint else tuple(sorted(set(split)))
    return Bank(language, lists, patterns, names, words, joint)


def fill(pattern: Pattern, words: Bank, draw: Random) -> str:
    """One text of a pattern; marks stay."""
    out = []
    for part in pattern:
        if isinstance(part, str):
            out.append(part)
        elif isinstance(part, tuple):
            out.append(part[int(draw.random() * len(part))])
        else:
            out.append(_word(part[0], words, draw))
    return "".join(out)


def _word(slot: str, words: Bank, draw: Random) -> str:
    options = words.lists.get(slot)
    if options is not None:
        return options[int(draw.random() * len(options))]
    if slot == "hours":
        start, end = 8 + int(draw.random() * 7), 19 + int(draw.random() * 5)
        form = int(draw.random() * 3)
        return (f"{start}-{end}", f"{start}:00 - {end}:00", f"{start}h - {end}h")[form]
    if slot == "num":
        return str(20 + int(draw.random() * 200))
    if slot == "year":
        return str(2012 + int(draw.random() * 13))
    return "{" + slot + "}"  # phone, handle, mail, url, account: filled when an advert is written
