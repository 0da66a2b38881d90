"""What a request asks of the queue, read from its address and written back into links."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Literal
from urllib.parse import parse_qsl, urlencode

from fastapi import Depends, Query
from pydantic import BeforeValidator

from clew.model.errors import InputError
from clew.query.queue import SORTS, STATES, Filters, Sort, State

AnyState = Literal["new", "confirmed", "dismissed", "deferred", "any"]
_MOST = 2_000  # characters of a query string


def _none_if_empty(value: object) -> object:
    return None if value == "" else value


Word = Annotated[str, Query(max_length=200)]
Day = Annotated[date | None, BeforeValidator(_none_if_empty), Query(description="A day, 2026-01-31.")]


@dataclass(frozen=True)
class Asked:
    """Filters and order, as an address says them."""

    filters: Filters
    sort: Sort = "learned"

    @property
    def state(self) -> AnyState:
        """The state that is asked for, as a word."""
        return self.filters.state or "any"

    def query(self, **changes: object) -> str:
        """The query string for the same with changes; what is usual is left out, so that links stay short."""
        values: dict[str, object] = {**self.filters.given, "state": self.state, "sort": self.sort, **changes}
        usual = {"state": "new", "sort": "learned", "offset": 0}
        kept = {name: str(v) for name, v in values.items() if v not in ("", None) and usual.get(name) != v}
        return urlencode(kept)

    def href(self, **changes: object) -> str:
        """The address of the queue for the same with changes."""
        query = self.query(**changes)
        return f"/leads?{query}" if query else "/leads"


def _filters(
    place: Word = "",
    since: Day = None,
    until: Day = None,
    platform: Word = "",
    language: Word = "",
    indicator: Word = "",
    form: Word = "",
    kind: Word = "",
    trace: Word = "",
    assignee: Word = "",
) -> Filters:
    return Filters(
        place.strip(), since, until, platform, language, indicator, form, kind, trace, None, assignee.strip()
    )


TheFilters = Annotated[Filters, Depends(_filters)]


def _asked_by_page(filters: TheFilters, state: AnyState = "new", sort: Sort = "learned") -> Asked:
    return Asked(replace(filters, state=_state(state)), sort)


def _asked_of_api(filters: TheFilters, state: AnyState = "any", sort: Sort = "learned") -> Asked:
    if filters.since and filters.until and filters.until < filters.since:  # pages say so beside the fields
        raise InputError(
            f"The last day, {filters.until}, is before the first, {filters.since}.", "Give since first, then until."
        )
    return Asked(replace(filters, state=_state(state)), sort)


# What a page's handler asks for (new leads, if no state is named), and what the API's does (any state).
PageAsks = Annotated[Asked, Depends(_asked_by_page)]
ApiAsks = Annotated[Asked, Depends(_asked_of_api)]


def _state(word: AnyState) -> State | None:
    return None if word == "any" else word


def parse(query: str) -> Asked:
    """A query string as `Asked.query` writes it; what it does not know is left out."""
    given = {name: value[:200] for name, value in parse_qsl(query[:_MOST])}
    named = ("place", "platform", "language", "indicator", "form", "kind", "trace", "assignee")
    words = {name: given.get(name, "") for name in named}
    state: State | None = next((s for s in STATES if s == given.get("state")), "new")
    filters = Filters(
        **words,
        since=_day(given.get("since", "")),
        until=_day(given.get("until", "")),
        state=None if given.get("state") == "any" else state,
    )
    return Asked(filters, next((s for s in SORTS if s == given.get("sort")), "learned"))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
