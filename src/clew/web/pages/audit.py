"""The ledger for the auditor: search it, look at an entry and its proof, check all of it. Looking is written down."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Query, Request
from fastapi import Path as InPath
from fastapi.responses import Response

from clew.ledger import log, merkle
from clew.ledger.check import check
from clew.ledger.entry import ACTS, Entry
from clew.ledger.heads import Head, fingerprint, heads
from clew.web.access import access, note
from clew.web.asked import Day
from clew.web.csvfile import csv_file
from clew.web.desk import TheDesk
from clew.web.masking import TheMasks
from clew.web.page import render

router = APIRouter(prefix="/audit")

SIZE = 100  # entries of a page
_MOST_ROWS = 200_000  # of a download
_NAME = re.compile(r"[a-z_]{1,20}")
_CALLED = {"q": "", "offset": "from row", "since": "from", "until": "to", "a": "record", "b": "record", "what": ""}
_WAY = ("back", "next", "was", "kept")  # how a page was come to, not what it was asked
Words = Annotated[str, Query(max_length=300)]


@dataclass(frozen=True)
class Asked:
    """Which entries are asked for, as the address says it."""

    who: str = ""
    act: str = ""
    subject: str = ""
    case: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""

    @property
    def wanted(self) -> log.Wanted:
        """For the ledger; the last day is in."""
        return log.Wanted(
            self.who.strip().casefold() or None,
            next((act for act in ACTS if act == self.act), None),
            self.subject.strip() or None,
            self.case.strip() or None,
            self.since.isoformat() if self.since else None,
            (self.until + timedelta(days=1)).isoformat() if self.until and self.until < date.max else None,
            self.text.strip() or None,
        )

    @property
    def query(self) -> str:
        """As it stands in an address."""
        return urlencode({name: str(value) for name, value in vars(self).items() if value})


def in_words(asked: str) -> str:
    """What an address asked for, as the ledger keeps it, in words: without signs of addresses and the way back."""
    pieces: list[str] = []
    for piece in asked.split("&"):
        name, equals, _ = piece.partition("=")
        if pieces and not (equals and _NAME.fullmatch(name)):
            pieces[-1] += f"&{piece}"  # of a value
        else:
            pieces.append(piece)
    said = [piece.partition("=") for piece in pieces]
    return "; ".join(
        f"{_CALLED.get(name, name)} {value}".strip() for name, _, value in said if value and name not in _WAY
    )


@dataclass(frozen=True)
class Proof:
    """That an entry is in the tree.

    Attributes:
        leaf, root: hashes, hex.
        path: from the leaf to the root.
        size: entries of the tree.
        head: that signed it; None where none was signed since.
        holds: does the path lead to the root?
    """

    leaf: str
    root: str
    path: list[str]
    size: int
    head: Head | None
    holds: bool


def _asked(
    who: Words = "", act: Words = "", subject: Words = "", case: Words = "", since: Day = None, until: Day = None,
    text: Words = "",
) -> Asked:  # fmt: skip
    return Asked(who, act, subject, case, since, until, text)


TheAsked = Annotated[Asked, Depends(_asked)]


@router.get("")
@access("audit", "search", "ledger", "none")
def page(
    request: Request, desk: TheDesk, asked: TheAsked, offset: Annotated[int, Query(ge=0, le=10**9)] = 0
) -> Response:
    """Entries that fit, the newest first."""
    with desk.db.connect() as connection:
        found, total = log.search(connection, asked.wanted, offset, SIZE)
    note(request, details={"entries": total})
    return render(
        request, "audit.html", in_words=in_words, entries=found, total=total, offset=offset, size=SIZE, asked=asked,
        acts=ACTS,
        query=asked.query, href=f"/audit?{asked.query}{'&' if asked.query else ''}offset=", wrong=None,
    )  # fmt: skip


@router.get("/{seq}")
@access("audit", "view", "entry {seq}", "none")
def one(request: Request, desk: TheDesk, seq: Annotated[int, InPath(ge=0, le=2**62)]) -> Response:
    """An entry with its private part, and the proof that it is in the ledger."""
    with desk.db.connect() as connection:
        found = log.entry(connection, seq)
        return render(request, "audit_entry.html", in_words=in_words, entry=found, proof=_proof(connection, found))


@router.post("/check")
@access("audit", "view", "ledger", "none")
def checked(request: Request, desk: TheDesk) -> Response:
    """Check every entry, the tree and the signed heads."""
    public = desk.casework.keys.public
    found = check(desk.db, public, workspace=desk.path)
    note(request, details={"checked": found.size, "faults": len(found.faults), "root": found.root})
    return render(
        request, "audit_checked.html", found=found, fingerprint=fingerprint(public.hex()), now=datetime.now(UTC)
    )


csv_router = APIRouter()


@csv_router.get("/audit.csv")
@access("audit", "export", "ledger", "none")
def download(desk: TheDesk, masks: TheMasks, asked: TheAsked) -> Response:
    """The entries that fit as a table; like every export it names nobody who is protected."""
    header = ("entry", "at", "who", "via", "act", "subject", "case", "details", "private", "leaf")
    rows: list[tuple[object, ...]] = []
    with desk.db.connect() as connection:
        for offset in range(0, _MOST_ROWS, log.MOST):
            found, _ = log.search(connection, asked.wanted, offset, log.MOST)
            rows += [
                (
                    e.seq, e.at, e.who, e.via, e.act, e.subject, e.case_id, e.details,
                    "erased" if e.erased else e.private, merkle.leaf_hash(e.leaf()).hex(),
                )
                for e in found
            ]  # fmt: skip
            if len(found) < log.MOST:
                break
    return csv_file("ledger", header, rows, masks.text)


def _proof(connection: sa.Connection, entry: Entry) -> Proof:
    """In the newest signed tree that has the entry, else in the tree as it is."""
    head = next((head for head in reversed(heads(connection)) if head.size > entry.seq), None)
    size = head.size if head else log.size(connection)
    root = bytes.fromhex(head.root) if head else log.root(connection, size)
    leaf, path = merkle.leaf_hash(entry.leaf()), log.inclusion(connection, entry.seq, size)
    holds = merkle.includes(root, size, entry.seq, leaf, path) and (head is None or head.valid())
    return Proof(leaf.hex(), root.hex(), [step.hex() for step in path], size, head, holds)
