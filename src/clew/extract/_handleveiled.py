"""Names of platforms written so that a filter does not see them: "T*legram", "in sta", "tel3gram", "t . me / name"."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from clew.extract._handlewords import PLATFORMS
from clew.extract._words import DIGIT, LETTER, skip_spaces
from clew.ingest.kernels import kernel_step

_TARGETS = {
    "telegram": "telegram",
    "instagram": "instagram",
    "insta": "instagram",
    "snapchat": "snapchat",
    "snap": "snapchat",
}
# What stands for a letter: digits and signs that look like it.
_LIKE = {"e": "3", "a": "4@", "i": "1!l|", "s": "5$", "t": "7+", "l": "1|i", "g": "9"}
SPACED, MASKED = 1, 2  # parts of it stand apart, or some letters are hidden


@cache
def veiled_words() -> npt.NDArray[np.int64]:
    """int64[words, 12]: the platform, the length and the letters of each word."""
    words = np.zeros((len(_TARGETS), 12), np.int64)
    for row, (word, platform) in zip(words, _TARGETS.items(), strict=True):
        row[:2] = PLATFORMS.index(platform), len(word)
        row[2 : 2 + len(word)] = [ord(c) for c in word]
    return words


@cache
def look_alikes() -> npt.NDArray[np.int64]:
    """int64[signs, 2]: a sign and the letter that it stands for."""
    return np.array([(ord(sign), ord(letter)) for letter, signs in _LIKE.items() for sign in signs], np.int64)


@kernel_step
def _stands_for(c, letter, like):  # type: ignore[no-untyped-def]
    found = False
    for k in range(like.shape[0]):
        found |= like[k, 0] == c and like[k, 1] == letter
    return found


@kernel_step
def _spelled(sym, i, end, words, w, like):  # type: ignore[no-untyped-def]
    """Where one word that begins at i ends, and how it is veiled; (i, 0) if it does not stand there."""
    j, hidden, parted = i, 0, False
    for k in range(words[w, 1]):
        if k and j + 1 < end and sym[j] in (32, 45, 46) and sym[j + 1] not in (32, 45, 46):
            parted, j = True, j + 1
        if j >= end:
            return i, 0
        letter = words[w, 2 + k]
        if sym[j] != letter:
            if sym[j] != 42 and not _stands_for(np.int64(sym[j]), letter, like):
                return i, 0
            hidden += 1
        j += 1
    if hidden > 2 or (parted and hidden):
        return i, 0
    return j, (MASKED if hidden else (SPACED if parted else 0))


@kernel_step
def veiled_at(sym, i, end, kinds, words, like):  # type: ignore[no-untyped-def]
    """Platform (-1: none), end and veil of a veiled platform name that begins at i."""
    for w in range(words.shape[0]):
        if sym[i] != words[w, 2] and sym[i] > 57:  # a letter, and another
            continue
        stop, veil = _spelled(sym, i, end, words, w, like)
        if veil and (stop >= end or kinds[sym[stop]] not in (LETTER, DIGIT)):
            return words[w, 0], stop, veil
    return np.int64(-1), i, 0


@kernel_step
def spaced_link(sym, i, end):  # type: ignore[no-untyped-def]
    """Where the name in "t . me / name" begins whose "t" stands at i; i if it is none or has no space in it."""
    j = skip_spaces(sym, i + 1, end, 2)
    if j >= end or sym[j] != 46:
        return i
    j = skip_spaces(sym, j + 1, end, 2)
    if j + 2 >= end or sym[j] != 109 or sym[j + 1] != 101:
        return i
    j = skip_spaces(sym, j + 2, end, 2)
    if j >= end or sym[j] != 47:
        return i
    j = skip_spaces(sym, j + 1, end, 2)
    return j if j - i > 5 else i
