"""Kernels of `score`: one pair of groups at a time, compiled, without a lock."""

from __future__ import annotations

import numba
import numpy as np

_MOST = 32  # shared identifiers of one class that are looked at
_TRUST = 4.0  # weight of what holds in general beside what holds among the users of an identifier
_GROWN = 4.0
_BURST_BITS = 10.0  # most that closeness in time can add


@numba.njit(nogil=True, cache=True)
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


@numba.njit(nogil=True, cache=True)
def _joint(keys, many, low, high):  # type: ignore[no-untyped-def]
    """How many groups hold both columns; 0 when few."""
    key = (np.uint64(low) << np.uint64(32)) | np.uint64(high)
    at = np.searchsorted(keys, key)
    return many[at] if at < keys.shape[0] and keys[at] == key else 0


@numba.njit(nogil=True, cache=True)
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


@numba.njit(nogil=True, cache=True)
def met(begin, rows, attribute):  # type: ignore[no-untyped-def]
    """For each column, over neighbouring rows that hold it: the sum of `_both`, and how many neighbours it is of.

    ``rows[begin[c] : begin[c + 1]]`` hold column c.
    """
    values, codes, share, _chance = attribute
    total, pairs = np.zeros(begin.shape[0] - 1), np.zeros(begin.shape[0] - 1)
    for c in range(begin.shape[0] - 1):
        for k in range(begin[c] + 1, begin[c + 1]):
            both = _both(values, codes, share, rows[k - 1], rows[k])
            if both >= 0.0:
                total[c] += both
                pairs[c] += 1.0
    return total, pairs


@numba.njit(nogil=True, cache=True)
def _agreement(attribute, agree, cap, a, b, factor, shared, top, users, among):  # type: ignore[no-untyped-def]
    """Likelihood ratio, in bits, of two groups' draws of an attribute; 0 when one has none.

    What strangers agree in by chance is measured over all groups and among those that hold the shared identifiers: the
    users of one city's hotline are all in that city.
    """
    start, column, share, chance = attribute
    both = _both(start, column, share, a, b)
    if both < 0.0:
        return 0.0
    by_chance = max(chance[a], chance[b])
    likely = by_chance
    for c in range(3):
        if shared[c] > 0:
            total, pairs = among[0][top[c]], among[1][top[c]]
            if pairs > 1.0:
                trust = max(min(pairs, users[top[c]]) - 1.0, 0.0)
                local = (trust * max(total - both, 0.0) / (pairs - 1.0) + _TRUST * by_chance) / (trust + _TRUST)
                likely = max(likely, local)
    ratio = (agree * factor * both + (1.0 - agree * factor) * likely) / likely
    return min(np.log2(ratio), cap)


@numba.njit(nogil=True, cache=True)
def _shared(table, known, x, y, every, which, shared, top):  # type: ignore[no-untyped-def]
    """Fill in, per class, how many identifiers x and y share, what each is worth and which is worth most.

    Returns the fewest owners that a shared identifier has.
    """
    start, column, classes = table
    bits, users = known[0], known[1]
    shared[:] = 0
    rarest = 1e18
    i, j = start[x], start[y]
    while i < start[x + 1] and j < start[y + 1]:
        if column[i] == column[j]:
            c = classes[column[i]]
            if shared[c] == 0 or bits[column[i]] > bits[top[c]]:
                top[c] = column[i]
            if shared[c] < _MOST:
                every[c, shared[c]], which[c, shared[c]] = bits[column[i]], column[i]
            shared[c] += 1
            rarest = min(rarest, users[column[i]])
            i, j = i + 1, j + 1
        elif column[i] < column[j]:
            i = _next(column, i, start[x + 1], column[j])
        else:
            j = _next(column, j, start[y + 1], column[i])
    return rarest


