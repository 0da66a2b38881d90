"""Saved views: what a person asks of the queue again and again, by name. Rows are only added; the newest holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from clew.database.base import METADATA
from clew.model.errors import InputError, MissingError

MAX_NAME, MAX_QUERY, MOST = 60, 2_000, 50

_VIEWS = sa.Table(
    "saved_views",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("who", sa.String, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("query", sa.String),  # null: removed
    sa.Column("at", sa.String, nullable=False),  # ISO 8601, UTC
)


@dataclass(frozen=True)
class SavedView:
    """A name, and the query string that it stands for (without the question mark)."""

    name: str
    query: str


def saved_views(cases: sa.Engine, who: str) -> list[SavedView]:
    """The views of a person, by name."""
    newest = sa.select(sa.func.max(_VIEWS.c.id)).where(_VIEWS.c.who == who).group_by(_VIEWS.c.name)
    query = _VIEWS.select().where(_VIEWS.c.id.in_(newest), _VIEWS.c.query.is_not(None)).order_by(_VIEWS.c.name)
    with cases.connect() as connection:
        return [SavedView(row.name, row.query) for row in connection.execute(query)]


def save_view(cases: sa.Engine, who: str, name: str, query: str) -> SavedView:
    """Keep a query under a name; one that is taken gets the new query.

    Raises:
        InputError: no name, too long a one, or too many views.
    """
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME or len(query) > MAX_QUERY:
        raise InputError("A view needs a name.", f"Give one of up to {MAX_NAME} characters.")
    names = {view.name for view in saved_views(cases, who)}
    if name not in names and len(names) >= MOST:
        raise InputError(f"There are {MOST} views already.", "Remove one that you no longer use.")
    _add(cases, who, name, query)
    return SavedView(name, query)


def remove_view(cases: sa.Engine, who: str, name: str) -> None:
    """Forget a view.

    Raises:
        MissingError: there is none of that name.
    """
    if name not in {view.name for view in saved_views(cases, who)}:
        raise MissingError(f"There is no view {name[:MAX_NAME]!r}.", "Choose one of the list.")
    _add(cases, who, name, None)


def _add(cases: sa.Engine, who: str, name: str, query: str | None) -> None:
    row = {"who": who, "name": name, "query": query, "at": datetime.now(UTC).isoformat()}
    with cases.begin() as connection:
        connection.execute(_VIEWS.insert().values(row))
