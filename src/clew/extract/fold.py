"""Fold text to one symbol per readable character, so that every extractor reads what a person reads.

A symbol is a 16-bit number: the lower-case base letter of a character in the Basic Multilingual Plane ("É", "𝐞" and
"ｅ" are all "e"), a digit of any script as ASCII "0" to "9", or one of the marks below. What a person does not see is
dropped: zero-width characters, accents, variation selectors, HTML tags, comments, scripts. HTML entities are read as
their character, and the target of a link (``href``) stays readable. Each symbol knows the character and byte it came
from, so that a mention always points into the text as received.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clew.extract._html import EMIT, NOTHING, SKIP, read_markup
from clew.extract._kept import kept
from clew.extract._load import load8
from clew.extract._room import room
from clew.ingest.buffers import unwritten
from clew.ingest.kernels import kernel, kernel_step

VERSION = "1"  # changes whenever a text may give other symbols

BREAK = 0x1E  # stands between two fields of a record: nothing reads across it
EMOJI = 0xE000  # any emoji, arrow or other picture symbol
OTHER = 0xE001  # a letter outside the Basic Multilingual Plane

_TABLE_SIZE = 0x20000
_EACH = np.uint64(0x0101010101010101)  # 1 in each of eight bytes
_PAIRS = np.uint64(0x00FF00FF00FF00FF)  # every second of eight bytes
_DASHES = {0x2212, 0x2043, 0x02D7, 0x30FC, 0x2500}
_QUOTES = {0x2018: "'", 0x2019: "'", 0x201A: "'", 0x201B: "'", 0x2032: "'", 0x60: "'", 0xB4: "'"}
_QUOTES |= {0x201C: '"', 0x201D: '"', 0x201E: '"', 0xAB: '"', 0xBB: '"'}
_PLAIN = {"ø": "o", "đ": "d", "ł": "l", "æ": "a", "œ": "o", "ð": "d", "þ": "t", "ı": "i", "ħ": "h", "ŧ": "t", "ə": "e"}


@dataclass(frozen=True)
class Folded:
    """The symbols of a batch of texts, one text after the other.

    Attributes:
        sym: uint16[m], the symbols.
        start: int64[n + 1]; text i is ``sym[start[i]:start[i + 1]]``.
        char: uint32[m], the character (code point) of its text that a symbol came from.
        byte: uint32[m], the same as a byte offset into the text.
        width: uint8[m], how many characters the symbol took (more than 1 for an HTML entity).
    """

    sym: npt.NDArray[np.uint16]
    start: npt.NDArray[np.int64]
    char: npt.NDArray[np.uint32]
    byte: npt.NDArray[np.uint32]
    width: npt.NDArray[np.uint8]


class _Categories(NamedTuple):
    """The categories of Unicode ("Lu", "Nd"): str_[k], and which of them each code point is of: uint8[131072]."""

    names: npt.NDArray[np.str_]
    of_each: npt.NDArray[np.uint8]


class _Points(NamedTuple):
    """What is known of the code points of the first two planes; ``symbol`` is `fold_table`."""

    categories: _Categories
    symbol: npt.NDArray[np.uint16]


def _made() -> _Points:
    names, of_each = np.unique(list(map(unicodedata.category, map(chr, range(_TABLE_SIZE)))), return_inverse=True)
    categories = _Categories(names, of_each.astype(np.uint8))
    return _Points(categories, _fold_all_points(categories))


@cache
def _points() -> _Points:
    return kept("points", _Points, ("fold.py",), _made)


def in_categories(*names: str) -> npt.NDArray[np.bool_]:
    """bool[131072]: which code points are of one of some categories ("Lo") or kinds of them ("L")."""
    return _within(_points().categories, *names)


def _within(known: _Categories, *names: str) -> npt.NDArray[np.bool_]:
    asked = [name in names or name[0] in names for name in known.names.tolist()]
    wanted: npt.NDArray[np.bool_] = np.array(asked)[known.of_each]
    return wanted


def _fold_point(point: int) -> int:
    """The symbol of one code point of those that `fold_table` does not tell by their category."""
    c = chr(point)
    category = unicodedata.category(c)
    digit = unicodedata.digit(c, None)
    if digit is not None:
        return 0x30 + digit
    if category == "No" and point <= 0xBE:  # "½" is not the first digit of its parts
        return point
    if category == "Pd" or point in _DASHES:
        return 0x2D
    if point in _QUOTES:
        return ord(_QUOTES[point])
    base = c
    if unicodedata.decomposition(c):
        parts = unicodedata.normalize("NFKD", c)
        base = "".join(x for x in parts if unicodedata.category(x) not in ("Mn", "Me"))
    base = base.strip().casefold()
    if category in ("So", "Sm", "Sk") and point >= 0x2190 and len(base) != 1:
        return EMOJI
    if not base:
        return 0x20
    first = _PLAIN.get(base[0], base[0])
    if category in ("So", "Sm", "Sk") and point >= 0x2190 and first == c:
        return EMOJI
    if ord(first) > 0xFFFF:
        return EMOJI if category == "So" else OTHER
    return ord(first)


def fold_table() -> npt.NDArray[np.uint16]:
    """uint16[131072]: the symbol of each code point of the first two planes (0: not read)."""
    return _points().symbol


def _fold_all_points(known: _Categories) -> npt.NDArray[np.uint16]:
    table = np.full(_TABLE_SIZE, EMOJI, np.uint16)  # where nothing is: it may be a picture that is new
    table[_within(known, "Co", "Cs")] = OTHER  # private, or half of a pair
    table[_within(known, "Cc", "Zs")] = 0x20
    table[_within(known, "Mn", "Me", "Cf")] = 0
    # Letters without case are their own base but for a few; a Korean syllable is one, not the first of its parts.
    points = np.flatnonzero(_within(known, "Lo"))
    table[points] = np.where(points <= 0xFFFF, points, OTHER)
    made = [p for p in points.tolist() if unicodedata.decomposition(chr(p)) and not 0xAC00 <= p <= 0xD7A3]
    others = np.flatnonzero(~_within(known, "Lo", "C", "Zs", "Mn", "Me"))
    for point in (*made, *others.tolist()):
        table[point] = _fold_point(point)
    table[[0x0A, 0x0D, 0x85, 0x2028, 0x2029]] = 0x0A
    table[BREAK] = BREAK
    return table


def fold_text(text: str) -> str:
    """Fold one string (for word lists and queries); what is not read is dropped, tags are not."""
    table = fold_table()
    folded = (int(table[ord(c)]) if ord(c) < _TABLE_SIZE else OTHER for c in text)
    return "".join(chr(s) for s in folded if s)


@kernel_step
def decode(data, i, end):  # type: ignore[no-untyped-def]
    """The code point at byte i and its length; a broken sequence counts as one unreadable byte."""
    b = data[i]
    if b < 0x80:
        return np.int64(b), 1
    if b >= 0xF0 and i + 3 < end:
        return (
            ((np.int64(b) & 7) << 18)
            | ((np.int64(data[i + 1]) & 63) << 12)
            | ((np.int64(data[i + 2]) & 63) << 6)
            | (np.int64(data[i + 3]) & 63)
        ), 4
    if b >= 0xE0 and i + 2 < end:
        return ((np.int64(b) & 15) << 12) | ((np.int64(data[i + 1]) & 63) << 6) | (np.int64(data[i + 2]) & 63), 3
    if b >= 0xC0 and i + 1 < end:
        return ((np.int64(b) & 31) << 6) | (np.int64(data[i + 1]) & 63), 2
    return np.int64(0xFFFD), 1


@kernel_step
def _plain_ascii(data, i, stop):  # type: ignore[no-untyped-def]
    """How many bytes from i on stand for themselves but for their case, as far as eight at a time tell.

    Those are ASCII, but no markup, no "`" and no control character. A borrow between bytes can only hide bytes
    after one that is odd, never the odd one.
    """
    begin, eight = i, np.uint64(8)
    while i + eight <= stop:
        w = load8(data, i)
        odd = w | (w + _EACH) | (w - _EACH * np.uint64(0x20))
        odd |= ((w ^ (_EACH * np.uint64(60))) - _EACH) | ((w ^ (_EACH * np.uint64(38))) - _EACH)
        odd |= (w ^ (_EACH * np.uint64(96))) - _EACH
        if odd & (_EACH << np.uint64(7)):
            break
        i += eight
    return i - begin


@kernel_step
def _copy_ascii(data, i, run, at, back, m, sym, char, byte):  # type: ignore[no-untyped-def]
    """Fold bytes of which `_plain_ascii` holds; loops without branches, so that they become vector instructions."""
    source, symbols = data[i : i + run], sym[m : m + run]
    for k in range(run):
        b = np.int32(source[k])
        symbols[k] = np.uint16(b | (32 if 65 <= b <= 90 else 0))
    chars, bytes_ = char[m : m + run], byte[m : m + run]
    first, first_byte = np.int64(at), np.int64(i - back)
    for k in range(run):
        chars[k] = np.uint32(first + k)
    for k in range(run):
        bytes_[k] = np.uint32(first_byte + k)


@kernel_step
def _plain(data, i, stop, end, at, back, m, table, sym, char, byte):  # type: ignore[no-untyped-def]
    """Fold what is no markup: up to ``stop``, a "<" or a "&"; returns where reading ended, characters and symbols."""
    one = np.uint64(1)
    while i < stop:
        run = _plain_ascii(data, i, stop)
        if run:
            _copy_ascii(data, i, np.int64(run), at, back, m, sym, char, byte)
            i, at, m = i + run, at + run, m + run
        again = min(stop, i + np.uint64(8))
        while i < again:
            b = data[i]
            if b < 0x80:
                if b == 60 or b == 38:
                    return i, at, m
                point, length = np.uint64(b), one
            elif 0xC0 <= b < 0xE0 and i + one < end:
                point = ((np.uint64(b) & np.uint64(31)) << np.uint64(6)) | (np.uint64(data[i + one]) & np.uint64(63))
                length = one + one
            else:
                far, size = decode(data, i, end)
                point, length = np.uint64(far), np.uint64(size)
            symbol = table[point] if point < _TABLE_SIZE else np.uint16(0 if point >= 0xE0000 else OTHER)
            sym[m], char[m], byte[m] = symbol, at, i - back
            m += np.uint64(symbol != 0)
            at += one
            i += length
    return i, at, m


@kernel_step
def characters(data, i, stop):  # type: ignore[no-untyped-def]
    """How many characters begin between two bytes (uint64) of UTF-8, eight at a time."""
    k, more, one, eight = i, np.uint64(0), np.uint64(1), np.uint64(8)  # more: bytes that begin none, "10" above
    while k + eight <= stop:
        lanes = np.uint64(0)
        for _ in range(min((stop - k) >> np.uint64(3), np.uint64(255))):
            w = load8(data, k)
            lanes += (w >> np.uint64(7)) & ~(w >> np.uint64(6)) & _EACH
            k += eight
        pairs = (lanes & _PAIRS) + ((lanes >> eight) & _PAIRS)
        more += (pairs * np.uint64(0x0001000100010001)) >> np.uint64(48)
    while k < stop:
        more += np.uint64(data[k] & 0xC0 == 0x80)
        k += one
    return stop - i - more if stop > i else np.uint64(0)


@kernel
def _fold(data, offsets, table, sym, start, char, byte, width):  # type: ignore[no-untyped-def]
    one, m = np.uint64(1), np.uint64(0)
    for t in range(offsets.shape[0] - 1):
        start[t] = m
        first, end = np.uint64(offsets[t]), np.uint64(offsets[t + 1])
        i, at = first, np.uint64(0)  # the byte and the character of this text
        inside = False  # a link target is being read, up to `target_end`, in a tag that ends at `resume`
        target_end = resume = end
        while True:
            i, at, m = _plain(data, i, target_end if inside else end, end, at, first, m, table, sym, char, byte)
            if inside and i >= target_end:
                at += characters(data, i, resume)
                i, inside = max(i, resume), False
                sym[m], char[m], byte[m] = 0x20, at - one, i - one - first
                m += one
                continue
            if i >= end:
                break
            action, symbol, stop, keep_from, keep_to = read_markup(data, np.int64(i), np.int64(end))
            if action == NOTHING or (inside and data[i] == 60):
                sym[m], char[m], byte[m] = data[i], at, i - first
                i, at, m = i + one, at + one, m + one
                continue
            target = np.uint64(keep_from if keep_from >= 0 else stop)
            passed = characters(data, i, target)
            if action == EMIT:
                symbol = table[symbol] if symbol < table.shape[0] else OTHER
            if action != SKIP and symbol != 0:
                sym[m], char[m], byte[m] = symbol, at, i - first
                if action == EMIT:
                    width[m] = min(passed, 255)
                m += one
            at += passed
            i = target
            if keep_from >= 0:
                inside, target_end, resume = True, np.uint64(keep_to), np.uint64(stop)
    start[offsets.shape[0] - 1] = m
    return m


def fold(data: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64]) -> Folded:
    """Fold a batch of UTF-8 texts.

    Args:
        data: uint8[k], the bytes of all texts.
        offsets: int64[n + 1], text i is ``data[offsets[i]:offsets[i + 1]]``.
    """
    # A text never has more symbols than bytes: a tag gives at most one symbol and is at least three bytes long.
    size = int(offsets[-1] - offsets[0]) + 1
    sym, char, byte, width = room(size, np.uint16), room(size, np.uint32), room(size, np.uint32), room(size, np.uint8)
    width.fill(1)
    start = np.empty(len(offsets), np.int64)
    m = _fold(unwritten(data), unwritten(offsets), fold_table(), sym, start, char, byte, width)
    return Folded(sym[:m], start, char[:m], byte[:m], width[:m])


def text_buffers(texts: pa.Array) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """The bytes and offsets of an Arrow string array, without copying (nulls are empty)."""
    large = texts.cast(pa.large_string()) if not pa.types.is_large_string(texts.type) else texts
    _, offsets, data = large.buffers()
    where = np.frombuffer(offsets, np.int64, len(large) + 1, large.offset * 8)
    return np.frombuffer(data if data is not None else b"", np.uint8), where
