"""Numbers that look random and depend on nothing but a seed and what they are drawn for.

Every property of the world is a hash of the seed, a purpose and the entity's number. So any part can be drawn
again anywhere, in any order and by any process, with the same result.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

U64 = NDArray[np.uint64]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_MASK = (1 << 64) - 1


@cache
def _purpose(name: str) -> int:
    """A number for a purpose: FNV-1a of its name."""
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = ((value ^ byte) * 0x100000001B3) & _MASK
    return value


def _stir(values: U64) -> U64:
    """The finaliser of SplitMix64 (Steele, Lea and Flood 2014), in place."""
    values ^= values >> np.uint64(30)
    values *= _FIRST
    values ^= values >> np.uint64(27)
    values *= _SECOND
    values ^= values >> np.uint64(31)
    return values


def mix(seed: int, purpose: str, *keys: NDArray[Any] | int) -> U64:
    """64 hashed bits for every row of ``keys`` (arrays of integers of one length, or single integers)."""
    size = max((key.size for key in keys if isinstance(key, np.ndarray)), default=1)
    state = np.full(size, (_purpose(purpose) + seed * 0x9E3779B97F4A7C15) & _MASK, dtype=np.uint64)
    for key in keys:
        state += _GOLDEN
        state ^= key.astype(np.uint64) if isinstance(key, np.ndarray) else np.uint64(key & _MASK)
        _stir(state)
    return state


@lru_cache(maxsize=1 << 16)
def mix_one(seed: int, purpose: str, *keys: int) -> int:
    """`mix` of single integers, without the cost of arrays."""
    state = (_purpose(purpose) + seed * 0x9E3779B97F4A7C15) & _MASK
    for key in keys:
        state = (state + 0x9E3779B97F4A7C15) & _MASK ^ key & _MASK
        state = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 & _MASK
        state = (state ^ state >> 27) * 0x94D049BB133111EB & _MASK
        state ^= state >> 31
    return state


def unit(seed: int, purpose: str, *keys: NDArray[Any] | int) -> Floats:
    """Numbers from 0 to below 1."""
    return (mix(seed, purpose, *keys) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def below(limit: NDArray[Any] | int, seed: int, purpose: str, *keys: NDArray[Any] | int) -> Ints:
    """Whole numbers from 0 to below ``limit`` (an array or one number)."""
    return np.floor(unit(seed, purpose, *keys) * limit).astype(np.int64)


def pick(weights: Sequence[float] | Floats, draws: Floats) -> Ints:
    """Indices drawn with ``weights``, one for each of ``draws`` from 0 to below 1."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    found = np.searchsorted(edges, draws * edges[-1], side="right")
    return np.asarray(np.minimum(found, len(edges) - 1), dtype=np.int64)


def tailed(low: float, high: float, tail: float, draws: Floats) -> Floats:
    """A Pareto distribution cut at ``high``: most near ``low``, few very large; a smaller ``tail`` is heavier."""
    share = 1.0 - (low / high) ** tail
    return np.asarray(np.minimum(low * (1.0 - draws * share) ** (-1.0 / tail), high), dtype=np.float64)
