"""Exhibits: original bytes in the vault, and who brought them in, when, from where, how. Withdrawn, never deleted.

Bytes are put into the vault before the row is written that names them: a process that is killed in between leaves
sealed bytes that nothing names, never an exhibit without its bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from clew.cases import grading as grades
from clew.cases.base import Casework
from clew.cases.exhibit import KINDS, STORED, About, Exhibit, Facts, Kind, exhibit_of, exhibits_in
from clew.cases.opened import Opened, case_of, held, opened
from clew.cases.words import line
from clew.database.base import now
from clew.model.actor import Actor
from clew.model.errors import InputError, WorkspaceError
from clew.vault.store import Digests

MAX_WHENCE, MOST_FACTS, MAX_FACT = 4_000, 200, 2_000
_READ = 1 << 20

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
    try:
        kept = [(_checked(said), casework.vault.put(case_id, key, part)) for said, part in ((about, pieces), *parts)]
    except OSError as error:
        reason = error.strerror or str(error)
        raise WorkspaceError(f"The originals cannot be kept ({reason}).", "Make room, then add it again.") from error
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
    casework: Casework, actor: Actor, exhibit_id: str, *, grading: str | None = None, handling: str | None = None,
    conditions: str | None = None, tlp: str | None = None,
) -> Exhibit:  # fmt: skip
    """Grade an exhibit, or change how it may be handled; what is None stays."""
    with opened(casework, actor, case_of(exhibit_id), change=True) as file:
        paper = file.paper("exhibit", exhibit_id)
        said = paper.content
        kept = said["conditions"] if conditions is None else conditions
        code, told = grades.handling(handling or said["handling"], kept)
        graded = said["grading"] if grading is None else grades.grading(grading)
        label = said["tlp"] if tlp is None else grades.tlp(tlp)
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


def _checked(about: About) -> About:
    if about.kind not in KINDS:
        raise InputError(f"{about.kind[:20]!r} is no kind of exhibit.", f"Kinds: {', '.join(KINDS)}.")
    if len(about.facts) > MOST_FACTS:
        raise InputError(f"{len(about.facts):,} facts are too many for an exhibit.", f"Give up to {MOST_FACTS}.")
    if about.handling:
        grades.handling(about.handling, about.conditions)
    return replace(
        about,
        name=line(about.name, "a name"),
        whence=line(about.whence, "where it comes from", MAX_WHENCE),
        how=line(about.how, "how it was taken"),
        facts=tuple((label[:MAX_FACT], value[:MAX_FACT]) for label, value in about.facts),
        why=line(about.why, "a reason", needed=False),
        grading=grades.grading(about.grading),
        tlp=grades.tlp(about.tlp) if about.tlp else "",
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
    paper = file.add("exhibit", {name: said[name] for name in STORED}, "intake", **details)
    return exhibit_of(paper)
