"""Letters and digits that stand together: glued words, letters for digits, letters as separators, spaced letters."""

from __future__ import annotations

import numpy as np

from clew.extract._phone_near import near_word
from clew.extract._phone_tables import (
    DIGIT,
    DIGITS_USED,
    F_ALNUM,
    F_NEAR,
    F_SPELLED,
    F_WEAK,
    FLAGS,
    G_ODD,
    G_SPACE,
    LETTER,
    LETTERS,
    NEWLINE,
    ODD,
    S_AGE,
    S_CONTEXT,
    S_FLOOR,
    S_FLUSH,
    S_GAP,
    S_SIGN,
    S_SIZE,
    S_SYMBOL,
    S_WORDS,
    SIZE,
    SPACE,
    TOKENS,
    USUAL,
)  # fmt: skip
from clew.extract._phone_tokens import KIND_BITS, add, add_digits, known_word, match, point_at, unknown_word
from clew.extract._phone_words import HUNDRED, MULTIPLY, PLUS, WEAK
from clew.extract.fold import EMOJI
from clew.ingest.kernels import inner, kernel_step

_LONGEST_RUN = 120  # letters and digits in one go; longer is no phone number
_HAN, _O, _X = 0x3000, 0x6F, 0x78
_ROMAN, _SMALL_ROMAN = 0x2160, 0x2170
_CUE_REACH = 3
_MOST_SPACED, _FEWEST_SPACED = 100, 3
_MOST_BACK = 12


@kernel_step
def cut(words, letters, p, e, back):  # type: ignore[no-untyped-def]
    """Number words without anything between ("zerosixone"): whether ``letters[p:e]`` is nothing else.

    ``back[i + n + 1]`` is then the end of the part that begins at i, both counted from p.
    """
    n = e - p
    back[: n + 1] = -1
    back[0] = 0
    for i in range(n):
        if back[i] < 0:
            continue
        node, k = 1, p + i
        while k < e:
            code = words.code[letters[k]]
            node = np.int64(words.next[node, code]) if code else 0  # type: ignore[assignment]
            if node == 0:
                break
            k += 1
            kind = words.what[node] & KIND_BITS
            # the cut with the longest first part wins
            if kind and (kind <= MULTIPLY or kind == PLUS) and back[k - p] < 0:
                back[k - p] = i
    if back[n] < 0:
        return False
    k = n
    while k > 0:  # walk back, so that the parts can be added from the front
        i = back[k]
        back[k] = -1
        back[i + n + 1] = k
        k = i
    return True


@kernel_step
def _part(words, letters, p, e):  # type: ignore[no-untyped-def]
    node = 1
    for j in range(p, e):
        node = np.int64(words.next[node, words.code[letters[j]]])  # type: ignore[assignment]
    return np.int64(words.what[node]) & ~WEAK


@kernel_step
def _cut_run(tables, ws, sym, p, e):  # type: ignore[no-untyped-def]
    """Add the number words that the letters from p to e are made of; false when there is anything else."""
    if not cut(tables.words, sym, p, e, ws.back):
        return False
    i, n = 0, e - p
    while i < n:
        k = ws.back[i + n + 1]
        known_word(ws, _part(tables.words, sym, p + i, p + k), p + i, p + k, 0)
        i = k
    return True


@kernel_step
def read_spaced(tables, ws, sym, p, end):  # type: ignore[no-untyped-def]
    """Number words spelled one letter at a time ("s e v e n"); returns their end, or p when there are none."""
    klass, m, k, stop = tables.klass, 0, p, p
    while m < _MOST_SPACED and k < end and klass[sym[k]] == LETTER and (k + 1 == end or klass[sym[k + 1]] != LETTER):
        if sym[k] >= _HAN:
            return p
        ws.line[m], ws.where[m] = sym[k], k
        m, k = m + 1, k + 1
        stop, gap = k, 0
        while k < end and gap < 3 and klass[sym[k]] in (SPACE, USUAL, ODD, NEWLINE) and sym[k] != EMOJI:
            k, gap = k + 1, gap + 1
    if m < _FEWEST_SPACED or not cut(tables.words, ws.line, 0, m, ws.back):
        return p
    i = 0
    while i < m:
        j = ws.back[i + m + 1]
        if i:
            ws.st[S_GAP] |= G_SPACE
        known_word(ws, _part(tables.words, ws.line, i, j), ws.where[i], ws.where[j - 1] + 1, 0)
        i = j
    return stop


