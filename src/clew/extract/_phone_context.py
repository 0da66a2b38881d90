"""What surrounds a phone number or looks like one: account numbers, links, addresses, the language of the text."""

from __future__ import annotations

import numpy as np

from clew.extract._phone_tables import COMMA, DIGIT, LANGUAGE, LETTER, NEWLINE, ODD, SPACE, TOLD, USUAL, VOTES
from clew.extract._phone_words import lookup, maybe, step
from clew.extract.fold import EMOJI
from clew.ingest.kernels import inner, kernel_step

_BLOB = 120  # symbols of a link that are looked at on either side
_TONGUE_SYMBOLS = 600
_LONGEST_TONGUE_WORD = 12
_PLUS_SIGN, _ZERO = 0x2B, 0x30
_LONGEST_CODE, _FEWEST_TOLD = 3, 9  # digits
_DASH, _T, _Z = 0x2D, 0x74, 0x7A
_OF_CLOCK = (0x3A, 0x2E, 0x2C, 0x2B, 0x2D)  # what may stand in a clock time and its zone
_LINK, _MAIL, _CALL = 1, 2, 3  # what the digits stand in


@kernel_step
def iban_end(tables, sym, p, end):  # type: ignore[no-untyped-def]
    """The end of the account number that begins at p, or p: two letters, two digits, and the length of the country."""
    if p + 15 > end or tables.klass[sym[p + 2]] != DIGIT or tables.klass[sym[p + 3]] != DIGIT:
        return p
    if sym[p] > 0x7A or sym[p + 1] > 0x7A or sym[p] < 0x61 or sym[p + 1] < 0x61:
        return p
    left = np.int64(tables.iban[np.int64(sym[p]) << 8 | np.int64(sym[p + 1])])
    digits = 0
    k = p
    while left > 0 and k < end:
        c = tables.klass[sym[k]]
        if c in (LETTER, DIGIT):
            left -= 1
            digits += c == DIGIT
        elif (c != SPACE and c != USUAL) or k + 1 >= end or tables.klass[sym[k + 1]] not in (LETTER, DIGIT):
            return p
        k += 1
    if left or digits < 10 or (k < end and tables.klass[sym[k]] in (LETTER, DIGIT)):
        return p
    return k


@inner
def _are(klass, sym, p, count):  # type: ignore[no-untyped-def]
    """Whether so many digits stand at p."""
    good = True
    for k in range(p, p + count):
        good &= klass[sym[k]] == DIGIT
    return good


@kernel_step
def moment_end(klass, sym, p, end):  # type: ignore[no-untyped-def]
    """The end of the moment that programs wrote at p ("2026-02-07T12:34:56Z", "20260207T123456Z"), or p."""
    if p + 15 > end:
        return p
    apart = sym[p + 4] == _DASH
    t = p + 10 if apart else p + 8
    if sym[t] != _T or not _are(klass, sym, p, 4) or not _are(klass, sym, t + 1, 2):
        return p
    if apart and not (sym[p + 7] == _DASH and _are(klass, sym, p + 5, 2) and _are(klass, sym, p + 8, 2)):
        return p
    if not apart and not (_are(klass, sym, p + 4, 4) and _are(klass, sym, t + 3, 2)):
        return p
    k = t + 1
    while k < end and (klass[sym[k]] == DIGIT or sym[k] in _OF_CLOCK):
        k += 1
    return k + 1 if k < end and sym[k] == _Z else k


@kernel_step
def _has(sym, i, j, marks):  # type: ignore[no-untyped-def]
    """The place after the last occurrence of any of the marks (uint16[k, 12], 0-padded) in ``sym[i:j]``, or -1."""
    for k in range(j - 1, i - 1, -1):
        for w in range(marks.shape[0]):
            m = 0
            while m < marks.shape[1] and marks[w, m] and k + m < j and sym[k + m] == marks[w, m]:
                m += 1
            if m == marks.shape[1] or not marks[w, m]:
                return k + m
    return -1


