"""Tokens to groups of digits: what the number words of a chain say when read aloud."""

from __future__ import annotations

import numpy as np

from clew.extract._phone_tables import (
    BEGIN,
    CONTEXT,
    DIGITS,
    END,
    F_MARK,
    F_SPELLED,
    F_WEAK,
    FIRST,
    FLAGS,
    G_AND,
    G_ODD,
    G_SPACE,
    G_USUAL,
    G_WORDS,
    GAP,
    KIND,
    LETTERS,
    SIGN,
    SIZE,
    SYMBOL,
    TOKENS,
    VALUE,
)  # fmt: skip
from clew.extract._phone_words import AND, HUNDRED, HUNDREDS, MULTIPLY, PAIR, TEEN, TENS, TIMES, UNIT
from clew.ingest.kernels import kernel_step

# Ways to read a chain: leave out words that are numbers only now and then; do not add up "twenty two";
# take marks such as "!" for the digits that they look like.
DROP, APART, MARKS = 1, 2, 4
_MOST_REPEATS = 4


@kernel_step
def _near(tok, t, n):  # type: ignore[no-untyped-def]
    """Whether token t follows the one before it so closely that both can be one number word."""
    return t < n and tok[t, GAP] & ~(G_SPACE | G_USUAL) == 0


@kernel_step
def _joins(tok, t, sym):  # type: ignore[no-untyped-def]
    """Whether token t is an "and" that stands between a unit and its ten ("en", "und", "og", not "y", "et")."""
    return tok[t, KIND] == AND and sym[tok[t, BEGIN] + 1] in (0x6E, 0x67)


@kernel_step
def _written_together(tok, t, sym):  # type: ignore[no-untyped-def]
    """Whether the ten at t is of a language that writes its units onto it: Hungarian "harminc", "ötven"."""
    e = tok[t, END]
    a, b, c = sym[e - 3], sym[e - 2], sym[e - 1]
    return (a == 0x76 and c == 0x6E) or (b == 0x6E and c == 0x63) or (b == 0x73 and c == 0x7A)


@kernel_step
def _below_hundred(tok, t, n, sym, dig):  # type: ignore[no-untyped-def]
    """The value of the number words at t below 100, and the token after them; t itself when there are none."""
    kind, value = tok[t, KIND], tok[t, VALUE]
    if kind < UNIT or kind > PAIR:
        return 0, t
    first = sym[tok[t, BEGIN]]
    k = t + 1
    if (
        kind == UNIT
        and value == 4
        and first == 0x71
        and _near(tok, k, n)
        and tok[k, KIND] == TENS
        and tok[k, VALUE] == 20
    ):
        kind, value, k = TENS, 80, k + 1  # "quatre vingt"
    joined = kind == UNIT and value and _near(tok, k, n) and _joins(tok, k, sym) and _near(tok, k + 1, n)
    if joined and tok[k + 1, KIND] == TENS:  # "vier en dertig"
        return value + tok[k + 1, VALUE], k + 2
    if kind == TENS:
        u = k + 1 if _near(tok, k, n) and tok[k, KIND] == AND else k
        if _near(tok, u, n):
            follows, more = tok[u, KIND], tok[u, VALUE]
            if follows == DIGITS and tok[u, SIZE] == 1 and tok[u, GAP] == 0:  # "trente4"
                return value + dig[tok[u, FIRST]], u + 1
            french = (value == 60 and first == 0x73) or (
                value == 80 and first == 0x71
            )  # "soixante …", "quatre-vingt …"
            if follows == UNIT and more > 0 and not (tok[u, GAP] and _written_together(tok, u - 1, sym)):
                return value + more, u + 1
            if french and follows == TEEN and more > 10:
                return value + more, u + 1
            if french and follows == TEEN:
                value, k, kind = value + 10, u + 1, TEEN
    if kind == TEEN and value % 10 == 0 and _near(tok, k, n) and tok[k, KIND] == UNIT and tok[k, VALUE] >= 7:
        ten = tok[k - 1, BEGIN]
        if sym[ten] == 0x64 and sym[ten + 1] == 0x69 and sym[ten + 2] == 0x78:  # "dix sept"
            return value + tok[k, VALUE], k + 1
    return value, k


@kernel_step
def _spoken(tok, t, n, sym, dig):  # type: ignore[no-untyped-def]
    """Value, digits and end of the number that is said at token t."""
    value, k = _below_hundred(tok, t, n, sym, dig)
    if tok[t, KIND] == HUNDREDS or tok[t, KIND] == HUNDRED:
        value, k = tok[t, VALUE], t + 1
    elif k == t + 1 and tok[t, KIND] == UNIT and value > 0 and _near(tok, k, n) and tok[k, KIND] == HUNDRED:
        value, k = value * 100, k + 1
    else:
        return value, 1 if tok[t, KIND] == UNIT and k == t + 1 else 2, k
    u = k + 1 if _near(tok, k, n) and tok[k, KIND] == AND else k
    if _near(tok, u, n) and UNIT <= tok[u, KIND] <= PAIR and tok[u, VALUE] > 0:
        more, k = _below_hundred(tok, u, n, sym, dig)
        value += more
    return value, 3, k


