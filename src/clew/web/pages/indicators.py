"""The catalogue of indicators, for whoever asks what a finding means and who says so."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from clew.assess.catalogue import PHASES, catalogue
from clew.assess.explain import ONE_FINDING
from clew.web import words
from clew.web.access import access
from clew.web.page import render

router = APIRouter()


@router.get("/indicators")
@access("read", purpose="none")
def indicators(request: Request) -> HTMLResponse:
    """Every indicator, by the phase of trafficking of which it speaks."""
    entries = catalogue()
    phases = [(phase, [i for i in entries if i.phase == phase]) for phase in PHASES]
    return render(
        request, "indicators.html", entries=entries, phases=phases, one_finding=ONE_FINDING, words=words
    )  # fmt: skip
