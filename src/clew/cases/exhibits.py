"""Exhibits: original bytes in the vault, and who brought them in, when, from where, how. Withdrawn, never deleted.

Bytes are put into the vault before the row is written that names them: a process that is killed in between leaves
sealed bytes that nothing names, never an exhibit without its bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

from clew.cases import grading
from clew.cases.base import Casework
from clew.cases.grading import Code, Tlp
from clew.cases.opened import Opened, Paper, case_of, held, opened
from clew.cases.words import line
from clew.database.base import now
from clew.model.actor import Actor
from clew.model.errors import InputError
from clew.vault.store import Digests

Kind = Literal["network", "record", "file", "capture"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MAX_WHENCE, MOST_FACTS, MAX_FACT = 4_000, 200, 2_000
_READ = 1 << 20

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


Piece = tuple[About, Iterable[bytes]]


def add(
    casework: Casework, actor: Actor, case_id: str, about: About, pieces: Iterable[bytes], parts: Iterable[Piece] = ()
) -> list[Exhibit]:
    """Bring in an exhibit, and with it what belongs to it (pictures of records); all or nothing.

    Returns:
        The exhibit, then its parts.

    Raises:
        InputError: the case is closed, holds it already, or the bytes are not those that were expected.
    """
    with opened(casework, actor, case_id, change=True) as file:
        key = file.key
    kept = [(_checked(said), casework.vault.put(case_id, key, bytes_)) for said, bytes_ in ((about, pieces), *parts)]
    for said, digests in kept:
        if said.expected and said.expected != (digests.sha256, digests.blake2b):
            raise InputError(f"{said.whence} changed while it was read.", "Add it again.")
    with opened(casework, actor, case_id, change=True) as file:
        _refuse_twin(file, *kept[0])
        first = _write(file, *kept[0], "")
        return [first, *(_write(file, said, digests, first.id) for said, digests in kept[1:])]


def add_file(
    casework: Casework, actor: Actor, case_id: str, path: Path, name: str, kind: Kind, whence: str, how: str,
    media_type: str, facts: Facts, **more: Any,
) -> Exhibit:  # fmt: skip
    """Bring in a file; ``more`` are further fields of `About`.

    Raises:
        InputError: it cannot be read, or see `add`.
    """
    about = About(name, kind, media_type, whence, how, facts, **more)
    return add(casework, actor, case_id, about, pieces_of(path))[0]


def pieces_of(path: Path) -> Iterator[bytes]:
    """The bytes of a file.

    Raises:
        InputError: it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            while piece := stream.read(_READ):
                yield piece
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from error


def all_of(casework: Casework, actor: Actor, case_id: str) -> list[Exhibit]:
    """The exhibits of a case, to be looked at."""
    with opened(casework, actor, case_id) as file:
        file.log("view", f"case {case_id}", {"what": "exhibits"})
        return exhibits_in(file)


def find(casework: Casework, actor: Actor, exhibit_id: str) -> Exhibit:
    """What is known of an exhibit, to be looked at."""
    with opened(casework, actor, case_of(exhibit_id)) as file:
        found = exhibit_of(file.paper("exhibit", exhibit_id))
        file.log("view", f"exhibit {found.id}", {"what": "about"})
        return found


def read(casework: Casework, actor: Actor, exhibit_id: str) -> Iterator[bytes]:
    """The original bytes of an exhibit, to be looked at: a piece at a time, checked against both digests at the end.

    The view is written down before the first piece is given.
    """
    with opened(casework, actor, case_of(exhibit_id)) as file:
        found, key = exhibit_of(file.paper("exhibit", exhibit_id)), file.key
        file.log("view", f"exhibit {found.id}", {"what": "original", "sha256": found.sha256, "bytes": found.size})
    return casework.vault.read(found.case_id, key, found.digests)


def original(casework: Casework, exhibit: Exhibit) -> Iterator[bytes]:
    """The original bytes, for Clew's own work."""
    with held(casework, exhibit.case_id) as file:
        key = file.key
    return casework.vault.read(exhibit.case_id, key, exhibit.digests)


