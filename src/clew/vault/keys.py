"""The keys of a workspace: one that seals the keys of its cases, one that signs for it.

They stand in a file outside of the workspace (``CLEW_KEYS``, else the user's configuration folder), so that a copied
or stolen workspace, disk or backup opens nothing. A passphrase protects the file itself (`protect`); without one it is
as safe as the user's account. The key of each case is its own, so that erasing the key erases the case.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clew.database.base import METADATA, now
from clew.database.identity import identity
from clew.model.errors import InputError, MissingError, SealError, WorkspaceError
from clew.model.files import write_once, write_over
from clew.vault.seal import KEY, new_key, seal, unseal

PUBLIC = "public-key"  # file in the workspace: the key by which others check what it signed
SHORTEST = 12  # characters of a passphrase
_FORMAT = 1
_HEX = re.compile(r"(?:[0-9a-f]{2})+")
# Argon2id as RFC 9106 recommends for little memory.
_ARGON = {"time_cost": 3, "memory_cost": 64 << 10, "parallelism": 4}
_CASE_KEYS = sa.Table(
    "case_keys",
    METADATA,
    sa.Column("case_id", sa.String, primary_key=True),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("at", sa.String, nullable=False),
)


@dataclass(frozen=True, repr=False)
class Keys:
    """What a workspace seals and signs with.

    Attributes:
        workspace: its identity.
        master: seals the keys of cases.
        signing: seed of the Ed25519 key.
    """

    workspace: str
    master: bytes
    signing: bytes

    @property
    def public(self) -> bytes:
        """The key by which others check what this workspace signed; 32 bytes."""
        return Ed25519PrivateKey.from_private_bytes(self.signing).public_key().public_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        """Signature over some bytes; 64 bytes."""
        return Ed25519PrivateKey.from_private_bytes(self.signing).sign(data)


def key_folder() -> Path:
    """Where key files stand."""
    config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(os.environ.get("CLEW_KEYS") or Path(config) / "clew" / "keys")


def open_keys(workspace: Path, ask: Callable[[], str] | None = None) -> Keys:
    """The keys of a workspace; they are made when there are none yet.

    Args:
        workspace: its folder.
        ask: asks a person for the passphrase, where ``CLEW_PASSPHRASE`` is not set.

    Raises:
        WorkspaceError: the key file is not where it should be, is another's, or others may read it.
        InputError: the keys have a passphrase, and none or another was given.
    """
    name, marked = identity(workspace), workspace / PUBLIC
    path = key_file(name)
    if not marked.exists():
        _make(path, name)
    keys = _open(path, name, workspace, ask)
    # Last, so that a workspace with this file had its keys written safely before.
    if not marked.exists():
        write_once(marked, f"{keys.public.hex()}\n".encode())
    if marked.read_text().strip() != keys.public.hex():
        raise WorkspaceError(f"{path} is not the key file of {workspace}.", "Put the right one there.")
    return keys


def protect(keys: Keys, passphrase: str) -> Path:
    """Give the key file a passphrase, or another; an empty one takes it away.

    Returns:
        The file.
    """
    path = key_file(keys.workspace)
    bare = _content(keys.workspace, None, keys.master + keys.signing)
    write_over(path, wrapped(keys, passphrase) if passphrase else bare)
    return path


def wrapped(keys: Keys, passphrase: str) -> bytes:
    """The content of a key file that only a passphrase opens."""
    salt = secrets.token_hex(16)
    held = seal(_stretch(passphrase, salt), keys.master + keys.signing, f"keys {keys.workspace}")
    return _content(keys.workspace, salt, held)


def adopt(content: bytes, name: str, public: str, passphrase: str) -> bool:
    """Put the key file of a workspace where it belongs, from a copy with a passphrase; one that is there stays.

    Returns:
        Whether it was put there.

    Raises:
        InputError: that is not the passphrase.
        WorkspaceError: it is not the key file of that workspace.
    """
    other = WorkspaceError("That is not the key file of this workspace.")
    try:
        held = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise other from None
    if not _fits(held, name) or held["salt"] is None:
        raise other
    try:
        keys = _keys(name, unseal(_stretch(passphrase, held["salt"]), bytes.fromhex(held["keys"]), f"keys {name}"))
    except SealError:
        raise InputError("That is not the passphrase of these keys.", "Try again.") from None
    if keys.public.hex() != public:
        raise WorkspaceError("That is not the key file of this workspace.")
    key_folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    return write_once(key_file(name), content)


def key_file(name: str) -> Path:
    """Where the keys of a workspace stand."""
    return key_folder() / f"{name}.json"


def protected(path: Path) -> bool:
    """Has a key file a passphrase?"""
    return orjson.loads(path.read_bytes())["salt"] is not None


def new_case_key(connection: sa.Connection, keys: Keys, case_id: str) -> bytes:
    """Make the key of a case."""
    key = new_key()
    wrapped = seal(keys.master, key, f"key of {case_id}")
    connection.execute(_CASE_KEYS.insert().values(case_id=case_id, wrapped=wrapped, at=now()))
    return key


def case_key(connection: sa.Connection, keys: Keys, case_id: str) -> bytes:
    """The key of a case.

    Raises:
        MissingError: it was erased, and with it all that the case held.
    """
    row = connection.execute(_CASE_KEYS.select().where(_CASE_KEYS.c.case_id == case_id)).first()
    if row is None:
        raise MissingError(f"The key of {case_id} is gone: the case was erased.")
    return unseal(keys.master, row.wrapped, f"key of {case_id}")


def destroy_case_key(connection: sa.Connection, case_id: str) -> None:
    """Erase the key of a case: what was sealed with it can never be opened again."""
    connection.execute(_CASE_KEYS.delete().where(_CASE_KEYS.c.case_id == case_id))


def _make(path: Path, name: str) -> None:
    """Make keys, unless another process was quicker, or died before it was through: then those count."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_once(path, _content(name, None, new_key() + new_key()))
    except OSError as error:
        raise WorkspaceError(
            f"The keys cannot be kept in {path.parent} ({error.strerror}).", "Name another folder in CLEW_KEYS."
        ) from error


