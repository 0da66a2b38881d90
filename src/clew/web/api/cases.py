"""Cases as data: those of the person who asks, one of them whole, and networks and records that are added to it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body
from fastapi import Path as InPath

from clew.cases.exhibit import Exhibit
from clew.cases.mine import Mine, mine
from clew.cases.whole import WholeCase, read
from clew.model.errors import InputError
from clew.web.access import Who, access
from clew.web.api.paging import Limit, Offset, Page, faults
from clew.web.desk import TheDesk
from clew.web.pages.cases_add import large, take

router = APIRouter(prefix="/cases", tags=["cases"])

CaseId = Annotated[str, InPath(max_length=20, description="Id of a case, such as C1.")]


@router.get("", responses=faults(422))
@access("work", purpose="none")
def cases(desk: TheDesk, who: Who, offset: Offset = 0, limit: Limit = 50) -> Page[Mine]:
    """Cases of yours with what they ask for, the open ones first; all of them for a supervisor."""
    found = mine(desk.casework, who)
    return Page(found[offset : offset + limit], len(found), offset, limit)


@router.get("/{case_id}", responses=faults(404, 422))
@access("work", purpose="none")
def case(desk: TheDesk, who: Who, case_id: CaseId) -> WholeCase:
    """A case: its cover, exhibits, persons, notes, hypotheses and tasks."""
    return read(desk.casework, who.within(case_id, who.why), case_id)


@router.post("/{case_id}/exhibits", status_code=201, responses=faults(400, 404, 422))
@access("work", purpose="none")
def add(
    desk: TheDesk,
    who: Who,
    case_id: CaseId,
    what: Annotated[str, Body(min_length=1, max_length=200, description="Id of a network, or of a record.")],
    why: Annotated[str, Body(max_length=300, description="Why it matters.")] = "",
    grading: Annotated[str, Body(max_length=2, description="4×4, such as B3.")] = "",
) -> list[Exhibit]:
    """Freeze a network or a record as it is now; it takes the scopes read and work. Its pictures come with it."""
    if large(desk, what):
        raise InputError("That network is too large to be frozen while you wait.", "Use: clew case add")
    return take(desk, who, case_id, what, why, grading)
