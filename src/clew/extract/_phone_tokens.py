"""First half of the phone kernel: text to tokens that give digits, with what stands between them."""

from __future__ import annotations

import numpy as np

from clew.extract._phone_tables import (
    BEGIN,
    CONTEXT,
    DIGIT,
    DIGITS,
    DIGITS_USED,
    END,
    F_MONEY,
    F_SPELLED,
    F_WEAK,
    FIRST,
    FLAGS,
    G_COMMA,
    G_NEWLINE,
    G_ODD,
    G_WORDS,
    GAP,
    KIND,
    LETTER,
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
    SYMBOL,
    TOKENS,
    VALUE,
)  # fmt: skip
from clew.extract._phone_words import AND, CUE, MEASURE, MULTIPLY, NEUTRAL, PLUS, TIMES, WEAK
from clew.extract._phone_words import VALUE as VALUE_BIT
from clew.ingest.kernels import inner, kernel_step

KIND_BITS = WEAK - 1
_LONGEST_DIGITS = 18
LONGEST_GAP = 16
_MOST_FILLERS = 3
_CUE_REACH, _NOCUE_REACH = 5, 0  # words between a word that announces and the number
_CIRCLED_TEN, _CIRCLED_TWENTY = 0x2469, 0x2473


@kernel_step
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


@kernel_step
def match(tables, sym, p, end):  # type: ignore[no-untyped-def]
    """The longest word at p that ends where a letter ends: what it is (0: none) and its end."""
    words, klass = tables.words, tables.klass
    node, k, what, stop = 1, p, 0, p
    while k < end:
        code = words.code[sym[k]]
        node = np.int64(words.next[node, code]) if code else 0  # type: ignore[assignment]
        if node == 0:
            break
        k += 1
        if words.what[node] and (k == end or klass[sym[k]] != LETTER):
            what, stop = np.int64(words.what[node]), k  # type: ignore[assignment]
    return what, stop


@kernel_step
def add(ws, begin, end, kind, value, flags):  # type: ignore[no-untyped-def]
    st, tok = ws.st, ws.tok
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


@inner
def add_digits(text, tables, r, ws, p, end):  # type: ignore[no-untyped-def]
    """A run of digit characters; returns its end."""
    st, tok, dig, klass = ws.st, ws.tok, ws.dig, tables.klass
    k = p
    while k < end and klass[text.sym[k]] == DIGIT:
        k += 1
    if k - p > _LONGEST_DIGITS:
        st[S_FLUSH] = 1
        return k
    add(ws, p, k, DIGITS, 0, 0)
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


@inner
def unknown_word(ws, length):  # type: ignore[no-untyped-def]
    """A word that says nothing of numbers: a filler, or the end of the chain of tokens."""
    st = ws.st
    st[S_AGE] += 1
    st[S_SIGN] = -9
    if st[TOKENS]:
        st[S_WORDS] += 1
        st[S_SIZE] += length
        st[S_GAP] |= G_WORDS
        if st[S_WORDS] > _MOST_FILLERS or st[S_SIZE] > LONGEST_GAP or length > 8:
            st[S_FLUSH] = 1


@kernel_step
def known_word(ws, what, p, e, flags):  # type: ignore[no-untyped-def]
    """A word of the tree between p and e; ``flags`` beside its own."""
    st = ws.st
    kind, weak = what & KIND_BITS, what & WEAK
    if kind <= MULTIPLY:
        add(ws, p, e, kind, what >> VALUE_BIT, F_SPELLED | (F_WEAK if weak else 0) | flags)
    elif kind in (AND, TIMES):
        if st[TOKENS]:
            add(ws, p, e, kind, what >> VALUE_BIT, 0)
    elif kind == PLUS:
        st[S_GAP] |= G_ODD
        st[S_SIGN] = p
    elif kind == MEASURE:
        if st[TOKENS] and st[S_WORDS] == 0 and st[S_SIZE] <= 1:
            ws.tok[st[TOKENS] - 1, FLAGS] |= F_MONEY
        st[S_AGE] += 1
        st[S_FLUSH] = 1
    else:
        age = st[S_AGE]
        unknown_word(ws, e - p)
        if kind == NEUTRAL:
            st[S_AGE] = age
        else:
            st[S_CONTEXT], st[S_AGE] = (1 if kind == CUE else -1), 0
