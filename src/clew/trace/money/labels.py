"""What people said accounts are: the newest label of each, and what it says about payments to it."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from clew.engine.duckdb import Engine

# Of each source the newest row about an account that was not taken back; ``nth`` is 1 for the newest of all sources.
HELD = """
SELECT *, row_number() OVER (PARTITION BY value ORDER BY "at" DESC, source) AS nth FROM (
    SELECT *, row_number() OVER (PARTITION BY source, value ORDER BY "at" DESC, state, label, category, note) AS age
    FROM {labels}
) WHERE age = 1 AND state = 'given'
"""


@cache
def kinds() -> dict[str, Any]:
    """What codes of banks, kinds of merchants and words of labels mean; see ``data/kinds.toml``."""
    return tomllib.loads(files("clew.trace.money").joinpath("data/kinds.toml").read_text(encoding="utf-8"))


def meaning_of_label(label: str) -> str | None:
    """What a label says about payments to that account: mixer, exchange, advert …"""
    label = label.lower()
    words = set(label.replace("-", " ").replace("_", " ").replace("/", " ").split())
    for purpose, told in kinds()["labels"].items():
        if any(word in words or (" " in word and word in label) for word in told):
            return str(purpose)
    return None


def meanings(engine: Engine) -> dict[str, str]:
    """The purpose of payments to labelled accounts, by account; those whose label says nothing of it are not in it.

    Where several sources label an account, the newest that says something counts.
    """
    held = HELD.format(labels="labels")
    listed = engine.sql(f"SELECT value, label, category FROM ({held}) ORDER BY value, nth DESC").to_pylist()
    found: dict[str, str] = {}
    known: dict[tuple[str, str], str | None] = {}
    for row in listed:
        key = row["category"], row["label"]
        if key not in known:
            known[key] = _meaning(*key)
        if purpose := known[key]:
            found[row["value"]] = purpose
    return found


def _meaning(category: str, label: str) -> str | None:
    """What the category says; where it says nothing, what the label does."""
    return meaning_of_label(category) or meaning_of_label(label)
