from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tried import tried

from clew.match import image_index
from clew.match.image_index import ImageIndex, families, groups, usable
from clew.model.errors import InputError

U8 = npt.NDArray[np.uint8]


def random_hashes(n: int, seed: int) -> U8:
    return np.random.default_rng(seed).integers(0, 256, (n, 32), dtype=np.uint8)


def flipped(hashes: U8, most: int, seed: int) -> U8:
    """Each hash with 0 to `most` of its bits flipped."""
    rng = np.random.default_rng(seed)
    order = rng.permuted(np.tile(np.arange(256), (len(hashes), 1)), axis=1)
    change = order < rng.integers(0, most + 1, (len(hashes), 1))
    return np.packbits(np.unpackbits(hashes, axis=1) ^ change.astype(np.uint8), axis=1)


def distances(a: U8, b: U8) -> npt.NDArray[np.int64]:
    return np.bitwise_count(a.view(np.uint64)[:, None] ^ b.view(np.uint64)[None]).sum(axis=2, dtype=np.int64)


def skewed(n: int, chunks: int, seed: int) -> U8:
    """Hashes that share all of their first chunks."""
    hashes = random_hashes(n, seed)
    hashes[:, : 2 * chunks] = 0xA7
    return hashes


def forged(n: int, values: int, seed: int) -> U8:
    """Hashes of few values a chunk, so that every bucket is crowded."""
    rng = np.random.default_rng(seed)
    alphabet = rng.integers(0, 256, (16, values, 2), dtype=np.uint8)
    return alphabet[np.arange(16), rng.integers(0, values, (n, 16))].reshape(n, 32)


def assert_exact(indexed: U8, queries: U8, most: int, threads: int = 1) -> None:
    found = ImageIndex.build(indexed).query(queries, most, threads)
    truth = distances(queries, indexed)
    assert found.hurried == 0
    pairs = np.stack([found.query, found.index], axis=1)
    assert np.array_equal(pairs[np.lexsort(pairs.T[::-1])], np.argwhere(truth <= most))
    assert np.array_equal(found.distance, truth[found.query, found.index])


@pytest.mark.parametrize("most", [0, 1, 14, 15, 16, 30, 31])
def test_finds_exactly_what_brute_force_finds(most: int) -> None:
    originals = random_hashes(150, 1)
    indexed = flipped(np.repeat(originals, 8, axis=0), 30, 2)
    assert_exact(indexed, flipped(originals, 12, 3), most)


@pytest.mark.parametrize("chunks", [1, 6, 11, 15])
def test_exact_where_hashes_share_chunks(chunks: int) -> None:
    originals = skewed(100, chunks, 4)
    indexed = flipped(np.vstack([np.repeat(originals, 5, axis=0), skewed(20_000, chunks, 5)]), 2, 6)
    assert_exact(indexed, flipped(originals, 28, 7), 31)


def test_exact_at_the_edge_of_the_pigeonhole() -> None:
    # 2 flips in 15 chunks and 1 in the last: only one chunk differs by a single bit.
    original = random_hashes(1, 8)
    edge = original.copy()
    for chunk in range(16):
        edge[0, 2 * chunk] ^= 0b11 if chunk != 9 else 0b1
    assert ImageIndex.build(edge).query(original).distance.tolist() == [31]
    edge[0, 1] ^= 1
    assert ImageIndex.build(edge).query(original).distance.tolist() == []


def test_threads_give_the_same_matches() -> None:
    originals = random_hashes(101, 9)
    assert_exact(flipped(np.repeat(originals, 4, axis=0), 31, 10), originals, 31, threads=2)


def test_every_copy_of_a_hash_is_found() -> None:
    hashes = random_hashes(3, 11)[[0, 1, 0, 2, 0]]
    found = ImageIndex.build(hashes).query(hashes[:1])
    assert found.index.tolist() == [0, 2, 4]
    assert found.distance.tolist() == [0, 0, 0]


def test_forged_hashes_are_bounded_and_reported() -> None:
    indexed = forged(90_000, 4, 12)
    found = ImageIndex.build(indexed).query(indexed[:40])
    assert found.hurried == 40
    truth = distances(indexed[:40], indexed)
    assert np.array_equal(found.distance, truth[found.query, found.index])
    assert len(np.unique(found.query * 90_000 + found.index)) == len(found.query)


def test_too_many_pairs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_index, "MOST_MATCHES", 99)
    hashes = np.repeat(random_hashes(1, 13), 10, axis=0)
    with pytest.raises(InputError, match="More than 99 pairs"):
        ImageIndex.build(hashes).query(hashes)


@pytest.mark.parametrize("hashes", [np.zeros((3, 31), np.uint8), np.zeros(32, np.uint8), np.zeros((2, 32))])
def test_wrong_shapes_are_refused(hashes: U8) -> None:
    with pytest.raises(InputError, match="uint8"):
        ImageIndex.build(hashes)


