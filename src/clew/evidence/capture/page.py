"""A page as the machine's Chromium shows it, with everything that it loaded: `clew capture`.

The browser gets a fresh profile, no permissions, no downloads, and no way to the network but the gate of
:mod:`clew.evidence.capture.gate`. Whatever the server does, the capture ends within its bounds and says what is
missing.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from clew.evidence.capture.browser import Asked, Bounds, Taken, browse
from clew.evidence.capture.warc import Resource, Warc, instant
from clew.model.errors import InputError
from clew.vault.store import digests_of

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "chromium-headless-shell")
_MOST_URL = 8_000


@dataclass(frozen=True)
class Captured:
    """A capture that was written.

    Attributes:
        folder: holds capture.warc.gz, capture.json and, where the page could be drawn, screenshot.png.
        files: the names, with size, SHA-256 and BLAKE2b.
        url, final_url: asked for, and reached.
        address: of the server that answered for it, as connected to; None: no connection was made.
        status: of the page itself; None: no answer came.
        title: of the page.
        begun, ended: UTC.
        software: names and versions of what captured.
        resources: requests that were made.
        faults: what failed or was cut, a sentence each.
    """

    folder: Path
    files: tuple[tuple[str, int, str, str], ...]
    url: str
    final_url: str
    address: str | None
    status: int | None
    title: str
    begun: str
    ended: str
    software: str
    resources: int
    faults: tuple[str, ...]


def capture(
    url: str,
    out: Path,
    *,
    allow_private: bool = False,
    javascript: bool = True,
    any_certificate: bool = False,
    why: str = "",
    case: str = "",
    user: str = "",
    bounds: Bounds | None = None,
) -> Captured:
    """Load a page and write what came to a new folder ``out``.

    Args:
        url: http or https.
        out: must not exist.
        allow_private: whether addresses of this machine and its networks may be reached; on a server they must not.
        javascript: whether scripts of the page run.
        any_certificate: load the page though its certificate is not trusted, and say so.
        why, case, user: go into the capture's records.
        bounds: time, bytes, requests.

    Raises:
        InputError: the address cannot be captured, ``out`` exists, or there is no browser.
    """
    url = checked(url)
    if out.exists():
        raise InputError(f"{out} exists.", "Name a new folder.")
    asked = Asked(url, allow_private, javascript, any_certificate, bounds or Bounds(), browser_path())
    taken = asyncio.run(browse(asked))
    with _new_folder(out) as folder:
        told = _account(asked, taken, {"why": why, "case": case, "user": user})
        _write_warc(folder / "capture.warc.gz", told, taken)
        if taken.screenshot:
            _save(folder / "screenshot.png", taken.screenshot)
        told["files"] = [
            {"name": name, "bytes": size, "sha256": sha256, "blake2b": blake2b}
            for name, size, sha256, blake2b in _files(folder)
        ]
        _save(folder / "capture.json", orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        files = _files(folder)
    return Captured(
        folder=out,
        files=files,
        url=url,
        final_url=taken.final_url,
        address=taken.address_of(taken.final_url),
        status=taken.status,
        title=taken.title,
        begun=instant(taken.begun),
        ended=instant(taken.ended),
        software=_software(taken),
        resources=len(taken.exchanges),
        faults=tuple(taken.faults),
    )


def checked(url: str) -> str:
    """An address that may be given to the browser.

    Raises:
        InputError: it is not http or https, or has no host.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise InputError(f"{url[:200]!r} is not an address: {error}.") from error
    if parts.scheme.lower() not in ("http", "https"):
        raise InputError(f"{url[:200]!r} cannot be captured: only http and https addresses are.")
    if not host or len(url) > _MOST_URL or not url.isprintable() or " " in url:
        raise InputError(f"{url[:200]!r} is not an address that can be captured.")
    if parts.username is not None:
        raise InputError(
            "The address holds a user name or password.", "They would stand in the capture; leave them out."
        )
    return url


