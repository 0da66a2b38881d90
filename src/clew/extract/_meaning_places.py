"""Compiled steps before the rules: numbers among the words, and the sentence that each word stands in."""

from __future__ import annotations

import numpy as np

from clew.ingest.kernels import inner, kernel, kernel_step

_LONG_LINE = 60  # symbols; a line that long was broken by a program, not by its writer
_MOST_FIGURES = 6  # digits; more is a telephone or account number

_SIGNS = (0x24, 0xA3, 0x20AC, 0x20BA, 0x20BD, 0x20B4)  # $ £ € ₺ ₽ ₴


@kernel_step
def _digit(c):  # type: ignore[no-untyped-def]
    return np.int64(48) <= c <= np.int64(57)


@kernel
def numbers(sym, start, record, at, out):  # type: ignore[no-untyped-def]
    """Sums, shares and other figures among words that begin with a digit.

    Args:
        sym, start: the texts.
        record, at: the text and the place of each such word.
        out: int64[words, 4], to be filled with record, begin, end and 0 (a figure), 1 (a sum) or 2 (per cent).
    """
    k, free = 0, np.int64(0)
    for w in range(at.shape[0]):
        i, first, stop = np.int64(at[w]), start[record[w]], start[record[w] + 1]
        if i < free:
            continue
        j, digits = i, 0
        while j < stop and (_digit(sym[j]) or (sym[j] in (32, 44, 45, 46) and j + 1 < stop and _digit(sym[j + 1]))):
            digits += _digit(sym[j])
            j += 1
        free = j
        before = sym[i - 1] if i > first else 32
        after = sym[j] if j < stop else 32
        gap = i - 2 if i > first and before == 32 else i - 1
        beyond = j + 1 if after == 32 else j
        signed = (gap >= first and sym[gap] in _SIGNS) or (beyond < stop and sym[beyond] in _SIGNS)
        if digits > _MOST_FIGURES or before in (43, 47, 58) or after in (47, 58):
            continue
        thousand = after == 107 and (j + 1 >= stop or not 97 <= sym[j + 1] <= 122)
        if 97 <= after <= 122 and not (thousand or after == 101):
            continue
        year = digits == 4 and j - i == 4 and (sym[i] == 50 and sym[i + 1] == 48 and sym[i + 2] in (49, 50))
        out[k, 0], out[k, 1], out[k, 2] = record[w], i, j
        out[k, 3] = 2 if after == 37 else np.int64(signed or thousand or (digits >= 3 and not year))
        k += 1
    return k


@kernel
def merge(record, begin, end, phrase, more, apart, out_record, out_begin, out_end, out_phrase):  # type: ignore[no-untyped-def]
    """Hits and more hits in order of place, the latter first where both begin at once; returns how many.

    Args:
        record, begin, end, phrase: some hits.
        more: int64[k, 4], others: record, begin, end, phrase.
        apart: whether those of ``more`` that overlap with the others are left out.
        out_record, out_begin, out_end, out_phrase: int64[all], to be filled.
    """
    k, f, free = 0, 0, np.int64(0)
    for h in range(record.shape[0] + 1):
        limit = begin[h] if h < record.shape[0] else np.int64(1 << 62)
        while f < more.shape[0] and more[f, 1] <= limit:
            if not apart or (more[f, 1] >= free and more[f, 2] <= limit):
                out_record[k], out_begin[k], out_end[k], out_phrase[k] = more[f, 0], more[f, 1], more[f, 2], more[f, 3]
                k += 1
            f += 1
        if h < record.shape[0]:
            out_record[k], out_begin[k], out_end[k], out_phrase[k] = record[h], begin[h], end[h], phrase[h]
            k += 1
            free = end[h]
    return k


@inner
def _ends_sentence(sym, i, first, stop):  # type: ignore[no-untyped-def]
    """Does a sentence, a line or a field end with the symbol at i?"""
    c = sym[i]
    if c in (33, 63, 59, 0x3002, 0x037E, 0x061F, 0x061B, 0x1E):
        return True
    if c == 46:
        return i + 1 >= stop or sym[i + 1] in (32, 10, 46, 0x1E)
    if c != 10:
        return False
    a = i - 1
    while a >= first and sym[a] != 10 and i - a <= _LONG_LINE:
        a -= 1
    single = i + 1 < stop and sym[i + 1] != 10
    return not (single and i - a > _LONG_LINE)


@inner
def _parts(sym, i, stop):  # type: ignore[no-untyped-def]
    """Does a part of a sentence end with the symbol at i: a comma, colon, dash, bullet or bracket?"""
    c = sym[i]
    if c in (44, 46, 58):  # "1,500.00", "9:30" are numbers
        return i + 1 >= stop or not _digit(sym[i + 1])
    if c == 45:
        return i + 1 < stop and sym[i + 1] == 32 and sym[i - 1] == 32
    return c in (40, 41, 124, 0x60C, 0x3001, 0x2013, 0x2014, 0x2022, 0xB7)


@kernel
def sentences(sym, start, record, begin, out, part):  # type: ignore[no-untyped-def]
    """The number of the sentence that each hit stands in, and of the part of it between commas and the like."""
    number, clause, last = 0, 0, np.int64(-1)
    at = np.uint64(0)
    for h in range(record.shape[0]):
        if record[h] != last:
            last, at, number, clause = record[h], np.uint64(begin[h]), number + 1, clause + 1
        until = np.uint64(begin[h])
        while at < until:
            c = sym[at]
            if np.uint16(c - 97) >= 26 and c != 32:  # most are letters, and these end none
                ends = _ends_sentence(sym, np.int64(at), start[last], start[last + 1])
                number += ends
                clause += ends or _parts(sym, np.int64(at), start[last + 1])
            at += np.uint64(1)
        out[h], part[h] = number, clause


@kernel
def word_places(at, words, record, begin, end, first, after):  # type: ignore[no-untyped-def]
    """The index of the first word of each hit, and of the one after its last.

    Args:
        at, words: `Starts.at` and `Starts.first`.
        record, begin, end: the hits.
        first, after: int64[hits], to be filled.
    """
    w, last = np.int64(0), np.int64(-1)
    for h in range(record.shape[0]):
        if record[h] != last:
            last = record[h]
            w = words[last]
        stop = words[last + 1]
        while w < stop and at[w] < begin[h]:
            w += 1
        first[h] = w
        next_word = w  # hits may overlap
        while next_word < stop and at[next_word] < end[h]:
            next_word += 1
        after[h] = next_word
