"""Merkle tree hashing and its proofs, as in RFC 9162 (section 2.1) with SHA-256.

Proofs are computed from the hashes of complete subtrees, each of which is made once and never changes: a proof of a
log with n entries reads some log2(n) of them. The kept library for such trees (pymerkle) has a licence that Clew
cannot take on, so this is our own; `clew.evidence.verify` checks proofs with code that shares nothing with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

# Gives the hash of the complete subtree at (level, nth): leaves nth * 2**level up to (nth + 1) * 2**level.
Nodes = Callable[[int, int], bytes]
EMPTY = hashlib.sha256(b"").digest()  # the root of a log without entries


def leaf_hash(data: bytes) -> bytes:
    """Hash of an entry."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two subtrees side by side."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def grow(size: int, frontier: Sequence[bytes], leaf: bytes) -> tuple[list[tuple[int, int, bytes]], list[bytes]]:
    """Add a leaf.

    Args:
        size: leaves before.
        frontier: hashes of the complete subtrees that make up the tree before, the largest first.
        leaf: hash of the new leaf.

    Returns:
        The nodes that became complete (level, nth, hash), and the new frontier.
    """
    made, peaks = [(0, size, leaf)], list(frontier)
    level, nth, digest = 0, size, leaf
    while nth & 1:
        digest = node_hash(peaks.pop(), digest)
        level, nth = level + 1, nth >> 1
        made.append((level, nth, digest))
    return made, [*peaks, digest]


def peaks(size: int) -> Iterator[tuple[int, int]]:
    """The complete subtrees (level, nth) that make up a tree, the largest first: those of its frontier."""
    low = 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            yield level, low >> level
            low += 1 << level


def root_of(frontier: Sequence[bytes]) -> bytes:
    """The root of a tree of which the complete subtrees are given, the largest first."""
    if not frontier:
        return EMPTY
    digest = frontier[-1]
    for left in reversed(frontier[:-1]):
        digest = node_hash(left, digest)
    return digest


def root(nodes: Nodes, size: int) -> bytes:
    """The root of the first ``size`` entries."""
    return _range(nodes, 0, size) if size else EMPTY


def inclusion(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """The audit path of an entry in the tree of the first ``size`` entries (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"There is no entry {index} among {size}.")
    path, low, high = [], 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_range(nodes, middle, high))
            high = middle
        else:
            path.append(_range(nodes, low, middle))
            low = middle
    return path[::-1]


def consistency(nodes: Nodes, old: int, new: int) -> list[bytes]:
    """Proof that the first ``old`` entries of the tree of ``new`` are those of the earlier tree (RFC 9162, 2.1.4.1)."""
    if not 0 < old <= new:
        raise ValueError(f"A tree of {new} does not extend one of {old}.")
    path, low, high, whole = [], 0, new, True
    while high - low > 1 and old - low != high - low:
        middle = low + _split(high - low)
        if old <= middle:
            path.append(_range(nodes, middle, high))
            high = middle
        else:
            path.append(_range(nodes, low, middle))
            low, whole = middle, False
    if not whole:
        path.append(_range(nodes, low, high))
    return path[::-1]


def includes(root: bytes, size: int, index: int, leaf: bytes, path: Sequence[bytes]) -> bool:
    """Does the audit path lead from the leaf to the root? (RFC 9162, 2.1.3.2)"""
    if not 0 <= index < size:
        return False
    first, last, digest = index, size - 1, leaf
    for node in path:
        if last == 0:
            return False
        if first & 1 or first == last:
            digest = node_hash(node, digest)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            digest = node_hash(digest, node)
        first, last = first >> 1, last >> 1
    return last == 0 and digest == root


def extends(old_root: bytes, old: int, new_root: bytes, new: int, path: Sequence[bytes]) -> bool:
    """Does the proof show that the newer tree begins with the older one? (RFC 9162, 2.1.4.2)"""
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    steps = list(path) if old & (old - 1) else [old_root, *path]
    if not steps:
        return False
    first, last = old - 1, new - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    before = after = steps[0]
    for node in steps[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            before, after = node_hash(node, before), node_hash(node, after)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            after = node_hash(after, node)
        first, last = first >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def _split(count: int) -> int:
    """The largest power of two below a count."""
    return 1 << (count - 1).bit_length() - 1


def _range(nodes: Nodes, low: int, high: int) -> bytes:
    """The hash over leaves low up to high, a range as the recursion of RFC 9162 makes them."""
    count = high - low
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return nodes(level, low >> level)
    middle = low + _split(count)
    return node_hash(_range(nodes, low, middle), _range(nodes, middle, high))
