"""Kernels of `score`: one pair of groups at a time, compiled, without a lock."""

from __future__ import annotations

import numpy as np

from clew.ingest.kernels import kernel, kernel_step, making_kernel
from clew.link.weights import ATTRIBUTES

_MOST = 32  # shared identifiers of one class that are looked at
_TRUST = 4.0  # weight of what holds in general beside what holds among the users of an identifier
_SAMPLE = 256
_GROWN = 4.0
_BURST_BITS = 10.0  # most that closeness in time can add
_SHORT = 2.0  # days; a group that lasts so long is no burst
_ADVERT = 1  # in what `SORT` says of a group: the first of `evidence.RECORDS`
_SENTENCES, _NUMBERS = 3, 4  # pools beside the three classes; see `Weights.wide`
_WIDE = 4  # in an identifier's mark, beside its class
_PLACE, _NAME, _LANGUAGE = (ATTRIBUTES.index(name) for name in ("place", "name", "language"))
WEB = np.uint8(8)  # in a mark: an address, link or domain, which may be a public place
SAID = np.uint8(16)  # in a mark: a short text that is said in messages
ANEW = np.uint8(32)  # in a mark: a number, which may be given to somebody else once it is silent

STEPS = 1024.0  # in a bit: what is no more than the order of sums apart is equal
NOTHING = -100.0
# Of what is known of a group; the last four are the shares of all records that are from before its first one, up to it,
# from before its last one, and up to it.
SIZE, FIRST, LAST, HELD, MOST, SORT, BEFORE, STARTED, ENDED, UNTIL, COLUMNS = 0, 1, 2, 3, 6, 7, 8, 9, 10, 11, 12


