"""Search as data."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Query, UploadFile

from clew.query.search import MAX_QUERY, MOST_OFFSET, Found
from clew.web.access import access
from clew.web.api.paging import faults
from clew.web.desk import Reading, TheDesk
from clew.web.searching import answer, hash_of

router = APIRouter(tags=["search"])

Limit = Annotated[int, Query(ge=1, le=200, description="Records and networks of each group at most.")]


@router.get("/search", responses=faults(400, 422))
@access("read", "search", "search")
def search(
    desk: TheDesk,
    engine: Reading,
    q: Annotated[str, Query(min_length=1, max_length=MAX_QUERY, description="Phone, address, words, type:value …")],
    region: Annotated[str, Query(pattern="^([A-Za-z]{2})?$", description="Country of numbers without one.")] = "",
    limit: Limit = 20,
    offset: Annotated[int, Query(ge=0, le=MOST_OFFSET)] = 0,
    after: Annotated[int, Query(ge=0, le=4_000_000_000, description="Read on for words after this network.")] = 0,
) -> Found:
    """Everything that is tied to a question, in groups by the way of being tied."""
    return answer(desk, engine, q, region, limit, offset, after=after)


@router.post("/search/picture", responses=faults(400, 422))
@access("read", "search", "search")
def search_picture(desk: TheDesk, engine: Reading, picture: Annotated[UploadFile, File()], limit: Limit = 20) -> Found:
    """Records with nearly the same picture; the file is hashed and not kept."""
    return answer(desk, engine, hash_of(picture), "", limit)
