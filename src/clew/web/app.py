"""The application: routers of pages and of the API, one guard in front, one way to say that something is wrong."""

from __future__ import annotations

import logging
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.routing import BaseRoute

from clew.access.limits import Limits, TooManyError
from clew.engine.duckdb import EngineError
from clew.model.errors import ClewError, DeniedError, MissingError
from clew.web.access import (
    HandedOutError,
    NoPurposeError,
    NotSignedInError,
    Who,
    admit,
    open_to_all,
    proven,
    rules,
    signed_in,
    visit_of,
)
from clew.web.api import ROUTERS as API
from clew.web.api.paging import faults
from clew.web.desk import Desk
from clew.web.gate import Gate
from clew.web.page import here, render
from clew.web.pages import ROUTERS as PAGES
from clew.web.pages.entry import first_page, sign_in_page
from clew.web.security import LOOPBACK, Guard
from clew.web.words import of_pages

_LOG = logging.getLogger(__name__)
_STATIC = Path(__file__).parent / "static"
_DOOR = [Depends(proven), Depends(admit)]


def create_app(
    desk: Desk, hosts: tuple[str, ...] = LOOPBACK, often: Limits | None = None, strangers: Limits | None = None
) -> FastAPI:
    """The workbench over a desk.

    Args:
        desk: with its index made (`Desk.refresh`).
        hosts: names under which it may be asked.
        often, strangers: how often a session and an address without one may ask; `clew.web.gate` has the usual.

    Raises:
        TypeError: a page does not say who may ask.
    """
    app = FastAPI(
        title="Clew",
        description="The workbench's data: leads, networks, records, templates, searches, sources and runs.",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=_DOOR,
    )
    app.state.desk = desk
    declared = rules((*API, *PAGES))
    everyone = frozenset(["/healthz", *(path.split(" ")[1] for path, rule in declared.items() if rule.everyone)])
    app.add_middleware(Gate, desk=desk, told=_told, everyone=everyone, often=often, strangers=strangers)
    app.add_middleware(Guard, hosts=hosts)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.router.routes.extend(_routes())
    for kind in (ClewError, StarletteHTTPException, RequestValidationError, Exception):
        app.add_exception_handler(kind, _told)

    @app.get("/healthz", include_in_schema=False)
    @open_to_all()
    def health() -> Response:
        return JSONResponse({"ready": desk.ready}, 200 if desk.ready else 503)

    @app.get("/api/v1/openapi.json", include_in_schema=False)
    @signed_in()
    def description() -> Response:
        return JSONResponse(app.openapi())

    @app.get("/", include_in_schema=False)
    @signed_in()
    def home(request: Request, who: Who) -> Response:
        return RedirectResponse("/account" if visit_of(request).handed else first_page(who), 303)

    return app


@cache
def _routes() -> list[BaseRoute]:
    """The API and the pages. They find the desk by the request, so that all applications of a process share them."""
    together = APIRouter(dependencies=_DOOR)
    for router in API:
        together.include_router(router, prefix="/api/v1", responses=faults(401, 403, 429))
    for router in PAGES:
        together.include_router(router, include_in_schema=False)
    return together.routes


def _told(request: Request, error: Exception) -> Response:
    """One sentence and a way on: as JSON from the API, as a page elsewhere."""
    status, what, todo = _sentence(error)
    headers = dict(getattr(error, "headers", None) or {})
    if isinstance(error, TooManyError):
        headers["retry-after"] = str(error.wait)
    if request.url.path.startswith("/api/"):
        headers |= {"www-authenticate": "Bearer"} if status == 401 else {}
        if isinstance(error, NoPurposeError):
            todo += " Here: at /purpose for the session, or in the headers Clew-Purpose or Clew-Case for a token."
        return JSONResponse({"error": what, "todo": todo}, status, headers)
    answer = _page_of(request, error, status, what, of_pages(todo))
    answer.headers.update(headers)
    return answer


def _page_of(request: Request, error: Exception, status: int, what: str, todo: str) -> Response:
    part = "hx-request" in request.headers
    if isinstance(error, NotSignedInError | NoPurposeError) and part:
        return Response(status_code=status, headers={"hx-refresh": "true"})  # the whole page says what to do
    if isinstance(error, NotSignedInError):
        return sign_in_page(request, status)
    if isinstance(error, HandedOutError) and request.method == "GET":
        return RedirectResponse("/account", 303)
    if isinstance(error, NoPurposeError) and request.method == "GET":
        return RedirectResponse(f"/purpose?{urlencode({'next': here(request)})}", 303)
    return render(request, "parts/notice.html" if part else "error.html", status, what=what, todo=todo)


def _sentence(error: Exception) -> tuple[int, str, str]:
    if isinstance(error, EngineError):
        _LOG.error("%s", error)  # holds a query, and files by name
    elif isinstance(error, ClewError):
        return _status(error), error.what, error.todo
    if isinstance(error, RequestValidationError):
        first = error.errors()[0]
        return 422, f"{'.'.join(str(part) for part in first['loc'][1:])}: {first['msg']}.", "Correct it and try again."
    if isinstance(error, HTTPException | StarletteHTTPException):
        if error.status_code == 404:
            return 404, "There is no such page.", "Start from the leads."
        return error.status_code, f"{error.detail}.".replace("..", "."), "Go back and try again."
    return 500, "Something went wrong in Clew.", "The terminal in which clew serve runs says more."


def _status(error: ClewError) -> int:
    if isinstance(error, NotSignedInError):
        return 401
    if isinstance(error, TooManyError):
        return 429
    if isinstance(error, DeniedError):
        return 403
    return 404 if isinstance(error, MissingError) else 400
