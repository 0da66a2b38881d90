"""Places that a text names: "Wien", "Vienna" and "Bécs" are "Vienna, AT".

A place column is taken at its word. In running text a name must begin with a capital, and must be of a town large
enough, near enough (in the record's own country) or announced ("in Reading"); a name that is also an everyday word
or a person's name must be announced or stand in a list of places. A wrong place makes a movement that never was, so
what is in doubt is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from numba.extending import register_jitable

from clew.extract._capitals import capitals, name_words, written_as
from clew.extract._gazetteer import gazetteer
from clew.extract._words import Words, grouped, lookup, symbol_kinds, vocabulary, word_begin, word_end
from clew.extract.base import FIELDS, Example, TextBatch, mentions, pack_region
from clew.ingest.kernels import kernel_step, making_kernel, making_step

_TITLE_OR_BODY = 2  # fields before this one are running text
_PLACE = FIELDS.index("place")

# People that a place must have (a spelling other than its main name counts for a fifth).
_OWN_FLOOR = 20_000  # in the record's own country
_FLOOR = 150_000
_ANNOUNCED_FLOOR = 5_000  # after "in", in the record's own country
_ANNOUNCED_ELSEWHERE = 50_000
_DOUBTFUL_FLOOR = 60_000
_COLUMN_ELSEWHERE = 50_000  # named in a place column, but outside the country that the column tells
_SHARE = 0.02  # of the largest place's people that a namesake in the record's country must have

_ANNOUNCES, _PERSON = 0, 1
_BY_NAME, _LETTERS = 0x8000, np.uint16(0x7FFF)
_BEFORE = {
    # what hardly stands before anything but a place
    _ANNOUNCES: """
        in im te em w we v ve в во near nähe nahe cerca din près lângă στην στη στο σε inside
        around visiting outside центр город градe місто градa
    """,
    _PERSON: """
        name is ist est named called am im i'm miss mrs mr ms ben bin heet heisse heiße sono suis llamo chiamo numesc
        imię nevem зовут казвам ask call contact by with met mit avec con cu z od hi hello hallo dear lady girl
    """,
}

_STATES = """
    alabama:AL alaska:AK arizona:AZ arkansas:AR california:CA colorado:CO connecticut:CT delaware:DE florida:FL
    georgia:GA hawaii:HI idaho:ID illinois:IL indiana:IN iowa:IA kansas:KS kentucky:KY louisiana:LA maine:ME
    maryland:MD massachusetts:MA michigan:MI minnesota:MN mississippi:MS missouri:MO montana:MT nebraska:NE
    nevada:NV ohio:OH oklahoma:OK oregon:OR pennsylvania:PA tennessee:TN texas:TX utah:UT vermont:VT virginia:VA
    washington:WA wisconsin:WI wyoming:WY
