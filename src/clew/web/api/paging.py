"""Lists of the API come in parts, all in the same wrapping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from fastapi import Query

Item = TypeVar("Item")

Offset = Annotated[int, Query(ge=0, le=10_000_000, description="How many to pass over.")]
Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]


@dataclass(frozen=True)
class Page(Generic[Item]):
    """A part of a list.

    Attributes:
        items: of this part.
        total: of the whole list.
        offset, limit: which part was asked for.
    """

    items: list[Item]
    total: int
    offset: int
    limit: int


@dataclass(frozen=True)
class Fault:
    """What the API answers when it cannot do what is asked.

    Attributes:
        error: what is wrong, one sentence.
        todo: what to do next.
    """

    error: str
    todo: str


def faults(*codes: int) -> dict[int | str, dict[str, object]]:
    """For ``responses=``: the codes with which a path may answer a `Fault`."""
    said = {
        400: "It cannot be done.", 401: "Nobody is signed in.", 403: "It is not allowed, or lacks a purpose.",
        404: "There is none.", 422: "A parameter is wrong.", 429: "It was asked too often.",
    }  # fmt: skip
    return {code: {"model": Fault, "description": said[code]} for code in codes}
