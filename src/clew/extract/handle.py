"""Accounts on platforms: "telegram: @name", "insta name", "@name", and the author's own of a record."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from clew.extract._handleveiled import SPACED, look_alikes, spaced_link, veiled_at, veiled_words
from clew.extract._handlewords import (
    AT_WORD,
    CUES,
    NAMED,
    NOT_NAMES,
    PLATFORMS,
    WEAK,
    connectors,
    cues,
    prepositions,
)
from clew.extract._marks import OF_HANDLE, next_mark
from clew.extract._suffix import is_provider
from clew.extract._words import (
    DIGIT,
    LETTER,
    lookup,
    put,
    skip_spaces,
    skip_spaces_back,
    symbol_kinds,
    word_begin,
    word_end,
)
from clew.extract._written import written
from clew.extract.base import Example, Ints, TextBatch, mentions, whole_fields
from clew.extract.fold import EMOJI
from clew.ingest.kernels import kernel_step, making_kernel
from clew.model.tables import MENTIONS

_NEAR = 30  # symbols between a platform's name and an "@name" that goes with it
_LONGEST = 32
_AT = PLATFORMS.index("at")
_TELEGRAM = PLATFORMS.index("telegram")
_SESSION = PLATFORMS.index("session")
_HYPHENS = tuple(PLATFORMS.index(p) for p in ("snapchat", "skype", "wechat", "kik"))
_COLON = pa.scalar(":", pa.string())  # with its type: Arrow looks for modules where it must find it out
_JOINED = re.compile(r"[a-z]\.[A-Z]")  # two sentences without a space
_LINK_BEGINS = ("http", "https", "www")  # "telegram: https://…" is read by `url`
_BARE, _MARKED, _AT_SIGN = 0, 1, 2  # what stands between the platform's name and the account's


@kernel_step
def _name_end(sym, i, end, hyphen):  # type: ignore[no-untyped-def]
    """Where the account name at i ends; i if there is none or if it is longer than any platform allows."""
    j = i
    stop = min(end, i + 70)
    while j < stop:
        c = sym[j]
        if not ((97 <= c <= 122) or (48 <= c <= 57) or c == 95 or c == 46 or (hyphen and c == 45)):
            break
        if (c == 46 or c == 45) and (j == i or sym[j - 1] == c):
            break
        j += 1
    while j > i and (sym[j - 1] == 46 or sym[j - 1] == 45):
        j -= 1
    if j < end and (sym[j] == 64 or (sym[j] >= 128 and sym[j] < EMOJI)):  # an e-mail address, or a word cut in two
        return i
    return j if j - i <= 66 else i


@kernel_step
def _is_no_word(sym, i, j):  # type: ignore[no-untyped-def]
    """Whether a name has a digit or "_" behind a letter, which no word of a sentence has."""
    for k in range(i + 1, j):
        if 48 <= sym[k] <= 57 or sym[k] == 95:
            return 97 <= sym[i] <= 122
    return False


@kernel_step
def _after_cue(sym, i, end, kinds, cue_words, links):  # type: ignore[no-untyped-def]
    """Where the name after a platform's name may begin (with its "@"; -1: none), and what stands between."""
    how = np.int64(_BARE)
    for _ in range(5):
        i = skip_spaces(sym, i, end, 3)
        if i >= end:
            break
        c = sym[i]
        if c == 64:
            return i, _AT_SIGN
        if c == 58 or c == 61 or c == 45 or c == 62 or c == EMOJI or c == 126:
            how, i = np.int64(_MARKED), i + 1
            continue
        if kinds[c] == LETTER:
            stop = word_end(sym, kinds, i, end)
            whole = stop >= end or not (kinds[sym[stop]] == DIGIT or sym[stop] == 95)
            code = lookup(links, sym, i, stop) if whole else np.int64(-1)
            if code == NAMED:
                how = np.int64(_MARKED)
            if code == AT_WORD and stop < end and sym[stop] == 32 and stop + 1 < end:
                return stop, _AT_SIGN
            if code >= 0:
                i = stop + 1 if stop - i == 1 and stop < end and sym[stop] == 39 else stop  # "c'est"
                continue
            if whole and lookup(cue_words, sym, i, stop) >= 0:
                break
            return i, how
        if c == 95 or kinds[c] == DIGIT:
            return i, how
        break
    return -1, how


@kernel_step
def _cue_after(sym, i, end, kinds, cue_words):  # type: ignore[no-untyped-def]
    """The platform named within a few words after an "@name" ("@anna on telegram"), or -1."""
    for _ in range(3):
        while i < end and (sym[i] == 32 or sym[i] == 40 or sym[i] == 44):
            i += 1
        stop = word_end(sym, kinds, i, min(end, i + 14))
        code = lookup(cue_words, sym, i, stop)
        if code >= 0 or stop == i:
            return code
        i = stop
    return np.int64(-1)


@kernel_step
def _ends_line(sym, i, end):  # type: ignore[no-untyped-def]
    i = skip_spaces(sym, i, end, 4)
    return i >= end or sym[i] < 32 or sym[i] == EMOJI or sym[i] in (124, 59, 41)


