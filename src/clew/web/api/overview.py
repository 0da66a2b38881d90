"""The overview."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from clew.query.trends import Trends, trends
from clew.web.access import access
from clew.web.api.paging import faults
from clew.web.desk import Reading

router = APIRouter(tags=["overview"])


@router.get("/overview", responses=faults(422))
@access("read", purpose="none")
def overview(
    engine: Reading,
    type: Annotated[str, Query(max_length=20)] = "",
    value: Annotated[str, Query(max_length=400)] = "",
) -> Trends:
    """Records over time, the largest places, platforms and languages, new operations, rises, base rates."""
    return trends(engine, type, value)
