"""The phone kernel: one pass over the symbols of each text."""

from __future__ import annotations

import numpy as np

from clew.extract._phone_choose import choose
from clew.extract._phone_context import iban_end, moment_end
from clew.extract._phone_labels import company_end, heard
from clew.extract._phone_runs import (
    add_letters,
    all_look,
    look_back,
    look_digit,
    other_word,
    read_roman,
    read_run,
    read_spaced,
)
from clew.extract._phone_skip import HAN, LETTER_O, LONGEST_WORD, skip, widen
from clew.extract._phone_tables import (
    DIGIT,
    DIGITS,
    DIGITS_USED,
    F_MARK,
    F_MONEY,
    F_SPELLED,
    F_WEAK,
    FIELD,
    FIELD_END,
    FLAGS,
    G_ODD,
    KIND,
    LANGUAGE,
    LETTER,
    LETTERS,
    MAX_TOKENS,
    MONEY,
    NEWLINE,
    ROOM,
    S_AGE,
    S_CONTEXT,
    S_FLOOR,
    S_FLUSH,
    S_GAP,
    S_MONEY,
    S_SIGN,
    S_SIZE,
    S_SYMBOL,
    S_WORDS,
    SIZE,
    SPACE,
    TOKENS,
    TOLD,
    USUAL,
    VALUE,
)  # fmt: skip
from clew.extract._phone_tokens import (
    KIND_BITS,
    add,
    add_digits,
    known_word,
    match,
    point_at,
    unknown_word,
)
from clew.extract._phone_words import AND, CUE, HUNDRED, MULTIPLY, PAIR, TIMES, UNIT, WEAK
from clew.extract.fold import EMOJI
from clew.ingest.kernels import inner, kernel, kernel_step

_FEWEST_DIGITS = 6
_E2 = 0xE2
_PLUS_SIGN, _OPEN, _CLOSE = 0x2B, 0x28, 0x29
_HEAVY_PLUS, _KEYCAP_TEN, _CIRCLE, _O_BUTTON = 0x2795, 0x1F51F, 0x2B55, 0x1F17E
_DIE, _EIGHT_BALL, _MEDAL = 0x2680, 0x1F3B1, 0x1F947


@kernel_step
def _restart(st, p):  # type: ignore[no-untyped-def]
    """Begin a new chain of tokens."""
    st[TOKENS] = st[DIGITS_USED] = st[S_GAP] = st[S_WORDS] = st[S_SIZE] = st[S_FLUSH] = 0
    st[S_FLOOR] = p


@kernel_step
def _new_field(st):  # type: ignore[no-untyped-def]
    st[S_CONTEXT], st[S_AGE], st[S_SIGN], st[S_MONEY] = 0, 99, -9, -9


@kernel
def scan(text, tables_, start, region, ws_, out):  # type: ignore[no-untyped-def]
    """Find the phone numbers of every text.

    Args:
        text, tables, ws: see `_phone_tables`.
        start: int64[n + 1], where each text begins in ``text.sym``.
        region: uint16[n], packed ISO regions.
        out: int64[rows, 5], filled with text, begin, end, number, obscured.

    Returns:
        How many rows were filled; when that is all of them, there may be more.
    """
    tables, ws = tables_[0], ws_[0]
    sym, klass, st = text.sym, tables.klass, ws.st
    n_out = np.int64(0)
    for r in range(start.shape[0] - 1):
        p, end = start[r], start[r + 1]
        ws.bounds[0], ws.bounds[1], ws.bounds[LANGUAGE], ws.bounds[TOLD] = p, end, -1, -2
        home = np.int64(tables.plan.index[region[r]])
        _restart(st, p)
        _new_field(st)
        st[FIELD] = 0
        while p < end:
            p = skip(tables, ws, sym, p, end)
            c = SPACE
            if p < end and not st[S_FLUSH]:
                c = klass[sym[p]]
                if c == LETTER:
                    p = _letters(text, tables, r, ws, p, end)
                elif c == DIGIT:
                    p = _digits(text, tables, r, ws, p, end)
                elif c == FIELD_END:
                    st[S_FLUSH] = 1
                    p += 1
                else:
                    p = _between(text, tables, r, ws, p, end)
            if st[S_FLUSH] or st[TOKENS] > MAX_TOKENS - ROOM:
                if _worth(ws):
                    n_out = choose(text, tables, ws, home, r, out, n_out)
                _restart(st, p)
                if c == FIELD_END:
                    st[FIELD] += 1
                    _new_field(st)
        if _worth(ws):
            n_out = choose(text, tables, ws, home, r, out, n_out)
    return n_out


