"""Tokens by which programs use the API for somebody: within chosen permissions, for a time, revoked at will.

A token may never do more than its owner may at that moment; it can neither make tokens nor change accounts' secrets.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from clew.access import accounts
from clew.access.roles import PERMISSIONS, may, need
from clew.access.tables import TOKENS, digest_of
from clew.database.base import write
from clew.ledger.entry import Deed
from clew.ledger.log import append
from clew.model.actor import Actor, Via, one_line
from clew.model.errors import DeniedError, InputError, MissingError

PREFIX = "clew_"  # so that scanners for leaked secrets know it
MOST_DAYS, LONGEST_LABEL = 365, 80
_RANDOM = 32  # bytes
_TOKEN = re.compile(PREFIX + "[A-Za-z0-9_-]{43}")
_SEEN = timedelta(minutes=1)


@dataclass(frozen=True)
class Token:
    """What is known of a token; not the token.

    Attributes:
        id: such as T3.
        account, label: whose, and what for.
        scopes: the permissions it is limited to.
        who, at: who made it, and when.
        ends_at, used_at, revoked_at: ISO 8601, UTC.
    """

    id: str
    account: str
    label: str
    scopes: tuple[str, ...]
    who: str
    at: str
    ends_at: str
    used_at: str | None
    revoked_at: str | None


def make(
    db: sa.Engine,
    actor: Actor,
    scopes: Iterable[str],
    days: int,
    label: str,
    name: str | None = None,
    at: datetime | None = None,
) -> str:
    """Make a token for oneself.

    Args:
        db: the database.
        actor: whose it is; no token itself.
        scopes: permissions that the owner has, at least one.
        days: after which it ends, 1 to 365.
        label: what it is for.
        name: whose it is if not the actor's: only on the command line, by who owns the workspace.
        at: now.

    Returns:
        The token, which is kept nowhere else.

    Raises:
        InputError: a scope, the days or the label cannot be.
        DeniedError: the owner lacks a scope, or the actor may not make it.
    """
    at, label, given = at or datetime.now(UTC), one_line(label), set(scopes)
    wanted = [permission for permission in PERMISSIONS if permission in given]
    if not wanted or given - set(wanted):
        raise InputError("A token has at least one scope.", f"The scopes are {', '.join(PERMISSIONS)}.")
    if not 1 <= days <= MOST_DAYS:
        raise InputError(f"A token ends after 1 to {MOST_DAYS} days.")
    if not 1 <= len(label) <= LONGEST_LABEL:
        raise InputError("A token needs a label.", f"Say in up to {LONGEST_LABEL} characters what it is for.")
    if actor.scopes is not None or (name is not None and name != actor.name and actor.via != "command line"):
        raise DeniedError("A token is made by who will own it, signed in.", "Sign in and make it there.")
    if name is not None and name != actor.name:
        need(actor, "administer")
    secret = PREFIX + secrets.token_urlsafe(_RANDOM)
    with write(db) as connection:
        row = accounts.existing(connection, name or actor.name)
        owner = accounts.actor_of(row, "api")
        lacking = [permission for permission in wanted if not may(owner, permission)]
        if lacking or row.state != "open":
            raise DeniedError(
                f"{row.name} may not {', '.join(lacking) or 'sign in'}.", "A token may what its owner may."
            )
        values = {
            "digest": digest_of(secret), "account": row.name, "label": label, "scopes": " ".join(wanted),
            "who": actor.name, "at": at.isoformat(), "ends_at": (at + timedelta(days=days)).isoformat(),
        }  # fmt: skip
        nth = connection.execute(TOKENS.insert().values(values).returning(TOKENS.c.id)).scalar_one()
        told = {"token": f"T{nth}", "scopes": wanted, "days": days}
        append(connection, actor, Deed("change", f"account {row.name}", told, {"label": label}))
    return secret


def actor(db: sa.Engine, secret: str, via: Via = "api", at: datetime | None = None) -> Actor | None:
    """Who acts by a token; None if it is none, or over, revoked, or its owner is locked."""
    if not _TOKEN.fullmatch(secret):
        return None
    at = at or datetime.now(UTC)
    with db.connect() as connection:
        row = connection.execute(TOKENS.select().where(TOKENS.c.digest == digest_of(secret))).first()
        if row is None or row.revoked_at is not None or row.ends_at <= at.isoformat():
            return None
        owner = accounts.row_of(connection, row.account)
    if owner is None or owner.state != "open":
        return None
    if row.used_at is None or at - datetime.fromisoformat(row.used_at) >= _SEEN:
        with write(db) as connection:
            connection.execute(TOKENS.update().where(TOKENS.c.id == row.id).values(used_at=at.isoformat()))
    return accounts.actor_of(owner, via, frozenset(row.scopes.split()))


def all_of(db: sa.Engine, actor: Actor, name: str | None = None) -> list[Token]:
    """Tokens of somebody, the newest first: one's own, or as administrator anybody's (None: everybody's).

    Raises:
        DeniedError: they are somebody else's.
    """
    if name != actor.name:
        need(actor, "administer")
    query = TOKENS.select().order_by(TOKENS.c.id.desc())
    if name is not None:
        query = query.where(TOKENS.c.account == name)
    with db.connect() as connection:
        return [_token(row) for row in connection.execute(query)]


def revoke(db: sa.Engine, actor: Actor, token_id: str, at: datetime | None = None) -> None:
    """End a token: one's own, or as administrator anybody's.

    Raises:
        MissingError: there is no such token, or it is somebody else's.
    """
    at = at or datetime.now(UTC)
    number = token_id[1:]
    nth = int(number) if token_id[:1] == "T" and number.isascii() and number.isdigit() and len(number) < 9 else 0
    with write(db) as connection:
        row = connection.execute(TOKENS.select().where(TOKENS.c.id == nth)).first()
        if row is None or (row.account != actor.name and not may(actor, "administer")):
            raise MissingError(f"There is no token {token_id[:12]!r}.", "clew token list names them.")
        if row.revoked_at is None:
            connection.execute(TOKENS.update().where(TOKENS.c.id == nth).values(revoked_at=at.isoformat()))
            told = {"token": f"T{nth}", "revoked": True}
            append(connection, actor, Deed("change", f"account {row.account}", told))


def _token(row: sa.Row[Any]) -> Token:
    return Token(
        f"T{row.id}", row.account, row.label, tuple(row.scopes.split()), row.who, row.at, row.ends_at, row.used_at,
        row.revoked_at,
    )  # fmt: skip
