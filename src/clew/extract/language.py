"""The language of a text: ISO 639-1, from its script, which letters follow which, and its everyday words.

A script of one language decides at once. Else every run of three or four letters costs each language of the script
what its profile says (`tools/languages.py` builds them), everyday words give some of it back, and the cheapest
language wins if it leads by enough. Too little text, or no clear winner, gives no mention rather than a guess.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clew.extract._kept import kept
from clew.extract._words import Words, lookup, vocabulary
from clew.extract.base import FIELDS, Example, TextBatch, mentions
from clew.ingest.kernels import inner, kernel, kernel_step, making_kernel

_MOST_GRAMS = 60  # runs of letters read of one text
_FEWEST_GRAMS = 10
_FEWEST_LETTERS = 5  # of a script that is of one language only
_LEAD = 50  # units of 0.05 nats: the winner must be 12 times as likely as the next
_LEAD_SHARE = 0.02  # and by so much a run of letters
_FOREIGN = 50  # units a run of letters: more, and it is none of the languages known
_WORD_WORTH = 30  # units given back for an everyday word
_SPAN = 40  # symbols of the text that the mention shows

_MIXED = 3  # scripts of several languages come first
_PARTS = 4  # words of 8 bytes in a row of the tables: a byte for each language of one script
_EVEN = np.uint64(0x00FF00FF00FF00FF)
_SCRIPTS = {
    "LATIN": "", "CYRILLIC": "", "ARABIC": "",
    "GREEK": "el", "HANGUL": "ko", "HIRAGANA": "ja", "CJK": "zh", "THAI": "th", "HEBREW": "he",
    "ARMENIAN": "hy", "GEORGIAN": "ka", "BENGALI": "bn", "TAMIL": "ta", "TELUGU": "te", "GUJARATI": "gu",
    "GURMUKHI": "pa", "MALAYALAM": "ml", "KANNADA": "kn", "KHMER": "km", "LAO": "lo", "MYANMAR": "my",
    "ETHIOPIC": "am", "SINHALA": "si",
    "DEVANAGARI": "hi",
}  # fmt: skip
_KANA, _HAN = (list(_SCRIPTS).index(name) + 1 for name in ("HIRAGANA", "CJK"))
_WRITTEN_AS = {"nb": "no"}  # Bokmål stands for both written norms


class _Profiles(NamedTuple):
    """What is known of the languages, as compiled code reads it."""

    entry: npt.NDArray[np.uint64]  # open addressing: 40 bits of hash and 1 + the row; 0: empty
    penalty: npt.NDArray[np.uint64]  # [rows, _PARTS], a byte for each language of the letters' script
    words: Words
    mark: npt.NDArray[np.uint64]  # [words, _PARTS], what an everyday word gives back
    script: npt.NDArray[np.uint8]  # [65536]: 1 + index in _SCRIPTS, 0 for what is no letter
    first: npt.NDArray[np.int64]  # by 1 + index of a mixed script, the number of its first language


@inner
def _row(entry, letters):  # type: ignore[no-untyped-def]
    """The row of three or four packed letters, or -1. Two of 2**40 runs might be taken for one another."""
    h = letters * np.uint64(0x9E3779B97F4A7C15)
    h ^= h >> np.uint64(32)
    mask = np.uint64(entry.shape[0] - 1)
    at = h & mask
    mine = h >> np.uint64(24)
    while entry[at] != 0:
        if entry[at] >> np.uint64(24) == mine:
            return np.int64(entry[at] & np.uint64(0xFFFFFF)) - 1
        at = (at + np.uint64(1)) & mask
    return np.int64(-1)


@kernel
def _enter(keys, entry):  # type: ignore[no-untyped-def]
    mask = np.uint64(entry.shape[0] - 1)
    for i in range(keys.shape[0]):
        h = keys[i] * np.uint64(0x9E3779B97F4A7C15)
        h ^= h >> np.uint64(32)
        at = h & mask
        while entry[at] != 0:
            at = (at + np.uint64(1)) & mask
        entry[at] = ((h >> np.uint64(24)) << np.uint64(24)) | np.uint64(i + 1)


class _Script(NamedTuple):
    """uint8[65536]: the script of each letter and mark, 1 more than its place in `_SCRIPTS`; 0 for anything else."""

    of: npt.NDArray[np.uint8]


def _read_scripts() -> _Script:
    table = np.zeros(0x10000, np.uint8)
    number = {name: i + 1 for i, name in enumerate(_SCRIPTS)} | {"KATAKANA": _KANA}
    for point in range(0x10000):
        if unicodedata.category(chr(point))[0] in "LM":
            table[point] = number.get(unicodedata.name(chr(point), "").split(" ")[0].split("-")[0], 0)
    table[0x30FC] = table[0x3005] = 0
    return _Script(table)


@cache
def _profiles() -> tuple[_Profiles, list[str]]:
    """The profiles, and the languages: those of mixed scripts, then one a script."""
    with (files("clew.extract") / "data" / "languages.npz").open("rb") as file:
        data = dict(np.load(file))
    # so wide that the first look nearly always tells
    entry = np.zeros(1 << (8 * len(data["keys"])).bit_length(), np.uint64)
    _enter(data["keys"], entry)
    words = vocabulary({word: i for i, word in enumerate(str(data["words"]).split(" "))})
    mark = np.unpackbits(data["marks"], axis=1) * np.uint8(_WORD_WORTH)
    groups = [codes.split() for codes in data["languages"].tolist()]
    first = np.cumsum([0, 0, *map(len, groups)])
    languages = [_WRITTEN_AS.get(code, code) for codes in groups for code in codes]
    alone = [code for code in _SCRIPTS.values() if code]
    script = kept("scripts", _Script, ("language.py",), _read_scripts)
    return _Profiles(
        entry, data["penalties"].view(np.uint64), words, mark.view(np.uint64), script.of, first
    ), languages + alone


@inner
def _add(sums, table, row):  # type: ignore[no-untyped-def]
    """Add a row's bytes to sums of 16 bits, four in a word: those of even and of odd bytes in turn."""
    for c in range(_PARTS):
        eight = table[row, c]
        sums[2 * c] += eight & _EVEN
        sums[2 * c + 1] += (eight >> np.uint64(8)) & _EVEN