@numba.njit(nogil=True, cache=True)
def _for(known, x, y, every, which, shared, top, sharing):  # type: ignore[no-untyped-def]
    """Bits for one operation, from the identifiers that x and y share."""
    bits, _users, held, keys, many, total, wide_use = known
    wide, second, slack = sharing
    net = np.zeros(3)
    for c in range(3):
        if shared[c] > 0:
            # The wider their pool, the less it says that two draws from it meet.
            pool = wide * np.log2(held[x, c] + held[y, c] - shared[c])
            net[c] = bits[top[c]] - pool
            rest = -max(net[c], 0.0)
            for m in range(min(shared[c], _MOST)):
                more = max(every[c, m] - pool, 0.0)
                groups = 0
                if more > 0.0 and wide_use[top[c]] and wide_use[which[c, m]]:
                    groups = _joint(keys, many, min(top[c], which[c, m]), max(top[c], which[c, m]))
                if groups > 0:
                    more = min(more, max(np.log2(total / groups) + slack - net[c], 0.0))
                rest += more
            net[c] += second * rest
    result = net.sum()
    for c in range(3):
        for d in range(c + 1, 3):
            if shared[c] == 0 or shared[d] == 0 or not (wide_use[top[c]] and wide_use[top[d]]):
                continue
            if net[c] > 0 and net[d] > 0:
                # Used together by many, they are one piece of evidence: a text that is sold with a picture.
                groups = _joint(keys, many, min(top[c], top[d]), max(top[c], top[d]))
                if groups > 0:
                    most = max(np.log2(total / groups) + slack, max(net[c], net[d]))
                    result -= max(0.0, net[c] + net[d] - most)
    return result


@numba.njit(nogil=True, cache=True)
def _against(held, x, y, shared, parting, factor, smaller):  # type: ignore[no-untyped-def]
    """Bits for two operations: each keeps contacts, texts or pictures of its own."""
    own_contact, own_content = parting[0], parting[1]
    result = 0.0
    apart = held[x, 0] > shared[0] and held[y, 0] > shared[0]
    if apart:
        result += own_contact * factor
    # The more both have shown, the less likely it is that one operation would have shown nothing twice.
    grown = min(np.log2(1.0 + smaller), _GROWN) if apart and shared[1] + shared[2] == 0 else factor
    for c in range(1, 3):
        if shared[c] == 0 and held[x, c] > 0 and held[y, c] > 0:
            result += own_content * grown
    return result


@numba.njit(nogil=True, cache=True)
def _in_time(times, x, y, shared, rarest, parting):  # type: ignore[no-untyped-def]
    """Bits from time: a number after a long silence may have a new owner; adverts minutes apart are one burst."""
    _size, first, last = times
    _own, _content, gap, gap_days, close, span = parting
    content = shared[1] + shared[2] > 0
    apart = max(first[x], first[y]) - min(last[x], last[y])
    if apart > gap_days and not content:
        return -gap
    if 0 <= apart < 0.05 and content and last[x] - first[x] < 2 and last[y] - first[y] < 2:
        by_chance = min(1.0, max(rarest * max(apart, 1e-5) / span, 2.0**-_BURST_BITS))
        return np.log2(close / by_chance + (1.0 - close))
    return 0.0


@numba.njit(nogil=True, cache=True)
def score_pairs(a, b, table, known, times, attributes, among, asked, sharing, parting, agreeing, out):  # type: ignore[no-untyped-def]
    """Bits for each pair; -100 when nothing is shared, or when the rest cannot lift it to the threshold."""
    start, size, held = table[0], times[0], known[2]
    prior, threshold = asked
    cap = agreeing[0]
    every, shared, top = np.zeros((3, _MOST)), np.zeros(3, np.int64), np.zeros(3, np.int64)
    which = np.zeros((3, _MOST), np.int64)
    for k in range(a.shape[0]):
        x, y = a[k], b[k]
        if start[x + 1] - start[x] > start[y + 1] - start[y]:
            x, y = y, x
        rarest = _shared(table, known, x, y, every, which, shared, top)
        out[k] = -100.0
        if shared.sum() == 0:
            continue
        smaller = min(size[x], size[y])
        factor = smaller / (smaller + 1.0)
        s = (
            prior
            + _for(known, x, y, every, which, shared, top, sharing)
            - _against(held, x, y, shared, parting, factor, smaller)
        )
        if s + len(attributes) * cap + _BURST_BITS < threshold:
            continue
        s += _in_time(times, x, y, shared, rarest, parting)
        for t in range(len(attributes)):
            s += _agreement(attributes[t], agreeing[t + 1], cap, x, y, factor, shared, top, known[1], among[t])
        out[k] = s
