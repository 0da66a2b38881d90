"""Number words of many languages, and the words around phone numbers, as one letter tree for compiled code."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from clew.extract._kept import kept
from clew.extract.fold import fold_text
from clew.ingest.kernels import inner

# What a word is. UNIT to HUNDRED carry a value; PAIR is a ten and a unit in one word.
UNIT, TEEN, TENS, PAIR, HUNDREDS, HUNDRED, MULTIPLY = 1, 2, 3, 4, 5, 6, 7
AND, TIMES, PLUS, CUE, NOCUE, NEUTRAL, MEASURE = 8, 9, 10, 11, 12, 13, 14
NUMBERS = HUNDRED  # kinds up to this one give digits
WEAK = 1 << 5  # more often another word than a number
VALUE = 6  # the bit where the value begins
TOPIC = 1  # value of a NOCUE that may end a sentence
MOST_REGIONS = 24
_LANGUAGES = ("en", "nl", "de", "fr", "es", "it", "pt", "ro", "pl", "hu", "bg", "ru", "uk", "cs", "sk", "hr", "el",
              "tr", "sv", "da", "fi", "sr", "mk", "sq", "sl", "lt", "lv", "et", "id", "ar", "zh")  # fmt: skip
_COUNTS_AS = {"no": "da"}

_FACTOR = 0x9E3779B97F4A7C15
STEM = 3  # letters of a word that `likely_stem` looks at
SOURCES = ("data/phone_words.toml", "_phone_words.py", "fold.py")


class Words(NamedTuple):
    """The letter tree.

    Attributes:
        code: uint8[65536], the column of a symbol in the tree, 0 for symbols in no word.
        next: uint16[nodes, columns], the node after a symbol; 0 is none. The root is node 1.
        what: int32[nodes], 0 where no word ends, else kind | weak flag | value << 6; int64 where bits stand for more
            than 31 languages.
        whole: uint8[8192], a bit set of the hashes of words (of their letters up to the first other symbol).
        stems: uint8[8192], the same of the first letters of number words.
        key, value: uint64[size], as ``what``, open addressing: what a word of letters only is, by its hash; -1 when a
            longer word may begin with it.
    """

    code: npt.NDArray[np.uint8]
    next: npt.NDArray[np.uint16]
    what: npt.NDArray[np.signedinteger]
    whole: npt.NDArray[np.uint8]
    stems: npt.NDArray[np.uint8]
    key: npt.NDArray[np.uint64]
    value: npt.NDArray[np.signedinteger]


@inner
def step(h, symbol):  # type: ignore[no-untyped-def]
    """The hash of a word and one more letter."""
    return (h ^ np.uint64(symbol)) * np.uint64(_FACTOR)


@inner
def maybe(bits, h):  # type: ignore[no-untyped-def]
    """Whether a hash may be in a bit set."""
    bit = h >> np.uint64(48)
    return bits[bit >> np.uint64(3)] >> np.uint8(bit & np.uint64(7)) & 1


@inner
def lookup(words, h):  # type: ignore[no-untyped-def]
    """What the word of letters with a hash is; 0 none, -1 when the tree must be asked."""
    mask = np.uint64(words.key.shape[0] - 1)
    at = (h >> np.uint64(24)) & mask
    while words.key[at]:
        if words.key[at] == h:
            return np.int64(words.value[at])
        at = (at + np.uint64(1)) & mask
    return np.int64(0)


def _hash(word: str) -> int:
    h = 0
    for c in word:
        h = (h ^ ord(c)) * _FACTOR & 0xFFFFFFFFFFFFFFFF
    return h


def _hashed(words: dict[str, int], kind: type) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.signedinteger]]:
    size = 1 << (2 * len(words)).bit_length()
    key = np.zeros(size, np.uint64)
    value: npt.NDArray[np.signedinteger] = np.zeros(size, kind)
    for word, what in words.items():
        h = _hash(word)
        at = h >> 24 & size - 1
        while key[at]:
            at = at + 1 & size - 1
        key[at], value[at] = h, what
    return key, value


def _bits(words: set[str]) -> npt.NDArray[np.uint8]:
    bits = np.zeros(8192, np.uint8)
    for word in words:
        h = _hash(word)
        bits[h >> 51] |= 1 << (h >> 48 & 7)
    return bits


def _spellings(text: str) -> list[str]:
    return [fold_text(w) for w in text.split()]


def _pairs(texts: str) -> list[tuple[int, str]]:
    return [(int(w.split(":")[0]), fold_text(w.split(":")[1])) for w in texts.split()]


def _language(words: dict[str, Any]) -> list[tuple[str, int, int]]:
    """Every (word, kind, value) of one language."""
    units = [(u, w) for u, text in enumerate(words["units"]) for w in _spellings(text)]
    found = [(w, UNIT, u) for u, w in units]
    found += [(w, TEEN, 10 + k) for k, text in enumerate(words.get("teens", [])) for w in _spellings(text)]
    tens = [(10 * k, w) for k, text in enumerate(words.get("tens", []), 2) for w in _spellings(text)]
    found += [(w, TENS, t) for t, w in tens]
    stems = tens + _pairs(words.get("join_tens", ""))
    for pattern in words.get("joined", []):
        found += [(pattern.format(t=t, u=u), PAIR, tv + uv) for tv, t in stems for uv, u in units if uv]
    for v, w in _pairs(words.get("beside", "")):
        for gap in (" ", "-"):
            found += [(f"{other}{gap}{w}", PAIR, 10 * u + v) for u, other in units]
            found += [(f"{w}{gap}{other}", PAIR, 10 * v + u) for u, other in units]
    hundreds = enumerate(words.get("hundreds", []), 1)
    found += [(w, HUNDREDS, 100 * k) for k, text in hundreds for w in _spellings(text)]
    found += [(w, HUNDRED, 100) for w in _spellings(words.get("hundred", ""))]
    found += [(w, MULTIPLY, k) for k, w in _pairs(words.get("multiply", ""))]
    found += [(w, PAIR, k) for k, w in _pairs(words.get("more", ""))]
    found += [(w, AND, 0) for w in _spellings(words.get("and", ""))]
    return found + [(w, TIMES, 0) for w in _spellings(words.get("times", ""))]


def vocabulary_of(raw: dict[str, Any], language: str) -> dict[str, int]:
    """The kind of each number word of one language; empty for a country that has no language of its own."""
    weak = set(_spellings(raw["weak"]["words"]))
    return {w: kind for w, kind, _ in _language(raw.get(language, {"units": []})) if w not in weak}


@cache
def _raw() -> dict[str, Any]:
    with (Path(__file__).parent / "data" / "phone_words.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def vocabulary() -> dict[str, int]:
    """Every folded word and what it is: kind | weak flag | value << 6. The first meaning of a word counts."""
    raw = _raw()
    weak = set(_spellings(raw["weak"]["words"]))
    found: dict[str, int] = {}

    def add(word: str, kind: int, value: int) -> None:
        if kind == UNIT and found.get(word, 0) & (WEAK - 1) == AND:
            found[word] |= value << VALUE  # "en" is "and" in one language and "one" in another
        found.setdefault(word, kind | (WEAK if word in weak else 0) | value << VALUE)

    for word in _spellings(raw["plus"]["words"]):
        add(word, PLUS, 0)
    for language in _LANGUAGES:
        for word, kind, value in _language(raw[language]):
            add(word, kind, value)
    topics = set(_spellings(raw["cue"]["topic"]))
    for name, kind in (("phone", CUE), ("other", NOCUE)):
        for word in _spellings(raw["cue"][name]):
            add(word, kind, TOPIC if word in topics else 0)
    for word in _spellings(raw["measure"]["words"]):
        add(word, MEASURE, 0)
    for word in _spellings(raw["cue"]["neutral"]):
        add(word, NEUTRAL, 0)
    return found


def _tree(vocab: dict[str, int]) -> Words:
    code = np.zeros(65536, np.uint8)
    for column, symbol in enumerate(sorted({c for w in vocab for c in w}), 1):
        code[ord(symbol)] = column
    rows: list[dict[int, int]] = [{}, {}]
    what = [0, 0]
    # shorter words first, so that the nodes that nearly every word of a text visits stand together
    for word in sorted(vocab, key=lambda w: (len(w), w)):
        node = 1
        for c in word:
            node = rows[node].setdefault(int(code[ord(c)]), len(rows))
            if node == len(rows):
                rows.append({})
                what.append(0)
        what[node] = vocab[word]
    following = np.zeros((len(rows), int(code.max()) + 1), np.uint16)
    for node, row in enumerate(rows):
        for column, to in row.items():
            following[node, column] = to
    letters = {w: next((k for k, c in enumerate(w) if not c.isalpha()), len(w)) for w in vocab}
    whole = _bits({w[:k] for w, k in letters.items()})
    kinds = {w: what & (WEAK - 1) for w, what in vocab.items()}
    stems = _bits({w[:STEM] for w, kind in kinds.items() if kind <= MULTIPLY or kind == PLUS})
    known = {w: what for w, what in vocab.items() if letters[w] == len(w)}
    known |= {w[:k]: -1 for w, k in letters.items() if k < len(w)}
    kind = np.int32 if max(what) < 1 << 31 else np.int64
    return Words(code, following, np.array(what, kind), whole, stems, *_hashed(known, kind))


@cache
def denials() -> npt.NDArray[np.uint64]:
    """The hashes of the words that say that there is none."""
    return np.array(sorted({_hash(w) for w in _spellings(_raw()["cue"]["none"])}), np.uint64)


@cache
def common() -> frozenset[str]:
    """Folded words that are no number word written wrongly."""
    raw = _raw()
    known = {w for w, what in vocabulary().items() if what & (WEAK - 1) > MULTIPLY}
    frequent = {w for words in raw["tongue"].values() for w in _spellings(words)}
    return frozenset(known | frequent | set(_spellings(raw["common"]["words"])))


@cache
def loose() -> frozenset[str]:
    """Folded number words that are also read with one letter wrong."""
    languages = (words for name, words in _raw().items() if name in _LANGUAGES and not words.get("exact"))
    return frozenset(w for words in languages for w, _, _ in _language(words))


@cache
def words() -> Words:
    """The letter tree of `vocabulary` (shared; do not change it)."""
    return kept("phone_words", Words, SOURCES, lambda: _tree(vocabulary()))


class Tongues(NamedTuple):
    """What tells the region of a text by its language.

    Attributes:
        words: the letter tree of frequent words, where ``what`` is a bit set of languages (bit k: row k of regions).
        regions: uint16[languages + 1, 24], packed ISO regions in order of likelihood, 0-padded; the last row is for
            any.
    """

    words: Words
    regions: npt.NDArray[np.uint16]


@cache
def tongues() -> Tongues:
    """The tables (shared; do not change them)."""
    return kept("tongues", Tongues, SOURCES, _read_tongues)


def _read_tongues() -> Tongues:
    raw = _raw()
    found: dict[str, int] = {}
    for k, language in enumerate(raw["tongue"]):
        for word in _spellings(raw["tongue"][language]):
            found[word] = found.get(word, 0) | 1 << k
        for word, what in vocabulary_of(raw, _COUNTS_AS.get(language, language)).items():
            if what in (UNIT, TEEN, TENS) and len(word) > 2:
                found[word] = found.get(word, 0) | 1 << k
    regions = np.zeros((len(raw["tongue"]) + 1, MOST_REGIONS), np.uint16)
    for k, language in enumerate([*raw["tongue"], "any"]):
        codes = [ord(r[0]) << 8 | ord(r[1]) for r in raw["regions"][language].split()]
        regions[k, : len(codes)] = codes
    return Tongues(_tree({w: k for w, k in found.items() if w.isalpha()}), regions)
