"""Accounts, for the administrator: make, give roles, lock, reset. Nobody sees the material for that."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi import Path as InPath
from fastapi.responses import RedirectResponse, Response

from clew.access import accounts, sessions, tokens, totp
from clew.model.actor import ROLES, Actor
from clew.model.errors import ClewError, DeniedError, InputError
from clew.web.access import Who, access
from clew.web.desk import Desk, TheDesk
from clew.web.page import render

router = APIRouter(prefix="/accounts")

Name = Annotated[str, InPath(max_length=200)]
Roles = Annotated[list[str] | None, Form(max_length=len(ROLES))]
_RANDOM = 12  # bytes of a password that is handed out


@router.get("")
@access("administer", "view", "accounts", "none")
def page(request: Request, desk: TheDesk) -> Response:
    """Everybody who may sign in."""
    return _list(request, desk)


@router.post("")
@access("administer", purpose="none")
def add(
    request: Request, desk: TheDesk, who: Who, name: Annotated[str, Form(max_length=200)], role: Roles = None
) -> Response:
    """Make an account with a password to hand out; its owner takes another at the first sign-in."""
    password = secrets.token_urlsafe(_RANDOM)
    try:
        made = accounts.add(desk.db, who, name, role or (), password)
    except (InputError, DeniedError) as error:
        return _list(request, desk, error, name, role or [])
    return _one(request, desk, who, made.name, password=password)


@router.get("/{name}")
@access("administer", "view", "account {name}", "none")
def one(request: Request, desk: TheDesk, who: Who, name: Name) -> Response:
    """One account."""
    return _one(request, desk, who, name)


@router.post("/{name}/roles")
@access("administer", purpose="none")
def roles(request: Request, desk: TheDesk, who: Who, name: Name, role: Roles = None) -> Response:
    """Give other roles."""
    try:
        accounts.set_roles(desk.db, who, name, role or ())
    except (InputError, DeniedError) as error:
        return _one(request, desk, who, name, error)
    return RedirectResponse(f"/accounts/{name}", 303)


@router.post("/{name}/state")
@access("administer", purpose="none")
def state(request: Request, desk: TheDesk, who: Who, name: Name, locked: Annotated[bool, Form()] = False) -> Response:
    """Let somebody in no more, or again."""
    try:
        (accounts.lock if locked else accounts.unlock)(desk.db, who, name)
    except (InputError, DeniedError) as error:
        return _one(request, desk, who, name, error)
    return RedirectResponse(f"/accounts/{name}", 303)


@router.post("/{name}/password")
@access("administer", purpose="none")
def password(request: Request, desk: TheDesk, who: Who, name: Name) -> Response:
    """A new password to hand out."""
    made = secrets.token_urlsafe(_RANDOM)
    accounts.set_password(desk.db, who, name, made)
    return _one(request, desk, who, name, password=made)


@router.post("/{name}/totp")
@access("administer", purpose="none")
def no_totp(desk: TheDesk, who: Who, name: Name) -> Response:
    """Ask for no one-time codes any more: the device and the recovery codes are lost."""
    totp.remove(desk.db, who, name)
    return RedirectResponse(f"/accounts/{name}", 303)


@router.post("/{name}/sessions")
@access("administer", purpose="none")
def end_sessions(desk: TheDesk, who: Who, name: Name) -> Response:
    """End every session of the account."""
    sessions.end_all(desk.db, who, accounts.find(desk.db, name).name)
    return RedirectResponse(f"/accounts/{name}", 303)


@router.post("/{name}/tokens")
@access("administer", purpose="none")
def revoke(desk: TheDesk, who: Who, name: Name, token: Annotated[str, Form(max_length=20)]) -> Response:
    """End a token of the account."""
    tokens.revoke(desk.db, who, token)
    return RedirectResponse(f"/accounts/{name}", 303)


def _list(
    request: Request, desk: Desk, wrong: ClewError | None = None, name: str = "", given: list[str] | None = None
) -> Response:
    return render(
        request, "accounts.html", 400 if wrong else 200, accounts=accounts.all_of(desk.db), roles=ROLES, wrong=wrong,
        name=name, given=given or [],
    )  # fmt: skip


def _one(
    request: Request, desk: Desk, who: Actor, name: str, wrong: ClewError | None = None, password: str = ""
) -> Response:
    account, now = accounts.find(desk.db, name), datetime.now(UTC).isoformat()
    held = tokens.all_of(desk.db, who, account.name)
    return render(
        request, "accounts_one.html", 400 if wrong else 200, account=account, roles=ROLES, wrong=wrong,
        password=password, sessions=sessions.all_of(desk.db, account.name),
        tokens=[token for token in held if token.revoked_at is None and token.ends_at > now],
    )  # fmt: skip
