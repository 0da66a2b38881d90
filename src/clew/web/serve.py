"""Serve the workbench: listen, say where and with which link, open a browser, sign the ledger every minute."""

from __future__ import annotations

import os
import socket
import ssl
import sys
import threading
import time
import webbrowser
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import uvicorn
from starlette.types import ASGIApp

from clew.model.errors import InputError
from clew.web.app import create_app
from clew.web.desk import Desk
from clew.web.following import Following
from clew.web.heads import Signing
from clew.web.security import LOOPBACK


@dataclass(frozen=True)
class Place:
    """Where to listen.

    Attributes:
        host, port: of the socket.
        names: under which other machines ask, besides the host.
        cert, key: PEM files for TLS.
        proxy: addresses of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto count; nobody's when empty, for
            whoever asks could write them.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    names: Sequence[str] = ()
    cert: Path | None = None
    key: Path | None = None
    proxy: Sequence[str] = ()

    @property
    def address(self) -> str:
        """As a browser writes it."""
        name = next(iter(self.names), self.host)
        scheme = "https" if self.cert else "http"
        return f"{scheme}://{f'[{name}]' if ':' in name else name}:{self.port}"

    def check(self, desk: Desk) -> None:
        """See whether it is safe to listen there.

        Raises:
            InputError: other machines could come in and nobody would have to sign in, or TLS lacks a file.
        """
        if self.host not in LOOPBACK and desk.alone:
            raise InputError(
                f"{self.host} lets other machines in, and this workspace has no accounts.",
                "Make the first one with: clew account add NAME --role administrator",
            )
        if (self.cert is None) != (self.key is None):
            raise InputError("TLS takes a certificate and its key.", "Give both --tls-cert and --tls-key.")
        if self.cert is not None:
            try:
                ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self.cert, self.key)
            except (OSError, ssl.SSLError) as error:
                raise InputError(f"{self.cert} and {self.key} are no certificate and key ({error}).") from None


def serve(desk: Desk, place: Place, browser: bool, say: Callable[[str], None]) -> None:
    """Listen until interrupted.

    Args:
        desk: with its index made.
        place: where to; see `Place.check`.
        browser: open the page in the user's browser.
        say: told the address, and links.

    Raises:
        InputError: the port is taken or not allowed, or the place is not safe.
    """
    place.check(desk)
    app = create_app(desk, (*LOOPBACK, place.host, *place.names))
    config = settings(app, place)
    try:
        listening = config.bind_socket()
    except SystemExit:
        raise InputError(f"{place.address} is taken or not allowed.", "Choose another with --port.") from None
    if place.host not in LOOPBACK and place.cert is None and not place.proxy:
        say(
            "Warning: no --tls-cert and --tls-key, so passwords cross the network in the clear unless a proxy does TLS."
        )
    desk.say, desk.address, start = say, place.address, place.address
    if desk.alone:
        start = f"{place.address}/enter?{urlencode({'key': desk.links.make()})}"
        say(f"The workbench opens once with this link: {start}  (stop it with Ctrl+C)")
    else:
        say(f"The workbench is at {start}  (stop it with Ctrl+C)")
    if browser and _has_screen():
        threading.Thread(target=_open_when_ready, args=(place, start), daemon=True).start()
    with Signing(desk.casework), Following(desk):
        uvicorn.Server(config).run(sockets=[listening])


def settings(app: ASGIApp, place: Place) -> uvicorn.Config:
    """How uvicorn serves: a parser with bounds, no WebSockets, no header believed that anybody can send."""
    return uvicorn.Config(
        app, host=place.host, port=place.port, log_level="warning", server_header=False, timeout_graceful_shutdown=3,
        ssl_certfile=place.cert, ssl_keyfile=place.key, http="h11", ws="none",
        proxy_headers=bool(place.proxy), forwarded_allow_ips=list(place.proxy),
    )  # fmt: skip


def _has_screen() -> bool:
    """Is there a screen for a browser? Without one a text browser would take over the terminal."""
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _open_when_ready(place: Place, start: str) -> None:
    for _ in range(100):
        try:
            with socket.create_connection((place.host, place.port), 1):
                webbrowser.open(start)
                return
        except OSError:
            time.sleep(0.1)