"""


@cache
def _states() -> Words:
    """The states of the US by their names of one word, packed as `_state` gives them."""
    named = (entry.split(":") for entry in _STATES.split())
    return vocabulary({name: pack_region(code) for name, code in named})


@cache
def _vocabulary() -> Words:
    return grouped({code: _BEFORE[code] for code in (_PERSON, _ANNOUNCES)})


@kernel_step
def _joined(sym, begin, end, first, last):  # type: ignore[no-untyped-def]
    """Is the span part of an address, a handle or a number?"""
    if begin > first and sym[begin - 1] in (64, 95, 46, 47, 92, 61, 38, 36):
        return not (sym[begin - 1] in (47, 46) and begin - 1 > first and (sym[begin - 2] == 32 or sym[begin - 1] == 47))
    if end < last and sym[end] in (64, 95, 61):
        return True
    if end + 1 >= last or sym[end] not in (46, 58):
        return False
    return sym[end + 1] != 32 and sym[end + 1] != 10 and sym[end + 1] < 0xE000


@kernel_step
def _cue(text, r, begin, first, kinds, words):  # type: ignore[no-untyped-def]
    """What the word before a span says, or -1."""
    sym = text[0]
    j = begin
    while j > first and begin - j < 3 and sym[j - 1] in (32, 58, 35, 34, 39):
        j -= 1
    if j == begin:
        return np.int64(-1)
    return lookup(words, sym, word_begin(sym, kinds, j, first), j)


@kernel_step
def _shouted(text, r, begin, end, first, last, kinds, capitals):  # type: ignore[no-untyped-def]
    """Do both the span and a word beside it stand in capitals, so that a capital says nothing?"""
    sym = text[0]
    if end - begin < 2 or written_as(text, r, end - 1, capitals) != 1:
        return False
    j = end
    while j < last and kinds[sym[j]] != 1 and j - end < 4:
        j += 1
    if j < last and kinds[sym[j]] == 1:
        k = word_end(sym, kinds, j, last)
        if k - j > 1:
            return written_as(text, r, k - 1, capitals) == 1
    j = begin
    while j > first and kinds[sym[j - 1]] != 1 and begin - j < 4:
        j -= 1
    return j > first and kinds[sym[j - 1]] == 1 and written_as(text, r, j - 1, capitals) == 1


@kernel_step
def _state(sym, end, last, kinds, states):  # type: ignore[no-untyped-def]
    """A US state's two letters after "Portland, ", packed in upper case; with `_BY_NAME` where its name stands there,
    which cannot be a country's letters ("CA"); or 0.
    """
    j = end
    while j < last and j - end < 2 and sym[j] in (32, 44):
        j += 1
    if j == end or j + 2 > last:
        return np.uint16(0)
    if j + 2 < last and kinds[sym[j + 2]] in (1, 2):
        named = lookup(states, sym, j, word_end(sym, kinds, j, last))
        return np.uint16(named | _BY_NAME) if named > 0 else np.uint16(0)
    if not (97 <= sym[j] <= 122 and 97 <= sym[j + 1] <= 122):
        return np.uint16(0)
    return np.uint16(((sym[j] - 32) << 8) | (sym[j + 1] - 32))


@kernel_step
def _choose(lists, name, region, state, strict):  # type: ignore[no-untyped-def]
    """The place that a name means, its score, and 2 if its state or country is named, 1 if it is in the record's."""
    first, place, score, country, division = lists
    best, a, b = -1, first[name], first[name + 1]
    for i in range(a, b):
        p = place[i]
        if state != 0 and (division[p] == state & _LETTERS or country[p] == state):
            return np.int64(p), score[i], 2
        if best < 0 and region != 0 and country[p] == region and (strict or score[i] >= _SHARE * score[a]):
            best = i
    if best >= 0:
        return np.int64(place[best]), score[best], 1
    return np.int64(place[a]), score[a], 0


@making_kernel
def _judge(text, start, char, starts, region, hits, lists, doubtful, kinds, capitals, words, states):  # type: ignore[no-untyped-def]
    """int32[hits]: the place of each hit, or -1; ``doubt`` marks those that only a list of places can save."""
    record, begin, end, phrase = hits
    sym = text[0]
    out, doubt = np.full(record.shape[0], -1, np.int32), np.zeros(record.shape[0], np.bool_)
    for k in range(record.shape[0]):
        r, i, j, name = record[k], begin[k], end[k], phrase[k]
        at, first, last = char[i], start[r], start[r + 1]
        in_column = at >= starts[r, _PLACE] and (at < starts[r, _PLACE + 1])
        if in_column:
            p, score, own = _choose(lists, name, region[r], _state(sym, j, last, kinds, states), True)
            if own or score >= _COLUMN_ELSEWHERE:
                out[k] = p
            continue
        if at >= starts[r, _TITLE_OR_BODY]:
            continue
        if j - i < 3 and sym[i] < 0x250:
            continue
        # a small particle may begin a name ("den Haag"), but is none
        if written_as(text, r, i, capitals) == 0 and word_end(sym, kinds, i, last) >= j:
            continue
        if _joined(sym, i, j, first, last):
            continue
        cue = _cue(text, r, i, first, kinds, words)
        if cue == _PERSON:
            continue
        state = _state(sym, j, last, kinds, states)
        p, score, own = _choose(lists, name, region[r], state, False)
        unsure = doubtful[name] or j - i < 4
        if own == 2:
            floor = _ANNOUNCED_FLOOR
        elif cue == _ANNOUNCES and not (unsure and _shouted(text, r, i, j, first, last, kinds, capitals)):
            floor = _DOUBTFUL_FLOOR if unsure else _ANNOUNCED_FLOOR if own else _ANNOUNCED_ELSEWHERE
        elif unsure:
            floor = _DOUBTFUL_FLOOR
            doubt[k] = True
        else:
            floor = _OWN_FLOOR if own else _FLOOR
        if score >= floor:
            out[k] = p
    _lists_of_places(sym, record, begin, end, out, doubt)
    return out


@kernel_step
def _beside(sym, end, begin):  # type: ignore[no-untyped-def]
    """Does no more than a comma, bar, slash or dash stand between two spans?"""
    marks = 0
    for i in range(end, begin):
        if sym[i] in (44, 47, 124, 38, 45, 43, 0x2022, 0xB7):
            marks += 1
        elif sym[i] != 32 and sym[i] != 10:
            return False
    return marks > 0 and begin - end < 5


