"""What a unit says of its identity provider: a TOML file that ``CLEW_OIDC`` names.

::

    issuer = "https://login.example.org/realms/unit"
    client_id = "clew"
    secret_file = "/etc/clew/oidc-secret"  # optional: with PKCE a client may have none
    name_claim = "preferred_username"      # gives the name of the account; people must not be able to choose it
    scopes = ["profile"]                   # beside openid
    provision = false                      # make accounts for those who have none, with the roles below
    roles_claim = "groups"

    [roles]                                # value of the claim: roles in Clew
    "clew-analysts" = ["analyst"]
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from clew.access.accounts import roles_of
from clew.model.actor import Role
from clew.model.errors import InputError

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Settings:
    """See the example above.

    Attributes:
        secret: of the client; empty where it has none.
        roles: for each value of the claim the roles that it gives.
    """

    issuer: str
    client_id: str
    secret: str = field(default="", repr=False)
    name_claim: str = "preferred_username"
    scopes: tuple[str, ...] = ("profile",)
    provision: bool = False
    roles_claim: str = "groups"
    roles: Mapping[str, frozenset[Role]] = field(default_factory=dict)


def from_environment() -> Settings | None:
    """The settings of the file that ``CLEW_OIDC`` names; None where it names none.

    Raises:
        InputError: the file cannot be read or used.
    """
    named = os.environ.get("CLEW_OIDC", "")
    return read(Path(named)) if named else None


def read(path: Path) -> Settings:
    """The settings of a file.

    Raises:
        InputError: it cannot be read, or something in it cannot be used.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
        file = given.pop("secret_file", None)
        secret = Path(file).read_text(encoding="utf-8").strip() if file else ""
    except (OSError, ValueError, TypeError, RecursionError) as error:  # ValueError: TOML, UTF-8, a zero byte in a path
        raise InputError(f"The settings of the identity provider cannot be read ({error}).") from None
    known: dict[str, type] = {
        "issuer": str, "client_id": str, "name_claim": str, "scopes": list, "provision": bool, "roles_claim": str,
        "roles": dict,
    }  # fmt: skip
    for name, value in given.items():
        if name not in known or not isinstance(value, known[name]):
            raise InputError(f"{path} says {name}, which is none of its settings or of another kind.", _names(known))
    if not given.get("client_id") or not is_safe(given.get("issuer", "")):
        raise InputError(f"{path} lacks an issuer that begins with https://, or a client_id.")
    return Settings(**given | {"secret": secret, "roles": _roles(path, given)} | _scopes(path, given))


def is_safe(url: str) -> bool:
    """May it be asked: over TLS, or on this machine?"""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (
            parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        )
    except ValueError:
        return False


def _names(known: Mapping[str, type]) -> str:
    return f"They are {', '.join(known)}, secret_file."


def _scopes(path: Path, given: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    scopes = given.get("scopes", ["profile"])
    if not all(isinstance(scope, str) and scope and " " not in scope for scope in scopes):
        raise InputError(f"{path}: scopes is a list of words.")
    return {"scopes": tuple(scope for scope in scopes if scope != "openid")}


def _roles(path: Path, given: Mapping[str, Any]) -> dict[str, frozenset[Role]]:
    found = {}
    for value, words in given.get("roles", {}).items():
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise InputError(f"{path}: the roles of {value!r} are a list of words.")
        found[value] = roles_of(words)
    return found
