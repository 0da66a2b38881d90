"""The part of the phone kernel that reads most of a text: what says nothing of numbers."""

from __future__ import annotations

import numpy as np

from clew.extract._phone_labels import begins_anew, heard, numbers_something
from clew.extract._phone_near import near_word
from clew.extract._phone_runs import all_look, cut, look_back, number_expected
from clew.extract._phone_tables import (
    COMMA,
    DIGIT,
    F_WEAK,
    FLAGS,
    G_COMMA,
    G_NEWLINE,
    G_ODD,
    G_SPACE,
    G_USUAL,
    LETTER,
    MAX_TOKENS,
    NEWLINE,
    ODD,
    ROOM,
    S_AGE,
    S_CONTEXT,
    S_FLOOR,
    S_FLUSH,
    S_GAP,
    S_SIGN,
    S_SIZE,
    S_SYMBOL,
    S_WORDS,
    SPACE,
    TOKENS,
    USUAL,
)  # fmt: skip
from clew.extract._phone_tokens import KIND_BITS, LONGEST_GAP, known_word, unknown_word
from clew.extract._phone_words import (
    AND,
    CUE,
    HUNDRED,
    MEASURE,
    MULTIPLY,
    NEUTRAL,
    NOCUE,
    TIMES,
    WEAK,
    lookup,
    maybe,
    step,
)
from clew.extract.fold import EMOJI
from clew.ingest.kernels import inner, kernel_step

HAN, LETTER_O = 0x3000, 0x6F
LONGEST_WORD = 120
_V, _I, _X, _B, _N, _R = 0x76, 0x69, 0x78, 0x62, 0x6E, 0x72
_SCRIPTS, _LATIN = 0x370, 0x80  # where the letters of other scripts begin, and where those of ours end
_ANEW = 2  # a flush before the word that brought it about
_FEWEST_DIGITS = 6
_PLUS_SIGN, _OPEN, _CLOSE = 0x2B, 0x28, 0x29


@inner
def widen(st, c, s):  # type: ignore[no-untyped-def]
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


@kernel_step
def skip(tables, ws, sym, p, end):  # type: ignore[no-untyped-def]
    """Read from p on what takes no closer look; gives where that ends, which may be where the chain of tokens ends.

    It keeps the state of the scan, and does with all that it passes over just what the closer look would do.
    """
    klass, words, st = tables.klass, tables.words, ws.st
    while p < end:
        c = klass[sym[np.uint64(p)]]  # unsigned: no check for places before the first
        if c == LETTER:
            every = sym[np.uint64(p)]  # all bits of its letters
            h, e = step(np.uint64(0), every), p + 1
            while e < end and klass[sym[np.uint64(e)]] == LETTER:
                h = step(h, sym[np.uint64(e)])
                every |= sym[np.uint64(e)]
                e += 1
            if sym[np.uint64(p)] >= HAN or (e < end and klass[sym[np.uint64(e)]] == DIGIT):
                return p
            if e - p == 1 and (st[TOKENS] or _single(klass, sym, p, end)):
                return p
            what = lookup(words, h) if maybe(words.whole, h) else np.int64(0)
            if what:
                if what < 0 or not _known(tables, ws, sym, what, p, e):
                    return p
                if st[S_FLUSH] == _ANEW:
                    return p
            elif (sym[np.uint64(e - 1)] == _R or every >= _SCRIPTS) and _rare(tables, ws, sym, p, e):
                pass
            elif _closer(tables, ws, sym, p, e):
                return p
            else:
                unknown_word(ws, e - p)
            p = e
            if st[S_FLUSH] or st[TOKENS] > MAX_TOKENS - ROOM:
                return p
        elif c == SPACE or c == COMMA or (c == USUAL and sym[np.uint64(p)] != _OPEN):  # noqa: SIM109 - compiled code
            if st[TOKENS]:
                widen(st, c, sym[np.uint64(p)])
                if st[S_FLUSH]:
                    return p + 1
            p += 1
        elif c == DIGIT:
            after = p if st[TOKENS] else _measured(tables, ws, sym, p, end)
            if after == p:
                return p
            p = after
        elif st[TOKENS]:
            return p
        elif c == NEWLINE:
            st[S_AGE] += 1
            p += 1
        elif (c == USUAL and not (p + 1 < end and sym[p + 1] == _CLOSE)) or (
            c == ODD and sym[p] != EMOJI and sym[p] != _PLUS_SIGN
        ):
            p += 1
        else:
            return p
    return end


