"""Packages that were made: which one is which, so that a copy can be recognised years later."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from clew.database.base import METADATA
from clew.vault.store import Digests

_PACKAGES = sa.Table(
    "packages",
    METADATA,
    sa.Column("case_id", sa.String, primary_key=True),
    sa.Column("nth", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.BigInteger, nullable=False),  # of the ledger's entry of the export
    sa.Column("head", sa.BigInteger, nullable=False),  # size of the tree head that the package rests on
    sa.Column("sha256", sa.String, nullable=False),  # of signed.json, which has the digests of all else
    sa.Column("blake2b", sa.String, nullable=False),
    sa.Column("files", sa.BigInteger, nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    sa.Column("who", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
)


@dataclass(frozen=True)
class Issued:
    """A package that was made.

    Attributes:
        case_id, nth: of which case, the how manieth.
        seq: place in the ledger of the entry of its export.
        head: entries in the tree that it rests on.
        sha256, blake2b: of its ``signed.json``.
        files, bytes: of its payload.
        who, at: made it, and when.
    """

    case_id: str
    nth: int
    seq: int
    head: int
    sha256: str
    blake2b: str
    files: int
    bytes: int
    who: str
    at: str

    @property
    def id(self) -> str:
        """Its name, such as C1-B2."""
        return package_id(self.case_id, self.nth)

    @property
    def digests(self) -> Digests:
        """What names it for good; the size is not known."""
        return Digests(self.sha256, self.blake2b, -1)


def package_id(case_id: str, nth: int) -> str:
    """The name of the nth package of a case."""
    return f"{case_id}-B{nth}"


def next_nth(connection: sa.Connection, case_id: str) -> int:
    """The number that the next package of a case gets."""
    query = sa.select(sa.func.max(_PACKAGES.c.nth)).where(_PACKAGES.c.case_id == case_id)
    return int(connection.execute(query).scalar_one() or 0) + 1


def keep(connection: sa.Connection, issued: Issued) -> None:
    """Write down a package, in the transaction that writes its export into the ledger."""
    connection.execute(_PACKAGES.insert().values(**vars(issued)))


def issued_in(connection: sa.Connection, case_id: str) -> list[Issued]:
    """The packages of a case, in the order in which they were made; for Clew's own work."""
    query = _PACKAGES.select().where(_PACKAGES.c.case_id == case_id).order_by(_PACKAGES.c.nth)
    return [Issued(**row._mapping) for row in connection.execute(query)]
