"""Cases: opened with a purpose, a legal basis and a day until which they are kept; changed, closed, erased.

Functions that hand out what a case says write a view into the ledger. What is only checked (`clew.cases.opened.sees`)
or read for Clew's own work (`clew.cases.opened.held`) is no view.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime

import sqlalchemy as sa

from clew.access import accounts
from clew.access.roles import may, need
from clew.cases import grading
from clew.cases.base import Casework
from clew.cases.custody import entries_of
from clew.cases.head import (
    SEALED,
    Case,
    next_number,
    read_case,
    read_cases,
    read_versions,
    write_case,
    write_erased,
    write_member,
)  # fmt: skip
from clew.cases.opened import Opened, erase_papers, opened, sees
from clew.cases.words import day, line
from clew.database.base import now, write
from clew.ledger.entry import Deed
from clew.ledger.log import Wanted, append
from clew.model.actor import Actor
from clew.model.errors import DeniedError, InputError, MissingError
from clew.vault.keys import destroy_case_key, new_case_key

MAX_PURPOSE, MAX_ACCOUNT = 2_000, 80
MOST_YEARS = 30  # for which a case is kept, unless it is put off
_TRIES = 100  # of those who open a case at the same moment one succeeds at each try
_UNTIL = "the day until which a case is kept"


def open_case(
    casework: Casework,
    actor: Actor,
    name: str,
    purpose: str,
    legal_basis: str,
    retain_until: date | str,
    handling: str = "H0",
    conditions: str = "",
    tlp: str = "AMBER",
) -> Case:
    """Open a case, of which the actor becomes the owner.

    Raises:
        InputError: something is missing, no code, or the day is past or too far ahead.
    """
    need(actor, "work")
    code, told = grading.handling(handling, conditions)
    case = Case(
        id="", version=1, name=line(name, "a name"), purpose=line(purpose, "a purpose", MAX_PURPOSE),
        legal_basis=line(legal_basis, "a legal basis", MAX_PURPOSE), owner=actor.name, members=(), handling=code,
        conditions=told, tlp=grading.tlp(tlp), retain_until=_until(retain_until), state="open", why="opened",
        who=actor.name, at=now(),
    )  # fmt: skip
    keys = casework.keys
    for _ in range(_TRIES):
        try:
            with write(casework.db) as connection:
                made = replace(case, id=f"C{next_number(connection)}", at=now())
                sealed = write_case(connection, new_case_key(connection, keys, made.id), made)
                details = {"version": 1, "sealed": sealed, "retain_until": made.retain_until.isoformat(),
                           "handling": made.handling}  # fmt: skip
                append(connection, actor.within(made.id, actor.why or made.purpose),
                       Deed("change", f"case {made.id}", details))  # fmt: skip
                return made
        except sa.exc.IntegrityError:  # somebody opened another at the same moment
            continue
    raise InputError("Others are opening cases at this moment.", "Try again.")


def find(casework: Casework, actor: Actor, case_id: str) -> Case:
    """The cover of a case, to be looked at.

    Raises:
        MissingError: it is not a case of theirs.
    """
    with opened(casework, actor, case_id) as file:
        file.log("view", f"case {case_id}", {"what": "cover"})
        return file.case


def all_of(casework: Casework, actor: Actor) -> list[Case]:
    """The covers of somebody's cases, in the order in which they were opened; of all cases for a supervisor."""
    need(actor, "work")
    keys = casework.keys
    with write(casework.db) as connection:
        found = [case for case in read_cases(connection, keys) if sees(actor, case)]
        append(connection, actor, Deed("view", "cases", {"cases": [case.id for case in found]}))
    return found


def versions(casework: Casework, actor: Actor, case_id: str) -> list[Case]:
    """Every version of the cover of a case, the oldest first."""
    with opened(casework, actor, case_id) as file:
        file.log("view", f"case {case_id}", {"what": "versions"})
        return read_versions(file.connection, casework.keys, case_id)


def change(
    casework: Casework,
    actor: Actor,
    case_id: str,
    why: str,
    *,
    name: str | None = None,
    purpose: str | None = None,
    legal_basis: str | None = None,
    owner: str | None = None,
    handling: str | None = None,
    conditions: str | None = None,
    tlp: str | None = None,
    retain_until: date | str | None = None,
) -> Case:
    """Change the cover of a case; what is None stays. It takes its owner or a supervisor, and a reason.

    Raises:
        DeniedError: the actor is neither.
        InputError: no reason, or a value that cannot be.
    """
    with _mine(casework, actor, case_id) as file:
        case = file.case
        code, told = case.handling, case.conditions
        if handling is not None or conditions is not None:
            kept = told if conditions is None else conditions
            code, told = grading.handling(handling or code, kept)
        made = replace(
            case,
            name=case.name if name is None else line(name, "a name"),
            purpose=case.purpose if purpose is None else line(purpose, "a purpose", MAX_PURPOSE),
            legal_basis=case.legal_basis if legal_basis is None else line(legal_basis, "a legal basis", MAX_PURPOSE),
            owner=case.owner if owner is None else _account(file, owner),
            handling=code,
            conditions=told,
            tlp=case.tlp if tlp is None else grading.tlp(tlp),
            retain_until=case.retain_until if retain_until is None else _until(retain_until),
        )
        return _add(file, made, why)


