"""Lists of towns with a count or a day, "Sofia (16), Plovdiv (9)", where some of the towns are first names too."""

from __future__ import annotations

from functools import cache

import numpy as np

from clew.extract._firstnames import DOUBTFUL, PLAIN
from clew.extract._words import DIGIT, LETTER, Words, grouped, lookup, word_begin, word_end
from clew.extract.fold import EMOJI
from clew.ingest.kernels import kernel_step

_MOST = 6  # entries on each side that are looked at
_AHEAD = 4  # words before a list that are looked at
_OLDEST = 60  # a larger number is a count
_NEITHER, _BOTH, _TOWN, _COUNT = range(4)
# What a word before a name says: a list goes on in time, somebody is there, somebody travels, nothing, it is a person.
_THEN, _IN, _TOUR, _FILLER, _WHO = range(5)

_WORDS = {
    _THEN: """
        then next afterwards dann danach anschließend daarna vervolgens puis ensuite luego después poi dopo depois apoi
        potem następnie затем потом далее далі après aztán majd utána poté ezután
    """,
    _IN: "in em в във nach naar vers",
    _TOUR: """
        tour tours touring tourdates visiting coming arriving leaving travelling traveling heading stop stops dates
        schedule itinerary cities towns locations route
        tournee tournée reise städte termine stationen steden route tournées villes étapes gira ciudades fechas ruta
        itinerario tappe date turnê cidades datas rota turneu turneul orașe trasa trasie miasta terminy turné
        města körút városok тур туре тура гастроли города маршрут турне градове гастролі міста
    """,
    _FILLER: """
        and und en et y i и і та és si și to for is are on my now soon the of june july january february march april may
        august september october november december week month this date auf op am um im is le la les el los las de di da
        do du na na по на w z januar februar märz mai juni juli oktober dezember januari februari maart mei augustus
        janvier février mars avril juin juillet août septembre octobre novembre décembre enero febrero marzo abril mayo
        junio julio agosto septiembre octubre noviembre diciembre gennaio febbraio aprile maggio giugno luglio settembre
        ottobre dicembre
    """,
    _WHO: """
        girl girls lady ladies woman women teen teens model models escort escorts masseuse companion companions meet
        with mädchen frau frauen dame damen mit meisje meisjes vrouw vrouwen dames met fille filles femme femmes avec
        chica chicas mujer mujeres con ragazza ragazze donna donne rapariga raparigas menina meninas mulher mulheres com
        fată fete cu dziewczyna dziewczyny kobieta dívka dívky žena lány lányok девушка девушки девочка девочки с
        дівчина дівчата момиче момичета
    """,
}


@cache
def words_of_lists() -> Words:
    """Words before a name that say whether it is a town's."""
    return grouped(_WORDS)


@kernel_step
def _part(c):  # type: ignore[no-untyped-def]
    """May the symbol stand between the entries of a list?"""
    return c in (32, 44, 59, 47, 124, 10, 38, 41, 45, 62, 0x2022, 0xB7) or c >= EMOJI


@kernel_step
def _mark(c):  # type: ignore[no-untyped-def]
    """May the symbol stand between a town and its count?"""
    return c in (32, 40, 44, 45, 47, 58, 124)


@kernel_step
def _long_name(sym, begin, stop, first, kinds, names, towns):  # type: ignore[no-untyped-def]
    """Where the name of a town of two words begins that ends in the word ``sym[begin:stop]`` ("San Diego"), or -1."""
    if begin <= first or sym[begin - 1] != 32:
        return -1
    at = word_begin(sym, kinds, begin - 1, first)
    if at == begin - 1 or lookup(towns, sym, at, stop) < 0:
        return -1
    said = lookup(names, sym, at, begin - 1)
    # "Nova Vida" and "Maria Elena" are rather people
    return at if said in (-1, DOUBTFUL) or lookup(names, sym, begin, stop) != PLAIN else -1


@kernel_step
def _said(sym, begin, stop, a, i, kinds, names, towns):  # type: ignore[no-untyped-def]
    """What an entry of a list is, of a word and the digits ``sym[a:i]``: a name and a town, a town or with a count."""
    number = np.int64(0)
    for k in range(a, i):
        number = number * 10 + np.int64(sym[k]) - 48
    if number < 10 or number > _OLDEST:
        return _COUNT
    if _long_name(sym, begin, stop, 0, kinds, names, towns) >= 0:
        return _TOWN
    if lookup(towns, sym, begin, stop) < 0:
        return _NEITHER
    return _BOTH if lookup(names, sym, begin, stop) >= 0 else _TOWN  # also "Paris" and "Bella", which are no names here


