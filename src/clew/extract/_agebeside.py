"""What stands beside a number and makes it an age: the words right before and after it."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from clew.extract._agelists import words_of_lists
from clew.extract._agenear import FOR, words_near
from clew.extract._agewords import (
    AGED,
    COUNTED,
    DUTCH,
    EN,
    EXPERIENCE,
    FIRM,
    GERMAN,
    HER,
    HERE,
    LAT,
    LIMIT,
    LINKING,
    NEW,
    NOUN,
    NOUNS,
    NOW,
    OLD,
    PERSON,
    SELF,
    SHE,
    SHORT,
    THING,
    TURNED,
    YEAR,
    YEARS,
    YOUNG,
    words_after,
    words_before,
    words_joining,
    words_next,
    words_of_order,
    words_of_places,
)  # fmt: skip
from clew.extract._firstnames import names
from clew.extract._gazetteer import towns
from clew.extract._words import LETTER, Words, lookup, skip_spaces, skip_spaces_back, word_begin, word_end
from clew.extract.fold import BREAK, EMOJI
from clew.ingest.kernels import kernel_step

_MOST_HERE = 5  # words of "just arrived with us: "


class Vocabulary(NamedTuple):
    """The words beside and around a number that a scan for ages reads (`clew.extract._agewords`)."""

    after: Words
    following: Words
    before: Words
    places: Words
    order: Words
    near: Words
    names: Words
    joining: Words
    towns: Words
    lists: Words


@cache
def vocabulary_of_ages() -> Vocabulary:
    return Vocabulary(
        words_after(), words_next(), words_before(), words_of_places(), words_of_order(), words_near(), names(),
        words_joining(), towns(), words_of_lists(),
    )  # fmt: skip


@kernel_step
def stands_alone(sym, i, first, end):  # type: ignore[no-untyped-def]
    """Are the two digits at i a number of their own: no amount, date, range, "18+" or phone number?"""
    if i > first:
        c = sym[i - 1]
        if c in (36, 0x20AC, 0xA3, 43, 95, 35) or (97 <= c <= 122) or (48 <= c <= 57):
            return False
        if c in (46, 44, 45, 47, 58) and i - 2 >= first and 48 <= sym[i - 2] <= 57:
            return False
        b = i
        while b > first and i - b < 4 and sym[b - 1] in (32, 45, 47):
            b -= 1
        if i - b > 1 and b > first and 48 <= sym[b - 1] <= 57:  # "18 - 24"
            return False
    j = i + 2
    if j >= end:
        return True
    c = sym[j]
    if c in (36, 0x20AC, 0xA3, 43, 37, 95, 47, 58) or (48 <= c <= 57):
        return False
    j = skip_spaces(sym, j, end, 2)
    if j < end and sym[j] in (43, 0x20AC, 0xA3, 36):
        return False
    while j < end and j < i + 6 and sym[j] in (32, 45, 46, 44):
        j += 1
    return not (j < end and 48 <= sym[j] <= 57)


@kernel_step
def _next_word(sym, i, end, kinds, words):  # type: ignore[no-untyped-def]
    """What the word after at most two spaces or hyphens at i says (-1: nothing), and where it ends."""
    j = i
    while j < end and j - i < 2 and (sym[j] == 32 or sym[j] == 45 or sym[j] == 39):
        j += 1
    stop = word_end(sym, kinds, j, end)
    return lookup(words, sym, j, stop), stop


@kernel_step
def goes_on(sym, i, end, kinds, joining):  # type: ignore[no-untyped-def]
    """Does a sentence go on after the number that ends at i, and not with another number: "I am 17 and new here"?"""
    j = skip_spaces(sym, i, end, 2)
    stop = word_end(sym, kinds, j, end)
    if j == i or stop == j or lookup(joining, sym, j, stop) < 0:
        return False
    j = skip_spaces(sym, stop, end, 2)
    return j < end and kinds[sym[j]] == LETTER


@kernel_step
def after_it(sym, i, end, kinds, after, following):  # type: ignore[no-untyped-def]
    """What the words after a number say (OLD, YEARS, COUNTED, or -1 for nothing) and where they end."""
    j = i
    while j < end and j - i < 2 and sym[j] in (32, 45):
        j += 1
    stop = word_end(sym, kinds, j, end)
    if stop == j:
        return np.int64(-1), i
    if sym[j] == 121 and stop == j + 1 and stop + 1 < end and sym[stop] in (46, 47) and sym[stop + 1] == 111:
        return np.int64(OLD), stop + 2  # "y.o", "y/o"
    if stop + 1 < end and stop - j == 2 and sym[j] == 100 and sym[j + 1] == 101 and sym[stop] == 32:  # "24 de ani"
        j, stop = stop + 1, word_end(sym, kinds, stop + 1, end)
    code = lookup(after, sym, j, stop)
    if code < 0 and stop - j > 3 and sym[stop - 1] == 115:  # "jarige", "jariges"
        code = lookup(after, sym, j, stop - 1)
    if code == AGED:
        said, _ = _next_word(sym, stop, end, kinds, following)
        return np.int64(COUNTED if said in (EXPERIENCE, THING) else OLD), stop
    dutch = code == DUTCH
    if dutch:
        code = np.int64(YEARS)
    if code != YEARS and code != YEAR and code != SHORT:
        return code, stop
    last = stop + 1 if code == SHORT and stop < end and sym[stop] == 46 else stop
    for _ in range(3):
        said, last = _next_word(sym, last, end, kinds, following)
        if said == OLD:
            thing, _ = _next_word(sym, last, end, kinds, following)
            return np.int64(COUNTED if thing == THING else OLD), last
        if said != LINKING:
            break
    counted = said in (COUNTED, EXPERIENCE) or (said == EN and not dutch)  # "en" is "and" in Dutch
    if counted or code == YEAR:  # "a 30-year record"
        return np.int64(COUNTED), stop
    return (np.int64(-1), i) if code == SHORT else (np.int64(YEARS), stop)


@kernel_step
def of_experience(sym, stop, end, kinds, following):  # type: ignore[no-untyped-def]
    """Is it of experience within three words: "15 years massage experience"?"""
    for _ in range(3):
        said, stop = _next_word(sym, stop, end, kinds, following)
        if said == EXPERIENCE:
            return True
    return False


@kernel_step
def _subject(sym, j, begin, first, kinds, words):  # type: ignore[no-untyped-def]
    """What the word ``sym[begin:j]`` before a number says; "is", "now" or "turned" say what stands before them does."""
    code = lookup(words, sym, begin, j)
    if code not in (LINKING, TURNED, NOW, LAT):
        return np.int64(-1) if code in (SHE, SELF) else code
    said, linked = code, code == LINKING
    for _ in range(3):
        j = skip_spaces_back(sym, begin, first, 1)
        begin = word_begin(sym, kinds, j, first)
        said = lookup(words, sym, begin, j)
        if said not in (LINKING, NOW):
            break
        linked |= said == LINKING
    if (
        said in (THING, FIRM)
        or (said == EXPERIENCE and code == LINKING)
        or (code == LAT and said in (LIMIT, EXPERIENCE))
    ):
        return np.int64(THING)
    if said in (SHE, NOUN, NOUNS) and linked:
        return np.int64(SHE)
    if code in (TURNED, LAT) or (said == SELF and linked) or (code == NOW and said == PERSON):
        return np.int64(PERSON)
    return np.int64(-1)


@kernel_step
def paired(sym, i, first, kinds, joining):  # type: ignore[no-untyped-def]
    """Where the first of two numbers begins of which the second is at i: "16 and 17"; i if there is only one."""
    j = skip_spaces_back(sym, i, first, 1)
    begin = word_begin(sym, kinds, j, first)
    joined = lookup(joining, sym, begin, j) >= 0 or (begin == j and j > first and sym[j - 1] == 38)
    j = skip_spaces_back(sym, begin if begin < j else j - 1, first, 1)
    two = joined and j - 2 >= first and 48 <= sym[j - 1] <= 57 and 49 <= sym[j - 2] <= 57
    return j - 2 if two and (j - 2 == first or not 48 <= sym[j - 3] <= 57) else i


@kernel_step
def new_here(sym, i, first, kinds, before, towns):  # type: ignore[no-untyped-def]
    """Does a line or a sentence begin with "new" right before i: "New: ", "Just arrived, ", "New girl - "?"""
    j, new = i, False
    while j > first and i - j < 3 and sym[j - 1] in (32, 33, 40, 44, 45, 58, 124):
        j -= 1
    if j == i:
        return False
    marked = i - j > 1 or sym[j] != 32
    for _ in range(_MOST_HERE):
        begin = word_begin(sym, kinds, j, first)
        code = lookup(before, sym, begin, j)
        known = code in (NEW, HERE, YOUNG, NOUN, NOUNS, NOW, LINKING) or lookup(towns, sym, begin, j) >= 0
        if not known or not (marked or code in (NOUN, NOUNS)):
            return False
        marked, new = True, new or code == NEW
        j = skip_spaces_back(sym, begin, first, 2)
        if j == first or sym[j - 1] in (10, 33, 46, 63, BREAK) or sym[j - 1] >= EMOJI:
            return new
    return False


@kernel_step
def is_limit(sym, begin, first, kinds, vocabulary):  # type: ignore[no-untyped-def]
    """Is the "age" at begin one that is asked for: "minimum age 16", "under age 16"?"""
    j = skip_spaces_back(sym, begin, first, 2)
    if j > first and sym[j - 1] == 46:  # "min."
        j -= 1
    at = word_begin(sym, kinds, j, first)
    asked = lookup(vocabulary.near, sym, at, j) == FOR  # "looking for age 16"
    return lookup(vocabulary.before, sym, at, j) == LIMIT and not asked


@kernel_step
def is_order(sym, i, end, kinds, order):  # type: ignore[no-untyped-def]
    """Is the number that ends at i a German ordinal: "24. Mai", "17. Bezirk"?"""
    if i + 1 >= end or sym[i] != 46 or sym[i + 1] not in (32, 10):
        return False
    k = skip_spaces(sym, i + 1, end, 2)
    return lookup(order, sym, k, word_end(sym, kinds, k, end)) >= 0


@kernel_step
def _is_german(sym, i, begin, first, end, kinds, order):  # type: ignore[no-untyped-def]
    """Is "am" or "im" at begin, before the number that ends at i, no "I am" or "I'm" but "am 24. Mai", "im 17."?"""
    if is_order(sym, i, end, kinds, order):
        return True
    if sym[begin] == 105:  # "im"
        return False
    k = skip_spaces_back(sym, begin, first, 2)
    spoken = k > first and sym[k - 1] in (105, 39)  # "I am"
    return not spoken and k > first and kinds[sym[k - 1]] == LETTER


@kernel_step
def before_it(sym, i, first, end, kinds, vocabulary):  # type: ignore[no-untyped-def]
    """What the word before the number at i says (-1: nothing) and where it begins."""
    j = i
    while j > first and i - j < 4 and sym[j - 1] in (32, 58, 61, 45, 46, 40):
        j -= 1
    begin = word_begin(sym, kinds, j, first)
    code = _subject(sym, j, begin, first, kinds, vocabulary.before)
    if code == GERMAN:
        german = _is_german(sym, i + 2, begin, first, end, kinds, vocabulary.order)
        code = np.int64(-1 if german else PERSON)
    elif code == HER:
        code = np.int64(SHE)
    if code in (PERSON, SHE) and begin == j - 1 and not (begin > first and sym[begin - 1] == 39):  # "I'm"
        return np.int64(-1), i
    if code in (PERSON, SHE) and skip_spaces_back(sym, i, first, 2) != j:  # "I am: 24"
        return np.int64(-1), i
    if (code in (EXPERIENCE, THING)) and sym[j] == 46:  # a sentence before it
        return np.int64(-1), i
    return code, begin
