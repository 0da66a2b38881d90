"""Lexicons and rules as the arrays that the matcher and the kernel read."""

from __future__ import annotations

import gc
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from clew.extract._meaning_apply import PARTS, Groups, Rules
from clew.extract._meaning_denied import ANYWHERE, JUST_BEFORE, NEVER, Denials
from clew.extract._meaning_everyday import MOST, everyday
from clew.extract._meaning_lexicon import ANY, Entry, Lexicon, kinds
from clew.extract._meaning_rules import MOST_SLOTS, Rule
from clew.extract._meaning_variants import disguises, spellings
from clew.extract.base import Ints
from clew.extract.phrases import Phrases, Spelt, fold_all
from clew.model.errors import InputError

JOINING = "@$*_~"  # signs that stand inside a disguised word ("p@ssport", "ca$h") or between words
# Words are written without spaces, or each syllable apart: windows are wider there.
_STRETCH = {"zh": 2.0, "vi": 1.5}
_MOST_LANGUAGES = 64
# What `Denials` says of classes.
_DENIALS = {
    "near": ("not",),
    "before": ("none-of",),
    "behind": ("absent",),
    "yours": ("yours",),
    "heard": ("heard",),
    "listed": ("fee", "deduct"),
    "asked": ("must", "need", "pay", "send", "give", "transfer", "sum", "figure", "currency", "percent", "immediately"),
    "other": ("experience", "language-skill", "no-requirement", "vacancy", "sum", "percent", "currency", "other"),
    "payer": ("payer",),
    "paid": ("paid-by",),
    "matter": ("travel", "ticket", "housing", "room", "salary", "arranged"),
    "back": ("return", "refund"),
    "unless": ("if", "or-else", "without"),
    "terms": ("must", "send", "transfer", "immediately", "urgent"),
    "amount": ("sum", "currency"),
    "wages": ("salary", "earn", "daily", "weekly", "monthly", "high", "payer"),
    "tax": ("tax",),
    "levies": (
        "levy",
        "housing",
        "room",
        "travel",
        "ticket",
        "visa",
        "debt",
        "loan",
        "fine",
        "fee",
        "late",
        "boss",
        "agency",
    ),
    "cut": ("deduct",),
}
_OWN_STEM = 4  # letters of a stem that also counts where its own language lists a longer phrase

# What the engine finds itself, in the order of `numbers`.
MADE = ("figure", "sum", "percent")

# A phrase as folded words, whether it is a stem, and what it stands for: language, kind, weight.
_Key = tuple[str, bool]
_Meaning = tuple[str, int, float]


@dataclass(frozen=True)
class Compiled:
    """Everything that reading needs.

    Attributes:
        words: the matcher of words of classes, the first phrases by number.
        turns: the matcher of turns of speech, the next.
        says: the matcher of phrases that say a sense, the next; last come those of MADE. Three matchers, so that no
            turn or phrase hides the words in it from the rules.
        first_turns, first_says, first_made: the number of the first of each.
        hidden: bool[phrases], whether a phrase is a disguise.
        groups: what each phrase stands for.
        rules: the rules.
        denials: what a text denies.
        stretch: float64[languages], how much wider windows are.
        classes, senses: the names, in the order of their numbers.
    """

    words: Phrases
    turns: Phrases
    says: Phrases
    first_turns: int
    first_says: int
    first_made: int
    hidden: npt.NDArray[np.bool_]
    groups: Groups
    rules: Rules
    denials: Denials
    stretch: npt.NDArray[np.float64]
    classes: tuple[str, ...]
    senses: tuple[str, ...]


class Tables(NamedTuple):
    """All that is made of the lexicons and rules, as arrays that a file can hold (`_meaning_cache`).

    Attributes:
        words, turns, says: the phrases of the matchers.
        hidden, stretch, groups, rules, denials: as in `Compiled`.
    """

    words: Spelt
    turns: Spelt
    says: Spelt
    hidden: npt.NDArray[np.bool_]
    stretch: npt.NDArray[np.float64]
    groups: Groups
    rules: Rules
    denials: Denials


def _canonical(phrases: Sequence[str]) -> list[str]:
    """Phrases folded, one space between their words."""
    if not phrases:
        return []
    sym, _ = fold_all(["\x1e".join(phrases)])
    text = sym.astype("<u2").tobytes().decode("utf-16-le", "replace")
    return [phrase.strip() for phrase in re.sub(r"[^\w\ue001\x1e]+", " ", text).split("\x1e")]


