"""Serve the workbench: make the index, listen, say where, open a browser."""

from __future__ import annotations

import os
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Callable

import uvicorn

from clew.model.errors import InputError
from clew.web.app import create_app
from clew.web.desk import Desk
from clew.web.security import LOOPBACK


def serve(desk: Desk, host: str, port: int, browser: bool, say: Callable[[str], None]) -> None:
    """Listen until interrupted.

    Args:
        desk: with its index made.
        host, port: where to; anything but loopback lets other machines in, and there is no login yet.
        browser: open the page in the user's browser.
        say: told the address.

    Raises:
        InputError: the port is taken or not allowed.
    """
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    config = uvicorn.Config(
        create_app(desk, (*LOOPBACK, host)), host=host, port=port, log_level="warning", server_header=False,
        timeout_graceful_shutdown=3,
    )  # fmt: skip
    try:
        socket = config.bind_socket()
    except SystemExit:
        raise InputError(f"{address} is taken or not allowed.", "Choose another with --port.") from None
    say(f"The workbench is at {address}  (stop it with Ctrl+C)")
    if browser and _has_screen():
        threading.Thread(target=_open_when_ready, args=(address,), daemon=True).start()
    uvicorn.Server(config).run(sockets=[socket])


def _has_screen() -> bool:
    """Is there a screen for a browser? Without one a text browser would take over the terminal."""
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _open_when_ready(address: str) -> None:
    for _ in range(100):
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=1):
                webbrowser.open(address)
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)