@kernel_step
def link_kind(tables, ws, sym, begin, end):  # type: ignore[no-untyped-def]
    """Whether the symbols from begin to end stand in a link (1), a mail address (2), a link to call (3), or none (0).

    Args:
        tables, ws, sym: see `_phone_tables`.
        begin, end: the number.
    """
    klass, first, last = tables.klass, ws.bounds[0], ws.bounds[1]
    i, j = begin, end
    while i > first and begin - i < _BLOB and klass[sym[i - 1]] not in (SPACE, NEWLINE) and sym[i - 1] >= 0x20:
        i -= 1
    while j < last and j - end < _BLOB and klass[sym[j]] not in (SPACE, NEWLINE) and sym[j] >= 0x20:
        j += 1
    if i == begin and j == end:
        return 0
    call = _has(sym, i, begin, tables.calls)
    if call >= 0 and begin - call <= 4:
        return _CALL
    at = j  # mail: letters, digits and dots up to an "@" with a name after it
    for k in range(end, j):
        if klass[sym[k]] not in (LETTER, DIGIT) and sym[k] not in (0x2E, 0x2D, 0x5F, 0x2B):
            at = k
            break
    if at < j - 1 and sym[at] == 0x40 and klass[sym[at + 1]] == LETTER:
        return _MAIL
    if i < begin and sym[begin - 1] == 0x40 and j - end > 3 and klass[sym[j - 1]] == LETTER:
        return _MAIL
    for k in range(i, begin):
        if sym[k] == 0x2F or sym[k] == 0x3D:  # after a slash or "="
            return _LINK if _has(sym, i, j, tables.links) >= 0 else 0
    return 0


@kernel_step
def tongue(tables, sym, bounds):  # type: ignore[no-untyped-def]
    """As `_tongue`, once a text."""
    if bounds[LANGUAGE] < 0:
        bounds[LANGUAGE] = _tongue(tables, sym, bounds)
    return bounds[LANGUAGE]


@kernel_step
def told(tables, sym, bounds):  # type: ignore[no-untyped-def]
    """The row of the plan of the first country's code in a text ("+34 …", "0034 …"), -1 for none; once a text."""
    if bounds[TOLD] == -2:
        bounds[TOLD] = _told(tables, sym, bounds)
    return bounds[TOLD]


@kernel_step
def _told(tables, sym, bounds):  # type: ignore[no-untyped-def]
    klass, last = tables.klass, bounds[1]
    for p in range(bounds[0], last - _FEWEST_TOLD):
        k = p + 1
        if sym[p] != _PLUS_SIGN:
            if sym[p] != _ZERO or sym[p + 1] != _ZERO:
                continue
            k = p + 2
        if p > bounds[0] and klass[sym[p - 1]] in (DIGIT, LETTER, USUAL, COMMA):
            continue
        code, digits, region = np.int64(0), 0, np.int64(-1)
        while k < last and digits < _FEWEST_TOLD and klass[sym[k]] in (DIGIT, SPACE, USUAL):
            if klass[sym[k]] == DIGIT:
                digits += 1
                if region < 0 and digits <= _LONGEST_CODE:
                    code = code * 10 + np.int64(sym[k]) - _ZERO
                    region = np.int64(tables.plan.main[code])
            k += 1
        if region >= 0 and digits == _FEWEST_TOLD:
            return region
    return np.int64(-1)


@kernel_step
def _tongue(tables, sym, bounds):  # type: ignore[no-untyped-def]
    """The row of the language whose frequent words occur most in the first symbols of a text; the last row if none."""
    words = tables.tongues
    first, last, votes = bounds[0], bounds[1], bounds[VOTES:]
    votes[:] = 0
    p, stop = first, min(last, first + _TONGUE_SYMBOLS)
    while p < stop:
        if tables.klass[sym[p]] != LETTER:
            p += 1
            continue
        h, k = np.uint64(0), p
        while k < stop and tables.klass[sym[k]] == LETTER:
            h = step(h, sym[k])
            k += 1
        what = lookup(words, h) if maybe(words.whole, h) else 0
        if what:
            bit = 0
            while what:
                if what & 1:
                    votes[bit] += k - p if k - p < 4 else 4  # longer words tell more
                what >>= 1
                bit += 1
        p = k
    best = tables.regions.shape[0] - 1
    most = 2
    for v in range(tables.regions.shape[0] - 1):
        if votes[v] > most:
            best, most = v, votes[v]
    return best


@kernel_step
def is_obscured(text, tables, r, begin, end, spelled, singles):  # type: ignore[no-untyped-def]
    """Whether a number had to be decoded: words or odd digits, odd separators, single digits, hidden characters."""
    if spelled or singles >= 5:
        return True
    sym, klass = text.sym, tables.klass
    run = 0
    for p in range(begin + 1, end):
        c = klass[sym[p]]
        if c in (LETTER, COMMA) or (c == ODD and sym[p] != 0x2B):
            return True
        run = run + 1 if c == USUAL else 0
        if run >= 3 or sym[p] == EMOJI:
            return True
        if text.char[p] - text.char[p - 1] > text.width[p - 1] and text.width[p - 1] == 1:
            i = text.offsets[r] + np.int64(text.byte[p - 1]) + 1
            while text.data[i] & 0xC0 == 0x80:
                i += 1
            if text.data[i] != 60:  # not a tag: something that cannot be seen
                return True
    return False
