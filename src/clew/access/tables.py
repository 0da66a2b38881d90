"""What the database keeps of accounts. Of every secret it has a digest, a password hash or a sealed form, never itself.

The history of an account stands in the ledger; these tables have what holds now.
"""

from __future__ import annotations

import hashlib

import sqlalchemy as sa

from clew.database.base import METADATA

ACCOUNTS = sa.Table(
    "accounts",
    METADATA,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("roles", sa.String, nullable=False),  # in the order of ROLES, with spaces between
    sa.Column("state", sa.String, nullable=False),  # open, locked
    sa.Column("password", sa.String),  # Argon2id with its parameters; null for those who only sign in elsewhere
    sa.Column("handed", sa.Boolean, nullable=False),  # does somebody else know the password, who set it?
    sa.Column("totp", sa.LargeBinary),  # secret of the one-time codes, sealed; null where there are none
    sa.Column("totp_new", sa.LargeBinary),  # one that is not yet confirmed
    sa.Column("totp_step", sa.BigInteger),  # the newest step of which a code was taken: none is taken twice
    sa.Column("outside", sa.String, unique=True),  # who it is at the identity provider: issuer and subject
    sa.Column("follows", sa.Boolean, nullable=False),  # do its roles follow the provider's claims?
    sa.Column("who", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
)
RECOVERY = sa.Table(
    "account_recovery",
    METADATA,
    sa.Column("account", sa.String, sa.ForeignKey("accounts.name"), primary_key=True),
    sa.Column("digest", sa.String, primary_key=True),  # of a recovery code
)
SESSIONS = sa.Table(
    "sessions",
    METADATA,
    sa.Column("digest", sa.String, primary_key=True),  # of its secret
    sa.Column("account", sa.String, nullable=False),
    sa.Column("alone", sa.Boolean, nullable=False),  # of the one person of a workspace without accounts
    sa.Column("via", sa.String, nullable=False),
    sa.Column("address", sa.String, nullable=False),
    sa.Column("why", sa.String, nullable=False),
    sa.Column("case_id", sa.String),
    sa.Column("began_at", sa.String, nullable=False),
    sa.Column("seen_at", sa.String, nullable=False),
    sa.Column("idle_minutes", sa.Integer, nullable=False),
    sa.Column("ends_at", sa.String, nullable=False),
    sa.Index("sessions_by_account", "account"),
)
TOKENS = sa.Table(
    "api_tokens",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("digest", sa.String, nullable=False, unique=True),
    sa.Column("account", sa.String, sa.ForeignKey("accounts.name"), nullable=False),
    sa.Column("label", sa.String, nullable=False),
    sa.Column("scopes", sa.String, nullable=False),  # in the order of PERMISSIONS, with spaces between
    sa.Column("who", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("ends_at", sa.String, nullable=False),
    sa.Column("used_at", sa.String),
    sa.Column("revoked_at", sa.String),
)
TRIES = sa.Table(
    "sign_in_tries",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("account", sa.String, nullable=False),  # keyed digest of the name: people type passwords there
    sa.Column("address", sa.String, nullable=False),
    sa.Column("outcome", sa.String, nullable=False),  # failed, passed, turned away
    sa.Column("at", sa.String, nullable=False),
    sa.Index("tries_by_account", "account", "at"),
    sa.Index("tries_by_address", "address", "at"),
)


def digest_of(secret: str) -> str:
    """What is kept of a random secret: its SHA-256, hex. Any text has one."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
