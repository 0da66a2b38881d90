"""One-time codes beside the password (TOTP, RFC 6238), and recovery codes for when the device is lost.

The secret is sealed with the workspace's master key. A code is taken once, up to one step of 30 s early or late.
"""

from __future__ import annotations

import base64
import hmac
import io
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyotp
import segno
import sqlalchemy as sa

from clew.access import accounts
from clew.access.roles import need
from clew.access.tables import ACCOUNTS, RECOVERY, digest_of
from clew.database.base import write
from clew.model.actor import Actor
from clew.model.errors import DeniedError, InputError
from clew.vault.keys import Keys
from clew.vault.seal import seal, unseal

STEP, DRIFT = 30, 1  # seconds of a step; steps that a clock may be off
RECOVERY_CODES = 10
LONGEST_CODE = 40


@dataclass(frozen=True, repr=False)
class Enrolment:
    """What somebody's device needs, shown once.

    Attributes:
        secret: in base32, to type.
        uri: the same as an ``otpauth`` address.
        svg: the address as a QR code, black on white; no style of its own.
    """

    secret: str
    uri: str
    svg: str


def begin(db: sa.Engine, keys: Keys, actor: Actor, name: str | None = None) -> Enrolment:
    """A new secret for oneself; it holds only once `confirm` has seen a code of it, until then the old one does.

    Args:
        db: the database.
        keys: seal the secret.
        actor: whose it is.
        name: whose it is if not the actor's: only on the command line, by who owns the workspace.
    """
    secret = pyotp.random_base32()
    with write(db) as connection:
        row = _own(connection, actor, name, enrols=True)
        sealed = seal(keys.master, secret.encode(), _context(row.name))
        connection.execute(ACCOUNTS.update().where(ACCOUNTS.c.name == row.name).values(totp_new=sealed))
    uri = pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=row.name, issuer_name="Clew")
    return Enrolment(secret, uri, _drawn(uri))


def confirm(
    db: sa.Engine, keys: Keys, actor: Actor, code: str, name: str | None = None, at: datetime | None = None
) -> list[str]:
    """Ask for codes of the new secret from now on; it ends the sessions of the account.

    Returns:
        Recovery codes, to be shown once: each signs in once in place of a code. Earlier ones no longer do.

    Raises:
        InputError: the code is not one of the new secret.
    """
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    with write(db) as connection:
        row = _own(connection, actor, name, enrols=True)
        secret = _unsealed(keys, row.name, row.totp_new)
        step = _step_of(secret, _digits(code), at or datetime.now(UTC)) if secret else None
        if step is None:
            raise InputError("That code does not fit.", "Look at the time of your device, and type the code it shows.")
        accounts.change(connection, actor, row.name, {"totp": "on"}, totp=row.totp_new, totp_new=None, totp_step=step)
        connection.execute(RECOVERY.delete().where(RECOVERY.c.account == row.name))
        kept = [{"account": row.name, "digest": digest_of(_plain(each))} for each in codes]
        connection.execute(RECOVERY.insert(), kept)
    return codes


def remove(db: sa.Engine, actor: Actor, name: str | None = None) -> None:
    """Ask for no code any more: one's own, or as administrator where the device and the recovery codes are lost.

    Whoever takes their own away signs in once more before (the caller sees to it); it ends the account's sessions.
    """
    with write(db) as connection:
        row = _own(connection, actor, name, enrols=False)
        connection.execute(RECOVERY.delete().where(RECOVERY.c.account == row.name))
        nothing = {"totp": None, "totp_new": None, "totp_step": None}
        accounts.change(connection, actor, row.name, {"totp": "off"}, **nothing)


def take(connection: sa.Connection, keys: Keys, row: sa.Row[Any], code: str, at: datetime) -> str | None:
    """Use up a code of an account, in the transaction of the sign-in.

    Args:
        connection: of a transaction that writes.
        keys: seal the secret.
        row: the account, from this transaction.
        code: one-time or recovery code.
        at: now.

    Returns:
        Of which kind it is, totp or recovery; None if it is not right, or was used before.
    """
    secret = _unsealed(keys, row.name, row.totp)
    if secret is None or len(code) > LONGEST_CODE:
        return None
    step = _step_of(secret, _digits(code), at)
    if step is not None and step > (row.totp_step or 0):
        connection.execute(ACCOUNTS.update().where(ACCOUNTS.c.name == row.name).values(totp_step=step))
        return "totp"
    used = RECOVERY.delete().where(RECOVERY.c.account == row.name, RECOVERY.c.digest == digest_of(_plain(code)))
    return "recovery" if connection.execute(used).rowcount == 1 else None


def _own(connection: sa.Connection, actor: Actor, name: str | None, enrols: bool) -> sa.Row[Any]:
    """The row of the actor's own account, or for an administrator somebody's.

    An administrator may take somebody's codes away, but must not know their secret.
    """
    others = name is not None and name != actor.name
    if actor.scopes is not None or (others and enrols and actor.via != "command line"):
        raise DeniedError("One-time codes are set up by who will use them, signed in.", "Sign in and do it there.")
    if others:
        need(actor, "administer")
    return accounts.existing(connection, name or actor.name)


def _unsealed(keys: Keys, name: str, sealed: bytes | None) -> str | None:
    return unseal(keys.master, sealed, _context(name)).decode() if sealed else None


def _context(name: str) -> str:
    return f"one-time codes of account {name}"


def _step_of(secret: str, code: str, at: datetime) -> int | None:
    """The step of which it is the code; every one that is allowed is looked at, whichever fits."""
    found = None
    now_step = int(at.timestamp()) // STEP
    for step in range(now_step - DRIFT, now_step + DRIFT + 1):
        if hmac.compare_digest(pyotp.TOTP(secret, interval=STEP).generate_otp(step), code):
            found = step
    return found


def _digits(code: str) -> str:
    """A code as it is compared; spaces are how devices show it. What is no ASCII cannot be one."""
    joined = "".join(code.split())
    return joined if joined.isascii() else ""


def _recovery_code() -> str:
    """80 random bits in four groups."""
    text = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, 16, 4))


def _plain(code: str) -> str:
    return "".join(code.replace("-", "").split()).lower()


def _drawn(uri: str) -> str:
    out = io.BytesIO()
    segno.make(uri, error="m").save(
        out, kind="svg", scale=4, border=4, dark="#000", light="#fff", xmldecl=False, svgclass=None, lineclass=None
    )
    return out.getvalue().decode()
