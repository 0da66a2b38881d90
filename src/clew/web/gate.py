"""In front of every page: who asks, not too often, and the ledger's entry before the answer leaves.

It stands around the application (ASGI). Rules of pages are in `clew.web.access`; an answer of a page whose rule was
never looked at does not leave, so that no page can be forgotten.
"""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from urllib.parse import unquote, unquote_plus

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clew.access import accounts, sessions, tokens
from clew.access.limits import Limits, TooManyError, network_of
from clew.access.tables import digest_of
from clew.database.base import write
from clew.ledger.entry import Deed, canonical
from clew.ledger.log import append
from clew.model.actor import Actor
from clew.model.errors import ClewError
from clew.vault.store import digests_of
from clew.web.access import NotSignedInError, Visit, visit_of
from clew.web.desk import Desk
from clew.web.purposes import check_case
from clew.web.security import SAFE, same_origin

SMALL_BODY = 64 << 10  # bytes: all that somebody may send who has not signed in
MOST_ASKED = 2_000  # characters of a query that stand in an entry
# One entry stands for what the same session does with the same thing, for the same purpose, within this time: a page
# is made of parts (pictures, the graph, the tabs of a network), and an entry for each would bury the reading. Nothing
# goes unlogged: the time runs from the entry, never from the last look; exports and changes are never folded.
FOLDED = 300.0  # seconds
_MOST_FOLDED = 50_000

_NAMED = ("network", "record", "template", "conversation", "site")  # subjects that say by their id which one it is


