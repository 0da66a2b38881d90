"""Is a case what was written down? Every row and every original is compared with its entry in the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from clew.cases.base import Casework
from clew.cases.custody import entries_of
from clew.cases.exhibit import Exhibit, exhibits_in
from clew.cases.head import name_of_change, written_of_covers, written_of_members
from clew.cases.opened import opened
from clew.ledger.entry import Entry, plain
from clew.ledger.log import Wanted
from clew.model.actor import Actor
from clew.model.errors import ClewError, SealError

Facts = Mapping[str, Any]

_NAMED = ("sha256", "blake2b", "bytes")
# A row and its entry are one transaction, but each has its own look at the clock; a package is begun before its entry.
_APART = {"at": timedelta(minutes=10), "begun": timedelta(days=1)}
_WORDS = {"who": "author", "at": "time", "retain_until": "day of erasure", "seq": "entry", "begun": "time"}
# `clew.evidence`, which declares it, stands above this room.
_PACKAGES = sa.table(
    "packages", *map(sa.column, ("case_id", "nth", "seq", "head", "sha256", "blake2b", "files", "who", "at"))
)


@dataclass(frozen=True)
class Checked:
    """What was compared.

    Attributes:
        versions: of the cover and of papers.
        originals: that were read to their end.
        faults: what differs, a sentence each.
    """

    versions: int
    originals: int
    faults: tuple[str, ...]


def check(casework: Casework, actor: Actor, case_id: str) -> Checked:
    """Compare a case with the ledger, and read its originals. (The ledger itself: `clew.ledger.check`.)

    Raises:
        MissingError: it is not a case of theirs.
    """
    with opened(casework, actor, case_id) as file:
        file.log("view", f"case {case_id}", {"what": "check"})
        key = file.key
        entries = list(entries_of(file.connection, Wanted(case_id=case_id)))
        there = written_of_covers(file.connection, case_id) | file.written()
        versions = len(there)
        there |= written_of_members(file.connection, case_id) | _packages(file.connection, case_id)
        faults = list(_compared(there, _said(entries, case_id)))
        try:
            found = exhibits_in(file)
        except SealError as error:
            return Checked(versions, 0, (*faults, str(error)))
    intakes = {entry.subject: entry for entry in reversed(entries) if entry.act == "intake"}
    for exhibit in found:
        faults += _intake(exhibit, intakes.get(f"exhibit {exhibit.id}"))
        try:
            for _ in casework.vault.read(case_id, key, exhibit.digests):
                pass  # both digests are compared at its end
        except (ClewError, OSError) as error:
            faults.append(f"exhibit {exhibit.id}: {error}")
    return Checked(versions, len(found), tuple(faults))


def _packages(connection: sa.Connection, case_id: str) -> dict[str, dict[str, Any]]:
    """What stands in the rows of the packages that were made of a case."""
    rows = connection.execute(_PACKAGES.select().where(_PACKAGES.c.case_id == case_id)).mappings()
    return {
        f"package {case_id}-B{row['nth']}": {
            name: row[name] for name in ("seq", "head", "sha256", "blake2b", "files", "who")
        } | {"begun": row["at"]}
        for row in rows
    }  # fmt: skip


def _said(entries: list[Entry], case_id: str) -> dict[str, tuple[int, Facts]]:
    """What the ledger says was written, by the same names: place of the entry, and facts."""
    known: dict[str, tuple[int, Facts]] = {}
    for entry in reversed(entries):
        facts, around = entry.facts(), {"who": entry.who, "at": entry.at, "begun": entry.at, "seq": entry.seq}
        if "sealed" in facts:
            # The first cover is open and of who opened the case; what changed later stands in the entries.
            first = {"state": "open", "owner": entry.who}
            known[f"{entry.subject}: version {facts['version']}"] = entry.seq, first | facts | around
        elif "member" in facts:
            known[name_of_change(known, case_id, facts["member"])] = entry.seq, facts | around
        elif entry.act == "export" and "package" in facts and "head" in facts:  # made, not fetched once more
            known[f"package {facts['package']}"] = entry.seq, facts | around
    return known


def _compared(there: Mapping[str, Facts], known: Mapping[str, tuple[int, Facts]]) -> Iterator[str]:
    """What differs between the rows that are there and those that the ledger knows."""
    for name, (seq, said) in known.items():
        held = there.get(name)
        if held is None:
            yield f"{name}, of entry {seq}, is gone."
            continue
        for fact, value in held.items():
            if _same(fact, value, said.get(fact)):
                continue
            if fact == "sealed":
                yield f"{name} is not what entry {seq} says was written."
            else:
                told = f"entry {seq} says {plain(str(said.get(fact)))} of its {_WORDS.get(fact, fact)}"
                yield f"{name}: {told}, the case says {plain(str(value))}."
    for name in sorted(there.keys() - known.keys()):
        yield f"{name} is not in the ledger."


def _same(fact: str, held: object, said: object) -> bool:
    if fact not in _APART or held == said:
        return held == said or plain(str(held)) == plain(str(said))
    try:
        return abs(datetime.fromisoformat(str(held)) - datetime.fromisoformat(str(said))) <= _APART[fact]
    except (ValueError, TypeError):  # no time, or one without a zone
        return False


def _intake(exhibit: Exhibit, entry: Entry | None) -> Iterator[str]:
    """What differs between an exhibit and the entry of its intake."""
    facts = entry.facts() if entry else {}
    said = dict(zip(_NAMED, (exhibit.sha256, exhibit.blake2b, exhibit.size), strict=True))
    for name, value in said.items():
        if facts.get(name) != value:
            yield f"exhibit {exhibit.id}: the ledger says {facts.get(name)} of its {name}, the case says {value}."