@inner
def _sum(sums, column):  # type: ignore[no-untyped-def]
    part = sums[2 * (column // 8) + column % 2]
    return np.int64((part >> np.uint64(16 * (column % 8 // 2))) & np.uint64(0xFFFF))


@kernel_step
def _read_word(sym, i, j, entry, penalty, words, mark, cost, credit):  # type: ignore[no-untyped-def]
    """Charge the languages for a word; returns the runs of letters charged for."""
    grams = 0
    k, one = np.uint64(i), np.uint64(1)  # unsigned: compiled code need not look for negative places
    window = np.uint64(sym[k])
    for length in range(2, j - i + 1):
        k += one
        window = (window << np.uint64(16)) | np.uint64(sym[k])
        if length < 3:
            continue
        row = _row(entry, window) if length > 3 else -1
        if row < 0:
            row = _row(entry, window & np.uint64(0xFFFFFFFFFFFF))
        if row >= 0:
            _add(cost, penalty, row)
            grams += 1
    if 2 <= j - i <= 12:
        word = lookup(words, sym, i, j)
        if word >= 0:
            _add(credit, mark, word)
    return grams


@kernel_step
def _winner(cost, credit, languages, grams):  # type: ignore[no-untyped-def]
    """The column of the cheapest language if it leads by enough, else -1."""
    best, lowest, second = -1, np.int64(1 << 40), np.int64(1 << 40)
    for c in range(languages):
        price = _sum(cost, c) - _sum(credit, c)
        if price < lowest:
            best, lowest, second = c, price, lowest
        elif price < second:
            second = price
    if second - lowest < max(_LEAD, grams * _LEAD_SHARE * 20) or lowest > grams * _FOREIGN:
        return -1
    return best


@kernel_step
def _run(sym, i, last, scripts, script):  # type: ignore[no-untyped-def]
    """Where symbols of a script end; over unsigned numbers, for speed."""
    k, stop = np.uint64(i), np.uint64(last)
    while k < stop and scripts[sym[k]] == script:
        k += np.uint64(1)
    return np.int64(k)


@kernel_step
def _field_end(sym, i, last):  # type: ignore[no-untyped-def]
    k, stop = np.uint64(i), np.uint64(last)
    while k < stop and sym[k] != 0x1E:
        k += np.uint64(1)
    return np.int64(k)


@kernel_step
def _language(sym, first, last, known, cost, credit, letters, read):  # type: ignore[no-untyped-def]
    """The index of a text's language, or -1."""
    cost[:], credit[:], letters[:], read[:] = 0, 0, 0, 0
    # taken out of the tuple here, once: in a loop that would cost more than looking at them
    entry, penalty, words, mark, scripts = known.entry, known.penalty, known.words, known.mark, known.script
    i = first
    while i < last and read[1] + read[2] + read[3] < _MOST_GRAMS:
        i = _run(sym, i, last, scripts, 0)
        if i >= last:
            break
        script = scripts[sym[i]]
        j = _run(sym, i, last, scripts, script)
        attached = i > first and (sym[i - 1] in (64, 46, 47, 95, 38) or 48 <= sym[i - 1] <= 57)
        follows = sym[j] if j < last else 32
        address = follows in (64, 95, 47) or (follows in (46, 58) and j + 1 < last and scripts[sym[j + 1]] != 0)
        if script > _MIXED:
            letters[script] += j - i
        elif not (attached or address):
            letters[script] += j - i
            read[script] += _read_word(sym, i, j, entry, penalty, words, mark, cost[script], credit[script])
        i = j
    total, most = 0, 0
    for s in range(1, letters.shape[0]):
        total += letters[s]
        if letters[s] > letters[most]:
            most = s
    if letters[_KANA] * 10 > letters[_KANA] + letters[_HAN] and letters[_KANA] + letters[_HAN] > letters[most] // 2:
        most = _KANA
    if most > _MIXED:
        return known.first[_MIXED + 1] + most - _MIXED - 1 if total >= _FEWEST_LETTERS else -1
    if read[most] < _FEWEST_GRAMS:
        return -1
    column = _winner(cost[most], credit[most], known.first[most + 1] - known.first[most], read[most])
    return known.first[most] + column if column >= 0 else -1


@making_kernel
def _scan(sym, start, char, starts, known, body):  # type: ignore[no-untyped-def]
    """The language of each text (or -1), of its body if that has one, else of its title; and the span shown."""
    n = start.shape[0] - 1
    language, begin, end = np.full(n, -1, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64)
    cost = np.zeros((_MIXED + 1, 2 * _PARTS), np.uint64)
    credit = np.zeros((_MIXED + 1, 2 * _PARTS), np.uint64)
    letters, read = np.zeros(64, np.int64), np.zeros(_MIXED + 1, np.int64)
    scripts = known.script
    for r in range(n):
        a = start[r]
        while a < start[r + 1] and char[a] < starts[r, body]:
            a += 1
        b = _field_end(sym, a, start[r + 1])
        language[r] = _language(sym, a, b, known, cost, credit, letters, read)
        if language[r] < 0 and a > start[r]:
            a, b = start[r], a - 1
            language[r] = _language(sym, a, b, known, cost, credit, letters, read)
        a = _run(sym, a, b, scripts, 0)
        stop = min(b, a + _SPAN)
        while stop < b and scripts[sym[stop]] != 0 and stop < a + 2 * _SPAN:
            stop += 1
        begin[r], end[r] = a, stop
    return language, begin, end


class Language:
    """Finds the language that a record is written in; the span is the beginning of the text that says so."""

    name = "language"
    version = "1"
    types: tuple[str, ...] = ("language",)
    examples: Sequence[Example] = (
        Example("Good evening, I am new in town!", (("language", "en", "Good evening, I am new in town!", False),)),
        Example("Ik ben er vanavond weer, bel me", (("language", "nl", "Ik ben er vanavond weer, bel me", False),)),
        Example("Sunt disponibilă în fiecare seară", (("language", "ro", "Sunt disponibilă în fiecare seară", False),)),
        Example("Позвоните мне сегодня вечером", (("language", "ru", "Позвоните мне сегодня вечером", False),)),
        Example("Обадете ми се довечера, моля", (("language", "bg", "Обадете ми се довечера, моля", False),)),
        Example("Τηλεφώνησέ μου απόψε", (("language", "el", "Τηλεφώνησέ μου απόψε", False),)),
        Example("今晩電話してください", (("language", "ja", "今晩電話してください", False),)),
        Example("Anna 24", ()),
        Example("+31 6 12345678 www.example.com", ()),
    )

    def find(self, batch: TextBatch) -> pa.Table:
        """Rows of MENTIONS, in any order."""
        known, languages = _profiles()
        f = batch.folded
        language, begin, end = _scan(f.sym, f.start, f.char, batch.starts, known, FIELDS.index("body"))
        record = np.flatnonzero(language >= 0)
        value = pa.array(languages, pa.string()).take(pa.array(language[record]))
        no = np.zeros(len(record), np.bool_)
        return mentions(batch, self, "language", record, begin[record], end[record], value, no)


PLUGIN = Language()
