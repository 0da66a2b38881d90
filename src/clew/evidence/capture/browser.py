"""Drives the browser of a capture: loads, waits, draws, and gives up in time."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from clew.evidence.capture.gate import Connection, Gate, RefusedError
from clew.evidence.capture.record import Exchange, Recorder, from_playwright
from clew.evidence.intake.base import plain
from clew.model.errors import InputError

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Page, Playwright, Request, Route

_FLAGS = [
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-gpu",
    "--no-pings",
    "--dns-prefetch-disable",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    # The gate must see, and the recorder must hear, the frames of all sites.
    "--disable-site-isolation-trials",
    "--disable-features=IsolateOrigins,site-per-process",
]
_T = TypeVar("_T")


@dataclass(frozen=True)
class Bounds:
    """What a capture may cost.

    Attributes:
        seconds: until the page is taken as it is.
        drawing: seconds for each step after that (the picture, the text of the page).
        total: bytes received, as sent.
        resource: bytes of one body, decoded.
        requests: requests of the page.
        width, height: of the window, in pixels.
        tallest: pixels of the picture.
    """

    seconds: float = 60.0
    drawing: float = 20.0
    total: int = 256 << 20
    resource: int = 64 << 20
    requests: int = 2_000
    width: int = 1280
    height: int = 900
    tallest: int = 16_000


@dataclass(frozen=True)
class Asked:
    """What to capture, and how."""

    url: str
    allow_private: bool
    javascript: bool
    any_certificate: bool
    bounds: Bounds
    browser: str


@dataclass
class Taken:
    """What came of it; see :class:`clew.evidence.capture.page.Captured`."""

    begun: datetime
    final_url: str
    ended: datetime = datetime.min
    status: int | None = None
    title: str = ""
    browser: str = ""
    user_agent: str = ""
    sandbox: bool = True
    exchanges: list[Exchange] = field(default_factory=list)
    sockets: list[str] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)
    certificate: dict[str, Any] | None = None
    screenshot: bytes = b""
    dom: bytes = b""
    faults: list[str] = field(default_factory=list)
    addresses: dict[str, str] = field(default_factory=dict)

    def address_of(self, url: str) -> str | None:
        """The address that answered for the host of a URL."""
        return self.addresses.get((urlsplit(url).hostname or "").lower())


async def browse(asked: Asked) -> Taken:
    """Capture a page.

    Raises:
        InputError: its host may not be connected to, or the browser does not start.
    """
    from playwright.async_api import Error, async_playwright

    gate = Gate(asked.allow_private, asked.bounds.total)
    port = await gate.start()
    try:
        try:
            await gate.address_of(urlsplit(asked.url).hostname or "")
        except RefusedError as error:
            raise InputError(f"{plain(asked.url, 200)} cannot be captured: {error}.") from error
        async with async_playwright() as playwright:
            browser = await _launch(playwright, asked, port)
            try:
                return await _Visit(asked, gate, browser).take()
            except Error as error:
                raise InputError(f"The browser failed: {plain(error.message, 300)}.", "Try again.") from error
            finally:
                await browser.close()
    finally:
        await gate.stop()


def _may_sandbox() -> bool:
    """Chromium refuses its sandbox to the superuser."""
    return not hasattr(os, "geteuid") or os.geteuid() != 0


async def _launch(playwright: Playwright, asked: Asked, port: int) -> Browser:
    from playwright.async_api import Error

    try:
        return await playwright.chromium.launch(
            executable_path=asked.browser,
            args=_FLAGS,
            chromium_sandbox=_may_sandbox(),
            proxy={"server": f"socks5://127.0.0.1:{port}"},
            timeout=60_000,
        )
    except Error as error:
        raise InputError(f"Chromium ({asked.browser}) does not start: {plain(error.message, 300)}") from error


class _Visit:
    """One page, from the first request to the picture."""

    def __init__(self, asked: Asked, gate: Gate, browser: Browser) -> None:
        self._asked, self._gate, self._browser = asked, gate, browser
        self._taken = Taken(datetime.now(UTC), asked.url, browser=browser.version, sandbox=_may_sandbox())
        self._requests = 0
        self._silent = False  # whether the page no longer answers the browser
        self._finished: list[Request] = []
        self._stops: set[asyncio.Task[Any]] = set()
        self._deadline = time.monotonic() + asked.bounds.seconds

    def _left(self) -> float:
        """Milliseconds until the page is taken as it is."""
        return max(1.0, (self._deadline - time.monotonic()) * 1_000)

    def _fault(self, sentence: str) -> None:
        sentence = plain(sentence, 500)
        if sentence not in self._taken.faults:
            self._taken.faults.append(sentence)

    async def take(self) -> Taken:
        """Do it."""
        bounds = self._asked.bounds
        context = await self._browser.new_context(
            viewport={"width": bounds.width, "height": bounds.height},
            java_script_enabled=self._asked.javascript,
            ignore_https_errors=self._asked.any_certificate,
            accept_downloads=False,
            service_workers="block",
            permissions=[],
            reduced_motion="reduce",
        )
        page = await context.new_page()
        self._session = await context.new_cdp_session(page)
        recorder = Recorder(self._session, bounds.resource, self._too_large, self._expect)
        self._listen(context, page)
        await recorder.start()
        self._taken.user_agent = str((await self._session.send("Browser.getVersion"))["userAgent"])
        await context.route("**/*", self._judge)
        await self._load(page, recorder)
        await recorder.settle(bounds.drawing / 4)
        if page.url.startswith("http"):  # else nothing came that could be drawn
            self._taken.final_url = page.url
            await self._draw(page)
        self._taken.ended = datetime.now(UTC)
        await recorder.settle(1.0)
        if self._stops:
            await asyncio.wait(self._stops)
        recorder.complete()
        await self._add_workers(recorder)
        self._sum_up(recorder)
        return self._taken

    async def _add_workers(self, recorder: Recorder) -> None:
        """Exchanges of the page's workers, which the session of the page does not hear of."""
        recorder.exchanges = [one for one in recorder.exchanges if one.status or not self._is_favicon(one)]
        heard = {one.url for one in recorder.exchanges if one.status is not None or one.failed}
        for request in self._finished:
            if request.url not in heard and request.url.startswith("http"):
                made = await self._in_time(from_playwright(request, self._asked.bounds.resource), "reading a worker")
                if made is not None:
                    recorder.exchanges = [one for one in recorder.exchanges if one.url != made.url]
                    recorder.exchanges.append(made)

    @staticmethod
    def _is_favicon(found: Exchange) -> bool:
        """The browser's own wish, which Playwright does not let out."""
        return found.kind == "Other" and urlsplit(found.url).path == "/favicon.ico"

    def _listen(self, context: BrowserContext, page: Page) -> None:
        """Close what the page opens; say no to what it asks."""

        async def close(other: Page) -> None:
            if other is not page:
                self._fault(f"The page opened a window ({plain(other.url, 200)}), which was closed.")
                await other.close()

        context.on("page", close)
        context.on("requestfinished", lambda request: self._finished.append(request))
        page.on("dialog", lambda dialog: dialog.dismiss())
        page.on(
            "download", lambda found: self._fault(f"A download was offered and not taken: {plain(found.url, 300)}.")
        )
        page.on("crash", lambda _: self._fault("The page crashed the browser's tab."))

    def _expect(self, url: str) -> None:
        if host := urlsplit(url).hostname:
            self._gate.expected.add(host.lower())

    async def _judge(self, route: Route) -> None:
        """Let a request go out, or not."""
        from playwright.async_api import Error

        url = route.request.url
        parts = urlsplit(url)
        self._requests += 1
        refused = ""
        if self._requests > self._asked.bounds.requests:
            self._fault(f"More than {self._asked.bounds.requests:,} requests: the rest was not loaded.")
            refused = "too many"
        elif parts.scheme not in ("http", "https"):
            refused = f"{plain(url, 200)} was refused: only http and https are loaded."
        else:
            try:
                await self._gate.address_of(parts.hostname or "")
                self._expect(url)
            except RefusedError as error:
                refused = f"{plain(url, 200)} was refused: {error}."
        try:
            if refused:
                if refused != "too many":
                    self._fault(refused)
                await route.abort("blockedbyclient")
            else:
                await route.continue_()
        except Error:  # the page is gone
            return

    def _too_large(self, found: Exchange) -> None:
        """Stop loading: one body is larger than may be kept."""
        most = self._asked.bounds.resource
        self._fault(f"{plain(found.url, 200)} gives more than {most:,} bytes: loading was stopped there.")
        task = asyncio.ensure_future(self._in_time(self._session.send("Page.stopLoading"), "stopping it"))
        self._stops.add(task)

    async def _load(self, page: Page, recorder: Recorder) -> None:
        """Go there and wait until nothing is loaded any more, or the time is over."""
        from playwright.async_api import Error

        try:
            response = await page.goto(self._asked.url, wait_until="commit", timeout=self._left())
            self._taken.status = response.status if response else None
            await page.wait_for_load_state("load", timeout=self._left())
            await page.wait_for_load_state("networkidle", timeout=self._left())
            await self._unfold(page)
        except Error as error:
            if time.monotonic() >= self._deadline - 0.05:
                seconds = self._asked.bounds.seconds
                self._fault(f"The page had not come to rest after {seconds:g} seconds and was taken as it was.")
            elif not any(found.unshown for found in recorder.exchanges):
                self._fault(f"The page was not loaded: {_reason(error.message)}.")

    async def _unfold(self, page: Page) -> None:
        """Make the window as tall as the page for a moment: pictures that wait to be seen are loaded."""
        bounds = self._asked.bounds
        sized = await self._in_time(self._session.send("Page.getLayoutMetrics"), "measuring the page")
        height = min(int(sized["cssContentSize"]["height"]), bounds.tallest) if sized else 0
        if height > bounds.height:
            await page.set_viewport_size({"width": bounds.width, "height": height})
            await page.wait_for_timeout(min(500.0, self._left()))
            await page.wait_for_load_state("networkidle", timeout=self._left())
            await page.set_viewport_size({"width": bounds.width, "height": bounds.height})

    async def _draw(self, page: Page) -> None:
        """The picture and the text of the page, with the certificate of its server."""
        taken, bounds = self._taken, self._asked.bounds
        sized = await self._in_time(self._session.send("Page.getLayoutMetrics"), "measuring the page")
        if sized:
            size = sized["cssContentSize"]
            width, height = min(size["width"] or bounds.width, 4 * bounds.width), max(size["height"], bounds.height)
            if height > bounds.tallest:
                self._fault(f"The page is {height:,.0f} pixels tall; the picture shows the first {bounds.tallest:,}.")
            clip = {"x": 0, "y": 0, "width": width, "height": min(height, bounds.tallest), "scale": 1}
            whole = {"format": "png", "captureBeyondViewport": True, "clip": clip}
            drawn = await self._in_time(self._session.send("Page.captureScreenshot", whole), "drawing the page")
            taken.screenshot = base64.b64decode(drawn["data"]) if drawn else b""
        root = await self._in_time(self._session.send("DOM.getDocument", {"depth": 0}), "reading the page")
        if root:
            node = {"nodeId": root["root"]["nodeId"]}
            found = await self._in_time(self._session.send("DOM.getOuterHTML", node), "reading the page")
            taken.dom = found["outerHTML"].encode("utf-8", "replace") if found else b""
        if len(taken.dom) > bounds.resource:
            self._fault(f"The rendered page has {len(taken.dom):,} bytes; the first {bounds.resource:,} were kept.")
            taken.dom = taken.dom[: bounds.resource]
        taken.title = plain(await self._in_time(page.title(), "reading the title") or "")
        taken.certificate = await self._certificate()

    async def _certificate(self) -> dict[str, Any] | None:
        """The certificates that the server of the page gave."""
        parts = urlsplit(self._taken.final_url)
        if parts.scheme != "https":
            return None
        origin = {"origin": f"https://{parts.netloc}"}
        found = await self._in_time(self._session.send("Network.getCertificate", origin), "asking for the certificate")
        chain = [str(der) for der in (found or {}).get("tableNames", ())]
        digests = [hashlib.sha256(base64.b64decode(der)).hexdigest() for der in chain]
        return {"sha256": digests, "der": chain} if chain else None

    async def _in_time(self, work: Awaitable[_T], what: str) -> _T | None:
        """The result; None and a fault where it takes too long or fails."""
        from playwright.async_api import Error

        seconds = 0.1 if self._silent else self._asked.bounds.drawing
        try:
            return await asyncio.wait_for(work, seconds)
        except TimeoutError:
            self._silent = True
            self._fault(f"The page did not answer: {what} was given up after {seconds:g} seconds.")
        except Error as error:
            self._fault(f"The page did not answer: {what} failed ({_reason(error.message)}).")
        return None

    def _sum_up(self, recorder: Recorder) -> None:
        """Faults of the resources, and where each came from."""
        taken, gate = self._taken, self._gate
        taken.exchanges, taken.sockets = recorder.exchanges, recorder.sockets
        taken.connections, taken.addresses = gate.connections, gate.addresses()
        main = [found for found in taken.exchanges if found.kind == "Document" and not found.redirected]
        if taken.status is None and main:
            taken.status = main[0].status
        tls = next((found.tls for found in main if found.tls and found.url == taken.final_url), None)
        if tls and self._asked.any_certificate:
            self._fault("Certificates were not checked, as asked: who answered is not certain.")
        if tls:
            kept = ("protocol", "cipher", "subjectName", "issuer", "validFrom", "validTo", "sanList")
            taken.certificate = {name: tls.get(name) for name in kept} | (taken.certificate or {})
        if gate.full:
            self._fault(f"More than {gate.most:,} bytes were sent: the network was closed there.")
        for host in gate.expected & gate.refused.keys():
            self._fault(f"A connection was refused: {gate.refused[host]}.")
        for found in taken.exchanges:
            if found.cut:
                self._fault(f"Not whole ({found.cut}), {len(found.body):,} bytes kept: {plain(found.url, 300)}.")
            elif found.unshown:
                self._fault(f"A document that is not drawn; its {len(found.body):,} bytes were kept: {found.url}.")
            elif found.failed:
                self._fault(f"Not loaded ({found.failed}): {plain(found.url, 300)}.")
        for url in taken.sockets:
            self._fault(f"A WebSocket was opened, what it carried is not recorded: {plain(url, 300)}.")


def _reason(message: str) -> str:
    """The first line of Playwright's message without the name of its function."""
    first = message.strip().split("\n")[0]
    return plain(first.removeprefix("Page.goto: "), 200).rstrip(".")
