"""Pages from templates: one environment, its filters, and what every page is given."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from clew.web import charts

_FOLDER = Path(__file__).parent
THEMES = ("system", "light", "dark")

# The places of the header: path, word, key, and the beginnings of other paths that belong there.
NAVIGATION = (
    ("/leads", "Leads", "1", ("/networks",)),
    ("/search", "Search", "2", ("/explore",)),
    ("/overview", "Overview", "3", ()),
    ("/sources", "Sources and runs", "4", ("/quarantine", "/runs")),
)


def number(value: float | None) -> str:
    """With thousands marked: 12,345; a dash for none."""
    return "–" if value is None else f"{value:,.0f}"


def time(value: datetime | None) -> str:
    """To the minute, in UTC, and says so."""
    return "–" if value is None else value.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def day(value: datetime | date | None) -> str:
    """The day alone (in UTC for a time)."""
    if isinstance(value, datetime):
        value = value.astimezone(UTC).date()
    return "–" if value is None else value.isoformat()


def share(value: float | None) -> str:
    """As a percentage; less than one is said so."""
    if value is None:
        return "–"
    return "<1 %" if 0 < value < 0.01 else f"{value:.0%}".replace("%", " %")


def plural(count: int, one: str, many: str = "") -> str:
    """1 record, 2 records."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for function in (number, time, day, share, plural):
        environment.filters[function.__name__] = function
    environment.globals |= {"navigation": NAVIGATION, "charts": charts, "static": static}
    return environment


def static(name: str) -> str:
    """Address of a file of the pages, with a mark of its content's age so that browsers never show an old one."""
    path = _FOLDER / "static" / name
    age = path.stat().st_mtime_ns if path.exists() else 0
    return f"/static/{name}?{age:x}"


_ENVIRONMENT = _environment()


def render(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A page, or a part of one where htmx asks for a part."""
    theme = request.cookies.get("clew-theme", "system")
    html = _ENVIRONMENT.get_template(template).render(
        path=request.url.path,
        theme=theme if theme in THEMES else "system",
        who=request.app.state.desk.who,
        request=request,
        **context,
    )
    return HTMLResponse(html, status)


def wants_part(request: Request) -> bool:
    """Does htmx ask for a piece of the page?"""
    return "hx-request" in request.headers


__all__ = ["Markup", "day", "number", "plural", "render", "share", "static", "time", "wants_part"]
