"""Accounts: who there is, with which roles, open or locked. Every change stands in the ledger beside who made it.

A change of roles, password or state ends the sessions of the account, so that what was allowed before is over at once.
The first account must be an administrator; from then on nobody works in the workbench without an account.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from clew.access import passwords
from clew.access.passwords import COST, Cost
from clew.access.roles import need
from clew.access.tables import ACCOUNTS, RECOVERY, SESSIONS
from clew.database.base import now, write
from clew.ledger.entry import Deed
from clew.ledger.log import append
from clew.model.actor import ROLES, Actor, Role, Via
from clew.model.errors import DeniedError, InputError, MissingError

State = Literal["open", "locked"]
LONGEST_NAME = 64
_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]*")
_RESERVED = ("clew", "nobody")  # who acts in the ledger when no person does


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in.

    Attributes:
        name: normalised.
        roles: what the person is in this unit.
        state: open or locked.
        password: is there one? Those who sign in at an identity provider need none.
        handed: was it set by somebody else, who knows it? Then the person should take another one first.
        totp: is a one-time code asked for?
        recovery: how many recovery codes are left.
        outside: is it tied to an identity provider?
        who, at: who made it, and when (ISO 8601, UTC).
    """

    name: str
    roles: frozenset[Role]
    state: State
    password: bool
    handed: bool
    totp: bool
    recovery: int
    outside: bool
    who: str
    at: str


def normalised(name: str) -> str:
    """A name as it is kept: what looks the same is the same.

    Raises:
        InputError: it cannot be the name of an account.
    """
    folded = unicodedata.normalize("NFKC", name.strip()).casefold() if len(name) <= 4 * LONGEST_NAME else ""
    if len(folded) > LONGEST_NAME or not _NAME.fullmatch(folded):
        raise InputError(
            "That cannot be the name of an account.", f"Up to {LONGEST_NAME} of a-z, 0-9 and . _ @ -; no space."
        )
    return folded


def roles_of(words: Iterable[str]) -> frozenset[Role]:
    """Roles by their words.

    Raises:
        InputError: there is none, or one that Clew does not have.
    """
    given = set(words)
    if not given or not given <= set(ROLES):
        raise InputError("An account has at least one role.", f"The roles are {', '.join(ROLES)}.")
    return frozenset(role for role in ROLES if role in given)


def actor_of(row: sa.Row[Any], via: Via, scopes: frozenset[str] | None = None) -> Actor:
    """Whoever an account is of, at work."""
    return Actor(row.name, roles_of(row.roles.split()), via, scopes=scopes)


def any(db: sa.Engine) -> bool:
    """Are there accounts? If not, the workspace is of one person."""
    with db.connect() as connection:
        return count(connection) > 0


def find(db: sa.Engine, name: str) -> Account:
    """One account.

    Raises:
        MissingError: there is none of this name.
    """
    with db.connect() as connection:
        return _account(connection, existing(connection, name))


def all_of(db: sa.Engine) -> list[Account]:
    """Every account, by name."""
    with db.connect() as connection:
        rows = connection.execute(ACCOUNTS.select().order_by(ACCOUNTS.c.name)).all()
        return [_account(connection, row) for row in rows]


def add(
    db: sa.Engine, actor: Actor, name: str, roles: Iterable[str], password: str | None, cost: Cost = COST
) -> Account:
    """Make an account.

    Args:
        db: see `clew.database.base.open_database`.
        actor: an administrator, or the one person of a workspace without accounts.
        name: how it signs in; it is normalised.
        roles: at least one; the first account must be an administrator.
        password: None for somebody who only signs in at an identity provider.
        cost: of the hash.

    Raises:
        InputError: the name is taken, or the name, a role or the password cannot be taken.
        DeniedError: the actor may not do that.
    """
    need(actor, "administer")
    name, wanted = normalised(name), roles_of(roles)
    kept = None
    if password is not None:
        passwords.check(password, name)
        kept = passwords.hash_of(password, cost)
    with write(db) as connection:
        insert(connection, actor, name, wanted, password=kept, handed=kept is not None)
    return find(db, name)


def set_password(db: sa.Engine, actor: Actor, name: str, password: str, cost: Cost = COST) -> None:
    """Give somebody another password; an administrator does. For one's own see `clew.access.signin.change_password`.

    Raises:
        MissingError: there is no such account.
        InputError: the password cannot be taken.
        DeniedError: the actor may not do that.
    """
    need(actor, "administer")
    name = find(db, name).name
    passwords.check(password, name)
    kept = passwords.hash_of(password, cost)
    with write(db) as connection:
        change(connection, actor, name, {"password": "new"}, password=kept, handed=True)


def set_roles(db: sa.Engine, actor: Actor, name: str, roles: Iterable[str]) -> Account:
    """Give somebody other roles.

    Raises:
        MissingError: there is no such account.
        InputError: a role is none, or nobody would be administrator any more.
        DeniedError: the actor may not do that, or would give them to themselves.
    """
    need(actor, "administer")
    wanted = roles_of(roles)
    with write(db) as connection:
        _queue(connection)
        row = existing(connection, name)
        if row.name == actor.name and actor.via != "command line":
            raise DeniedError("Nobody changes their own roles.", "Another administrator can.")
        if "administrator" not in wanted:
            _keep_an_administrator(connection, row.name)
        told = {"roles": joined(wanted).split(), "before": row.roles.split()}
        change(connection, actor, row.name, told, roles=joined(wanted))
    return find(db, name)


