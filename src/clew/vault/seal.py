"""Sealing: texts and files encrypted so that any change shows (AES-256-GCM).

Files are sealed in pieces of a mebibyte, so that a file of any size takes little memory. Each piece has a number and
the last one a mark, so that pieces can be neither moved, dropped nor added (the STREAM construction of Hoang and
others, 2015). Every file gets a key of its own from the case's key and a salt (HKDF, RFC 5869).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from clew.model.errors import SealError

KEY = 32  # bytes of a key
PIECE = 1 << 20  # bytes of a file that are sealed together
_MAGIC, _SALT, _NONCE, _TAG = b"CLEW1", 32, 12, 16


def new_key() -> bytes:
    """A fresh key."""
    return os.urandom(KEY)


def seal(key: bytes, data: bytes, context: str) -> bytes:
    """Seal a text.

    Args:
        key: of 32 bytes.
        data: what is sealed.
        context: what it is and where it stands; it must be the same when it is opened, so that sealed texts cannot be
            exchanged for each other.
    """
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, context.encode())


def unseal(key: bytes, sealed: bytes, context: str) -> bytes:
    """Open a sealed text.

    Raises:
        SealError: it was changed, or sealed with another key or for another place.
    """
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], context.encode())
    except (InvalidTag, ValueError):
        raise SealError(
            f"What was sealed as {context} cannot be opened: it was changed, or the key is another."
        ) from None


def seal_stream(key: bytes, pieces: Iterable[bytes], context: str, out: BinaryIO) -> None:
    """Seal a file that comes in pieces of any size."""
    salt = os.urandom(_SALT)
    cipher = AESGCM(_file_key(key, salt, context))
    out.write(_MAGIC + salt)
    for nth, (piece, last) in enumerate(_even(pieces)):
        out.write(cipher.encrypt(_nonce(nth, last), piece, None))


def unseal_stream(key: bytes, source: BinaryIO, context: str) -> Iterator[bytes]:
    """Open a sealed file, a piece at a time.

    Raises:
        SealError: it was changed or cut, or the key is another; what was given before that is right.
    """
    head = source.read(len(_MAGIC) + _SALT)
    if head[: len(_MAGIC)] != _MAGIC or len(head) != len(_MAGIC) + _SALT:
        raise SealError(f"What was sealed as {context} cannot be opened: it is no sealed file.")
    cipher = AESGCM(_file_key(key, head[len(_MAGIC) :], context))
    nth, piece = 0, source.read(PIECE + _TAG)
    while True:
        following = source.read(PIECE + _TAG)
        try:
            yield cipher.decrypt(_nonce(nth, not following), piece, None)
        except (InvalidTag, ValueError):
            raise SealError(f"What was sealed as {context} was changed or cut, or the key is another.") from None
        if not following:
            return
        nth, piece = nth + 1, following


def _even(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Pieces of equal size, and whether each is the last; an empty file is one empty piece."""
    held = bytearray()
    for given in pieces:
        for start in range(0, len(given), PIECE):  # a huge one is not copied again for each piece that is cut off it
            held += memoryview(given)[start : start + PIECE]
            while len(held) > PIECE:
                yield bytes(held[:PIECE]), False
                del held[:PIECE]
    yield bytes(held), True


def _nonce(nth: int, last: bool) -> bytes:
    return nth.to_bytes(_NONCE - 1) + bytes([last])


def _file_key(key: bytes, salt: bytes, context: str) -> bytes:
    return HKDF(SHA256(), KEY, salt, context.encode()).derive(key)
