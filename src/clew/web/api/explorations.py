"""Explorations as data: begin one, read its next question, answer, take back, tell the linker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Body, Request
from fastapi import Path as InPath

from clew.cases.exploration import MAX_TITLE, MOST_ANSWERS, Exploration, add, explorations, undo
from clew.web.access import Who, access, note
from clew.web.api.paging import Limit, Offset, Page, faults
from clew.web.desk import Reading, TheDesk
from clew.web.exploring import Answer, Exploring, answer, exploring, start, tell

router = APIRouter(prefix="/explorations", tags=["search"])

Number = Annotated[int, InPath(ge=1, le=1_000_000_000)]
RecordId = Annotated[str, Body(min_length=32, max_length=32, pattern="^[0-9a-f]{32}$")]
Step = Annotated[int, Body(ge=1, le=MOST_ANSWERS + 1, description="The number that the question has: `step`.")]


@dataclass(frozen=True)
class Told:
    """How many links were decided, and whether a run began that obeys them."""

    decided: int
    running: bool


@router.get("", responses=faults(422))
@access("read", "view", "page /explore")
def mine(desk: TheDesk, who: Who, offset: Offset = 0, limit: Limit = 50) -> Page[Exploration]:
    """Explorations of the person at the desk, the newest first."""
    items, total = explorations(desk.db, who.name, offset, limit)
    return Page(items, total, offset, limit)


@router.post("", responses=faults(400, 404, 422))
@access("decide")
def begin(
    desk: TheDesk,
    engine: Reading,
    who: Who,
    record: RecordId,
    network: Annotated[bool, Body(description="All records of its network are one operation.")] = False,
    title: Annotated[str, Body(max_length=MAX_TITLE)] = "",
) -> Exploration:
    """Begin from a record."""
    return start(desk, engine, who, record, network, title)


@router.get("/{number}", responses=faults(404, 422))
@access("read", "view", "exploration {number}")
def one(request: Request, desk: TheDesk, engine: Reading, number: Number) -> Exploring:
    """An exploration as it stands, with its next question and what was learned."""
    found = exploring(desk, engine, number)
    if found.candidate:
        note(request, details={"record": found.candidate.record_id})
    return found


@router.post("/{number}/answers", responses=faults(400, 404, 422))
@access("decide")
def answered(
    desk: TheDesk,
    engine: Reading,
    who: Who,
    number: Number,
    step: Step,
    record: RecordId,
    said: Annotated[Answer, Body()],
    rest: Annotated[bool, Body(description="With a yes: the rest of its network, too.")] = False,
) -> Exploration:
    """Answer the question of that step."""
    return answer(desk, engine, who, number, step, record, said, rest)


@router.post("/{number}/undo", responses=faults(400, 404, 422))
@access("decide")
def take_back(desk: TheDesk, who: Who, number: Number, step: Annotated[Step, Body(embed=True)]) -> Exploration:
    """Take the last answer back."""
    return undo(desk.db, number, step, who)


@router.post("/{number}/finish", responses=faults(400, 404, 422))
@access("decide")
def finish(desk: TheDesk, who: Who, number: Number, step: Step, again: Annotated[bool, Body()] = False) -> Exploration:
    """Finish it, or open it again."""
    return add(desk.db, number, step, who, "reopen" if again else "finish")


@router.post("/{number}/tell", responses=faults(400, 404, 422))
@access("decide")
def tell_linker(
    desk: TheDesk, engine: Reading, who: Who, number: Number, step: Annotated[Step, Body(embed=True)]
) -> Told:
    """Decide the links that follow, and begin a run."""
    decided, job = tell(desk, engine, who, number, step)
    return Told(decided, job is not None)