@pytest.mark.parametrize("distance", [-1, 32])
def test_wrong_distances_are_refused(distance: int) -> None:
    hashes = random_hashes(2, 14)
    with pytest.raises(InputError, match="distance"):
        ImageIndex.build(hashes).query(hashes, distance)
    with pytest.raises(InputError, match="distance"):
        groups(hashes, distance)


def test_nothing_indexed_nothing_asked() -> None:
    none, some = np.empty((0, 32), np.uint8), random_hashes(3, 15)
    assert len(ImageIndex.build(none).query(some).query) == 0
    assert len(ImageIndex.build(some).query(none).query) == 0
    assert groups(none).tolist() == []


def plain_families(hashes: U8, most: int) -> list[int]:
    """The rule of `families`, one hash after the other."""
    rows, inverse, copies = np.unique(hashes, axis=0, return_inverse=True, return_counts=True)
    leaders: list[U8] = []
    label = {}
    for row in np.argsort(-copies, kind="stable"):
        near = distances(rows[row : row + 1], np.array(leaders))[0] if leaders else np.array([999])
        if near.min() > most:
            leaders.append(rows[row])
            label[row] = len(leaders) - 1
        else:
            label[row] = int(near.argmin())
    return [label[row] for row in inverse.ravel()]


@settings(max_examples=tried(20), deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([0, 8, 31]), st.integers(0, 2))
def test_families_follow_the_rule(seed: int, most: int, kind: int) -> None:
    originals = (random_hashes(30, seed), skewed(30, 14, seed), forged(30, 2, seed))[kind]
    hashes = flipped(np.repeat(originals, 6, axis=0), 24, seed + 1)
    hashes = np.vstack([hashes, hashes[::3]])
    assert groups(hashes, most, np.ones(len(hashes), bool)).tolist() == plain_families(hashes, most)


def test_row_order_has_no_influence() -> None:
    hashes = flipped(np.repeat(random_hashes(50, 16), 10, axis=0), 30, 17)
    hashes = np.vstack([hashes, hashes[:100]])
    order = np.random.default_rng(18).permutation(len(hashes))
    assert np.array_equal(groups(hashes)[order], groups(hashes[order]))


def test_families_do_not_chain() -> None:
    # Each hash is 20 bits from the one before it; single linkage would make one family of all.
    bits = np.repeat(np.unpackbits(random_hashes(1, 19), axis=1), 12, axis=0)
    for step in range(12):
        bits[step, : 20 * step] ^= 1
    found = families(np.packbits(bits, axis=1))
    to_leader = np.diagonal(distances(np.packbits(bits, axis=1), found.leader[found.label]))
    assert len(found.leader) >= 4
    assert to_leader.max() <= 31


def test_the_most_copied_hash_leads() -> None:
    often, seldom = random_hashes(1, 20), flipped(random_hashes(1, 20), 31, 21)
    found = families(np.vstack([seldom, often, often]))
    assert found.leader.tolist() == often.tolist()
    assert found.label.tolist() == [0, 0, 0]


def test_low_information_is_not_grouped() -> None:
    good = random_hashes(2, 22)
    blank = np.zeros((2, 32), np.uint8)
    full = np.full((1, 32), 255, np.uint8)
    hashes = np.vstack([blank, good, full])
    assert usable(hashes).tolist() == [False, False, True, True, False]
    assert sorted(groups(hashes).tolist()) == [-1, -1, -1, 0, 1]
    quality = np.array([100, 100, 49, 50, 100])
    assert usable(hashes, quality).tolist() == [False, False, False, True, False]
    assert groups(hashes, mask=usable(hashes, quality)).tolist() == [-1, -1, -1, 0, -1]


def test_families_by_pairs_are_those_of_one_search_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    scenes = rng.integers(0, 256, (900, 32), dtype=np.uint8)
    bits = np.unpackbits(scenes[rng.integers(0, 900, 4000)], axis=1)
    bits ^= rng.random(bits.shape) < rng.uniform(0, 0.1, (4000, 1))
    hashes = np.packbits(bits, axis=1)
    one, two = families(hashes), families(hashes, threads=3)
    monkeypatch.setattr(image_index, "_MOST_PAIRS", 10)  # one search after the other
    three = families(hashes)
    for other in (two, three):
        assert other.label.tolist() == one.label.tolist() and other.leader.tolist() == one.leader.tolist()


def test_blocks_are_led_by_leaders_of_earlier_ones() -> None:
    rng = np.random.default_rng(6)
    scenes = rng.integers(0, 256, (3000, 32), dtype=np.uint8)
    hashes = np.concatenate([np.repeat(scenes, 2, axis=0), scenes])
    near = hashes[6000:]
    near[:, 0] ^= rng.integers(0, 256, 3000, dtype=np.uint8)  # in the second block, as they have fewer copies
    near[:, 1] ^= 1
    label = families(hashes).label
    assert (label[0:6000:2] == label[1:6000:2]).all() and (label[6000:] == label[0:6000:2]).all()
    assert len(np.unique(label)) == 3000
