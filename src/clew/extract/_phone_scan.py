"""The phone kernel: one pass over the symbols of each text."""

from __future__ import annotations

import numpy as np

from clew.extract._phone_choose import choose
from clew.extract._phone_context import iban_end
from clew.extract._phone_idle import LONGEST_WORD, idle
from clew.extract._phone_kernel import inner, kernel
from clew.extract._phone_near import near_word
from clew.extract._phone_runs import (
    CUE_REACH,
    add_letters,
    cut,
    look_back,
    look_digit,
    number_expected,
    other_word,
    read_roman,
    read_run,
    read_spaced,
)
from clew.extract._phone_tables import (
    COMMA,
    DIGIT,
    DIGITS,
    DIGITS_USED,
    F_MARK,
    F_MONEY,
    F_NEAR,
    F_SPELLED,
    F_WEAK,
    FIELD,
    FIELD_END,
    FLAGS,
    G_COMMA,
    G_NEWLINE,
    G_ODD,
    G_SPACE,
    G_USUAL,
    KIND,
    LANGUAGE,
    LETTER,
    LETTERS,
    MAX_TOKENS,
    MONEY,
    NEWLINE,
    ODD,
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
    USUAL,
)  # fmt: skip
from clew.extract._phone_tokens import (
    KIND_BITS,
    LONGEST_GAP,
    add,
    add_digits,
    known_word,
    match,
    point_at,
    unknown_word,
)
from clew.extract._phone_words import HUNDRED, MULTIPLY, PAIR, STEM, TIMES, UNIT, WEAK, maybe, step
from clew.extract.fold import EMOJI

_FEWEST_DIGITS = 6
_ROOM = 128  # tokens that one run of letters and digits may add
_HAN, _O, _E2 = 0x3000, 0x6F, 0xE2
_PLUS_SIGN, _OPEN, _CLOSE = 0x2B, 0x28, 0x29
_HEAVY_PLUS, _KEYCAP_TEN, _CIRCLE, _O_BUTTON = 0x2795, 0x1F51F, 0x2B55, 0x1F17E
_DIE, _EIGHT_BALL, _MEDAL = 0x2680, 0x1F3B1, 0x1F947


@kernel
def _restart(st, p):  # type: ignore[no-untyped-def]
    """Begin a new chain of tokens."""
    st[TOKENS] = st[DIGITS_USED] = st[S_GAP] = st[S_WORDS] = st[S_SIZE] = st[S_FLUSH] = 0
    st[S_FLOOR] = p


@kernel
def _new_field(st):  # type: ignore[no-untyped-def]
    st[S_CONTEXT], st[S_AGE], st[S_SIGN], st[S_MONEY] = 0, 99, -9, -9


@kernel
def scan(text, tables, start, region, ws, out):  # type: ignore[no-untyped-def]
    """Find the phone numbers of every text.

    Args:
        text, tables, ws: see `_phone_tables`.
        start: int64[n + 1], where each text begins in ``text.sym``.
        region: uint16[n], packed ISO regions.
        out: int64[rows, 5], filled with text, begin, end, number, obscured.

    Returns:
        How many rows were filled; when that is all of them, there may be more.
    """
    sym, klass, words, st = text.sym, tables.klass, tables.words, ws.st
    n_out = 0
    for r in range(start.shape[0] - 1):
        p, end = start[r], start[r + 1]
        ws.bounds[0], ws.bounds[1], ws.bounds[LANGUAGE] = p, end, -1
        home = np.int64(tables.plan.index[region[r]])
        _restart(st, p)
        _new_field(st)
        st[FIELD] = 0
        while p < end:
            if not st[TOKENS] and (st[S_CONTEXT] <= 0 or st[S_AGE] >= CUE_REACH):
                p, passed = idle(sym, klass, words.whole, words.stems, words.heads, p, end)
                st[S_AGE] += abs(passed)
                if passed > 0:
                    st[S_SIGN] = -9
                if p >= end:
                    break
            c = klass[sym[p]]
            if c == LETTER:
                big = _capital(text, r, p)
                after = _plain_word(sym, klass, tables.looks, words, tables.near, st, ws.tok, ws.back, p, end, big)
                p = after if after >= 0 else _other_letters(text, tables, r, ws, p, end)
            elif c == DIGIT:
                p = _plain_digits(text, klass, r, st, ws.tok, ws.dig, p, end)
                if p < 0:
                    p = read_run(text, tables, r, ws, -1 - p, end)
            elif c == FIELD_END:
                st[S_FLUSH] = 1
                p += 1
            elif c == SPACE or c == COMMA or (c == USUAL and sym[p] != _OPEN):  # noqa: SIM109 - as compiled code is fast
                if not st[TOKENS]:
                    p += 1
                    continue
                _widen(st, c, sym[p])
                p += 1
            elif c == NEWLINE or (c == ODD and not tables.looks[sym[p]] and sym[p] != EMOJI and sym[p] != _PLUS_SIGN):
                st[S_AGE] += c == NEWLINE
                if st[TOKENS]:
                    _widen(st, c, sym[p])
                p += 1
            else:
                p = _between(text, tables, r, ws, p, end)
            if st[S_FLUSH] or st[TOKENS] > MAX_TOKENS - _ROOM:
                if _worth(st, ws.tok):
                    n_out = choose(text, tables, ws, home, r, out, n_out)
                _restart(st, p)
                if c == FIELD_END:
                    st[FIELD] += 1
                    _new_field(st)
        if _worth(st, ws.tok):
            n_out = choose(text, tables, ws, home, r, out, n_out)
    return n_out


