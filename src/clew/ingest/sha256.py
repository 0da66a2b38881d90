"""SHA-256 (FIPS 180-4) of many short texts, sixteen at a time in vector instructions.

A call into OpenSSL costs a short text more than its digest does, and holds Python's lock, so that ingest waits for
itself. From `ALONE` bytes on OpenSSL is the faster one and lets go of the lock: `clew.ingest.identity` leaves those to
it.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from clew.ingest.kernels import copy_letters, inner, making_kernel

ALONE = 2048  # bytes
LANES = 16
_W = 8  # rows of the state: eight words, and sixteen of the message
_BLOCK = 6  # bits: a block has 64 bytes
_LENGTH = 9  # bytes after a text: one that ends it, and eight that say how long it is
_ALL = np.uint32(0xFFFFFFFF)


def _constants() -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Fractions of the square roots of the first eight primes, and of the cube roots of the first 64, in 32 bits."""
    primes = [n for n in range(2, 312) if all(n % k for k in range(2, math.isqrt(n) + 1))]
    square = [math.isqrt(p << 64) for p in primes[:8]]
    cube = [_cube_root(p << 96) for p in primes]
    first, rounds = (np.array([root & 0xFFFFFFFF for root in roots], np.uint32) for roots in (square, cube))
    return first, rounds


def _cube_root(n: int) -> int:
    low, high = 0, 1 << (n.bit_length() // 3 + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**3 <= n else (low, middle)
    return low


_FIRST, _ROUNDS = _constants()


def sha256(data: npt.NDArray[np.uint8], ends: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]) -> bytes:
    """The digests of texts, one after the other.

    Args:
        data: the letters of all texts.
        ends: text ``n`` is ``data[ends[n]:ends[n + 1]]``.
        rows: of which texts, in the order of their lengths: then those that are done together end together.
    """
    out = np.empty((len(rows), 8), np.uint32)
    _digest(data, ends, rows, _FIRST, _ROUNDS, out)
    return out.astype(">u4").tobytes()


@inner
def _turned(x, n):  # type: ignore[no-untyped-def]
    return np.uint32((x >> np.uint32(n)) | (x << np.uint32(32 - n)))


@inner
def _round(v, constant, t, a, b, c, d, e, f, g, h):  # type: ignore[no-untyped-def]
    """One round on all lanes, with the words of the state in rows ``a`` to ``h``: they change places, not values."""
    for i in range(LANES):
        x, y = v[e * LANES + i], v[a * LANES + i]
        chosen = (x & v[f * LANES + i]) ^ (~x & v[g * LANES + i])
        most = (y & v[b * LANES + i]) | (v[c * LANES + i] & (y | v[b * LANES + i]))
        one = v[h * LANES + i] + (_turned(x, 6) ^ _turned(x, 11) ^ _turned(x, 25)) + chosen + constant
        one = np.uint32(one + v[(_W + t) * LANES + i])
        v[d * LANES + i] = np.uint32(v[d * LANES + i] + one)
        v[h * LANES + i] = np.uint32(one + (_turned(y, 2) ^ _turned(y, 13) ^ _turned(y, 22)) + most)


@inner
def _eight_rounds(v, constants, n, t):  # type: ignore[no-untyped-def]
    _round(v, constants[n + t], t, 0, 1, 2, 3, 4, 5, 6, 7)
    _round(v, constants[n + t + 1], t + 1, 7, 0, 1, 2, 3, 4, 5, 6)
    _round(v, constants[n + t + 2], t + 2, 6, 7, 0, 1, 2, 3, 4, 5)
    _round(v, constants[n + t + 3], t + 3, 5, 6, 7, 0, 1, 2, 3, 4)
    _round(v, constants[n + t + 4], t + 4, 4, 5, 6, 7, 0, 1, 2, 3)
    _round(v, constants[n + t + 5], t + 5, 3, 4, 5, 6, 7, 0, 1, 2)
    _round(v, constants[n + t + 6], t + 6, 2, 3, 4, 5, 6, 7, 0, 1)
    _round(v, constants[n + t + 7], t + 7, 1, 2, 3, 4, 5, 6, 7, 0)


