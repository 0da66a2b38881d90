"""Is a case what was written down? Every version and every original is compared with its entry in the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from clew.cases.base import Casework
from clew.cases.custody import entries_of
from clew.cases.exhibit import Exhibit, exhibits_in
from clew.cases.head import digests_of_covers
from clew.cases.opened import opened
from clew.ledger.entry import Entry
from clew.ledger.log import Wanted
from clew.model.actor import Actor
from clew.model.errors import ClewError, SealError

_NAMED = ("sha256", "blake2b", "bytes")


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
        there = digests_of_covers(file.connection, case_id) | file.digests()
        faults = list(_versions(there, entries))
        try:
            found = exhibits_in(file)
        except SealError as error:
            return Checked(len(there), 0, (*faults, str(error)))
    intakes = {entry.subject: entry for entry in reversed(entries) if entry.act == "intake"}
    for exhibit in found:
        faults += _intake(exhibit, intakes.get(f"exhibit {exhibit.id}"))
        try:
            for _ in casework.vault.read(case_id, key, exhibit.digests):
                pass  # both digests are compared at its end
        except (ClewError, OSError) as error:
            faults.append(f"exhibit {exhibit.id}: {error}")
    return Checked(len(there), len(found), tuple(faults))


def _versions(there: dict[tuple[str, int], str], entries: list[Entry]) -> Iterator[str]:
    """What differs between the versions that are there and those that the ledger knows."""
    known = {(entry.subject, facts["version"]): (facts["sealed"], entry.seq)
             for entry in entries if "sealed" in (facts := entry.facts())}  # fmt: skip
    for (subject, version), (digest, seq) in sorted(known.items(), key=lambda item: item[1][1]):
        held = there.get((subject, version))
        if held is None:
            yield f"{subject}: version {version}, of entry {seq}, is gone."
        elif held != digest:
            yield f"{subject}: version {version} is not what entry {seq} says was written."
    for subject, version in sorted(there.keys() - known.keys()):
        yield f"{subject}: version {version} is not in the ledger."


def _intake(exhibit: Exhibit, entry: Entry | None) -> Iterator[str]:
    """What differs between an exhibit and the entry of its intake."""
    facts = entry.facts() if entry else {}
    said = dict(zip(_NAMED, (exhibit.sha256, exhibit.blake2b, exhibit.size), strict=True))
    for name, value in said.items():
        if facts.get(name) != value:
            yield f"exhibit {exhibit.id}: the ledger says {facts.get(name)} of its {name}, the case says {value}."
