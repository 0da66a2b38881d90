"""Kernels of :mod:`clew.match.image_index`: 16 tables of 16-bit chunks over 256-bit hashes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from clew.ingest.kernels import making_kernel, making_step
from clew.match._machine import fetch, ones

CHUNKS = 16
KEYS = 65536
MOST_LOOKS = 65536  # hashes that one query may look at before it hurries
_CROWDED = 16384  # looks above which it pays to seek a cheaper plan
_CROWD = 64  # hashes of a bucket that a hurried query looks at
_REACH = 3  # most bits that may differ in one chunk of a plan

U64 = npt.NDArray[np.uint64]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]

# Every 16-bit pattern with at most _REACH bits set, fewest first; _UPTO[t]: how many have at most t bits.
_FLIPS = np.array(sorted((m for m in range(KEYS) if m.bit_count() <= _REACH), key=int.bit_count), np.int64)
_UPTO = np.array([sum(int(m).bit_count() <= t for m in _FLIPS) for t in range(_REACH + 1)], np.int64)


class Tables(NamedTuple):
    """Hashes under each of their chunks, with room for those that are not inserted yet.

    Attributes:
        bucket: int32[16, 65536, 2], where a chunk's bucket starts and how many it holds.
        number: int32[16, n], the numbers of the hashes of each bucket, in the order of insertion.
        sketch: uint64[16, n, 2], beside each number half of its hash, from words that the chunk is not in:
            nearly every candidate is refused without a jump through memory.
        words: uint64[n, 4], the hashes by number.
        size: int64[1], hashes inserted so far; the number of the next.
    """

    bucket: I32
    number: I32
    sketch: U64
    words: U64
    size: I64


def new_tables(words: U64) -> Tables:
    """Empty tables with room for uint64[n, 4] hashes in any order: about 340 bytes a hash and 8 MB."""
    n = len(words)
    bucket = np.zeros((CHUNKS, KEYS, 2), np.int32)
    for chunk in range(CHUNKS):
        keys = (words[:, chunk // 4] >> np.uint64(48 - 16 * (chunk % 4))).astype(np.uint16)
        sizes = np.bincount(keys, minlength=KEYS)
        bucket[chunk, 1:, 0] = np.cumsum(sizes)[:-1]
    number = np.empty((CHUNKS, n), np.int32)
    sketch = np.empty((CHUNKS, n, 2), np.uint64)
    return Tables(bucket, number, sketch, np.empty((n, 4), np.uint64), np.zeros(1, np.int64))


@making_step
def _key(word: U64, chunk: int) -> int:
    """Chunk 0 to 15 of a hash of four words."""
    return int((word[chunk // 4] >> np.uint64(48 - 16 * (chunk % 4))) & np.uint64(0xFFFF))


@making_step
def _insert(tables: Tables, word: U64) -> int:
    """Insert a hash; gives its number."""
    new = int(tables.size[0])
    tables.words[new] = word
    for chunk in range(CHUNKS):
        key = _key(word, chunk)
        at = tables.bucket[chunk, key, 0] + tables.bucket[chunk, key, 1]
        tables.bucket[chunk, key, 1] += 1
        tables.number[chunk, at] = new
        tables.sketch[chunk, at, 0] = word[(chunk // 4 + 1) % 4]
        tables.sketch[chunk, at, 1] = word[(chunk // 4 + 2) % 4]
    tables.size[0] = new + 1
    return new


@making_kernel
def fill(tables: Tables, words: U64) -> None:
    """Insert uint64[n, 4] in their order."""
    for i in range(len(words)):
        _insert(tables, words[i])


@making_step
def _plan(tables: Tables, word: U64, units: int, most: int, plan: I64) -> int:
    """The cheapest bits to allow in each chunk, and what they cost.

    Args:
        tables: the index.
        word: uint64[4], the query.
        units: what ``plan`` has to sum to: one more than the distance.
        most: most units of a chunk, 1 to 4; ``16 * most >= units``.
        plan: int64[16], written: bits to allow in the chunk plus 1; 0 leaves the chunk out.

    Returns:
        The hashes that the plan looks at.
    """
    cost = np.zeros((CHUNKS, most + 1), np.int64)
    for chunk in range(CHUNKS):
        key = _key(word, chunk)
        total = 0
        for t in range(most):
            for m in range(_UPTO[t - 1] if t else 0, _UPTO[t]):
                total += tables.bucket[chunk, key ^ _FLIPS[m], 1]
            cost[chunk, t + 1] = total
    if units == CHUNKS * most:  # no choice
        plan[:] = most
        return int(cost[:, most].sum())
    # best[c, u]: cheapest way to spend at least u units on the first c chunks.
    best = np.full((CHUNKS + 1, units + 1), np.int64(1) << 60, np.int64)
    best[0, 0] = 0
    choice = np.zeros((CHUNKS, units + 1), np.int64)
    for chunk in range(CHUNKS):
        for u in range(units + 1):
            for spend in range(most + 1):
                price = best[chunk, max(0, u - spend)] + cost[chunk, spend]
                if price < best[chunk + 1, u]:
                    best[chunk + 1, u] = price
                    choice[chunk, u] = spend
    left = units
    for chunk in range(CHUNKS - 1, -1, -1):
        plan[chunk] = choice[chunk, left]
        left = max(0, left - plan[chunk])
    return int(best[CHUNKS, units])


@making_step
def _distance(a: U64, b: U64) -> int:
    return int(ones(a[0] ^ b[0]) + ones(a[1] ^ b[1]) + ones(a[2] ^ b[2]) + ones(a[3] ^ b[3]))


@making_step
def _warm(tables: Tables, key: int, chunk: int) -> None:
    """Have the first 16 sketches of each bucket on their way: waiting for memory is most of a search."""
    for m in range(_UPTO[1]):
        begin = np.int64(tables.bucket[chunk, key ^ _FLIPS[m], 0])
        for line in range(0, min(16, tables.bucket[chunk, key ^ _FLIPS[m], 1]), 4):
            fetch(tables.sketch, chunk, begin + line)


@making_step
def _search(
    tables: Tables, word: U64, most: int, plan: I64, seen: I64, tick: int, found: I32, bits: U8
) -> tuple[int, bool]:
    """Every hash within ``most`` bits of one query.

    Args:
        tables: the index.
        word: uint64[4], the query.
        most: the largest distance.
        plan: int64[16], scratch.
        seen: int64[n], scratch: the last tick at which a hash was found; ``tick`` must be new.
        tick: the number of this query.
        found: int32[n or more], written: numbers found, in no order.
        bits: uint8[n or more], written: their distances.

    Returns:
        How many were found, and whether crowded buckets were left before their end.
    """
    size = tables.size[0]
    looks = _plan(tables, word, most + 1, most // CHUNKS + 1, plan)
    if looks > _CROWDED:
        looks = _plan(tables, word, most + 1, _REACH + 1, plan)
    hits = 0
    if looks >= size and size <= MOST_LOOKS:
        for i in range(size):
            d = _distance(word, tables.words[i])
            if d <= most:
                found[hits], bits[hits] = i, d
                hits += 1
        return hits, False
    hurried = looks > MOST_LOOKS
    if hurried:
        plan[:] = most // CHUNKS + 1
    for chunk in range(CHUNKS):
        if plan[chunk] == 0:
            continue
        key = _key(word, chunk)
        first, second = word[(chunk // 4 + 1) % 4], word[(chunk // 4 + 2) % 4]
        _warm(tables, key, chunk)
        for m in range(_UPTO[plan[chunk] - 1]):
            near = key ^ _FLIPS[m]
            held = tables.bucket[chunk, near, 1]
            begin = tables.bucket[chunk, near, 0]
            for at in range(begin, begin + (min(held, _CROWD) if hurried else held)):
                half = ones(first ^ tables.sketch[chunk, at, 0]) + ones(second ^ tables.sketch[chunk, at, 1])
                if half > most:
                    continue
                i = tables.number[chunk, at]
                d = _distance(word, tables.words[i])
                if d <= most and seen[i] != tick:
                    seen[i] = tick
                    found[hits], bits[hits] = i, d
                    hits += 1
    return hits, hurried


@making_kernel
def search(tables: Tables, words: U64, most: int, start: int, query: I64, found: I32, bits: U8) -> tuple[int, int, int]:
    """Search uint64[q, 4] from query ``start`` on, until the output might not hold one query more.

    Args:
        tables: the index, n hashes.
        words: the queries.
        most: the largest distance, 0 to 31.
        start: the first query to answer.
        query: int64[m], m at least n, written: the query of each match.
        found: int32[m], written: the number of the hash.
        bits: uint8[m], written: the distance.

    Returns:
        The query to go on with, matches written, queries that hurried.
    """
    size = tables.size[0]
    seen = np.full(size, -1, np.int64)
    plan = np.zeros(CHUNKS, np.int64)
    written = hurries = 0
    for q in range(start, len(words)):
        if written + size > len(query):
            return q, written, hurries
        hits, hurried = _search(tables, words[q], most, plan, seen, q, found[written:], bits[written:])
        query[written : written + hits] = q
        written += hits
        hurries += hurried
    return len(words), written, hurries


@making_kernel
def lead(tables: Tables, words: U64, most: int) -> tuple[I64, int]:
    """Group uint64[n, 4]: in order, each joins the nearest leader within ``most`` bits or becomes one.

    Args:
        tables: empty, with room for the hashes; afterwards it holds the leaders.
        words: the hashes, all different.
        most: the largest distance, 0 to 31.

    Returns:
        int64[n], the number of the leader of each; how many hashes hurried.
    """
    n = len(words)
    label = np.empty(n, np.int64)
    found, bits = np.empty(n, np.int32), np.empty(n, np.uint8)
    seen = np.full(n, -1, np.int64)
    plan = np.zeros(CHUNKS, np.int64)
    hurries = 0
    for i in range(n):
        hits, hurried = _search(tables, words[i], most, plan, seen, i, found, bits)
        hurries += hurried
        if hits == 0:
            label[i] = _insert(tables, words[i])
            continue
        best = 0
        for h in range(1, hits):
            if bits[h] < bits[best] or (bits[h] == bits[best] and found[h] < found[best]):
                best = h
        label[i] = found[best]
    return label, hurries