def _written(entries: Iterable[Entry]) -> tuple[list[str], list[tuple[Entry, bool, bool]]]:
    """Every spelling of every entry, with whether it is a stem and whether it is a disguise."""
    texts, of = [], []
    for e in entries:
        plain = list(spellings(e))
        texts += plain
        of += [(e, e.stem, False)] * len(plain)
        for text in disguises(e):
            texts.append(text)
            of.append((e, e.stem and len(text) < 2 * len(e.phrase) - 1, True))  # letters set apart are no stem
    return texts, of


def _meanings(entries: Iterable[Entry], number: dict[str, int]) -> tuple[dict[_Key, dict[_Meaning, None]], set[_Key]]:
    """What each folded phrase stands for, and which phrases are only ever disguises."""
    texts, of = _written(entries)
    held: dict[_Key, dict[_Meaning, None]] = defaultdict(dict)
    plain: set[_Key] = set()
    for text, (e, stem, hidden) in zip(_canonical(texts), of, strict=True):
        key = (text, stem)
        if not text:
            raise InputError(f"Lexicon {e.language}: '{e.phrase}' has no letter that is read.")
        held[key].setdefault((e.language, number[("sense." if e.sense else "word.") + e.kind], e.weight))
        if not hidden:
            plain.add(key)
    return held, set(held) - plain


def _with_shorter_stems(held: dict[_Key, dict[_Meaning, None]]) -> dict[_Key, list[_Meaning]]:
    """The matcher reports the longest phrase only: it also says what every shorter stem of it says.

    In the same language only a stem of some length does: a longer phrase is listed to be something else than "do*".
    """
    stems = {text: said for (text, stem), said in held.items() if stem}
    closed = {}
    for (text, stem), said in held.items():
        meanings = list(said)
        languages, known = {m[0] for m in meanings}, {m[:2] for m in meanings}
        first = text.rfind(" ") + 1
        for end in range(len(text) - (1 if stem else 0), first + 1, -1):
            for m in stems.get(text[:end], ()):
                if m[:2] not in known and (end - first >= _OWN_STEM or m[0] not in languages):
                    meanings.append(m)
                    known.add(m[:2])
        closed[text, stem] = meanings
    return closed


def _part(entries: Iterable[Entry], number: dict[str, int]) -> tuple[dict[_Key, list[_Meaning]], list[bool]]:
    """The phrases of one matcher with what they stand for, and which are disguises."""
    held, disguised = _meanings(entries, number)
    return _with_shorter_stems(held), [key in disguised for key in held]


def _grouped(said: Sequence[Sequence[_Meaning]], order: dict[str, int]) -> Groups:
    rows = [row for meanings in said for row in sorted((order[language], *rest) for language, *rest in meanings)]
    return Groups(
        np.cumsum([0, *(len(m) for m in said)], dtype=np.int32),
        np.array([r[0] for r in rows], np.uint8),
        np.array([r[1] for r in rows], np.uint16),
        np.array([r[2] for r in rows]),
    )


