"""Who types a command: the operating system vouches for the user, an API token for anybody else.

Whoever owns the workspace's folder can read and change its files with any program. So the owner (and root) may always
administer accounts on the command line, which is how the first one is made and how a unit that locked itself out comes
back in. What the owner does so stands in the ledger, by way of the command line.
"""

from __future__ import annotations

import os
from pathlib import Path

import sqlalchemy as sa

from clew.access import accounts, tokens
from clew.access.login import login_name as login_name
from clew.access.roles import alone
from clew.model.actor import Actor
from clew.model.errors import DeniedError, MissingError


def owner(workspace: Path) -> Actor:
    """Whoever owns the workspace, to administer it.

    Raises:
        DeniedError: the user of this process does not.
    """
    if os.name == "posix" and os.geteuid() not in (0, workspace.stat().st_uid):
        raise DeniedError(
            "Accounts are administered on the command line by who owns the workspace's folder.",
            "Sign in to the workbench as administrator, or ask the owner.",
        )
    return Actor(login_name(), frozenset(("administrator",)), "command line")


def typing(db: sa.Engine, token: str = "") -> Actor:
    """Who types a command on the material.

    Args:
        db: the database.
        token: an API token, which goes before the login name.

    Raises:
        DeniedError: there are accounts, and none is theirs, open and meant by the token.
    """
    if not accounts.any(db):
        return alone(login_name(), "command line")
    if token:
        found = tokens.actor(db, token, "command line")
        if found is None:
            raise DeniedError("The token in CLEW_TOKEN opens nothing.", "It was revoked, is over, or is none.")
        return found
    try:
        mine = accounts.find(db, login_name())
    except MissingError:
        mine = None
    if mine is None or mine.state != "open":
        raise DeniedError(
            f"This workspace has accounts, and none that is open for {login_name()}.",
            "Put an API token in CLEW_TOKEN, or ask an administrator for an account of that name.",
        )
    return Actor(mine.name, mine.roles, "command line")
