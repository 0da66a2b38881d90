"""The data of the pages as JSON: one module per resource, each with a ``router``."""

from __future__ import annotations

from fastapi import APIRouter

from clew.web.api import cases, explorations, leads, network_draw, networks, overview, records, search, sources

ROUTERS: tuple[APIRouter, ...] = (
    leads.router,
    networks.router,
    network_draw.router,
    records.router,
    search.router,
    explorations.router,
    sources.router,
    overview.router,
    cases.router,
)