class Gate:
    """ASGI middleware.

    Args:
        app: behind it.
        desk: what the pages work on.
        told: makes the answer that tells an error.
        everyone: paths that answer people who have not signed in.
        often: limit of a session or token.
        strangers: limit of an address from which nobody has signed in.
    """

    def __init__(
        self,
        app: ASGIApp,
        desk: Desk,
        told: Callable[[Request, Exception], Response],
        everyone: frozenset[str],
        often: Limits | None = None,
        strangers: Limits | None = None,
    ) -> None:
        self.app, self.desk, self.told, self.everyone = app, desk, told, everyone
        self.often = often or Limits(20, 300)
        self.strangers = strangers or Limits(5, 60)
        self._folded: OrderedDict[tuple[str, ...], float] = OrderedDict()
        self._lock = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let in, listen to the answer, and write it down."""
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        request.state.visit = Visit()
        try:
            request.state.visit = await run_in_threadpool(self._visit, request)
        except ClewError as error:
            await self.told(request, error)(scope, receive, send)
            return
        await self.app(scope, receive, _Answer(self, request, send).send)

    def _visit(self, request: Request) -> Visit:
        """Who it is.

        Raises:
            NotSignedInError: nobody knows, and the page is not for everyone.
            TooManyError: too often.
        """
        visit = self._known(request)
        address = request.client.host if request.client else ""
        limits, key = (self.often, visit.key) if visit.actor else (self.strangers, network_of(address))
        if wait := limits.take(key):
            raise TooManyError("That is more than a person can read.", max(1, round(wait)))
        if visit.actor is None:
            length = request.headers.get("content-length", "0")
            if request.url.path not in self.everyone or int(length) > SMALL_BODY:
                raise NotSignedInError("Nobody is signed in.", "Sign in first.")
        return visit

    def _known(self, request: Request) -> Visit:
        given = request.headers.get("authorization", "")
        if given:
            scheme, _, secret = given.partition(" ")
            actor = tokens.actor(self.desk.db, secret.strip()) if scheme.lower() == "bearer" else None
            if actor is None or not request.url.path.startswith("/api/"):
                return Visit()
            return Visit(self._for(actor, request), digest_of(secret.strip()))
        secret = request.cookies.get(cookie_name(request), "")
        session = sessions.actor(self.desk.db, secret) if secret else None
        if session is None:
            return Visit()
        unproven = request.method not in SAFE and not same_origin(request.headers)
        return Visit(
            session.actor, session.id, sessions.form_token(secret), session, secret, self._handed(session.actor),
            not unproven,
        )  # fmt: skip

    def _handed(self, actor: Actor) -> bool:
        with self.desk.db.connect() as connection:
            row = accounts.row_of(connection, actor.name)  # none where one person works without accounts
        return bool(row and row.handed)

    def _for(self, actor: Actor, request: Request) -> Actor:
        """A token's purpose and case, as its request says.

        Raises:
            MissingError: it is not a case of theirs.
        """
        why = unquote(request.headers.get("clew-purpose", ""))
        case_id = request.headers.get("clew-case") or None
        if case_id is not None:
            check_case(self.desk.casework, actor, case_id)
        return actor.within(case_id, why)

    def write_down(self, request: Request, status: int, body: bytes | None, name: str) -> None:
        """The entry of an answer, unless one stands for it already."""
        visit, safe = visit_of(request), request.method in SAFE
        if visit.actor is None or visit.act is None or status >= 400:
            return
        if status >= 300 and safe and visit.act != "search":
            return  # only the way to somewhere else
        if body is not None:
            digests = digests_of(body)
            visit.details |= {
                "sha256": digests.sha256, "blake2b": digests.blake2b, "bytes": digests.size, "file": name,
            }  # fmt: skip
        asked = unquote_plus(request.url.query)[:MOST_ASKED]
        private = ({"asked": asked} if asked else {}) | visit.private
        deed = Deed(visit.act, visit.subject, visit.details, private)
        if safe and body is None and not self._first(visit, visit.actor, deed):
            return
        with write(self.desk.db) as connection:
            append(connection, visit.actor, deed)

    def _first(self, visit: Visit, actor: Actor, deed: Deed) -> bool:
        """Is there no entry yet that stands for this?"""
        # Of a thing with an id one entry is enough; of lists and searches each question counts.
        told = canonical(dict(deed.details)).decode()
        asked = "" if deed.subject.split(" ")[0] in _NAMED else str(deed.private)
        key = (visit.key, actor.why, actor.case_id or "", deed.act, deed.subject, told, asked)
        at = time.monotonic()
        with self._lock:
            if at - self._folded.get(key, -FOLDED) < FOLDED:
                return False
            self._folded.pop(key, None)
            self._folded[key] = at
            while len(self._folded) > _MOST_FOLDED:
                self._folded.popitem(last=False)
        return True


class _Answer:
    """What goes out: held back until it is written down. Files are held back whole, for their digests."""

    def __init__(self, gate: Gate, request: Request, send: Send) -> None:
        self.gate, self.request, self.out = gate, request, send
        self.start: Message | None = None
        self.body: list[bytes] | None = None

    async def send(self, message: Message) -> None:
        """Pass a message on, or keep it until it may leave."""
        if message["type"] == "http.response.start":
            await self._begin(message)
        elif self.body is not None and self.start is not None:
            self.body.append(message.get("body", b""))
            if not message.get("more_body", False):
                await self._whole(self.start, b"".join(self.body))
        else:
            await self.out(message)

    async def _begin(self, message: Message) -> None:
        visit, status = visit_of(self.request), int(message["status"])
        if status < 400 and visit.rule is None:
            raise RuntimeError(f"{self.request.url.path} answered, and nothing says who may ask.")
        if status < 300 and visit.act == "export":
            self.start, self.body = message, []
            return
        await run_in_threadpool(self.gate.write_down, self.request, status, None, "")
        await self.out(message)

    async def _whole(self, start: Message, body: bytes) -> None:
        headers = MutableHeaders(scope=start)
        name = re.search(r'filename="([^"]*)"', headers.get("content-disposition", ""))
        await run_in_threadpool(self.gate.write_down, self.request, int(start["status"]), body, name[1] if name else "")
        headers["content-length"] = str(len(body))
        await self.out(start)
        await self.out({"type": "http.response.body", "body": body, "more_body": False})


def cookie_name(request: Request) -> str:
    """Of the session's cookie; over TLS one that only this very host can have set.

    Browsers give a cookie to every port of a machine, so the port is in its name: two workspaces do not sign each
    other out.
    """
    return f"{'__Host-' if request.url.scheme == 'https' else ''}clew-{request.url.port or 443}"


def keep_cookie(request: Request, answer: Response, secret: str) -> None:
    """Give the browser its session; it forgets it when it is closed, the server long before."""
    secure = request.url.scheme == "https"
    answer.set_cookie(cookie_name(request), secret, path="/", secure=secure, httponly=True, samesite="strict")


def drop_cookie(request: Request, answer: Response) -> None:
    """Let the browser forget its session."""
    secure = request.url.scheme == "https"
    answer.delete_cookie(cookie_name(request), path="/", secure=secure, httponly=True, samesite="strict")
