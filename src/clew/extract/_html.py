"""What a "<" or "&" in a text means to a reader: a tag, a comment, an entity, or just itself."""

from __future__ import annotations

import numpy as np

from clew.ingest.kernels import kernel_step

NOTHING, EMIT, BLANK, SKIP = 0, 1, 2, 3  # itself; one symbol for it; a white space for it; not read at all
_TAG_LIMIT = 4096  # a longer "tag" is text

_ENTITIES = {
    "amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "nbsp": " ", "euro": "€", "pound": "£", "shy": "\u00ad",
    "zwnj": "\u200c", "zwj": "\u200d", "bull": "•", "middot": "·", "ndash": "-", "mdash": "-", "hellip": ".",
    "plus": "+", "num": "#", "period": ".", "comma": ",", "lpar": "(", "rpar": ")", "commat": "@", "sol": "/",
    "colon": ":", "hyphen": "-", "dash": "-", "lowbar": "_", "szlig": "ß", "hearts": "♥", "raquo": "»", "laquo": "«",
}  # fmt: skip
_ACCENTS = ("acute", "grave", "circ", "uml", "tilde", "cedil", "ring", "caron", "slash")
_INLINE = [
    "a", "b", "i", "u", "s", "em", "strong", "span", "font", "small", "big", "sub", "sup", "wbr", "mark", "tt", "code",
    "ins", "del", "label",
]  # fmt: skip


def _pack(word: str) -> int:
    """Up to eight ASCII letters as one integer, so that compiled code compares words as numbers."""
    return int.from_bytes(word.encode(), "big")


_NAMES = np.array([_pack(k) for k in _ENTITIES], np.uint64)
_POINTS = np.array([ord(v) for v in _ENTITIES.values()], np.int64)
_ACCENT_NAMES = np.array([_pack(k) for k in _ACCENTS], np.uint64)
_INLINE_NAMES = np.array([_pack(k) for k in _INLINE], np.uint64)
_SCRIPT, _STYLE, _HREF = _pack("script"), _pack("style"), _pack("href")


@kernel_step
def _letter(b):  # type: ignore[no-untyped-def]
    return (97 <= b <= 122) or (65 <= b <= 90)


@kernel_step
def _find_tag_end(data, i, end):  # type: ignore[no-untyped-def]
    """The byte after the ">" that closes a tag opened before i, or -1; a "<" outside quotes means it was no tag."""
    quote = 0
    for k in range(i, min(end, i + _TAG_LIMIT)):
        b = data[k]
        if quote:
            if b == quote:
                quote = 0
        elif b == 34 or b == 39:
            quote = b
        elif b == 62:
            return k + 1
        elif b == 60:
            return -1
    return -1


@kernel_step
def _find_href(data, i, end):  # type: ignore[no-untyped-def]
    """First and last byte of a quoted link target between i and end, or -1, -1."""
    word = np.uint64(0)
    for k in range(i, end):
        b = data[k]
        if b == 61 and (word & np.uint64(0xFFFFFFFF)) == np.uint64(_HREF):
            k += 1
            if k < end and (data[k] == 34 or data[k] == 39):
                for j in range(k + 1, end):
                    if data[j] == data[k]:
                        return k + 1, j
            return -1, -1
        word = (word << np.uint64(8)) | np.uint64(b | 32 if _letter(b) else b)
    return -1, -1


@kernel_step
def _close_of(data, i, end, name):  # type: ignore[no-untyped-def]
    """The byte where "</script" or "</style" begins, or -1: then, as in a browser, nothing after it is read."""
    word = np.uint64(0)
    for k in range(i, end):
        b = data[k]
        word = (word << np.uint64(8)) | np.uint64(b | 32 if _letter(b) else b)
        if name == np.uint64(_STYLE):
            if (word & np.uint64(0xFFFFFFFFFF)) == name and data[k - 5] == 47:
                return k - 6
        elif (word & np.uint64(0xFFFFFFFFFFFF)) == name and data[k - 6] == 47:
            return k - 7
    return -1


