"""Writes down what the browser asked and got, from the events of the Chrome DevTools Protocol."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from playwright.async_api import Request

Event = dict[str, Any]


class Session(Protocol):
    """A session of the DevTools protocol, as Playwright gives it."""

    async def send(self, method: str, params: dict[str, Any] | None = None) -> Any:
        """Give a command."""

    def on(self, event: str, f: Any) -> None:
        """Listen."""


@dataclass
class Exchange:
    """A request and what came back; a redirect is an exchange of its own.

    Attributes:
        url, method, asked, posted: the request: its headers by name, and its body.
        kind: what it was asked for, as ``Document`` or ``Image``.
        begun, answered: UTC.
        status, reason, protocol: of the response; status None: there was none.
        headers: of the response, as sent, in order; a name may come twice.
        tls: what the browser says of the encryption and the certificate.
        body: decoded; as much as was received.
        size: bytes of the decoded body that the browser received.
        cut: why the body is not whole (``length``, ``time``, ``disconnect``, ``unspecified``; WARC's words), or None.
        failed: the browser's word for what went wrong, or None.
        done: whether it came to its end.
        redirected: whether it led to another exchange.
        unshown: a document that the browser would have stored or shown in a viewer; its bytes were kept instead.
        fetched: the body where it was read in one piece.
    """

    url: str
    method: str
    kind: str
    begun: datetime
    asked: dict[str, str] = field(default_factory=dict)
    posted: bytes | None = None
    status: int | None = None
    reason: str = ""
    protocol: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    answered: datetime | None = None
    tls: Event | None = None
    size: int = 0
    cut: str | None = None
    failed: str | None = None
    done: bool = False
    redirected: bool = False
    unshown: bool = False
    fetched: bytes | None = None
    _buffered: bytes = b""
    _pieces: list[bytes] = field(default_factory=list)
    _kept: int = 0

    @property
    def body(self) -> bytes:
        """What was received of the body."""
        return self.fetched if self.fetched is not None else self._buffered + b"".join(self._pieces)

    @property
    def promised(self) -> int:
        """Bytes of the decoded body that the headers of the response speak of; 0 where they do not.

        A browser drops what it takes for no picture as soon as it has seen its first bytes, and calls that the end.
        """
        found = {name.lower(): value.strip() for name, value in self.headers}
        length = found.get("content-length", "")
        empty = self.method == "HEAD" or self.status in (204, 304) or "content-encoding" in found
        return int(length) if length.isascii() and length.isdigit() and len(length) < 16 and not empty else 0

    def keep(self, data: str, most: int, first: bool = False) -> None:
        """Keep bytes of the body, up to ``most``."""
        try:
            block = base64.b64decode(data)[: max(0, most - self._kept)]
        except binascii.Error:
            return
        self._kept += len(block)
        if first:
            self._buffered = block
        else:
            self._pieces.append(block)


class Recorder:
    """All exchanges of a page.

    Args:
        session: of the page.
        most: bytes of one body.
        on_large: called once when a body is larger.
        on_host: called with the address of everything that is asked for, before it is connected to.
    """

    def __init__(
        self, session: Session, most: int, on_large: Callable[[Exchange], None], on_host: Callable[[str], None]
    ) -> None:
        self.exchanges: list[Exchange] = []
        self.sockets: list[str] = []
        self._session, self._most, self._on_large, self._on_host = session, most, on_large, on_host
        self._now: dict[str, Exchange] = {}  # the current hop of each request
        self._asked: dict[str, list[Event]] = {}
        self._got: dict[str, list[Event]] = {}
        self._hops: dict[str, list[Exchange]] = {}
        self._streams: dict[str, asyncio.Task[bool]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        for name, handler in (
            ("requestWillBeSent", self._will_be_sent),
            ("requestWillBeSentExtraInfo", lambda event: self._asked.setdefault(event["requestId"], []).append(event)),
            ("responseReceived", self._received),
            ("responseReceivedExtraInfo", lambda event: self._got.setdefault(event["requestId"], []).append(event)),
            ("dataReceived", self._data),
            ("loadingFinished", self._finished),
            ("loadingFailed", self._failed),
            ("webSocketCreated", self._socket),
        ):
            session.on(f"Network.{name}", handler)
        session.on("Fetch.requestPaused", lambda event: self._spawn(self._paused(event)))

    async def start(self) -> None:
        """Begin to listen, and to hold each document until it is known whether the browser shows it."""
        await self._session.send("Network.enable", {"maxTotalBufferSize": 2 * self._most, "maxPostDataSize": 1 << 20})
        patterns = [{"urlPattern": "http*", "resourceType": "Document", "requestStage": "Response"}]
        await self._session.send("Fetch.enable", {"patterns": patterns})

    async def _paused(self, event: Event) -> None:
        """Let a document through to the browser, or keep its bytes where the browser would not show it as it is."""
        from playwright.async_api import Error

        name, status = event["requestId"], event.get("responseStatusCode")
        exchange = self._now.get(event.get("networkId", ""))
        headers = [(str(one["name"]), str(one["value"])) for one in event.get("responseHeaders", ())]
        try:
            if exchange is None or status is None or 300 <= status < 400 or is_shown(headers):
                await self._session.send("Fetch.continueRequest", {"requestId": name})
                return
            exchange.status, exchange.reason = int(status), str(event.get("responseStatusText", ""))
            exchange.headers, exchange.answered = headers, datetime.now(UTC)
            exchange.unshown = True
            await self._drain(name, exchange)
            await self._session.send("Fetch.failRequest", {"requestId": name, "errorReason": "Aborted"})
        except Error:  # the page is gone
            return

    async def _drain(self, name: str, exchange: Exchange) -> None:
        """Read a body by hand, up to the most that is kept."""
        stream = (await self._session.send("Fetch.takeResponseBodyAsStream", {"requestId": name}))["stream"]
        pieces, size = list[bytes](), 0
        while True:
            block = await self._session.send("IO.read", {"handle": stream, "size": 1 << 20})
            text = str(block["data"])
            pieces.append(base64.b64decode(text) if block.get("base64Encoded") else text.encode("latin-1", "replace"))
            size += len(pieces[-1])
            exchange.size = size
            if size > self._most:
                exchange.cut = "length"
                self._on_large(exchange)
            if block.get("eof") or size > self._most:
                break
        exchange.fetched, exchange.done = b"".join(pieces)[: self._most], True
        await self._session.send("IO.close", {"handle": stream})

    async def settle(self, seconds: float) -> None:
        """Wait for bodies that are being fetched."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=seconds)

    def complete(self) -> None:
        """Give up bodies that did not come; complete what is known from the raw headers."""
        for task in self._tasks:
            task.cancel()
        for request, hops in self._hops.items():
            for hop, event in zip(hops, self._asked.get(request, []), strict=False):
                hop.asked = {str(name): str(value) for name, value in event["headers"].items()}
            answered = [hop for hop in hops if hop.status is not None]
            for hop, event in zip(answered, self._got.get(request, []), strict=False):
                hop.status = int(event["statusCode"])
                hop.reason, hop.headers = _as_sent(event, hop.reason)
        for exchange in self.exchanges:
            if exchange.status is not None and not exchange.done and not exchange.cut:
                exchange.cut = "time"

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _will_be_sent(self, event: Event) -> None:
        request, name = event["request"], event["requestId"]
        if not str(request["url"]).lower().startswith(("http:", "https:")):
            return
        if name in self._now and "redirectResponse" in event:
            self._answer(self._now[name], event["redirectResponse"])
            self._now[name].redirected = self._now[name].done = True
        self._on_host(str(request["url"]))
        exchange = Exchange(
            url=str(request["url"]),
            method=str(request["method"]),
            kind=str(event.get("type", "Other")),
            begun=datetime.fromtimestamp(event["wallTime"], UTC),
            asked={str(key): str(value) for key, value in request["headers"].items()},
            posted=str(request["postData"]).encode() if "postData" in request else None,
        )
        self._now[name] = exchange
        self._hops.setdefault(name, []).append(exchange)
        self.exchanges.append(exchange)

    def _socket(self, event: Event) -> None:
        self._on_host(str(event["url"]))
        self.sockets.append(str(event["url"])[:2_000])

    def _answer(self, exchange: Exchange, response: Event) -> None:
        exchange.status, exchange.reason = int(response["status"]), str(response.get("statusText", ""))
        exchange.protocol = str(response.get("protocol", ""))
        exchange.headers = _pairs(response["headers"])
        exchange.answered = datetime.now(UTC)
        exchange.tls = response.get("securityDetails")

    def _received(self, event: Event) -> None:
        exchange = self._now.get(event["requestId"])
        if exchange is None:
            return
        self._answer(exchange, event["response"])
        self._streams[event["requestId"]] = self._spawn(self._stream(event["requestId"], exchange))

    async def _stream(self, request: str, exchange: Exchange) -> bool:
        """Ask for the bytes as they come, so that what was received of a body that is cut off is kept."""
        from playwright.async_api import Error

        try:
            found = await self._session.send("Network.streamResourceContent", {"requestId": request})
        except Error:  # it has ended already, or the browser is too old
            return False
        exchange.keep(found.get("bufferedData", ""), self._most, first=True)
        return True

    def _data(self, event: Event) -> None:
        exchange = self._now.get(event["requestId"])
        if exchange is None:
            return
        exchange.size += int(event["dataLength"])
        if "data" in event:
            exchange.keep(event["data"], self._most)
        if exchange.size > self._most and exchange.cut is None:
            exchange.cut = "length"
            self._on_large(exchange)

    def _finished(self, event: Event) -> None:
        exchange = self._now.get(event["requestId"])
        if exchange is not None:
            self._spawn(self._fetch(event["requestId"], exchange))

    def _failed(self, event: Event) -> None:
        exchange = self._now.get(event["requestId"])
        if exchange is None or exchange.unshown:
            return
        exchange.failed = str(event.get("blockedReason") or event.get("errorText") or "failed")
        exchange.done = True
        if exchange.status is not None and exchange.cut is None:
            exchange.cut = "disconnect"

    async def _fetch(self, request: str, exchange: Exchange) -> None:
        """Get the body of a response that ended before its bytes could be asked for; say so where it is not whole."""
        from playwright.async_api import Error

        stream = self._streams.get(request)
        streamed = stream is not None and await stream
        if exchange.cut is None and not (streamed and len(exchange.body) == exchange.size):
            try:
                found = await self._session.send("Network.getResponseBody", {"requestId": request})
                text = str(found["body"])
                exchange.fetched = base64.b64decode(text) if found["base64Encoded"] else text.encode()
            except Error:  # a body that the browser does not keep, as of a 204
                if exchange.size:
                    exchange.cut = "unspecified"
        if exchange.cut is None and len(exchange.body) < max(exchange.size, exchange.promised):
            exchange.cut = "unspecified"
        exchange.done = True


async def from_playwright(request: Request, most: int) -> Exchange | None:
    """An exchange as Playwright tells it; None where it does not any more."""
    response = await request.response()
    if response is None:
        return None
    headers = [(one["name"], one["value"]) for one in await response.headers_array()]
    made = Exchange(
        url=request.url,
        method=request.method,
        kind="Worker",
        begun=datetime.fromtimestamp(max(0.0, request.timing["startTime"]) / 1_000, UTC),
        asked=await request.all_headers(),
        posted=request.post_data_buffer,
        status=response.status,
        reason=response.status_text,
        headers=headers,
        done=True,
    )
    body = await response.body()
    made.fetched, made.size = body[:most], len(body)
    made.cut = "length" if len(body) > most else None
    return made


def is_shown(headers: list[tuple[str, str]]) -> bool:
    """Whether the browser draws a document of these headers itself."""
    found = {name.lower(): value.strip().lower() for name, value in headers}
    if found.get("content-disposition", "").startswith("attachment"):
        return False
    kind = found.get("content-type", "").split(";")[0].strip()
    return not kind.startswith("application/") or kind.endswith(("xml", "json", "javascript"))


def _as_sent(event: Event, reason: str) -> tuple[str, list[tuple[str, str]]]:
    """(reason, headers) as the server wrote them, where the protocol is one of lines."""
    first, *lines = str(event.get("headersText", "")).replace("\r\n", "\n").strip("\n").split("\n")
    if not first.startswith("HTTP/"):
        return reason, _pairs(event["headers"])
    pairs = [line.partition(":") for line in lines if ":" in line]
    return " ".join(first.split(" ")[2:]), [(name.strip(), value.strip()) for name, _, value in pairs]


def _pairs(headers: dict[str, str]) -> list[tuple[str, str]]:
    """Headers one by one; the protocol joins those of the same name by line feeds."""
    return [(str(name), value) for name, values in headers.items() for value in str(values).split("\n")]
