"""First half of the phone kernel: text to tokens that give digits, with what stands between them."""

from __future__ import annotations

import numba
import numpy as np

from clew.extract._phone_tables import (
    BEGIN,
    COMMA,
    CONTEXT,
    DIGIT,
    DIGITS,
    DIGITS_USED,
    END,
    F_ALNUM,
    F_MONEY,
    F_SPELLED,
    F_WEAK,
    FIRST,
    FLAGS,
    G_COMMA,
    G_NEWLINE,
    G_ODD,
    G_SPACE,
    G_USUAL,
    G_WORDS,
    GAP,
    KIND,
    LETTER,
    LETTERS,
    MONEY,
    NEWLINE,
    S_AGE,
    S_CONTEXT,
    S_FLUSH,
    S_GAP,
    S_MONEY,
    S_SIGN,
    S_SIZE,
    S_SYMBOL,
    S_WORDS,
    SIGN,
    SIZE,
    SPACE,
    SYMBOL,
    TOKENS,
    USUAL,
    VALUE,
)  # fmt: skip
from clew.extract._phone_words import AND, CUE, MEASURE, MULTIPLY, NEUTRAL, PLUS, TIMES, WEAK
from clew.extract._phone_words import VALUE as VALUE_BIT
from clew.extract.fold import EMOJI

_KIND = WEAK - 1
_LONGEST_RUN = 120  # letters and digits in one go; longer is no phone number
_LONGEST_DIGITS = 18
_LONGEST_GAP = 16
_MOST_FILLERS = 3
_CUE_REACH, _NOCUE_REACH = 5, 0  # words between a word that announces and the number
_PLUS_SIGN, _O, _HAN = 0x2B, 0x6F, 0x3000
_HEAVY_PLUS, _KEYCAP_TEN, _CIRCLE, _O_BUTTON = 0x2795, 0x1F51F, 0x2B55, 0x1F17E
_CIRCLED_TEN, _CIRCLED_TWENTY = 0x2469, 0x2473


@numba.njit(nogil=True, cache=True)
def point_at(text, r, p):  # type: ignore[no-untyped-def]
    """The original code point of symbol p of text r."""
    i = text.offsets[r] + np.int64(text.byte[p])
    b = np.int64(text.data[i])
    if b < 0x80:
        return b
    n = 3 if b >= 0xF0 else 2 if b >= 0xE0 else 1
    point = b & (0x3F >> n)
    for k in range(1, n + 1):
        if i + k < text.offsets[r + 1]:
            point = (point << 6) | (np.int64(text.data[i + k]) & 63)
    return point


@numba.njit(nogil=True, cache=True)
def match(words, klass, sym, p, end):  # type: ignore[no-untyped-def]
    """The longest word at p that ends where a letter ends: what it is (0: none) and its end."""
    node, k, what, stop = 1, p, 0, p
    while k < end:
        code = words.code[sym[k]]
        node = np.int64(words.next[node, code]) if code else 0
        if node == 0:
            break
        k += 1
        if words.what[node] and (k == end or klass[sym[k]] != LETTER):
            what, stop = np.int64(words.what[node]), k
    return what, stop


@numba.njit(nogil=True, cache=True)
def _add(st, tok, begin, end, kind, value, flags):  # type: ignore[no-untyped-def]
    t = st[TOKENS]
    tok[t, BEGIN], tok[t, END], tok[t, KIND], tok[t, VALUE] = begin, end, kind, value
    tok[t, FIRST], tok[t, SIZE] = st[DIGITS_USED], 0
    tok[t, GAP], tok[t, SYMBOL] = st[S_GAP], st[S_SYMBOL] if st[S_SIZE] == 1 else -1
    tok[t, SIGN] = st[S_SIGN] if begin - st[S_SIGN] <= 8 else -1
    broken = t > 0 and st[S_GAP] & (G_WORDS | G_NEWLINE | G_COMMA) != 0
    if st[S_CONTEXT] < 0 and broken and st[S_AGE] > 0:
        st[S_CONTEXT] = 0
    reach = _CUE_REACH if st[S_CONTEXT] > 0 else _NOCUE_REACH
    tok[t, CONTEXT] = st[S_CONTEXT] if st[S_AGE] <= reach else 0
    if begin - st[S_MONEY] <= 1:
        flags |= F_MONEY
    tok[t, FLAGS] = flags
    st[TOKENS] = t + 1
    st[S_GAP] = st[S_WORDS] = st[S_SIZE] = 0
    st[S_SIGN] = -9


