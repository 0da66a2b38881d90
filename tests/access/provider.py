"""An identity provider on this machine: a real HTTP server with discovery and keys; its token endpoint checks PKCE."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

CLIENT, SECRET, BACK = "clew", "s/cr:t +1", "http://127.0.0.1:8000/sign-in/back"


class LocalProvider:
    """Signs in whoever it is told to.

    Attributes:
        claims: what the id tokens say, beside what every one has; None leaves a claim out.
        description: what discovery says, beside what it must.
        forge: makes the id token out of its claims, in place of a right one.
        asked: forms that came to the token endpoint.
        fetched: how often the keys were asked for.
    """

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        self.description: dict[str, Any] = {}
        self.forge: Any = None
        self.asked: list[dict[str, str]] = []
        self.fetched = 0
        self.answers: dict[str, tuple[int, bytes]] = {}
        self._codes: dict[str, dict[str, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.issuer = f"http://127.0.0.1:{self._server.server_port}/realms/unit"
        self.rotate()
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def rotate(self, kind: str = "ES256", kid: str | None = None) -> None:
        """Sign with another key from now on; the old one is gone."""
        self.alg, kid = kind, kid or secrets.token_hex(4)
        parameters = {"kid": kid, "use": "sig", "alg": kind}
        made = {
            "ES256": lambda: ECKey.generate_key("P-256", parameters),
            "RS256": lambda: RSAKey.generate_key(2048, parameters),
            "EdDSA": lambda: OKPKey.generate_key("Ed25519", parameters),
        }
        self.key = made[kind]()

    def visit(self, url: str) -> dict[str, str]:
        """What a browser brings back after the person signed in there."""
        parts = urlsplit(url)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        code = secrets.token_urlsafe(8)
        self._codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def document(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        } | self.description

    def keys(self) -> dict[str, Any]:
        self.fetched += 1
        others = [{"kty": "oct", "k": "c2VjcmV0", "kid": "shared"}, {"kty": "new-kind"}, {"kty": "RSA"}, "none"]
        return {"keys": [*others, self.key.as_dict(private=False)]}

    def token(self, form: dict[str, str], basic: str) -> tuple[int, dict[str, Any]]:
        self.asked.append(form)
        asked = self._codes.pop(form.get("code", ""), None)
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if asked is None or base64.urlsafe_b64encode(challenge).rstrip(b"=").decode() != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        client, secret = (unquote(part) for part in basic.split(":")) if basic else (form.get("client_id"), None)
        if (client, secret or form.get("client_secret")) != (CLIENT, SECRET) or form["redirect_uri"] != BACK:
            return 401, {"error": "invalid_client"}
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": "7f3a", "iat": now, "exp": now + 300, "nonce": asked["nonce"],
            "preferred_username": "ann",
        } | self.claims  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        return 200, {"id_token": (self.forge or self.signed)(claims), "access_token": "x", "token_type": "Bearer"}

    def signed(self, claims: dict[str, Any], **header: Any) -> str:
        algorithms = ["ES256", "RS256", "EdDSA"]
        return jwt.encode({"alg": self.alg, "kid": self.key.kid} | header, claims, self.key, algorithms)


def _handler(provider: LocalProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        paths: ClassVar = {"/.well-known/openid-configuration": provider.document, "/keys": provider.keys}

        def do_GET(self) -> None:
            path = self.path.removeprefix("/realms/unit")
            if path in provider.answers:
                self._say(*provider.answers[path])
            elif path in self.paths:
                self._say(200, json.dumps(self.paths[path]()).encode())
            else:
                self._say(404, b"{}")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            kind, _, given = self.headers.get("authorization", "").partition(" ")
            status, answer = provider.token(form, base64.b64decode(given).decode() if kind == "Basic" else "")
            self._say(status, json.dumps(answer).encode())

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            if status in (301, 302):
                self.send_header("location", f"{provider.issuer}/keys")
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
