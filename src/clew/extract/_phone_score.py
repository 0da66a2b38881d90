"""Points of a candidate phone number: its form, its gaps, and what surrounds it. All in halves of a point."""

from __future__ import annotations

import numpy as np

from clew.extract._phone_plan import PLAIN, TRUNK
from clew.extract._phone_tables import (
    CONTEXT,
    F_MONEY,
    F_NEAR,
    F_SPELLED,
    F_WEAK,
    FIELD,
    FIRST,
    FLAGS,
    G_COMMA,
    G_NEWLINE,
    G_SPACE,
    G_WORDS,
    GAP,
    KIND,
    LETTERS,
    SIZE,
    SYMBOL,
    VALUE,
)  # fmt: skip
from clew.ingest.kernels import kernel_step

CONTACT_FIELD, PRICE_FIELD = 2, 4
_PLUS_SIGN = 0x2B


@kernel_step
def _usual_shape(grp, i, j):  # type: ignore[no-untyped-def]
    """Whether digits are grouped as people group a number without prefix (3-3-3, 2-3-2-2, all pairs, one run, …)."""
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


@kernel_step
def _scores(grp, i, j):  # type: ignore[no-untyped-def]
    """Whether the groups are pairs of small numbers, as in the sets of a match ("6-4 7-5 6-3")."""
    if j < i + 5 or grp[i + 1, SYMBOL] == grp[i + 2, SYMBOL]:
        return False
    for g in range(i, j + 1):
        if (
            grp[g, SIZE] > 2
            or grp[g, VALUE]
            or (g > i and grp[g, SYMBOL] != grp[i + (1 if (g - i) % 2 else 2), SYMBOL])
        ):
            return False
    return True


@kernel_step
def _amounts(grp, gdig, i, j):  # type: ignore[no-untyped-def]
    """Whether every group is a round number, as in a list of prices."""
    for g in range(i, j + 1):
        last = grp[g, FIRST] + grp[g, SIZE] - 1
        thousands = grp[g, SIZE] <= 6 and gdig[last - 1] == 0
        if grp[g, SIZE] < 2 or (grp[g, SIZE] > 4 and not thousands) or gdig[last] != 0 or gdig[grp[g, FIRST]] == 0:
            return False
    return j > i


@kernel_step
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


@kernel_step
def _address_or_decimals(grp, gdig, i, j):  # type: ignore[no-untyped-def]
    """Whether the groups are an IP address, a decimal number, or four fours as on a card."""
    behind_zero = gdig[grp[i, FIRST]] == 0 and (grp[i, SIZE] > 1 or grp[j, SIZE] < 7)  # no decimals, as far as one sees
    if grp[i, SIZE] <= 3 and not behind_zero and j == i + 1 and grp[j, SYMBOL] == 0x2E and grp[j, SIZE] >= 4:
        return True
    small = dots = j == i + 3
    for g in range(i, j + 1):
        small &= grp[g, SIZE] <= 3 and gdig[grp[g, FIRST]] <= 2
        dots &= g == i or grp[g, SYMBOL] == 0x2E
    return small and dots


@kernel_step
def _gap_points(grp, i, j):  # type: ignore[no-untyped-def]
    """What the gaps inside a candidate take."""
    words = lines = commas = sums = 0
    for g in range(i + 1, j + 1):
        gap = grp[g, GAP]
        words += gap & G_WORDS != 0
        lines += gap & G_NEWLINE != 0
        sums |= 1 if grp[g, SYMBOL] == _PLUS_SIGN else 2
        if gap & G_COMMA and not grp[g, VALUE] and grp[g, SIZE] != 2 and grp[g, SIZE] != 1:
            commas = 2
    return -(min(2 * words, 2 + words // 2, 4) + min(lines, 2) + commas + (8 if sums == 3 else 0))


@kernel_step
def _near_points(grp, i, j):  # type: ignore[no-untyped-def]
    """What wrongly written number words take: each a little, more at an end, much where few words are right."""
    near = words = 0
    for g in range(i, j + 1):
        words += grp[g, VALUE]
        near += grp[g, FLAGS] & F_NEAR != 0
    if not near:
        return 0
    ends = (grp[i, FLAGS] & F_NEAR != 0) + (grp[j, FLAGS] & F_NEAR != 0)
    return -(min(near, 2) + ends + (6 if words < 4 else 0))


@kernel_step
def _american(grp, i, j):  # type: ignore[no-untyped-def]
    """Whether ten digits are grouped as in North America (3-3-4), in a run, by pairs or one by one."""
    n, good, small = 0, True, True
    for g in range(i, j + 1):
        small &= grp[g, SIZE] <= 2
        good &= n in (0, 1, 3, 4, 6, 7)
        n += grp[g, SIZE]
    return good or small


@kernel_step
def _neighbour_points(grp, ng, i, j):  # type: ignore[no-untyped-def]
    """What it takes when a short group stands outside in just the way in which groups stand inside."""
    points = 0
    inner, gap = (grp[j, SYMBOL], grp[j, GAP]) if j > i else (np.int64(0x20), np.int64(G_SPACE))
    for g, beside in ((i, i - 1), (j + 1, j + 1)):
        alike = 0 <= beside < ng and grp[g, SYMBOL] == inner and grp[g, GAP] == gap and grp[beside, SIZE] <= 5
        if alike and not grp[beside, FLAGS] & (F_MONEY | F_WEAK):
            points -= 6 if grp[beside, SIZE] == 1 and grp[i, SIZE] == 1 and grp[j, SIZE] == 1 and j > i + 3 else 3
    return points


@kernel_step
def score(ws, ng, i, j, base, form, loose, nanp):  # type: ignore[no-untyped-def]
    grp, gdig, field = ws.grp, ws.gdig, ws.st[FIELD]
    points = base + _gap_points(grp, i, j) + _neighbour_points(grp, ng, i, j) + _near_points(grp, i, j)
    # loose: the number is of a country that nothing tells of; nanp: of North America
    words = letters = loners = 0
    cue, money, mixed = grp[i, CONTEXT], 0, False
    for g in range(i, j + 1):
        words += grp[g, VALUE]
        letters += grp[g, KIND] == LETTERS
        loners += grp[g, KIND] == LETTERS and grp[g, FLAGS] & F_WEAK != 0 and grp[g, SIZE] == 1
        money |= grp[g, FLAGS] & F_MONEY
        mixed |= grp[g, FLAGS] & F_SPELLED != 0
        if g > i and grp[g, CONTEXT] > 0 and cue == 0:
            cue = 1
    zero = gdig[grp[i, FIRST]] == 0
    telling = zero or form == 0 or form == TRUNK
    if cue > 0 or field == CONTACT_FIELD:
        points += 4
    elif cue < 0:
        points -= 14
    if field == PRICE_FIELD:
        points -= 8
    if words >= 4:
        points += 3
    if letters and not words and not telling:
        points -= 2
    points -= min(2 * loners, 4)
    weak = (grp[i, FLAGS] & (F_WEAK | F_NEAR) == F_WEAK) + (grp[j, FLAGS] & (F_WEAK | F_NEAR) == F_WEAK)
    points -= weak * (1 if words >= 4 else 4)
    if not telling and _scores(grp, i, j):
        points -= 8
    if money:
        points -= 2 if telling else 8
    if loose and words < 2 and not _usual_shape(grp, i, j):
        points -= 4
    if not telling:
        if form == PLAIN and nanp and not words and not mixed and not _american(grp, i, j):
            points -= 6
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