@kernel_step
def _next(column, at, end, value):  # type: ignore[no-untyped-def]
    """First position in column[at:end] (sorted) that is not below value, by galloping search."""
    if at < end and column[at] >= value:
        return at
    step = 1
    while at + step < end and column[at + step] < value:
        at += step
        step *= 2
    low, high = at + 1, min(at + step, end)
    while low < high:
        middle = (low + high) >> 1
        if column[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@kernel_step
def _joint(begin, partner, many, low, high):  # type: ignore[no-untyped-def]
    """How many groups hold both columns (low < high); 0 when few."""
    at, end = begin[low], begin[low + 1]
    while at < end:
        middle = (at + end) >> 1
        if partner[middle] < high:
            at = middle + 1
        else:
            end = middle
    return many[at] if at < begin[low + 1] and partner[at] == high else 0


@kernel_step
def _both(start, column, share, a, b):  # type: ignore[no-untyped-def]
    """Chance that a draw of one group's values equals a draw of the other's; -1 when one has none."""
    i, j = start[a], start[b]
    if i == start[a + 1] or j == start[b + 1]:
        return -1.0
    both = 0.0
    while i < start[a + 1] and j < start[b + 1]:
        if column[i] == column[j]:
            both += share[i] * share[j]
            i, j = i + 1, j + 1
        elif column[i] < column[j]:
            i = _next(column, i, start[a + 1], column[j])
        else:
            j = _next(column, j, start[b + 1], column[i])
    return both


@kernel
def met(begin, rows, start, column, share, out):  # type: ignore[no-untyped-def]
    """For each column and attribute, over neighbouring rows that hold it: the sum of `_both`, and of how many it is.

    ``rows[begin[c] : begin[c + 1]]`` hold column c; ``out`` is float64[columns, attributes, 2], zeros. Of a column that
    many rows hold, `_SAMPLE` neighbours at even distances are looked at; one that two rows hold tells nothing.
    """
    for c in range(begin.shape[0] - 1):
        held = begin[c + 1] - begin[c]
        if held < 3:
            continue
        for k in range(begin[c] + 1, begin[c + 1], max(held // _SAMPLE, 1)):
            for t in range(out.shape[1]):
                both = _both(start, column, share, rows[k - 1] * out.shape[1] + t, rows[k] * out.shape[1] + t)
                if both >= 0.0:
                    out[c, t, 0] += both
                    out[c, t, 1] += 1.0


@kernel_step
def _agreement(t, both, by_chance, agreeing, factor, shared, top, worth, among):  # type: ignore[no-untyped-def]
    """Likelihood ratio, in bits, of two groups' draws of attribute t, which are equal by the chance ``both``.

    What strangers agree in by chance is measured over all groups and among those that hold the shared identifiers: the
    users of one city's hotline are all in that city.
    """
    likely = by_chance
    for c in range(3):
        if shared[c] > 0:
            total, pairs = among[top[c], t, 0], among[top[c], t, 1]
            if pairs > 1.0:
                trust = max(min(pairs, worth[top[c], 1]) - 1.0, 0.0)
                local = (trust * max(total - both, 0.0) / (pairs - 1.0) + _TRUST * by_chance) / (trust + _TRUST)
                likely = max(likely, local)
    agree = agreeing[t + 1] * factor
    ratio = (agree * both + (1.0 - agree) * likely) / likely
    return min(np.log2(ratio), agreeing[0])


@kernel_step
def _shared(start, column, mark, worth, x, y, every, which, shared, top):  # type: ignore[no-untyped-def]
    """Fill in, per class, how many identifiers x and y share, what each is worth and which is worth most.

    Returns the fewest owners that a shared identifier has.
    """
    shared[:] = 0
    rarest = 1e18
    i, j = start[x], start[y]
    while i < start[x + 1] and j < start[y + 1]:
        if column[i] == column[j]:
            held = np.int64(column[i])
            c, bits = mark[held] & 3, worth[held, 0]
            if shared[c] == 0 or bits > worth[top[c], 0]:
                top[c] = held
            if shared[c] < _MOST:
                every[c, shared[c]], which[c, shared[c]] = bits, held
            shared[c] += 1
            rarest = min(rarest, worth[held, 1])
            i, j = i + 1, j + 1
        elif column[i] < column[j]:
            i = _next(column, i, start[x + 1], column[j])
        else:
            j = _next(column, j, start[y + 1], column[i])
    return rarest


@kernel_step
def _pool(c, marked, adverts):  # type: ignore[no-untyped-def]
    """From which pool the best was drawn that two groups share of class c; see `Weights.wide`."""
    if marked & SAID:
        return _SENTENCES
    return _NUMBERS if c == 0 and not adverts and not marked & WEB else c


@kernel_step
def _for(mark, worth, begin, partner, many, group, x, y, every, which, shared, top, net, sharing):  # type: ignore[no-untyped-def]
    """Bits for one operation, from the identifiers that x and y share; ``net`` is scratch."""
    slack, total, second, wide = sharing[0], sharing[1], sharing[2:7], sharing[7:]
    adverts = np.int64(group[x, SORT]) & np.int64(group[y, SORT]) & _ADVERT
    for c in range(3):
        net[c] = 0.0
        if shared[c] > 0:
            # The wider their pool, the less it says that two draws from it meet.
            pool = _pool(c, mark[top[c]], adverts)
            width = wide[pool] * np.log2(group[x, HELD + c] + group[y, HELD + c] - shared[c])
            net[c] = worth[top[c], 0] - width
            rest = -max(net[c], 0.0)
            for m in range(min(shared[c], _MOST)):
                more = max(every[c, m] - width, 0.0)
                groups = 0
                if more > 0.0 and which[c, m] != top[c] and mark[top[c]] & mark[which[c, m]] & _WIDE:
                    groups = _joint(begin, partner, many, min(top[c], which[c, m]), max(top[c], which[c, m]))
                if groups > 0:
                    more = min(more, max(np.log2(total / groups) + slack - net[c], 0.0))
                rest += more
            net[c] += second[pool] * rest
    result = net[0] + net[1] + net[2]
    for c in range(3):
        for d in range(c + 1, 3):
            if shared[c] == 0 or shared[d] == 0 or not (mark[top[c]] & mark[top[d]] & _WIDE):
                continue
            if net[c] > 0 and net[d] > 0:
                # Used together by many, they are one piece of evidence: a text that is sold with a picture.
                groups = _joint(begin, partner, many, min(top[c], top[d]), max(top[c], top[d]))
                if groups > 0:
                    most = max(np.log2(total / groups) + slack, max(net[c], net[d]))
                    result -= max(0.0, net[c] + net[d] - most)
    return result


@kernel_step
def _against(group, x, y, shared, parting, factor, smaller):  # type: ignore[no-untyped-def]
    """Bits for two operations: each keeps contacts, texts or pictures of its own."""
    own_contact, own_content = parting[0], parting[1]
    result = 0.0
    apart = min(group[x, HELD], group[y, HELD]) > shared[0]
    if apart:
        result += own_contact * factor
    # The more both have shown, the less likely it is that one operation would have shown nothing twice.
    grown = min(np.log2(1.0 + smaller), _GROWN) if apart and shared[1] + shared[2] == 0 else factor
    if np.int64(group[x, SORT]) & np.int64(group[y, SORT]):  # an advert has not the text of an offer
        for c in range(1, 3):
            if shared[c] == 0 and group[x, HELD + c] > 0 and group[y, HELD + c] > 0:
                result += own_content * grown
    return result


@kernel_step
def _silence(group, x, y):  # type: ignore[no-untyped-def]
    """Days between two groups; below 0 where their times overlap."""
    return max(group[x, FIRST], group[y, FIRST]) - min(group[x, LAST], group[y, LAST])


@kernel_step
def _in_time(group, x, y, content, rarest, parting):  # type: ignore[no-untyped-def]
    """Bits from time: a number after a long silence may have a new owner; strangers do not use a text at one time.

    What is one time is said by the share of all records that fall into it: many sources tell the day alone, or that on
    which they were read.
    """
    gap, gap_days, close = parting[2], parting[3], parting[4]
    if not content:
        return -gap if _silence(group, x, y) > gap_days else 0.0
    short = group[x, LAST] - group[x, FIRST] < _SHORT and group[y, LAST] - group[y, FIRST] < _SHORT
    if short and _silence(group, x, y) >= 0:  # what lies between the two
        share = max(group[x, STARTED], group[y, STARTED]) - min(group[x, ENDED], group[y, ENDED])
    else:  # what lies between the first and the last of both
        share = max(group[x, UNTIL], group[y, UNTIL]) - min(group[x, BEFORE], group[y, BEFORE])
    by_chance = min(1.0, max(rarest * share, 2.0**-_BURST_BITS))
    return np.log2(close / by_chance + (1.0 - close))


@kernel_step
def _given_anew(group, x, y, gap_days):  # type: ignore[no-untyped-def]
    """Bits for a new owner, from a silence that goes on: as it doubles, half as many come back who only paused."""
    apart = _silence(group, x, y)
    return np.log2(apart / gap_days) if apart > gap_days else 0.0


@making_kernel
def score_pairs(  # type: ignore[no-untyped-def]
    pairs, start, column, mark, worth, begin, partner, many, group, values, codes, share, chance, among,
    prior, least, sharing, parting, agreeing, out,
):  # fmt: skip
    """Bits for each pair; `NOTHING` when nothing is shared, or when the rest cannot lift it to ``least``.

    The arrays are flat, so that no reference is counted and one cache line holds what is asked of a group. ``group``
    has the columns `SIZE`, `FIRST`, `LAST`, `HELD` (three classes), `MOST` and `SORT`; ``mark`` is an
    identifier's class and how it is used; ``worth`` its bits and owners; attribute t of group g is row
    ``attributes * g + t``.
    """
    every, shared, top = np.zeros((3, _MOST)), np.zeros(3, np.int64), np.zeros(3, np.int64)
    which, net, attributes = np.zeros((3, _MOST), np.int64), np.zeros(3), among.shape[1]
    for k in range(pairs.shape[0]):
        x, y = np.int64(pairs[k] >> np.uint64(32)), np.int64(pairs[k] & np.uint64(0xFFFFFFFF))
        if start[x + 1] - start[x] > start[y + 1] - start[y]:
            x, y = y, x
        rarest = _shared(start, column, mark, worth, x, y, every, which, shared, top)
        out[k] = NOTHING
        if shared[0] + shared[1] + shared[2] == 0:
            continue
        # A sentence is no content: many say it at one time, and who says it says it in its language.
        said = shared[2] > 0 and mark[top[2]] & SAID > 0
        content = shared[1] > 0 or (shared[2] > 0 and not said)
        smaller = min(group[x, SIZE], group[y, SIZE])
        factor = smaller / (smaller + 1.0)
        s = (
            prior
            + _for(mark, worth, begin, partner, many, group, x, y, every, which, shared, top, net, sharing)
            - _against(group, x, y, shared, parting, factor, smaller)
            + _in_time(group, x, y, content, rarest, parting)
        )
        if s + min(group[x, MOST], group[y, MOST]) < least:
            continue
        name, place = -1.0, -1.0
        for t in range(attributes):
            if t == _LANGUAGE and said and not content and shared[0] == 0:
                continue
            r, q = attributes * x + t, attributes * y + t
            both = _both(values, codes, share, r, q)
            if both >= 0.0:
                by_chance = max(chance[r], chance[q])
                s += _agreement(t, both, by_chance, agreeing, factor, shared, top, worth, among)
            name, place = both if t == _NAME else name, both if t == _PLACE else place
        alone = shared[0] == 1 and mark[top[0]] & ANEW > 0 and not content
        if alone and name <= 0.0 and (place <= 0.0 or name == 0.0):  # nothing else is as it was
            s -= _given_anew(group, x, y, parting[3])
        out[k] = np.rint(s * STEPS) / STEPS  # so that the order of sums does not decide between equals
