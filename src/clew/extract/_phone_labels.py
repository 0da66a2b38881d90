"""Words before a number that say what it is: which of them say it here, and those that no list has."""

from __future__ import annotations

import numpy as np

from clew.extract._phone_tables import (
    DIGIT,
    DIGITS_USED,
    G_WORDS,
    GAP,
    LETTER,
    NEWLINE,
    S_AGE,
    S_CONTEXT,
    SPACE,
    TOKENS,
)
from clew.extract._phone_tokens import KIND_BITS
from clew.extract._phone_words import CUE, NEUTRAL, NOCUE, TOPIC, VALUE, lookup, maybe, step
from clew.ingest.kernels import kernel_step

_DASH, _DOT = 0x2D, 0x2E
_ENDS = (0x21, 0x3F, 0x2E, 0x3B, 0x7C)  # "!?.;|"
_B, _E, _N, _R = 0x62, 0x65, 0x6E, 0x72
_NUMMER = (0x6E, 0x75, 0x6D, 0x6D, 0x65)  # "numme"
_SHORTEST_STEM, _SMALL_WORD = 3, 3
_IDENTITY = 5  # digits that make a number of its own
_NEAR = 5


@kernel_step
def _denied(tables, sym, first, p):  # type: ignore[no-untyped-def]
    """Whether one of the two words before p says that there is none; the nearer one is small then ("pas de …")."""
    for _ in range(2):
        e = p
        while e > first and tables.klass[sym[e - 1]] == SPACE:
            e -= 1
        b = e
        while b > first and tables.klass[sym[b - 1]] == LETTER:
            b -= 1
        if e == p or b == e:
            return False
        h = np.uint64(0)
        for k in range(b, e):
            h = step(h, sym[k])
        for k in range(tables.denials.shape[0]):
            if tables.denials[k] == h:
                return True
        if e - b > _SMALL_WORD:
            return False
        p = b
    return False


@kernel_step
def company_end(klass, sym, p, end):  # type: ignore[no-untyped-def]
    """The end of a Belgian company's number behind its country ("0475.382.291", "0475382291"), or p."""
    k, digits = p, 0
    while k < end and digits < 10:
        if klass[sym[k]] == DIGIT:
            digits += 1
        elif sym[k] != _DOT or digits not in (4, 7) or sym[k - 1] == _DOT:
            return p
        k += 1
    dots = k - p - digits
    if digits < 10 or dots == 1 or sym[p] > 0x31 or (k < end and klass[sym[k]] in (LETTER, DIGIT)):
        return p
    return k


@kernel_step
def heard(tables, ws, sym, what, p, e):  # type: ignore[no-untyped-def]
    """What a word of the tree between p and e says here: 0 for a label that ends its sentence or that is denied."""
    first, last, kind = ws.bounds[0], ws.bounds[1], what & KIND_BITS
    if kind == NOCUE:
        ends = e + 1 < last and sym[e] in _ENDS[:3] and tables.klass[sym[e + 1]] in (SPACE, NEWLINE)
        ends &= sym[e] != _DOT or what >> VALUE == TOPIC  # what is shortened has a full stop too: "ref. 0612345678"
        return np.int64(0) if ends or _denied(tables, sym, first, p) else np.int64(what)
    if kind == NEUTRAL and e - p == 2 and sym[p] == _B and sym[p + 1] == _E and e + 5 < last and sym[e + 5] == _DOT:
        return np.int64(NOCUE if company_end(tables.klass, sym, e + 1, last) > e + 1 else what)
    if kind == NEUTRAL and p > first + 1 and sym[p - 1] == _DASH and sym[p] == _N and sym[e - 1] == _R:
        announced = ws.st[S_CONTEXT] > 0 and ws.st[S_AGE] == 0  # "Tel.-Nr."
        if not announced and (tables.klass[sym[p - 2]] == LETTER or sym[p - 2] == _DOT):
            return np.int64(NOCUE)  # "Best.-Nr."
    return np.int64(what)


@kernel_step
def numbers_something(tables, sym, p, e):  # type: ignore[no-untyped-def]
    """Whether an unknown word names a number that is no phone: "Rechnungsnr", "Mitgliedsnummer", not "Telnr"."""
    stem = e - 2
    if sym[e - 2] == _N:
        pass
    elif e - p > 6:
        stem = e - 6
        for k in range(5):
            if sym[stem + k] != _NUMMER[k]:
                return False
    if stem - p < _SHORTEST_STEM or (stem == e - 2 and sym[stem] != _N):
        return False
    h = np.uint64(0)
    for k in range(p, stem):
        h = step(h, sym[k])
        if k - p + 1 >= _SHORTEST_STEM and maybe(tables.words.whole, h):
            what = lookup(tables.words, h)
            if what < 0 or what & KIND_BITS == CUE:  # below 0: "tel" and "tel."
                return False
    return True


@kernel_step
def begins_anew(tables, ws, sym, p, e):  # type: ignore[no-untyped-def]
    """Whether the word between p and e announces another number than the one that the chain of tokens ended with.

    So it is behind the end of a sentence and close before digits ("CAP 00185. Tel 347…"), unless words are woven into
    the number itself.
    """
    st, klass, last = ws.st, tables.klass, ws.bounds[1]
    k = p - 1
    while k > ws.bounds[0] and klass[sym[k]] == SPACE:
        k -= 1
    if st[DIGITS_USED] < _IDENTITY or not (klass[sym[k]] == NEWLINE or (sym[k] in _ENDS and k < p - 1)):
        return False
    k = e
    while k < last and k - e < _NEAR and klass[sym[k]] != LETTER and klass[sym[k]] != DIGIT:
        k += 1
    if k == last or klass[sym[k]] != DIGIT:
        return False
    for t in range(1, st[TOKENS]):  # noqa: SIM110 - compiled code has no generators
        if ws.tok[t, GAP] & G_WORDS:
            return False
    return True
