"""Words that no learned score may rest on: origin, faith, gender, countries (``data/never_learned.toml``)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

import pyarrow as pa
import pyarrow.compute as pc

from clew.extract._gazetteer import data_lines


@cache
def _listed() -> tuple[str, pa.Array]:
    """A pattern of the words that are listed, and the names of countries."""
    text = (resources.files("clew.assess") / "data" / "never_learned.toml").read_text("utf-8")
    words = sorted(word for kind in tomllib.loads(text).values() for word in kind)
    pattern = "|".join(word.replace("*", r"\pL*") for word in words)
    countries = sorted({line.split(" ", 1)[1] for line in data_lines("countries.txt")})
    return f"(?:^| )(?:{pattern})(?:$| )", pa.array(countries, pa.string())


def never_learned(terms: pa.Array) -> pa.Array:
    """bool[n]: does a term (a word, or two with a space between) hold such a word, or is part of it a country?"""
    pattern, countries = _listed()
    first = pc.replace_substring_regex(terms, r" .*$", "")
    last = pc.replace_substring_regex(terms, r"^.* ", "")
    country = pc.or_(pc.is_in(terms, countries), pc.or_(pc.is_in(first, countries), pc.is_in(last, countries)))
    return pc.or_(country, pc.match_substring_regex(terms, pattern))
