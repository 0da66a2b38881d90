"""First names, and where one stands: shared by those who look for names and for ages."""

from __future__ import annotations

from functools import cache

import numpy as np

from clew.extract._capitals import written_as
from clew.extract._gazetteer import data_lines
from clew.extract._words import Words, lookup, vocabulary, word_begin, word_end, word_list
from clew.ingest.kernels import kernel_step

_NO_NAMES = word_list(
    """
    the a an and or not no yes is are was in on at to from for of with by my your his her our their here there now
    today tonight new available free ready open looking independent private real true sweet sexy hot young mature
    beautiful pretty slim blonde brunette redhead black white latin latina asian russian polish german dutch french
    spanish italian english british american romanian bulgarian hungarian ukrainian czech turkish greek thai chinese
    japanese korean brazilian colombian european oriental indian african mr mrs ms miss dr lady girl girls woman man
    boy boys men women mistress madam sir guys gentleman gentlemen dear hello hi hey whatsapp telegram viber signal
    instagram snapchat phone tel call text sms mail email please pls only just very so all any more most also hotel
    escort massage agency company manager owner admin staff team office reception job work
    een het de ik jij wij zij niet ook nieuw lief zoete nog nu hier der die das ein eine neu neue sehr jung nicht und
    le la les un une des du nouveau nouvelle belle jolie très tres el los las una unos muy nueva bella guapa il lo gli
    nuova molto bella o os as um uma nova muito nou noua foarte frumoasa o nowa bardzo ladna uj szep nagyon нова новая
    очень много красивая не да и мисс леди девушка девушки та на в с
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december spring summer autumn winter love joy hope heaven paradise art jazz sunny
    maandag dinsdag woensdag donderdag vrijdag zaterdag zondag montag dienstag mittwoch donnerstag freitag samstag
    sonntag lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miercoles jueves viernes sabado domingo
    google facebook paypal amazon london paris berlin amsterdam dubai barna disponibila bruneta
    """
)
# Short forms that people call themselves, which the list does not have; it holds given names.
_SHORT_FORMS = word_list(
    """
    катя настя лена оля юля даша вика лиза аня алена ксюша надя люба соня женя саша рита диана инна виолетта олеся леся
    ліля оленка деси ваня мими гери ники теди диди цвети поли kasia basia gosia ania zosia beatka patrycja wika zsofi
    zsuzsi eszti orsi katka janka misa verca terka lucka
    """
)
_MOST_LETTERS, _FEWEST_LETTERS = 20, 2
PLAIN, DOUBTFUL, NO_NAME = 0, 1, 2


@cache
def names() -> Words:
    """First names, doubtful ones, and words that are none."""
    codes = dict.fromkeys(_NO_NAMES, NO_NAME)
    for line in data_lines("first_names.txt"):
        name, _, mark = line.partition(" ")
        codes.setdefault(name, DOUBTFUL if mark else PLAIN)
    for name in _SHORT_FORMS:
        codes.setdefault(name, PLAIN)
    return vocabulary(codes)


@kernel_step
def word_at(text, r, i, last, kinds, letters, names):  # type: ignore[no-untyped-def]
    """(end, code in ``names`` or -1, how it begins) of the word at i; end is i if it can be no name."""
    sym = text[0]
    j = word_end(sym, kinds, i, last)
    short = j - i < _FEWEST_LETTERS or j - i > _MOST_LETTERS
    if short or (j < last and sym[j] in (64, 95)) or (i > 0 and sym[i - 1] in (64, 95, 46, 47, 35)):
        return i, np.int64(-1), np.uint8(0)
    if j + 1 < last and sym[j] in (46, 47) and kinds[sym[j + 1]] in (1, 2):  # an address
        return i, np.int64(-1), np.uint8(0)
    if j < last and kinds[sym[j]] == 2:  # "anna24" is a handle
        return i, np.int64(-1), np.uint8(0)
    return j, lookup(names, sym, i, j), written_as(text, r, i, letters)


@kernel_step
def word_before(sym, i, first, kinds):  # type: ignore[no-untyped-def]
    """Where the word before i begins if at most some blanks and marks stand between, else -1."""
    stop = i
    while stop > first and i - stop < 3 and sym[stop - 1] in (32, 44, 40, 124, 47, 45):
        stop -= 1
    begin = word_begin(sym, kinds, stop, first)
    return begin if begin < stop < i else -1


@kernel_step
def aged(sym, i, last):  # type: ignore[no-untyped-def]
    """Does ", 24" (or " (24)") follow?"""
    begin, marks = i, 0
    while i < last and i - begin < 3 and sym[i] in (32, 44, 40, 124, 47, 45):
        marks += sym[i] != 32
        i += 1
    if marks == 0 or i + 2 > last or not (49 <= sym[i] <= 57 and 48 <= sym[i + 1] <= 57):
        return False
    if i + 3 < last and sym[i + 2] == 46 and sym[i + 3] in (32, 10):
        return True
    return i + 2 == last or sym[i + 2] in (32, 44, 41, 10, 33, 45, 124, 0x1E) or sym[i + 2] >= 0xE000
