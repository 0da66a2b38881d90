"""Persons in a case: what they are in it, how they are known, and the pseudonym that stands for them outside of it.

Who is a victim or a minor is protected, whatever else they are: in whatever leaves the case they stand under their
pseudonym, until a supervisor releases them on the request of another person.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple, get_args

from clew.access.roles import need
from clew.cases import grading
from clew.cases.approvals import Approval, answer_in, ask_in, granted_to_another
from clew.cases.base import Casework
from clew.cases.identifiers import canonical
from clew.cases.opened import Opened, Paper, case_of, held_all, opened
from clew.cases.words import line
from clew.database.base import now
from clew.model.actor import Actor
from clew.model.errors import DeniedError, InputError

Category = Literal["suspect", "convicted", "victim", "witness", "contact"]
CATEGORIES: dict[Category, str] = {  # Directive (EU) 2016/680, Art. 6
    "suspect": "there are serious grounds to believe that they have committed or are about to commit a crime",
    "convicted": "convicted of a crime",
    "victim": "victim of a crime, or there are facts that give reason to believe so",
    "witness": "may be called to testify, or can give information",
    "contact": "contact or associate of a suspect or convicted person",
}
MAX_NAME, MOST_NAMES, MAX_ROLE = 200, 50, 2_000
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is read for another
_LENGTH = 6


class Protected(NamedTuple):
    """Somebody who stands under a pseudonym in everything that leaves Clew."""

    person_id: str
    case_id: str
    pseudonym: str
    names: tuple[str, ...]
    identifiers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Release:
    """That a protected person may be shown by name: who asked, who granted it, when and why."""

    asked_by: str
    by: str
    at: str
    why: str


@dataclass(frozen=True)
class Person:
    """A person in a case.

    Attributes:
        id: ``C1-P2``.
        case_id: the case.
        pseudonym: stands for them outside of the case; drawn at random, the same for good.
        names: as known; the first one is used on screens.
        identifiers: type and canonical value: ``phone``, ``+31612345678``.
        categories: of data subjects; may be several.
        minor: is, or may be, under 18.
        role: what they do or did, in words.
        grading: 4×4 of what is said here; empty where it is not graded.
        release: None while there is none.
        who, at: added them, and when.
        version, changed_by, changed_at: of the newest version.
    """

    id: str
    case_id: str
    pseudonym: str
    names: tuple[str, ...]
    identifiers: tuple[tuple[str, str], ...]
    categories: tuple[Category, ...]
    minor: bool
    role: str
    grading: str
    release: Release | None
    who: str
    at: str
    version: int
    changed_by: str
    changed_at: str

    @property
    def vulnerable(self) -> bool:
        """Is it a victim or a minor?"""
        return self.minor or "victim" in self.categories

    @property
    def protected(self) -> bool:
        """Do they stand under their pseudonym in everything that leaves the case?"""
        return self.vulnerable and self.release is None


def add(
    casework: Casework, actor: Actor, case_id: str, names: Sequence[str], categories: Sequence[str], *,
    identifiers: Sequence[tuple[str, str]] = (), minor: bool = False, role: str = "", grade: str = "",
) -> Person:  # fmt: skip
    """Add a person.

    Raises:
        InputError: no name, no such category, or something is too long.
    """
    said: dict[str, Any] = {
        "names": _names(names), "categories": _categories(categories), "identifiers": _identifiers(identifiers),
        "minor": minor, "role": line(role, "a role", MAX_ROLE, needed=False), "grading": grading.grading(grade),
        "release": None,
    }  # fmt: skip
    with opened(casework, actor, case_id, change=True) as file:
        taken = {paper.content["pseudonym"] for paper in file.papers("person")}
        mark = "V" if minor or "victim" in said["categories"] else "P"
        return person_of(file.add("person", {"pseudonym": _pseudonym(mark, taken), **said}))


def change(
    casework: Casework, actor: Actor, person_id: str, *, names: Sequence[str] | None = None,
    categories: Sequence[str] | None = None, identifiers: Sequence[tuple[str, str]] | None = None,
    minor: bool | None = None, role: str | None = None, grade: str | None = None,
) -> Person:  # fmt: skip
    """Change what is known of a person; what is None stays.

    Raises:
        DeniedError: it would uncover a protected person, which takes four eyes: they have to be released first.
    """
    fields: dict[str, Any] = {} if names is None else {"names": _names(names)}
    fields |= {} if categories is None else {"categories": _categories(categories)}
    fields |= {} if identifiers is None else {"identifiers": _identifiers(identifiers)}
    fields |= {} if minor is None else {"minor": minor}
    fields |= {} if role is None else {"role": line(role, "a role", MAX_ROLE, needed=False)}
    fields |= {} if grade is None else {"grading": grading.grading(grade)}
    with opened(casework, actor, case_of(person_id), change=True) as file:
        paper = file.paper("person", person_id)
        before = person_of(paper)
        if not before.vulnerable:
            fields["release"] = None  # who becomes a victim is protected, whatever was granted before
        made = person_of(file.change(paper, **fields))
        if before.protected and not made.protected:
            raise DeniedError(
                f"{person_id} is protected, and that would uncover them.",
                f"Have them released first: clew case ask {person_id} --why …",
            )
        return made


def ask_release(casework: Casework, actor: Actor, person_id: str, why: str) -> Approval:
    """Ask that a protected person may be shown by name.

    Raises:
        InputError: they are not protected.
    """
    with opened(casework, actor, case_of(person_id)) as file:
        person = person_of(file.paper("person", person_id))
        if not person.protected:
            raise InputError(f"{person_id} is not protected, so there is nothing to release.")
        return ask_in(file, "release", why, person_id)


def release(casework: Casework, actor: Actor, approval_id: str, why: str) -> Person:
    """Release the person for whom another person asked; it takes a supervisor, and a reason.

    Raises:
        DeniedError: no supervisor, or the one who asked.
        InputError: no reason; it was answered; its time is over.
    """
    need(actor, "oversee")
    with opened(casework, actor, case_of(approval_id)) as file:
        asked = granted_to_another(file, approval_id, "release")
        reason = line(why, "a reason")
        paper = file.paper("person", asked.content["subject"])
        answer_in(file, asked, "used", reason)
        given = Release(asked.first_who, file.who, now(), reason)
        return person_of(file.change(paper, "decide", release=asdict(given)))


def revoke(casework: Casework, actor: Actor, person_id: str, why: str) -> Person:
    """Take a release back: from now on they are protected again. Anybody in the case may."""
    with opened(casework, actor, case_of(person_id)) as file:
        paper = file.paper("person", person_id)
        if paper.content["release"] is None:
            raise InputError(f"{person_id} is not released.")
        file.log("decide", f"person {person_id}", {"release": "revoked"}, {"reason": line(why, "a reason")})
        return person_of(file.change(paper, "decide", release=None))


def all_of(casework: Casework, actor: Actor, case_id: str) -> list[Person]:
    """The persons of a case, to be looked at."""
    with opened(casework, actor, case_id) as file:
        file.log("view", f"case {case_id}", {"what": "persons"})
        return people_in(file)


def people_in(file: Opened) -> list[Person]:
    """The persons of an opened case."""
    return [person_of(paper) for paper in file.papers("person")]


def protected(casework: Casework) -> list[Protected]:
    """Who is protected in any case that was not erased; for Clew's own work, which hides them in what leaves it.

    With every name and identifier by which they were ever known: a correction uncovers nobody.
    """
    found = list[Protected]()
    for file in held_all(casework):
        for papers in file.histories("person"):
            versions = [person_of(paper) for paper in reversed(papers)]
            person = versions[0]
            if person.protected:
                names = tuple(dict.fromkeys(name for one in versions for name in one.names))
                known = tuple(dict.fromkeys(pair for one in versions for pair in one.identifiers))
                found.append(Protected(person.id, person.case_id, person.pseudonym, names, known))
    return found


def person_of(paper: Paper) -> Person:
    """What a paper says, as a person."""
    said = dict(paper.content)
    said |= {"names": tuple(said["names"]), "categories": tuple(said["categories"])}
    said |= {"identifiers": tuple((kind, value) for kind, value in said["identifiers"])}
    said |= {"release": Release(**said["release"]) if said["release"] else None}
    return Person(
        id=paper.id, case_id=case_of(paper.id), who=paper.first_who, at=paper.first_at, version=paper.version,
        changed_by=paper.who, changed_at=paper.at, **said,
    )  # fmt: skip


def _pseudonym(mark: str, taken: Iterable[str]) -> str:
    """Such as ``V-7K2Q9D``: it says nothing of who it is."""
    while True:
        drawn = f"{mark}-" + "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        if drawn not in taken:
            return drawn


def _names(names: Sequence[str]) -> list[str]:
    found = list(dict.fromkeys(line(name, "a name", MAX_NAME) for name in names))
    if not found or len(found) > MOST_NAMES:
        raise InputError(f"{len(found)} names are given.", f"Give at least one, up to {MOST_NAMES}.")
    return found


def _categories(categories: Sequence[str]) -> list[str]:
    if unknown := next((name for name in categories if name not in get_args(Category)), None):
        raise InputError(f"{unknown[:20]!r} is no category of persons.", f"Categories: {', '.join(CATEGORIES)}.")
    if not categories:
        raise InputError("It takes a category of persons.", f"Categories: {', '.join(CATEGORIES)}.")
    return [name for name in CATEGORIES if name in categories]


def _identifiers(identifiers: Sequence[tuple[str, str]]) -> list[list[str]]:
    if len(identifiers) > MOST_NAMES:
        raise InputError(f"{len(identifiers)} identifiers are too many.", f"Give up to {MOST_NAMES}.")
    return [list(pair) for pair in dict.fromkeys(canonical(kind, value) for kind, value in identifiers)]