@inner
def _next_words(v):  # type: ignore[no-untyped-def]
    """The next sixteen words of the message schedule, each in the place of the one sixteen before it."""
    for t in range(16):
        low, middle, high = _W + ((t + 1) & 15), _W + ((t + 9) & 15), _W + ((t + 14) & 15)
        for i in range(LANES):
            x, y = v[low * LANES + i], v[high * LANES + i]
            s0 = _turned(x, 7) ^ _turned(x, 18) ^ np.uint32(x >> np.uint32(3))
            s1 = _turned(y, 17) ^ _turned(y, 19) ^ np.uint32(y >> np.uint32(10))
            v[(_W + t) * LANES + i] = np.uint32(v[(_W + t) * LANES + i] + s0 + v[middle * LANES + i] + s1)


@inner
def _read_words(v):  # type: ignore[no-untyped-def]
    """Words are written with the highest byte first."""
    for k in range(_W * LANES, (_W + 16) * LANES):
        x = v[k]
        outer = (x << np.uint32(24)) | (x >> np.uint32(24))
        v[k] = np.uint32(outer | ((x & np.uint32(0xFF00)) << np.uint32(8)) | ((x >> np.uint32(8)) & np.uint32(0xFF00)))


@inner
def _blocks(size):  # type: ignore[no-untyped-def]
    return (size + _LENGTH + 63) >> _BLOCK


@inner
def _end(data, start, size, last, at):  # type: ignore[no-untyped-def]
    """Write the one or two blocks that end a text: the rest of it, a bit, zeros, and how many bits it has."""
    rest = size & 63
    last[at : at + 128] = 0
    copy_letters(last, at, data, start + size - rest, rest)
    last[at + rest] = 128
    high = at + (_blocks(rest) << _BLOCK) - 1
    for k in range(8):
        last[high - k] = np.uint8((size * 8 >> (8 * k)) & 255)


@making_kernel
def _digest(data, ends, rows, first, constants, out):  # type: ignore[no-untyped-def]
    n = rows.shape[0]
    v, state = np.empty((_W + 16) * LANES, np.uint32), np.empty(_W * LANES, np.uint32)
    start, size, on = np.empty(LANES, np.int64), np.empty(LANES, np.int64), np.empty(LANES, np.uint32)
    last = np.empty(128 * LANES, np.uint8)
    for group in range(0, n, LANES):
        blocks = 0
        for i in range(LANES):
            row = rows[min(group + i, n - 1)]
            start[i], size[i] = ends[row], ends[row + 1] - ends[row]
            blocks = max(blocks, _blocks(size[i]))
            _end(data, start[i], size[i], last, 128 * i)
        for k in range(_W):
            for i in range(LANES):
                state[k * LANES + i] = first[k]
        for block in range(blocks):
            for i in range(LANES):
                whole = size[i] >> _BLOCK
                on[i] = _ALL if block < _blocks(size[i]) else np.uint32(0)
                if block < whole:
                    at = start[i] + (block << _BLOCK)
                    for t in range(16):
                        copy_letters(v, (_W + t) * LANES + i, data, at + 4 * t, 4)
                else:
                    at = 128 * i + min((block - whole) << _BLOCK, 64)
                    for t in range(16):
                        copy_letters(v, (_W + t) * LANES + i, last, at + 4 * t, 4)
            _read_words(v)
            for k in range(_W * LANES):
                v[k] = state[k]
            for quarter in range(4):
                if quarter > 0:
                    _next_words(v)
                _eight_rounds(v, constants, 16 * quarter, 0)
                _eight_rounds(v, constants, 16 * quarter, 8)
            for k in range(_W):
                for i in range(LANES):
                    state[k * LANES + i] = np.uint32(state[k * LANES + i] + (v[k * LANES + i] & on[i]))
        for i in range(min(LANES, n - group)):
            for k in range(_W):
                out[group + i, k] = state[k * LANES + i]