@kernel_step
def _worth(ws):  # type: ignore[no-untyped-def]
    """Whether a chain may have enough digits for a phone number (a number word has at most three)."""
    st, tok = ws.st, ws.tok
    if st[TOKENS] == 0:
        return False
    digits, sure = st[DIGITS_USED], False  # weak words alone are no number
    for t in range(st[TOKENS]):
        kind = tok[t, KIND]
        sure |= not tok[t, FLAGS] & (F_WEAK | F_MARK)
        if UNIT <= kind <= MULTIPLY:
            digits += 1 if kind == UNIT else 2 if kind <= PAIR else 3
            if kind == MULTIPLY or (t and tok[t - 1, KIND] == TIMES):
                digits += 2
        elif kind == AND and tok[t, VALUE]:
            digits += 1
    return digits >= _FEWEST_DIGITS and sure


@inner
def _capital(text, r, p):  # type: ignore[no-untyped-def]
    """Whether symbol p is a capital letter of ASCII."""
    return 65 <= text.data[text.offsets[r] + np.int64(text.byte[p])] <= 90


@inner
def _digits(text, tables, r, ws, p, end):  # type: ignore[no-untyped-def]
    """Read the digits at p, with the letters that touch them; returns the end of what was read."""
    klass, k = tables.klass, p
    after = moment_end(klass, text.sym, p, end)
    if after > p:
        ws.st[S_FLUSH] = 1
        return after
    while k < end and klass[text.sym[k]] == DIGIT:
        k += 1
    if (k < end and klass[text.sym[k]] == LETTER) or (k == p + 1 and not ws.st[TOKENS]):
        return read_run(text, tables, r, ws, p, end)
    return add_digits(text, tables, r, ws, p, k)


@kernel_step
def _letters(text, tables, r, ws, p, end):  # type: ignore[no-untyped-def]
    """Read the letters at p in every way; returns the end of what was read."""
    sym, klass, st = text.sym, tables.klass, ws.st
    e = p
    while e < end and klass[sym[e]] == LETTER:
        e += 1
    n = e - p
    if e < end and klass[sym[e]] == DIGIT:
        after = iban_end(tables, sym, p, end) if n == 2 else p
        if after == p and n == 2 and sym[p] == 0x62 and sym[p + 1] == 0x65:  # "BE0475382291"
            after = company_end(klass, sym, e, end)
            after = p if after == e else after
        if after > p:
            st[S_FLUSH] = 1
            return after
        return read_run(text, tables, r, ws, p, end)
    if n == 1 and p + 2 < end and klass[sym[p + 1]] != LETTER and klass[sym[p + 2]] == LETTER:
        after = read_spaced(tables, ws, sym, p, end)
        if after > p:
            return after
    if text.data[text.offsets[r] + np.int64(text.byte[p])] == _E2:
        after = read_roman(text, tables, r, ws, p, end)
        if after > p:
            return after
    what, stop = match(tables, sym, p, end)
    number = what and what & KIND_BITS <= MULTIPLY and not what & WEAK
    short = 2 <= n <= 3 and st[TOKENS] and not number and what & KIND_BITS != CUE
    if short and _capital(text, r, p) and all_look(tables, sym, p, e):
        add_letters(text, r, tables, ws, p, e, F_WEAK)
        return e
    if what and stop >= e:
        what = heard(tables, ws, sym, what, p, stop)
        if not what:
            unknown_word(ws, e - p)
            return stop
        if st[TOKENS] == 0 and what & KIND_BITS <= HUNDRED and not what & WEAK:
            look_back(tables, ws, sym, p)
        known_word(ws, what, p, stop, 0)
        return stop
    if (5 <= n <= LONGEST_WORD) or sym[p] >= HAN or (n <= 3 and (st[TOKENS] or sym[p] == LETTER_O)):
        return read_run(text, tables, r, ws, p, end)
    other_word(tables, ws, sym, p, e)
    return e


