"""Ages that a text states: "24 years old", "leeftijd: 24", "24 лет". Below 18 the value says only that."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from clew.extract._agewords import (
    AGED,
    COUNTED,
    EXPERIENCE,
    LIMIT,
    LINKING,
    OLD,
    PERSON,
    SHORT,
    THING,
    TURNED,
    YEAR,
    YEARS,
    words_after,
    words_before,
    words_next,
    words_of_places,
)  # fmt: skip
from clew.extract._marks import NUMBER, next_mark
from clew.extract._words import (
    LETTER,
    lookup,
    put,
    skip_spaces,
    skip_spaces_back,
    symbol_kinds,
    word_begin,
    word_end,
)
from clew.extract._written import plain
from clew.extract.base import Example, TextBatch, mentions
from clew.extract.fold import BREAK, EMOJI
from clew.ingest.kernels import kernel_step, making_kernel

_ADULT = 18
_SIGNAL = "under-18-stated"

_OLDEST = 60  # "90F" is the weather


@kernel_step
def _stands_alone(sym, i, first, end):  # type: ignore[no-untyped-def]
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
def _after(sym, i, end, kinds, after, following):  # type: ignore[no-untyped-def]
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
    if said in (COUNTED, EXPERIENCE) or code == YEAR:  # "a 30-year record"
        return np.int64(COUNTED), stop
    return (np.int64(-1), i) if code == SHORT else (np.int64(YEARS), stop)


@kernel_step
def _subject(sym, j, begin, first, kinds, words):  # type: ignore[no-untyped-def]
    """What the word ``sym[begin:j]`` before a number says; "is", "de" or "turned" say what stands before them does."""
    code = lookup(words, sym, begin, j)
    if code != LINKING and code != TURNED:
        return code
    said = code
    for _ in range(3):
        j = skip_spaces_back(sym, begin, first, 1)
        begin = word_begin(sym, kinds, j, first)
        said = lookup(words, sym, begin, j)
        if said != LINKING:
            break
    if said == THING or (said == EXPERIENCE and code == LINKING):
        return said
    return np.int64(PERSON if code == TURNED else -1)


@kernel_step
def _before(sym, i, first, kinds, words):  # type: ignore[no-untyped-def]
    """What the word before a number says (-1: nothing) and where it begins."""
    j = i
    while j > first and i - j < 4 and sym[j - 1] in (32, 58, 61, 45, 46, 40):
        j -= 1
    begin = word_begin(sym, kinds, j, first)
    code = _subject(sym, j, begin, first, kinds, words)
    if code == PERSON and begin == j - 1 and not (begin > first and sym[begin - 1] == 39):  # "I'm"
        return np.int64(-1), i
    if code == PERSON and skip_spaces_back(sym, i, first, 2) != j:  # "I am: 24"
        return np.int64(-1), i
    if (code in (EXPERIENCE, THING)) and sym[j] == 46:  # a sentence before it
        return np.int64(-1), i
    return code, begin


@kernel_step
def _woman(sym, a, first, end, kinds, before, places):  # type: ignore[no-untyped-def]
    """Begin and end of "25F", "25/f/" or "F/25" around the digits at a, of a line or a person; a and a if none."""
    i, begin = a + 2, a
    if a > first + 1 and sym[a - 1] == 47 and sym[a - 2] == 102:  # "F/25"
        begin, stop = a - 2, i
    elif i < end and sym[i] == 102:
        stop = i + 1
    elif i + 2 < end and sym[i] == 47 and sym[i + 1] == 102 and sym[i + 2] == 47:
        stop = i + 2
    else:
        return a, a
    closed = stop >= end or sym[stop] in (10, 32, 41, BREAK) or sym[stop] >= EMOJI
    if not closed and not (sym[stop] == 47 and stop + 1 < end and kinds[sym[stop + 1]] == LETTER):
        return a, a
    j = skip_spaces_back(sym, begin, first, 2)
    opened = j == first or sym[j - 1] in (10, 40, BREAK, EMOJI)
    if not opened and _before(sym, begin, first, kinds, before)[0] != PERSON:
        return a, a
    last = stop
    for _ in range(4):
        while last < end and last - stop < 60 and sym[last] in (32, 44, 45, 47):
            last += 1
        j, last = last, word_end(sym, kinds, last, end)
        if lookup(places, sym, j, last) >= 0:
            return a, a
    return begin, stop


@making_kernel
def _scan(sym, start, marks, kinds, after, following, before, places):  # type: ignore[no-untyped-def]
    """Rows of: text, begin, end, age."""
    rows = np.empty((256, 4), np.int64)
    marked, at, what = marks.first, marks.at, marks.what
    k = np.int64(0)
    for r in range(start.shape[0] - 1):
        first, end = start[r], start[r + 1]
        i = first
        c, c_end = marked[r], marked[r + 1]
        while True:
            c = next_mark(at, what, c, c_end, i, NUMBER)
            if c == c_end:
                break
            a = np.int64(at[c])
            i = a + 2
            if i > end:
                break
            if not 48 <= sym[a + 1] <= 57:
                continue
            age = (np.int64(sym[a]) - 48) * 10 + np.int64(sym[a + 1]) - 48
            begin, stop = _woman(sym, a, first, end, kinds, before, places)
            if stop > a and _ADULT <= age <= _OLDEST:
                rows = put(rows, k, (r, begin, stop, age))
                k += 1
                i = stop
                continue
            if sym[a] == 48 or not _stands_alone(sym, a, first, end):
                while i < end and 48 <= sym[i] <= 57:
                    i += 1
                continue
            said, stop = _after(sym, i, end, kinds, after, following)
            cue, begin = _before(sym, a, first, kinds, before)
            if said == COUNTED or cue in (LIMIT, THING) or (cue == EXPERIENCE and said != OLD):
                continue
            closes = i >= end or sym[i] in (10, 33, 44, 46, 59, 41, BREAK) or sym[i] >= EMOJI
            sure = said == OLD or cue == OLD or (cue == PERSON and (said == YEARS or closes))
            if sure or (said == YEARS and age >= _ADULT):
                rows = put(rows, k, (r, begin if cue == OLD else a, stop if said >= 0 else i, age))
                k += 1
                i = max(i, stop)
    return rows[:k]


class Age:
    """Finds stated ages of 18 to 99 (the value is the number); of 10 to 17 only that one is stated."""

    name = "age"
    version = "2"
    types: tuple[str, ...] = ("age",)
    examples: Sequence[Example] = (
        Example("I am 24 years old", (("age", "24", "24 years old", False),)),
        Example("Anna, 24 jaar, blond", (("age", "24", "24 jaar", False),)),
        Example(
            "j'ai 24 ans; 25 anni e 26 años de edad",
            (
                ("age", "24", "24 ans", False),
                ("age", "25", "25 anni", False),
                ("age", "26", "26 años de edad", False),
            ),
        ),
        Example("Мне 24 года, ей 31 год", (("age", "24", "24 года", False), ("age", "31", "31 год", False))),
        Example(
            "Leeftijd: 24 | Alter 25",
            (("age", "24", "Leeftijd: 24", False), ("age", "25", "Alter 25", False)),
        ),
        Example(
            "24yo, 25 y.o. and 26 y/o",
            (("age", "24", "24yo", False), ("age", "25", "25 y.o", False), ("age", "26", "26 y/o", False)),
        ),
        Example("25-jährige, 26 letnia", (("age", "25", "25-jährige", False), ("age", "26", "26 letnia", False))),
        Example("I'm 24, hello", (("age", "24", "24", False),)),
        Example("25F London", (("age", "25", "25F", False),)),
        Example("Age ２４", (("age", "24", "Age ２４", True),)),
        Example("age: 17", (("age", "under-18-stated", "age: 17", False),)),
        Example("24 years of experience, over 20 years, 15 jaar ervaring, 18+, 18-35 years, 24/7, €24, 170 cm", ()),
        Example(
            "опыт 25 лет, 24 km, 24 hours, 30 ans d'expérience, 20 Jahre Erfahrung, 5 years old, open 15 years",
            (),
        ),
    )

    def find(self, batch: TextBatch) -> pa.Table:
        """Rows of MENTIONS, in any order."""
        f = batch.folded
        rows = _scan(
            f.sym, f.start, batch.marks, symbol_kinds(), words_after(), words_next(), words_before(), words_of_places()
        )
        record, begin, end = rows[:, 0], rows[:, 1], rows[:, 2]
        values = pa.array([_SIGNAL if n < _ADULT else str(n) for n in range(100)], pa.string())
        value = values.take(pa.array(rows[:, 3]))
        return mentions(batch, self, "age", record, begin, end, value, ~plain(batch, record, begin, end))


PLUGIN = Age()
