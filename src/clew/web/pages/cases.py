"""Cases: those of the person who asks, and a new one. The pages of one case are in the modules beside."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from clew.access import sessions
from clew.cases.case import open_case
from clew.cases.mine import mine
from clew.model.errors import ClewError
from clew.web.access import Who, access, visit_of
from clew.web.desk import TheDesk
from clew.web.page import render
from clew.web.pages import cases_add, cases_cover, cases_exhibits, cases_packages, cases_people, cases_thinking
from clew.web.pages.cases_frame import Failed, TheTyped, date_of_today, days_left, failed, words

router = APIRouter(prefix="/cases")
_YEAR = timedelta(days=365)


@router.get("")
@access("work", purpose="none")
def mine_page(request: Request, desk: TheDesk, who: Who) -> Response:
    """The cases of the person who asks; all of them for a supervisor."""
    found = mine(desk.casework, who)
    left = {one.case.id: days_left(one.case) for one in found}
    return render(request, "cases/list.html", found=found, left=left, today=date_of_today(), **words())


@router.get("/new")
@access("work", purpose="none")
def new_page(request: Request) -> Response:
    """What a case says of itself from the first day."""
    return _new(request, Failed())


@router.post("/new")
@access("work", purpose="none")
def new(request: Request, desk: TheDesk, who: Who, typed: TheTyped) -> Response:
    """Open a case, and work in it from now on."""
    try:
        made = open_case(
            desk.casework, who.within(None), typed["name"], typed["purpose"], typed["legal_basis"],
            typed["retain_until"], typed["handling"] or "H0", typed["conditions"], typed["tlp"] or "AMBER",
        )  # fmt: skip
    except ClewError as error:
        return _new(request, failed("new", typed, error))
    if secret := visit_of(request).secret:
        sessions.state_purpose(desk.db, secret, "", made.id)
    return RedirectResponse(f"/cases/{made.id}", 303)


def _new(request: Request, wrong: Failed) -> Response:
    today = date_of_today()
    return render(
        request, "cases/new.html", wrong.status, today=today, year=today + _YEAR, **words(), **wrong.context
    )  # fmt: skip


# Fixed words of the address go before the id of a case.
ROUTERS = tuple(
    part.router for part in (cases_add, cases_cover, cases_exhibits, cases_people, cases_thinking, cases_packages)
)
