"""A network: why it is a lead, and the five things to know of an operation, a tab each."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from clew.web.desk import Reading
from clew.web.pages.network_frame import NetworkName, network_tab

router = APIRouter(prefix="/networks/{name}")


@router.get("")
def why(request: Request, reading: Reading, name: NetworkName) -> Response:
    """Why it is a lead, and what would change our mind."""
    return network_tab(request, reading, name, "Why")