@kernel_step
def _read_entity(data, i, end):  # type: ignore[no-untyped-def]
    """Code point and end of the entity at i, or -1."""
    k = i + 1
    if k < end and data[k] == 35:  # numeric
        k += 1
        base = 10
        if k < end and (data[k] | 32) == 120:
            base, k = 16, k + 1
        value, digits = np.int64(0), 0
        while k < end and digits < 8:
            b = data[k]
            if 48 <= b <= 57:
                d = b - 48
            elif base == 16 and 97 <= (b | 32) <= 102:
                d = (b | 32) - 87
            else:
                break
            value, digits, k = value * base + d, digits + 1, k + 1
        if digits == 0 or value > 0x10FFFF:
            return np.int64(-1), i
        return value, (k + 1 if k < end and data[k] == 59 else k)
    word, length = np.uint64(0), 0
    while k < end and length < 8 and _letter(data[k]):
        word = (word << np.uint64(8)) | np.uint64(data[k])
        k, length = k + 1, length + 1
    if length < 2 or k >= end or data[k] != 59:
        return np.int64(-1), i
    for e in range(_NAMES.shape[0]):
        if _NAMES[e] == word:
            return _POINTS[e], k + 1
    rest = word & ((np.uint64(1) << np.uint64(8 * (length - 1))) - np.uint64(1))
    for e in range(_ACCENT_NAMES.shape[0]):
        if _ACCENT_NAMES[e] == rest:
            return np.int64(data[i + 1]), k + 1
    return np.int64(-1), i


@kernel_step
def read_markup(data, i, end):  # type: ignore[no-untyped-def]
    """Read the markup that may begin at byte i.

    Returns:
        action (NOTHING, EMIT, BLANK or SKIP), the symbol's code point, the byte after the markup, and the first and
        last byte of a link target inside it that stays readable (-1, -1 when there is none).
    """
    if data[i] == 38:
        point, stop = _read_entity(data, i, end)
        if point < 0:
            return NOTHING, np.int64(0), i, np.int64(-1), np.int64(-1)
        return EMIT, point, stop, np.int64(-1), np.int64(-1)
    k = i + 1
    if k + 2 < end and data[k] == 33 and data[k + 1] == 45 and data[k + 2] == 45:  # comment
        for j in range(k + 3, min(end, k + 3 + _TAG_LIMIT)):
            if data[j] == 62 and data[j - 1] == 45 and data[j - 2] == 45:
                return SKIP, np.int64(0), j + 1, np.int64(-1), np.int64(-1)
            if data[j] == 60 and j + 3 < end and data[j + 1] == 33 and data[j + 2] == 45 and data[j + 3] == 45:
                break  # another comment begins: this one was none, or a megabyte of them would take minutes
        return NOTHING, np.int64(0), i, np.int64(-1), np.int64(-1)
    closing = k < end and data[k] == 47
    if closing or (k < end and data[k] == 33):
        k += 1
    name, length = np.uint64(0), 0
    while k < end and length < 10 and (_letter(data[k]) or (length > 0 and 48 <= data[k] <= 57)):
        name = (name << np.uint64(8)) | np.uint64(data[k] | 32)
        k, length = k + 1, length + 1
    # "<name@mail>" and "<http://…>" are text: a tag's name is followed by white space, "/" or ">"
    if length == 0 or k >= end or not (data[k] <= 32 or data[k] == 62 or data[k] == 47):
        return NOTHING, np.int64(0), i, np.int64(-1), np.int64(-1)
    stop = _find_tag_end(data, k, end)
    if stop < 0:
        return NOTHING, np.int64(0), i, np.int64(-1), np.int64(-1)
    if not closing and (name == np.uint64(_SCRIPT) or name == np.uint64(_STYLE)):
        close = _close_of(data, stop, end, name)
        return SKIP, np.int64(0), close if close >= 0 else end, np.int64(-1), np.int64(-1)
    keep_from, keep_to = _find_href(data, k, stop)
    if keep_from >= 0:
        return BLANK, np.int64(32), stop, np.int64(keep_from), np.int64(keep_to)
    for e in range(_INLINE_NAMES.shape[0]):
        if _INLINE_NAMES[e] == name:
            return SKIP, np.int64(0), stop, np.int64(-1), np.int64(-1)
    return BLANK, np.int64(10), stop, np.int64(-1), np.int64(-1)
