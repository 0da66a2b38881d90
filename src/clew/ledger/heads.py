"""Signed tree heads: Clew's word, with the workspace's key, on what the ledger was at a moment (Ed25519)."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from clew.database.base import METADATA, now, write
from clew.ledger import log
from clew.vault.keys import Keys

_HEADS = sa.Table(
    "ledger_heads",
    METADATA,
    sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("root", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("key", sa.String, nullable=False),  # public key, hex
    sa.Column("signature", sa.String, nullable=False),  # hex
)


@dataclass(frozen=True)
class Head:
    """A signed tree head.

    Attributes:
        size: entries in the tree.
        root: its root, hex.
        at: when it was signed, ISO 8601 in UTC.
        key: public key that signed, 32 bytes in hex.
        signature: over `statement`, 64 bytes in hex.
    """

    size: int
    root: str
    at: str
    key: str
    signature: str

    def statement(self) -> bytes:
        """The text that is signed, and timestamped."""
        return statement(self.size, self.root, self.at)

    def valid(self) -> bool:
        """Did the key sign it?"""
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.key))
            key.verify(bytes.fromhex(self.signature), self.statement())
        except (InvalidSignature, ValueError, TypeError):  # TypeError: something that is no text stands there
            return False
        return True


def statement(size: int, root: str, at: str) -> bytes:
    """What a tree head says, a line each: format, number of entries, root, time."""
    return f"clew tree head 1\n{size}\n{root}\n{at}\n".encode()


def sign_head(engine: sa.Engine, keys: Keys) -> Head:
    """Sign the tree as it is; where nothing came since the last head, that one is given."""
    with write(engine) as connection:
        size = log.size(connection)
        last = connection.execute(_HEADS.select().where(_HEADS.c.size == size)).first()
        if last is not None:
            return Head(**last._mapping)
        root, at = log.root(connection, size).hex(), now()
        head = Head(size, root, at, keys.public.hex(), keys.sign(statement(size, root, at)).hex())
        connection.execute(_HEADS.insert().values(**vars(head)))
    return head


def heads(connection: sa.Connection) -> list[Head]:
    """Every signed head, the oldest first."""
    return [Head(**row._mapping) for row in connection.execute(_HEADS.select().order_by(_HEADS.c.size))]


def fingerprint(key: str) -> str:
    """A public key for people to compare: base32 of its first 20 bytes, in groups of four."""
    text = base64.b32encode(bytes.fromhex(key)[:20]).decode()
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))