@kernel_step
def _repeated(tok, t, n, dig):  # type: ignore[no-untyped-def]
    """How often which digit is said at t ("double six", "deux fois sept"), and the token after; 0 times when not so."""
    k = t + 1
    if tok[t, KIND] != MULTIPLY:
        if tok[t, KIND] != UNIT or tok[t, VALUE] < 2 or k >= n or tok[k, KIND] != TIMES:
            return 0, 0, t
        k += 1
    times = min(tok[t, VALUE], _MOST_REPEATS)
    if k >= n or tok[k, GAP] & ~(G_SPACE | G_USUAL):
        return 0, 0, t
    if tok[k, KIND] == UNIT:
        return times, tok[k, VALUE], k + 1
    if tok[k, KIND] == DIGITS and tok[k, SIZE] == 1:
        return times, dig[tok[k, FIRST]], k + 1
    return 0, 0, t


@kernel_step
def _write(gdig, n, value, size):  # type: ignore[no-untyped-def]
    for k in range(size - 1, -1, -1):
        gdig[n + k] = value % 10
        value //= 10
    return n + size


@kernel_step
def _open(grp, g, tok, t, gap, symbol, n):  # type: ignore[no-untyped-def]
    for c in (BEGIN, KIND, SIGN, CONTEXT, FLAGS):
        grp[g, c] = tok[t, c]
    grp[g, VALUE] = 0
    grp[g, GAP], grp[g, SYMBOL], grp[g, FIRST] = gap, symbol, n


@kernel_step
def group(ws, sym, way):  # type: ignore[no-untyped-def]
    """Fill ``grp`` (as a token; VALUE counts words) and ``gdig`` with the groups of a chain; gives their count."""
    tok, dig, grp, gdig, nt = ws.tok, ws.dig, ws.grp, ws.gdig, ws.st[TOKENS]
    g, n, t, gap = 0, np.int64(0), 0, 0
    while t < nt:
        gap |= tok[t, GAP]
        kind, begin = tok[t, KIND], t
        times, digit, after = _repeated(tok, t, nt, dig)
        dropped = way & DROP and tok[t, FLAGS] & F_WEAK and not times
        if dropped or (times == 0 and (kind in (AND, TIMES, MULTIPLY))):
            gap |= G_AND if kind == AND else G_WORDS
            t += 1
            continue
        if tok[t, FLAGS] & F_MARK and not way & MARKS:
            gap |= G_ODD
            t += 1
            continue
        _open(grp, g, tok, t, gap, tok[t, SYMBOL] if gap == tok[t, GAP] else -1, n)
        if times:
            for _ in range(times):
                gdig[n] = digit
                n += 1
            t = after
            grp[g, VALUE] = 1
        elif kind in (DIGITS, LETTERS):
            while t < nt and (t == begin or _glued(tok, t, way)):
                for k in range(tok[t, FIRST], tok[t, FIRST] + tok[t, SIZE]):
                    gdig[n] = dig[k]
                    n += 1
                grp[g, FLAGS] |= tok[t, FLAGS]
                t += 1
        else:
            if way & APART:
                value, t = tok[t, VALUE], t + 1
                size = 1 if kind == UNIT else 3 if kind >= HUNDREDS else 2
            else:
                value, size, t = _spoken(tok, t, nt, sym, dig)
            n = _write(gdig, n, value, size)
            grp[g, VALUE] = 1
        grp[g, END], grp[g, SIZE] = tok[t - 1, END], n - grp[g, FIRST]
        grp[g, FLAGS] |= tok[t - 1, FLAGS]
        gap = 0
        g += 1
    return g


@kernel_step
def _glued(tok, t, way):  # type: ignore[no-untyped-def]
    """Whether token t continues a run of digits and letters read as digits."""
    if tok[t, GAP] or (way & DROP and tok[t, FLAGS] & F_WEAK) or (tok[t, FLAGS] & F_MARK and not way & MARKS):
        return False
    return tok[t, KIND] == DIGITS or tok[t, KIND] == LETTERS


@kernel_step
def ways(ws):  # type: ignore[no-untyped-def]
    """The ways of reading (DROP, APART, MARKS) that can make a difference for a chain."""
    tok, nt = ws.tok, ws.st[TOKENS]
    found, words = 0, 0
    for t in range(nt):
        if tok[t, FLAGS] & F_WEAK:
            found |= DROP
        if tok[t, FLAGS] & F_MARK:
            found |= MARKS
        if TEEN <= tok[t, KIND] <= HUNDRED:
            words += 1
    return found | (APART if words else 0)


@kernel_step
def count_ones(ws):  # type: ignore[no-untyped-def]
    """Read the words that are "and" elsewhere as the digit that they are in the language of the text ("en", "et")."""
    for t in range(ws.st[TOKENS]):
        if ws.tok[t, KIND] == AND and ws.tok[t, VALUE]:
            ws.tok[t, KIND] = UNIT
            ws.tok[t, FLAGS] |= F_SPELLED
