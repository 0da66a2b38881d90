"""The overview: records over time, places, platforms, languages, what is new, what rises, how common indicators are."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from clew.query.conversations import count_talks
from clew.query.site import count_sites
from clew.query.trends import TYPES, Series, trends
from clew.web.access import access
from clew.web.desk import Reading
from clew.web.page import render

router = APIRouter()


def starts(series: Series) -> list[str]:
    """When each count begins."""
    if series.first is None:
        return []
    days = (series.first + timedelta(days=series.step * at) for at in range(len(series.counts)))
    return [day.isoformat() for day in days]


@router.get("/overview")
@access("read", purpose="none")
def overview(
    request: Request,
    engine: Reading,
    type: Annotated[str, Query(max_length=20)] = "",
    value: Annotated[str, Query(max_length=400)] = "",
) -> HTMLResponse:
    """All of it; ``type`` and ``value`` choose whose records the large chart shows."""
    found = trends(engine, type, value)
    return render(
        request, "overview.html", found=found, types=TYPES, starts=starts(found.series),
        talks=count_talks(engine), sites=count_sites(engine),
    )  # fmt: skip
