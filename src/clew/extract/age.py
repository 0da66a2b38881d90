"""Ages that a text states: "24 years old", "leeftijd: 24", "24 лет". Below 18 the value says only that."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pyarrow as pa

from clew.extract._marks import NUMBER, next_mark
from clew.extract._words import (
    Words,
    lookup,
    put,
    skip_spaces,
    skip_spaces_back,
    symbol_kinds,
    vocabulary,
    word_begin,
    word_end,
)
from clew.extract._written import plain
from clew.extract.base import Example, TextBatch, mentions
from clew.ingest.kernels import kernel_step, making_kernel

_ADULT = 18
_SIGNAL = "under-18-stated"

# What a word beside a number says: years (or a duration), an age without doubt, a limit instead of an age
# ("over 18"), a duration or something else counted, the person who speaks, nothing by itself.
YEARS, OLD, LIMIT, COUNTED, PERSON, LINKING, YEAR = 0, 1, 2, 3, 4, 5, 6
_AFTER = {
    OLD: """
        yo yold yearold yearsold jarig jarige jaehrig jaehrige jahrig jahrige jahriger jahriges letnia
        letni letnie летняя летний летние arig ariga rocna rocny éves eves godisnja годишна годишняя
        річна vuotias
    """,
    YEAR: "year",
    YEARS: """
        years jaar jaartjes ans anni anos ani jahre jahren lat lata latka let rokov leta év år aar
        vuotta ετων χρονων лет года год років роки годин години godina godine gadi metu aastat yrs yr
        yaşında yasinda
    """,
}
_NEXT = {
    OLD: """
        old oud alt jong jung young age edad idade eta âge varsta vana stara star gammal gammel ny
    """,
    LINKING: "of de d di w",
    COUNTED: """
        experience experiences ervaring werkervaring erfahrung berufserfahrung esperienza experiencia
        experienta expérience опыта стажа doswiadczenia praxe tapasztalat tapasztalattal erfarenhet
        erfaring ago geleden fa temu nazad назад sedan siden sitten warranty garantie garanzia garancia
        гарантии contract in within together professional service relevant work working sales lang
        dienst with or only at since exp guarantee business imprisonment later bei als en im sul nel dans
    """,
}
_BEFORE = {
    OLD: """
        age aged leeftijd alter eta età edad idade âge varsta vârstă wiek vek věk kor életkor alder
        ålder ika ikä vanus возраст вік годы starost yas yaş ηλικια
    """,
    PERSON: "am im bin ben ai ho tengo tenho mam mám jestem sunt jag mne мне мені imam olen m",
    LIMIT: """
        over almost presque quasi casi fast bijna ya already bereits al déjà deja già under above below
        least minimum min max maximum minimaal mindestens about past last next within for since moins
        vanaf boven onder ab unter über minimo almeno oltre meno menos mas más bis tot until than after
        ponad powyzej ponizej od do от до older younger ouder jonger alter first every during через за
        nearly sinds seit depuis da desde dal dla the wenigstens preko nad pod peste sub och yfir
    """,
}


@cache
def _vocabularies() -> tuple[Words, Words, Words]:
    """Words after a number, after its word for years, and before a number."""
    tables = []
    for groups in (_AFTER, _NEXT, _BEFORE):
        codes: dict[str, int] = {}
        for code, words in groups.items():
            codes |= {w: code for w in words.split() if w not in codes}
        tables.append(vocabulary(codes))
    return tables[0], tables[1], tables[2]


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
    if code != YEARS and code != YEAR:
        return code, stop
    last = stop
    for _ in range(3):
        j = last
        while j < end and j - last < 2 and (sym[j] == 32 or sym[j] == 45 or sym[j] == 39):
            j += 1
        last = word_end(sym, kinds, j, end)
        said = lookup(following, sym, j, last)
        if said == OLD:
            return np.int64(OLD), last
        if said != LINKING:
            break
    if said == COUNTED or code == YEAR:  # "a 30-year record"
        return np.int64(COUNTED), stop
    return np.int64(YEARS), stop


@kernel_step
def _before(sym, i, first, kinds, words):  # type: ignore[no-untyped-def]
    """What the word before a number says (-1: nothing) and where it begins."""
    j = i
    while j > first and i - j < 4 and sym[j - 1] in (32, 58, 61, 45, 46, 40):
        j -= 1
    begin = word_begin(sym, kinds, j, first)
    code = lookup(words, sym, begin, j)
    if code == PERSON and begin == j - 1 and not (begin > first and sym[begin - 1] == 39):  # "I'm"
        return np.int64(-1), i
    if code == PERSON and skip_spaces_back(sym, i, first, 2) != j:  # "I am: 24"
        return np.int64(-1), i
    return code, begin


@making_kernel
def _scan(sym, start, places, kinds, after, following, before):  # type: ignore[no-untyped-def]
    """Rows of: text, begin, end, age."""
    rows = np.empty((256, 4), np.int64)
    marked, at, what = places.first, places.at, places.what
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
            if sym[a] == 48 or not _stands_alone(sym, a, first, end):
                while i < end and 48 <= sym[i] <= 57:
                    i += 1
                continue
            age = (np.int64(sym[a]) - 48) * 10 + np.int64(sym[a + 1]) - 48
            said, stop = _after(sym, i, end, kinds, after, following)
            cue, begin = _before(sym, a, first, kinds, before)
            if said == COUNTED or cue == LIMIT:
                continue
            closes = i >= end or sym[i] in (10, 33, 44, 46, 59, 41, 0x1E) or sym[i] >= 0xE000
            sure = said == OLD or cue == OLD or (cue == PERSON and (said == YEARS or closes))
            if sure or (said == YEARS and age >= _ADULT):
                rows = put(rows, k, (r, begin if cue == OLD else a, stop if said >= 0 else i, age))
                k += 1
                i = max(i, stop)
    return rows[:k]


class Age:
    """Finds stated ages of 18 to 99 (the value is the number); of 10 to 17 only that one is stated."""

    name = "age"
    version = "1"
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
        Example("Age ２４", (("age", "24", "Age ２４", True),)),
        Example("age: 17", (("age", "under-18-stated", "age: 17", False),)),
        Example("24 years of experience, over 20 years, 15 jaar ervaring, 18+, 18-35 years, 24/7, €24, 170 cm", ()),
        Example(
            "24 km, 24 euro, 24 hours, 30 ans d'expérience, 20 Jahre Erfahrung, 5 years old, open 15 years",
            (),
        ),
    )

    def find(self, batch: TextBatch) -> pa.Table:
        """Rows of MENTIONS, in any order."""
        f = batch.folded
        rows = _scan(f.sym, f.start, batch.marks, symbol_kinds(), *_vocabularies())
        record, begin, end = rows[:, 0], rows[:, 1], rows[:, 2]
        values = pa.array([_SIGNAL if n < _ADULT else str(n) for n in range(100)], pa.string())
        value = values.take(pa.array(rows[:, 3]))
        return mentions(batch, self, "age", record, begin, end, value, ~plain(batch, record, begin, end))


PLUGIN = Age()
