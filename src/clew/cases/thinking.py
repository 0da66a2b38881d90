"""What people think in a case: notes, hypotheses with what speaks for and against them, tasks. Versions are only added.

What is thought stands apart from what is known (Directive (EU) 2016/680, Art. 7): exhibits are facts, these are not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from clew.cases import grading
from clew.cases.base import Casework
from clew.cases.opened import LETTERS, Opened, Paper, case_of, opened
from clew.cases.words import day, line, text
from clew.database.base import now
from clew.model.actor import Actor
from clew.model.errors import InputError

Belief = Literal["open", "supported", "rejected"]
BELIEFS: tuple[Belief, ...] = get_args(Belief)
Side = Literal["for", "against"]
MAX_STATEMENT, MOST_REFERENCES = 2_000, 50
_REFERENCE = re.compile(r"[A-Za-z0-9_.:-]{1,80}")
_PAPER = re.compile(r"C\d+-([A-Z])\d+")
_KINDS = {letter: kind for kind, letter in LETTERS.items()}


@dataclass(frozen=True)
class Note:
    """Something that somebody noted.

    Attributes:
        id: ``C1-N1``.
        text: in words.
        grading: 4×4 of the intelligence in it; empty where it is not graded.
        who, at: noted it, and when.
        version, changed_by, changed_at: of the newest wording.
    """

    id: str
    text: str
    grading: str
    who: str
    at: str
    version: int
    changed_by: str
    changed_at: str


@dataclass(frozen=True)
class Argument:
    """What speaks for or against a hypothesis.

    Attributes:
        side: for or against.
        text: in words.
        references: ids of the exhibits, findings or records it rests on.
        who, at: says so, and when.
    """

    side: Side
    text: str
    references: tuple[str, ...]
    who: str
    at: str


@dataclass(frozen=True)
class Hypothesis:
    """What may be the case.

    Attributes:
        id: ``C1-H1``.
        statement: what may be so.
        would_change: what would change our mind.
        state: open, supported or rejected, as people judge.
        reason: of that judgement.
        arguments: for and against, in the order in which they were given.
        who, at: stated it, and when.
        version, changed_by, changed_at: of the newest version.
    """

    id: str
    statement: str
    would_change: str
    state: Belief
    reason: str
    arguments: tuple[Argument, ...]
    who: str
    at: str
    version: int
    changed_by: str
    changed_at: str

    def speaking(self, side: Side) -> tuple[Argument, ...]:
        """The arguments of one side."""
        return tuple(argument for argument in self.arguments if argument.side == side)


@dataclass(frozen=True)
class Task:
    """Something to be done.

    Attributes:
        id: ``C1-T1``.
        what: in words.
        assignee: account that does it; empty for nobody yet.
        due: day; None where there is none.
        done_by, done_at: who did it, and when; empty while it is to be done.
        who, at: set it, and when.
        version, changed_by, changed_at: of the newest version.
    """

    id: str
    what: str
    assignee: str
    due: date | None
    done_by: str
    done_at: str
    who: str
    at: str
    version: int
    changed_by: str
    changed_at: str


def add_note(casework: Casework, actor: Actor, case_id: str, written: str, grade: str = "") -> Note:
    """Note something."""
    said = {"text": text(written, "a note"), "grading": grading.grading(grade)}
    with opened(casework, actor, case_id, change=True) as file:
        return _note(file.add("note", said))


def change_note(
    casework: Casework, actor: Actor, note_id: str, written: str | None = None, grade: str | None = None
) -> Note:
    """Word a note anew, or grade it; what is None stays, and so do the versions before."""
    with opened(casework, actor, case_of(note_id), change=True) as file:
        paper = file.paper("note", note_id)
        fields: dict[str, Any] = {} if written is None else {"text": text(written, "a note")}
        fields |= {} if grade is None else {"grading": grading.grading(grade)}
        return _note(file.change(paper, **fields))


def add_hypothesis(casework: Casework, actor: Actor, case_id: str, statement: str, would_change: str) -> Hypothesis:
    """State what may be the case, and what would change our mind about it."""
    said = {
        "statement": text(statement, "a statement", MAX_STATEMENT),
        "would_change": text(would_change, "what would change your mind", MAX_STATEMENT),
        "state": "open", "reason": "", "arguments": [],
    }  # fmt: skip
    with opened(casework, actor, case_id, change=True) as file:
        return _hypothesis(file.add("hypothesis", said))


def argue(
    casework: Casework, actor: Actor, hypothesis_id: str, side: str, written: str, references: Sequence[str] = ()
) -> Hypothesis:
    """Say what speaks for or against a hypothesis, and on what that rests.

    Raises:
        InputError: no such side, or a reference that is none.
        MissingError: an exhibit, note or person that the case does not have.
    """
    if side not in get_args(Side):
        raise InputError(f"{side[:20]!r} is no side.", "Say for or against.")
    if len(references) > MOST_REFERENCES:
        raise InputError(f"{len(references):,} references are too many.", f"Give up to {MOST_REFERENCES}.")
    with opened(casework, actor, case_of(hypothesis_id), change=True) as file:
        paper = file.paper("hypothesis", hypothesis_id)
        for reference in references:
            _check_reference(file, reference)
        said = {"side": side, "text": text(written, "an argument", MAX_STATEMENT), "references": list(references),
                "who": file.who, "at": now()}  # fmt: skip
        return _hypothesis(file.change(paper, arguments=[*paper.content["arguments"], said]))


def judge(casework: Casework, actor: Actor, hypothesis_id: str, state: str, reason: str) -> Hypothesis:
    """Judge a hypothesis: open, supported or rejected, with the reason."""
    if state not in BELIEFS:
        raise InputError(f"{state[:20]!r} is no state of a hypothesis.", f"States: {', '.join(BELIEFS)}.")
    with opened(casework, actor, case_of(hypothesis_id), change=True) as file:
        paper = file.paper("hypothesis", hypothesis_id)
        return _hypothesis(file.change(paper, state=state, reason=text(reason, "a reason", MAX_STATEMENT)))


def add_task(
    casework: Casework, actor: Actor, case_id: str, what: str, assignee: str = "", due: date | str | None = None
) -> Task:
    """Set a task."""
    said = {"what": text(what, "a task", MAX_STATEMENT), "assignee": line(assignee, "a name", needed=False),
            "due": _due(due), "done_by": "", "done_at": ""}  # fmt: skip
    with opened(casework, actor, case_id, change=True) as file:
        return _task(file.add("task", said))


def change_task(
    casework: Casework, actor: Actor, task_id: str, what: str | None = None, assignee: str | None = None,
    due: date | str | None = None,
) -> Task:  # fmt: skip
    """Change a task; what is None stays."""
    fields: dict[str, Any] = {} if what is None else {"what": text(what, "a task", MAX_STATEMENT)}
    fields |= {} if assignee is None else {"assignee": line(assignee, "a name", needed=False)}
    fields |= {} if due is None else {"due": _due(due)}
    with opened(casework, actor, case_of(task_id), change=True) as file:
        return _task(file.change(file.paper("task", task_id), **fields))


def finish_task(casework: Casework, actor: Actor, task_id: str, done: bool = True) -> Task:
    """Say that a task is done, or that it is not after all."""
    with opened(casework, actor, case_of(task_id), change=True) as file:
        paper = file.paper("task", task_id)
        if bool(paper.content["done_by"]) == done:
            raise InputError(f"{task_id} is {'done already' if done else 'still to be done'}.")
        return _task(file.change(paper, done_by=file.who if done else "", done_at=now() if done else ""))


def notes(casework: Casework, actor: Actor, case_id: str) -> list[Note]:
    """The notes of a case, to be looked at."""
    with opened(casework, actor, case_id) as file:
        file.log("view", f"case {case_id}", {"what": "notes"})
        return notes_in(file)


def note_versions(casework: Casework, actor: Actor, note_id: str) -> list[Note]:
    """Every wording of a note, the oldest first, to be looked at."""
    with opened(casework, actor, case_of(note_id)) as file:
        found = [_note(paper) for paper in file.history("note", note_id)]
        file.log("view", f"note {note_id}", {"what": "versions"})
        return found


def hypotheses(casework: Casework, actor: Actor, case_id: str) -> list[Hypothesis]:
    """The hypotheses of a case, to be looked at."""
    with opened(casework, actor, case_id) as file:
        file.log("view", f"case {case_id}", {"what": "hypotheses"})
        return hypotheses_in(file)


def tasks(casework: Casework, actor: Actor, case_id: str) -> list[Task]:
    """The tasks of a case, to be looked at."""
    with opened(casework, actor, case_id) as file:
        file.log("view", f"case {case_id}", {"what": "tasks"})
        return tasks_in(file)


def notes_in(file: Opened) -> list[Note]:
    """The notes of an opened case."""
    return [_note(paper) for paper in file.papers("note")]


def hypotheses_in(file: Opened) -> list[Hypothesis]:
    """The hypotheses of an opened case."""
    return [_hypothesis(paper) for paper in file.papers("hypothesis")]


def tasks_in(file: Opened) -> list[Task]:
    """The tasks of an opened case."""
    return [_task(paper) for paper in file.papers("task")]


def _check_reference(file: Opened, reference: str) -> None:
    if not _REFERENCE.fullmatch(reference):
        raise InputError(f"{reference[:40]!r} is no id.", "Give ids of exhibits, notes, findings or records.")
    paper = _PAPER.fullmatch(reference)
    if paper and paper[1] in _KINDS:
        file.paper(_KINDS[paper[1]], reference)


def _due(due: date | str | None) -> str | None:
    return day(due, "the day when a task is due").isoformat() if due else None


def _around(paper: Paper) -> dict[str, Any]:
    return {
        "id": paper.id, "who": paper.first_who, "at": paper.first_at, "version": paper.version,
        "changed_by": paper.who, "changed_at": paper.at,
    }  # fmt: skip


def _note(paper: Paper) -> Note:
    return Note(**paper.content, **_around(paper))


def _hypothesis(paper: Paper) -> Hypothesis:
    given = [Argument(**said | {"references": tuple(said["references"])}) for said in paper.content["arguments"]]
    return Hypothesis(**paper.content | {"arguments": tuple(given)}, **_around(paper))


def _task(paper: Paper) -> Task:
    due = paper.content["due"]
    return Task(**paper.content | {"due": date.fromisoformat(due) if due else None}, **_around(paper))
