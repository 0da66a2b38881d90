"""The rules of the meaning extractor, ``data/meaning/rules.toml``: word classes that together say a sense."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from clew.extract._meaning_lexicon import kinds
from clew.model.errors import InputError

MOST_SLOTS = 5
WINDOW = 8
REACH = 3
_KEYS = {"sense", "slots", "none", "window", "reach", "ordered", "across", "within", "denied", "weight", "note"}


@dataclass(frozen=True)
class Rule:
    """A sense that word classes say together.

    Attributes:
        sense: what they say.
        slots: of each, one word must be there, each slot another word; in any order unless ``ordered``.
        none: classes that must not stand between them, nor ``reach`` words around.
        window: words from the end of the first to the last.
        across: the words may stand in different sentences or lines.
        within: the words must stand in one part of a sentence, between commas and the like.
        denied: whether the text may deny it, if its sense may be denied.
        weight: what it weighs; together with others of its sense it must come to 1.
        note: what it is for, and what else it may hit.
    """

    sense: str
    slots: tuple[tuple[str, ...], ...]
    none: tuple[str, ...]
    window: int
    reach: int
    ordered: bool
    across: bool
    within: bool
    denied: bool
    weight: float
    note: str


def _classes(where: str, names: Iterable[str], groups: dict[str, list[str]]) -> tuple[str, ...]:
    """Class names, with the names of groups ("@ask") replaced by what they hold."""
    found: list[str] = []
    for name in names:
        found += groups.get(name.removeprefix("@"), [name]) if name.startswith("@") else [name]
    unknown = [c for c in found if c not in kinds().words]
    if unknown:
        raise InputError(f"{where}: there is no class '{unknown[0]}'.", "See classes.toml.")
    return tuple(found)


def _rule(number: int, said: dict[str, Any], groups: dict[str, list[str]]) -> Rule:
    where = f"Rule {number} ({said.get('sense', 'without a sense')})"
    odd = sorted(set(said) - _KEYS)
    if odd:
        raise InputError(f"{where}: unknown key '{odd[0]}'.", f"Known are {', '.join(sorted(_KEYS))}.")
    if said.get("sense") not in kinds().senses:
        raise InputError(f"{where}: there is no such sense.", "See classes.toml.")
    slots = tuple(_classes(where, slot, groups) for slot in said.get("slots", []))
    if not 1 <= len(slots) <= MOST_SLOTS or not all(slots):
        raise InputError(f"{where} needs one to {MOST_SLOTS} slots.")
    # the more words agree, the more doubtful each of them may be
    weight = float(said.get("weight", (len(slots) + 1) / 2 if len(slots) > 1 else 1.0))
    if not 0 < weight <= MOST_SLOTS:
        raise InputError(f"{where} needs a weight above 0.")
    return Rule(
        said["sense"],
        slots,
        _classes(where, said.get("none", []), groups),
        int(said.get("window", WINDOW)),
        int(said.get("reach", REACH)),
        bool(said.get("ordered", False)),
        bool(said.get("across", False)),
        bool(said.get("within", False)),
        bool(said.get("denied", True)),
        weight,
        str(said.get("note", "")),
    )


def parse_rules(text: str) -> tuple[Rule, ...]:
    """Read a rules file.

    Raises:
        InputError: a rule names a class or sense that is not known.
    """
    data = tomllib.loads(text)
    return tuple(_rule(n, said, data.get("group", {})) for n, said in enumerate(data.get("rule", []), 1))


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, in the order of the file."""
    return parse_rules((resources.files("clew.extract") / "data" / "meaning" / "rules.toml").read_text("utf-8"))
