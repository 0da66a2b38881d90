"""Signing in at an identity provider: OpenID Connect, Authorization Code with PKCE.

What has to be remembered until the person comes back (state, nonce, PKCE verifier) goes with them in a sealed ticket,
a cookie, so that only the browser that left can come back, to whichever process of the server.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import orjson
import sqlalchemy as sa

from clew.access import accounts
from clew.access.limits import network_of
from clew.access.oidc_provider import Channel
from clew.access.oidc_settings import Settings
from clew.access.signin import nobody
from clew.access.tables import ACCOUNTS
from clew.database.base import write
from clew.ledger.entry import Deed
from clew.ledger.log import append
from clew.model.actor import Actor, Role, Via
from clew.model.errors import DeniedError, InputError, SealError
from clew.vault.keys import Keys
from clew.vault.seal import seal, unseal

TICKET_MINUTES = 10
_CONTEXT = "ticket of a sign-in at an identity provider"
_CLEW = Actor("clew", frozenset(("administrator",)), "clew")


@dataclass(frozen=True, repr=False)
class Begun:
    """Where to send the browser, and what to give it along.

    Attributes:
        url: of the provider.
        ticket: for a cookie (HttpOnly, SameSite=Lax, ten minutes).
    """

    url: str
    ticket: str


class Provider:
    """An identity provider.

    Args:
        settings: see `clew.access.oidc_settings`.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._channel = Channel(settings)

    def close(self) -> None:
        """Let go of the connection."""
        self._channel.close()

    def begin(self, keys: Keys, redirect_uri: str, at: datetime | None = None) -> Begun:
        """Begin a sign-in.

        Args:
            keys: seal the ticket.
            redirect_uri: where the provider sends the browser back to; registered there.
            at: now.

        Raises:
            ProviderError: the provider does not answer.
        """
        until = (at or datetime.now(UTC)) + timedelta(minutes=TICKET_MINUTES)
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        kept = {"state": state, "nonce": nonce, "verifier": verifier, "uri": redirect_uri, "until": until.isoformat()}
        challenge = hashlib.sha256(verifier.encode()).digest()
        asked = {
            "response_type": "code", "client_id": self.settings.client_id, "redirect_uri": redirect_uri,
            "scope": " ".join(("openid", *self.settings.scopes)), "state": state, "nonce": nonce,
            "code_challenge": _base64(challenge), "code_challenge_method": "S256",
        }  # fmt: skip
        url = self._channel.endpoint("authorization_endpoint")
        ticket = _base64(seal(keys.master, orjson.dumps(kept), _CONTEXT))
        return Begun(url + ("&" if "?" in url else "?") + urlencode(asked), ticket)

    def finish(
        self,
        db: sa.Engine,
        keys: Keys,
        ticket: str,
        answer: Mapping[str, str],
        via: Via = "workbench",
        address: str = "",
        at: datetime | None = None,
    ) -> Actor:
        """Who somebody is who comes back from the provider; what happened stands in the ledger.

        Args:
            db, keys: of the workspace.
            ticket: from the cookie.
            answer: parameters of the address that the browser came back to.
            via, address: by which way, and from where.
            at: now.

        Raises:
            DeniedError: something was not right, or there is no account.
            ProviderError: the provider does not answer as it should.
        """
        at, place = at or datetime.now(UTC), {"address": network_of(address)}
        try:
            claims = self._claims(keys, ticket, answer, at)
            with write(db) as connection:
                row = self._admitted(connection, claims)
                actor = accounts.actor_of(row, via)
                append(connection, actor, Deed("login", f"account {actor.name}", {"with": ["provider"]}, place))
                return actor
        except DeniedError as error:
            deed = Deed("refuse", "sign-in", {"reason": "provider"}, place | {"words": error.what})
            with write(db) as connection:
                append(connection, nobody(via), deed)
            raise

    def _claims(self, keys: Keys, ticket: str, answer: Mapping[str, str], at: datetime) -> dict[str, Any]:
        """What the provider says of the person."""
        kept = _opened(keys, ticket)
        same = kept and hmac.compare_digest(kept["state"].encode(), _bytes(answer.get("state", "")))
        if not kept or not same or kept["until"] <= at.isoformat():
            raise DeniedError("This sign-in was not begun here, or took too long.", "Begin it again.")
        if answer.get("iss", self.settings.issuer) != self.settings.issuer:  # RFC 9207: mixed-up providers
            raise DeniedError("Another identity provider answered.", "Begin it again.")
        if "error" in answer or not answer.get("code"):
            raise DeniedError("The identity provider did not sign you in.", "Begin it again, or ask who runs it.")
        token = self._channel.exchange(answer["code"], kept["verifier"], kept["uri"])
        return self._channel.claims(token, kept["nonce"], int(at.timestamp()))

    def _admitted(self, connection: sa.Connection, claims: Mapping[str, Any]) -> sa.Row[Any]:
        """The row of the person's account: the one tied to them, else the one of their name, else a new one."""
        outside, name = f"{self.settings.issuer} {claims['sub']}", self._name(claims)
        query = ACCOUNTS.select().where(ACCOUNTS.c.outside == outside).with_for_update()
        row = connection.execute(query).first() or accounts.row_of(connection, name)
        if row is None:
            if not self.settings.provision or accounts.count(connection) == 0:
                raise DeniedError(f"There is no account {name}.", "An administrator can make one.")
            roles = self._roles(claims)
            try:
                accounts.insert(connection, _CLEW, name, roles, outside=outside, follows=True)
            except InputError as error:
                raise DeniedError(error.what, error.todo) from None
        elif row.outside not in (None, outside):
            raise DeniedError(f"The account {row.name} is of somebody else at the identity provider.", "Ask for one.")
        elif row.state != "open":
            raise DeniedError(f"The account {row.name} is locked.", "An administrator can unlock it.")
        elif row.outside is None:
            accounts.change(connection, _CLEW, row.name, {"provider": "tied"}, outside=outside)
        elif row.follows and accounts.joined(self._roles(claims)) != row.roles:
            now = accounts.joined(self._roles(claims))
            told = {"roles": now.split(), "before": row.roles.split()}
            accounts.change(connection, _CLEW, row.name, told, roles=now)
        return accounts.existing(connection, row.name if row else name)

    def _name(self, claims: Mapping[str, Any]) -> str:
        value = claims.get(self.settings.name_claim)
        if self.settings.name_claim == "email" and claims.get("email_verified") is not True:
            value = None
        try:
            return accounts.normalised(value if isinstance(value, str) else "")
        except InputError:
            raise DeniedError(
                "The identity provider gives no name that an account can have.", "Ask who runs it."
            ) from None

    def _roles(self, claims: Mapping[str, Any]) -> frozenset[Role]:
        given = claims.get(self.settings.roles_claim)
        values = given if isinstance(given, list) else [given]
        found = [self.settings.roles.get(value, frozenset()) for value in values if isinstance(value, str)]
        roles = frozenset(role for each in found for role in each)
        if not roles:
            raise DeniedError("None of your groups has a role in Clew.", "Ask who runs the identity provider.")
        return roles


def _opened(keys: Keys, ticket: str) -> dict[str, str]:
    """What a ticket holds; nothing if it is none of ours."""
    try:
        sealed = base64.urlsafe_b64decode(_bytes(ticket) + b"=" * (-len(ticket) % 4))
        return dict(orjson.loads(unseal(keys.master, sealed, _CONTEXT)))
    except (SealError, ValueError):
        return {}


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