@kernel_step
def look_back(tables, ws, sym, p):  # type: ignore[no-untyped-def]
    """Before a chain begins at p: add the words that stand before and are number words written a little wrong."""
    st, klass, found, k = ws.st, tables.klass, 0, p
    while found < _MOST_BACK:
        e = k
        while e > st[S_FLOOR] and k - e < 3 and klass[sym[e - 1]] in (SPACE, USUAL, ODD) and sym[e - 1] != EMOJI:
            e -= 1
        b = e
        while b > st[S_FLOOR] and e - b < 15 and klass[sym[b - 1]] == LETTER:
            b -= 1
        what = near_word(tables.near, sym, b, e, True) if b < e < k else 0
        if not what or what & KIND_BITS > HUNDRED:
            break
        ws.where[3 * found], ws.where[3 * found + 1], ws.where[3 * found + 2] = b, e, what
        found, k = found + 1, b
    for i in range(found - 1, -1, -1):
        st[S_SYMBOL] = 0x20
        known_word(ws, ws.where[3 * i + 2], ws.where[3 * i], ws.where[3 * i + 1], F_NEAR | F_WEAK)
        st[S_GAP], st[S_SIZE], st[S_SYMBOL] = G_SPACE, 1, 0x20


@inner
def number_expected(ws):  # type: ignore[no-untyped-def]
    """Whether a word that is no number word may be one written a little wrong."""
    st, tok = ws.st, ws.tok
    if st[TOKENS] and st[S_WORDS] == 0 and st[S_SIZE] <= 3:
        return st[TOKENS] > 2 or not tok[st[TOKENS] - 1, FLAGS] & F_WEAK
    return st[S_CONTEXT] > 0 and st[S_AGE] < _CUE_REACH


@kernel_step
def other_word(tables, ws, sym, p, e):  # type: ignore[no-untyped-def]
    """A word that is not in the tree: perhaps a number word written a little wrong, where numbers are expected."""
    if number_expected(ws):
        what = near_word(tables.near, sym, p, e, True)
        if what:
            known_word(ws, what, p, e, F_NEAR | F_WEAK)
            return
    unknown_word(ws, e - p)


