"""One's own account: password, one-time codes, sessions, tokens."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from clew.access import accounts, sessions, signin, tokens, totp
from clew.access.limits import TooManyError
from clew.access.passwords import SHORTEST
from clew.access.roles import PERMISSIONS, may
from clew.model.actor import Actor
from clew.model.errors import ClewError, DeniedError, InputError, MissingError
from clew.web.access import Who, signed_in, visit_of
from clew.web.desk import Desk, TheDesk
from clew.web.gate import keep_cookie
from clew.web.page import Markup, render
from clew.web.pages.entry import address_of, begin, fresh

router = APIRouter(prefix="/account")

Password = Annotated[str, Form(max_length=1_000)]
Code = Annotated[str, Form(max_length=40)]


@router.get("")
@signed_in()
def page(request: Request, who: Who) -> Response:
    """What there is of it."""
    return shown(request, who)


@router.post("/password")
@signed_in()
def password(
    request: Request, desk: TheDesk, who: Who, old: Password, new: Password, again: Password, code: Code = ""
) -> Response:
    """Take another password; other sessions end."""
    try:
        if new != again:
            raise InputError("The new password was typed in two ways.", "Type it twice the same.")
        signin.change_password(desk.db, desk.casework.keys, who, old, code, new, address_of(request))
    except (InputError, DeniedError) as error:
        return shown(request, who, error)
    return begin(request, who, "/account")


@router.post("/totp")
@signed_in()
def begin_totp(request: Request, desk: TheDesk, who: Who) -> Response:
    """A new secret for a device, shown once; it holds when a code of it was typed."""
    made = totp.begin(desk.db, desk.casework.keys, who)
    return render(request, "account_totp.html", secret=made.secret, picture=Markup(made.svg), codes=None, wrong=None)


@router.post("/totp/confirm")
@signed_in()
def confirm_totp(request: Request, desk: TheDesk, who: Who, code: Code) -> Response:
    """Ask for codes from now on; recovery codes are shown once."""
    try:
        codes = totp.confirm(desk.db, desk.casework.keys, who, code)
    except InputError as error:
        return render(request, "account_totp.html", 400, secret="", picture="", codes=None, wrong=error)
    secret = fresh(request, who)  # the change ended all sessions
    visit_of(request).csrf = sessions.form_token(secret)
    answer = render(request, "account_totp.html", secret="", picture="", codes=codes, wrong=None)
    keep_cookie(request, answer, secret)
    return answer


@router.post("/totp/remove")
@signed_in()
def remove_totp(request: Request, desk: TheDesk, who: Who, old: Password, code: Code) -> Response:
    """Ask for codes no longer; it takes the password and a code once more."""
    try:
        signin.sign_in(desk.db, desk.casework.keys, who.name, old, code, "workbench", address_of(request))
        totp.remove(desk.db, who)
    except (InputError, DeniedError) as error:
        return shown(request, who, error)
    return begin(request, who, "/account")


@router.post("/sessions/end")
@signed_in()
def end_session(desk: TheDesk, who: Who, session: Annotated[str, Form(max_length=64)]) -> Response:
    """End one of one's sessions."""
    sessions.end_one(desk.db, who, session)
    return RedirectResponse("/account", 303)


@router.post("/tokens")
@signed_in()
def make_token(
    request: Request,
    desk: TheDesk,
    who: Who,
    label: Annotated[str, Form(max_length=200)],
    days: Annotated[int, Form(ge=1, le=tokens.MOST_DAYS)] = 30,
    scope: Annotated[list[str] | None, Form(max_length=len(PERMISSIONS))] = None,
) -> Response:
    """Make a token for a program; it is shown once."""
    try:
        made = tokens.make(desk.db, who, scope or (), days, label)
    except (InputError, DeniedError) as error:
        return shown(request, who, error)
    return shown(request, who, made=made)


@router.post("/tokens/revoke")
@signed_in()
def revoke_token(desk: TheDesk, who: Who, token: Annotated[str, Form(max_length=20)]) -> Response:
    """End a token."""
    tokens.revoke(desk.db, who, token)
    return RedirectResponse("/account", 303)


def shown(request: Request, who: Actor, wrong: ClewError | None = None, made: str = "") -> Response:
    """The page, with what went wrong or a token that was made."""
    desk: Desk = request.app.state.desk
    visit = visit_of(request)
    status = 429 if isinstance(wrong, TooManyError) else 400 if wrong else 200
    return render(
        request, "account.html", status, wrong=wrong, made=made, account=_account(desk, who.name),
        sessions=sessions.all_of(desk.db, who.name), mine=visit.key, shortest=SHORTEST, **_tokens(desk, who),
    )  # fmt: skip


def _account(desk: Desk, name: str) -> accounts.Account | None:
    try:
        return accounts.find(desk.db, name)
    except MissingError:  # one person, no accounts
        return None


def _tokens(desk: Desk, who: Actor) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    every = tokens.all_of(desk.db, who, who.name)
    return {
        "tokens": [token for token in every if token.revoked_at is None and token.ends_at > now],
        "scopes": [permission for permission in PERMISSIONS if may(who, permission)],
        "most_days": tokens.MOST_DAYS,
    }
