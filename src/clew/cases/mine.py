"""What a person's cases ask for: tasks and approvals; and in which of them something is an exhibit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from clew.access.roles import may, need
from clew.cases.approvals import Approval, approvals_in
from clew.cases.base import Casework
from clew.cases.exhibit import exhibits_in
from clew.cases.head import Case, read_cases
from clew.cases.opened import Opened, sees
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


def mine(casework: Casework, actor: Actor) -> list[Mine]:
    """Somebody's cases, the open ones first, then as they were opened; of all cases for a supervisor."""
    need(actor, "work")
    with write(casework.db) as connection:
        found = [_mine(case, file, actor) for case, file in _theirs(casework, connection, actor)]
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
        for case, file in _theirs(casework, connection, actor):
            for exhibit in exhibits_in(file) if file else ():
                stands = exhibit.kind == kind and not exhibit.withdrawn and not exhibit.part_of
                if stands and dict(exhibit.facts).get(kind.capitalize()) == name:
                    found.append(Holding(case, exhibit.id, exhibit.at))
    return found


def _theirs(casework: Casework, connection: sa.Connection, actor: Actor) -> Iterator[tuple[Case, Opened | None]]:
    """Somebody's cases, opened as far as they were not erased."""
    keys = casework.keys
    for case in read_cases(connection, keys):
        if sees(actor, case):
            there = case.state != "erased"
            yield case, Opened(connection, case, case_key(connection, keys, case.id), actor) if there else None


def _mine(case: Case, file: Opened | None, actor: Actor) -> Mine:
    if file is None:
        return Mine(case, 0, (), ())
    tasks = [task for task in tasks_in(file) if not task.done_by]
    waiting = [a for a in approvals_in(file) if a.state == "asked" and a.asked_by != actor.name]
    return Mine(
        case, sum(not exhibit.part_of for exhibit in exhibits_in(file)),
        tuple(sorted(tasks, key=lambda task: (task.due is None, task.due, task.id))),
        tuple(waiting) if may(actor, "oversee") else (),
    )  # fmt: skip
