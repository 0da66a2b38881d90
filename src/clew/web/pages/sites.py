"""Sites: the list, one of them, and its near-copies side by side."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from clew.query.site import SiteSort, count_sites, site_view, sites
from clew.query.site_clone import side_by_side
from clew.web.access import access
from clew.web.desk import Reading
from clew.web.page import render

router = APIRouter()
LISTED = 50
Offset = Annotated[int, Query(ge=0, le=10_000_000)]
Host = Annotated[str, Path(max_length=300, description="The registrable domain of a site.")]


def href(site: str) -> str:
    """The address of a site's page."""
    return f"/sites/{quote(site, safe='')}"


@router.get("/sites")
@access("read", "view", "page /sites")
def listed(
    request: Request, engine: Reading, name: Annotated[str, Query(max_length=300)] = "", sort: SiteSort = "shared",
    offset: Offset = 0,
) -> Response:  # fmt: skip
    """All sites, those first that share most with others."""
    rows, total = sites(engine, name.strip(), sort, offset, LISTED)
    return render(
        request, "sites/list.html",
        rows=rows, total=total, offset=offset, size=LISTED, name=name.strip(), sort=sort, all=count_sites(engine),
        link=lambda by: "/sites?" + urlencode({"name": name.strip(), "sort": by}), href=href,
    )  # fmt: skip


@router.get("/sites/{name}")
@access("read", "view", "site {name}", "queue")
def site(request: Request, engine: Reading, name: Host, offset: Offset = 0) -> Response:
    """One site: what it shares with others, its near-copies, its pages."""
    found = site_view(engine, name, offset, LISTED)
    return render(
        request, "sites/site.html",
        page=found, site=found.site, offset=offset, size=LISTED, home=href(name), href=href,
    )  # fmt: skip


@router.get("/sites/{name}/clones/{template_id}")
@access("read", "view", "site {name}", "queue")
def clone(request: Request, engine: Reading, name: Host, template_id: Annotated[str, Path(max_length=40)]) -> Response:
    """Pages of one text on several sites, side by side, with what differs."""
    return render(request, "sites/clone.html", page=side_by_side(engine, name, template_id), name=name, href=href)