@making_kernel
def _scan(sym, start, places, kinds, cue_words, links, before, words, like):  # type: ignore[no-untyped-def]
    """Rows of: text, begin, begin of the name after "@", end, platform, what stands between, line ends."""
    rows = np.empty((256, 7), np.int64)
    marked, at, what = places.first, places.at, places.what
    k = np.int64(0)
    for r in range(start.shape[0] - 1):
        first, end = start[r], start[r + 1]
        if first == end:
            continue
        done, cue, cue_end = first, np.int64(-1), np.int64(-_NEAR - 1)
        c, c_end = marked[r], marked[r + 1]
        i = first - 1
        while True:
            if i < first and kinds[sym[first]] == LETTER:
                i = first
            else:
                c = next_mark(at, what, c, c_end, max(i + 1, done), OF_HANDLE)
                if c >= c_end:
                    break
                i = np.int64(at[c])
            sign = sym[i]
            before_it = sym[i - 1] if i > first else np.uint16(32)
            if kinds[before_it] == LETTER or kinds[before_it] == DIGIT or before_it in (95, 47, 64):
                continue
            if before_it == 46 and i - 2 >= first and kinds[sym[i - 2]] != 0 and sign == 64:
                continue
            if sign == 64:
                stop = _name_end(sym, i + 1, end, False)
                if stop - i < 4:
                    continue
                platform = cue if i - cue_end <= _NEAR else np.int64(-1)
                if platform < 0:
                    platform = _cue_after(sym, stop, end, kinds, cue_words)
                if platform < 0:
                    platform = np.int64(_AT)
                rows = put(rows, k, (r, i, i + 1, stop, platform, np.int64(_AT_SIGN), np.int64(0)))
                k += 1
                done = stop
                continue
            stop = word_end(sym, kinds, i, end)
            code = lookup(cue_words, sym, i, stop) if stop > i else np.int64(-1)
            veil, begin, how = 0, np.int64(-1), np.int64(_MARKED)
            platform, last, veil = veiled_at(sym, i, end, kinds, words, like)
            if veil:
                code, stop = platform, last
            elif stop == i + 1 and sym[i] == 116:  # "t . me / name"
                last = spaced_link(sym, i, end)
                if last > i:
                    code, begin = np.int64(_TELEGRAM), last
            done = max(stop, i + 1)
            if code < 0 or (stop < end and (sym[stop] == 46 and stop + 1 < end and kinds[sym[stop + 1]] == LETTER)):
                continue
            cue, cue_end = code, stop
            if begin < 0:
                begin, how = _after_cue(sym, stop, end, kinds, cue_words, links)
            if begin < 0:
                continue
            name = skip_spaces(sym, begin + 1, end, 1) if how == _AT_SIGN else begin
            if how == _AT_SIGN and sym[begin] == 32:  # a word for it
                begin = name
            name_end = _name_end(sym, name, end, code in _HYPHENS)
            if name_end - name < 3 or (name_end < end and sym[name_end] == 47):
                continue
            if how == _BARE and not _is_no_word(sym, name, name_end):
                to = sym[name - 4] == 32 and sym[name - 3] == 116 and sym[name - 2] == 111  # Polish "is", English "to"
                if veil == SPACED or (name >= first + 4 and to):
                    continue
                back = skip_spaces_back(sym, i, first, 2)
                if lookup(before, sym, word_begin(sym, kinds, back, first), back) >= 0:
                    continue
            rows = put(rows, k, (r, begin, name, name_end, code, how, np.int64(_ends_line(sym, name_end, end))))
            k += 1
            done = name_end
    return rows[:k]


def _shapes(strings: list[str]) -> npt.NDArray[np.int64]:
    """int64[k]: 0 no account name, 1 an unknown word, 2 a word with digits, dots or "_", 3 a Session ID."""
    return np.fromiter(map(_shape, strings), np.int64, len(strings))


@lru_cache(maxsize=1 << 16)
def _shape(text: str) -> int:
    name = text.lower()
    letters = sum(map(str.isalpha, name))
    if len(name) == 66 and name.startswith("05") and all(c in "0123456789abcdef" for c in name):
        return 3
    if (
        letters < 2
        or len(name) > _LONGEST
        or name in NOT_NAMES
        or name in _LINK_BEGINS
        or name in CUES
        or ("." in name and (is_provider(name) or name.split(".")[0] in NOT_NAMES))
        or _JOINED.search(text)
        or (name[0].isdigit() and letters < 4)
    ):
        return 0
    return 1 if name.isalpha() else 2


ADDRESS_BOOKS = ("whatsapp", "signal", "messenger", "instagram", "sms", "livechat")


