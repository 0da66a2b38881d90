"""Who may ask, and what a page may do: only this address, only this site's forms, only this site's scripts.

The workbench listens on loopback, but any web page in the same browser could still send it requests, or give its own
name the address 127.0.0.1 (DNS rebinding). So the name in Host must be one that the server was started for, and what
changes anything must come from a page of the same origin; where the browser does not say so, `clew.web.access.proven`
asks for the token of the session's forms.
"""

from __future__ import annotations

import asyncio
import re
import time
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "::1")
SAFE = ("GET", "HEAD", "OPTIONS")
MAX_BODY = 256 << 20  # bytes of a request: an upload
PATIENCE, SLOWEST = 30.0, 50_000  # seconds for any request to arrive, and bytes a second beyond that

# A name or an address, and a port: what else may stand before an @ or after a slash leads programs astray.
_HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
_HEADERS = {
    # Nothing from elsewhere, no inline script or style: what stands in an advert stays text.
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
        "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), usb=(), payment=()",
}


def host_of(header: str) -> str:
    """The name in a Host header or an origin, without port and brackets."""
    try:
        return urlsplit(header if "//" in header else f"//{header}").hostname or ""
    except ValueError:
        return ""


def _place(origin: str) -> str:
    """Name and port of an origin."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def same_origin(headers: Headers) -> bool:
    """Does the browser say that a request comes from a page of the workbench?"""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if origin is not None:
        return _place(origin) == headers.get("host") and site in (None, "same-origin")
    return site == "same-origin"


class Guard:
    """ASGI middleware for the rules above.

    Args:
        app: what it guards.
        hosts: names under which the workbench may be asked.
    """

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...] = LOOPBACK) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on and put the headers on the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope["method"], Headers(scope=scope))
        static = scope["path"].startswith("/static/")

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if scope.get("scheme") == "https":
                    headers.setdefault("strict-transport-security", "max-age=31536000")
                # What is shown of people is not kept by the browser.
                headers.setdefault("cache-control", "no-cache" if static else "no-store")
            await send(message)

        if refusal:
            await PlainTextResponse(refusal[1], refusal[0])(scope, receive, with_headers)
        else:
            length = int(Headers(scope=scope).get("content-length", "0"))
            await self.app(scope, _in_time(receive, PATIENCE + length / SLOWEST), with_headers)

    def _refusal(self, method: str, headers: Headers) -> tuple[int, str] | None:
        host = headers.get("host", "")
        if not _HOST.fullmatch(host) or host_of(host) not in self.hosts:
            return 421, "This workbench does not answer under that name. Use the address that clew serve printed.\n"
        if "transfer-encoding" in headers:
            return 411, "A request must say how long it is.\n"
        length = headers.get("content-length", "0")
        if not re.fullmatch("[0-9]{1,12}", length) or int(length) > MAX_BODY:
            return 413, f"That is more than {MAX_BODY >> 20} MB. Put the file where clew ingest can read it.\n"
        if method in SAFE:
            return None
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site not in (None, "same-origin", "none") or (origin and _place(origin) != headers.get("host")):
            return 403, "Changes are only taken from the workbench's own pages.\n"
        return None


def _in_time(receive: Receive, seconds: float) -> Receive:
    """As `receive`; a body that trickles in for longer than that counts as broken off: it holds a worker and a file."""
    until, whole = time.monotonic() + seconds, False

    async def patient() -> Message:
        nonlocal whole
        if whole:
            return await receive()  # tells when the other side is gone
        try:
            async with asyncio.timeout(max(until - time.monotonic(), 0.0)):
                message = await receive()
        except TimeoutError:
            return {"type": "http.disconnect"}
        whole = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    return patient
