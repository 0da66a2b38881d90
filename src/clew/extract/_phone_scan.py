"""The phone kernel: one pass over the symbols of each text."""

from __future__ import annotations

import numba
import numpy as np

from clew.extract._phone_choose import choose
from clew.extract._phone_context import iban_end
from clew.extract._phone_tables import (
    COLUMNS,
    DIGIT,
    DIGITS_USED,
    FIELD,
    FIELD_END,
    LETTER,
    MAX_CANDIDATES,
    MAX_DIGITS,
    MAX_TOKENS,
    S_AGE,
    S_CONTEXT,
    S_FLUSH,
    S_GAP,
    S_MONEY,
    S_SIGN,
    S_SIZE,
    S_WORDS,
    STATE,
    TOKENS,
)  # fmt: skip
from clew.extract._phone_tokens import between, known_word, read_run, unknown_word
from clew.extract._phone_words import MULTIPLY, WEAK

_FEWEST_TOKENS_DIGITS = 6
_ROOM = 128  # tokens that one run of letters and digits may add


@numba.njit(nogil=True, cache=True)
def _restart(st):  # type: ignore[no-untyped-def]
    """Begin a new chain of tokens."""
    st[TOKENS] = st[DIGITS_USED] = st[S_GAP] = st[S_WORDS] = st[S_SIZE] = st[S_FLUSH] = 0


@numba.njit(nogil=True, cache=True)
def _new_field(st):  # type: ignore[no-untyped-def]
    st[S_CONTEXT], st[S_AGE], st[S_SIGN], st[S_MONEY] = 0, 99, -9, -9


@numba.njit(nogil=True, cache=True)
def scan(text, tables, start, region, out):  # type: ignore[no-untyped-def]
    """Find the phone numbers of every text.

    Args:
        text, tables: see `_phone_tables`.
        start: int64[n + 1], where each text begins in ``text.sym``.
        region: uint16[n], packed ISO regions.
        out: int64[rows, 5], filled with text, begin, end, number, obscured.

    Returns:
        How many rows were filled; when that is all of them, there may be more.
    """
    sym, klass, words = text.sym, tables.klass, tables.words
    st = np.zeros(STATE, np.int64)
    tok, grp = np.zeros((MAX_TOKENS, COLUMNS), np.int64), np.zeros((MAX_TOKENS, COLUMNS), np.int64)
    dig, gdig = np.zeros(MAX_DIGITS, np.uint8), np.zeros(MAX_DIGITS, np.uint8)
    cand, back = np.zeros((MAX_CANDIDATES, 6), np.int64), np.zeros(256, np.int64)
    bounds = np.zeros(2, np.int64)
    n_out = 0
    for r in range(start.shape[0] - 1):
        p, end = start[r], start[r + 1]
        bounds[0], bounds[1] = p, end
        home = np.int64(tables.plan.index[region[r]])
        _restart(st)
        _new_field(st)
        st[FIELD] = 0
        while p < end:
            c = klass[sym[p]]
            if c == LETTER:
                p = _read_word(text, tables, r, st, tok, dig, back, p, end)
            elif c == DIGIT:
                p = read_run(text, tables, r, st, tok, dig, back, p, end)
            elif c == FIELD_END:
                st[S_FLUSH] = 1
                p += 1
            else:
                between(text, tables, r, st, tok, dig, p)
                p += 1
            if st[S_FLUSH] or st[TOKENS] > MAX_TOKENS - _ROOM:
                if _worth(st, tok):
                    n_out = choose(text, tables, st, tok, dig, grp, gdig, cand, home, r, bounds, out, n_out)
                _restart(st)
                if c == FIELD_END:
                    st[FIELD] += 1
                    _new_field(st)
        if _worth(st, tok):
            n_out = choose(text, tables, st, tok, dig, grp, gdig, cand, home, r, bounds, out, n_out)
    return n_out


@numba.njit(nogil=True, cache=True)
def _worth(st, tok):  # type: ignore[no-untyped-def]
    """Whether a chain may have enough digits for a phone number (a number word has at most three)."""
    return st[TOKENS] > 0 and st[DIGITS_USED] + 3 * st[TOKENS] >= _FEWEST_TOKENS_DIGITS


@numba.njit(nogil=True, cache=True)
def _read_word(text, tables, r, st, tok, dig, back, p, end):  # type: ignore[no-untyped-def]
    """Read the letters at p, quickly when they are a plain word; returns the end of what was read."""
    sym, klass = text.sym, tables.klass
    words = tables.words
    node, k, what, stop, numeric = 1, p, 0, p, False
    while k < end:
        code = words.code[sym[k]]
        node = np.int64(words.next[node, code]) if code else 0
        if node == 0:
            break
        k += 1
        here = np.int64(words.what[node])
        if here:
            numeric |= here & (WEAK - 1) <= MULTIPLY
            if k == end or klass[sym[k]] != LETTER:
                what, stop = here, k
    e = p
    while e < end and klass[sym[e]] == LETTER:
        e += 1
    if e < end and klass[sym[e]] == DIGIT:
        after = iban_end(tables, sym, p, end) if e == p + 2 else p
        if after > p:
            st[S_FLUSH] = 1
            return after
        return read_run(text, tables, r, st, tok, dig, back, p, end)
    if what and stop >= e:
        known_word(st, tok, what, p, stop)
        return stop
    if (numeric and e - p >= 4) or (e - p <= 3 and (st[TOKENS] or sym[p] == 0x6F)):
        return read_run(text, tables, r, st, tok, dig, back, p, end)
    unknown_word(st, e - p)
    return e
