"""Checks the whole ledger in the database and names what was changed, removed, added or moved.

Every leaf is computed from its row and the tree from the leaves; both are compared with the hashes that were kept when
the entries were written, and those with the signed heads. So a change is found, and found where it is, unless somebody
wrote all hashes anew, and either signed them with the workspace's key or deleted the heads. That heads are gone shows
as far as something else tells of them (`clew.ledger.beside`). Against the rest, heads are kept where others hold them:
in packages, with a timestamp authority, or written down; they are given as ``against``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from clew.ledger import log, merkle
from clew.ledger.beside import Told, beside_faults, manifest_faults
from clew.ledger.entry import Entry, numbers, plain
from clew.ledger.explain import Tree, explain_entries, explain_nodes, places
from clew.ledger.heads import Head, heads
from clew.ledger.stamped import stamp_faults
from clew.ledger.timestamps import Authority, stamps
from clew.model.errors import SealError

_BATCH = 5_000
_PLACES = (
    ("ledger_entries", "seq", "place of an entry"),
    ("ledger_nodes", "level", "level of a hash in the tree"),
    ("ledger_nodes", "nth", "place of a hash in the tree"),
    ("ledger_heads", "size", "number of entries of a head"),
    ("ledger_timestamps", "size", "head of a timestamp"),
    ("ledger_size", "size", "number of entries of the ledger"),
)
_HOLE = bytes(32)  # stands for the hash of an entry that is neither there nor remembered


@dataclass(frozen=True)
class Checked:
    """What a check found.

    Attributes:
        size: entries that the ledger says it has.
        root: of the tree over them as they are now, hex.
        heads: signed heads that were checked.
        erased: private parts that were erased as an entry says.
        faults: a sentence each; empty if the ledger is whole.
    """

    size: int
    root: str
    heads: int
    erased: int
    faults: list[str]

    @property
    def whole(self) -> bool:
        """Is everything what was written?"""
        return not self.faults


@dataclass
class _Seen:
    """What one pass over the rows gathers."""

    leaves: list[bytes] = field(default_factory=list)  # computed from the rows
    kept: dict[int, bytes | None] = field(default_factory=dict)  # of the tree, where it is another; None: not there
    missing: list[int] = field(default_factory=list)
    empty: list[int] = field(default_factory=list)  # private part gone
    filled: set[int] = field(default_factory=set)  # private part there
    spoilt: list[int] = field(default_factory=list)  # private part changed
    erasures: set[int] = field(default_factory=set)  # of which an entry says that they were erased
    told: Told = field(default_factory=Told)


def check(
    engine: sa.Engine,
    public: bytes | None = None,
    against: Sequence[Head] = (),
    trusted: Authority | None = None,
    progress: Callable[[float], None] = lambda share: None,
    workspace: Path | None = None,
) -> Checked:
    """Check everything.

    Args:
        engine: the database.
        public: the workspace's public key, with which every head must be signed; None takes any.
        against: heads of this ledger that were kept elsewhere.
        trusted: the timestamp authority whose roots count; None takes those that the timestamps were taken with.
        progress: told how much is done.
        workspace: its folder, whose manifests are to stand in the ledger; None where they are not looked at.
    """
    try:
        with _snapshot(engine) as connection:
            damage = _damage(connection)
            found = check_in(connection, public, against, trusted, progress, workspace)
    except sa.exc.DatabaseError as error:
        reason = str(error.orig).strip().splitlines()[0]
        return Checked(0, "", 0, 0, [f"The file of the database is damaged ({reason})."])
    return replace(found, faults=damage + found.faults)


def check_in(
    connection: sa.Connection,
    public: bytes | None = None,
    against: Sequence[Head] = (),
    trusted: Authority | None = None,
    progress: Callable[[float], None] = lambda share: None,
    workspace: Path | None = None,
) -> Checked:
    """As `check`, in a transaction that has begun."""
    if unnumbered := list(_no_numbers(connection)):
        return Checked(0, "", 0, 0, unnumbered)  # nothing can be found by its place
    size, kept_frontier = log.state(connection)
    frontier = [_digest(text) for text in str(kept_frontier).split()]
    faults, used = _count(connection, size, frontier)
    seen = _read(connection, used, progress)
    tree = Tree(seen.leaves, seen.kept, frontier)
    for level in range(1, used.bit_length()):
        _compare(tree, level, log.nodes(connection, level, 0, used >> level))
    behind = log.behind(connection, used)
    faults += explain_entries(tree, seen.missing, behind, lambda seq: log.entry(connection, seq))
    faults += explain_nodes(tree)
    if stray := log.stray_nodes(connection, used):
        faults.append(f"Hashes in the tree that belong to no entry: {stray:,}.")
    faults += _private_faults(seen)
    own = heads(connection)
    signed = [*own, *against]
    faults += _head_faults(tree.settled, used, signed, public)
    faults += stamp_faults(own, stamps(connection), trusted)
    faults += beside_faults(connection, seen.told, used, [head.size for head in own])
    faults += manifest_faults(workspace, seen.told) if workspace else ()
    progress(1.0)
    return Checked(size, merkle.root(tree.settled, used).hex(), len(signed), len(seen.empty), faults)


def _no_numbers(connection: sa.Connection) -> Iterator[str]:
    """Places that are no numbers: SQLite keeps any type in any column."""
    if connection.dialect.name != "sqlite":
        return
    for table, column, what in _PLACES:
        query = f"SELECT count(*) FROM {table} WHERE typeof({column}) <> 'integer'"
        if wrong := connection.exec_driver_sql(query).scalar_one():
            yield f"The {what} was changed: it is no number ({wrong:,} times)."


def _count(connection: sa.Connection, size: int, frontier: list[bytes | None]) -> tuple[list[str], int]:
    """How many entries there should be, and a sentence if that is not what the ledger says."""
    top, there = log.top(connection), log.count(connection)
    if top != size and frontier and [log.node(connection, *peak) for peak in merkle.peaks(top)] == frontier:
        return [f"The ledger says it has {size:,} entries, and it has {top:,}: the number was changed."], top
    if size > 2 * there + 1000:  # do not look for each of as many
        return [f"The ledger says it has {size:,} entries, and there are {there:,}."], there
    return [], size


def _read(connection: sa.Connection, size: int, progress: Callable[[float], None]) -> _Seen:
    """Pass over all rows, a batch at a time."""
    seen = _Seen()
    for low in range(0, size, _BATCH):
        high = min(low + _BATCH, size)
        kept = {nth: _digest(digest) for nth, digest in log.nodes(connection, 0, low, high)}
        wanted = low
        for entry in log.rows(connection, low, high):
            _gaps(seen, kept, wanted, entry.seq)
            wanted = entry.seq + 1
            leaf = _leaf(entry)
            seen.leaves.append(leaf)
            if kept.get(entry.seq) != leaf:
                seen.kept[entry.seq] = kept.get(entry.seq)
            _note_private(seen, entry)
            seen.told.note(entry)
        _gaps(seen, kept, wanted, high)
        progress(0.9 * high / size)
    return seen


def _gaps(seen: _Seen, kept: dict[int, bytes | None], low: int, high: int) -> None:
    for seq in range(low, high):
        seen.missing.append(seq)
        seen.leaves.append(kept.get(seq) or _HOLE)
        if kept.get(seq) is None:
            seen.kept[seq] = None


def _leaf(entry: Entry) -> bytes:
    try:
        return merkle.leaf_hash(entry.leaf())
    except TypeError:  # something that is no text stands there
        return _HOLE


def _note_private(seen: _Seen, entry: Entry) -> None:
    if entry.private is None and entry.salt is None:
        if entry.sealed:
            seen.empty.append(entry.seq)
    else:
        seen.filled.add(entry.seq)
        if not _whole(entry):
            seen.spoilt.append(entry.seq)
    if entry.act == "erase" and entry.subject == log.PRIVATE_PARTS:
        try:
            for some in numbers(entry.facts()["entries"]):
                seen.erasures.update(some[: max(0, entry.seq - some.start)])
        except (SealError, KeyError, ValueError, AttributeError, TypeError):
            pass  # the entry was changed, which is said elsewhere


def _whole(entry: Entry) -> bool:
    try:
        return entry.whole()
    except (ValueError, TypeError, AttributeError):  # a salt that is no hex
        return False


def _private_faults(seen: _Seen) -> Iterator[str]:
    if seen.spoilt:
        yield f"The private part of {places(seen.spoilt)} was changed."
    if unsaid := [seq for seq in seen.empty if seq not in seen.erasures]:
        yield f"The private part of {places(unsaid)} was removed, and no erasure is written down."
    if back := sorted(seen.filled & seen.erasures):
        yield f"The private part of {places(back)} was erased, and is there again."


def _compare(tree: Tree, level: int, found: Iterable[tuple[int, str]]) -> None:
    """Keep what the database holds of a level where it is not what was computed."""
    made, wanted = tree.levels[level], 0
    for nth, digest in found:
        for lost in range(wanted, nth):
            tree.differing[level, lost] = None
        wanted = nth + 1
        if (kept := _digest(digest)) != made[nth]:
            tree.differing[level, nth] = kept
    for lost in range(wanted, len(made)):
        tree.differing[level, lost] = None


def _head_faults(nodes: merkle.Nodes, size: int, signed: Sequence[Head], public: bytes | None) -> Iterator[str]:
    good = 0  # entries of the largest head so far that fits
    for head in sorted(signed, key=lambda head: (head.size, str(head.at))):
        named = f"The head of {head.size:,} entries signed at {plain(str(head.at))}"
        if not head.valid():
            yield f"{named} was changed: the signature is not of it."
        elif public is not None and head.key != public.hex():
            yield f"{named} was signed with another key than this workspace's."
        elif head.size > size:
            yield f"{named} covers entries that are no longer there: {places(range(size, head.size))} were removed."
        elif merkle.root(nodes, head.size).hex() != head.root:
            yield f"{named} is of other entries: some of {places(range(good, head.size))} were written anew since."
        else:
            good = head.size


def _digest(text: object) -> bytes | None:
    try:
        found = bytes.fromhex(text) if isinstance(text, str) else b""
    except ValueError:
        return b""
    return found


def _damage(connection: sa.Connection) -> list[str]:
    """What SQLite itself finds wrong with its file; an index that was changed could hide an entry from a search."""
    if connection.dialect.name != "sqlite":
        return []
    told = connection.exec_driver_sql("PRAGMA integrity_check(3)").scalars().all()
    return [] if told == ["ok"] else [f"The file of the database is damaged ({plain('; '.join(map(str, told)))})."]


@contextmanager
def _snapshot(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One state of the database, however long it is read and whoever writes meanwhile."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin(), _lenient(connection):
            yield connection


@contextmanager
def _lenient(connection: sa.Connection) -> Iterator[None]:
    """Let SQLite give texts that are none, too: they are to be named, not to end the check."""
    held: Any = connection.connection.dbapi_connection
    if connection.dialect.name != "sqlite":
        yield
        return
    held.text_factory = lambda content: content.decode(errors="replace")
    try:
        yield
    finally:
        held.text_factory = str
