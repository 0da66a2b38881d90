"""What each role may do. A unit of one person has all roles, yet four eyes need two people."""

from __future__ import annotations

from typing import Literal, get_args

from clew.model.actor import ROLES, Actor, Role
from clew.model.errors import DeniedError

Permission = Literal[
    "read",  # leads, networks, records: the material
    "decide",  # triage, links
    "ingest",  # bring in files, start runs
    "work",  # open cases and work in those one is a member of
    "export",  # take material out
    "oversee",  # see every case, change members, approve, release protected persons, erase
    "audit",  # search the ledger, check it
    "administer",  # accounts, tokens of others, retention, backups
]
PERMISSIONS: tuple[Permission, ...] = get_args(Permission)

MAY: dict[Role, frozenset[Permission]] = {
    "analyst": frozenset(("read", "decide", "ingest", "work", "export")),
    "supervisor": frozenset(("read", "decide", "ingest", "work", "export", "oversee")),
    "auditor": frozenset(("audit",)),
    "administrator": frozenset(("administer",)),
}


def may(actor: Actor, permission: Permission) -> bool:
    """Is it allowed? A token is allowed what its owner is, within its scopes."""
    if actor.scopes is not None and permission not in actor.scopes:
        return False
    return any(permission in MAY[role] for role in actor.roles)


def need(actor: Actor, permission: Permission) -> None:
    """Go on only if it is allowed.

    Raises:
        DeniedError: it is not.
    """
    if not may(actor, permission):
        holders = " or ".join(role for role in ROLES if permission in MAY[role])
        raise DeniedError(f"{actor.name} may not do that.", f"It takes the role {holders}.")


def alone(name: str, via: Literal["command line", "workbench"]) -> Actor:
    """The one person of a workspace without accounts."""
    return Actor(name, frozenset(ROLES), via)
