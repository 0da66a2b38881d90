"""Kernel of :mod:`clew.match.template_view`: texts as a person reads them, without markup."""

from __future__ import annotations

import unicodedata

import numpy as np
import numpy.typing as npt

from clew.extract._html import EMIT, NOTHING, SKIP, read_markup
from clew.ingest.buffers import unwritten
from clew.ingest.kernels import kernel_step, making_kernel

I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]

# "&eacute;" and its like, by the first two letters of the accent's name: the letter with its accent.
_ACCENTS = {
    "acute": "\u0301", "grave": "\u0300", "circ": "\u0302", "uml": "\u0308", "tilde": "\u0303", "cedil": "\u0327",
    "ring": "\u030a", "caron": "\u030c",
}  # fmt: skip
_STARTS = np.array([256 * ord(name[0]) + ord(name[1]) for name in _ACCENTS], np.int64)


def _composed() -> npt.NDArray[np.int64]:
    """int64[accents, 128]: the code point of each ASCII letter with each accent; the letter where there is none."""
    points = np.tile(np.arange(128), (len(_ACCENTS), 1))
    for row, mark in enumerate(_ACCENTS.values()):
        for letter in range(128):
            whole = unicodedata.normalize("NFC", chr(letter) + mark)
            if chr(letter).isalpha() and len(whole) == 1:
                points[row, letter] = ord(whole)
    return points


_COMPOSED = _composed()


@kernel_step
def _encode(point, out, at):  # type: ignore[no-untyped-def]
    """Write a code point as UTF-8; control characters as a space. Gives where it ended."""
    if point < 0x20 or 0x7F <= point < 0xA0:
        point = np.int64(0x20)
    if 0xD800 <= point <= 0xDFFF:
        point = np.int64(0xFFFD)
    if point < 0x80:
        out[at] = point
        return at + 1
    if point < 0x800:
        out[at] = 0xC0 | (point >> 6)
    elif point < 0x10000:
        out[at] = 0xE0 | (point >> 12)
    else:
        out[at] = 0xF0 | (point >> 18)
        at += 1
        out[at] = 0x80 | ((point >> 12) & 63)
    if point >= 0x800:
        at += 1
        out[at] = 0x80 | ((point >> 6) & 63)
    out[at + 1] = 0x80 | (point & 63)
    return at + 2


@kernel_step
def _accented(data, i, end, point):  # type: ignore[no-untyped-def]
    """The code point of an entity at byte i; `read_markup` gives accented letters without their accent."""
    if i + 4 < end and point < 128 and point == data[i + 1] and data[i + 2] != 59:
        start = 256 * np.int64(data[i + 2]) + np.int64(data[i + 3])
        for row in range(_STARTS.shape[0]):
            if _STARTS[row] == start:
                return _COMPOSED[row, point]
    return point


@kernel_step
def _cut_short(data, i, end):  # type: ignore[no-untyped-def]
    """Whether the "<" at byte i begins a tag that the end of what was read of a text cuts off."""
    if i + 1 < end and not (65 <= data[i + 1] & 0xDF <= 90 or data[i + 1] == 47 or data[i + 1] == 33):
        return False
    k = i + 1
    while k < end and data[k] != 62 and data[k] != 60:
        k += 1
    return k == end


@kernel_step
def _marked(data, begin, end):  # type: ignore[no-untyped-def]
    """Whether a text may have markup."""
    marks = 0
    for i in range(begin, end):
        marks += (data[i] == 60) | (data[i] == 38)
    return marks > 0


@making_kernel
def plain(data, offsets, full, spans, span_start, out, ends):  # type: ignore[no-untyped-def]
    """Write texts without tags, comments and scripts, entities decoded; never longer than what was received.

    Args:
        data, offsets: the texts.
        full: texts of so many bytes may have been cut off.
        spans: int64[k, 3], mentions by text: type, first character, character after the last; rewritten to point into
            what is written. What stands within a tag becomes empty.
        span_start: int64[n + 1], where those of each text begin.
        out: uint8, written.
        ends: int64[n], written: where each text ends in it.
    """
    longest = 0
    for t in range(offsets.shape[0] - 1):
        longest = max(longest, offsets[t + 1] - offsets[t])
    place = np.empty(longest + 1, np.int64)  # by character received, characters written before it
    at = 0
    for t in range(offsets.shape[0] - 1):
        i, end = offsets[t], offsets[t + 1]
        if not _marked(data, i, end):
            out[at : at + end - i] = data[i:end]
            at += end - i
            ends[t] = at
            continue
        read = written = 0
        while i < end:
            begin, before, stop = i, at, i
            if data[i] == 60 or data[i] == 38:
                action, point, stop, _, _ = read_markup(data, i, end)
                if action == NOTHING:
                    stop = end if data[i] == 60 and end - offsets[t] >= full and _cut_short(data, i, end) else i
                elif action == EMIT:
                    at = _encode(_accented(data, i, end, point), out, at)
                elif action != SKIP:
                    at = _encode(np.int64(0x20), out, at)
            if stop == i:
                out[at] = data[i]
                at += 1
                stop = i + 1
            for k in range(begin, stop):
                if data[k] & 0xC0 != 0x80:
                    place[read] = written
                    read += 1
            for k in range(before, at):
                written += out[k] & 0xC0 != 0x80
            i = stop
        place[read] = written
        for k in range(span_start[t], span_start[t + 1]):
            spans[k, 1], spans[k, 2] = place[min(spans[k, 1], read)], place[min(spans[k, 2], read)]
        ends[t] = at


def as_read(data: U8, offsets: I64, full: int, spans: I64, span_start: I64) -> tuple[U8, I64, I64]:
    """Texts and the mentions in them as a person reads them; see :func:`plain`."""
    whole = data[offsets[0] : offsets[-1]]
    if not ((whole == 60) | (whole == 38)).any():
        return data, offsets, spans
    out, moved, ends = np.empty(len(whole), np.uint8), spans.copy(), np.empty(len(offsets) - 1, np.int64)
    plain(unwritten(data), unwritten(offsets), full, moved, span_start, out, ends)
    return out[: ends[-1]], np.concatenate(([0], ends)), moved