def _bits(classes: Iterable[str], number: dict[str, int]) -> npt.NDArray[np.uint64]:
    bits = np.zeros(PARTS, np.uint64)
    for c in classes:
        k = number["word." + c]
        bits[k // 64] |= np.uint64(1 << (k % 64))
    return bits


def _by_class(said: Sequence[Rule], number: dict[str, int]) -> tuple[Ints, Ints]:
    """The rules to try where a class is there: those of which it is in the slot with the fewest classes."""
    of: list[list[int]] = [[] for _ in range(64 * PARTS)]
    for i, rule in enumerate(said):
        rarest = sorted(rule.slots, key=len)[0]
        for c in dict.fromkeys(rarest):
            of[number["word." + c]].append(i)
    return np.cumsum([0, *map(len, of)]), np.array([i for some in of for i in some], np.int64)


def _rules(said: Sequence[Rule], number: dict[str, int], senses: Sequence[str]) -> Rules:
    slots = np.zeros((len(said), MOST_SLOTS, PARTS), np.uint64)
    for i, rule in enumerate(said):
        for s, slot in enumerate(rule.slots):
            slots[i, s] = _bits(slot, number)
    none = np.array([_bits(rule.none, number) for rule in said], np.uint64).reshape(len(said), PARTS)
    whole = {
        "sense": [senses.index(r.sense) for r in said],
        "size": [len(r.slots) for r in said],
        "window": [r.window for r in said],
        "reach": [r.reach for r in said],
    }
    sense, size, window, reach = (np.array(v, np.int64) for v in whole.values())
    ordered, across, within = (
        np.array([getattr(r, k) for r in said], np.bool_) for k in ("ordered", "across", "within")
    )
    weight = np.array([r.weight for r in said], np.float64)
    every = np.bitwise_or.reduce(slots, axis=1)
    deny = {*_DENIALS["near"], *_DENIALS["before"]}
    may_be_denied = np.array([r.denied and all(map(deny.isdisjoint, r.slots)) for r in said], np.bool_)
    tried = _by_class(said, number)
    return Rules(sense, slots, size, every, none, window, reach, ordered, across, within, weight, *tried, may_be_denied)


def _denials(number: dict[str, int], senses: Sequence[str]) -> Denials:
    ways = {True: ANYWHERE, "near": JUST_BEFORE}
    sets: dict[str, Any] = {name: _bits(some, number) for name, some in _DENIALS.items()}
    own, elsewhere, covered, lawful = (
        np.array([s in some for s in senses], np.bool_)
        for some in (kinds().own, kinds().elsewhere, kinds().covered, kinds().lawful)
    )
    how = np.array([ways.get(kinds().denied.get(s, ""), NEVER) for s in senses], np.int8)
    silent = _bits([c for c in kinds().denied if c in kinds().words], number)
    return Denials(**sets, classes=silent, how=how, own=own, elsewhere=elsewhere, covered=covered, lawful=lawful)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Millions of small tuples are made and all are kept: looking for dead ones takes half of the time."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def tables(files: Sequence[Lexicon], said: Sequence[Rule]) -> Tables:
    """Lexicons and rules as plain arrays."""
    classes, senses = tuple(kinds().words), tuple(kinds().senses)
    number = {f"word.{c}": i for i, c in enumerate(classes)}
    number |= {f"sense.{s}": len(classes) + i for i, s in enumerate(senses)}
    languages = [ANY, *sorted(f.language for f in files if f.language != ANY)]
    if len(languages) > _MOST_LANGUAGES or len(classes) > 64 * PARTS:
        raise InputError("There are more languages or word classes than the meaning extractor has room for.")
    with _no_collection():
        spoken = [e for f in files for e in f.entries if not e.sense]
        words, words_hidden = _part((e for e in spoken if e.kind not in kinds().turns), number)
        turns, turns_hidden = _part((e for e in spoken if e.kind in kinds().turns), number)
        phrases = [e for f in files for e in f.entries if e.sense]
        matcher = _matcher(words)
        plain = everyday(phrases, matcher, list(words.values()), classes)
        says, says_hidden = _part((replace(e, weight=MOST) if e in plain else e for e in phrases), number)
        made: list[list[_Meaning]] = [[(ANY, number[f"word.{c}"], 1.0)] for c in MADE]
        order = {language: i for i, language in enumerate(languages)}
        groups = _grouped([*words.values(), *turns.values(), *says.values(), *made], order)
    return Tables(
        matcher.spelt,
        _matcher(turns).spelt,
        _matcher(says).spelt,
        np.array([*words_hidden, *turns_hidden, *says_hidden, *(False for _ in MADE)]),
        np.array([_STRETCH.get(language, 1.0) for language in languages]),
        groups,
        _rules(said, number, senses),
        _denials(number, senses),
    )


def _matcher(phrases: Collection[_Key]) -> Phrases:
    texts, stems = zip(*phrases, strict=True) if phrases else ((), ())
    return Phrases(texts, stems, JOINING)


def ready(held: Tables) -> Compiled:
    """What reading needs, from its arrays."""
    first_turns = len(held.words.stem)
    first_says = first_turns + len(held.turns.stem)
    return Compiled(
        Phrases.of(held.words, JOINING),
        Phrases.of(held.turns, JOINING),
        Phrases.of(held.says, JOINING),
        first_turns,
        first_says,
        first_says + len(held.says.stem),
        held.hidden,
        held.groups,
        held.rules,
        held.denials,
        held.stretch,
        tuple(kinds().words),
        tuple(kinds().senses),
    )


def compile_all(files: Sequence[Lexicon], said: Sequence[Rule]) -> Compiled:
    """Lexicons and rules, ready to read with."""
    return ready(tables(files, said))
