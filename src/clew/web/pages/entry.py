"""Ways in and out: the one-time link of a workspace without accounts, or name, password and one-time code."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from clew.access import sessions, signin
from clew.access.limits import Limits, TooManyError
from clew.access.roles import may
from clew.access.sessions import HOURS, IDLE_MINUTES
from clew.model.actor import Actor
from clew.model.errors import ClewError, DeniedError, InputError, MissingError
from clew.web.access import open_to_all, signed_in, visit_of
from clew.web.desk import Desk, TheDesk
from clew.web.gate import drop_cookie, keep_cookie
from clew.web.page import here, own_address, render

router = APIRouter()

Next = Annotated[str, Form(max_length=2_000)]
_BACK, _TICKET = "/sign-in/provider/back", "clew-ticket"
_PRINTED = Limits(1 / 20, 3)  # links in the terminal


def first_page(actor: Actor) -> str:
    """Where somebody's work begins."""
    return "/leads" if may(actor, "read") else "/audit" if may(actor, "audit") else "/accounts"


def address_of(request: Request) -> str:
    """From where a request comes."""
    return request.client.host if request.client else ""


def sign_in_page(
    request: Request, status: int = 200, wrong: ClewError | None = None, name: str = "", told: str = "", next: str = ""
) -> Response:
    """The way in, and what went wrong with it."""
    desk: Desk = request.app.state.desk
    answer = render(
        request, "sign_in.html", status, wrong=wrong, name=name, told=told,
        next=own_address(next) if next else here(request), provider=desk.provider,
    )  # fmt: skip
    if isinstance(wrong, TooManyError):
        answer.headers["retry-after"] = str(wrong.wait)
    return answer


def fresh(request: Request, actor: Actor) -> str:
    """Begin a session, and give its secret. One that the browser had ends: nobody can slip one in beforehand."""
    desk: Desk = request.app.state.desk
    if before := visit_of(request).secret:
        sessions.end(desk.db, before)
    # Who is alone has no password to come back with, so only the end of the day counts.
    idle = HOURS * 60 if desk.alone else IDLE_MINUTES
    return sessions.begin(desk.db, actor, idle, address=address_of(request))


def begin(request: Request, actor: Actor, next: str) -> Response:
    """Begin a session, and go on."""
    answer = RedirectResponse(own_address(next), 303)
    keep_cookie(request, answer, fresh(request, actor))
    return answer


@router.get("/enter")
@open_to_all()
def enter(request: Request, desk: TheDesk, key: Annotated[str, Query(max_length=100)] = "") -> Response:
    """Follow a one-time link; it is used up by that."""
    try:
        return begin(request, desk.links.take(desk.db, key), "/")
    except DeniedError as error:
        return sign_in_page(request, 401, error, next="/")


@router.post("/enter/link")
@open_to_all()
def print_link(request: Request, desk: TheDesk) -> Response:
    """Print another link in the terminal, which is where the owner of the workspace sits."""
    if not desk.alone:
        return RedirectResponse("/sign-in", 303)
    if wait := _PRINTED.take("terminal"):
        raise TooManyError("Links were printed already.", max(1, round(wait)))
    desk.say(f"One-time link: {link(request, desk)}")
    return sign_in_page(request, told="A new link stands in the terminal in which clew serve runs.", next="/")


@router.get("/enter/another")
@signed_in()
def another(request: Request) -> Response:
    """How to open the workbench in another browser."""
    return render(request, "another.html", link="")


@router.post("/enter/another")
@signed_in()
def another_link(request: Request, desk: TheDesk) -> Response:
    """A link for another browser, which opens it once."""
    if not desk.alone:
        raise InputError("There are accounts here.", "Sign in with yours in the other browser.")
    return render(request, "another.html", link=link(request, desk))


@router.get("/sign-in")
@open_to_all()
def sign_in_form(request: Request, next: Annotated[str, Query(max_length=2_000)] = "/") -> Response:
    """Name, password, one-time code."""
    return sign_in_page(request, next=next)


@router.post("/sign-in")
@open_to_all()
def sign_in(
    request: Request,
    desk: TheDesk,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1_000)] = "",
    code: Annotated[str, Form(max_length=40)] = "",
    next: Next = "/",
) -> Response:
    """Sign in."""
    try:
        if desk.alone:
            raise DeniedError("There are no accounts here.", "Use the link that clew serve printed.")
        keys, address = desk.casework.keys, address_of(request)
        actor = signin.sign_in(desk.db, keys, name, password, code, "workbench", address)
    except DeniedError as error:
        status = 429 if isinstance(error, TooManyError) else 401
        return sign_in_page(request, status, error, name, next=next)
    return begin(request, actor, next)


@router.get("/sign-in/provider")
@open_to_all()
def to_provider(request: Request, desk: TheDesk) -> Response:
    """Go to the unit's identity provider; only the browser that left can come back."""
    if desk.provider is None or desk.alone:
        raise MissingError("There is no identity provider here.", "Sign in with a password.")
    begun = desk.provider.begin(desk.casework.keys, _back(request))
    answer = RedirectResponse(begun.url, 303)
    secure = request.url.scheme == "https"
    answer.set_cookie(_TICKET, begun.ticket, max_age=600, path=_BACK, secure=secure, httponly=True, samesite="lax")
    return answer


@router.get("/sign-in/provider/back")
@open_to_all()
def from_provider(request: Request, desk: TheDesk) -> Response:
    """Come back from it."""
    if desk.provider is None or desk.alone:
        raise MissingError("There is no identity provider here.", "Sign in with a password.")
    ticket, given = request.cookies.get(_TICKET, ""), dict(request.query_params)
    try:
        actor = desk.provider.finish(desk.db, desk.casework.keys, ticket, given, "workbench", address_of(request))
    except ClewError as error:
        return sign_in_page(request, 401, error, next="/")
    # A page, no redirect: the session's cookie is sent only where the workbench itself leads on.
    answer = render(request, "come_in.html")
    keep_cookie(request, answer, fresh(request, actor))
    answer.delete_cookie(_TICKET, path=_BACK)
    return answer


@router.post("/sign-out")
@signed_in()
def sign_out(request: Request, desk: TheDesk) -> Response:
    """End the session."""
    visit = visit_of(request)
    if visit.secret:
        sessions.end(desk.db, visit.secret)
    answer = RedirectResponse(f"/sign-in?{urlencode({'next': '/'})}", 303)
    drop_cookie(request, answer)
    answer.headers["clear-site-data"] = '"cache"'
    return answer


def _back(request: Request) -> str:
    return f"{str(request.base_url).rstrip('/')}{_BACK}"


def link(request: Request, desk: Desk) -> str:
    """A one-time link to this workbench."""
    place = desk.address or str(request.base_url).rstrip("/")
    return f"{place}/enter?{urlencode({'key': desk.links.make()})}"
