"""The ledger in the database: append, read, prove. An act and its entry are written in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import starmap

import sqlalchemy as sa

from clew.database.base import METADATA, now
from clew.ledger import merkle
from clew.ledger.entry import Act, Deed, Entry, entry_of, ranges
from clew.model.actor import Actor
from clew.model.errors import MissingError, SealError

MOST = 500  # entries of one answer
PRIVATE_PARTS = "private parts"  # subject of the entries that say which ones were erased
_BATCH = 2_000

_ENTRIES = sa.Table(
    "ledger_entries",
    METADATA,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.String, nullable=False),  # ISO 8601, UTC
    sa.Column("who", sa.String, nullable=False),
    sa.Column("via", sa.String, nullable=False),
    sa.Column("act", sa.String, nullable=False),
    sa.Column("subject", sa.String, nullable=False),
    sa.Column("case_id", sa.String),
    sa.Column("details", sa.String, nullable=False),  # canonical JSON
    sa.Column("sealed", sa.String, nullable=False),
    sa.Column("salt", sa.String),
    sa.Column("private", sa.String),  # canonical JSON; null once erased
    sa.Index("ledger_by_subject", "subject"),
    sa.Index("ledger_by_case", "case_id"),
    sa.Index("ledger_by_who", "who"),
)
# Hashes of complete subtrees, by which proofs are made without reading the entries.
_NODES = sa.Table(
    "ledger_nodes",
    METADATA,
    sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("nth", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hash", sa.String, nullable=False),
)
# One row. Writers queue for it, so that entries have no gaps and no two have the same place.
_SIZE = sa.Table(
    "ledger_size",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("frontier", sa.String, nullable=False),  # hashes of the tree's complete subtrees, the largest first
)


@dataclass(frozen=True)
class Wanted:
    """Which entries are asked for; what is None is not asked."""

    who: str | None = None
    act: Act | None = None
    subject: str | None = None
    case_id: str | None = None
    since: str | None = None  # ISO 8601, UTC; this time is in
    until: str | None = None  # this one is not
    text: str | None = None  # stands in the subject, the details or the private part


def append(connection: sa.Connection, actor: Actor, deed: Deed) -> Entry:
    """Write down what somebody does, in the transaction that does it (`clew.database.base.write`)."""
    row = connection.execute(
        _SIZE.update().where(_SIZE.c.id == 1).values(size=_SIZE.c.size + 1).returning(_SIZE.c.size, _SIZE.c.frontier)
    ).one()
    private = {"why": actor.why, **deed.private}
    entry = entry_of(row.size - 1, now(), actor.name, actor.via, actor.case_id,
                     Deed(deed.act, deed.subject, deed.details, private))  # fmt: skip
    before = [bytes.fromhex(digest) for digest in row.frontier.split()]
    nodes, frontier = merkle.grow(entry.seq, before, merkle.leaf_hash(entry.leaf()))
    connection.execute(_ENTRIES.insert().values(**vars(entry)))
    connection.execute(_NODES.insert(), [{"level": level, "nth": nth, "hash": h.hex()} for level, nth, h in nodes])
    joined = " ".join(digest.hex() for digest in frontier)
    connection.execute(_SIZE.update().where(_SIZE.c.id == 1).values(frontier=joined))
    return entry


def size(connection: sa.Connection) -> int:
    """How many entries there are."""
    return int(connection.execute(sa.select(_SIZE.c.size).where(_SIZE.c.id == 1)).scalar_one())


def state(connection: sa.Connection) -> tuple[int, str]:
    """How many entries the ledger says it has, and the hashes of its frontier."""
    row = connection.execute(sa.select(_SIZE.c.size, _SIZE.c.frontier).where(_SIZE.c.id == 1)).first()
    return (int(row.size), row.frontier) if row else (0, "")


def count(connection: sa.Connection) -> int:
    """How many rows there are, wherever they stand."""
    return int(connection.execute(sa.select(sa.func.count()).select_from(_ENTRIES)).scalar_one())


def top(connection: sa.Connection) -> int:
    """One beyond the last row."""
    return int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(_ENTRIES.c.seq) + 1, 0))).scalar_one())


def rows(connection: sa.Connection, low: int, high: int) -> Iterator[Entry]:
    """The rows low up to high, in order; those that are missing are left out."""
    query = _ENTRIES.select().where(_ENTRIES.c.seq >= low, _ENTRIES.c.seq < high).order_by(_ENTRIES.c.seq)
    return starmap(Entry, connection.execute(query))


def node(connection: sa.Connection, level: int, nth: int) -> bytes | None:
    """The kept hash of a complete subtree; None where there is none."""
    query = sa.select(_NODES.c.hash).where(_NODES.c.level == level, _NODES.c.nth == nth)
    found = connection.execute(query).scalar_one_or_none()
    try:
        return None if found is None else bytes.fromhex(found)
    except (ValueError, TypeError):  # TypeError: something that is no text stands there
        return None


def nodes(connection: sa.Connection, level: int, low: int, high: int) -> Iterator[tuple[int, str]]:
    """The kept hashes of a level, low up to high, in order."""
    query = sa.select(_NODES.c.nth, _NODES.c.hash).where(
        _NODES.c.level == level, _NODES.c.nth >= low, _NODES.c.nth < high
    )
    return ((nth, digest) for nth, digest in connection.execute(query.order_by(_NODES.c.nth)))


def behind(connection: sa.Connection, size: int, most: int = 1000) -> list[int]:
    """Places of rows that are outside of the ledger."""
    query = sa.select(_ENTRIES.c.seq).where(sa.or_(_ENTRIES.c.seq < 0, _ENTRIES.c.seq >= size))
    return list(connection.execute(query.order_by(_ENTRIES.c.seq).limit(most)).scalars())


def stray_nodes(connection: sa.Connection, size: int) -> int:
    """How many kept hashes are of no subtree of the ledger."""
    belongs = [
        sa.and_(_NODES.c.level == level, _NODES.c.nth >= 0, _NODES.c.nth < size >> level)
        for level in range(size.bit_length())
    ]
    query = sa.select(sa.func.count()).select_from(_NODES).where(sa.not_(sa.or_(sa.false(), *belongs)))
    return int(connection.execute(query).scalar_one())


def entry(connection: sa.Connection, seq: int) -> Entry:
    """The entry at a place.

    Raises:
        MissingError: there is none.
    """
    row = connection.execute(_ENTRIES.select().where(_ENTRIES.c.seq == seq)).first()
    if row is None:
        raise MissingError(f"The ledger has no entry {seq}.")
    return Entry(**row._mapping)


def known(connection: sa.Connection, subjects: Sequence[str]) -> set[str]:
    """Those of some subjects that any entry is about."""
    found: set[str] = set()
    for at in range(0, len(subjects), MOST):
        query = sa.select(_ENTRIES.c.subject).where(_ENTRIES.c.subject.in_(subjects[at : at + MOST])).distinct()
        found.update(connection.execute(query).scalars())
    return found


def entries(connection: sa.Connection, low: int = 0, high: int | None = None) -> Iterator[Entry]:
    """Entries low up to high, in order, a batch at a time."""
    while high is None or low < high:
        rows = connection.execute(
            _ENTRIES.select().where(_ENTRIES.c.seq >= low).order_by(_ENTRIES.c.seq).limit(_BATCH)
        ).all()
        for row in rows:
            if high is not None and row.seq >= high:
                return
            yield Entry(**row._mapping)
        if len(rows) < _BATCH:
            return
        low = rows[-1].seq + 1


def search(connection: sa.Connection, wanted: Wanted, offset: int = 0, limit: int = 100) -> tuple[list[Entry], int]:
    """Entries that fit, the newest first, and how many there are."""
    where = sa.and_(sa.true(), *_conditions(wanted))
    total = connection.execute(sa.select(sa.func.count()).select_from(_ENTRIES).where(where)).scalar_one()
    query = _ENTRIES.select().where(where).order_by(_ENTRIES.c.seq.desc()).offset(offset).limit(min(limit, MOST))
    return [Entry(**row._mapping) for row in connection.execute(query)], int(total)


def erase_private(
    connection: sa.Connection, actor: Actor, case_id: str | None = None, subjects: Sequence[str] = (),
    seqs: Sequence[int] = (),
) -> int:  # fmt: skip
    """Erase the private parts of entries of a case, about some subjects, or at some places; leaves and tree stay.

    An entry says of which: a private part that is missing without one was removed by somebody who had no right to.

    Returns:
        How many were erased.
    """
    connection.execute(_SIZE.update().where(_SIZE.c.id == 1).values(size=_SIZE.c.size))  # now nobody else appends
    which = [_ENTRIES.c.case_id == case_id] if case_id else []
    which += [_ENTRIES.c.subject.in_(subjects[at : at + MOST]) for at in range(0, len(subjects), MOST)]
    which += [_ENTRIES.c.seq.in_(seqs[at : at + MOST]) for at in range(0, len(seqs), MOST)]
    found: set[int] = set()
    for fits in which:
        there = sa.and_(_ENTRIES.c.private.is_not(None), fits)
        found.update(connection.execute(sa.select(_ENTRIES.c.seq).where(there)).scalars())
        connection.execute(_ENTRIES.update().where(there).values(private=None, salt=None))
    ordered = sorted(found)
    for at in range(0, len(ordered), _BATCH):
        append(connection, actor, Deed("erase", PRIVATE_PARTS, {"entries": ranges(ordered[at : at + _BATCH])}))
    return len(found)


def root(connection: sa.Connection, of: int) -> bytes:
    """The root of the tree of the first entries."""
    return merkle.root(_reader(connection), of)


def inclusion(connection: sa.Connection, seq: int, of: int) -> list[bytes]:
    """The audit path of an entry in the tree of the first ``of`` entries."""
    return merkle.inclusion(_reader(connection), seq, of)


def consistency(connection: sa.Connection, old: int, new: int) -> list[bytes]:
    """Proof that the tree of ``new`` entries begins with that of ``old``."""
    return merkle.consistency(_reader(connection), old, new)


def _reader(connection: sa.Connection) -> merkle.Nodes:
    def read(level: int, nth: int) -> bytes:
        found = node(connection, level, nth)
        if found is None:
            raise SealError(f"The ledger lacks the hash {nth} of level {level}.", "Check it with: clew ledger check")
        return found

    return read


def _conditions(wanted: Wanted) -> Sequence[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    for name in ("who", "act", "subject", "case_id"):
        if (value := getattr(wanted, name)) is not None:
            found.append(_ENTRIES.c[name] == value)
    if wanted.since:
        found.append(_ENTRIES.c.at >= wanted.since)
    if wanted.until:
        found.append(_ENTRIES.c.at < wanted.until)
    if wanted.text:
        columns = (_ENTRIES.c.subject, _ENTRIES.c.details, _ENTRIES.c.private)
        found.append(sa.or_(*(column.icontains(wanted.text, autoescape=True) for column in columns)))
    return found
