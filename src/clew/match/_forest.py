"""Kernels of :mod:`clew.match.families`: union of verified pairs, and splitting at medoids."""

from __future__ import annotations

import numpy as np

from clew.ingest.kernels import kernel, kernel_step, making_kernel, making_step
from clew.match._machine import fetch_item, fetch_row, ones
from clew.match._shingles import LIST, LISTED, WORDS, mix

SIZE = WORDS * 64
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_HELD = 8  # texts of a bucket that later ones are compared with; a new one takes the place of the oldest
_TRIES = 4  # comparisons of a text in one bucket
_SMALL = 24  # families up to this size find their medoid among all, larger ones in samples
_AHEAD = 24  # texts of a band whose sketches are on their way while one is compared
_ROUNDS = 12  # medoids tried on one family before what is left has to be joined anew, more strictly

# _COUNT[b]: how many distinct shingles set b of 1,024 bits (linear counting).
_COUNT = (-SIZE * np.log1p(-np.minimum(np.arange(SIZE + 1), SIZE - 0.5) / SIZE)).astype(np.float64)
_HALF = (-SIZE / 2 * np.log1p(-np.minimum(np.arange(SIZE // 2 + 1), SIZE / 2 - 0.5) / SIZE * 2)).astype(np.float64)


@kernel_step
def _jaccard_across(a, b):  # type: ignore[no-untyped-def]
    """As `jaccard`, where ``a`` is one level below ``b``: its first half holds what both halves of ``b`` hold."""
    in_a = in_b = both = np.uint64(0)
    for w in range(WORDS // 2):
        folded = b[w] | b[w + WORDS // 2]
        in_a += ones(a[w])
        in_b += ones(folded)
        both += ones(a[w] | folded)
    union = _HALF[both]
    return (_HALF[in_a] + _HALF[in_b] - union) / max(union, 1.0)


@kernel_step
def _item(a, k):  # type: ignore[no-untyped-def]
    """The k-th shingle of a list, k below `LIST`; 0xFFFFFFFF after the last."""
    return (a[k >> 1] >> np.uint64(32 * (k & 1))) & np.uint64(0xFFFFFFFF)


@kernel_step
def _listed(a):  # type: ignore[no-untyped-def]
    """How many shingles a list holds: they lie in order, and after them there is nothing."""
    count = 0
    for step in (16, 8, 4, 2, 1):
        count += step * (_item(a, count + step - 1) != np.uint64(0xFFFFFFFF))
    return count + (count == LIST - 1 and _item(a, LIST - 1) != np.uint64(0xFFFFFFFF))


@kernel_step
def _jaccard_lists(a, b, in_a, in_b, least):  # type: ignore[no-untyped-def]
    """As `jaccard`, exactly, where both hold lists; or 0 as soon as it cannot be ``least`` any more."""
    needed = least * (in_a + in_b) / (1 + least)
    i = j = both = 0
    while i < in_a and j < in_b:
        if both + min(in_a - i, in_b - j) < needed:
            return 0.0
        x, y = _item(a, i), _item(b, j)
        both += x == y
        i, j = i + (x <= y), j + (y <= x)
    return both / max(in_a + in_b - both, 1)


@kernel_step
def _jaccard_list_map(a, b):  # type: ignore[no-untyped-def]
    """As `jaccard`, where ``a`` holds a list and ``b`` a bitmap of all its shingles."""
    size = _listed(a)
    found = set_bits = np.uint64(0)
    for k in range(size):
        at = _item(a, k) & np.uint64(SIZE - 1)
        found += (b[at >> np.uint64(6)] >> (at & np.uint64(63))) & np.uint64(1)
    for w in range(WORDS):
        set_bits += ones(b[w])
    return found / (size + _COUNT[set_bits] - found)


@kernel_step
def _level(text):  # type: ignore[no-untyped-def]
    return np.int64(text & np.uint64(0xFF))


@kernel_step
def _bits(text):  # type: ignore[no-untyped-def]
    return np.int64((text >> np.uint64(8)) & np.uint64(0xFFFF))


@kernel
def as_texts(rows, bits, level, texts):  # type: ignore[no-untyped-def]
    """Write what is asked of each text before its sketch is: together, since waiting for memory is most of the work.

    Args:
        rows: int64[m], the row of each text's sketch.
        bits, level: uint16[n] (see `fold_copies`) and uint8[n], by row.
        texts: uint64[m], written: the row in the upper half, the bits above the level in the lower.
    """
    for k in range(rows.shape[0]):
        row = rows[k]
        texts[k] = (np.uint64(row) << np.uint64(32)) | (np.uint64(bits[row]) << np.uint64(8)) | np.uint64(level[row])


@kernel
def jaccard(a, b, level_a, level_b):  # type: ignore[no-untyped-def]
    """The Jaccard index of two texts, estimated from uint64[16] bitmaps; 0 where their lengths differ too much."""
    if level_a == LISTED and level_b == LISTED:
        return _jaccard_lists(a, b, _listed(a), _listed(b), 0.0)
    if level_a == LISTED or level_b == LISTED:
        if level_a != 0 and level_b != 0:
            return 0.0
        return _jaccard_list_map(a, b) if level_a == LISTED else _jaccard_list_map(b, a)
    if level_a != level_b:
        if level_a + 1 == level_b:
            return _jaccard_across(a, b)
        return _jaccard_across(b, a) if level_b + 1 == level_a else 0.0
    in_a = in_b = both = np.uint64(0)
    for w in range(WORDS):
        in_a += ones(a[w])
        in_b += ones(b[w])
        both += ones(a[w] | b[w])
    union = _COUNT[both]
    return (_COUNT[in_a] + _COUNT[in_b] - union) / max(union, 1.0)


@kernel_step
def _differ_in_size(one, other, least):  # type: ignore[no-untyped-def]
    """Whether the numbers of shingles alone say that the Jaccard index of two texts is less than ``least``."""
    if _level(one) != _level(other):
        return False
    fewer, more = min(_bits(one), _bits(other)), max(_bits(one), _bits(other))
    return fewer < least * more if _level(one) == LISTED else _COUNT[fewer] < least * _COUNT[more]


@kernel_step
def near(bitmap, one, other, least):  # type: ignore[no-untyped-def]
    """`jaccard` of two texts, or 0 where it is soon seen that it is less than ``least``.

    Args:
        bitmap: uint64[n, 16], sketches.
        one, other: uint64, texts as `as_texts` writes them.
        least: what matters.
    """
    a, b = one >> np.uint64(32), other >> np.uint64(32)
    if _level(one) != _level(other):
        return jaccard(bitmap[a], bitmap[b], _level(one), _level(other))
    if _differ_in_size(one, other, least):
        return 0.0
    if _level(one) == LISTED:
        return _jaccard_lists(bitmap[a], bitmap[b], _bits(one), _bits(other), least)
    both = np.uint64(0)
    for w in range(WORDS):
        both += ones(bitmap[a, w] | bitmap[b, w])
    union = _COUNT[both]
    return (_COUNT[_bits(one)] + _COUNT[_bits(other)] - union) / max(union, 1.0)


@kernel_step
def _key(words, level):  # type: ignore[no-untyped-def]
    """A hash of a sketch."""
    key = np.uint64(level)
    for w in range(WORDS):
        key += (words[w] ^ (words[w] >> np.uint64(29))) * (_FACTOR * np.uint64(2 * w + 1))
    return mix(key)


@making_kernel
def fold_copies(rid, bitmap, level, first, bits):  # type: ignore[no-untyped-def]
    """For each text the one with the smallest rid among those with the same sketch; open addressing.

    Args:
        rid: uint64[n].
        bitmap, level: sketches.
        first: int64[n], written: by row, the row with the same sketch and the smallest rid (of equals the first).
        bits: uint16[n], written: bits set in each bitmap, or shingles in each list.
    """
    n = rid.shape[0]
    room = 16
    while room < 2 * n:
        room *= 2
    slots = np.full(room, -1, np.int32)
    tags = np.empty(room, np.uint32)
    for row in range(n):
        total = np.uint64(0)
        if level[row] == LISTED:
            total = np.uint64(_listed(bitmap[row]))
        else:
            for w in range(WORDS):
                total += ones(bitmap[row, w])
        bits[row] = total
        key = _key(bitmap[row], level[row])
        tag = np.uint32(key >> np.uint64(32))
        at = np.int64(key & np.uint64(room - 1))
        first[row] = row
        while slots[at] >= 0:
            other = slots[at]
            if tags[at] == tag and level[row] == level[other]:
                same = True
                for w in range(WORDS):
                    same &= bitmap[row, w] == bitmap[other, w]
                if same:
                    first[row] = other
                    break
            at = (at + 1) & (room - 1)
        if first[row] == row:
            slots[at], tags[at] = row, tag
    smallest = np.arange(n)
    for row in range(n):
        if rid[row] < rid[smallest[first[row]]]:
            smallest[first[row]] = row
    for row in range(n):
        first[row] = smallest[first[row]]


@kernel
def band_pairs(bands, texts, band, pairs):  # type: ignore[no-untyped-def]
    """Write the key of one band in the upper half, the text in the lower, for each text."""
    for k in range(texts.shape[0]):
        pairs[k] = (np.uint64(bands[texts[k] >> np.uint64(32), band]) << np.uint64(32)) | np.uint64(k)


@kernel_step
def find(parent, x):  # type: ignore[no-untyped-def]
    """The root of a tree; halves the path on the way."""
    while parent[x] != x:
        parent[x] = parent[parent[x]]
        x = parent[x]
    return x


@kernel_step
def _fetch(pairs, bitmap, texts, parent, k):  # type: ignore[no-untyped-def]
    """Have on their way what the pairs some way after pair k need: waiting for memory is most of the work."""
    low = np.uint64(0xFFFFFFFF)
    far = np.int64(pairs[k + 2 * _AHEAD] & low)
    fetch_item(parent, far)
    fetch_item(texts, far)
    one, other = pairs[k + _AHEAD - 1], pairs[k + _AHEAD]
    if (one ^ other) >> np.uint64(32) == 0:
        a, b = np.int64(one & low), np.int64(other & low)
        if parent[a] != parent[b]:
            fetch_row(bitmap, np.int64(texts[a] >> np.uint64(32)))
            fetch_row(bitmap, np.int64(texts[b] >> np.uint64(32)))


@kernel_step
def _join(x, held, count, bitmap, texts, least, parent):  # type: ignore[no-untyped-def]
    """Compare a text with those held of its bucket, the last ones first; gives whether one is of its tree now."""
    root = find(parent, x)
    tries = 0
    known = False
    for back in range(min(count, _HELD)):
        y = held[(count - 1 - back) % _HELD]
        other = find(parent, y)
        if other == root:
            known = True
            continue
        if tries == _TRIES:
            break
        if _differ_in_size(texts[x], texts[y], least):
            continue
        tries += 1
        if near(bitmap, texts[x], texts[y], least) >= least:
            parent[max(root, other)] = min(root, other)
            root = min(root, other)
            known = True
    return known


@making_kernel
def join_band(pairs, bitmap, texts, least, parent):  # type: ignore[no-untyped-def]
    """Join the texts of each bucket of one band that are near enough.

    Args:
        pairs: uint64[m], sorted: band key in the upper half, text in the lower.
        bitmap, texts: see `near`.
        least: the smallest Jaccard index that joins.
        parent: int32[m], the forest over texts; roots are the smallest of their tree.
    """
    held = np.empty(_HELD, np.int64)
    count = 0
    m = pairs.shape[0]
    low = np.uint64(0xFFFFFFFF)
    for k in range(m):
        if k + 2 * _AHEAD < m:
            _fetch(pairs, bitmap, texts, parent, k)
        key = pairs[k] >> np.uint64(32)
        if k == 0 or pairs[k - 1] >> np.uint64(32) != key:
            if k + 1 == m or pairs[k + 1] >> np.uint64(32) != key:
                continue  # alone in its bucket
            count = 0
        x = np.int64(pairs[k] & low)
        if not _join(x, held, count, bitmap, texts, least, parent):
            held[count % _HELD] = x
            count += 1


@kernel
def roots(parent):  # type: ignore[no-untyped-def]
    """Let every text point at its root."""
    for x in range(parent.shape[0]):
        parent[x] = parent[parent[x]]  # a root is smaller than its tree, so it was seen before


@making_step
def _medoid(members, copies, bitmap, texts):  # type: ignore[no-untyped-def]
    """The member nearest to all (of the first ones on a tie); in large families, of a sample to a sample."""
    m = members.shape[0]
    candidates, judges = min(m, _SMALL), min(m, 2 * _SMALL)
    total = np.zeros(candidates)
    for c in range(candidates):
        one = members[c * m // candidates]
        for j in range(c if m <= _SMALL else 0, judges):
            other = members[j * m // judges]
            share = 1.0 if one == other else near(bitmap, texts[one], texts[other], 0.0)
            total[c] += copies[other] * share
            if m <= _SMALL and j > c:
                total[j] += copies[one] * share
    return members[np.argmax(total) * m // candidates]


@making_kernel
def split(members, first, begin, end, copies, bitmap, texts, least, least_short, label, left):  # type: ignore[no-untyped-def]
    """Let each family keep the members that agree with its medoid; the others look for medoids of their own.

    Args:
        members: int64[m], texts by family; rearranged.
        first: int64[f + 1], where each family begins in it.
        begin, end: the families to split.
        bitmap, texts: see `near`.
        copies: int64[m], records with the same sketch, by text.
        least, least_short: smallest Jaccard index with the medoid, for long texts and for those held as lists.
        label: int64[m], written: by text, the medoid of its family.
        left: bool[m], written: texts that no medoid was found for in time.
    """
    for f in range(begin, end):
        low, high = first[f], first[f + 1]
        if high - low == 1:
            label[members[low]] = members[low]
            continue
        for k in range(high, min(high + _AHEAD, members.shape[0])):
            fetch_row(bitmap, np.int64(texts[members[k]] >> np.uint64(32)))
        for _ in range(_ROUNDS):
            if high - low == 0:
                break
            group = members[low:high]
            middle = group[0] if high - low == 1 else _medoid(group, copies, bitmap, texts)
            kept = low
            for k in range(low, high):
                x = members[k]
                enough = least_short if _level(texts[x]) == LISTED else least
                if x == middle or near(bitmap, texts[x], texts[middle], enough) >= enough:
                    label[x] = middle
                else:
                    members[kept] = x
                    kept += 1
            high = kept
        for k in range(low, high):
            left[members[k]] = True
