"""Timestamps of an outside authority (RFC 3161) on signed tree heads: the ledger was like this, at the latest then.

Nothing but the digest of a head's statement leaves the machine, and only to the authority that ``CLEW_TSA_URL`` names;
``CLEW_TSA_ROOTS`` is a PEM file with the root it is trusted by. Heads that could not be stamped wait in a queue. A
timestamp on a newer head covers older ones too, as the newer tree begins with theirs.
"""

from __future__ import annotations

import hashlib
import os
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from clew.database.base import METADATA, write
from clew.ledger.heads import Head, heads, sign_head
from clew.model.errors import InputError
from clew.vault.keys import Keys

_SECONDS = 20  # that an answer may take
_MOST_BYTES = 1 << 20  # of an answer
_AT_ONCE = 20  # heads that are stamped in one go
_WAITS = "not asked yet"

_STAMPS = sa.Table(
    "ledger_timestamps",
    METADATA,
    sa.Column("size", sa.BigInteger, sa.ForeignKey("ledger_heads.size"), primary_key=True, autoincrement=False),
    sa.Column("authority", sa.String, primary_key=True),
    sa.Column("token", sa.LargeBinary),  # RFC 3161 TimeStampToken, DER; null while it waits
    sa.Column("root", sa.LargeBinary),  # certificate that it was verified by, DER
    sa.Column("at", sa.String),  # what the token says, ISO 8601 in UTC
    sa.Column("trouble", sa.String, nullable=False),  # why there is none yet
)


@dataclass(frozen=True)
class Authority:
    """Who is asked, and by which certificates the answer is verified.

    Attributes:
        url: of the service.
        roots: that are trusted.
        others: certificates between a root and the authority.
    """

    url: str
    roots: tuple[x509.Certificate, ...]
    others: tuple[x509.Certificate, ...] = ()


@dataclass(frozen=True)
class Stamp:
    """A timestamp, or the place that one waits for.

    Attributes:
        size: of the tree head that it is on.
        authority: address of who gave it.
        token, root: DER; None while it waits.
        at: the authority's time, ISO 8601 in UTC; None while it waits.
        trouble: why it still waits; empty when it does not.
    """

    size: int
    authority: str
    token: bytes | None
    root: bytes | None
    at: str | None
    trouble: str


class StampError(Exception):
    """The authority gave no timestamp that can be used; the message says why."""


def configured() -> Authority | None:
    """The authority that the environment names; None where it names none: then nobody is ever asked.

    Raises:
        InputError: it is no address, or its certificates cannot be read.
    """
    url, file = os.environ.get("CLEW_TSA_URL", ""), os.environ.get("CLEW_TSA_ROOTS", "")
    if not url:
        return None
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise InputError("CLEW_TSA_URL is no address of a timestamp authority.", "Give it as https://HOST/PATH.")
    if not file:
        raise InputError("CLEW_TSA_ROOTS is not set.", "Name a PEM file with the root certificate of the authority.")
    try:
        found = x509.load_pem_x509_certificates(Path(file).read_bytes())
    except (OSError, ValueError) as error:
        raise InputError(f"CLEW_TSA_ROOTS: {file} cannot be read ({error}).", "Name a PEM file.") from None
    roots = tuple(c for c in found if c.issuer == c.subject)
    if not roots:
        raise InputError(f"CLEW_TSA_ROOTS: {file} holds no root certificate.", "One that issued itself is a root.")
    return Authority(url, roots, tuple(c for c in found if c.issuer != c.subject))


def stamp(engine: sa.Engine, keys: Keys, authority: Authority | None = None) -> list[Stamp]:
    """Sign the tree as it is, and have it and what waits stamped; what cannot be waits on.

    Args:
        engine: the database.
        keys: sign the head.
        authority: who is asked; the configured one when None.

    Returns:
        What was stamped or tried, the newest head first; empty where no authority is configured.
    """
    authority = authority or configured()
    if authority is None:
        return []
    sign_head(engine, keys)
    with write(engine) as connection:
        known = {head.size: head for head in heads(connection) if head.size}
        there = {each.size: each for each in _of(connection, authority.url)}
        if known and max(known) not in there:
            row = {"size": max(known), "authority": authority.url, "trouble": _WAITS}
            connection.execute(_STAMPS.insert().values(row))
            there[max(known)] = Stamp(max(known), authority.url, None, None, None, _WAITS)
    tried = []
    for size in sorted((s.size for s in there.values() if s.token is None), reverse=True)[:_AT_ONCE]:
        try:
            made = ask(authority, known[size])
        except StampError as error:
            made = Stamp(size, authority.url, None, None, None, str(error)[:500])
        with write(engine) as connection:
            mine = (_STAMPS.c.size == size) & (_STAMPS.c.authority == authority.url) & _STAMPS.c.token.is_(None)
            connection.execute(_STAMPS.update().where(mine).values(**vars(made)))
        tried.append(made)
        if made.trouble:  # the others would fail for the same reason
            break
    return tried


def stamps(connection: sa.Connection) -> list[Stamp]:
    """Every timestamp, and what waits for one, the oldest head first."""
    query = _STAMPS.select().order_by(_STAMPS.c.size, _STAMPS.c.authority)
    return [Stamp(**row._mapping) for row in connection.execute(query)]


def ask(authority: Authority, head: Head) -> Stamp:
    """Ask for a timestamp on a head, and verify it.

    Raises:
        StampError: there is none that can be used.
    """
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, VerificationError, VerifierBuilder
    from rfc3161_client import decode_timestamp_response as decode

    statement = head.statement()
    builder = TimestampRequestBuilder().data(statement).hash_algorithm(HashAlgorithm.SHA256)
    request = builder.nonce(nonce=True).cert_request(cert_request=True).build()
    try:
        answer = decode(_post(authority.url, request.as_bytes()))
    except ValueError as error:
        raise StampError(f"{authority.url} gave no answer that can be read ({error}).") from error
    for root in authority.roots:
        # The client's own builder methods add to a list that is shared, so it is given whole.
        verifier = VerifierBuilder(nonce=request.nonce, roots=[root], intermediates=list(authority.others)).build()
        try:
            verifier.verify(answer, hashlib.sha256(statement).digest())
        except (VerificationError, ValueError) as error:
            trouble = str(error).partition(": ErrorStack")[0]
            continue
        at = answer.tst_info.gen_time.astimezone(UTC).isoformat()
        return Stamp(head.size, authority.url, answer.time_stamp_token(), root.public_bytes(Encoding.DER), at, "")
    raise StampError(f"The timestamp of {authority.url} does not hold ({trouble}).")


def _post(url: str, body: bytes) -> bytes:
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    request = urllib.request.Request(url, body, headers, method="POST")
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=_SECONDS) as response:
            answer: bytes = response.read(_MOST_BYTES + 1)
    except (OSError, HTTPException) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise StampError(f"{url} cannot be reached ({reason}).") from error
    if len(answer) > _MOST_BYTES:
        raise StampError(f"{url} answered with more than a timestamp can be.")
    return answer


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The authority that was named is asked, and no other."""

    def redirect_request(self, *_: object) -> None:
        """Refuse."""


def _of(connection: sa.Connection, authority: str) -> Sequence[Stamp]:
    return [each for each in stamps(connection) if each.authority == authority]
