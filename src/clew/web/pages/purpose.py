"""The purpose of a session: in words or by a case. Nothing outside of the lead queue is opened without one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from clew.access import sessions
from clew.cases.head import Case
from clew.model.actor import MAX_WHY
from clew.model.errors import ClewError, InputError
from clew.web.access import Who, signed_in, visit_of
from clew.web.desk import Desk, TheDesk
from clew.web.page import own_address, render
from clew.web.purposes import check_case, choices

router = APIRouter(prefix="/purpose")

Back = Annotated[str, Form(max_length=2_000)]


@router.get("")
@signed_in()
def page(request: Request, desk: TheDesk, who: Who, next: Annotated[str, Query(max_length=2_000)] = "/") -> Response:
    """What it is now, and another."""
    return _page(request, desk, who, next)


@router.post("")
@signed_in()
def state(
    request: Request,
    desk: TheDesk,
    who: Who,
    why: Annotated[str, Form(max_length=2_000)] = "",
    case: Annotated[str, Form(max_length=20)] = "",
    next: Back = "/",
) -> Response:
    """Take a purpose for what is opened from now on."""
    secret = visit_of(request).secret
    try:
        if secret is None:
            raise InputError("A token has no session.", "Name the purpose in the header Clew-Purpose of each request.")
        if case:
            check_case(desk.casework, who, case)
        sessions.state_purpose(desk.db, secret, why, case or None)
    except InputError as error:
        return _page(request, desk, who, next, 400, error, why)
    return RedirectResponse(own_address(next), 303)


@router.post("/end")
@signed_in()
def end(request: Request, desk: TheDesk) -> Response:
    """Have none any more."""
    if secret := visit_of(request).secret:
        sessions.end_purpose(desk.db, secret)
    return RedirectResponse("/", 303)


def _page(
    request: Request, desk: Desk, who: Who, next: str, status: int = 200, wrong: ClewError | None = None, why: str = ""
) -> Response:
    cases: list[Case] = choices(desk.casework, who)
    return render(
        request, "purpose.html", status, cases=cases, next=own_address(next), wrong=wrong, why=why, most=MAX_WHY
    )