@kernel
def _worth(st, tok):  # type: ignore[no-untyped-def]
    """Whether a chain may have enough digits for a phone number (a number word has at most three)."""
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
    return digits >= _FEWEST_DIGITS and sure


@inner
def _capital(text, r, p):  # type: ignore[no-untyped-def]
    """Whether symbol p is a capital letter of ASCII."""
    return 65 <= text.data[text.offsets[r] + np.int64(text.byte[p])] <= 90


@kernel
def _all_look(sym, looks, p, e):  # type: ignore[no-untyped-def]
    for k in range(p, e):  # noqa: SIM110 - compiled code has no generators
        if not looks[sym[k]]:
            return False
    return True


@inner
def _plain_digits(text, klass, r, st, tok, dig, p, end):  # type: ignore[no-untyped-def]
    """Read digits that no letter touches; their end, or -1 - p when they need a closer look."""
    k = p
    while k < end and klass[text.sym[k]] == DIGIT:
        k += 1
    if (k < end and klass[text.sym[k]] == LETTER) or (k == p + 1 and not st[TOKENS]):
        return -1 - p
    return add_digits(text, r, st, tok, dig, p, k, klass)


@inner
def _widen(st, c, s):  # type: ignore[no-untyped-def]
    """One more symbol of a class between two tokens."""
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
    if st[S_SIZE] > LONGEST_GAP:
        st[S_FLUSH] = 1


@inner
def _plain_word(sym, klass, looks, words, near, st, tok, back, p, end, capital):  # type: ignore[no-untyped-def]
    """Read the letters at p when they are a word without surprises; returns their end, or -1 for `_other_letters`.

    Nearly every word of a text ends here, so this takes few arrays and makes no calls that take many.
    """
    h, stem, e = np.uint64(0), np.uint64(0), p
    while e < end and klass[sym[e]] == LETTER:
        h = step(h, sym[e])
        e += 1
        if e - p == STEM:
            stem = h
    n = e - p
    if n == 1 or sym[p] >= _HAN or (e < end and klass[sym[e]] == DIGIT):
        return -1
    if maybe(words.whole, h):
        what, stop = match(words, klass, sym, p, end)
        if what and stop >= e:
            if st[TOKENS] == 0 and what & KIND_BITS <= HUNDRED and not what & WEAK:
                return -1
            unsure = what & KIND_BITS > MULTIPLY or what & WEAK
            if n <= 3 and capital and st[TOKENS] and unsure and _all_look(sym, looks, p, e):
                return -1  # "SI" is 51 among digits
            known_word(st, tok, what, p, stop, 0)
            return stop
    if n <= 3 and (st[TOKENS] or sym[p] == _O):
        # letters for digits: not behind a single weak word ("to me")
        strong = st[TOKENS] > 1 or st[TOKENS] == 0 or not tok[0, FLAGS] & F_WEAK
        if strong and st[S_WORDS] == 0 and _all_look(sym, looks, p, e):
            return -1
    if 5 <= n <= LONGEST_WORD and maybe(words.stems, stem) and cut(words, sym, p, e, back):
        return -1
    what = near_word(near, sym, p, e, True) if number_expected(st, tok) else 0
    if what:
        known_word(st, tok, what, p, e, F_NEAR | F_WEAK)
    else:
        unknown_word(st, n)
    return e


