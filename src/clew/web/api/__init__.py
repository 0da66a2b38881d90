"""The data of the pages as JSON: one module per resource, each with a ``router``."""

from __future__ import annotations

from fastapi import APIRouter

ROUTERS: tuple[APIRouter, ...] = ()
