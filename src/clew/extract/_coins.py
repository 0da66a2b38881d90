"""Checksums of crypto wallet addresses.

Base58Check (Bitcoin), bech32 and bech32m (BIP 173, BIP 350), the mixed case of EIP-55, and Monero's Base58 in
blocks with Keccak-256 as published before it became SHA-3 (hashlib only has the later padding).
"""

from __future__ import annotations

import hashlib

import numpy as np

from clew.ingest.kernels import kernel_step, making_kernel

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_DIGIT58 = {c: n for n, c in enumerate(_BASE58)}
_BECH32 = {c: n for n, c in enumerate("qpzry9x8gf2tvdw0s3jn54khce6mua7l")}
_BECH32_CHECK, _BECH32M_CHECK = 1, 0x2BC830A3
_MONERO_BLOCK = {11: 8, 7: 5, 6: 4}  # symbols of a block, and the bytes it holds (full and last blocks)
# Network byte of standard addresses, integrated addresses and subaddresses on Monero's main network.
_MONERO_NETWORKS = {69: (18, 42), 77: (19,)}

_ROTATIONS = np.array(
    [1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44], np.uint64
)
_LANES = np.array([10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1], np.int64)


def _round_constants() -> list[int]:
    """The 24 constants of Keccak-f[1600], from its shift register."""
    out, register = [], 1
    for _ in range(24):
        constant = 0
        for j in range(7):
            if register & 1:
                constant |= 1 << ((1 << j) - 1)
            register = (register << 1) ^ (0x171 if register & 0x80 else 0)
        out.append(constant)
    return out


_ROUNDS = np.array(_round_constants(), np.uint64)


@kernel_step
def _turn(x, n):  # type: ignore[no-untyped-def]
    return (x << n) | (x >> (np.uint64(64) - n))


@making_kernel
def _permute(a):  # type: ignore[no-untyped-def]
    """Keccak-f[1600] on uint64[25], in place."""
    c = np.empty(5, np.uint64)
    for constant in _ROUNDS:
        for x in range(5):
            c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20]
        for x in range(5):
            d = c[(x + 4) % 5] ^ _turn(c[(x + 1) % 5], np.uint64(1))
            for y in range(0, 25, 5):
                a[x + y] ^= d
        lane = a[1]
        for t in range(24):
            to = _LANES[t]
            kept = a[to]
            a[to] = _turn(lane, _ROTATIONS[t])
            lane = kept
        for y in range(0, 25, 5):
            for x in range(5):
                c[x] = a[y + x]
            for x in range(5):
                a[y + x] = c[x] ^ (~c[(x + 1) % 5] & c[(x + 2) % 5])
        a[0] ^= constant


def keccak256(data: bytes) -> bytes:
    """Keccak-256 with the original padding (0x01), as Ethereum and Monero use it."""
    padded = bytearray(data + b"\x01" + bytes(-(len(data) + 1) % 136))
    padded[-1] |= 0x80
    state = np.zeros(25, np.uint64)
    for block in np.frombuffer(bytes(padded), "<u8").reshape(-1, 17):
        state[:17] ^= block
        _permute(state)
    return state[:4].astype("<u8").tobytes()


def _number58(text: str) -> int:
    """The number that Base58 digits mean; -1 if one of them is none."""
    number = 0
    for c in text:
        digit = _DIGIT58.get(c, -1)
        if digit < 0:
            return -1
        number = number * 58 + digit
    return number


def base58check(text: str) -> bytes:
    """The payload (version byte first) of a Base58Check string; empty when the checksum is wrong."""
    number = _number58(text)
    if number < 0:
        return b""
    zeros = len(text) - len(text.lstrip("1"))
    raw = bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
    payload, check = raw[:-4], raw[-4:]
    good = hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4] == check
    return payload if good and len(payload) == 21 else b""


def _polymod(values: list[int]) -> int:
    check = 1
    for v in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ v
        for i, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            if top >> i & 1:
                check ^= generator
    return check


def is_segwit(text: str, prefix: str) -> bool:
    """Is a lower-case string a segregated witness address with this human-readable part ("bc", "ltc")?"""
    if not text.startswith(prefix + "1"):
        return False
    data = [_BECH32.get(c, -1) for c in text[len(prefix) + 1 :]]
    if len(data) < 8 or len(text) > 90 or -1 in data or data[0] > 16:
        return False
    head = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    size = (len(data) - 7) * 5 // 8
    allowed = size in (20, 32) if data[0] == 0 else 2 <= size <= 40
    return allowed and _polymod(head + data) == (_BECH32M_CHECK if data[0] else _BECH32_CHECK)


def is_evm(text: str) -> bool:
    """Is "0x" and 40 hex digits an address: in one case, or in the mixed case that EIP-55 gives it?"""
    digits = text[2:]
    if digits in (digits.lower(), digits.upper()):
        return True
    nibbles = keccak256(digits.lower().encode()).hex()
    return all(c.isdigit() or c.isupper() == (n > "7") for c, n in zip(digits, nibbles, strict=False))


def is_monero(text: str) -> bool:
    """Is a string a Monero main network address (95 symbols) or integrated address (106)?"""
    raw = b""
    for at in range(0, len(text), 11):
        block = text[at : at + 11]
        number, size = _number58(block), _MONERO_BLOCK.get(len(block), 0)
        if number < 0 or number >= 1 << (8 * size):
            return False
        raw += number.to_bytes(size, "big")
    return raw[0] in _MONERO_NETWORKS.get(len(raw), ()) and keccak256(raw[:-4])[:4] == raw[-4:]
