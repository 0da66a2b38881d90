"""What the ledger says of a case, with proofs, for a package: entries, tree heads, custody log, timestamps."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from clew.evidence import verify
from clew.evidence.masks import Masks
from clew.evidence.package.bag import Bag
from clew.ledger import log, merkle
from clew.ledger.entry import Entry
from clew.ledger.heads import Head, heads
from clew.ledger.timestamps import Stamp, stamps
from clew.model.errors import SealError

# What is about a run, a network or a record without being done in the case, and belongs into its history all the same.
_ALSO = frozenset(("intake", "run", "decide", "erase"))
# Words that were searched for may be anybody's.
_KEPT_BACK = frozenset(("search", "login", "refuse"))


def entries_of(connection: sa.Connection, case_id: str, subjects: Collection[str], size: int) -> list[Entry]:
    """The entries of a case, and those about its subjects by which they came to be, in their order.

    Args:
        connection: of the database.
        case_id: the case.
        subjects: of entries outside of it that matter: ``run R0001``, ``network N12``.
        size: of the tree head that proves them.
    """
    found: dict[int, Entry] = {}
    for entry in _all(connection, log.Wanted(case_id=case_id)):
        found[entry.seq] = entry
    for subject in sorted(set(subjects)):
        for entry in _all(connection, log.Wanted(subject=subject)):
            if entry.act in _ALSO and entry.case_id is None:
                found[entry.seq] = entry
    ingests = {subject.removeprefix("ingest ") for subject in subjects}
    for entry in _all(connection, log.Wanted(act="erase")):  # of records, which changed manifests
        if entry.case_id is None and ingests.intersection(entry.facts().get("manifests", ())):
            found[entry.seq] = entry
    return [found[seq] for seq in sorted(found) if seq < size]


def _all(connection: sa.Connection, wanted: log.Wanted) -> Iterator[Entry]:
    offset, total = 0, 1
    while offset < total:
        page, total = log.search(connection, wanted, offset, log.MOST)
        yield from page
        offset += log.MOST


def add_history(bag: Bag, connection: sa.Connection, entries: Sequence[Entry], head: Head, masks: Masks) -> list[Head]:
    """Write the entries with their proofs, the tree heads and the custody log.

    A private part comes along unless it was erased, is what somebody searched for, or names a protected person: then
    only its salted digest does, and it can be shown later.

    Returns:
        The tree heads.
    """
    signed = [each for each in heads(connection) if each.size <= head.size]
    shown = [entry for entry in entries if shows(entry, masks)]
    open_ = {entry.seq for entry in shown}
    nodes = _remembering(connection)
    bag.add_json_lines("ledger/entries.jsonl", (_line(nodes, e, head, e.seq in open_) for e in entries))
    bag.add_json_lines("ledger/heads.jsonl", (vars(each) for each in signed))
    bag.add_json_lines("ledger/consistency.jsonl", _proofs(nodes, signed))
    rows = [
        verify.custody_row(json.loads(entry.leaf()), entry.texts() if entry.seq in open_ else None) for entry in entries
    ]
    bag.add_json_lines("custody.jsonl", rows)
    bag.add("custody.csv", verify.custody_lines(rows))
    return signed


def shows(entry: Entry, masks: Masks) -> bool:
    """May the private part of an entry leave?"""
    private = entry.private
    if private is None:
        return False
    return entry.act not in _KEPT_BACK and masks.text(private) == private


def _remembering(connection: sa.Connection) -> merkle.Nodes:
    """The hashes of the tree; proofs share most of them, so each is read once."""

    @cache
    def read(level: int, nth: int) -> bytes:
        found = log.node(connection, level, nth)
        if found is None:
            raise SealError(f"The ledger lacks the hash {nth} of level {level}.", "Check it with: clew ledger check")
        return found

    return read


def _line(nodes: merkle.Nodes, entry: Entry, head: Head, open_: bool) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "leaf": entry.leaf().decode(),
        "path": [node.hex() for node in merkle.inclusion(nodes, entry.seq, head.size)],
        "salt": entry.salt if open_ else None,
        "private": entry.private if open_ else None,
    }


def _proofs(nodes: merkle.Nodes, signed: Sequence[Head]) -> Iterator[dict[str, Any]]:
    for old, new in pairwise(signed):
        path = merkle.consistency(nodes, old.size, new.size) if old.size else []
        yield {"old": old.size, "new": new.size, "path": [node.hex() for node in path]}


def add_stamps(bag: Bag, connection: sa.Connection, signed: Sequence[Head]) -> list[Stamp]:
    """Write the timestamps on these tree heads, and the certificate of each authority's root.

    Returns:
        The timestamps.
    """
    sizes = {head.size for head in signed}
    given = [stamp for stamp in stamps(connection) if stamp.token and stamp.root and stamp.size in sizes]
    lines, roots = [], set[str]()
    for nth, stamp in enumerate(given, 1):
        if stamp.token is None or stamp.root is None:
            continue
        token, root = f"head-{stamp.size}-{nth}.tst", f"root-{hashlib.sha256(stamp.root).hexdigest()[:16]}.pem"
        bag.add(f"timestamps/{token}", [stamp.token])
        if root not in roots:
            roots.add(root)
            bag.add(f"timestamps/{root}", [x509.load_der_x509_certificate(stamp.root).public_bytes(Encoding.PEM)])
        said = {"size": stamp.size, "authority": stamp.authority, "at": stamp.at, "token": token, "root": root}
        lines.append(said)
    bag.add_json_lines("timestamps/index.jsonl", lines)
    return given
