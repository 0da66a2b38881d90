"""Groups of digits that no phone number begins in: dates, times of day, years, and the numbers of a draw."""

from __future__ import annotations

from clew.extract._phone_tables import (
    BEGIN,
    CONTEXT,
    DIGITS,
    END,
    F_MONEY,
    F_SPELLED,
    F_TIME,
    FIRST,
    FLAGS,
    G_COMMA,
    G_SPACE,
    G_USUAL,
    GAP,
    KIND,
    SIGN,
    SIZE,
    SYMBOL,
)  # fmt: skip
from clew.ingest.kernels import kernel_step

_COMMA, _DASH, _DOT, _SLASH = 0x2C, 0x2D, 0x2E, 0x2F
_FEWEST_DRAWN, _LAST_DRAWN = 6, 60
_LABELLED = 4  # digits that a number with a name of its own has at least


@kernel_step
def _two(grp, gdig, g):  # type: ignore[no-untyped-def]
    """The value of a group of one or two plain digits, else -1."""
    if grp[g, KIND] != DIGITS or grp[g, FLAGS] & F_SPELLED or grp[g, SIZE] > 2:
        return -1
    value = 0
    for k in range(grp[g, FIRST], grp[g, FIRST] + grp[g, SIZE]):
        value = value * 10 + gdig[k]
    return value


@kernel_step
def _year(grp, gdig, g):  # type: ignore[no-untyped-def]
    if grp[g, KIND] != DIGITS or grp[g, SIZE] != 4:
        return False
    k = grp[g, FIRST]
    return (gdig[k] == 2 and gdig[k + 1] == 0 and gdig[k + 2] < 5) or (gdig[k] == 1 and gdig[k + 1] == 9)


@kernel_step
def _flag(grp, i, j):  # type: ignore[no-untyped-def]
    for g in range(i, j):
        grp[g, FLAGS] |= F_TIME


@kernel_step
def _short_date(grp, ng, gdig, g):  # type: ignore[no-untyped-def]
    """Whether three groups at g are a day, a month and a year of two digits."""
    if g < 0 or g + 2 >= ng:
        return False
    s = grp[g + 1, SYMBOL]
    if grp[g + 2, SYMBOL] != s or (s != 0x2E and s != 0x2D and s != 0x2F):
        return False
    a, b, c = _two(grp, gdig, g), _two(grp, gdig, g + 1), _two(grp, gdig, g + 2)
    return ((1 <= a <= 31 and 1 <= b <= 12) or (1 <= a <= 12 and 1 <= b <= 31)) and 20 <= c < 40


@kernel_step
def _amount(sym, last, grp, ng, g):  # type: ignore[no-untyped-def]
    """What says that an amount stands at g ("145.000 km"): 2 its measure or money, 1 how it is written, 0 nothing."""
    if g >= ng or grp[g, KIND] != DIGITS or grp[g, SIZE] > 6:
        return 0
    e, apart = g, 0
    while grp[g, SIZE] <= 3 and e + 1 < ng and grp[e + 1, SIZE] == 3 and grp[e + 1, SYMBOL] in (0x20, _COMMA, _DOT):
        e += 1
        apart |= grp[e, SYMBOL] != 0x20
    after = grp[e, END]
    if grp[e, FLAGS] & F_MONEY or (after + 1 < last and sym[after] == _COMMA and sym[after + 1] == _DASH):  # "12.900,-"
        return 2
    return 1 if apart and (e + 1 == ng or grp[e + 1, GAP] & ~(G_SPACE | G_USUAL)) else 0


@kernel_step
def _month(sym, last, grp, ng, gdig, g):  # type: ignore[no-untyped-def]
    """Whether a month and its year stand at g ("04/27", "06/2026"), before an amount or before nothing of a phone."""
    s, year = grp[g + 1, SYMBOL], _year(grp, gdig, g + 1)
    if not year and (grp[g + 1, SIZE] != 2 or _two(grp, gdig, g + 1) < 0):
        return False
    if (g > 0 and grp[g, SYMBOL] == s) or (g + 2 < ng and grp[g + 2, SYMBOL] == s):
        return False
    plain = g + 2 < ng and grp[g + 2, GAP] & ~(G_SPACE | G_USUAL) == 0
    ends = g + 2 == ng or (s == _SLASH and not plain)
    return (year and ends) or _amount(sym, last, grp, ng, g + 2) > plain


