"""All lexicons and rules of meaning, compiled; kept in a file, as compiling them takes many seconds."""

from __future__ import annotations

from functools import cache

from clew.extract._kept import kept
from clew.extract._meaning_compile import Compiled, Tables, ready, tables
from clew.extract._meaning_lexicon import lexicons
from clew.extract._meaning_rules import rules

# Besides the lexicons, rules and the code that compiles them: where phrases are folded and split into words.
SOURCES = ("data/meaning/*.toml", "_meaning_*.py", "_starts.py", "_words.py", "fold.py", "phrases.py")


@cache
def compiled() -> Compiled:
    """All lexicons and rules there are."""
    return ready(kept("meaning", Tables, SOURCES, lambda: tables(lexicons(), rules())))