@kernel_step
def _measured(tables, ws, sym, p, end):  # type: ignore[no-untyped-def]
    """The end of a short number and the measure behind it ("30 minutes"), which is no phone; p for anything else."""
    klass, e = tables.klass, p
    while e < end and klass[sym[e]] == DIGIT:
        e += 1
    if e - p < 2 or e - p >= _FEWEST_DIGITS or e + 2 >= end or klass[sym[e]] != SPACE or klass[sym[e + 1]] != LETTER:
        return p
    h, k = np.uint64(0), e + 1
    while k < end and klass[sym[k]] == LETTER:
        h = step(h, sym[k])
        k += 1
    what = lookup(tables.words, h) if maybe(tables.words.whole, h) else np.int64(0)
    if what < 0 or what & KIND_BITS != MEASURE or k == e + 2 or (k < end and klass[sym[k]] == DIGIT):
        return p
    if k - e <= 4 and all_look(tables, sym, e + 1, k):
        return p
    ws.st[S_SIGN] = -9
    return k if _pass(ws, MEASURE, k) else p


@kernel_step
def _known(tables, ws, sym, what, p, e):  # type: ignore[no-untyped-def]
    """Read a word of the tree; false when it takes a closer look."""
    kind, st = what & KIND_BITS, ws.st
    if kind == NOCUE or (kind == NEUTRAL and (sym[np.uint64(p)] == _N or sym[np.uint64(p)] == _B)):  # "nr", "be"
        what = heard(tables, ws, sym, what, p, e)
        if not what:
            unknown_word(ws, e - p)
            return True
        kind = what & KIND_BITS
    elif kind == CUE and st[TOKENS] and begins_anew(tables, ws, sym, p, e):
        st[S_FLUSH] = _ANEW  # and the word is read again
        return True
    number = kind <= MULTIPLY and not what & WEAK
    if not st[TOKENS]:
        if kind > MULTIPLY:
            return _pass(ws, kind, e)
        if number and kind <= HUNDRED:
            look_back(tables, ws, sym, p)
    elif not number and kind != CUE and e - p <= 3 and all_look(tables, sym, p, e):
        return False  # "SI" is 51 among digits
    known_word(ws, what, p, e, 0)
    return True


@kernel_step
def _foreign(sym, p, e):  # type: ignore[no-untyped-def]
    """Whether a word has a letter of another script."""
    for k in range(p, e):  # noqa: SIM110 - compiled code has no generators
        if sym[k] >= _SCRIPTS:
            return True
    return False


@kernel_step
def _rare(tables, ws, sym, p, e):  # type: ignore[no-untyped-def]
    """Read "Rechnungsnr", or a number word with letters of another script that look alike ("dоs"); false for others."""
    if sym[e - 1] == _R and e - p > 4 and numbers_something(tables, sym, p, e):
        known_word(ws, np.int64(NOCUE), p, e, 0)
        return True
    if e - p < 3 or (sym[p] >= _LATIN and sym[p + 1] >= _LATIN and sym[e - 1] >= _LATIN):
        return False
    if sym[e - 1] == _R and not _foreign(sym, p, e):
        return False
    what = near_word(tables.near, sym, p, e, False)
    if not what or what & KIND_BITS > HUNDRED:
        return False
    if not ws.st[TOKENS]:
        look_back(tables, ws, sym, p)
    known_word(ws, what, p, e, 0)
    return True


@inner
def _single(klass, sym, p, end):  # type: ignore[no-untyped-def]
    """Whether one letter by itself may be a digit, a Roman numeral, or the first of a word spelled letter by letter."""
    s = sym[p]
    if s in (LETTER_O, _I, _V, _X):
        return True
    return p + 2 < end and klass[sym[p + 2]] == LETTER and (p + 3 == end or klass[sym[p + 3]] != LETTER)


@inner
def _closer(tables, ws, sym, p, e):  # type: ignore[no-untyped-def]
    """Whether letters that are no word of the tree may still be digits."""
    st, words, n = ws.st, tables.words, e - p
    if n <= 3:
        if st[TOKENS]:  # letters for digits: not behind a single weak word ("to me")
            strong = st[S_WORDS] == 0 and (st[TOKENS] > 1 or not ws.tok[0, FLAGS] & F_WEAK)
        else:
            strong = sym[p] == LETTER_O
        if strong and all_look(tables, sym, p, e):
            return True
    elif 5 <= n <= LONGEST_WORD:
        stem = step(step(step(np.uint64(0), sym[p]), sym[p + 1]), sym[p + 2])
        if maybe(words.stems, stem) and cut(words, sym, p, e, ws.back):
            return True
    return number_expected(ws) and near_word(tables.near, sym, p, e, True) != 0


@inner
def _pass(ws, kind, e):  # type: ignore[no-untyped-def]
    """Keep the state for a word of the tree that is no number; false for one that takes a closer look."""
    st = ws.st
    if kind in (CUE, NOCUE):
        st[S_CONTEXT], st[S_AGE], st[S_SIGN] = (1 if kind == CUE else -1), 0, -9
    elif kind == NEUTRAL:
        st[S_SIGN] = -9
    elif kind == MEASURE:
        st[S_AGE] += 1
        st[S_GAP], st[S_FLOOR] = 0, e
    else:
        return kind in (AND, TIMES)
    return True
