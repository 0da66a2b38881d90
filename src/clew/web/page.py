"""Pages from templates: one environment, its filters, and what every page is given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2.ext import Extension
from jinja2.filters import do_truncate
from markupsafe import Markup

from clew.access.roles import PERMISSIONS, Permission, may
from clew.model.money import written
from clew.model.words import account_shown, count, value_shown
from clew.query.network import Mask
from clew.web import charts
from clew.web.access import visit_of

_FOLDER = Path(__file__).parent
THEMES = ("system", "light", "dark")

# The places of the header: path, word, key, the beginnings of other paths that belong there, and who sees it.
NAVIGATION: tuple[tuple[str, str, str, tuple[str, ...], Permission], ...] = (
    ("/leads", "Leads", "1", ("/networks",), "read"),
    ("/search", "Search", "2", ("/explore",), "read"),
    ("/overview", "Overview", "3", ("/conversations", "/sites", "/indicators"), "read"),
    ("/sources", "Sources and runs", "4", ("/quarantine", "/runs"), "read"),
    ("/cases", "Cases", "5", (), "work"),
)
# Those beside the name of who is here.
OFFICE: tuple[tuple[str, str, str, tuple[str, ...], Permission], ...] = (
    ("/audit", "Audit", "8", (), "audit"),
    ("/accounts", "Accounts", "9", (), "administer"),
)

# The token that the forms of this page carry. Macros see no context of a page, so it is found by this way.
_TOKEN: ContextVar[str] = ContextVar("form token", default="")


# What takes out of texts who may not be named, while a page that is printed is made (`clew.web.masking`).
_MASK: ContextVar[Mask | None] = ContextVar("mask", default=None)


class FormTokens(Extension):
    """Puts the session's token into every form that changes something, when a template is read.

    It works on templates, never on what stands in them later, so that no template can forget it and no advert fake it.
    """

    _form = re.compile(r"<form\b[^>]*\bmethod=\"post\"[^>]*>")

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The source with a field in each such form."""
        return self._form.sub(lambda tag: f"{tag[0]}{{{{ form_token() }}}}", source)


@contextmanager
def masking(mask: Mask | None) -> Iterator[None]:
    """Pages that are made in the meantime mask texts before they cut them: nobody would know half a name again."""
    before = _MASK.set(mask)
    try:
        yield
    finally:
        _MASK.reset(before)


@jinja2.pass_environment
def truncate(environment: jinja2.Environment, text: str, *how: Any) -> str:
    """Jinja's filter, of the text as it may be shown."""
    mask = _MASK.get()
    return do_truncate(environment, mask(text) if mask else text, *how)


def form_token() -> Markup:
    """The hidden field of a form."""
    return Markup('<input type="hidden" name="csrf" value="{}">').format(_TOKEN.get())


def number(value: float | None) -> str:
    """With thousands marked: 12,345; a dash for none."""
    return "–" if value is None else f"{value:,.0f}"


def time(value: datetime | None, timed: bool = True) -> str:
    """To the minute, in UTC, and says so; the day alone where no time of day is known (`clew.query.times`)."""
    if not timed:
        return day(value)
    return "–" if value is None else value.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def moment(value: str | None) -> str:
    """A time as the database has it (ISO 8601, UTC), to the second; the heading or the word beside it says UTC."""
    return "–" if not value else value[:19].replace("T", " ")


def minute(value: str | None) -> str:
    """As `moment`, to the minute."""
    return moment(value)[:16]


def day(value: datetime | date | None) -> str:
    """The day alone (in UTC for a time)."""
    if isinstance(value, datetime):
        value = value.astimezone(UTC).date()
    return "–" if value is None else value.isoformat()


def share(value: float | None) -> str:
    """As a percentage; less than one, and nearly all, is said so."""
    if value is None:
        return "–"
    if 0.995 <= value < 1:
        return ">99 %"
    return "<1 %" if 0 < value < 0.01 else f"{value:.0%}".replace("%", " %")


def money(amount: Decimal | None, currency: str | None = None) -> str:
    """An exact amount: 1,234.50 EUR."""
    return written(amount, currency)


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        extensions=[FormTokens],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for function in (number, time, moment, minute, day, share, money, account_shown, truncate):
        environment.filters[function.__name__] = function
    environment.filters["plural"] = count
    environment.filters["shown"] = lambda value, kind: value_shown(kind, value)
    environment.globals |= {"charts": charts, "static": static, "form_token": form_token}
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
    visit = visit_of(request)
    actor = visit.actor
    _TOKEN.set(visit.csrf)
    html = _ENVIRONMENT.get_template(template).render(
        path=request.url.path,
        here=here(request),
        theme=theme if theme in THEMES else "system",
        navigation=[place[:4] for place in NAVIGATION if actor and may(actor, place[4])],
        office=[place[:4] for place in OFFICE if actor and may(actor, place[4])],
        actor=actor,
        who=actor.name if actor else "",
        permissions=[permission for permission in PERMISSIONS if actor and may(actor, permission)],
        stated=visit.session is not None and visit.session.has_purpose,
        alone=request.app.state.desk.alone,
        request=request,
        **context,
    )
    return HTMLResponse(html, status)


def here(request: Request) -> str:
    """The address of this page, to come back to; of the page whose form was sent, where one was."""
    if request.method != "GET":
        came = urlsplit(request.headers.get("referer", ""))
        ours = came.netloc == request.headers.get("host") and own_address(came.path) == came.path
        return f"{came.path}?{came.query}".rstrip("?") if ours else "/"
    return f"{request.url.path}?{request.url.query}".rstrip("?")


def own_address(given: str) -> str:
    """An address that a form or a link gave, if it is one of the workbench; else its first page."""
    return given if re.fullmatch(r"/(?![/\\])[^\x00-\x20\\]*", given) else "/"


def wants_part(request: Request) -> bool:
    """Does htmx ask for a piece of the page?"""
    return "hx-request" in request.headers


__all__ = ["Markup", "day", "number", "render", "share", "static", "time", "wants_part"]