def lock(db: sa.Engine, actor: Actor, name: str) -> Account:
    """Let somebody in no more: neither by password, nor provider, nor token. Nothing that they did is lost.

    Raises:
        MissingError: there is no such account.
        InputError: nobody would be administrator any more.
        DeniedError: the actor may not do that.
    """
    need(actor, "administer")
    with write(db) as connection:
        _queue(connection)
        row = existing(connection, name)
        _keep_an_administrator(connection, row.name)
        change(connection, actor, row.name, {"state": "locked"}, state="locked")
    return find(db, name)


def unlock(db: sa.Engine, actor: Actor, name: str) -> Account:
    """Let somebody in again.

    Raises:
        MissingError: there is no such account.
        DeniedError: the actor may not do that.
    """
    need(actor, "administer")
    with write(db) as connection:
        row = existing(connection, name)
        change(connection, actor, row.name, {"state": "open"}, state="open")
    return find(db, name)


# --- within a transaction, for the modules beside this one ---


def count(connection: sa.Connection) -> int:
    """How many accounts there are."""
    return int(connection.execute(sa.select(sa.func.count()).select_from(ACCOUNTS)).scalar_one())


def row_of(connection: sa.Connection, name: str) -> sa.Row[Any] | None:
    """The row of an account by its normalised name; in a transaction that writes, nobody else changes it meanwhile."""
    query = ACCOUNTS.select().where(ACCOUNTS.c.name == name)
    if connection.get_execution_options().get("clew_writes"):
        query = query.with_for_update()
    return connection.execute(query).first()


def existing(connection: sa.Connection, name: str) -> sa.Row[Any]:
    """The row of an account.

    Raises:
        MissingError: there is none.
    """
    try:
        row = row_of(connection, normalised(name))
    except InputError:
        row = None
    if row is None:
        raise MissingError(f"There is no account {name[:LONGEST_NAME]!r}.", "clew account list names them.")
    return row


def insert(connection: sa.Connection, actor: Actor, name: str, roles: frozenset[Role], **values: Any) -> None:
    """Add the row of an account, and tell the ledger.

    Raises:
        InputError: the name is taken or Clew's own, or it would be the first and is no administrator.
    """
    if name in _RESERVED:
        raise InputError(f"The name {name} is Clew's own.", "Take another one.")
    first = count(connection) == 0
    if first and "administrator" not in roles:
        raise InputError(
            "The first account must be an administrator, who can make the others.", "Add the role administrator."
        )
    row = {
        "name": name, "roles": joined(roles), "state": "open", "handed": False, "follows": False, "who": actor.name,
        "at": now(),
    }  # fmt: skip
    try:
        connection.execute(ACCOUNTS.insert().values(row | values))
    except sa.exc.IntegrityError:
        raise InputError(f"There is an account {name} already.", "Take another name.") from None
    if first:  # who worked alone until now signs in from now on
        connection.execute(SESSIONS.delete().where(SESSIONS.c.alone))
    append(connection, actor, Deed("change", f"account {name}", {"account": "new", "roles": joined(roles).split()}))


def change(connection: sa.Connection, actor: Actor, name: str, told: dict[str, Any], **values: Any) -> None:
    """Change the row of an account, end its sessions, and tell the ledger."""
    connection.execute(ACCOUNTS.update().where(ACCOUNTS.c.name == name).values(values))
    ended = connection.execute(SESSIONS.delete().where(SESSIONS.c.account == name)).rowcount
    append(connection, actor, Deed("change", f"account {name}", told | {"sessions_ended": ended}))


def joined(roles: Iterable[Role]) -> str:
    """Roles as they stand in the database."""
    held = set(roles)
    return " ".join(role for role in ROLES if role in held)


def _queue(connection: sa.Connection) -> None:
    """Wait for whoever changes accounts: two administrators who lock each other at once must not both succeed."""
    connection.execute(sa.select(ACCOUNTS.c.name).order_by(ACCOUNTS.c.name).with_for_update()).all()


def _keep_an_administrator(connection: sa.Connection, name: str) -> None:
    """Do not go on if nobody but this account may administer."""
    others = ACCOUNTS.select().where(ACCOUNTS.c.name != name, ACCOUNTS.c.state == "open")
    if not [row for row in connection.execute(others) if "administrator" in row.roles.split()]:
        raise InputError(f"Nobody but {name} is administrator.", "Make somebody else administrator first.")


def _account(connection: sa.Connection, row: sa.Row[Any]) -> Account:
    left = sa.select(sa.func.count()).select_from(RECOVERY).where(RECOVERY.c.account == row.name)
    return Account(
        row.name, roles_of(row.roles.split()), row.state, row.password is not None, row.handed, row.totp is not None,
        connection.execute(left).scalar_one(), row.outside is not None, row.who, row.at,
    )  # fmt: skip
