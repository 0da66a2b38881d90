"""The data of the pages as JSON: one module per resource, each with a ``router``."""

from __future__ import annotations

from fastapi import APIRouter

from clew.web.api import (
    cases,
    explorations,
    leads,
    money,
    network_draw,
    networks,
    overview,
    records,
    search,
    sources,
    talks,
)

ROUTERS: tuple[APIRouter, ...] = (
    leads.router,
    networks.router,
    network_draw.router,
    money.router,
    talks.router,
    records.router,
    search.router,
    explorations.router,
    sources.router,
    overview.router,
    cases.router,
)