def _open(path: Path, name: str, workspace: Path, ask: Callable[[], str] | None) -> Keys:
    try:
        held = orjson.loads(path.read_bytes())
        open_to_others = path.stat().st_mode & 0o077
    except FileNotFoundError:
        raise WorkspaceError(
            f"The keys of {workspace} are not in {path}.",
            "Put a copy of the file there, or name its folder in CLEW_KEYS.",
        ) from None
    except (OSError, orjson.JSONDecodeError):
        raise WorkspaceError(f"{path} cannot be read.", "Put a copy of the key file there.") from None
    if open_to_others:
        raise WorkspaceError(f"Others may read {path}.", f"Keep it to yourself: chmod 600 {path}")
    if not _fits(held, name):
        raise WorkspaceError(f"{path} is not the key file of {workspace}.", "Put the right one there.")
    if held["salt"] is None:
        return _keys(name, bytes.fromhex(held["keys"]))
    passphrase = os.environ.get("CLEW_PASSPHRASE") or (ask() if ask else "")
    if not passphrase:
        raise InputError("The keys of this workspace have a passphrase.", "Give it in CLEW_PASSPHRASE.")
    try:
        return _keys(name, unseal(_stretch(passphrase, held["salt"]), bytes.fromhex(held["keys"]), f"keys {name}"))
    except SealError:
        raise InputError("That is not the passphrase of these keys.", "Try again.") from None


def _fits(held: Any, name: str) -> bool:
    """Is it the content of this workspace's key file?"""
    if not isinstance(held, dict) or "salt" not in held:
        return False
    if held.get("format") != _FORMAT or held.get("workspace") != name:
        return False
    keys, salt = held.get("keys"), held.get("salt")
    if not isinstance(keys, str) or not _HEX.fullmatch(keys):
        return False
    return len(keys) == 4 * KEY if salt is None else isinstance(salt, str) and bool(_HEX.fullmatch(salt))


def _keys(name: str, bare: bytes) -> Keys:
    return Keys(name, bare[:KEY], bare[KEY:])


def _stretch(passphrase: str, salt: str) -> bytes:
    return hash_secret_raw(passphrase.encode(), bytes.fromhex(salt), hash_len=KEY, type=Type.ID, **_ARGON)


def _content(name: str, salt: str | None, held: bytes) -> bytes:
    content = {"format": _FORMAT, "workspace": name, "salt": salt, "keys": held.hex()}
    return orjson.dumps(content, option=orjson.OPT_INDENT_2)