@numba.njit(nogil=True, cache=True)
def _add_digits(text, r, st, tok, dig, p, end, klass):  # type: ignore[no-untyped-def]
    """A run of digit characters; returns its end."""
    k = p
    while k < end and klass[text.sym[k]] == DIGIT:
        k += 1
    if k - p > _LONGEST_DIGITS:
        st[S_FLUSH] = 1
        return k
    _add(st, tok, p, k, DIGITS, 0, 0)
    n = st[DIGITS_USED]
    t = st[TOKENS] - 1
    for i in range(p, k):
        d = text.sym[i] - 48
        if text.data[text.offsets[r] + np.int64(text.byte[i])] >= 0x80:
            point = point_at(text, r, i)
            tok[t, FLAGS] |= F_SPELLED
            if _CIRCLED_TEN <= point <= _CIRCLED_TWENTY:
                dig[n], dig[n + 1] = (point - _CIRCLED_TEN) // 10 + 1, (point - _CIRCLED_TEN) % 10
                n += 2
                continue
        elif text.width[i] > 1:
            tok[t, FLAGS] |= F_SPELLED
        dig[n] = d
        n += 1
    tok[t, SIZE] = n - st[DIGITS_USED]
    st[DIGITS_USED] = n
    return k


@numba.njit(nogil=True, cache=True)
def unknown_word(st, length):  # type: ignore[no-untyped-def]
    """A word that says nothing of numbers: a filler, or the end of the chain of tokens."""
    st[S_AGE] += 1
    st[S_SIGN] = -9
    if st[TOKENS]:
        st[S_WORDS] += 1
        st[S_SIZE] += length
        st[S_GAP] |= G_WORDS
        if st[S_WORDS] > _MOST_FILLERS or st[S_SIZE] > _LONGEST_GAP or length > 8:
            st[S_FLUSH] = 1


@numba.njit(nogil=True, cache=True)
def known_word(st, tok, what, p, e):  # type: ignore[no-untyped-def]
    """A word of the tree between p and e."""
    kind, weak = what & _KIND, what & WEAK
    if kind <= MULTIPLY:
        _add(st, tok, p, e, kind, what >> VALUE_BIT, F_SPELLED | (F_WEAK if weak else 0))
    elif kind == AND or kind == TIMES:
        if st[TOKENS]:
            _add(st, tok, p, e, kind, 0, 0)
    elif kind == PLUS:
        st[S_GAP] |= G_ODD
        st[S_SIGN] = p
    elif kind == MEASURE:
        if st[TOKENS] and st[S_WORDS] == 0 and st[S_SIZE] <= 1:
            tok[st[TOKENS] - 1, FLAGS] |= F_MONEY
        st[S_AGE] += 1
        st[S_FLUSH] = 1
    else:
        age = st[S_AGE]
        unknown_word(st, e - p)
        if kind == NEUTRAL:
            st[S_AGE] = age
        else:
            st[S_CONTEXT], st[S_AGE] = (1 if kind == CUE else -1), 0


@numba.njit(nogil=True, cache=True)
def _cut(tables, st, tok, sym, p, e, back):  # type: ignore[no-untyped-def]
    """Number words without anything between ("zerosixone"); true when the letters from p to e are nothing else."""
    n = e - p
    words = tables.words
    back[: n + 1] = -1
    back[0] = 0
    for i in range(n):
        if back[i] < 0:
            continue
        node, k = 1, p + i
        while k < e:
            code = words.code[sym[k]]
            node = np.int64(words.next[node, code]) if code else 0
            if node == 0:
                break
            k += 1
            what = words.what[node]
            # the cut with the longest first part wins
            if what and (what & _KIND <= MULTIPLY or what & _KIND == PLUS) and back[k - p] < 0:
                back[k - p] = i
    if back[n] < 0:
        return False
    # walk back, then add from the front
    k = n
    while k > 0:
        i = back[k]
        back[k] = -1
        back[i + n + 1] = k  # the end of the part that begins at i
        k = i
    i = 0
    while i < n:
        k = back[i + n + 1]
        node = 1
        for j in range(p + i, p + k):
            node = np.int64(words.next[node, words.code[sym[j]]])
        known_word(st, tok, np.int64(words.what[node]) & ~WEAK, p + i, p + k)
        i = k
    return True


@numba.njit(nogil=True, cache=True)
def _looks_like_digits(tables, sym, p, e):  # type: ignore[no-untyped-def]
    for k in range(p, e):
        if not tables.looks[sym[k]]:
            return False
    return True


@numba.njit(nogil=True, cache=True)
def _add_letters(tables, st, tok, dig, sym, p, e, flags):  # type: ignore[no-untyped-def]
    for k in range(p, e):
        _add(st, tok, k, k + 1, LETTERS, 0, F_SPELLED | flags)
        t, n = st[TOKENS] - 1, st[DIGITS_USED]
        dig[n] = tables.looks[sym[k]] - 1
        tok[t, SIZE] = 1
        st[DIGITS_USED] = n + 1


