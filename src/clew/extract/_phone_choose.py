"""Second half of the phone kernel: which groups of digits of a chain are phone numbers."""

from __future__ import annotations

import numpy as np

from clew.extract._phone_context import is_obscured, link_kind, told, tongue
from clew.extract._phone_dates import free_of_labels, mark_times
from clew.extract._phone_groups import count_ones, group, ways
from clew.extract._phone_plan import BARE, MOBILE, OTHER, PLAIN, TRUNK, WITHOUT_PREFIX, international, national
from clew.extract._phone_score import CONTACT_FIELD, score
from clew.extract._phone_tables import (
    BEGIN,
    CONTEXT,
    END,
    F_ALNUM,
    F_SPELLED,
    F_TIME,
    FIELD,
    FIRST,
    FLAGS,
    GAP,
    KIND,
    LETTERS,
    S_AGE,
    S_CONTEXT,
    S_WORDS,
    SIGN,
    SIZE,
    VALUE,
)  # fmt: skip
from clew.ingest.kernels import kernel_step

# Points, in halves. A candidate counts from _ENOUGH on; see `_phone_score` for what adds and takes.
_ENOUGH = 6
_PLUS, _IDD = 16, 12
_TOLD, _BEHIND = 2, 3  # for the country whose code the text tells; for one behind a likelier one
_LONGEST, _SHORTEST = 20, 6
_NANP = 1
_OPEN, _CLOSE = 0x28, 0x29
_DENMARK, _NORWAY = 0x444B, 0x4E4F
# Columns of a candidate.
_POINTS, _FROM, _TO, _NUMBER, _OBSCURED, _DIGITS = range(6)


@kernel_step
def _national_base(form, kinds, likely):  # type: ignore[no-untyped-def]
    """Points of a national number. ``likely``: 2 in the record's own region, 1 by language, 0 otherwise."""
    if form == TRUNK:
        base = 10 if likely == 2 else 8 if likely == 1 else 6
    elif form == PLAIN:
        base = (8 if kinds & MOBILE else 6) - (0 if likely == 2 else 2 if likely == 1 else 6)
    else:
        base = (4 if kinds & MOBILE else 2) - (0 if likely == 2 else 4 if likely == 1 else 8)
    return base - (2 if kinds == OTHER else 0)


@kernel_step
def _resolve(sym, tables, ws, region, row, likely, i, j, plus, hope, lone, pairs):  # type: ignore[no-untyped-def]
    """Points, E.164 number and form (0: international) of some digits; points are -99 when they are no number.

    ``hope``: whether the surroundings would bear out a number without prefix from anywhere; ``lone``: whether its first
    digit stands by itself, as some countries write mobile numbers ("9 5748 2316"); ``pairs``: whether they begin with
    two and two, as the French write all numbers and Belgians no mobile one.
    """
    plan, order, d = tables.plan, tables.regions, ws.gdig
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
    if likely > 0 or (likely == 0 and (d[i] == 0 or hope)):
        for k in range(order.shape[1]):
            if order[row, k] == 0:
                break
            other = np.int64(plan.index[order[row, k]])
            if other < 0 or other == region:
                continue
            kinds, number, form = national(plan, other, d, i, j)
            if kinds:
                if form == PLAIN and likely == 0 and plan.bare[other] != WITHOUT_PREFIX:
                    form = BARE  # that a prefix is seldom written says nothing where the country is not known
                points = _national_base(form, kinds, likely)
                if kinds & MOBILE:
                    points += 1
                elif likely == 0:
                    points -= 2
                if likely == 0 and (j - i < 9 or j - i > 11):
                    points -= 4
                if likely == 1 and form == PLAIN:
                    if other == told(tables, sym, ws.bounds):
                        points += _TOLD
                    elif best_form == PLAIN and not lone:
                        points -= _BEHIND  # a landline of the first country is likelier than a mobile of the fifth
                elif likely == 1 and pairs and form == TRUNK and best_form == TRUNK:
                    points -= other != told(tables, sym, ws.bounds)  # as much as a mobile number has more
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


@kernel_step
def _has_code(plan, region, d, i):  # type: ignore[no-untyped-def]
    code, value = plan.code[region], np.int64(0)
    for k in range(i, i + 3):
        value = value * 10 + d[k]
        if value == code:
            return True
    return False


