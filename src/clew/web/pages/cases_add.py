"""Add a network or a record to a case, from wherever it is seen: it is frozen as it is now."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from clew.access.roles import need
from clew.cases.exhibit import Exhibit
from clew.cases.mine import holdings
from clew.evidence.capture.exhibit import check_case
from clew.evidence.freeze import is_network
from clew.evidence.take import take_network, take_record
from clew.model.actor import Actor
from clew.model.errors import ClewError, InputError, MissingError
from clew.query.network import network_head
from clew.query.show import find_record
from clew.web import work
from clew.web.access import Who, access
from clew.web.desk import Desk, TheDesk
from clew.web.page import own_address, render
from clew.web.pages.cases_frame import Failed, TheTyped, failed, grading_of, words
from clew.web.purposes import choices

router = APIRouter(prefix="/cases/add")
AT_ONCE = 10_000  # records of a network
Name = Annotated[str, Query(max_length=200)]


@router.get("")
@access("work", purpose="none")
def form(
    request: Request, desk: TheDesk, who: Who, what: Name, back: Annotated[str, Query(max_length=2_000)] = "/"
) -> Response:
    """To which case, and why."""
    _there(desk, who, what)
    return _form(request, desk, who, what, back, Failed())


@router.post("")
@access("work", purpose="none")
def add(request: Request, desk: TheDesk, who: Who, typed: TheTyped) -> Response:
    """Freeze it, and bring it in."""
    what, case_id = typed["what"][:200], typed["case"][:20]
    try:
        if not case_id:
            raise InputError("No case was chosen.", "Choose one, or open a case first.")
        if large(desk, what):
            begin(desk, who, case_id, what, typed["why"], grading_of(typed))
            return RedirectResponse(f"/cases/{case_id}/exhibits", 303)
        made = take(desk, who, case_id, what, typed["why"], grading_of(typed))
    except ClewError as error:
        return _form(request, desk, who, what, typed["back"], failed("add", typed, error))
    return RedirectResponse(f"/cases/{case_id}/exhibits/{made[0].id}", 303)


def _there(desk: Desk, who: Actor, what: str) -> None:
    """See whether there is such a network or record.

    Raises:
        MissingError: there is none.
    """
    need(who, "read")
    with desk.session() as engine:
        if is_network(what):
            network_head(engine, what)
            return
        try:
            find_record(engine, what)
        except MissingError:
            told = f"There is no network and no record {what[:40]!r}." if what else "Nothing was named to be added."
            raise MissingError(told, "Open the page of a network or a record, and add it from there.") from None


def large(desk: Desk, what: str) -> bool:
    """Does it take longer to freeze than a person waits?"""
    if not is_network(what):
        return False
    with desk.session() as engine:
        found = engine.rows("SELECT records FROM networks WHERE network_id = $name", name=what)
    return bool(found) and found[0]["records"] > AT_ONCE


def begin(desk: Desk, who: Actor, case_id: str, what: str, why: str, grading: str) -> None:
    """As `take`, in the background."""
    need(who, "read")
    within = who.within(case_id, who.why if who.case_id in (None, case_id) else "")
    check_case(desk.casework, within, case_id)
    words = ["case", "add", f"--why={why[:300]}", f"--grading={grading}", "--", case_id, what]
    work.start(desk, within, f"Exhibit for {case_id}", words, scopes=("read", "work", "oversee"), case_id=case_id)


def take(desk: Desk, who: Actor, case_id: str, what: str, why: str, grading: str) -> list[Exhibit]:
    """Bring a network or a record into a case.

    Returns:
        The exhibit, then the pictures that came with it.

    Raises:
        DeniedError: the material is not for them.
        MissingError: no such network or record, or no case of theirs.
        InputError: it is too large, the case is closed or holds it already as it is.
    """
    need(who, "read")
    within = who.within(case_id, who.why if who.case_id in (None, case_id) else "")
    taken = take_network if is_network(what) else take_record
    return taken(desk.casework, desk.workspace, within, case_id, what, why=why, grading=grading)


def _form(request: Request, desk: Desk, who: Actor, what: str, back: str, wrong: Failed) -> Response:
    kind = "network" if is_network(what) else "record"
    return render(
        request, "cases/add.html", wrong.status, what=what, kind=kind, back=own_address(back),
        cases=choices(desk.casework, who), held=holdings(desk.casework, who, kind, what), **words(), **wrong.context,
    )  # fmt: skip