def browser_path() -> str:
    """The Chromium of the machine, else the one that Playwright installed.

    Raises:
        InputError: there is none, or Playwright is missing.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise InputError("Captures need Playwright.", "Run: pip install 'clew[capture]'") from error
    for name in _NAMES:
        if path := shutil.which(name):
            return path
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    if not Path(path).exists():
        raise InputError("No Chromium was found on this machine.", "Install it, or run: playwright install chromium")
    return path


@contextmanager
def _new_folder(out: Path) -> Iterator[Path]:
    """A folder that appears under its name when all is written; for the user alone."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    except OSError as error:
        raise InputError(f"{out} cannot be made: {error.strerror}.") from error
    try:
        yield made
        made.rename(out)
    except OSError as error:
        raise InputError(f"{out} cannot be written: {error.strerror}.") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _save(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _files(folder: Path) -> tuple[tuple[str, int, str, str], ...]:
    """(name, size, SHA-256, BLAKE2b) of the files."""
    found = [(path.name, digests_of(path.read_bytes())) for path in sorted(folder.iterdir())]
    return tuple((name, digests.size, digests.sha256, digests.blake2b) for name, digests in found)


def _account(asked: Asked, taken: Taken, more: dict[str, str]) -> dict[str, Any]:
    """What capture.json says."""
    return {
        "url": asked.url,
        "final_url": taken.final_url,
        "status": taken.status,
        "title": taken.title,
        "begun": instant(taken.begun),
        "ended": instant(taken.ended),
        **more,
        "software": _software(taken),
        "browser": {
            "version": taken.browser,
            "user_agent": taken.user_agent,
            "viewport": {"width": asked.bounds.width, "height": asked.bounds.height},
            "javascript": asked.javascript,
            "any_certificate": asked.any_certificate,
            "sandbox": taken.sandbox,
        },
        "server": {"address": taken.address_of(taken.final_url), "certificate": taken.certificate},
        "redirects": [
            {"from": found.url, "status": found.status, "to": _location(found.headers)}
            for found in taken.exchanges
            if found.redirected and found.kind == "Document"
        ],
        "resources": [_resource(found, taken) for found in taken.exchanges],
        "connections": [vars(connection) for connection in taken.connections],
        "not_recorded": {"websockets": taken.sockets},
        "bounds": vars(asked.bounds),
        "faults": taken.faults,
    }


def _software(taken: Taken) -> str:
    return f"Clew {version('clew')}, Playwright {version('playwright')}, Chromium {taken.browser}"


def _location(headers: list[tuple[str, str]]) -> str | None:
    return next((value for name, value in headers if name.lower() == "location"), None)


def _resource(found: Any, taken: Taken) -> dict[str, Any]:
    """A line of the list of resources."""
    body = found.body
    return {
        "url": found.url,
        "method": found.method,
        "kind": found.kind,
        "begun": instant(found.begun),
        "status": found.status,
        "protocol": found.protocol,
        "address": taken.address_of(found.url),
        "bytes": len(body),
        "sha256": hashlib.sha256(body).hexdigest() if found.status is not None else None,
        "cut": found.cut,
        "failed": found.failed,
    }


def _write_warc(path: Path, told: dict[str, Any], taken: Taken) -> None:
    info = {
        "software": str(told["software"]),
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "operator": str(told["user"]),
        "isPartOf": str(told["case"]),
        "description": str(told["why"]),
        "http-header-user-agent": taken.user_agent,
    }
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        warc = Warc(file, path.name, info, taken.begun)
        for found in taken.exchanges:
            warc.exchange(found, taken.address_of(found.url))
        if taken.screenshot:
            warc.resource(Resource(f"urn:screenshot:{taken.final_url}", "image/png", taken.screenshot, taken.ended))
        if taken.dom:
            warc.resource(Resource(f"urn:dom:{taken.final_url}", "text/html; charset=utf-8", taken.dom, taken.ended))
        warc.metadata(taken.final_url, told, taken.ended)
        file.flush()
        os.fsync(file.fileno())
