"""Sessions of the workbench: a random secret in a cookie, of which only the digest is kept.

A session ends after half an hour without a request and after eight hours anyway, and when the roles, the password or
the state of the account change. The roles are those that the account has now, not those it had at the beginning.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from clew.access import accounts
from clew.access.limits import network_of
from clew.access.roles import alone, may, need
from clew.access.tables import SESSIONS, digest_of
from clew.database.base import write
from clew.ledger.entry import Deed
from clew.ledger.log import append
from clew.model.actor import MAX_WHY, Actor, one_line
from clew.model.errors import DeniedError, InputError, MissingError

IDLE_MINUTES, HOURS = 30, 8  # a day's work
SHORTEST_WHY = 3  # characters
_SECRET = 32  # random bytes
_ID = re.compile("[0-9a-f]{16}")
_SEEN = timedelta(minutes=1)  # requests within it are one for the clock, so that a page need not write


@dataclass(frozen=True)
class Session:
    """Somebody at work in the workbench.

    Attributes:
        id: names the session in a list; not its secret.
        actor: who, with the purpose and the case that were stated.
        address: from where it was begun.
        handed: does somebody else know the password? See `clew.access.accounts.Account`.
        began_at, seen_at, ends_at: ISO 8601, UTC; the end holds even if it is used until then.
    """

    id: str
    actor: Actor
    address: str
    handed: bool
    began_at: str
    seen_at: str
    ends_at: str

    @property
    def has_purpose(self) -> bool:
        """Was a purpose or a case stated?"""
        return bool(self.actor.why or self.actor.case_id)


def begin(
    db: sa.Engine,
    actor: Actor,
    idle_minutes: int = IDLE_MINUTES,
    hours: float = HOURS,
    address: str = "",
    at: datetime | None = None,
) -> str:
    """Begin a session of somebody who has just signed in; sessions that are over are forgotten.

    Returns:
        Its secret, which is kept nowhere else.

    Raises:
        DeniedError: a token asks, or the account is locked.
        MissingError: there are accounts, and none of this name.
    """
    if actor.scopes is not None:
        raise DeniedError("A token has no session.", "Send it with every request.")
    at = at or datetime.now(UTC)
    secret = secrets.token_urlsafe(_SECRET)
    with write(db) as connection:
        lonely = accounts.count(connection) == 0
        if not lonely and accounts.existing(connection, actor.name).state != "open":
            raise DeniedError(f"The account {actor.name} is locked.", "An administrator can unlock it.")
        connection.execute(SESSIONS.delete().where(SESSIONS.c.ends_at < at.isoformat()))
        connection.execute(
            SESSIONS.insert().values(
                digest=digest_of(secret), account=actor.name, alone=lonely, via=actor.via, address=network_of(address),
                why=actor.why, case_id=actor.case_id, began_at=at.isoformat(), seen_at=at.isoformat(),
                idle_minutes=idle_minutes, ends_at=(at + timedelta(hours=hours)).isoformat(),
            )
        )  # fmt: skip
    return secret


def actor(db: sa.Engine, secret: str, at: datetime | None = None) -> Session | None:
    """The session of a secret, which it keeps alive; None if it is none, or over."""
    at = at or datetime.now(UTC)
    with db.connect() as connection:
        row = _row(connection, secret)
        found = _session(connection, row, at) if row else None
    if row is not None and found is None:
        with write(db) as connection:
            connection.execute(SESSIONS.delete().where(SESSIONS.c.digest == row.digest))
    elif row is not None and at - datetime.fromisoformat(row.seen_at) >= _SEEN:
        with write(db) as connection:
            connection.execute(SESSIONS.update().where(SESSIONS.c.digest == row.digest).values(seen_at=at.isoformat()))
    return found


def renew(db: sa.Engine, secret: str, at: datetime | None = None) -> str:
    """Exchange the secret for a fresh one; the old one no longer opens anything, the end stays.

    Raises:
        MissingError: the session is over.
    """
    fresh = secrets.token_urlsafe(_SECRET)
    with write(db) as connection:
        row = _open(connection, secret, at)
        connection.execute(SESSIONS.update().where(SESSIONS.c.digest == row.digest).values(digest=digest_of(fresh)))
    return fresh


def state_purpose(
    db: sa.Engine, secret: str, why: str = "", case_id: str | None = None, at: datetime | None = None
) -> Session:
    """Say why one looks: in words, or by a case (the caller has looked whether it is a case of theirs).

    Raises:
        InputError: neither is given, or the words are too few or too many.
        MissingError: the session is over.
    """
    why = one_line(why)
    if not case_id and len(why) < SHORTEST_WHY:
        raise InputError("Say why you look at this.", "Name a case, or write the purpose in a few words.")
    if len(why) > MAX_WHY:
        raise InputError(f"A purpose has up to {MAX_WHY} characters.")
    at = at or datetime.now(UTC)
    with write(db) as connection:
        row = _open(connection, secret, at)
        values = {"why": why, "case_id": case_id}
        connection.execute(SESSIONS.update().where(SESSIONS.c.digest == row.digest).values(values))
        changed = _session(connection, row, at)
        if changed is None:
            raise MissingError("This session is over.", "Sign in again.")
        append(
            connection,
            changed.actor.within(case_id, why),
            Deed("change", f"account {row.account}", {"purpose": "stated"}),
        )
    return Session(**vars(changed) | {"actor": changed.actor.within(case_id, why)})


def end_purpose(db: sa.Engine, secret: str, at: datetime | None = None) -> None:
    """Look for no purpose any more.

    Raises:
        MissingError: the session is over.
    """
    with write(db) as connection:
        row = _open(connection, secret, at)
        connection.execute(SESSIONS.update().where(SESSIONS.c.digest == row.digest).values(why="", case_id=None))
        who = Actor(row.account, frozenset(), row.via)
        append(connection, who, Deed("change", f"account {row.account}", {"purpose": "ended"}))


def end(db: sa.Engine, secret: str) -> None:
    """End a session; one that is over stays so."""
    with write(db) as connection:
        row = _row(connection, secret)
        if row is not None:
            connection.execute(SESSIONS.delete().where(SESSIONS.c.digest == row.digest))
            _tell(connection, Actor(row.account, frozenset(), row.via), row.account, 1)


def end_one(db: sa.Engine, actor: Actor, session_id: str) -> None:
    """End one of one's own sessions from another, or as administrator anybody's.

    Raises:
        MissingError: there is no such session, or it is somebody else's.
    """
    begins = SESSIONS.c.digest.startswith(session_id if _ID.fullmatch(session_id) else "none")
    with write(db) as connection:
        found = connection.execute(SESSIONS.select().where(begins)).all()
        if not found or (found[0].account != actor.name and not may(actor, "administer")):
            raise MissingError("There is no such session.")
        connection.execute(SESSIONS.delete().where(SESSIONS.c.digest == found[0].digest))
        _tell(connection, actor, found[0].account, 1)


def end_all(db: sa.Engine, actor: Actor, name: str) -> int:
    """End every session of somebody: oneself, or as administrator anybody.

    Returns:
        How many there were.
    """
    if name != actor.name:
        need(actor, "administer")
    with write(db) as connection:
        ended = int(connection.execute(SESSIONS.delete().where(SESSIONS.c.account == name)).rowcount)
        _tell(connection, actor, name, ended)
    return ended


def all_of(db: sa.Engine, name: str, at: datetime | None = None) -> list[Session]:
    """The sessions of somebody that are not over, the newest first."""
    at = at or datetime.now(UTC)
    query = SESSIONS.select().where(SESSIONS.c.account == name).order_by(SESSIONS.c.began_at.desc(), SESSIONS.c.digest)
    with db.connect() as connection:
        found = [_session(connection, row, at) for row in connection.execute(query).all()]
    return [session for session in found if session]


def form_token(secret: str) -> str:
    """What a form of this session carries, so that no other site can send it (CSRF)."""
    return hmac.new(secret.encode("utf-8", "surrogatepass"), b"clew form", hashlib.sha256).hexdigest()


def form_token_fits(secret: str, token: str) -> bool:
    """Does a form come from this session?"""
    return hmac.compare_digest(form_token(secret).encode(), token.encode("utf-8", "surrogatepass"))


def _row(connection: sa.Connection, secret: str) -> sa.Row[Any] | None:
    return connection.execute(SESSIONS.select().where(SESSIONS.c.digest == digest_of(secret))).first()


def _open(connection: sa.Connection, secret: str, at: datetime | None) -> sa.Row[Any]:
    row = _row(connection, secret)
    if row is None or _session(connection, row, at or datetime.now(UTC)) is None:
        raise MissingError("This session is over.", "Sign in again.")
    return row


def _session(connection: sa.Connection, row: sa.Row[Any], at: datetime) -> Session | None:
    """The session of a row, with the roles that its account has now; None if it is over."""
    idle = datetime.fromisoformat(row.seen_at) + timedelta(minutes=row.idle_minutes)
    if at >= min(idle, datetime.fromisoformat(row.ends_at)):
        return None
    handed = False
    if row.alone:
        who = alone(row.account, row.via) if accounts.count(connection) == 0 else None
    else:
        account = accounts.row_of(connection, row.account)
        is_open = account is not None and account.state == "open"
        who = accounts.actor_of(account, row.via) if account and is_open else None
        handed = bool(account and account.handed)
    if who is None:
        return None
    who = who.within(row.case_id, row.why)
    return Session(_id(row), who, row.address, handed, row.began_at, row.seen_at, row.ends_at)


def _id(row: sa.Row[Any]) -> str:
    return str(row.digest[:16])


def _tell(connection: sa.Connection, actor: Actor, name: str, ended: int) -> None:
    append(connection, actor, Deed("change", f"account {name}", {"sessions_ended": ended}))
