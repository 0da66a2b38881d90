"""The tree against the recursion of RFC 9162 written down naively, and against the published vectors of its tests."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.ledger import merkle

# The inputs, roots and proofs of the tests of Certificate Transparency (RFC 6962), whose hashing RFC 9162 keeps.
LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
_A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
_B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
_C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
_D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
_E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
_F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"


class Naive:
    """RFC 9162, sections 2.1.1, 2.1.3.1 and 2.1.4.1, as they are written."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.leaves = leaves

    def root(self, low: int, high: int) -> bytes:
        count = high - low
        if count == 0:
            return hashlib.sha256(b"").digest()
        if count == 1:
            return hashlib.sha256(b"\x00" + self.leaves[low]).digest()
        k = self._k(count)
        return hashlib.sha256(b"\x01" + self.root(low, low + k) + self.root(low + k, high)).digest()

    def path(self, m: int, low: int, high: int) -> list[bytes]:
        if high - low == 1:
            return []
        k = self._k(high - low)
        if m < k:
            return [*self.path(m, low, low + k), self.root(low + k, high)]
        return [*self.path(m - k, low + k, high), self.root(low, low + k)]

    def subproof(self, m: int, low: int, high: int, whole: bool) -> list[bytes]:
        n = high - low
        if m == n:
            return [] if whole else [self.root(low, high)]
        k = self._k(n)
        if m <= k:
            return [*self.subproof(m, low, low + k, whole), self.root(low + k, high)]
        return [*self.subproof(m - k, low + k, high, False), self.root(low, low + k)]

    @staticmethod
    def _k(n: int) -> int:
        k = 1
        while 2 * k < n:
            k *= 2
        return k


def _grown(leaves: list[bytes]) -> tuple[merkle.Nodes, list[bytes]]:
    kept: dict[tuple[int, int], bytes] = {}
    frontier: list[bytes] = []
    for nth, leaf in enumerate(leaves):
        made, frontier = merkle.grow(nth, frontier, merkle.leaf_hash(leaf))
        for level, place, digest in made:
            assert (level, place) not in kept
            kept[level, place] = digest
    return lambda level, nth: kept[level, nth], frontier


@pytest.mark.parametrize("size", range(1, 9))
def test_the_published_roots(size):
    nodes, frontier = _grown(LEAVES[:size])
    assert merkle.root(nodes, size).hex() == merkle.root_of(frontier).hex() == ROOTS[size - 1]


def test_the_published_proofs():
    nodes, _ = _grown(LEAVES)
    assert [digest.hex() for digest in merkle.inclusion(nodes, 0, 8)] == [_A, _B, _C]
    assert [digest.hex() for digest in merkle.inclusion(nodes, 5, 8)] == [_D, _E, ROOTS[3]]
    assert [digest.hex() for digest in merkle.consistency(nodes, 1, 8)] == [_A, _B, _C]
    assert [digest.hex() for digest in merkle.consistency(nodes, 6, 8)] == [_F, _E, ROOTS[3]]
    assert [digest.hex() for digest in merkle.consistency(nodes, 2, 5)] == [_B, _D]
    assert merkle.root(nodes, 0).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


_SIZES = st.integers(1, 130)


@given(size=_SIZES, data=st.data())
def test_proofs_are_those_of_the_recursion_and_hold(size, data):
    leaves = [bytes([nth % 251, nth // 251]) for nth in range(size)]
    naive, (nodes, frontier) = Naive(leaves), _grown(leaves)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    root, leaf = naive.root(0, size), merkle.leaf_hash(leaves[index])
    assert merkle.root(nodes, size) == merkle.root_of(frontier) == root
    assert merkle.root(nodes, old) == naive.root(0, old)
    path = merkle.inclusion(nodes, index, size)
    assert path == naive.path(index, 0, size)
    assert merkle.includes(root, size, index, leaf, path)
    proof = merkle.consistency(nodes, old, size)
    assert proof == naive.subproof(old, 0, size, True)
    assert merkle.extends(naive.root(0, old), old, root, size, proof)
    assert [nodes(*peak) for peak in merkle.peaks(size)] == frontier


@given(size=_SIZES, data=st.data())
def test_a_proof_that_was_changed_does_not_hold(size, data):
    leaves = [bytes([nth % 251, nth // 251]) for nth in range(size)]
    nodes, _ = _grown(leaves)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    root, before = merkle.root(nodes, size), merkle.root(nodes, old)
    leaf, path = merkle.leaf_hash(leaves[index]), merkle.inclusion(nodes, index, size)
    proof = merkle.consistency(nodes, old, size)
    other = hashlib.sha256(data.draw(st.binary(max_size=4)) + b"other").digest()
    assert not merkle.includes(other, size, index, leaf, path)
    assert not merkle.includes(root, size, index, other, path)
    assert not merkle.includes(root, size, index, leaf, [*path, other])
    assert not merkle.extends(before, old, other, size, proof)
    assert not merkle.extends(before, old, root, size, [*proof, other])
    if old < size:
        assert not merkle.extends(other, old, root, size, proof)
    for wrong in {data.draw(st.integers(-1, size + 1)) for _ in range(3)} - {index}:
        assert not merkle.includes(root, size, wrong, leaf, path)
    for nth in range(len(path)):
        assert not merkle.includes(root, size, index, leaf, [*path[:nth], other, *path[nth + 1 :]])
        assert not merkle.includes(root, size, index, leaf, path[:nth] + path[nth + 1 :])
    for nth in range(len(proof)):
        assert not merkle.extends(before, old, root, size, [*proof[:nth], other, *proof[nth + 1 :]])
        assert not merkle.extends(before, old, root, size, proof[:nth] + proof[nth + 1 :])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5)])
def test_there_is_no_proof_of_what_is_not_there(index, size):
    with pytest.raises(ValueError, match="no entry"):
        merkle.inclusion(_grown(LEAVES)[0], index, size)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3), (-1, 3)])
def test_a_tree_extends_no_larger_one(old, new):
    with pytest.raises(ValueError, match="does not extend"):
        merkle.consistency(_grown(LEAVES)[0], old, new)
    assert not merkle.extends(merkle.EMPTY, old, merkle.EMPTY, new, [])
