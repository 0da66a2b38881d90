"""Pages: one module per page, each with a ``router``."""

from __future__ import annotations

from clew.web.pages import network, record, styleguide, template

ROUTERS = (styleguide.router, network.router, record.router, template.router)
