"""The data of the pages as JSON: one module per resource, each with a ``router``."""

from __future__ import annotations

from fastapi import APIRouter

from clew.web.api import records

ROUTERS: tuple[APIRouter, ...] = (records.router,)
