"""Signing in with a name, a password and a one-time code.

Whoever fails hears the same words after the same work, whether the account, the password or the code was wrong.
Every try that is looked at stands in the ledger.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from clew.access import accounts, passwords, totp, tries
from clew.access.limits import network_of
from clew.access.passwords import COST, Cost
from clew.access.tables import ACCOUNTS
from clew.database.base import write
from clew.ledger.entry import Deed
from clew.ledger.log import append
from clew.model.actor import Actor, Via
from clew.model.errors import DeniedError, InputError
from clew.vault.keys import Keys


def nobody(via: Via) -> Actor:
    """Who acts while it is not known who."""
    return Actor("nobody", frozenset(), via)


def sign_in(
    db: sa.Engine,
    keys: Keys,
    name: str,
    password: str,
    code: str = "",
    via: Via = "workbench",
    address: str = "",
    cost: Cost = COST,
    at: datetime | None = None,
) -> Actor:
    """Who somebody is.

    Args:
        db: the database.
        keys: of the workspace.
        name, password: as typed.
        code: one-time or recovery code, where the account has them.
        via, address: by which way, and from where.
        cost: of the hash of the password; one of another cost is replaced.
        at: now.

    Raises:
        TooManyError: after too many failures.
        DeniedError: the name, the password or the code is not right, or the account is locked.
    """
    at = at or datetime.now(UTC)
    known = _known(name)
    nth = tries.claim(db, keys, nobody(via), known or name, address, at)
    with db.connect() as connection:
        row = accounts.row_of(connection, known) if known else None
    kept = row.password if row else None
    right = passwords.fits(kept, password, cost)
    renewed = passwords.hash_of(password, cost) if right and passwords.is_outdated(str(kept), cost) else kept
    with write(db) as connection:
        row = accounts.row_of(connection, known) if known else None
        ways, fault = _judged(connection, keys, row, right and row is not None and row.password == kept, code, at)
        place = {"address": network_of(address)}
        if row is None or fault:
            subject = f"account {row.name}" if row else "sign-in"
            append(connection, nobody(via), Deed("refuse", subject, {"reason": fault}, place))
        else:
            actor = accounts.actor_of(row, via)
            tries.passed(connection, nth, at)
            if renewed != kept:
                connection.execute(ACCOUNTS.update().where(ACCOUNTS.c.name == row.name).values(password=renewed))
            append(connection, actor, Deed("login", f"account {row.name}", {"with": ways}, place))
            return actor
    raise DeniedError("The name, the password or the code is not right.", "Look at each, and try again.")


def change_password(
    db: sa.Engine,
    keys: Keys,
    actor: Actor,
    old: str,
    code: str,
    new: str,
    address: str = "",
    cost: Cost = COST,
    at: datetime | None = None,
) -> None:
    """Take another password for oneself; it ends one's sessions, so the caller begins one anew.

    Raises:
        TooManyError: after too many failures.
        DeniedError: the old password or the code is not right, or a token asks.
        InputError: the new password cannot be taken.
    """
    if actor.scopes is not None:
        raise DeniedError("A token cannot change a password.", "Sign in to change it.")
    passwords.check(new, actor.name)
    sign_in(db, keys, actor.name, old, code, actor.via, address, cost, at)
    kept = passwords.hash_of(new, cost)
    with write(db) as connection:
        accounts.change(connection, actor, actor.name, {"password": "new"}, password=kept, handed=False)


def _known(name: str) -> str | None:
    try:
        return accounts.normalised(name)
    except InputError:
        return None


def _judged(
    connection: sa.Connection, keys: Keys, row: sa.Row[Any] | None, right: bool, code: str, at: datetime
) -> tuple[list[str], str]:
    """By what somebody is known, and what speaks against it (nothing: the empty text)."""
    if row is None:
        return [], "no such account"
    if not right:
        return [], "password"
    if row.state != "open":
        return [], "locked"
    if row.totp is None:
        return ["password"], ""
    kind = totp.take(connection, keys, row, code, at)
    return (["password", kind], "") if kind else ([], "code")