@making_step
def _lists_of_places(sym, record, begin, end, out, doubt):  # type: ignore[no-untyped-def]
    """Keep a doubtful place only beside one that is in no doubt."""
    n = record.shape[0]
    saved = np.zeros(n, np.bool_)
    for step in (1, -1):
        k = 0 if step > 0 else n - 1
        while 0 <= k < n:
            near = k - step
            if out[k] >= 0 and doubt[k] and 0 <= near < n and record[near] == record[k] and out[near] >= 0:
                a, b = (near, k) if step > 0 else (k, near)
                if (not doubt[near] or saved[near]) and _beside(sym, end[a], begin[b]):
                    saved[k] = True
            k += step
    for k in range(n):
        if doubt[k] and not saved[k]:
            out[k] = -1


def coordinates(values: pa.Array | pa.ChunkedArray) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Latitude and longitude in degrees of values of mentions of type ``place``; NaN for what is no such value."""
    known = gazetteer()
    where = pc.fill_null(pc.index_in(values, value_set=known.value), -1).to_numpy(zero_copy_only=False)
    latitude, longitude = (np.append(x, np.float32(np.nan)) for x in (known.latitude, known.longitude))
    return latitude[where], longitude[where]


@register_jitable
def great_circle(latitude_a: Any, latitude_b: Any, east: Any) -> Any:
    """Kilometres between points, of arrays or (in kernels) of numbers; NaN where one is not known.

    Args:
        latitude_a, latitude_b: radians.
        east: radians from the one longitude to the other.
    """
    half = np.sin((latitude_b - latitude_a) / 2) ** 2
    half += np.cos(latitude_a) * np.cos(latitude_b) * np.sin(east / 2) ** 2
    return 12_742 * np.arcsin(np.sqrt(np.minimum(half, 1.0)))


class Place:
    """Finds places of the gazetteer; the value is the place's name and country."""

    name = "place"
    version = "3"
    types: tuple[str, ...] = ("place",)
    examples: Sequence[Example] = (
        Example("New in Amsterdam, also Rotterdam", (
            ("place", "Amsterdam, NL", "Amsterdam", False), ("place", "Rotterdam, NL", "Rotterdam", False))),
        Example("Wien und Vienna und Bécs, Wien", tuple(
            ("place", "Vienna, AT", raw, False) for raw in ("Wien", "Vienna", "Bécs", "Wien"))),
        Example("Сейчас в Киеве, завтра: Киев", tuple(
            ("place", "Kyiv, UA", raw, False) for raw in ("Киеве", "Киев"))),
        Example("A nice bath, reading on my mobile, split the man", ()),
        Example("Reading is nice. Nice to meet you. Bath after. Sofia, 24, sweet", ()),
        Example("Visiting in Nice and then in Reading", (
            ("place", "Nice, FR", "Nice", False), ("place", "Reading, GB", "Reading", False))),
        Example("Tour: Paris, Nice, Lyon", (
            ("place", "Paris, FR", "Paris", False), ("place", "Nice, FR", "Nice", False),
            ("place", "Lyon, FR", "Lyon", False))),
        Example("Birmingham", (("place", "Birmingham, GB", "Birmingham", False),)),
        Example("Birmingham", (("place", "Birmingham, US", "Birmingham", False),), "US"),
        Example("Located in Paris, Texas", (("place", "Paris, US", "Paris", False),)),
        Example("www.amsterdam.nl @Rotterdam amsterdam_girl", ()),
    )  # fmt: skip

    def find(self, batch: TextBatch) -> pa.Table:
        """Rows of MENTIONS, in any order."""
        known, f = gazetteer(), batch.folded
        hits = known.phrases.find(f, name_words(batch, _PLACE))
        text = (f.sym, f.byte, batch.data, batch.offsets)
        lists = (known.first, known.place, known.score, known.country, known.division)
        spans = (hits.record, hits.begin, hits.end, hits.phrase)
        of = _judge(
            text, f.start, f.char, batch.starts, batch.region, spans, lists, known.doubtful,
            symbol_kinds(), capitals(), _vocabulary(), _states(),
        )  # fmt: skip
        kept = np.flatnonzero(of >= 0)
        value = known.value.take(pa.array(of[kept]))
        span = hits.record[kept], hits.begin[kept], hits.end[kept]
        return mentions(batch, self, "place", *span, value, np.zeros(len(kept), np.bool_))


PLUGIN = Place()
