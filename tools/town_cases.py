"""Names of towns as they stand after "in", "to" or "from" in languages that change them: "w Warszawie", "из Москвы".

Rules say which endings may take the place of which; a form counts where a dictionary of the language knows it, so the
rules may be generous. Used by ``gazetteer.py``.
"""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from spelling import accepted

from clew.extract._words import word_list

Rules = dict[str, list[str]]

_RULES = Path(__file__).with_suffix(".toml")
_ADJECTIVE = "adjective_"
_SCRIPTS = {"latin": (0x41, 0x24F), "cyrillic": (0x400, 0x52F), "greek": (0x370, 0x3FF)}
# Towns that other languages than their own have forms of: so large, and there.
_FAR = 300_000
_NEAR = frozenset(
    word_list(
        """
    AL AM AT AZ BA BE BG BY CH CY CZ DE DK EE EG ES FI FR GB GE GR HR HU IE IL IS IT KZ LB LT LU LV MD ME MK MT NL NO
    PL PT QA RO RS RU SA SE SI SK TR UA AE US CA XK
        """
    )
)
_KNOWN = 100_000  # people of a town whose name is also a word of every day
_SHORT = 4  # letters of a form
_MOST = 24  # forms of a name of several words


class Language(NamedTuple):
    """A language that changes names.

    Attributes:
        countries: where it is spoken.
        letters: of its script, as a range of code points of a name's first letter.
        nouns: for each case, the endings that may take the place of an ending.
        adjectives: the same for the words before a noun, for the first cases.
    """

    countries: frozenset[str]
    letters: tuple[int, int]
    nouns: tuple[Rules, ...]
    adjectives: tuple[Rules, ...]


def languages() -> dict[str, Language]:
    """What ``town_cases.toml`` says, by the name of the dictionary."""
    read = {}
    for code, told in tomllib.loads(_RULES.read_text("utf-8")).items():
        kept = [name for name in told if name not in ("countries", "script") and not name.startswith(_ADJECTIVE)]
        bent = [told[_ADJECTIVE + name] for name in kept if _ADJECTIVE + name in told]
        nouns = tuple(_rules(told[name]) for name in kept)
        countries = frozenset(told["countries"].split())
        read[code] = Language(countries, _SCRIPTS[told["script"]], nouns, tuple(map(_rules, bent)))
    return read


def _rules(text: str) -> dict[str, list[str]]:
    return {old: new.split(",") for old, new in (rule.split(">") for rule in text.split())}


def _changed(word: str, rules: dict[str, list[str]]) -> set[str]:
    """The forms of a word by the rules of one case; the longest ending that fits, and those of one letter or none."""
    fitting = [old for old in rules if word.endswith(old) and len(word) > len(old)]
    kept = {max(fitting, key=len)} | {old for old in fitting if len(old) <= 1} if fitting else set()
    return {word[: len(word) - len(old)] + new for old in kept for new in rules[old]}


def _words(name: str) -> list[str]:
    return name.replace("-", " ").split()


def _bends(word: str) -> bool:
    """Not "nad", and not the "W" of "W-wa"."""
    return word[0].isupper() and len(word) > 2


def _candidates(name: str, language: Language) -> list[list[set[str]]]:
    """For each case, the forms that each word of a name may have."""
    words = _words(name)
    out = []
    for nouns, adjectives in itertools.zip_longest(language.nouns, language.adjectives, fillvalue={}):
        forms = [_changed(w, nouns) if _bends(w) else set() for w in words]
        if len(words) > 1:  # an adjective stands before its noun or after it: "Nowy Targ", "Gorzów Wielkopolski"
            forms = [f | _changed(w, adjectives) if _bends(w) else f for f, w in zip(forms, words, strict=True)]
        out.append(forms)
    return out


def _together(words: list[str], forms: list[set[str]], known: set[str]) -> set[tuple[str, ...]]:
    """A name's forms: all of its words changed, or the first, or the last."""
    right = [sorted(f & known) for f in forms]
    last = len(words) - 1
    options = [[*right[k]] or [w] for k, w in enumerate(words)]
    kept = [[w] for w in words]
    shapes = [options, [options[0], *kept[1:]], [*kept[:-1], options[last]]]
    found = {name for shape in shapes for name in itertools.islice(itertools.product(*shape), _MOST)}
    return found - {tuple(words)}


def _worth(towns: set[tuple[str, str, int]], language: Language) -> dict[str, int]:
    """Names in a language's script that it may change, each with the most people who live there."""
    low, high = language.letters
    found: dict[str, int] = {}
    for name, country, people in towns:
        far = people >= _FAR and country in _NEAR and len(_words(name)) == 1
        if low <= ord(name[0]) <= high and (country in language.countries or far):
            found[name] = max(found.get(name, 0), people)
    return found


def cases(towns: Iterable[tuple[str, str, int]]) -> dict[str, set[str]]:
    """The other forms of names, by name.

    Args:
        towns: name, country and people of each.
    """
    listed = set(towns)
    found: dict[str, set[str]] = {}
    for code, language in languages().items():
        names = _worth(listed, language)
        planned = {n: _candidates(n, language) for n in names}
        asked = {w for plans in planned.values() for forms in plans for f in forms for w in f}
        known = accepted(code, asked | {w for n in names for w in (*_words(n), n.lower())})
        count = 0
        for name, plans in planned.items():
            words = _words(name)
            # The dictionary knows the town, and not as a word of every day unless all know the town too
            if not all(w in known for w in words if w[0].isupper()) or (name.lower() in known and names[name] < _KNOWN):
                continue
            forms = {" ".join(f) for plan in plans for f in _together(words, plan, known)}
            found.setdefault(name, set()).update(f for f in forms if len(f) >= _SHORT)
            count += len(forms)
        print(code, len(names), "names,", count, "forms", flush=True)
    return found