def _own_accounts(batch: TextBatch, extractor: Handle) -> pa.Table:
    """The author's account of each record: ``platform:name``, pointing at the whole column ``handle``."""
    raw = batch.records.column("handle").cast(pa.string())
    if raw.null_count == len(raw):
        return MENTIONS.empty_table()
    name = pc.ascii_ltrim(pc.utf8_lower(pc.utf8_trim_whitespace(raw)), characters="@")
    platform = pc.utf8_lower(batch.records.column("platform").cast(pa.string()))
    # a phone number as author (a WhatsApp export) is no account name
    keep = pc.and_(pc.match_substring_regex(name, r"^[^\s+].{0,127}$"), pc.is_valid(platform))
    keep = pc.and_(keep, pc.invert(pc.match_substring_regex(name, r"^[0-9 ().-]{7,20}$")))
    # the sender in an export of a telephone is a name of its address book: another's "Mama" is somebody else
    message = pc.fill_null(pc.equal(batch.records.column("kind").cast(pa.string()), "message"), False)
    keep = pc.and_(keep, pc.invert(pc.and_(message, pc.is_in(platform, pa.array(ADDRESS_BOOKS, pa.string())))))
    at = pc.indices_nonzero(pc.fill_null(keep, False))
    value = pc.binary_join_element_wise(platform.take(at), name.take(at), _COLON)
    return whole_fields(batch, extractor, "handle", "handle", at, raw.take(at), value)


class Handle:
    """Finds accounts: ``platform:name`` in lower case, ``at:name`` where no platform is named."""

    name = "handle"
    version = "6"
    types: tuple[str, ...] = ("handle",)
    examples: Sequence[Example] = (
        Example("Telegram: @Rose_House", (("handle", "telegram:rose_house", "@Rose_House", False),)),
        Example("my insta annarose\ncall", (("handle", "instagram:annarose", "annarose", False),)),
        Example(
            "tg - annarose, snap: rose.h",
            (
                ("handle", "telegram:annarose", "annarose", False),
                ("handle", "snapchat:rose.h", "rose.h", False),
            ),
        ),
        Example(
            "ig @rose99 or @lily99, all of it is mine and here @jasmin77",
            (
                ("handle", "instagram:rose99", "@rose99", False),
                ("handle", "instagram:lily99", "@lily99", False),
                ("handle", "at:jasmin77", "@jasmin77", False),
            ),
        ),
        Example("@lilyhouse on Telegram", (("handle", "telegram:lilyhouse", "@lilyhouse", False),)),
        Example("телеграм @lilyhouse", (("handle", "telegram:lilyhouse", "@lilyhouse", False),)),
        Example("add me on snapchat rosa88", (("handle", "snapchat:rosa88", "rosa88", False),)),
        Example("I am on snapchat now, on telegram 24h", ()),
        Example("Line ID: rosa88", (("handle", "line:rosa88", "rosa88", False),)),
        Example("𝐓elegram @ｒosa88", (("handle", "telegram:rosa88", "@ｒosa88", True),)),
        Example(
            "Session 05" + "0123456789abcdef" * 4,
            (("handle", "session:05" + "0123456789abcdef" * 4, "05" + "0123456789abcdef" * 4, False),),
        ),
        Example("contact on telegram only, whatsapp available, session: 100 euro, online @ home, in line with", ()),
        Example("snap available, telegram channel, signal please, telegram: 06 1234 5678, mail a@mail.com", ()),
    )

    def find(self, batch: TextBatch) -> pa.Table:
        """Rows of MENTIONS, in any order."""
        f = batch.folded
        rows = _scan(
            f.sym, f.start, batch.marks, symbol_kinds(), cues(), connectors(), prepositions(),
            veiled_words(), look_alikes(),
        )  # fmt: skip
        record, name, end = rows[:, 0], rows[:, 2], rows[:, 3]
        inverse, strings, as_is = written(batch, record, name, end)
        names = [s.lower() for s in strings]
        keep = self._kept(rows, _shapes(strings)[inverse])
        platform = pa.array(PLATFORMS, pa.string()).take(pa.array(rows[keep, 4]))
        value = pc.binary_join_element_wise(
            platform, pa.array(names, pa.string()).take(pa.array(inverse[keep])), _COLON
        )
        found = mentions(batch, self, "handle", record[keep], rows[keep, 1], end[keep], value, ~as_is[keep])
        return pa.concat_tables([found, _own_accounts(batch, self)])

    @staticmethod
    def _kept(rows: Ints, shape: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Which rows are accounts: the less stands between, the more the name must look like one."""
        platform, how, ends = rows[:, 4], rows[:, 5], rows[:, 6] == 1
        length = rows[:, 3] - rows[:, 2]
        weak = np.isin(platform, [PLATFORMS.index(p) for p in WEAK])
        keep: npt.NDArray[np.bool_] = (shape == 2) & ((how > _BARE) | ~weak)
        keep |= (shape == 1) & (how == _AT_SIGN)
        keep |= (shape == 1) & (how == _MARKED) & ~weak & (length >= 4)
        keep |= (shape == 1) & (how == _BARE) & ~weak & ends & (length >= 5)
        session = platform == _SESSION
        keep[session] = shape[session] == 3
        return keep


PLUGIN = Handle()
