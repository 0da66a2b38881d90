"""Pages: one module per page, each with a ``router``."""

from __future__ import annotations

from clew.web.pages import (
    account,
    accounts,
    audit,
    cases,
    entry,
    explore,
    leads,
    network,
    network_draw,
    network_files,
    network_links,
    overview,
    purpose,
    record,
    search,
    sources,
    styleguide,
    talks,
    template,
)

ROUTERS = (
    entry.router,
    purpose.router,
    account.router,
    accounts.router,
    audit.csv_router,
    audit.router,
    styleguide.router,
    leads.router,
    network.router,
    network_links.router,
    network_files.router,
    overview.router,
    record.router,
    search.router,
    explore.router,
    sources.router,
    template.router,
    talks.router,
    cases.router,
    *cases.ROUTERS,
    network_draw.router,
)
