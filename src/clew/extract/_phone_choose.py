"""Second half of the phone kernel: which groups of digits of a chain are phone numbers."""

from __future__ import annotations

import numba
import numpy as np

from clew.extract._phone_context import is_obscured, link_kind, tongue
from clew.extract._phone_groups import group, mark_times, ways
from clew.extract._phone_plan import BARE, MOBILE, OTHER, PLAIN, TRUNK, international, national
from clew.extract._phone_tables import (
    BEGIN,
    CONTEXT,
    END,
    F_ALNUM,
    F_MONEY,
    F_SPELLED,
    F_TIME,
    FIELD,
    FIRST,
    FLAGS,
    G_COMMA,
    G_NEWLINE,
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

# Points, in halves. A candidate counts from _ENOUGH on; see _score for what adds and takes.
_ENOUGH = 6
_PLUS, _IDD = 16, 12
_LONGEST, _SHORTEST = 20, 6
_NANP = 1
_CONTACT_FIELD, _PRICE_FIELD = 2, 4
# Columns of a candidate.
_POINTS, _FROM, _TO, _NUMBER, _OBSCURED, _DIGITS = range(6)


@numba.njit(nogil=True, cache=True)
def _national_base(form, kinds, likely):  # type: ignore[no-untyped-def]
    """Points of a national number. ``likely``: 2 in the record's own region, 1 by language, 0 otherwise."""
    if form == TRUNK:
        base = 10 if likely == 2 else 8 if likely == 1 else 6
    elif form == PLAIN:
        base = (8 if kinds & MOBILE else 6) - (0 if likely == 2 else 2 if likely == 1 else 8)
    else:
        base = (4 if kinds & MOBILE else 2) - (0 if likely == 2 else 2 if likely == 1 else 8)
    return base - (2 if kinds == OTHER else 0)


@numba.njit(nogil=True, cache=True)
def _resolve(plan, region, order, likely, d, i, j, plus):  # type: ignore[no-untyped-def]
    """Points, E.164 number and form (0: international) of some digits; points are -99 when they are no number."""
    if plus:
        kinds, number = international(plan, d, i, j)
        if kinds:
            return _PLUS, number, 0
        if d[i] != 0:
            return -99, np.int64(0), 0
    idd = 2 if d[i] == 0 and d[i + 1] == 0 else 3 if d[i] == 0 and d[i + 1] == 1 and d[i + 2] == 1 else 0
    if idd:
        kinds, number = international(plan, d, i + idd, j)
        if kinds and (idd == 2 or (region >= 0 and plan.code[region] == _NANP)):
            return _IDD, number, 0
    if region >= 0:
        kinds, number, form = national(plan, region, d, i, j)
        if kinds:
            return _national_base(form, kinds, 2), number, form
    best, found, best_form = -99, np.int64(0), 0
    if likely >= 0:
        for k in range(order.shape[0]):
            if order[k] == 0:
                break
            other = np.int64(plan.index[order[k]])
            if other < 0 or other == region:
                continue
            kinds, number, form = national(plan, other, d, i, j)
            if kinds:
                points = _national_base(form, kinds, likely)
                if kinds & MOBILE:
                    points += 1
                elif likely == 0:
                    points -= 2
                if likely == 0 and (j - i < 9 or j - i > 11):
                    points -= 4
                if points > best:
                    best, found, best_form = points, number, form
    if d[i] != 0 and j - i >= 10:
        kinds, number = international(plan, d, i, j)
        if kinds:
            own = region >= 0 and number >= 0 and _has_code(plan, region, d, i)
            points = (6 if kinds & MOBILE else 4) if own else (4 if kinds & MOBILE and j - i >= 11 else 2)
            if points > best:
                return points, number, BARE
    return best, found, best_form


@numba.njit(nogil=True, cache=True)
def _has_code(plan, region, d, i):  # type: ignore[no-untyped-def]
    code, value = plan.code[region], np.int64(0)
    for k in range(i, i + 3):
        value = value * 10 + d[k]
        if value == code:
            return True
    return False


@numba.njit(nogil=True, cache=True)
def _usual_shape(grp, i, j):  # type: ignore[no-untyped-def]
    """Whether digits are grouped as people group a number that has no prefix (3-3-3, 2-3-2-2, all pairs, one run, …)."""
    if i == j:
        return True
    pairs = singles = True
    for g in range(i, j + 1):
        pairs &= grp[g, SIZE] == 2
        singles &= grp[g, SIZE] == 1
        if g > i and grp[g, SIZE] < 2 and not singles:
            return False
    if pairs or singles:
        return True
    return (
        grp[i, SIZE] >= 3 or (grp[i, SIZE] == 2 and grp[i + 1, SIZE] >= 3) or (grp[i, SIZE] == 1 and grp[j, SIZE] >= 2)
    )


@numba.njit(nogil=True, cache=True)
def _amounts(grp, gdig, i, j):  # type: ignore[no-untyped-def]
    """Whether every group is a round number, as in a list of prices."""
    for g in range(i, j + 1):
        last = grp[g, FIRST] + grp[g, SIZE] - 1
        if grp[g, SIZE] < 2 or grp[g, SIZE] > 4 or gdig[last] != 0 or gdig[grp[g, FIRST]] == 0:
            return False
    return j > i


@numba.njit(nogil=True, cache=True)
def _counting(grp, gdig, i, j):  # type: ignore[no-untyped-def]
    """Whether the groups count up one by one to ten or more ("7 8 9 10")."""
    before, value = -1, -1
    for g in range(i, j + 1):
        value = 0
        for k in range(grp[g, FIRST], grp[g, FIRST] + grp[g, SIZE]):
            value = value * 10 + gdig[k]
        if before >= 0 and value != before + 1:
            return False
        before = value
    return j > i + 3 and value >= 10


@numba.njit(nogil=True, cache=True)
def _address_or_decimals(grp, gdig, i, j):  # type: ignore[no-untyped-def]
    """Whether the groups are an IP address, a decimal number, or four fours as on a card."""
    if grp[i, SIZE] <= 3 and gdig[grp[i, FIRST]] != 0 and j == i + 1 and grp[j, SYMBOL] == 0x2E and grp[j, SIZE] >= 4:
        return True
    small = dots = j == i + 3
    for g in range(i, j + 1):
        small &= grp[g, SIZE] <= 3 and gdig[grp[g, FIRST]] <= 2
        dots &= g == i or grp[g, SYMBOL] == 0x2E
    return small and dots


@numba.njit(nogil=True, cache=True)
def _gap_points(grp, i, j):  # type: ignore[no-untyped-def]
    """What the gaps inside a candidate take."""
    points, commas = 0, 0
    for g in range(i + 1, j + 1):
        gap = grp[g, GAP]
        if gap & G_WORDS:
            points -= 2 if points == 0 else 1
        if gap & G_NEWLINE:
            points -= 1
        if gap & G_COMMA and not grp[g, VALUE] and grp[g, SIZE] != 2 and grp[g, SIZE] != 1:
            commas = 2
    return points - commas


@numba.njit(nogil=True, cache=True)
def _neighbour_points(grp, ng, i, j):  # type: ignore[no-untyped-def]
    """What it takes when a short group stands outside in just the way in which groups stand inside."""
    points = 0
    inner = grp[j, SYMBOL] if j > i else 0x20
    for g, beside in ((i, i - 1), (j + 1, j + 1)):
        if 0 <= beside < ng and grp[g, SYMBOL] == inner and grp[beside, SIZE] <= 5 and not grp[beside, FLAGS] & F_MONEY:
            points -= 3
    return points


@numba.njit(nogil=True, cache=True)
def _score(grp, gdig, ng, i, j, base, form, field):  # type: ignore[no-untyped-def]
    points = base + _gap_points(grp, i, j) + _neighbour_points(grp, ng, i, j)
    words = letters = 0
    cue, money, mixed = grp[i, CONTEXT], 0, False
    for g in range(i, j + 1):
        words += grp[g, VALUE]
        letters += grp[g, KIND] == LETTERS
        money |= grp[g, FLAGS] & F_MONEY
        mixed |= grp[g, FLAGS] & F_SPELLED != 0
        if g > i and grp[g, CONTEXT] > 0 and cue == 0:
            cue = 1
    zero = gdig[grp[i, FIRST]] == 0
    telling = zero or form == 0 or form == TRUNK
    if cue > 0 or field == _CONTACT_FIELD:
        points += 4
    elif cue < 0:
        points -= 14
    if field == _PRICE_FIELD:
        points -= 8
    if words >= 4:
        points += 3
    if letters and not words and not telling:
        points -= 2
    if money:
        points -= 2 if telling else 8
    if not telling:
        if words < 2 and not _usual_shape(grp, i, j):
            points -= 4
        if _amounts(grp, gdig, i, j) or _counting(grp, gdig, i, j):
            points -= 8
        for g in range(i + 1, j + 1):
            if grp[g, GAP] & (G_WORDS | G_COMMA) and not words and cue <= 0:
                points -= 4
                break
    if i > 0 and (grp[i, SYMBOL] == 0x2C or grp[i, SYMBOL] == 0x2E) and grp[i - 1, SIZE] <= 3 and not words:
        points -= 6  # behind a decimal comma
    if form and _address_or_decimals(grp, gdig, i, j):
        points -= 8
    return points


@numba.njit(nogil=True, cache=True)
def _candidates(text, tables, grp, ng, gdig, region, row, likely, st, rate, cand, nc, bounds):  # type: ignore[no-untyped-def]
    """Append every run of groups that reads as a phone number; returns the new count."""
    bar = F_TIME | F_ALNUM
    order = tables.regions[row]
    for i in range(ng):
        if grp[i, FLAGS] & bar or (i > 0 and grp[i, GAP] == 0 and grp[i, SIGN] < 0 and grp[i - 1, KIND] != LETTERS):
            continue
        n = 0
        for j in range(i, ng):
            n += grp[j, SIZE]
            if grp[j, FLAGS] & bar or n > _LONGEST or nc >= cand.shape[0]:
                break
            if n < _SHORTEST or (j + 1 < ng and grp[j + 1, GAP] == 0):
                continue
            first = grp[i, FIRST]
            base, number, form = _resolve(tables.plan, region, order, likely, gdig, first, first + n, grp[i, SIGN] >= 0)
            if base < -9:
                continue
            points = _score(grp, gdig, ng, i, j, base, form, st[FIELD]) - rate
            if points < _ENOUGH - 10:
                continue
            begin = grp[i, SIGN] if grp[i, SIGN] >= 0 else grp[i, BEGIN]
            kind = link_kind(tables, text.sym, bounds[0], bounds[1], begin, grp[j, END])
            points += 10 if kind == 3 else -20 if kind else 0
            if points < _ENOUGH:
                continue
            cand[nc, _POINTS], cand[nc, _FROM], cand[nc, _TO] = points, begin, grp[j, END]
            cand[nc, _NUMBER], cand[nc, _DIGITS] = number, n
            cand[nc, _OBSCURED] = _how(grp, i, j)
            nc += 1
    return nc


@numba.njit(nogil=True, cache=True)
def _how(grp, i, j):  # type: ignore[no-untyped-def]
    """-1 when the digits themselves are spelled oddly, else how many of the groups are a single digit."""
    singles = 0
    for g in range(i, j + 1):
        if grp[g, FLAGS] & F_SPELLED or grp[g, VALUE]:
            return -1
        singles += grp[g, SIZE] == 1
    return singles


@numba.njit(nogil=True, cache=True)
def choose(text, tables, st, tok, dig, grp, gdig, cand, region, r, bounds, out, n_out):  # type: ignore[no-untyped-def]
    """Write the phone numbers of the chain of tokens to ``out``; returns the new count of rows.

    Args:
        text, tables: see `_phone_tables`.
        st, tok, dig: the chain.
        grp, gdig, cand: scratch.
        region: row of the plan, -1 unknown.
        r: the text; ``bounds`` are its first and last symbol.
        out: int64[rows, 5]: text, begin, end, number, obscured.
        n_out: rows written so far.
    """
    nt = st[TOKENS]
    most = ways(tok, nt)
    nc = 0
    row = tables.regions.shape[0] - 1
    for attempt in range(3):  # the record's region; those of the language; any
        if attempt == 1:
            row = tongue(tables, text.sym, bounds[0], bounds[1])
            if row == tables.regions.shape[0] - 1 and region >= 0:
                row = np.int64(tables.home[region])
            if row == tables.regions.shape[0] - 1:
                continue
        elif attempt == 2:
            row = tables.regions.shape[0] - 1
        elif region < 0:
            continue
        for way in range(4):
            if way & ~most:
                continue
            ng = group(tok, nt, dig, text.sym, way, grp, gdig)
            mark_times(grp, ng, gdig)
            likely = -1 if attempt == 0 else 1 if attempt == 1 else 0
            nc = _candidates(text, tables, grp, ng, gdig, region, row, likely, st, 1 if way else 0, cand, nc, bounds)
        if nc:
            break
    return _select(text, tables, cand, nc, r, out, n_out)


@numba.njit(nogil=True, cache=True)
def _select(text, tables, cand, nc, r, out, n_out):  # type: ignore[no-untyped-def]
    """The best candidates that do not overlap, best first: most points, then most digits, then first."""
    first_row = n_out
    for _ in range(nc):
        best = -1
        for c in range(nc):
            if cand[c, _POINTS] < 0:
                continue
            if best < 0 or (cand[c, _POINTS], cand[c, _DIGITS]) > (cand[best, _POINTS], cand[best, _DIGITS]):
                best = c
        if best < 0 or n_out >= out.shape[0]:
            break
        begin, end, how = cand[best, _FROM], cand[best, _TO], cand[best, _OBSCURED]
        cand[best, _POINTS] = -1
        free = True
        for k in range(first_row, n_out):
            free &= end <= out[k, 1] or begin >= out[k, 2]
        if free:
            out[n_out, 0], out[n_out, 1], out[n_out, 2], out[n_out, 3] = r, begin, end, cand[best, _NUMBER]
            out[n_out, 4] = is_obscured(text, tables.klass, r, begin, end, how < 0, how)
            n_out += 1
    return n_out