def grade(
    casework: Casework, actor: Actor, exhibit_id: str, *, grading_: str | None = None, handling: str | None = None,
    conditions: str | None = None, tlp: str | None = None,
) -> Exhibit:  # fmt: skip
    """Grade an exhibit, or change how it may be handled; what is None stays."""
    with opened(casework, actor, case_of(exhibit_id), change=True) as file:
        paper = file.paper("exhibit", exhibit_id)
        said = paper.content
        kept = said["conditions"] if conditions is None else conditions
        code, told = grading.handling(handling or said["handling"], kept)
        graded = said["grading"] if grading_ is None else grading.grading(grading_)
        label = said["tlp"] if tlp is None else grading.tlp(tlp)
        made = file.change(paper, grading=graded, handling=code, conditions=told, tlp=label)
        return exhibit_of(made)


def mark(casework: Casework, actor: Actor, exhibit_id: str, persons: Sequence[str]) -> Exhibit:
    """Say which persons of the case an exhibit shows; what was cleared before is so no longer."""
    with opened(casework, actor, case_of(exhibit_id), change=True) as file:
        paper = file.paper("exhibit", exhibit_id)
        shown = sorted({file.paper("person", person).id for person in persons})
        return exhibit_of(file.change(paper, shows=shown, cleared_by="", cleared_at=""))


def clear(casework: Casework, actor: Actor, exhibit_id: str) -> Exhibit:
    """Say that one looked at an exhibit and it shows no protected person."""
    with opened(casework, actor, case_of(exhibit_id), change=True) as file:
        paper = file.paper("exhibit", exhibit_id)
        if shown := paper.content["shows"]:
            raise InputError(f"{exhibit_id} is marked to show {', '.join(shown)}.", "Take the mark away first.")
        seen = now()
        return exhibit_of(file.change(paper, cleared_by=file.who, cleared_at=seen))


def withdraw(casework: Casework, actor: Actor, exhibit_id: str, why: str) -> Exhibit:
    """Rely on an exhibit no longer; it stays, with the reason."""
    with opened(casework, actor, case_of(exhibit_id), change=True) as file:
        paper = file.paper("exhibit", exhibit_id)
        if paper.content["withdrawn"]:
            raise InputError(f"{exhibit_id} was withdrawn already.")
        return exhibit_of(file.change(paper, withdrawn=line(why, "a reason")))


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


_OWN = {"id", "case_id", "who", "at", "version"}  # what the paper around it knows
_STORED = tuple(field.name for field in fields(Exhibit) if field.name not in _OWN)


def _checked(about: About) -> About:
    if about.kind not in KINDS:
        raise InputError(f"{about.kind[:20]!r} is no kind of exhibit.", f"Kinds: {', '.join(KINDS)}.")
    if len(about.facts) > MOST_FACTS:
        raise InputError(f"{len(about.facts):,} facts are too many for an exhibit.", f"Give up to {MOST_FACTS}.")
    if about.handling:
        grading.handling(about.handling, about.conditions)
    return replace(
        about,
        name=line(about.name, "a name"),
        whence=line(about.whence, "where it comes from", MAX_WHENCE),
        how=line(about.how, "how it was taken"),
        facts=tuple((label[:MAX_FACT], value[:MAX_FACT]) for label, value in about.facts),
        why=line(about.why, "a reason", needed=False),
        grading=grading.grading(about.grading),
        tlp=grading.tlp(about.tlp) if about.tlp else "",
    )


def _refuse_twin(file: Opened, about: About, digests: Digests) -> None:
    """The same bytes from the same place are one exhibit, however often the command is given."""
    for known in exhibits_in(file):
        same = (known.sha256, known.kind, known.whence) == (digests.sha256, about.kind, about.whence)
        if same and not known.withdrawn and not known.part_of:
            raise InputError(f"{file.case.id} holds these bytes from there already, as {known.id}.")


def _write(file: Opened, about: About, digests: Digests, part_of: str) -> Exhibit:
    case = file.case
    code, told = (about.handling, about.conditions) if about.handling else (case.handling, case.conditions)
    said = asdict(about) | asdict(digests) | {
        "part_of": part_of, "handling": code, "conditions": told, "tlp": about.tlp or case.tlp,
        "shows": (), "cleared_by": "", "cleared_at": "", "withdrawn": "",
    }  # fmt: skip
    details = {"exhibit": about.kind, "sha256": digests.sha256, "blake2b": digests.blake2b, "bytes": digests.size,
               "media_type": about.media_type, "how": about.how, "run": about.run, "part_of": part_of}  # fmt: skip
    paper = file.add("exhibit", {name: said[name] for name in _STORED}, "intake", **details)
    return exhibit_of(paper)