@kernel_step
def _candidates(sym, tables, ws, ng, region, row, likely, rate, nc):  # type: ignore[no-untyped-def]
    """Append every run of groups that reads as a phone number; returns the new count."""
    grp, cand, bounds = ws.grp, ws.cand, ws.bounds
    bar = F_TIME | F_ALNUM
    for i in range(ng):
        if grp[i, FLAGS] & bar or (i > 0 and grp[i, GAP] == 0 and grp[i, SIGN] < 0 and grp[i - 1, KIND] != LETTERS):
            continue
        n = 0
        lone = grp[i, SIZE] == 1 and i + 1 < ng and grp[i + 1, SIZE] == 4
        pairs = grp[i, SIZE] == 2 and i + 1 < ng and grp[i + 1, SIZE] == 2
        hope = grp[i, CONTEXT] > 0 or ws.st[FIELD] == CONTACT_FIELD
        begin = grp[i, SIGN] if grp[i, SIGN] >= 0 else grp[i, BEGIN]
        called = begin > bounds[0] and sym[begin - 1] in (0x2F, 0x3D, 0x3A)  # "wa.me/", "phone=", "tel:"
        called = called and link_kind(tables, ws, sym, begin, grp[i, END]) == 3
        for j in range(i, ng):
            hope |= grp[j, CONTEXT] > 0
            n += grp[j, SIZE]
            if grp[j, FLAGS] & bar or n > _LONGEST or nc >= cand.shape[0]:
                break
            if n < _SHORTEST or (j + 1 < ng and grp[j + 1, GAP] == 0):
                continue
            first = grp[i, FIRST]
            base, number, form = _resolve(
                sym, tables, ws, region, row, likely, first, first + n, grp[i, SIGN] >= 0 or called, hope, lone, pairs
            )
            if base < -9:
                continue
            points = score(ws, ng, i, j, base, form, likely == 0 and region < 0, number // 10**10 == 1) - rate
            if points < _ENOUGH - 10:
                continue
            kind = link_kind(tables, ws, sym, begin, grp[j, END])
            points += 10 if kind == 3 else -20 if kind else 0
            if points < _ENOUGH:
                continue
            cand[nc, _POINTS], cand[nc, _FROM], cand[nc, _TO] = points, begin, grp[j, END]
            cand[nc, _NUMBER], cand[nc, _DIGITS] = number, n
            cand[nc, _OBSCURED] = _how(grp, i, j)
            nc += 1
    return nc


@kernel_step
def _how(grp, i, j):  # type: ignore[no-untyped-def]
    """-1 when the digits themselves are spelled oddly, else how many of the groups are a single digit."""
    singles = 0
    for g in range(i, j + 1):
        if grp[g, FLAGS] & F_SPELLED or grp[g, VALUE]:
            return -1
        singles += grp[g, SIZE] == 1
    return singles


@kernel_step
def _enough(grp, ng):  # type: ignore[no-untyped-def]
    """Whether the groups between dates and codes have enough digits for a number."""
    digits = 0
    for g in range(ng):
        digits = 0 if grp[g, FLAGS] & (F_TIME | F_ALNUM) else digits + grp[g, SIZE]
        if digits >= _SHORTEST:
            return True
    return False


@kernel_step
def choose(text, tables, ws, region, r, out, n_out):  # type: ignore[no-untyped-def]
    """Write the phone numbers of the chain of tokens to ``out``; returns the new count of rows.

    Args:
        text, tables, ws: see `_phone_tables`; the chain is in ``ws.tok``.
        region: row of the plan, -1 unknown.
        r: the text.
        out: int64[rows, 5]: text, begin, end, number, obscured.
        n_out: rows written so far.
    """
    sym, grp, nc = text.sym, ws.grp, np.int64(0)
    most = ways(ws)
    row = tables.regions.shape[0] - 1
    for attempt in range(3):  # the record's region; those of the language; any
        if attempt == 1:
            row = tongue(tables, sym, ws.bounds)
            if row == tables.regions.shape[0] - 1:
                of = region if region >= 0 else told(tables, sym, ws.bounds)
                row = np.int64(tables.home[of]) if of >= 0 else row
            if row == tables.regions.shape[0] - 1:
                continue
        elif attempt == 2:
            row = tables.regions.shape[0] - 1
        elif region < 0:
            continue
        of = np.int64(tables.home[region]) if attempt == 0 else row
        if tables.regions[of, 0] in (_DENMARK, _NORWAY):
            count_ones(ws)
        worth = False
        for way in range(8):
            if way & ~most:
                continue
            ng = group(ws, sym, way)
            if ws.st[S_CONTEXT] > 0 and ws.st[S_AGE] < ws.st[S_WORDS] and grp[ng - 1, CONTEXT] == 0:
                grp[ng - 1, CONTEXT] = 1  # "… call now"
            mark_times(sym, ws.bounds[1], grp, ng, ws.gdig)
            if grp[0, CONTEXT] < 0:
                free_of_labels(sym, grp, ws.gdig, ng)
            if not _enough(grp, ng):
                continue
            worth = True
            likely = -1 if attempt == 0 else 1 if attempt == 1 else 0
            nc = _candidates(sym, tables, ws, ng, region, row, likely, 1 if way else 0, nc)
        if nc or not worth:
            break
    return _select(text, tables, ws, nc, r, out, n_out)


@kernel_step
def _with_bracket(sym, first, begin, end):  # type: ignore[no-untyped-def]
    """The begin of a number, with the bracket that is closed in it."""
    if begin > first and sym[begin - 1] == _OPEN:
        for k in range(begin, end):
            if sym[k] == _OPEN:
                break
            if sym[k] == _CLOSE:
                return begin - 1
    return begin


@kernel_step
def _select(text, tables, ws, nc, r, out, n_out):  # type: ignore[no-untyped-def]
    """The best candidates that do not overlap, best first: most points, then most digits, then first."""
    cand, first_row = ws.cand, n_out
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
            begin = _with_bracket(text.sym, ws.bounds[0], begin, end)
            out[n_out, 0], out[n_out, 1], out[n_out, 2], out[n_out, 3] = r, begin, end, cand[best, _NUMBER]
            out[n_out, 4] = is_obscured(text, tables, r, begin, end, how < 0, how)
            n_out += 1
    return n_out
