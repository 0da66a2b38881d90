"""Every component of the pages on one page, to look at when one is changed."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from clew.assess.explain import Reason
from clew.web.access import signed_in
from clew.web.page import render

router = APIRouter()

_REASON = Reason(
    "phone-many-cities", 1.25, "One number stands in adverts for 7 places.", 0.31, "seen in 31 % of networks here",
    "People who work for themselves travel too.", "expert-list", "An example of a source",
)  # fmt: skip


@router.get("/styleguide")
@signed_in()
def styleguide(request: Request) -> HTMLResponse:
    """The components with invented content."""
    return render(request, "styleguide.html", reason=_REASON, values=[0, 1, 3, 2, 6, 4, 9, 5])