@kernel_step
def _mark_pairs(sym, last, grp, ng, gdig):  # type: ignore[no-untyped-def]
    """Flag the groups that are a time of day, a month and its year, or two years."""
    for g in range(ng - 1):
        a, b = _two(grp, gdig, g), _two(grp, gdig, g + 1)
        s = grp[g + 1, SYMBOL]
        if _year(grp, gdig, g) and _year(grp, gdig, g + 1):
            _flag(grp, g, g + 2)
        alone = (g == 0 or grp[g, SYMBOL] != s) and (g + 2 >= ng or grp[g + 2, SYMBOL] != s)
        hour = 0 <= a <= 24 and grp[g + 1, SIZE] == 2 and 0 <= b < 60
        clock = hour and alone and (s == 0x3A or (s == _DOT and b % 15 == 0))
        if clock or (1 <= a <= 12 and _DASH <= s <= _SLASH and _month(sym, last, grp, ng, gdig, g)):
            _flag(grp, g, g + 2)


@kernel_step
def _mark_draws(grp, ng, gdig):  # type: ignore[no-untyped-def]
    """Flag the numbers of a draw: many numbers of two digits that rise up to sixty ("08 15 22 31 37 44")."""
    first, before = 0, 99
    for g in range(ng + 1):
        value = _two(grp, gdig, g) if g < ng and grp[g, SIZE] == 2 else -1
        if not (before < value <= _LAST_DRAWN and grp[g, SYMBOL] == grp[first + 1, SYMBOL]):
            if g - first >= _FEWEST_DRAWN:
                _flag(grp, first, g)
            first = g
            before = value if value > 0 else 99
        else:
            before = value


@kernel_step
def free_of_labels(sym, grp, gdig, ng):  # type: ignore[no-untyped-def]
    """Take "order no." from a number behind the one that it names: behind a full stop, or of another length.

    In "KvK 12345678, 06-12345678" the second has no name, in "orders 4477123, 4477124" it has.
    """
    g, named = 0, 0
    while g < ng and grp[g, CONTEXT] < 0:
        named += grp[g, SIZE]
        g += 1
        if g == ng or grp[g, CONTEXT] >= 0:
            return
        begin = grp[g, BEGIN]
        stop = grp[g, GAP] == G_SPACE | G_USUAL and sym[begin - 1] == 0x20 and sym[begin - 2] == _DOT
        if not (stop and named >= _LABELLED) and not grp[g, GAP] & G_COMMA:
            continue
        digits, k = 0, g
        while k < ng and (k == g or not grp[k, GAP] & G_COMMA):
            digits += grp[k, SIZE]
            k += 1
        if stop or (digits != named and (gdig[grp[g, FIRST]] == 0 or grp[g, SIGN] >= 0)):
            for k in range(g, ng):
                grp[k, CONTEXT] = max(grp[k, CONTEXT], 0)
            return
        named = 0


@kernel_step
def mark_times(sym, last, grp, ng, gdig):  # type: ignore[no-untyped-def]
    """Flag the groups that are a date, a time of day, two years, or the numbers of a draw."""
    _mark_pairs(sym, last, grp, ng, gdig)
    if ng >= _FEWEST_DRAWN:
        _mark_draws(grp, ng, gdig)
    for g in range(ng - 2):
        s = grp[g + 1, SYMBOL]
        if s <= 0 or grp[g + 2, SYMBOL] != s or (s != 0x2E and s != 0x2D and s != 0x2F):
            continue
        a, b, c = _two(grp, gdig, g), _two(grp, gdig, g + 1), _two(grp, gdig, g + 2)
        dated = (1 <= a <= 31 and 1 <= b <= 12 and _year(grp, gdig, g + 2)) or (
            1 <= a <= 12 and 1 <= b <= 31 and _year(grp, gdig, g + 2)
        )
        begins = g == 0 or grp[g, GAP] & ~7 or grp[g - 1, FLAGS] & F_TIME
        ends = g + 3 >= ng or grp[g + 3, GAP] & ~7 or grp[g + 3, FLAGS] & F_TIME
        dated |= _short_date(grp, ng, gdig, g) and begins and (ends or _short_date(grp, ng, gdig, g + 3))
        dated |= _year(grp, gdig, g) and 1 <= b <= 12 and 1 <= c <= 31
        before = g > 0 and grp[g, SYMBOL] == s
        after = g + 3 < ng and grp[g + 3, SYMBOL] == s
        if dated and not before and not after:
            _flag(grp, g, g + 3)
