"""Find pictures within a Hamming distance of 256-bit hashes, exactly, and group them into families.

Method: multi-index hashing (Norouzi, Punjani and Fleet, "Fast Search in Hamming Space with Multi-Index
Hashing", CVPR 2012). The hash is cut into 16 chunks of 16 bits and stored under each. Where two hashes differ
by at most 31 bits, at least one chunk differs by at most 1, so 17 buckets of each chunk hold every answer.
Where buckets are crowded (pictures with a common layout, or forged hashes), a query spends its radius on the
chunks where that costs least: with t(k) bits allowed in chunk k, nothing is missed while the sum of t(k) + 1
exceeds the distance (general pigeonhole principle; Qin et al., "GPH: Similarity Search in Hamming Space",
ICDE 2018).

To group hashes, pairs are found set by set (:mod:`clew.match._near_pairs`), which is several times as fast as one query
after the other. Where that would take too long or give too many pairs, it is done by queries after all.

Work per query is bounded. Where even the cheapest plan looks at more than 65,536 hashes, only the start of
each bucket is looked at. Such queries may miss matches and are counted (``hurried``); all others are exact.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clew.engine.order import order_by
from clew.match._hamming import MOST_LOOKS, U64, Tables, fill, lead, new_tables, search
from clew.match._near_pairs import CHUNKS, KEYS, MOST_HASHES, chunk_pairs, gathered, laid, lead_by_pairs, looks, nearest
from clew.model.errors import InputError

MAX_DISTANCE = 31  # up to here PDQ's authors take two pictures for the same
MIN_QUALITY = 50  # below here PDQ's authors discard the hash
MOST_MATCHES = 50_000_000

# Distinct coefficients give 128 bits set. Far off: most coefficients are equal, as in a blank picture.
_LEAST_BITS, _MOST_BITS = 64, 192
_LEAST_BLOCK, _MOST_BLOCK = 4096, 1 << 20
_MOST_PAIRS = 16_000_000  # near pairs above which hashes are grouped one after the other
_ROOM = 1 << 20  # matches a thread holds before it hands them over, beside one for each indexed hash

Bools = npt.NDArray[np.bool_]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Matches:
    """Pairs of a query and an indexed hash, by query, then distance, then index.

    Attributes:
        query: int64[m], the query's row.
        index: int64[m], the row in the hashes that the index was built from.
        distance: uint8[m], bits that differ.
        hurried: queries that may have missed matches in crowded buckets.
    """

    query: I64
    index: I64
    distance: U8
    hurried: int


@dataclass(frozen=True)
class Families:
    """Groups of pictures that look the same.

    Attributes:
        label: int64[n], the family of each hash; -1 where it says too little to be grouped.
        leader: uint8[families, 32], the hash that stands for the family; by falling number of copies.
        hurried: distinct hashes that may have missed a nearer leader in crowded buckets.
    """

    label: I64
    leader: U8
    hurried: int


def usable(hashes: U8, quality: npt.NDArray[np.integer] | None = None) -> Bools:
    """bool[n]: which of uint8[n, 32] hashes say enough to compare: not blank, of fair quality where given."""
    ones = np.bitwise_count(_words(hashes)).sum(axis=1)
    fine: Bools = (ones >= _LEAST_BITS) & (ones <= _MOST_BITS)
    return fine if quality is None else fine & (quality >= MIN_QUALITY)


def groups(hashes: U8, max_distance: int = MAX_DISTANCE, mask: Bools | None = None) -> I64:
    """int64[n], the families of uint8[n, 32] hashes; -1 for none. See :func:`families`."""
    return families(hashes, max_distance, mask).label


def families(hashes: U8, max_distance: int = MAX_DISTANCE, mask: Bools | None = None, threads: int = 1) -> Families:
    """Group hashes around leaders.

    Distinct hashes are taken by falling number of copies, then by value, in blocks. Each joins the nearest leader
    of earlier blocks within the distance (of equals, the earlier one); of the others in the block, each joins the
    nearest leader among those before it, or becomes one. So every member is within the distance of its leader and at
    most twice that from another (single linkage would chain unrelated pictures), and the order of rows has no
    influence.

    Args:
        hashes: uint8[n, 32].
        max_distance: 0 to 31 bits.
        mask: bool[n], which hashes to group; by default those that :func:`usable` finds without a quality.
        threads: workers; the result does not depend on them.

    Raises:
        InputError: wrong shape or distance.
    """
    words = _words(hashes)
    _check_distance(max_distance)
    rows = np.flatnonzero(usable(hashes) if mask is None else mask)
    distinct, inverse = _ranked(words[rows])
    label = np.full(len(words), -1, np.int64)
    led = _led(distinct, max_distance, threads)
    if led is None:
        tables = new_tables(distinct)
        leader_of, hurried = lead(tables, distinct, max_distance)
        leading = tables.words[: tables.size[0]]
    else:
        leader_of, leading = led
        hurried = 0
    label[rows] = leader_of[inverse]
    return Families(label, leading.astype(">u8").view(np.uint8).reshape(-1, 32), int(hurried))


def _led(words: U64, most: int, threads: int) -> tuple[I64, U64] | None:
    """The number of the leader of each hash, and the leaders, block by block; None where that is too much work."""
    if len(words) >= MOST_HASHES:
        return None
    label = np.full(len(words), -1, np.int64)
    leaders = words[:0]
    begin, size = 0, _LEAST_BLOCK
    with ThreadPoolExecutor(threads) as pool:
        while begin < len(words):
            block = words[begin : begin + size]
            known = _pairs(block, leaders, most, pool)
            if known is None:
                return None
            nearest(known, label[begin : begin + size])
            new = begin + np.flatnonzero(label[begin : begin + size] < 0)
            left = words[new]
            among = _pairs(left, left, most, pool)
            if among is None:
                return None
            own, leading = lead_by_pairs(among, len(new))
            label[new] = own + len(leaders)
            leaders = np.concatenate([leaders, left[leading]])
            begin, size = begin + size, min(4 * size, _MOST_BLOCK)
    return label, leaders


def _pairs(one: U64, other: U64, most: int, pool: ThreadPoolExecutor) -> U64 | None:
    """The pairs of two sets, or of one with itself, within a distance: sorted, each one number; None where too many."""
    done = list(pool.map(lambda chunk: _chunk_pairs(one, other, chunk, most), range(CHUNKS)))
    some = [pairs for pairs in done if pairs is not None]
    if len(some) < CHUNKS or sum(map(len, some)) > _MOST_PAIRS:
        return None
    found = np.concatenate(some)
    found.sort()
    return found


def _chunk_pairs(one: U64, other: U64, chunk: int, most: int) -> U64 | None:
    """The pairs that one chunk shows first; None where they are too many."""
    mine = laid(one, chunk)
    theirs = mine if one is other else laid(other, chunk)
    if looks(mine.start, theirs.start) > max(len(one) * MOST_LOOKS // CHUNKS, _ROOM):
        return None
    parts: list[U64] = []
    key, total, room, side = 0, 0, _ROOM // CHUNKS, gathered(theirs)
    while key < KEYS:
        pairs = np.empty(room, np.uint64)
        before = key
        key, written = chunk_pairs(one, other, chunk, mine, theirs, side, one is other, key, most, pairs)
        room *= 2 if key == before else 1
        parts.append(pairs[:written].copy())
        total += written
        if total > _MOST_PAIRS or room > 2 * _MOST_PAIRS:
            return None
    return np.concatenate(parts)


class ImageIndex:
    """Hashes to be searched; see the module for the method."""

    def __init__(self, tables: Tables, copies: I64, first: I64) -> None:
        """Use :meth:`build`."""
        self._tables = tables
        self._copies = copies  # int64[n], rows of the input by distinct hash
        self._first = first  # int64[distinct + 1], where the rows of a distinct hash start in `_copies`

    @classmethod
    def build(cls, hashes: U8) -> ImageIndex:
        """An index over uint8[n, 32] hashes: about 340 bytes for each distinct one.

        Raises:
            InputError: wrong shape.
        """
        distinct, inverse = _ranked(_words(hashes))
        tables = new_tables(distinct)
        fill(tables, distinct)
        first = np.concatenate(([0], np.cumsum(np.bincount(inverse, minlength=len(distinct)))))
        return cls(tables, np.argsort(inverse, kind="stable"), first.astype(np.int64))

    def query(self, hashes: U8, max_distance: int = MAX_DISTANCE, threads: int = 1) -> Matches:
        """Every indexed hash within the distance of each of uint8[q, 32] hashes.

        Raises:
            InputError: wrong shape or distance, or more than ``MOST_MATCHES`` pairs.
        """
        words = _words(hashes)
        _check_distance(max_distance)
        with ThreadPoolExecutor(threads) as pool:
            parts = pool.map(lambda part: self._search(part, max_distance), np.array_split(words, threads))
        starts = np.cumsum([0, *(len(part) for part in np.array_split(words, threads))])
        found = [(q + start, i, d, h) for start, (q, i, d, h) in zip(starts, parts, strict=False)]
        query, number, bits = (np.concatenate([part[k] for part in found]) for k in range(3))
        return self._expand(query, number, bits.astype(np.uint8), sum(part[3] for part in found))

    def _search(self, words: U64, most: int) -> tuple[I64, I64, U8, int]:
        """Matches of some queries with distinct hashes."""
        room = len(self._tables.words) + _ROOM
        query, number, bits = np.empty(room, np.int64), np.empty(room, np.int32), np.empty(room, np.uint8)
        parts: list[tuple[I64, I64, U8]] = []
        at = total = hurried = 0
        while at < len(words):
            at, written, hurries = search(self._tables, words, most, at, query, number, bits)
            total, hurried = total + written, hurried + hurries
            _check_matches(total)
            parts.append((query[:written].copy(), number[:written].astype(np.int64), bits[:written].copy()))
        if not parts:
            return query[:0], query[:0], bits[:0], 0
        q, i, d = (np.concatenate([part[k] for part in parts]) for k in range(3))
        return q, i, d.astype(np.uint8), hurried

    def _expand(self, query: I64, number: I64, bits: U8, hurried: int) -> Matches:
        """From distinct hashes to the rows that hold them."""
        copies = self._first[number + 1] - self._first[number]
        total = int(copies.sum())
        _check_matches(total)
        ends = np.cumsum(copies)
        rows = self._copies[np.arange(total) - np.repeat(ends - copies - self._first[number], copies)]
        query, bits = np.repeat(query, copies), np.repeat(bits, copies)
        order = np.lexsort((rows, bits, query))
        return Matches(query[order], rows[order], bits[order], hurried)


def _words(hashes: U8) -> U64:
    """uint64[n, 4] of uint8[n, 32], the first byte highest, so that numbers sort as hex digits do."""
    if hashes.ndim != 2 or hashes.shape[1] != 32 or hashes.dtype != np.uint8:
        raise InputError(f"Image hashes must be uint8[n, 32], not {hashes.dtype}{list(hashes.shape)}.")
    return np.ascontiguousarray(hashes).view(">u8").astype(np.uint64)


def _check_distance(distance: int) -> None:
    if not 0 <= distance <= MAX_DISTANCE:
        raise InputError(f"The distance of images must be from 0 to {MAX_DISTANCE} bits, not {distance}.")


def _check_matches(count: int) -> None:
    if count > MOST_MATCHES:
        raise InputError(f"More than {MOST_MATCHES:,} pairs of images.", "Group them by families instead.")


def _ranked(words: U64) -> tuple[U64, I64]:
    """Distinct rows of uint64[n, 4] by falling number of copies, then value; int64[n], which one each is."""
    order = order_by(*words.T)
    in_order = words[order]
    new = np.concatenate(([True], (in_order[1:] != in_order[:-1]).any(axis=1)))[: len(words)]
    first = np.flatnonzero(new)
    copies = np.diff(np.append(first, len(words)))
    by_copies = np.argsort(-copies, kind="stable")
    rank = np.empty(len(first), np.int64)
    rank[by_copies] = np.arange(len(first))
    inverse = np.empty(len(words), np.int64)
    inverse[order] = rank[np.cumsum(new) - 1]
    return in_order[first[by_copies]], inverse
