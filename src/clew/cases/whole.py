"""A whole case at once: cover, exhibits, and what people wrote in it."""

from __future__ import annotations

from dataclasses import dataclass

from clew.cases.base import Casework
from clew.cases.exhibit import Exhibit, exhibits_in
from clew.cases.head import Case
from clew.cases.opened import Opened, held, opened
from clew.cases.people import Person, people_in
from clew.cases.thinking import Hypothesis, Note, Task, hypotheses_in, notes_in, tasks_in
from clew.model.actor import Actor


@dataclass(frozen=True)
class WholeCase:
    """Everything in a case but the bytes of its exhibits and its approvals."""

    case: Case
    exhibits: tuple[Exhibit, ...]
    people: tuple[Person, ...]
    notes: tuple[Note, ...]
    hypotheses: tuple[Hypothesis, ...]
    tasks: tuple[Task, ...]


def read(casework: Casework, actor: Actor, case_id: str) -> WholeCase:
    """A case, to be looked at: one view in the ledger.

    Raises:
        MissingError: it is not a case of theirs.
    """
    with opened(casework, actor, case_id) as file:
        file.log("view", f"case {case_id}", {"what": "all"})
        return _whole(file)


def read_held(casework: Casework, case_id: str) -> WholeCase:
    """A case, for Clew's own work: nobody is asked and nothing written down, as the work itself will be."""
    with held(casework, case_id) as file:
        return _whole(file)


def _whole(file: Opened) -> WholeCase:
    return WholeCase(
        file.case, tuple(exhibits_in(file)), tuple(people_in(file)), tuple(notes_in(file)),
        tuple(hypotheses_in(file)), tuple(tasks_in(file)),
    )  # fmt: skip
