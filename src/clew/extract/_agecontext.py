"""Whose an age below 18 is: of who is offered, or of a whisky, a dog, a car, of clothes, of a child that needs a tutor.

In doubt it is of who is offered: one that is missed is worse than one that a person looks at for nothing.
"""

from __future__ import annotations

import numpy as np

from clew.extract._agenear import (
    ADOPTED,
    ANIMAL,
    BETWEEN,
    BIRTHDAY,
    FAMILY,
    FOR,
    GOODS,
    HOME,
    KIN,
    MADE,
    NONE,
    OFFER,
    OFFERED,
    OWN,
    OWNED,
    PARENT,
    PARTY,
    PERSON,
    PET,
    PLACED,
    SALE,
    SEEK,
    SIZE,
    WORN,
)  # fmt: skip
from clew.extract._words import DIGIT, LETTER, lookup, skip_spaces, word_begin, word_end
from clew.extract.fold import BREAK
from clew.ingest.kernels import kernel_step

_AROUND = 2000  # symbols on each side that an offer is looked for in: more would take too long in a text of many ages
_FAR, _WIDE = 10, 40  # words back: in a sentence, or where a "she" stands for who was named before


@kernel_step
def _back(sym, i, first, kinds, sentence):  # type: ignore[no-untyped-def]
    """Begin and end of the word before i (both i: none), and whether a comma or a bracket parts them."""
    j, parted = i, False
    while j > first and kinds[sym[j - 1]] != LETTER:
        c = sym[j - 1]
        ends = c in (10, 33, 63, 59) or (c == 46 and j < i and kinds[sym[j]] != DIGIT)
        if (sentence and ends) or c == BREAK or i - j > 40:
            return i, i, True
        parted |= c in (44, 40, 41, 45, 58, 10, 46) or c > 0xE000 or kinds[c] == DIGIT
        j -= 1
    return (word_begin(sym, kinds, j, first), j, parted) if j > first else (i, i, True)


@kernel_step
def _offered(sym, first, end, kinds, words, wanted):  # type: ignore[no-untyped-def]
    """Does a word of one kind stand in ``sym[first:end]``?"""
    i = first
    while i < end:
        while i < end and kinds[sym[i]] != LETTER:
            i += 1
        stop = word_end(sym, kinds, i, end)
        if lookup(words, sym, i, stop) == wanted:
            return True
        i = stop
    return False


@kernel_step
def _sentence(sym, begin, stop, first, end):  # type: ignore[no-untyped-def]
    """Begin and end of the sentence around ``sym[begin:stop]``."""
    first, end = max(first, begin - _AROUND), min(end, stop + _AROUND)
    while begin > first and sym[begin - 1] not in (10, 33, 63, BREAK) and (sym[begin - 1] != 46 or sym[begin] != 32):
        begin -= 1
    while stop < end and sym[stop] not in (10, 33, 63, 46, BREAK):
        stop += 1
    return begin, stop


@kernel_step
def _animal_at(sym, i, end, kinds, words):  # type: ignore[no-untyped-def]
    """Does an animal follow at once?"""
    i = skip_spaces(sym, i, end, 2)
    return lookup(words, sym, i, word_end(sym, kinds, i, end)) == ANIMAL


@kernel_step
def _after_it(sym, stop, end, kinds, words):  # type: ignore[no-untyped-def]
    """What one of the three words after an age says (-1: nothing), parted by blanks, and if the first does."""
    for k in range(3):
        stop = skip_spaces(sym, stop, end, 2)
        if stop < end and sym[stop] == 45:
            stop += 1
        last = word_end(sym, kinds, stop, end)
        code = lookup(words, sym, stop, last)
        if code == PERSON and _animal_at(sym, last, end, kinds, words):  # "14 year old female cat"
            code = np.int64(GOODS)
        if code in (PERSON, KIN, GOODS, ANIMAL, HOME, MADE, WORN):
            return np.int64(GOODS) if code == ANIMAL else code, k == 0
        if last == stop or code in (FOR, OWNED):
            break
        stop = last
    return -1, False


@kernel_step
def _placed(sym, i, first, kinds, words):  # type: ignore[no-untyped-def]
    """Does one of the three words before i say that somebody is in the thing there: "in my private flat"?"""
    for _ in range(3):
        i, j, parted = _back(sym, i, first, kinds, True)
        if i == j or parted:
            return False
        if lookup(words, sym, i, j) == PLACED:
            return True
    return False


