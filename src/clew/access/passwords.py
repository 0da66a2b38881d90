"""Passwords: which are taken (NIST SP 800-63B: length, not composition), and how they are kept (Argon2id)."""

from __future__ import annotations

import threading
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from clew.model.errors import InputError

SHORTEST, LONGEST = 12, 1000  # characters
_COMMON = Path(__file__).with_name("common_passwords.txt")
# Each takes the memory of its parameters; more at once wait.
_AT_ONCE = threading.BoundedSemaphore(4)


@dataclass(frozen=True)
class Cost:
    """What a guess costs, for us and for who guesses; it stands in every hash, so that it can be raised later.

    Attributes:
        passes: over the memory.
        memory: in KiB.
        lanes: that are filled beside each other.
    """

    passes: int = 3
    memory: int = 64 << 10
    lanes: int = 4


COST = Cost()  # what RFC 9106 recommends for little memory; a test gives a cheaper one


def check(password: str, name: str) -> None:
    """Take a new password, or say why not.

    Args:
        password: in characters of any kind.
        name: of its account.

    Raises:
        InputError: it is too short, too long, or among the first that anybody would try.
    """
    plain = unicodedata.normalize("NFKC", password)
    if len(plain) < SHORTEST:
        raise InputError(f"A password has at least {SHORTEST} characters.", "A few words in a row are easy to keep.")
    if len(password) > LONGEST or len(plain) > LONGEST:
        raise InputError(f"A password has up to {LONGEST} characters.")
    folded = plain.casefold()
    words = {folded, folded.strip("0123456789 !.?*#@$_-")}
    if words & (_common() | {name, name.split("@")[0], "clew"}) or _is_repeated(folded, name) or _is_row(folded):
        raise InputError("That password is among the first that anybody would try.", "Take a few words in a row.")


def hash_of(password: str, cost: Cost = COST) -> str:
    """What is kept of a password."""
    with _AT_ONCE:
        return _hasher(cost).hash(_bytes(password))


def fits(kept: str | None, password: str, cost: Cost = COST) -> bool:
    """Is it the password? Where nothing is kept, the same work is done for nothing, so that time tells nothing."""
    tried = _bytes(password) if len(password) <= LONGEST else b""
    with _AT_ONCE:
        try:
            return _hasher(cost).verify(kept or _nobodys(cost), tried) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(kept: str, cost: Cost = COST) -> bool:
    """Was it hashed with other parameters than those of today?"""
    return _hasher(cost).check_needs_rehash(kept)


def _hasher(cost: Cost) -> PasswordHasher:
    return PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory, parallelism=cost.lanes)


@cache
def _nobodys(cost: Cost) -> str:
    """A hash that no password is compared with in earnest."""
    return _hasher(cost).hash(b"nobody")


@cache
def _common() -> frozenset[str]:
    lines = _COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _bytes(password: str) -> bytes:
    """The same bytes on every keyboard and system (NFKC), for any text."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _is_repeated(folded: str, name: str) -> bool:
    """The same few characters, or the account's name, again and again."""
    units = [folded[:length] for length in range(1, 5)] + [name]
    return any(unit and (unit * len(folded))[: len(folded)] == folded for unit in units)


def _is_row(folded: str) -> bool:
    """Characters one after the other: digits, the alphabet, a row of keys; also backwards."""
    rows = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "1q2w3e4r5t6y7u8i9o0p")
    return any(folded in row or folded in row[::-1] for row in rows)