def close(casework: Casework, actor: Actor, case_id: str, why: str) -> Case:
    """Close a case: it can be read and exported, not changed."""
    with _mine(casework, actor, case_id) as file:
        return _add(file, replace(file.case, state="closed"), why)


def reopen(casework: Casework, actor: Actor, case_id: str, why: str) -> Case:
    """Open a closed case again."""
    with _mine(casework, actor, case_id, closed=True) as file:
        if file.case.state == "open":
            raise InputError(f"{case_id} is open.")
        return _add(file, replace(file.case, state="open"), why)


def add_member(casework: Casework, actor: Actor, case_id: str, name: str, why: str = "") -> Case:
    """Let somebody work in a case."""
    with _mine(casework, actor, case_id) as file:
        name = _account(file, name)
        if name in (file.case.owner, *file.case.members):
            raise InputError(f"{name} belongs to {case_id} already.")
        return _member(file, name, True, why)


def remove_member(casework: Casework, actor: Actor, case_id: str, name: str, why: str = "") -> Case:
    """Let somebody work in a case no longer."""
    with _mine(casework, actor, case_id) as file:
        if name not in file.case.members:
            hint = "Name another owner first." if name == file.case.owner else ""
            raise InputError(f"{name[:MAX_ACCOUNT]} is no member of {case_id}.", hint)
        return _member(file, name, False, why)


def expired(casework: Casework, today: date) -> list[Case]:
    """Cases that should have been erased by now; for Clew's own work.

    By the day that the ledger knows: one that somebody wrote into the database erases nothing.
    """
    with casework.db.connect() as connection:
        found = [case for case in read_cases(connection, casework.keys) if case.state != "erased"]
        return [case for case in found if _said_until(connection, case.id) < today.isoformat()]


def _said_until(connection: sa.Connection, case_id: str) -> str:
    """The day until which a case is kept, by its newest entry that says so; never where none does."""
    entries = entries_of(connection, Wanted(case_id=case_id, act="change", subject=f"case {case_id}"))
    said = (entry.facts().get("retain_until") for entry in entries)
    return next((str(day) for day in said if day), date.max.isoformat())


def erase_rows(connection: sa.Connection, casework: Casework, actor: Actor, case_id: str) -> Case:
    """Erase what the database has of a case: texts, papers, members, its key. The cover stays, empty.

    For `clew.keeping.retention`, which erases the bytes, the private parts of the ledger, and writes down why.

    Raises:
        MissingError: there is no such case, or it was erased before.
    """
    case = read_case(connection, casework.keys, case_id)
    if case is None or case.state == "erased":
        raise MissingError(f"{case_id[:20]} was erased." if case else f"There is no case {case_id[:20]!r}.")
    made = replace(case, version=case.version + 1, state="erased", who=actor.name, at=now())
    erase_papers(connection, case_id)
    write_erased(connection, made)
    destroy_case_key(connection, case_id)
    return replace(made, name="", purpose="", legal_basis="", conditions="", why="", members=())


@contextmanager
def _mine(casework: Casework, actor: Actor, case_id: str, *, closed: bool = False) -> Iterator[Opened]:
    """Open a case for its owner or a supervisor, to be changed."""
    with opened(casework, actor, case_id, change=not closed) as file:
        if actor.name != file.case.owner and not may(actor, "oversee"):
            raise DeniedError(f"Only {file.case.owner}, who owns {case_id}, or a supervisor may do that.")
        yield file


def _add(file: Opened, made: Case, why: str) -> Case:
    """Add a version of the cover."""
    before, why = file.case, line(why, "a reason")
    names = (*SEALED, "owner", "state", "retain_until")
    fields = [name for name in names if name != "why" and getattr(made, name) != getattr(before, name)]
    if not fields:
        raise InputError("Nothing of it would change.")
    made = replace(made, version=before.version + 1, why=why, who=file.who, at=now())
    sealed = write_case(file.connection, file.key, made)
    details = {"version": made.version, "sealed": sealed, "fields": fields, "state": made.state, "owner": made.owner,
               "retain_until": made.retain_until.isoformat()}  # fmt: skip
    file.log("change", f"case {made.id}", details, {"reason": why})
    return made


def _member(file: Opened, name: str, belongs: bool, why: str) -> Case:
    write_member(file.connection, file.case.id, name, belongs, file.who)
    reason = {"reason": line(why, "a reason", needed=False)}
    file.log("change", f"case {file.case.id}", {"member": name, "belongs": belongs}, reason)
    others = tuple(member for member in file.case.members if member != name)
    return replace(file.case, members=(*others, name) if belongs else others)


def _account(file: Opened, name: str) -> str:
    """The name of an account; any name where there are no accounts yet."""
    if accounts.count(file.connection):
        return str(accounts.existing(file.connection, name).name)
    return line(name, "the name of an account", MAX_ACCOUNT)


def _until(written: date | str) -> date:
    found, today = day(written, _UNTIL), datetime.now(UTC).date()
    if found < today:
        raise InputError(f"{found} is past.", "Name the day after which the case is to be erased.")
    if found.year > today.year + MOST_YEARS:
        raise InputError(
            f"{found} is more than {MOST_YEARS} years ahead: personal data is kept no longer than it is needed.",
            "Name an earlier day; it can be put off when it comes near.",
        )
    return found
