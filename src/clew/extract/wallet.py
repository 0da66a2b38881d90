"""Crypto wallets whose checksum is right: Bitcoin, Litecoin, TRON, Monero and the Ethereum family."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from clew.extract._coins import base58check, is_evm, is_monero, is_segwit
from clew.extract._written import written
from clew.extract.base import Example, TextBatch, mentions
from clew.ingest.kernels import kernel_step, making_kernel

_SHORTEST, _LONGEST = 26, 106  # symbols of an address
_HEX = re.compile(r"0[xX][0-9a-fA-F]{40}")
# Version byte of Base58Check addresses: 5 is Bitcoin's, and was Litecoin's for scripts in its first years.
_VERSIONS = {0x00: "btc", 0x05: "btc", 0x30: "ltc", 0x32: "ltc", 0x41: "tron"}


@kernel_step
def _is_alnum(c):  # type: ignore[no-untyped-def]
    return (97 <= c <= 122) or (48 <= c <= 57)


@kernel_step
def _may_begin(c, size):  # type: ignore[no-untyped-def]
    """Does a symbol begin an address: 0x, bc1, ltc1, or what Base58Check makes of `_VERSIONS` (1, 3, L, M, T)?

    The numbers of bank accounts, of which books are full, begin with none of them.
    """
    return c == 48 or c == 98 or c == 49 or c == 51 or c == 108 or c == 109 or c == 116 or size == 95 or size == 106


@making_kernel
def _scan(sym, start, words):  # type: ignore[no-untyped-def]
    """Rows of: text, begin, end of long runs of letters and digits that may be an address.

    They are, or are in, words.
    """
    rows = np.empty((sym.shape[0] // _SHORTEST + 1, 3), np.int64)  # there are no more
    k = 0
    at, first = words.at, words.first
    for r in range(start.shape[0] - 1):
        for w in range(first[r], first[r + 1]):
            end = np.int64(at[w + 1] if w + 1 < first[r + 1] else start[r + 1])
            i = np.int64(at[w])
            while end - i >= _SHORTEST:
                b = i
                while b < end and _is_alnum(sym[b]):
                    b += 1
                if _SHORTEST <= b - i <= _LONGEST and _may_begin(sym[i], b - i):
                    rows[k, 0], rows[k, 1], rows[k, 2] = r, i, b
                    k += 1
                i = b + 1
    return rows[:k]


def canonical(text: str) -> str:
    """``chain:address`` of a wallet address as written, or "" when it is none."""
    if len(text) == 42 and _HEX.fullmatch(text):
        return f"evm:{text.lower()}" if is_evm(text) else ""
    if len(text) in (95, 106):
        return f"xmr:{text}" if is_monero(text) else ""
    lower = text.lower()
    if text in (lower, text.upper()):
        for chain, prefix in (("btc", "bc"), ("ltc", "ltc")):
            if is_segwit(lower, prefix):
                return f"{chain}:{lower}"
    if len(text) > 35:
        return ""
    payload = base58check(text)
    chain = _VERSIONS.get(payload[0], "") if payload else ""
    return f"{chain}:{text}" if chain else ""


class Wallet:
    """Finds crypto wallets; the value is ``chain:address``, chain one of btc, evm, ltc, tron, xmr."""

    name = "wallet"
    version = "1"
    types: tuple[str, ...] = ("wallet",)
    # Addresses of the specifications and of burnt coins: nobody's.
    examples: Sequence[Example] = (
        Example(
            "btc 1BitcoinEaterAddressDontSendf59kuE ok",
            (
                (
                    "wallet",
                    "btc:1BitcoinEaterAddressDontSendf59kuE",
                    "1BitcoinEaterAddressDontSendf59kuE",
                    False,
                ),
            ),
        ),
        Example(
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            (
                (
                    "wallet",
                    "btc:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
                    "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
                    False,
                ),
            ),
        ),
        Example(
            "eth: 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            (
                (
                    "wallet",
                    "evm:0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
                    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
                    False,
                ),
            ),
        ),
        Example("eth: 0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", ()),
        Example(
            "usdt T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb!",
            (
                (
                    "wallet",
                    "tron:T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb",
                    "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb",
                    False,
                ),
            ),
        ),
        Example("1BitcoinEaterAddressDontSendf59kuF and bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", ()),
    )

    def find(self, batch: TextBatch) -> pa.Table:
        """Rows of MENTIONS, in any order."""
        rows = _scan(batch.folded.sym, batch.folded.start, batch.words)
        inverse, strings, as_is = written(batch, rows[:, 0], rows[:, 1], rows[:, 2])
        values = [canonical(s) for s in strings]
        keep = np.flatnonzero(np.array([bool(v) for v in values], np.bool_)[inverse])
        value = pa.array(values, pa.string()).take(pa.array(inverse[keep]))
        return mentions(batch, self, "wallet", rows[keep, 0], rows[keep, 1], rows[keep, 2], value, ~as_is[keep])


PLUGIN = Wallet()
