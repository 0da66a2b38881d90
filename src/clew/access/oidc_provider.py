"""Asks an identity provider: its description, its keys, and a code for an id token, of which everything is checked."""

from __future__ import annotations

import json
import ssl
import threading
from typing import Any
from urllib.parse import quote

import httpx
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import JWKRegistry, KeySet

from clew.access.oidc_settings import Settings, is_safe
from clew.model.errors import ClewError, DeniedError

# Signatures with a key of the provider's own; never "none", and no secret shared with us.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
LEEWAY = 60  # seconds that clocks may differ
_MOST = 1 << 20  # bytes of an answer
_PATIENCE = 10.0  # seconds
_KEY_TYPES = ("RSA", "EC", "OKP")


class ProviderError(ClewError):
    """The identity provider does not answer as it should."""


class Channel:
    """The connection with one provider; its description and keys are asked for once, keys again when they change."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        # The authorities that the machine trusts: a unit's provider may have a certificate of its own authority.
        self._client = httpx.Client(verify=ssl.create_default_context(), timeout=_PATIENCE, follow_redirects=False)
        self._description: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._lock = threading.Lock()

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def endpoint(self, name: str) -> str:
        """An address of the provider's.

        Raises:
            ProviderError: it does not say one that may be asked, or is not who it should be.
        """
        with self._lock:
            if not self._description:
                found = self._ask("GET", self._settings.issuer.rstrip("/") + "/.well-known/openid-configuration")
                if found.get("issuer") != self._settings.issuer:
                    raise ProviderError("The identity provider says that it is another one.", "Look at the issuer.")
                self._description = found
            url = self._description.get(name)
        if not isinstance(url, str) or not is_safe(url):
            raise ProviderError(f"The identity provider gives no {name} that may be asked.")
        return url

    def exchange(self, code: str, verifier: str, redirect_uri: str) -> str:
        """The id token for a code.

        Raises:
            DeniedError: the provider does not take the code.
            ProviderError: there is none.
        """
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier,
        }  # fmt: skip
        more: dict[str, Any] = {}
        settings, url = self._settings, self.endpoint("token_endpoint")
        ways = self._description.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if settings.secret and "client_secret_basic" in ways:  # RFC 6749, 2.3.1: each is encoded first
            more["auth"] = (quote(settings.client_id, safe=""), quote(settings.secret, safe=""))
        else:
            form |= {"client_id": settings.client_id} | ({"client_secret": settings.secret} if settings.secret else {})
        token = self._ask("POST", url, data=form, **more).get("id_token")
        if not isinstance(token, str):
            raise ProviderError("The identity provider gave no id token.")
        return token

    def claims(self, token: str, nonce: str, now: int) -> dict[str, Any]:
        """What an id token says, after everything about it was checked (OpenID Connect Core, 3.1.3.7).

        Raises:
            DeniedError: something about it is not right; it says what.
            ProviderError: the keys cannot be had.
        """
        settings = self._settings
        registry = jwt.JWTClaimsRegistry(
            now=now,
            leeway=LEEWAY,
            iss={"essential": True, "value": settings.issuer},
            aud={"essential": True, "value": settings.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            found = self._decoded(token).claims
            registry.validate(found)
        except (JoseError, ValueError) as error:
            raise _refused(str(error) or type(error).__name__) from None
        party, several = found.get("azp"), isinstance(found["aud"], list) and len(found["aud"]) > 1
        if (several or party is not None) and party != settings.client_id:
            raise _refused("it was made for another client")
        return found

    def _decoded(self, token: str) -> jwt.Token:
        """The token by the keys that are known; where they do not fit, by those that the provider has now."""
        known = self._keys
        try:
            return jwt.decode(token, known or self._fetched(), ALGORITHMS)
        except (InvalidKeyIdError, BadSignatureError):
            if known is None:
                raise
            return jwt.decode(token, self._fetched(), ALGORITHMS)

    def _fetched(self) -> KeySet:
        """The keys that the provider signs with; kinds that Clew does not know are left out."""
        listed = self._ask("GET", self.endpoint("jwks_uri")).get("keys")
        found = []
        for each in listed if isinstance(listed, list) else []:
            try:
                if isinstance(each, dict) and each.get("kty") in _KEY_TYPES and each.get("use", "sig") == "sig":
                    found.append(JWKRegistry.import_key(each))
            except (JoseError, ValueError):
                continue
        if not found:
            raise ProviderError("The identity provider has no keys that Clew can check signatures with.")
        self._keys = KeySet(found)
        return self._keys

    def _ask(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        """A JSON object from an address, of bounded size."""
        body = b""
        try:
            with self._client.stream(method, url, headers={"accept": "application/json"}, **more) as answer:
                for piece in answer.iter_bytes():
                    body += piece
                    if len(body) > _MOST:
                        raise ProviderError("The identity provider answers with too much.")
                status = answer.status_code
            found = json.loads(body) if status == 200 else None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ProviderError(f"The identity provider does not answer ({type(error).__name__}).") from error
        except (ValueError, RecursionError):
            found = None
        if method == "POST" and status == 400:
            raise DeniedError("The identity provider does not take the code that you came back with.", "Sign in again.")
        if not isinstance(found, dict):
            raise ProviderError(f"The identity provider answers with an error (status {status}).")
        return found


def _refused(reason: str) -> DeniedError:
    return DeniedError(f"What the identity provider says of you is not accepted: {reason}.", "Sign in again.")