@numba.njit(nogil=True, cache=True)
def read_run(text, tables, r, st, tok, dig, back, p, end):  # type: ignore[no-untyped-def]
    """Read the letters and digits that stand together at p; returns their end."""
    sym, klass = text.sym, tables.klass
    stop, has_digit = p, False
    while stop < end and (klass[sym[stop]] == LETTER or klass[sym[stop]] == DIGIT):
        has_digit |= klass[sym[stop]] == DIGIT
        stop += 1
    if stop - p > _LONGEST_RUN:
        st[S_FLUSH] = 1
        st[S_AGE] += 1
        return stop
    first, junk, k = st[TOKENS], 0, p
    if (
        p >= 1 and sym[p - 1] == 0x25 and stop - p > 6 and sym[p] == 50 and sym[p + 1] == 98
    ):  # "%2B" in a link is a plus
        st[S_SIGN] = p - 1
        k = p + 2
    while k < stop:
        e = k
        while e < stop and klass[sym[e]] == klass[sym[k]]:
            e += 1
        if klass[sym[k]] == DIGIT:
            # "4etiri": a digit that is part of a word
            what, after = match(tables.words, klass, sym, k, end) if e < stop and e == k + 1 else (0, k)
            if what and after > e:
                known_word(st, tok, np.int64(what), k, after)
                k = after
            else:
                k = _add_digits(text, r, st, tok, dig, k, stop, klass)
            continue
        what, after = match(tables.words, klass, sym, k, end)
        if what and after >= e and not (has_digit and e - k == 1 and sym[k] < _HAN):
            known_word(st, tok, np.int64(what), k, after)
            k = after
            stop = max(stop, after)
            continue
        if (e - k >= 5 or sym[k] >= _HAN) and _cut(tables, st, tok, sym, k, e, back):
            pass
        elif (has_digit or (e - k <= 3 and (st[TOKENS] or sym[k] == _O))) and _looks_like_digits(tables, sym, k, e):
            _add_letters(tables, st, tok, dig, sym, k, e, 0 if has_digit else F_WEAK)
        elif has_digit and k > p and e < stop and e - k == 1 and sym[k] == 120:  # "06x12x34"
            st[S_GAP] |= G_ODD
            st[S_SIZE] += 1
        else:
            junk += 1
            unknown_word(st, e - k)
        k = e
    if junk and has_digit:
        _mark_mixed(st, tok, first, junk)
    return stop


@numba.njit(nogil=True, cache=True)
def _mark_mixed(st, tok, first, junk):  # type: ignore[no-untyped-def]
    """Digits among other letters are part of a code, unless it is one long run of digits beside a word."""
    for t in range(first, st[TOKENS]):
        if junk > 1 or tok[t, SIZE] < 8:
            tok[t, FLAGS] |= F_ALNUM


@numba.njit(nogil=True, cache=True)
def between(text, tables, r, st, tok, dig, p):  # type: ignore[no-untyped-def]
    """One symbol that is neither letter nor digit."""
    s = text.sym[p]
    c = tables.klass[s]
    if s == EMOJI:
        point = point_at(text, r, p)
        if point == _HEAVY_PLUS:
            s = np.uint16(_PLUS_SIGN)
        elif point == _KEYCAP_TEN or point == _CIRCLE or point == _O_BUTTON or point == _O_BUTTON + 1:
            _add(st, tok, p, p + 1, DIGITS, 0, F_SPELLED)
            t, n = st[TOKENS] - 1, st[DIGITS_USED]
            size = 2 if point == _KEYCAP_TEN else 1
            dig[n], dig[n + size - 1] = 1, 0
            tok[t, SIZE] = size
            st[DIGITS_USED] = n + size
            return
    if s == _PLUS_SIGN:
        st[S_SIGN] = p
    if c == NEWLINE:
        st[S_AGE] += 1
    if c == MONEY:
        # "78 €100": the sign belongs to the number that it touches, else to the one before
        after = p + 1 < text.sym.shape[0] and tables.klass[text.sym[p + 1]] == DIGIT
        if st[TOKENS] and st[S_WORDS] == 0 and (st[S_SIZE] == 0 or (st[S_SIZE] == 1 and not after)):
            tok[st[TOKENS] - 1, FLAGS] |= F_MONEY
        else:
            st[S_MONEY] = p + 1
        st[S_FLUSH] = 1
        return
    if not st[TOKENS]:
        return
    st[S_SIZE] += 1
    st[S_SYMBOL] = s
    if c == SPACE:
        st[S_GAP] |= G_SPACE
    elif c == NEWLINE:
        st[S_GAP] |= G_NEWLINE
    elif c == USUAL:
        st[S_GAP] |= G_USUAL
    elif c == COMMA:
        st[S_GAP] |= G_COMMA
    else:
        st[S_GAP] |= G_ODD
    if st[S_SIZE] > _LONGEST_GAP:
        st[S_FLUSH] = 1