@kernel_step
def _headed(sym, i, first, kinds, words):  # type: ignore[no-untyped-def]
    """Does a sentence begin with the clothes at i ("Winter jacket, age 14"), not with who wears them?"""
    for k in range(3):
        a, b, parted = _back(sym, i, first, kinds, True)
        if a == b:
            return True
        code = lookup(words, sym, a, b)
        if parted or code in (PLACED, KIN, OWN, NONE) or (code == PERSON and k > 0):
            return False
        i = a
    return False


@kernel_step
def _sold(sym, begin, first, kinds, words):  # type: ignore[no-untyped-def]
    """Do the last words before an age offer clothes for sale ("Coat for sale. Age 14"), and speak of nobody?"""
    i, worn, sale = begin, False, False
    for _ in range(_FAR):
        a, b, _ = _back(sym, i, first, kinds, False)
        if a == b:
            break
        code = lookup(words, sym, a, b)
        if code in (PERSON, KIN, SIZE):
            return False
        worn |= code == WORN
        sale |= code == SALE
        i = a
    return worn and sale


@kernel_step
def _feted(code, before, behind, made, near):  # type: ignore[no-untyped-def]
    """Is somebody congratulated: "cake for Anna (12)", "happy birthday Anna (12)", "birthday girl Anna (12)"?"""
    if code == BIRTHDAY:
        return made or near or behind in (BETWEEN, OWN)
    return (code == PARTY and made) or (code == PERSON and before == BIRTHDAY)


@kernel_step
def _before_it(sym, begin, first, kinds, words, wide):  # type: ignore[no-untyped-def]
    """What the nearest telling word before an age says, whether it stands right there, and whether after "for"."""
    i, direct, made = begin, True, False
    behind = np.int64(-1)  # what the word after the one that is looked at says
    for k in range(_WIDE if wide else _FAR):
        a, b, parted = _back(sym, i, first, kinds, not wide)
        if a == b:
            break
        code = lookup(words, sym, a, b)
        c, d, _ = _back(sym, a, first, kinds, True) if code >= 0 else (a, a, True)
        before = lookup(words, sym, c, d)
        direct &= not parted
        if code == OWNED:
            code = KIN if before in (OWN, FOR) else -1
        if code in (PARENT, FAMILY):  # "mother of Tim (12)", "a family with Emma (12)"
            of = behind in (BETWEEN, FOR, OWN) or (code == FAMILY and behind == PLACED)
            code = KIN if (of and not parted) or (code == FAMILY and sym[b] == 58) else -1
        if code == FOR and i == begin and not wide and not parted:  # "for age 16", but "looking for age 16"
            return (PERSON if before == SEEK else MADE), False, True
        made |= code == FOR and before != SEEK  # "a bicycle for Tim (12)"
        if code == KIN and before != NONE:
            return code, direct, before == FOR
        if code in (GOODS, ANIMAL, HOME) and before != NONE and (direct or not _placed(sym, a, first, kinds, words)):
            return GOODS, direct, False
        if code in (MADE, WORN) and (made or direct or behind == SEEK):  # "nanny wanted for Emma (12)"
            return MADE, direct, True
        if _feted(code, before, behind, made, k < 2 and not parted):
            return MADE, False, True
        if code == WORN and not wide and k < 2 and behind != SIZE and _headed(sym, a, first, kinds, words):
            return MADE, True, True
        if code == PERSON and not wide:
            if before != FOR:
                return code, False, False
            made = True  # "shoes for girls aged 12"
        direct &= code == BETWEEN
        i, behind = a, code
    return -1, False, False


@kernel_step
def _of_child(sym, stop, end, kinds, words):  # type: ignore[no-untyped-def]
    """Does a parent or a birthday follow: "Tim (12)'s mother", "Tim (12) birthday cake"?"""
    if stop < end and sym[stop] == 41:
        stop += 1
    whose = stop + 1 < end and sym[stop] == 39 and sym[stop + 1] == 115
    stop = skip_spaces(sym, stop + 2 if whose else stop, end, 2)
    code = lookup(words, sym, stop, word_end(sym, kinds, stop, end))
    return code if code == BIRTHDAY or (whose and code == PARENT) else np.int64(-1)


