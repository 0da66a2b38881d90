"""The application: routers of pages and of the API, one guard in front, one way to say that something is wrong."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException as StarletteHTTPException

from clew.model.errors import ClewError, MissingError
from clew.web.api import ROUTERS as API
from clew.web.desk import Desk
from clew.web.page import render
from clew.web.pages import ROUTERS as PAGES
from clew.web.security import LOOPBACK, Guard

_STATIC = Path(__file__).parent / "static"


def create_app(desk: Desk, hosts: tuple[str, ...] = LOOPBACK) -> FastAPI:
    """The workbench over a desk.

    Args:
        desk: with its index made (`Desk.refresh`).
        hosts: names under which it may be asked.
    """
    app = FastAPI(
        title="Clew",
        description="The workbench's data: leads, networks, records, templates, searches, sources and runs.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.desk = desk
    app.add_middleware(Guard, hosts=hosts)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    for router in API:
        app.include_router(router, prefix="/api/v1")
    for router in PAGES:
        app.include_router(router, include_in_schema=False)
    app.add_exception_handler(ClewError, _told)
    app.add_exception_handler(StarletteHTTPException, _told)
    app.add_exception_handler(RequestValidationError, _told)
    app.add_exception_handler(Exception, _told)

    @app.get("/healthz", include_in_schema=False)
    def health() -> Response:
        return JSONResponse({"ready": desk.ready}, 200 if desk.ready else 503)

    @app.get("/", include_in_schema=False)
    def home() -> Response:
        return RedirectResponse("/leads", 303)

    return app


def _told(request: Request, error: Exception) -> Response:
    """One sentence and a way on: as JSON from the API, as a page elsewhere."""
    status, what, todo = _sentence(error)
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": what, "todo": todo}, status, getattr(error, "headers", None))
    if "hx-request" in request.headers:
        return render(request, "parts/notice.html", status, what=what, todo=todo)
    return render(request, "error.html", status, what=what, todo=todo)


def _sentence(error: Exception) -> tuple[int, str, str]:
    if isinstance(error, ClewError):
        return 404 if isinstance(error, MissingError) else 400, error.what, error.todo
    if isinstance(error, RequestValidationError):
        first = error.errors()[0]
        return 422, f"{'.'.join(str(part) for part in first['loc'][1:])}: {first['msg']}.", "Correct it and try again."
    if isinstance(error, HTTPException | StarletteHTTPException):
        if error.status_code == 404:
            return 404, "There is no such page.", "Start from the leads."
        return error.status_code, f"{error.detail}.".replace("..", "."), "Go back and try again."
    return 500, "Something went wrong in Clew.", "The terminal in which clew serve runs says more."
