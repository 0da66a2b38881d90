"""Expand step by step: one record at a time, is this the same operation?"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi import Path as InPath
from fastapi.responses import RedirectResponse, Response

from clew.cases.exploration import MAX_TITLE, MOST_ANSWERS, add, undo
from clew.query.explore_says import WORDS
from clew.web.access import Who, access, note
from clew.web.csvfile import csv_file
from clew.web.desk import Desk, Reading, TheDesk
from clew.web.exploring import Answer, answer, exploring, start, tell
from clew.web.masking import TheMasks
from clew.web.page import render, wants_part

router = APIRouter(prefix="/explore")

Number = Annotated[int, InPath(ge=1, le=1_000_000_000)]
RecordId = Annotated[str, Form(max_length=32, pattern="^[0-9a-f]{32}$")]
Step = Annotated[int, Form(ge=1, le=MOST_ANSWERS + 1)]
Told = Annotated[int | None, Query(ge=0, le=1_000)]


@router.post("")
@access("decide")
def begin(
    desk: TheDesk,
    engine: Reading,
    who: Who,
    record: RecordId,
    network: Annotated[bool, Form()] = False,
    title: Annotated[str, Form(max_length=MAX_TITLE)] = "",
) -> Response:
    """Begin an exploration from a record, or from its whole network."""
    return RedirectResponse(f"/explore/{start(desk, engine, who, record, network, title).id}", 303)


@router.get("/{number}")
@access("read", "view", "exploration {number}")
def page(
    request: Request, desk: TheDesk, engine: Reading, number: Number, told: Told = None, waits: bool = False
) -> Response:
    """What was accepted, and the next question."""
    return _shown(request, desk, engine, number, "explore.html", told=told, waits=waits)


@router.post("/{number}/answers")
@access("decide", "view", "exploration {number}")
def answered(
    request: Request,
    desk: TheDesk,
    engine: Reading,
    who: Who,
    number: Number,
    step: Step,
    record: RecordId,
    said: Annotated[Answer | None, Form()] = None,
    rest: Annotated[bool, Form()] = False,
) -> Response:
    """Take an answer; htmx gets the next question."""
    answer(desk, engine, who, number, step, record, "yes" if rest else said or "unsure", rest)
    return _on(request, desk, engine, number)


@router.post("/{number}/undo")
@access("decide", "view", "exploration {number}")
def take_back(request: Request, desk: TheDesk, engine: Reading, who: Who, number: Number, step: Step) -> Response:
    """Take the last answer back."""
    undo(desk.db, number, step, who)
    return _on(request, desk, engine, number)


@router.post("/{number}/finish")
@access("decide")
def finish(desk: TheDesk, who: Who, number: Number, step: Step, again: Annotated[bool, Form()] = False) -> Response:
    """Finish it, or open it again."""
    add(desk.db, number, step, who, "reopen" if again else "finish")
    return RedirectResponse(f"/explore/{number}" if again else "/search", 303)


@router.post("/{number}/tell")
@access("decide")
def told_linker(desk: TheDesk, engine: Reading, who: Who, number: Number, step: Step) -> Response:
    """Decide the links that follow from the answers, and begin a run."""
    decided, job = tell(desk, engine, who, number, step)
    return RedirectResponse(f"/explore/{number}?told={decided}{'' if job else '&waits=true'}", 303)


@router.get("/{number}/answers.csv")
@access("export", "export", "exploration {number}")
def download(desk: TheDesk, engine: Reading, masks: TheMasks, number: Number) -> Response:
    """The answers as a table."""
    found = exploring(desk, engine, number, masks.before_cut)
    header = ("step", "answer", "record_id", "title", "network_id", "records_with_it", "why", "who", "at")
    rows = [
        (r.nth, r.act, r.record_id, r.title, r.network_id, r.along, r.why, r.who, r.at) for r in reversed(found.rows)
    ]
    return csv_file(f"exploration-{number}", header, rows, masks.text)


def _on(request: Request, desk: Desk, engine: Reading, number: int) -> Response:
    if not wants_part(request):
        return RedirectResponse(f"/explore/{number}", 303)
    return _shown(request, desk, engine, number, "explore_step.html", told=None, waits=False)


def _shown(
    request: Request, desk: Desk, engine: Reading, number: int, template: str, told: int | None, waits: bool
) -> Response:
    found = exploring(desk, engine, number)
    if found.candidate:
        note(request, details={"record": found.candidate.record_id})
    return render(
        request, template, it=found, candidate=found.candidate, words=WORDS, told=told, waits=waits,
        job=desk.jobs.current(),
    )  # fmt: skip