@kernel_step
def read_roman(text, tables, r, ws, p, end):  # type: ignore[no-untyped-def]
    """Roman numerals in characters of their own ("Ⅵ"); returns the end of what was read."""
    k = p
    while k < end and tables.klass[text.sym[k]] == LETTER:
        point = point_at(text, r, k)
        value = point - (_SMALL_ROMAN if point >= _SMALL_ROMAN else _ROMAN) + 1
        if not 1 <= value <= 10:
            break
        n = ws.st[DIGITS_USED]
        add(ws, k, k + 1, LETTERS, 0, F_SPELLED)
        ws.dig[n], ws.dig[n + value // 10] = value // 10, value % 10
        ws.tok[ws.st[TOKENS] - 1, SIZE] = 1 + value // 10
        ws.st[DIGITS_USED] = n + 1 + value // 10
        k += 1
    return k


@kernel_step
def all_look(tables, sym, p, e):  # type: ignore[no-untyped-def]
    """Whether all letters from p to e look like digits."""
    for k in range(p, e):  # noqa: SIM110 - compiled code has no generators
        if not tables.looks[sym[k]]:
            return False
    return True


@kernel_step
def look_digit(text, r, tables, k):  # type: ignore[no-untyped-def]
    """The digit that symbol k looks like; "b", "g" and "q" look like others when they are capitals."""
    s = text.sym[k]
    if s == 0x62 or s == 0x67 or s == 0x71:
        b = text.data[text.offsets[r] + np.int64(text.byte[k])]
        if b == 0x62 or b == 0x47:
            return 6
        if b == 0x51:
            return 0
    return np.int64(tables.looks[s]) - 1


@kernel_step
def add_letters(text, r, tables, ws, p, e, flags):  # type: ignore[no-untyped-def]
    for k in range(p, e):
        add(ws, k, k + 1, LETTERS, 0, F_SPELLED | flags)
        n = ws.st[DIGITS_USED]
        ws.dig[n] = look_digit(text, r, tables, k)
        ws.tok[ws.st[TOKENS] - 1, SIZE] = 1
        ws.st[DIGITS_USED] = n + 1


@kernel_step
def _woven(tables, sym, p, stop):  # type: ignore[no-untyped-def]
    """Whether letters only separate digits, in a regular way: "06x12x34", "0a6b1c2d3e4f5g6h7"."""
    klass = tables.klass
    size, width, pieces, digits = 0, 0, 0, 0
    same, even, k = True, True, p
    if klass[sym[p]] != DIGIT:
        return False
    first = 0
    while k < stop:
        e = k
        while e < stop and klass[sym[e]] == klass[sym[k]]:
            e += 1
        if klass[sym[k]] == DIGIT:
            digits += e - k
            even &= size == 0 or e - k == size
            size = size or e - k
        elif e < stop or pieces == 0:
            pieces += 1
            same &= first == 0 or (e - k == 1 and sym[k] == first)
            first = first or np.int64(sym[k])  # type: ignore[assignment]
            even &= width == 0 or e - k == width
            width = width or e - k
        k = e
    return pieces >= 3 and 7 <= digits <= 16 and (same or even) and width <= 4


@kernel_step
def read_run(text, tables, r, ws, p, end):  # type: ignore[no-untyped-def]
    """Read the letters and digits that stand together at p; returns their end."""
    sym, klass, st = text.sym, tables.klass, ws.st
    stop, letters = p, 0
    while stop < end and (klass[sym[stop]] == LETTER or klass[sym[stop]] == DIGIT):
        letters += klass[sym[stop]] == LETTER
        stop += 1
    has_digit = letters < stop - p
    if stop - p > _LONGEST_RUN:
        st[S_FLUSH] = 1
        st[S_AGE] += 1
        return stop
    if letters == 0:
        if stop - p == 1 and st[TOKENS] == 0:
            look_back(tables, ws, sym, p)
        return add_digits(text, tables, r, ws, p, stop)
    if has_digit and stop - p >= 3:
        what = near_word(tables.near, sym, p, stop, False)  # "s3ven"
        if what:
            if st[TOKENS] == 0:
                look_back(tables, ws, sym, p)
            known_word(ws, what, p, stop, 0)
            return stop
    return _read_mixed(text, tables, r, ws, p, stop, end, has_digit)


@kernel_step
def _read_mixed(text, tables, r, ws, p, stop, end, has_digit):  # type: ignore[no-untyped-def]
    """Read letters and digits piece by piece."""
    sym, klass, st = text.sym, tables.klass, ws.st
    first, junk, k = st[TOKENS], 0, p
    if p >= 1 and sym[p - 1] == 0x25 and stop - p > 6 and sym[p] == 50 and sym[p + 1] == 98:  # "%2B" is a plus
        st[S_SIGN] = p - 1
        k = p + 2
    woven = has_digit and stop - p > 9 and _woven(tables, sym, p, stop)
    while k < stop:
        e = k
        while e < stop and klass[sym[e]] == klass[sym[k]]:
            e += 1
        if klass[sym[k]] == DIGIT:
            # "4etiri": a digit that is part of a word
            what, after = match(tables, sym, k, end) if e < stop and e == k + 1 else (0, k)
            if what and after > e:
                known_word(ws, np.int64(what), k, after, 0)
                k = after
            else:
                k = add_digits(text, tables, r, ws, k, stop)
            continue
        what, after = match(tables, sym, k, end)
        if what and after >= e and not (has_digit and e - k == 1 and sym[k] < _HAN):
            known_word(ws, np.int64(what), k, after, 0)
            k = after
            stop = max(stop, after)
            continue
        if woven and first < st[TOKENS]:
            st[S_GAP] |= G_ODD
            st[S_SIZE] += e - k
        elif (e - k >= 5 or sym[k] >= _HAN) and _cut_run(tables, ws, sym, k, e):
            pass
        elif (has_digit or (e - k <= 3 and (st[TOKENS] or sym[k] == _O))) and all_look(tables, sym, k, e):
            add_letters(text, r, tables, ws, k, e, 0 if has_digit else F_WEAK)
        elif has_digit and k > p and e < stop and e - k == 1 and sym[k] == _X:  # "06x12"
            st[S_GAP] |= G_ODD
            st[S_SIZE] += 1
        elif has_digit:
            junk += 1
            unknown_word(ws, e - k)
        else:
            other_word(tables, ws, sym, k, e)
        k = e
    if junk and has_digit:
        _mark_mixed(ws, first, junk)
    return stop


@kernel_step
def _mark_mixed(ws, first, junk):  # type: ignore[no-untyped-def]
    """Digits among other letters are part of a code, unless it is one long run of digits beside a word."""
    tok = ws.tok
    for t in range(first, ws.st[TOKENS]):
        if junk > 1 or tok[t, SIZE] < 8:
            tok[t, FLAGS] |= F_ALNUM
