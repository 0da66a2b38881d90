"""Custody: what happened to the exhibits of a case, as the ledger has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from clew.cases.base import Casework
from clew.cases.opened import opened
from clew.ledger.entry import Act, Entry
from clew.ledger.log import MOST, Wanted, search
from clew.model.actor import Actor, Via

_SUBJECT = "exhibit "


@dataclass(frozen=True)
class Custody:
    """A custody event: something that happened to an exhibit.

    Attributes:
        exhibit: its id.
        seq: place of the entry in the ledger, by which it is proved.
        at, who, via: when, who, and by which way.
        act: intake, view, change, export …
        details: digests, counts, versions.
        why: the purpose, where it was stated and has not been erased.
    """

    exhibit: str
    seq: int
    at: str
    who: str
    via: Via
    act: Act
    details: dict[str, Any]
    why: str


def custody(casework: Casework, actor: Actor, case_id: str, exhibit_id: str | None = None) -> list[Custody]:
    """What happened to the exhibits of a case, or to one of them, the first event first; to be looked at."""
    with opened(casework, actor, case_id) as file:
        file.log("view", f"case {case_id}", {"what": "custody"})
        return custody_in(file.connection, case_id, exhibit_id)


def custody_in(connection: sa.Connection, case_id: str, exhibit_id: str | None = None) -> list[Custody]:
    """The same, for Clew's own work."""
    subject = f"{_SUBJECT}{exhibit_id}" if exhibit_id else None
    found = [
        Custody(entry.subject.removeprefix(_SUBJECT), entry.seq, entry.at, entry.who, entry.via, entry.act,
                entry.facts(), entry.texts().get("why", ""))
        for entry in entries_of(connection, Wanted(case_id=case_id, subject=subject))
        if entry.subject.startswith(f"{_SUBJECT}{case_id}-E")
    ]  # fmt: skip
    return found[::-1]


def entries_of(connection: sa.Connection, wanted: Wanted) -> Iterator[Entry]:
    """Entries that fit, the newest first; nothing is appended in between, as the transaction holds the ledger."""
    offset, total = 0, 1
    while offset < total:
        page, total = search(connection, wanted, offset, MOST)
        yield from page
        offset += MOST
