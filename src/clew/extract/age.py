"""Ages that a text states: "24 years old", "leeftijd: 24", "24 лет". Below 18 the value says only that."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from clew.extract._agebeside import (
    after_it,
    before_it,
    goes_on,
    is_limit,
    is_order,
    new_here,
    of_experience,
    paired,
    stands_alone,
    vocabulary_of_ages,
)  # fmt: skip
from clew.extract._agecontext import for_sale, of_another, parted
from clew.extract._agelists import counted
from clew.extract._agewords import (
    COUNTED,
    EXPERIENCE,
    FIRM,
    LIMIT,
    MANY,
    NEW,
    NO,
    NOUN,
    NOUNS,
    OLD,
    PERSON,
    SHE,
    SHORT,
    THING,
    YEARS,
    YOUNG,
)  # fmt: skip
from clew.extract._capitals import CAPITAL, capitals
from clew.extract._firstnames import DOUBTFUL, PLAIN, aged, word_at, word_before
from clew.extract._marks import NUMBER, next_mark
from clew.extract._words import (
    LETTER,
    lookup,
    put,
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
def _woman(sym, a, first, end, kinds, vocabulary):  # type: ignore[no-untyped-def]
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
    if not opened and before_it(sym, begin, first, end, kinds, vocabulary)[0] != PERSON:
        return a, a
    last = stop
    for _ in range(4):
        while last < end and last - stop < 60 and sym[last] in (32, 44, 45, 47):
            last += 1
        j, last = last, word_end(sym, kinds, last, end)
        if lookup(vocabulary.places, sym, j, last) >= 0:
            return a, a
    return begin, stop


@kernel_step
def _announced(sym, begin, stop, first, end, kinds, vocabulary):  # type: ignore[no-untyped-def]
    """Is somebody new what ``sym[begin:stop]`` tells of ("New: Sofia, 16", "nouvelle, 17 ans"), and no thing?"""
    if not parted(sym, stop, end, kinds) or not new_here(sym, begin, first, kinds, vocabulary.before, vocabulary.towns):
        return False
    return not for_sale(sym, begin, first, end, kinds, vocabulary.near)


@kernel_step
def _closes(sym, i, end):  # type: ignore[no-untyped-def]
    """Does a sentence, or a part of it, end at i?"""
    return i >= end or sym[i] in (10, 33, 44, 46, 59, 41, BREAK) or sym[i] >= EMOJI


@kernel_step
def _named(text, r, a, first, end, age, said, kinds, letters, vocabulary):  # type: ignore[no-untyped-def]
    """Does a first name stand before the number at a: "Jana (24)", "Jana, 24"? Below 18 it must be plain to see."""
    sym = text[0]
    if a < first + 3 or (said not in (YEARS, SHORT) and sym[a - 1] != 40 and sym[a - 2] not in (40, 44, 45, 47, 124)):
        return False
    head = word_before(sym, a, first, kinds)
    if head < 0 or sym[a - 1] == 45 or is_order(sym, a + 2, end, kinds, vocabulary.order):  # "MAC-48"
        return False
    j, code, written = word_at(text, r, head, end, kinds, letters, vocabulary.names)
    if j == head or written != CAPITAL or code not in (PLAIN, DOUBTFUL):
        return False
    if said not in (YEARS, SHORT) and not aged(sym, j, end):
        return False
    known = vocabulary.names, vocabulary.towns, vocabulary.lists
    if said < 0 and counted(sym, head, j, a + 2, first, end, kinds, *known):
        return False
    if age >= _ADULT:
        return True
    k = skip_spaces_back(sym, head, first, 3)
    if k < head and lookup(vocabulary.before, sym, word_begin(sym, kinds, k, first), k) == FIRM:
        return False  # "Hotel Victoria (12)"
    opens = k == first or sym[k - 1] in (10, BREAK) or sym[k - 1] >= EMOJI
    opens = opens or _announced(sym, head, a + 2, first, end, kinds, vocabulary)
    enclosed = sym[a - 1] == 40 and (said >= 0 or (a + 2 < end and sym[a + 2] == 41))
    return code == PLAIN and (said in (YEARS, SHORT) or enclosed or opens)


@kernel_step
def _girl(sym, a, i, first, end, said, kinds, vocabulary):  # type: ignore[no-untyped-def]
    """Does a "girl" who is offered stand before the number: "Girl, 16 years" on its line, "young girl (16)"?"""
    number = a
    if said == YEARS:
        a = paired(sym, a, first, kinds, vocabulary.joining)  # "new girls 16 and 17 years"
    stop = a
    while stop > first and a - stop < 3 and sym[stop - 1] in (32, 40, 44, 45, 58, 124):
        stop -= 1
    at = word_begin(sym, kinds, stop, first)
    code, young = lookup(vocabulary.before, sym, at, stop), False
    if code in (YOUNG, NEW):  # "chica joven, 16"
        young = True
        stop = skip_spaces_back(sym, at, first, 1)
        at = word_begin(sym, kinds, stop, first)
        code = lookup(vocabulary.before, sym, at, stop)
    one = code in (NOUN, NOUNS, NO) and a == number
    if stop == a or not (one or (code in (NOUNS, MANY) and a < number)):
        return False
    k = skip_spaces_back(sym, at, first, 2)
    opens = k == first or sym[k - 1] in (10, BREAK) or sym[k - 1] >= EMOJI
    if lookup(vocabulary.before, sym, word_begin(sym, kinds, k, first), k) in (YOUNG, NEW, NOUN):  # "junge Frau"
        young = code in (NOUN, NO) or said == YEARS or sym[k - 1] == 115  # "neue Mädchen (16)" are sixteen
    if said != YEARS:
        enclosed = sym[a - 1] == 40 and i < end and sym[i] == 41
        ends = i >= end or sym[i] in (10, 33, 44, 46, 41, BREAK) or sym[i] >= EMOJI
        if not young or not (enclosed or (ends and sym[a - 1] == 32 and sym[a - 2] in (44, 45))):
            return False
    return (young or (opens and code != NO)) and not for_sale(sym, at, first, end, kinds, vocabulary.near)


@kernel_step
def _judge(text, r, a, i, first, end, age, kinds, letters, vocabulary, words):  # type: ignore[no-untyped-def]
    """Begin and end of the age that the number ``sym[a:i]`` is; a and a if it is none. ``words``: it is in words."""
    sym = text[0]
    said, stop = after_it(sym, i, end, kinds, vocabulary.after, vocabulary.following)
    cue, begin = before_it(sym, a, first, end, kinds, vocabulary)
    if said == COUNTED or cue in (LIMIT, THING) or (cue == EXPERIENCE and said != OLD):
        return a, a
    closes = _closes(sym, i, end)
    if age < _ADULT and cue == PERSON:
        closes = closes or goes_on(sym, i, end, kinds, vocabulary.joining)
    spoken = cue in (PERSON, SHE) and (said == YEARS or closes)
    sure = said == OLD or cue == OLD or spoken or (said == YEARS and age >= _ADULT and not words)
    if not sure and age < _ADULT and said in (YEARS, SHORT, -1):
        sure = _girl(sym, a, i, first, end, said, kinds, vocabulary)
        sure = sure or (said == YEARS and _announced(sym, a, stop, first, end, kinds, vocabulary))
        sure = sure and not of_experience(sym, stop, end, kinds, vocabulary.following)
    if not sure and not words:
        sure = _named(text, r, a, first, end, age, said, kinds, letters, vocabulary)
    if not sure:
        return a, a
    begin, stop = begin if cue == OLD else a, stop if said >= 0 else i
    if cue == OLD and age < _ADULT and is_limit(sym, begin, first, kinds, vocabulary):
        return a, a
    doubted = age < _ADULT and not (spoken and cue == PERSON)
    if doubted and of_another(sym, begin, stop, first, end, kinds, vocabulary.near, cue == SHE):
        return a, a
    return begin, stop


@making_kernel
def _scan(text, start, marks, kinds, letters, vocabulary, spelled):  # type: ignore[no-untyped-def]
    """Rows of: text, begin, end, age; ``spelled`` are the numbers in words: text, begin, end, age."""
    sym = text[0]
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
            begin, stop = _woman(sym, a, first, end, kinds, vocabulary)
            if stop > a and _ADULT <= age <= _OLDEST:
                rows = put(rows, k, (r, begin, stop, age))
                k += 1
                i = stop
                continue
            if sym[a] == 48 or not stands_alone(sym, a, first, end):
                while i < end and 48 <= sym[i] <= 57:
                    i += 1
                continue
            begin, stop = _judge(text, r, a, i, first, end, age, kinds, letters, vocabulary, False)
            if stop > a:
                rows = put(rows, k, (r, begin, stop, age))
                k += 1
                i = max(i, stop)
    record, at_word, to_word, ages = spelled
    for n in range(record.shape[0]):
        r, a = record[n], at_word[n]
        begin, stop = _judge(text, r, a, to_word[n], start[r], start[r + 1], ages[n], kinds, letters, vocabulary, True)
        if stop > a:
            rows = put(rows, k, (r, begin, stop, ages[n]))
            k += 1
    return rows[:k]


class Age:
    """Finds stated ages of 18 to 99 (the value is the number); of 10 to 17 only that one is stated."""

    name = "age"
    version = "5"
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
        f, hits = batch.folded, batch.cued.ages
        rows = _scan(
            (f.sym, f.byte, batch.data, batch.offsets), f.start, batch.marks, symbol_kinds(), capitals(),
            vocabulary_of_ages(), (hits.record, hits.begin, hits.end, hits.code),
        )  # fmt: skip
        record, begin, end = rows[:, 0], rows[:, 1], rows[:, 2]
        values = pa.array([_SIGNAL if n < _ADULT else str(n) for n in range(100)], pa.string())
        value = values.take(pa.array(rows[:, 3]))
        return mentions(batch, self, "age", record, begin, end, value, ~plain(batch, record, begin, end))


PLUGIN = Age()