@kernel_step
def _add_mark(ws, p, e, digit, size, flags):  # type: ignore[no-untyped-def]
    """A picture or mark that is read as a digit (as "10" when size is 2)."""
    n = ws.st[DIGITS_USED]
    add(ws, p, e, DIGITS if size == 2 else LETTERS, 0, F_SPELLED | flags)
    ws.dig[n], ws.dig[n + size - 1] = digit, 0 if size == 2 else digit
    ws.tok[ws.st[TOKENS] - 1, SIZE] = size
    ws.st[DIGITS_USED] = n + size
    return e


@kernel_step
def _picture(text, r, ws, p):  # type: ignore[no-untyped-def]
    """Whether the emoji at p was read as a digit."""
    point = point_at(text, r, p)
    if point == _KEYCAP_TEN:
        _add_mark(ws, p, p + 1, 1, 2, 0)
    elif point in (_CIRCLE, _O_BUTTON) or point == _O_BUTTON + 1:
        _add_mark(ws, p, p + 1, 0, 1, 0)
    elif _DIE <= point < _DIE + 6:
        _add_mark(ws, p, p + 1, point - _DIE + 1, 1, F_MARK)
    elif point == _EIGHT_BALL:
        _add_mark(ws, p, p + 1, 8, 1, F_MARK)
    elif _MEDAL <= point < _MEDAL + 3:
        _add_mark(ws, p, p + 1, point - _MEDAL + 1, 1, F_MARK)
    else:
        return False
    return True


@kernel_step
def _mark(text, tables, r, ws, p, end):  # type: ignore[no-untyped-def]
    """The end of a mark at p that may be meant as a digit: "!" or "()" that touches digits; p when there is none."""
    sym, klass, st = text.sym, tables.klass, ws.st
    touches = st[TOKENS] and st[S_SIZE] == 0 and p > ws.bounds[0] and klass[sym[p - 1]] in (DIGIT, LETTER)
    if sym[p] == _OPEN and p + 2 < end and sym[p + 1] == _CLOSE and klass[sym[p + 2]] in (DIGIT, USUAL):
        return _add_mark(ws, p, p + 2, 0, 1, F_MARK)
    if tables.looks[sym[p]] and touches and p + 1 < end and klass[sym[p + 1]] == DIGIT:
        return _add_mark(ws, p, p + 1, look_digit(text, r, tables, p), 1, F_MARK)
    return p


@kernel_step
def _money(tables, ws, sym, p, end):  # type: ignore[no-untyped-def]
    """A sign of money or per cent ends the chain, except where it stands between digits like any separator."""
    st, klass = ws.st, tables.klass
    # "78 €100": the sign belongs to the number that it touches, else to the one before
    after = p + 1 < end and klass[sym[p + 1]] == DIGIT
    if st[TOKENS] and st[S_WORDS] == 0 and (st[S_SIZE] == 0 or (st[S_SIZE] == 1 and not after)):
        ws.tok[st[TOKENS] - 1, FLAGS] |= F_MONEY
        if after and st[S_SIZE] == 0:
            st[S_GAP] |= G_ODD
            st[S_SIZE], st[S_SYMBOL] = 1, sym[p]
            return
    else:
        st[S_MONEY] = p + 1
    st[S_FLUSH] = 1


@kernel_step
def _between(text, tables, r, ws, p, end):  # type: ignore[no-untyped-def]
    """One symbol that is neither letter nor digit; returns the place after it."""
    st, s = ws.st, text.sym[p]
    c = tables.klass[s]
    if s == EMOJI:
        if _picture(text, r, ws, p):
            return p + 1
        if point_at(text, r, p) == _HEAVY_PLUS:
            s = np.uint16(_PLUS_SIGN)
    if s == _PLUS_SIGN and not (p > ws.bounds[0] and tables.klass[text.sym[p - 1]] == DIGIT):
        st[S_SIGN] = p
    elif c == NEWLINE:
        st[S_AGE] += 1
    elif tables.looks[s] or s == _OPEN:
        after = _mark(text, tables, r, ws, p, end)
        if after > p:
            return after
    if c == MONEY:
        _money(tables, ws, text.sym, p, end)
        return p + 1
    if not st[TOKENS]:
        return p + 1
    widen(st, c, s)
    return p + 1