@kernel
def _other_letters(text, tables, r, ws, p, end):  # type: ignore[no-untyped-def]
    """Read the letters at p in every way; returns the end of what was read."""
    sym, klass, words, st = text.sym, tables.klass, tables.words, ws.st
    e = p
    while e < end and klass[sym[e]] == LETTER:
        e += 1
    n = e - p
    if e < end and klass[sym[e]] == DIGIT:
        after = iban_end(tables, sym, p, end) if n == 2 else p
        if after > p:
            st[S_FLUSH] = 1
            return after
        return read_run(text, tables, r, ws, p, end)
    if n == 1 and p + 2 < end and klass[sym[p + 1]] != LETTER and klass[sym[p + 2]] == LETTER:
        after = read_spaced(tables, ws, sym, p, end)
        if after > p:
            return after
    if text.data[text.offsets[r] + np.int64(text.byte[p])] == _E2:
        after = read_roman(text, r, ws, klass, p, end)
        if after > p:
            return after
    what, stop = match(words, klass, sym, p, end)
    number = what and what & KIND_BITS <= MULTIPLY and not what & WEAK
    if 2 <= n <= 3 and st[TOKENS] and not number and _capital(text, r, p) and _all_look(sym, tables.looks, p, e):
        add_letters(text, r, tables, ws, p, e, F_WEAK)
        return e
    if what and stop >= e:
        if st[TOKENS] == 0 and what & KIND_BITS <= HUNDRED and not what & WEAK:
            look_back(tables, ws, sym, p)
        known_word(st, ws.tok, what, p, stop, 0)
        return stop
    if (5 <= n <= LONGEST_WORD) or sym[p] >= _HAN or (n <= 3 and (st[TOKENS] or sym[p] == _O)):
        return read_run(text, tables, r, ws, p, end)
    other_word(tables, ws, sym, p, e)
    return e


@kernel
def _add_mark(ws, p, e, digit, size, flags):  # type: ignore[no-untyped-def]
    """A picture or mark that is read as a digit (as "10" when size is 2)."""
    n = ws.st[DIGITS_USED]
    add(ws.st, ws.tok, p, e, DIGITS if size == 2 else LETTERS, 0, F_SPELLED | flags)
    ws.dig[n], ws.dig[n + size - 1] = digit, 0 if size == 2 else digit
    ws.tok[ws.st[TOKENS] - 1, SIZE] = size
    ws.st[DIGITS_USED] = n + size
    return e


@kernel
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


@kernel
def _mark(text, tables, r, ws, p, end):  # type: ignore[no-untyped-def]
    """The end of a mark at p that may be meant as a digit: "!" or "()" that touches digits; p when there is none."""
    sym, klass, st = text.sym, tables.klass, ws.st
    touches = st[TOKENS] and st[S_SIZE] == 0 and p > ws.bounds[0] and klass[sym[p - 1]] in (DIGIT, LETTER)
    if sym[p] == _OPEN and p + 2 < end and sym[p + 1] == _CLOSE and klass[sym[p + 2]] in (DIGIT, USUAL):
        return _add_mark(ws, p, p + 2, 0, 1, F_MARK)
    if tables.looks[sym[p]] and touches and p + 1 < end and klass[sym[p + 1]] == DIGIT:
        return _add_mark(ws, p, p + 1, look_digit(text, r, tables, p), 1, F_MARK)
    return p


@kernel
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


@kernel
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
    elif tables.looks[s] or s == _OPEN:
        after = _mark(text, tables, r, ws, p, end)
        if after > p:
            return after
    if c == MONEY:
        _money(tables, ws, text.sym, p, end)
        return p + 1
    if not st[TOKENS]:
        return p + 1
    _widen(st, c, s)
    return p + 1
