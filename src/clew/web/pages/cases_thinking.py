"""What people think in a case: notes, hypotheses, tasks."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter
from fastapi.responses import Response

from clew.cases import thinking
from clew.cases.thinking import BELIEFS
from clew.web.access import access
from clew.web.pages.cases_frame import Failed, Place, ThePlace, TheTyped, grading_of, own

router = APIRouter(prefix="/cases/{case_id}")


@router.get("/notes")
@access("work", purpose="none")
def notes(place: ThePlace) -> Response:
    """Its notes, the newest first."""
    return place.shown("Notes")


@router.post("/notes")
@access("work", purpose="none")
def add_note(place: ThePlace, typed: TheTyped) -> Response:
    """Note something."""

    def add() -> object:
        return thinking.add_note(place.casework, place.who, place.case_id, typed["text"], grading_of(typed))

    return place.done("note", typed, add, _again(place, "Notes"), "/notes")


@router.post("/notes/change")
@access("work", purpose="none")
def change_note(place: ThePlace, typed: TheTyped) -> Response:
    """Word one anew; how it was worded before stays."""
    note = own(place, typed["note"])

    def change() -> object:
        return thinking.change_note(place.casework, place.who, note, typed["text"], grading_of(typed))

    return place.done(note, typed, change, _again(place, "Notes"), f"/notes#{note}")


@router.get("/notes/{note_id}")
@access("work", purpose="none")
def note_versions(place: ThePlace, note_id: str) -> Response:
    """Every wording of a note."""
    found = thinking.note_versions(place.casework, place.who, own(place, note_id))
    return place.shown("Notes", lambda whole: {"wordings": found[::-1]}, template="cases/note.html")


@router.get("/hypotheses")
@access("work", purpose="none")
def hypotheses(place: ThePlace) -> Response:
    """What may be the case, and what speaks for and against it."""
    return place.shown("Hypotheses", lambda whole: {"beliefs": BELIEFS})


@router.post("/hypotheses")
@access("work", purpose="none")
def add_hypothesis(place: ThePlace, typed: TheTyped) -> Response:
    """State what may be the case."""

    def add() -> object:
        return thinking.add_hypothesis(
            place.casework, place.who, place.case_id, typed["statement"], typed["would_change"]
        )

    return place.done("hypothesis", typed, add, _again(place, "Hypotheses"), "/hypotheses")


@router.post("/hypotheses/argue")
@access("work", purpose="none")
def argue(place: ThePlace, typed: TheTyped) -> Response:
    """Say what speaks for or against one."""
    one = own(place, typed["hypothesis"])
    on = [word for word in typed["references"].replace(",", " ").split() if word]

    def say() -> object:
        return thinking.argue(place.casework, place.who, one, typed["side"], typed["text"], on)

    return place.done(f"{one} {typed['side']}", typed, say, _again(place, "Hypotheses"), f"/hypotheses#{one}")


@router.post("/hypotheses/judge")
@access("work", purpose="none")
def judge(place: ThePlace, typed: TheTyped) -> Response:
    """Judge one."""
    one = own(place, typed["hypothesis"])

    def say() -> object:
        return thinking.judge(place.casework, place.who, one, typed["state"], typed["reason"])

    return place.done(f"{one} judge", typed, say, _again(place, "Hypotheses"), f"/hypotheses#{one}")


@router.get("/tasks")
@access("work", purpose="none")
def tasks(place: ThePlace) -> Response:
    """What is to be done, the first due first, and what was done."""
    return place.shown("Tasks")


@router.post("/tasks")
@access("work", purpose="none")
def add_task(place: ThePlace, typed: TheTyped) -> Response:
    """Set a task."""

    def add() -> object:
        return thinking.add_task(
            place.casework, place.who, place.case_id, typed["what"], typed["assignee"], typed["due"] or None
        )

    return place.done("task", typed, add, _again(place, "Tasks"), "/tasks")


@router.post("/tasks/done")
@access("work", purpose="none")
def finish_task(place: ThePlace, typed: TheTyped) -> Response:
    """Say that one is done, or that it is not after all."""
    one = own(place, typed["task"])

    def say() -> object:
        return thinking.finish_task(place.casework, place.who, one, typed["done"] == "1")

    return place.done("done", typed, say, _again(place, "Tasks"), "/tasks")


def _again(place: Place, tab: str) -> Callable[[Failed], Response]:
    return lambda wrong: place.shown(tab, lambda whole: {"beliefs": BELIEFS}, wrong)