@kernel_step
def parted(sym, i, end, kinds):  # type: ignore[no-untyped-def]
    """Stands a mark, a sign or nothing after i, and no word?"""
    i = skip_spaces(sym, i, end, 2)
    return i >= end or kinds[sym[i]] not in (LETTER, DIGIT)


@kernel_step
def _animal(sym, stop, end, kinds, words):  # type: ignore[no-untyped-def]
    """Does an animal follow in a part of its own: "Luna, 14 years old, cat", but not "cat lover"?"""
    opens = False
    for _ in range(_FAR):
        i = stop
        while i < end and i - stop < 4 and kinds[sym[i]] not in (LETTER, DIGIT) and sym[i] != BREAK:
            opens |= sym[i] != 32
            i += 1
        stop = word_end(sym, kinds, i, end)
        if stop == i:
            return False
        code = lookup(words, sym, i, stop)
        if opens and code == ANIMAL:
            return parted(sym, stop, end, kinds)
        opens &= code == PERSON  # "female cat"
    return False


@kernel_step
def _adopted(sym, first, end, kinds, words):  # type: ignore[no-untyped-def]
    """Does ``sym[first:end]`` say what is said of animals only, or that one is adopted: "cat for adoption"?"""
    i, since_animal, since_adoption = first, 9, 9
    while i < end:
        while i < end and kinds[sym[i]] != LETTER:
            i += 1
        stop = word_end(sym, kinds, i, end)
        code = lookup(words, sym, i, stop)
        since_animal = 0 if code in (ANIMAL, GOODS) else since_animal + 1
        since_adoption = 0 if code == ADOPTED else since_adoption + 1
        if code == PET or max(since_animal, since_adoption) < 3:
            return True
        i = stop
    return False


@kernel_step
def _of_animal(sym, begin, stop, first, end, kinds, words, alone):  # type: ignore[no-untyped-def]
    """Is the age one of an animal, and the text offers nobody? ``alone``: nobody is named before it."""
    a, b = max(first, begin - _AROUND), min(end, stop + _AROUND)
    adopted = _adopted(sym, a, b, kinds, words)
    if not (adopted or (alone and _animal(sym, stop, end, kinds, words))):
        return False
    if _offered(sym, a, b, kinds, words, OFFER):
        return False
    return adopted or not _offered(sym, a, b, kinds, words, OFFERED)


@kernel_step
def for_sale(sym, at, first, end, kinds, words):  # type: ignore[no-untyped-def]
    """Is a text about goods or what is made for an age ("Veste, fille 14 ans") around ``at``, and offers nobody?"""
    first, end = max(first, at - _AROUND), min(end, at + _AROUND)
    about = _offered(sym, first, end, kinds, words, MADE) or _offered(sym, first, end, kinds, words, WORN)
    about = about or _offered(sym, first, end, kinds, words, GOODS)  # not what a house has: she may be in one
    return about and not _offered(sym, first, end, kinds, words, OFFER)


@kernel_step
def of_another(sym, begin, stop, first, end, kinds, words, wide):  # type: ignore[no-untyped-def]
    """Is the age ``sym[begin:stop]`` one of a thing, or of somebody's child who is not offered?

    ``wide``: "she" or "he" says whose it is, who may be named some sentences before.
    """
    code, first_word = _after_it(sym, stop, end, kinds, words)
    direct, served = first_word, False
    if code == PERSON:
        return False
    if code in (MADE, WORN) and not first_word:  # "daughter aged 15 needs a tutor": what stands before says whose it is
        code = np.int64(-1)
    if code < 0 or not first_word:
        told, near, made_for = _before_it(sym, begin, first, kinds, words, wide)
        if told == PERSON:
            return _of_animal(sym, begin, stop, first, end, kinds, words, False)
        if told >= 0:
            code, direct, served = told, near, made_for
        elif not wide and _sold(sym, begin, first, kinds, words):
            return True
    if code < 0:
        code = _of_child(sym, stop, end, kinds, words)
        if code != BIRTHDAY:
            return code == PARENT or _of_animal(sym, begin, stop, first, end, kinds, words, True)
    if code in (GOODS, HOME, MADE, WORN) and direct:
        return True
    if _offered(sym, max(first, begin - _AROUND), min(end, stop + _AROUND), kinds, words, OFFER):
        return False
    a, b = _sentence(sym, begin, stop, first, end)
    return code != KIN or served or not _offered(sym, a, b, kinds, words, OFFERED)
