"""Kernels of :mod:`clew.match.image_index`: pairs of 256-bit hashes of two sets that are within a distance.

Where two hashes differ by at most 31 bits, one of their 16 chunks of 16 bits differs by at most one. So for each chunk,
both sets are laid in the order of that chunk, and each bucket of one is compared with 17 buckets of the other.
Neighbours are compared side by side, block by block: unlike single searches, that hardly ever waits for memory.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from clew.ingest.kernels import inner, kernel, kernel_step, making_kernel
from clew.match._machine import fetch_row, ones

CHUNKS = 16
KEYS = 65536
_TOGETHER = 32  # sketches that are looked at once more where one of them is near
MOST_HASHES = 1 << 29  # a pair is one number: 29 bits for one hash, 5 for the distance, 29 for the other

_LOW = np.uint64((1 << 29) - 1)

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]


class Laid(NamedTuple):
    """Hashes in the order of one of their chunks.

    Attributes:
        order: int32[n], their numbers.
        sketch: uint64[n, 2], in that order half of each hash: the first words that the chunk is not in.
        start: int64[65537], where each bucket starts.
    """

    order: I32
    sketch: U64
    start: I64


def laid(words: U64, chunk: int) -> Laid:
    """Lay uint64[n, 4] hashes in the order of a chunk."""
    n = len(words)
    room = Laid(np.empty(n, np.int32), np.empty((n, 2), np.uint64), np.zeros(KEYS + 1, np.int64))
    _lay(words, chunk, room.order, room.sketch, room.start)
    return room


@making_kernel
def _lay(words, chunk, order, sketch, start):  # type: ignore[no-untyped-def]
    """Write the fields of `Laid`: a counting sort. ``start`` is zeros."""
    word, shift = chunk // 4, np.uint64(48 - 16 * (chunk % 4))
    first, second = (0 if word else 1), (1 if word > 1 else 2)
    low = np.uint64(0xFFFF)
    for i in range(words.shape[0]):
        start[((words[i, word] >> shift) & low) + np.uint64(1)] += 1
    for key in range(KEYS):
        start[key + 1] += start[key]
    free = start.copy()
    for i in range(words.shape[0]):
        key = (words[i, word] >> shift) & low
        at = free[key]
        free[key] += 1
        order[at] = i
        sketch[at, 0], sketch[at, 1] = words[i, first], words[i, second]


@kernel
def looks(a, b):  # type: ignore[no-untyped-def]
    """Comparisons of two sets, from int64[65537] starts of their buckets."""
    total = 0
    for key in range(KEYS):
        mine = a[key + 1] - a[key]
        if mine:
            theirs = b[key + 1] - b[key]
            for flip in range(16):
                other = key ^ (1 << flip)
                theirs += b[other + 1] - b[other]
            total += mine * theirs
    return total


@inner
def _alike(apart):  # type: ignore[no-untyped-def]
    """The first of the four chunks of a word that has at most one bit set; 4 for none."""
    for chunk in range(4):
        if ones((apart >> np.uint64(48 - 16 * chunk)) & np.uint64(0xFFFF)) <= np.uint64(1):
            return chunk
    return 4


@inner
def _shown(word, a, b):  # type: ignore[no-untyped-def]
    """Whether what two sketches differ in shows a pair that a chunk before this word shows, too."""
    return (word > 0 and _alike(a) < 4) or (word > 1 and _alike(b) < 4)


@kernel_step
def _first_chunk(a, b):  # type: ignore[no-untyped-def]
    """The first chunk in which two hashes differ by at most one bit."""
    for word in range(4):
        chunk = _alike(a[word] ^ b[word])
        if chunk < 4:
            return 4 * word + chunk
    return CHUNKS


@kernel_step
def _gather(laid, key, half, room):  # type: ignore[no-untyped-def]
    """Copy the sketches and numbers of a bucket and of the 16 that are one bit off side by side; gives how many.

    With ``half``, only of those behind it: the others find their pairs with this one themselves.
    """
    order, sketch, start = laid
    first, second, number = room
    count = 0
    for flip in range(-1, 16):
        bit = 1 << flip if flip >= 0 else 0
        if half and key & bit:
            continue
        fetch_row(sketch, start[min(key + 2, KEYS - 1) ^ bit])  # what will be copied after the next
        near = key ^ bit
        for y in range(start[near], start[near + 1]):
            first[count], second[count], number[count] = sketch[y, 0], sketch[y, 1], order[y]
            count += 1
    return count


@inner
def _near(s0, s1, first, second, begin, limit):  # type: ignore[no-untyped-def]
    """How many of `_TOGETHER` sketches are within a distance: without branches, so that it becomes vector instructions.

    Of what lies behind the last sketch one more may seem to be; that costs a look and changes nothing.
    """
    one, other = first[begin : begin + _TOGETHER], second[begin : begin + _TOGETHER]
    count = np.uint64(0)
    for y in range(_TOGETHER):
        count += np.uint64(ones(s0 ^ one[y]) + ones(s1 ^ other[y]) <= limit)
    return count


class Gathered(NamedTuple):
    """Room for what one bucket is compared with: the halves of sketches, and the numbers of their hashes."""

    first: U64
    second: U64
    number: I32


def gathered(theirs: Laid) -> Gathered:
    """Room for any bucket, and as much more as `_near` looks at together."""
    room = 17 * int(np.diff(theirs.start).max()) + _TOGETHER
    return Gathered(np.empty(room, np.uint64), np.empty(room, np.uint64), np.empty(room, np.int32))


@kernel
def chunk_pairs(one, other, chunk, mine, theirs, room, half, begin, most, pairs):  # type: ignore[no-untyped-def]
    """Write the pairs of two sets that a chunk shows first, bucket by bucket, until one does not fit.

    Args:
        one, other: uint64[n, 4] and uint64[m, 4], the hashes.
        chunk: 0 to 15.
        mine, theirs: both in the order of the chunk.
        room: of `gathered`.
        half: whether both are the same set; then each pair is written once, the larger number first.
        begin: the bucket of the first set to begin with.
        most: the largest distance, 0 to 31.
        pairs: uint64, written: number in the first set, distance, number in the second.

    Returns:
        The bucket to go on with, pairs written.
    """
    limit = np.uint64(most)
    first, second, number = room
    written = 0
    for key in range(begin, KEYS):
        low, high = mine.start[key], mine.start[key + 1]
        if low == high:
            continue
        count = _gather(theirs, key, half, room)
        at = written
        for x in range(low, high):
            s0, s1 = mine.sketch[x, 0], mine.sketch[x, 1]
            for part in range(x - low + 1 if half else 0, count, _TOGETHER):
                if not _near(s0, s1, first, second, part, limit):
                    continue
                for y in range(part, min(part + _TOGETHER, count)):
                    t0, t1 = s0 ^ first[y], s1 ^ second[y]
                    if ones(t0) + ones(t1) > limit or _shown(chunk // 4, t0, t1):
                        continue
                    i, j = mine.order[x], number[y]
                    if half and i < j:
                        i, j = j, i
                    a, b = one[i], other[j]
                    apart = ones(a[0] ^ b[0]) + ones(a[1] ^ b[1]) + ones(a[2] ^ b[2]) + ones(a[3] ^ b[3])
                    if apart <= limit and _first_chunk(a, b) == chunk:
                        if at < pairs.shape[0]:
                            pairs[at] = (np.uint64(i) << np.uint64(34)) | (apart << np.uint64(29)) | np.uint64(j)
                        at += 1
        if at > pairs.shape[0]:
            return key, written
        written = at
    return KEYS, written


@kernel
def nearest(pairs, label):  # type: ignore[no-untyped-def]
    """Where a hash has pairs, write the nearest of the second set; of equals the first.

    Args:
        pairs: uint64[m], sorted.
        label: int64[n], of the first set, written.
    """
    before = np.int64(-1)
    for pair in pairs:
        i = np.int64(pair >> np.uint64(34))
        if i != before:
            label[i] = np.int64(pair & _LOW)
        before = i


@making_kernel
def lead_by_pairs(pairs, n):  # type: ignore[no-untyped-def]
    """Group n hashes: in order, each joins the nearest leader before it or becomes one.

    Args:
        pairs: uint64[m], of the hashes with themselves, the larger number first, sorted.
        n: hashes.

    Returns:
        int64[n], the number of the leader of each; int64[leaders], which hashes lead.
    """
    label, leader = np.empty(n, np.int64), np.empty(n, np.int64)
    at = count = 0
    for i in range(n):
        mine = np.int64(-1)
        while at < pairs.shape[0] and np.int64(pairs[at] >> np.uint64(34)) == i:
            other = np.int64(pairs[at] & _LOW)
            if mine < 0 and leader[label[other]] == other:
                mine = label[other]
            at += 1
        leader[count] = i
        label[i] = mine if mine >= 0 else count
        count += int(mine < 0)
    return label, leader[:count].copy()
