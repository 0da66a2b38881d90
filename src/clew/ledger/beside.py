"""What stands beside the ledger and shows that something of it is gone, even where nobody has a head of it.

Entries, hashes and heads can all be deleted by whoever may write to the database. Packages that rest on a head, cases,
the workbench, which signs every minute, and the manifests of ingests and runs then still say that there was more.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa

from clew.ledger import log
from clew.ledger.entry import Entry
from clew.model.errors import SealError

_SIGNED_WITHIN = timedelta(hours=1)  # of use of the workbench; far more than a minute, for machines that sleep
_NAMES = {"I": "ingest", "R": "run"}
# `clew.evidence` and `clew.cases`, which declare them, stand above this room.
_PACKAGES = sa.table("packages", *map(sa.column, ("case_id", "nth", "seq", "head")))
_CASES = sa.table("cases", sa.column("number"))


@dataclass
class Told:
    """What entries say of heads and manifests, gathered in one pass over them.

    Attributes:
        packages: by the head that they rest on, the first entry that says so.
        signing: place and time of entries that the workbench made.
        accounted: by subject, when an ingest or run was written down; None where in its time.
    """

    packages: dict[int, str] = field(default_factory=dict)
    signing: list[tuple[int, str]] = field(default_factory=list)
    accounted: dict[str, str | None] = field(default_factory=dict)

    def note(self, entry: Entry) -> None:
        """Look at the next entry."""
        if entry.via in ("workbench", "api"):
            self.signing.append((entry.seq, str(entry.at)))
        if entry.act not in ("export", "intake", "run"):
            return
        try:
            facts = entry.facts()
        except SealError:
            return  # the entry was changed, which is said elsewhere
        if entry.act != "export":
            self.accounted.setdefault(entry.subject, entry.at if facts.get("noted") == "later" else None)
        elif "package" in facts and isinstance(facts.get("head"), int):
            self.packages.setdefault(facts["head"], f"package {facts['package']} of entry {entry.seq}")


def beside_faults(connection: sa.Connection, told: Told, size: int, signed: Sequence[int]) -> Iterator[str]:
    """Sentences about what the database has and the ledger lacks.

    Args:
        connection: the database.
        told: by its entries.
        size: how many entries it has.
        signed: sizes of its heads.
    """
    rests = dict(told.packages)
    for row in connection.execute(_PACKAGES.select().order_by(_PACKAGES.c.head)):
        name = f"package {row.case_id}-B{row.nth}"
        rests.setdefault(row.head, name)
        if not isinstance(row.seq, int) or row.seq >= size:
            yield f"The entry of {name} is not there: the ledger has {size:,} entries, and it was entry {row.seq}."
    for head, name in rests.items():
        if head not in signed:
            yield f"The head of {head} entries is not there, on which {name} rests."
    numbers = connection.execute(sa.select(_CASES.c.number).distinct().order_by(_CASES.c.number)).scalars()
    cases = [f"case C{number}" for number in numbers]
    there = log.known(connection, cases)
    yield from (f"The ledger has no entry of {case}, which is there." for case in cases if case not in there)
    yield from _unsigned(told, max(signed, default=0))


def _unsigned(told: Told, newest: int) -> Iterator[str]:
    since = [(seq, at) for seq, at in told.signing if seq >= newest]
    if since and _later(since[0][1], since[-1][1], _SIGNED_WITHIN):
        yield (
            f"No head is there that covers entries {since[0][0]} to {since[-1][0]}, made in the workbench, which signs "
            "every minute."
        )


def manifest_faults(workspace: Path, told: Told) -> Iterator[str]:
    """Sentences about ingests and runs that the ledger has not, or has only since long after they were done.

    A process that dies between manifest and entry is written down by the next command, before anything else is
    ingested or run. So of all manifests only the newest can lack its entry, and no entry can be later than the
    manifest after its own.

    Args:
        workspace: its folder.
        told: by the entries of its ledger.
    """
    manifests = sorted(_manifests(workspace / "runs"), key=lambda each: str(each[1]["at"]))
    moments = [str(manifest["at"]) for _, manifest in manifests]
    gone, late = list[str](), list[str]()
    for (subject, _), at in zip(manifests, moments, strict=True):
        after, noted = bisect_right(moments, at), told.accounted.get(subject, "")
        if after == len(moments) or noted is None:
            continue
        if not noted:
            gone.append(subject)
        elif _later(moments[after], noted):
            late.append(subject)
    if gone:
        yield f"The ledger has no entry of {_some(gone)}, and more was done since."
    if late:
        yield f"The ledger was begun anew: what it has of {_some(late)} was written long after it was done."


def _some(subjects: Sequence[str]) -> str:
    return ", ".join(subjects[:5]) + (f" and {len(subjects) - 5:,} more" if len(subjects) > 5 else "")


def _manifests(folder: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Subject and content, but of those that Clew made before it had a ledger: they name nobody."""
    for path in folder.glob("[IR][0-9]*.json"):
        try:
            read = orjson.loads(path.read_bytes())
        except orjson.JSONDecodeError:
            continue  # the entry has the digest of what was written
        if isinstance(read, dict) and read.get("who") and read.get("at"):
            yield f"{_NAMES[path.stem[0]]} {path.stem}", read


def _later(first: str, then: str, by: timedelta = timedelta()) -> bool:
    try:
        return datetime.fromisoformat(then) - datetime.fromisoformat(first) > by
    except (ValueError, TypeError):  # the entry was changed, which is said elsewhere
        return False
