"""Pages: one module per page, each with a ``router``."""

from __future__ import annotations

from clew.web.pages import network, styleguide

ROUTERS = (styleguide.router, network.router)
