"""Masks for what leaves the workbench: downloads and pages to print."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, Response

from clew.evidence.masks import Masks, open_masks
from clew.web.desk import Desk
from clew.web.page import masking


def masked_page(masks: Masks, made: Callable[[], Response]) -> Response:
    """A page without those who may not be named."""
    with masking(masks.before_cut):
        page = made()
    if not masks:
        return page
    return HTMLResponse(masks.html(bytes(page.body).decode()), page.status_code)


def _masks(request: Request) -> Masks:
    desk: Desk = request.app.state.desk
    return open_masks(desk.casework, desk.workspace)


# What a request handler that gives something away asks for in its arguments.
TheMasks = Annotated[Masks, Depends(_masks)]