@kernel_step
def _entry_after(sym, i, end, kinds, names, towns, lists):  # type: ignore[no-untyped-def]
    """What the next entry of a list is (-1: there is none), and where it ends; one that comes "then" is a town."""
    j, then = i, False
    while j < end and j - i < 5 and _part(sym[j]):
        then |= sym[j] == 62
        j += 1
    stop = word_end(sym, kinds, j, end)
    for _ in range(3):  # "Stara Zagora", "then in Houston"
        if stop > j and stop + 1 < end and sym[stop] == 32 and kinds[sym[stop + 1]] == LETTER:
            then |= lookup(lists, sym, j, stop) == _THEN
            j, stop = stop + 1, word_end(sym, kinds, stop + 1, end)
    a = stop
    while a < end and a - stop < 3 and _mark(sym[a]):
        a += 1
    last = a
    while last < end and last - a < 6 and kinds[sym[last]] == DIGIT:
        last += 1
    days = last < end - 1 and sym[last] == 32 and kinds[sym[last + 1]] == LETTER  # "London (2 days)"
    if stop == j or a == stop or last == a or (days and last == a + 1):
        return -1, i
    said = _said(sym, j, stop, a, last, kinds, names, towns)
    return _TOWN if then and said == _BOTH else said, last


@kernel_step
def _before_list(sym, i, first, kinds):  # type: ignore[no-untyped-def]
    """The end of what stands before the marks that part it from i."""
    last = i
    while last > first and i - last < 5 and _part(sym[last - 1]):
        last -= 1
    return last


@kernel_step
def _entry_before(sym, i, first, kinds, names, towns, lists):  # type: ignore[no-untyped-def]
    """What the entry of a list before the one that begins at i is (-1: there is none), and where it begins."""
    last, then = _before_list(sym, i, first, kinds), i > first + 1 and sym[i - 1] == 32 and sym[i - 2] == 62
    for _ in range(2):  # "then in Houston"
        at = word_begin(sym, kinds, last, first)
        said = lookup(lists, sym, at, last)
        if said in (_THEN, _IN, _FILLER):
            then |= said == _THEN
            last = _before_list(sym, at, first, kinds)
    a = last
    while a > first and last - a < 6 and kinds[sym[a - 1]] == DIGIT:
        a -= 1
    stop = a
    while stop > first and a - stop < 3 and _mark(sym[stop - 1]):
        stop -= 1
    begin = word_begin(sym, kinds, stop, first)
    if last == i or a == last or stop == a or begin == stop:
        return -1, i
    said = _said(sym, begin, stop, a, last, kinds, names, towns)
    return _TOWN if then and said == _BOTH else said, begin


@kernel_step
def _tally(sym, at, edge, forth, kinds, names, towns, lists):  # type: ignore[no-untyped-def]
    """Entries on one side that are a name and a town, or neither; whether one is surely a town; where they end."""
    both = other = 0
    for _ in range(_MOST):
        if forth:
            said, at = _entry_after(sym, at, edge, kinds, names, towns, lists)
        else:
            said, at = _entry_before(sym, at, edge, kinds, names, towns, lists)
        if said < 0 or said in (_TOWN, _COUNT):
            return both, other, said >= 0, at
        both += said == _BOTH
        other += said == _NEITHER
    return both, other, False, at


@kernel_step
def _toured(sym, i, first, kinds, lists):  # type: ignore[no-untyped-def]
    """Do the words before a list at i say that somebody travels ("Tour dates:", "coming to"), and name nobody?"""
    tour, k = False, i
    for _ in range(_AHEAD):
        last = k
        while last > first and k - last < 4 and (sym[last - 1] in (32, 10, 40, 44, 45, 58) or sym[last - 1] == EMOJI):
            last -= 1
        k = word_begin(sym, kinds, last, first)
        said = lookup(lists, sym, k, last)
        if said == _WHO:
            return False
        tour |= said == _TOUR
        if k == last or (not tour and said not in (_FILLER, _IN)):
            break
    return tour


@kernel_step
def counted(sym, head, stop, i, first, end, kinds, names, towns, lists):  # type: ignore[no-untyped-def]
    """Is the name ``sym[head:stop]`` before the number that ends at i a town with a count or day, in a list or on tour?

    Two that may be names are girls in doubt ("Victoria (19), Sofia (17)"), three are towns.
    """
    if _long_name(sym, head, stop, first, kinds, names, towns) >= 0:
        return True
    if lookup(towns, sym, head, stop) < 0:
        return False
    k = word_begin(sym, kinds, head - 1, first) if head > first and sym[head - 1] == 32 else head
    if lookup(lists, sym, k, head - 1) == _IN:
        return True
    after, doubtful, sure, _ = _tally(sym, i, end, True, kinds, names, towns, lists)
    if sure:
        return True
    before, other, sure, at = _tally(sym, head, first, False, kinds, names, towns, lists)
    if sure or doubtful + other > 0:
        return sure
    return 1 + after + before > 2 or _toured(sym, head if before == 0 else at, first, kinds, lists)
