"""Number words written a little wrong: letters that look alike, digits for letters, one letter wrong.

Every number word is entered by the hash of its skeleton (look-alike symbols made one), and again with each one of its
letters left out. A word of the text is looked up in the same ways, so that one letter too few, too many, wrong or
swapped with its neighbour is found without comparing words.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from clew.extract._kept import kept
from clew.extract._phone_words import MULTIPLY, PAIR, SOURCES, WEAK, common, loose, vocabulary
from clew.ingest.kernels import kernel_step

_LONGEST, _SHORTEST = 16, 3
_SHORTEST_WRONG = 4  # letters of a word that may have one wrong
_LONGEST_WRONG = 13
_BASE = 0x9E3779B97F4A7C15
_BITS = 18  # of a hash, in the bit set
_ALL = (1 << 64) - 1
_INVERSE = pow(_BASE, -1, 1 << 64)
_POWERS = [pow(_BASE, k, 1 << 64) for k in range(2 * _LONGEST)]
_ALIKE = {
    "o": "0оο〇σ", "i": "1lіι|!", "z": "2", "e": "3еεзє", "a": "4аαч", "s": "5ѕ", "g": "69б", "t": "7тτ", "b": "8вβ",
    "p": "рρ", "c": "с", "y": "у", "x": "хχ", "k": "кκ", "m": "м", "h": "н", "j": "ј", "n": "пη", "u": "иυ", "v": "ν",
    "d": "ԁ",
}  # fmt: skip


class Near(NamedTuple):
    """Hash tables of number words.

    Attributes:
        alike: uint16[65536], the skeleton of each symbol.
        key: uint64[size], hashes of skeletons, 0 empty; open addressing.
        what: int32[size], what the word is, as in `_phone_words.Words`.
        gap: int8[size], which letter is left out, -1 for none.
        letter: uint16[size], that letter's skeleton.
        some: uint8[32768], a bit set of the hashes: small, so that most are looked up here only.
    """

    alike: npt.NDArray[np.uint16]
    key: npt.NDArray[np.uint64]
    what: npt.NDArray[np.int32]
    gap: npt.NDArray[np.int8]
    letter: npt.NDArray[np.uint16]
    some: npt.NDArray[np.uint8]


def _hash(word: str) -> int:
    return sum((ord(c) + 1) * power for c, power in zip(word, _POWERS, strict=False)) & _ALL or 1


def _gaps(word: str) -> list[int]:
    """The hash of a word without each of its letters."""
    terms = [(ord(c) + 1) * power for c, power in zip(word, _POWERS, strict=False)]
    after, before, found = sum(terms), 0, []
    for term in terms:
        after -= term
        found.append((before + after * _INVERSE) & _ALL or 1)
        before += term
    return found


def _entries(alike: npt.NDArray[np.uint16]) -> list[tuple[int, int, int, int]]:
    """Every (hash, what, place and letter left out), words before words with a gap."""
    whole: dict[int, int] = {}
    parts: dict[tuple[int, int, int], int] = {}
    for word, what in vocabulary().items():
        kind = what & (WEAK - 1)
        if kind > MULTIPLY or not _SHORTEST <= len(word) <= _LONGEST or not word.isalnum():
            continue
        bones = "".join(chr(alike[ord(c)]) for c in word)
        whole.setdefault(_hash(bones), what & ~WEAK)
        if (
            (kind in (PAIR, MULTIPLY) and len(word) < 9)
            or what & WEAK
            or word not in loose()
            or not _SHORTEST_WRONG <= len(word) <= _LONGEST_WRONG
        ):
            continue
        for k, gap in enumerate(_gaps(bones)):
            parts.setdefault((gap, k, ord(bones[k])), what)
    found = [(h, what, -1, 0) for h, what in whole.items()]
    return found + [(h, what, k, c) for (h, k, c), what in parts.items()]


@cache
def near() -> Near:
    """The tables (shared; do not change them)."""
    return kept("phone_near", Near, (*SOURCES, "_phone_near.py"), _made)


def _made() -> Near:
    alike = np.arange(65536, dtype=np.uint16)
    for bone, others in _ALIKE.items():
        for c in others:
            alike[ord(c)] = ord(bone)
    entries = _entries(alike)
    blocked = {_hash("".join(chr(alike[ord(c)]) for c in w)) for w in common()}
    entries = [(h, -1, -1, 0) for h in sorted(blocked)] + entries  # found in this order
    size = 1 << (2 * len(entries)).bit_length()
    tables = Near(alike, np.zeros(size, np.uint64), np.zeros(size, np.int32), np.zeros(size, np.int8),
                  np.zeros(size, np.uint16), np.zeros(1 << _BITS - 3, np.uint8))  # fmt: skip
    for h, what, gap, letter in entries:
        tables.some[h >> 64 - _BITS + 3] |= 1 << (h >> 64 - _BITS & 7)
        at = h >> 40 & size - 1
        while tables.key[at]:
            at = at + 1 & size - 1
        tables.key[at], tables.what[at], tables.gap[at], tables.letter[at] = h, what, gap, letter
    return tables


@kernel_step
def _lookup(near, h, gap, letter):  # type: ignore[no-untyped-def]
    """What the words with this hash are: 0 none, -1 a common word, -2 several that differ.

    Args:
        near, h: the tables and the hash.
        gap, letter: which letter of the text was left out; -1 for none, when a letter of the word may be.
    """
    h = h if h else np.uint64(1)
    bit = h >> np.uint64(64 - _BITS)
    if not near.some[bit >> np.uint64(3)] >> np.uint8(bit & np.uint64(7)) & 1:
        return 0
    mask = np.uint64(near.key.shape[0] - 1)
    at = (h >> np.uint64(40)) & mask
    found = 0
    while near.key[at]:
        if near.key[at] == h:
            other = np.int64(near.gap[at])
            what = np.int64(near.what[at])
            if other < 0 and gap < 0:
                return what
            swapped = (other == gap + 1 or other == gap - 1) and np.int64(near.letter[at]) == letter
            if gap < 0 or other < 0 or other == gap or swapped:
                if found and what != found:
                    return -2
                found = what  # type: ignore[assignment]
        at = (at + np.uint64(1)) & mask
    return found


@kernel_step
def near_word(near, sym, p, e, wrong):  # type: ignore[no-untyped-def]
    """The number word that the symbols from p to e are meant for, 0 for none.

    Args:
        near: the tables.
        sym, p, e: the word.
        wrong: whether one letter may be wrong, beside letters that only look like others.

    Returns:
        As in ``Words.what``; 0 too when words of different meanings are as near. A wrong first letter counts only
        where nothing else fits.
    """
    n = e - p
    if n < _SHORTEST or n > _LONGEST:
        return 0
    total, power = np.uint64(0), np.uint64(1)
    for k in range(p, e):
        total += (np.uint64(near.alike[sym[k]]) + np.uint64(1)) * power
        power *= np.uint64(_BASE)
    if not wrong:
        return _exact(near, total)
    found = _lookup(near, total, -1, 0)  # the word, or with a letter missing
    if found < 0 or n > _LONGEST_WRONG + 1 or (found and n < _SHORTEST_WRONG):
        return max(found, 0)
    first, before, power = 0, np.uint64(0), np.uint64(1)
    for k in range(n if n >= _SHORTEST_WRONG else 0):
        letter = np.uint64(near.alike[sym[p + k]])
        term = (letter + np.uint64(1)) * power
        what = _lookup(near, before + (total - before - term) * np.uint64(_INVERSE), k, np.int64(letter))
        if what > 0 and k == 0:
            first = what
        elif what > 0:
            if found and what != found:
                return 0
            found = what
        before += term
        power *= np.uint64(_BASE)
    return found if found else first


@kernel_step
def _exact(near, h):  # type: ignore[no-untyped-def]
    """The number word with this skeleton, also one that is a common word elsewhere ("trés"); 0 for none."""
    mask = np.uint64(near.key.shape[0] - 1)
    at = (h >> np.uint64(40)) & mask
    while near.key[at]:
        if near.key[at] == h and near.gap[at] < 0 and near.what[at] > 0:
            return np.int64(near.what[at])
        at = (at + np.uint64(1)) & mask
    return np.int64(0)
