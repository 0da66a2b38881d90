"""Spellings of invented accounts, addresses and wallets: each is made from a number, none is anybody's."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from clew.simulate.hashing import mix_one

_LETTERS = "abcdefghijkmnopqrstuvwxyz0123456789"
_PAIRS = tuple(first + second for first in _LETTERS for second in _LETTERS)
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_STEMS = (
    "anna", "mila", "rose", "luna", "vera", "nova", "stella", "ruby", "jade", "lily", "dora", "lena",
    "maya", "nina", "iris", "lola", "tara", "coco", "bella", "kira",
)  # fmt: skip
_MAILS = ("gmail.com", "outlook.com", "proton.me", "mail.com", "gmx.net", "yahoo.com")
_SITES = ("vel", "mor", "tan", "lux", "riv", "sol", "qui", "zen", "pra", "nel", "dov", "kas", "bri", "fen")
# Of which invented surnames and firms are made.
SYLLABLES = (
    "vel", "mor", "tan", "ora", "riv", "sol", "qui", "zen", "pra", "nel", "dov", "kas", "bri", "fen", "ulo", "wex",
)  # fmt: skip
_TOPS = ("com", "net", "org", "eu", "info", "site", "online")


def _code(number: int, size: int) -> str:
    """``size`` letters and digits of a number; the first ones differ most."""
    out = ""
    for _ in range(size + 1 >> 1):
        number, rest = divmod(number, len(_PAIRS))
        out += _PAIRS[rest]
    return out[:size]


@lru_cache(maxsize=50_000)
def handle(seed: int, number: int) -> str:
    """An account name on a messenger, without the sign in front."""
    bits = mix_one(seed, "handle", number)
    return f"{_STEMS[bits % 20]}_{_code(bits >> 8, 7)}"


@lru_cache(maxsize=50_000)
def mail(seed: int, number: int) -> str:
    """A mail address at a large provider; the random part makes it unlikely that anybody has it."""
    bits = mix_one(seed, "mail", number)
    return f"{_STEMS[bits % 20]}.{_code(bits >> 8, 9)}@{_MAILS[bits % 6]}"


@lru_cache(maxsize=50_000)
def domain(seed: int, number: int) -> str:
    """An invented domain."""
    bits = mix_one(seed, "domain", number)
    name = "".join(_SITES[bits >> shift & 15 if (bits >> shift & 15) < 14 else 3] for shift in (0, 4, 8, 12))
    return f"{name}-{_code(bits >> 20, 5)}.{_TOPS[bits % 7]}"


def link(seed: int, number: int) -> str:
    """The address of a site of one's own."""
    return f"https://{domain(seed, number)}/"


@lru_cache(maxsize=50_000)
def username(seed: int, number: int) -> str:
    """An account name on an advert platform."""
    bits = mix_one(seed, "username", number)
    return f"{_STEMS[bits % 20]}{_code(bits >> 8, 8)}"


def _base58(payload: bytes) -> str:
    """Base58 with the four bytes of check that Bitcoin and TRON use."""
    data = payload + hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    value = int.from_bytes(data, "big")
    out = []
    while value:
        value, rest = divmod(value, 58)
        out.append(_BASE58[rest])
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + "".join(reversed(out))


@lru_cache(maxsize=50_000)
def wallet(seed: int, number: int) -> tuple[str, str]:
    """Chain and address of a wallet, with a valid checksum where the chain has one."""
    digest = hashlib.sha256(f"{seed} wallet {number}".encode()).digest()
    chain = ("btc", "tron", "eth", "ltc")[digest[31] % 4]
    if chain == "eth":  # all lower case: no checksum claimed
        return chain, "0x" + digest[:20].hex()
    version = {"btc": b"\x00", "tron": b"\x41", "ltc": b"\x30"}[chain]
    return chain, _base58(version + digest[:20])


@lru_cache(maxsize=50_000)
def account(seed: int, number: int) -> str:
    """An IBAN with a valid checksum, at a bank code that is not given out in Germany (0...)."""
    bits = mix_one(seed, "account", number)
    rest = f"{bits % 10**10 + 10**17:018d}"
    check = 98 - int(f"{rest}131400") % 97
    return f"DE{check:02d}{rest}"


@lru_cache(maxsize=64)
def platform(seed: int, number: int) -> tuple[str, str]:
    """Name and domain of an advert platform."""
    bits = mix_one(seed, "platform", number)
    name = "".join(_SITES[(bits >> shift) % 14] for shift in (0, 8, 16)) + ("list", "board", "market", "ads")[bits % 4]
    return name, f"{name}{number}.com"


@lru_cache(maxsize=64)
def guide(seed: int, country: int) -> str:
    """The messenger channel of a country's city guide."""
    return f"cityguide_{_code(mix_one(seed, 'guide', country), 6)}"
