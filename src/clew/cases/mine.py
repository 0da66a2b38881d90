"""What a person's cases ask for: tasks and approvals; and in which of them something is an exhibit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from clew.access.roles import may, need
from clew.cases.approvals import Approval, approvals_in
from clew.cases.base import Casework
from clew.cases.exhibit import Exhibit, exhibits_in
from clew.cases.head import Case, number_of, read_case, read_cases
from clew.cases.opened import Opened, count_versions, sees
from clew.cases.thinking import Task, tasks_in
from clew.database.base import write
from clew.ledger.entry import Deed
from clew.ledger.log import append
from clew.model.actor import Actor
from clew.vault.keys import case_key


@dataclass(frozen=True)
class Mine:
    """A case of somebody's, and what it asks for.

    Attributes:
        case: its cover.
        exhibits: how many it has, without those that came with another.
        tasks: that are still to be done, the first due first.
        waiting: what others asked for and this person may answer.
    """

    case: Case
    exhibits: int
    tasks: tuple[Task, ...]
    waiting: tuple[Approval, ...]


@dataclass(frozen=True)
class Holding:
    """An exhibit of a network or record in a case of somebody's."""

    case: Case
    exhibit: str
    at: str


class _Listed(NamedTuple):
    """What the exhibits of a case are, which takes long to unseal; see `_exhibits`."""

    versions: int
    many: int
    frozen: dict[tuple[str, str], tuple[str, str]]  # kind and id, to the exhibit and when it was brought in


_LISTED: WeakKeyDictionary[Casework, dict[str, _Listed]] = WeakKeyDictionary()


def mine(casework: Casework, actor: Actor) -> list[Mine]:
    """Somebody's cases, the open ones first, then as they were opened; of all cases for a supervisor."""
    need(actor, "work")
    with write(casework.db) as connection:
        versions = count_versions(connection, "exhibit")
        found = [
            _mine(case, file, actor, _exhibits(casework, connection, case.id, versions).many)
            if file
            else Mine(case, 0, (), ())
            for case, file in _theirs(casework, connection, actor)
        ]
        append(connection, actor, Deed("view", "cases", {"cases": [one.case.id for one in found]}))
    return sorted(found, key=lambda one: (one.case.state != "open", one.case.state == "erased"))


def holdings(casework: Casework, actor: Actor, kind: str, name: str) -> list[Holding]:
    """In which of somebody's cases a network or a record is an exhibit.

    It tells them nothing of a case but that, and the page that asks writes down what it shows.

    Args:
        casework, actor: what and who.
        kind: network or record.
        name: its id.
    """
    if not may(actor, "work"):
        return []
    found = []
    with casework.db.connect() as connection:
        versions = count_versions(connection, "exhibit")
        for case_id in sorted(versions, key=lambda case_id: number_of(case_id) or 0):
            one = _exhibits(casework, connection, case_id, versions).frozen.get((kind, name))
            case = read_case(connection, casework.keys, case_id) if one else None
            if one and case is not None and case.state != "erased" and sees(actor, case):
                found.append(Holding(case, *one))
    return found


def _exhibits(casework: Casework, connection: sa.Connection, case_id: str, versions: Mapping[str, int]) -> _Listed:
    """What the exhibits of a case are; unsealed once, and again when something was added."""
    known = _LISTED.setdefault(casework, {})
    now = versions.get(case_id, 0)
    listed = known.get(case_id)
    if listed is None or listed.versions != now:
        case = read_case(connection, casework.keys, case_id)
        found: list[Exhibit] = []
        if case is not None and case.state != "erased":
            file = Opened(connection, case, case_key(connection, casework.keys, case_id), None)
            found = [exhibit for exhibit in exhibits_in(file) if not exhibit.part_of]
        frozen: dict[tuple[str, str], tuple[str, str]] = {}
        for e in found:
            if e.kind in ("network", "record") and not e.withdrawn:
                frozen[e.kind, dict(e.facts).get(e.kind.capitalize(), "")] = (e.id, e.at)
        listed = known[case_id] = _Listed(now, len(found), frozen)
    return listed


def _theirs(casework: Casework, connection: sa.Connection, actor: Actor) -> Iterator[tuple[Case, Opened | None]]:
    """Somebody's cases, opened as far as they were not erased."""
    keys = casework.keys
    for case in read_cases(connection, keys):
        if sees(actor, case):
            there = case.state != "erased"
            yield case, Opened(connection, case, case_key(connection, keys, case.id), actor) if there else None


def _mine(case: Case, file: Opened, actor: Actor, exhibits: int) -> Mine:
    tasks = [task for task in tasks_in(file) if not task.done_by]
    waiting = [a for a in approvals_in(file) if a.state == "asked" and a.asked_by != actor.name]
    return Mine(
        case, exhibits, tuple(sorted(tasks, key=lambda task: (task.due or date.max, task.id))),
        tuple(waiting) if may(actor, "oversee") else (),
    )  # fmt: skip
