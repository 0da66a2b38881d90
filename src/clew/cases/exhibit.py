"""What an exhibit is: what is said when it is brought in, and how it stands now."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, get_args

from clew.cases.grading import Code, Tlp
from clew.cases.opened import Opened, Paper, case_of
from clew.vault.store import Digests

Kind = Literal["network", "record", "file", "capture"]
KINDS: tuple[Kind, ...] = get_args(Kind)

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class About:
    """What is said of an exhibit when it is brought in.

    Attributes:
        name: what to call it: the name of a file, a network's id, the address of a page.
        kind: network, record, file or capture.
        media_type: of the bytes.
        whence: where it was taken from: path or address, as given.
        how: tool and version.
        facts: label and value of what is known of the bytes.
        faults: what is wrong with them, a sentence each.
        why: it was brought in.
        run: the run it comes from; empty where there is none.
        grading: 4×4, such as ``B3``; empty where it is not graded.
        handling, conditions, tlp: as of the case where empty.
        expected: digests by which the bytes were known before; others are refused.
    """

    name: str
    kind: Kind
    media_type: str
    whence: str
    how: str
    facts: Facts = ()
    faults: tuple[str, ...] = ()
    why: str = ""
    run: str = ""
    grading: str = ""
    handling: str = ""
    conditions: str = ""
    tlp: str = ""
    expected: tuple[str, str] | None = None


@dataclass(frozen=True)
class Exhibit:
    """An exhibit as it stands now.

    Attributes:
        id: ``C1-E3``.
        case_id: the case.
        part_of: the exhibit with which it was brought in, whose records refer to it; empty where it stands alone.
        name, kind, media_type, whence, how, facts, faults, why, run: see `About`.
        sha256, blake2b, size: of the original bytes.
        grading, handling, conditions, tlp: see `clew.cases.grading`.
        shows: ids of the persons of the case that it shows.
        cleared_by, cleared_at: who looked at it and found that it shows no protected person, and when; empty if nobody.
        withdrawn: why it is no longer relied on; empty while it is.
        who, at: brought it in, and when.
        version: of what is said about it; the bytes never change.
    """

    id: str
    case_id: str
    part_of: str
    name: str
    kind: Kind
    media_type: str
    whence: str
    how: str
    facts: Facts
    faults: tuple[str, ...]
    why: str
    run: str
    sha256: str
    blake2b: str
    size: int
    grading: str
    handling: Code
    conditions: str
    tlp: Tlp
    shows: tuple[str, ...]
    cleared_by: str
    cleared_at: str
    withdrawn: str
    who: str
    at: str
    version: int

    @property
    def digests(self) -> Digests:
        """What names its bytes in the vault."""
        return Digests(self.sha256, self.blake2b, self.size)


_OWN = {"id", "case_id", "who", "at", "version"}  # what the paper around it knows
STORED = tuple(field.name for field in fields(Exhibit) if field.name not in _OWN)


def exhibits_in(file: Opened) -> list[Exhibit]:
    """The exhibits of an opened case."""
    return [exhibit_of(paper) for paper in file.papers("exhibit")]


def exhibit_of(paper: Paper) -> Exhibit:
    """What a paper says, as an exhibit."""
    said = dict(paper.content)
    said |= {"facts": tuple((label, value) for label, value in said["facts"])}
    said |= {name: tuple(said[name]) for name in ("faults", "shows")}
    return Exhibit(
        id=paper.id, case_id=case_of(paper.id), who=paper.first_who, at=paper.first_at, version=paper.version, **said
    )
