"""Words that no learned score may rest on: origin, faith, gender, countries (``data/never_learned.toml``)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources

import pyarrow as pa
import pyarrow.compute as pc

from clew.extract._gazetteer import data_lines

# Kin stands in the list as it tells a person's gender; in talks it is whom somebody threatens.
KIN = frozenset(
    ("mother*", "mom", "moms", "mum", "mums", "father*", "dad", "dads", "wife", "wives", "husband*")
)  # fmt: skip


@cache
def _words() -> tuple[str, ...]:
    text = (resources.files("clew.extract") / "data" / "never_learned.toml").read_text("utf-8")
    return tuple(sorted(word for kind in tomllib.loads(text).values() for word in kind))


def _pattern(words: Iterable[str]) -> str:
    return "|".join(word.replace("*", r"\pL*") for word in words)


@cache
def _countries() -> tuple[str, ...]:
    return tuple(sorted({line.split(" ", 1)[1] for line in data_lines("countries.txt")}))


@cache
def _listed() -> tuple[str, pa.Array]:
    """A pattern of the words that are listed, and the names of countries."""
    return f"(?:^| )(?:{_pattern(_words())})(?:$| )", pa.array(_countries(), pa.string())


def never_learned_words() -> tuple[list[str], list[str]]:
    """The words that are listed and the countries; and the beginnings of all words that begin so. Both without kin."""
    listed = [word for word in _words() if word not in KIN]
    beginnings = [word.removesuffix("*") for word in listed if word.endswith("*")]
    return [word for word in listed if not word.endswith("*")] + list(_countries()), beginnings


def never_learned(terms: pa.Array) -> pa.Array:
    """bool[n]: does a term (a word, or two with a space between) hold such a word, or is part of it a country?"""
    pattern, countries = _listed()
    first = pc.replace_substring_regex(terms, r" .*$", "")
    last = pc.replace_substring_regex(terms, r"^.* ", "")
    country = pc.or_(pc.is_in(terms, countries), pc.or_(pc.is_in(first, countries), pc.is_in(last, countries)))
    return pc.or_(country, pc.match_substring_regex(terms, pattern))


def without_never_learned(texts: pa.Array) -> pa.Array:
    """Messages with a dot for each such word but kin: what a reader of messages learns from."""
    words = _pattern(word for word in _words() if word not in KIN)
    names = "|".join(re.escape(name) for name in _countries())
    pattern = rf"(?i)(^|[^\pL])(?:{words}|{names})($|[^\pL])"
    for _ in range(2):  # two in a row share what stands between them
        texts = pc.replace_substring_regex(texts, pattern, r"\1·\2")
    return texts
