"""A network: why it is a lead, and what is known of identities, roles, assets and records, a tab each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from clew.assess.catalogue import catalogue
from clew.assess.explain import ONE_FINDING
from clew.cases.triage import State
from clew.engine.duckdb import Engine
from clew.pipeline.manifest import read_manifest
from clew.query.money_network import signs_of
from clew.query.network import Mask, NetworkHead
from clew.query.network_assets import assets
from clew.query.network_fabric import STRONG, Fabric, fabric, holds, loose
from clew.query.network_facets import PEOPLE, identities, roles, shared_elsewhere
from clew.query.network_links import network_links
from clew.query.network_reasons import why
from clew.query.network_records import network_records
from clew.query.traced import played, seizable
from clew.web.access import Who, access
from clew.web.desk import Reading, TheDesk
from clew.web.masking import TheMasks, masked_page
from clew.web.page import render
from clew.web.pages.network_frame import TABS, NetworkName, network_tab
from clew.web.triage import take

router = APIRouter(prefix="/networks/{name}")

SIZE = 50  # records of a page
IDENTITIES = 100  # of a page
_SHOWN = 8  # of each list of weak points
# Findings that speak of somebody who manages others; they stand on the page of roles.
_MANAGING = (
    "shared-management", "third-party-contact", "group-wording", "payee-many-numbers", "restricted-movement",
    "contact-many-campaigns", "offers-many-one-operator", "numbers-replaced",
)  # fmt: skip
Offset = Annotated[int, Query(ge=0, le=10_000_000)]


@router.get("")
@access("read", "view", "network {name}", "queue")
def why_page(request: Request, reading: Reading, name: NetworkName) -> Response:
    """Why it is a lead, and what would change our mind."""

    return network_tab(request, reading, name, "Why", lambda head: _reasons(reading, head, fabric(reading, head.net)))


@router.get("/dossier")
@access("read", "view", "network {name}", "queue")
def dossier(request: Request, reading: Reading, desk: TheDesk, masks: TheMasks, name: NetworkName) -> Response:
    """All tabs on one page, to print: nobody who may not be named is on it."""

    def content(head: NetworkHead) -> Mapping[str, Any]:
        made = fabric(reading, head.net)
        known = identities(reading, head.net, head.records, PEOPLE, made.worth, holds(made))
        told = _reasons(reading, head, made, masks.before_cut)
        ran = desk.workspace.segments("networks")
        return told | {
            "identities": known[:IDENTITIES],
            "identities_total": len(known),
            "managing": [g for g in told["why"].grounds if g.reason.indicator in _MANAGING],
            "roles": roles(reading, head.net, 10),
            "people": played(reading, head.net, SIZE)[0],
            "seizable": seizable(reading, head.network_id, SIZE)[0],
            "signs": signs_of(reading, head.network_id),
            "assets": assets(reading, head.net),
            "links": network_links(reading, head.net, 0, 20, masks.before_cut)[0],
            "records": network_records(reading, head.net, 0, 4 * SIZE, mask=masks.before_cut)[0],
            "now": datetime.now(UTC),
            "run": read_manifest(desk.workspace, "last").id if ran else "",
        }

    return masked_page(masks, lambda: network_tab(request, reading, name, "Why", content, "networks/dossier.html"))


def _reasons(reading: Engine, head: NetworkHead, made: Fabric, mask: Mask | None = None) -> dict[str, Any]:
    """Why it is a lead, and what would change our mind."""
    return {
        "why": why(reading, head, mask),
        "one_finding": ONE_FINDING,
        "holds": holds(made)[:_SHOWN],
        "loose": loose(made),
        "strong": STRONG,
        "shared": shared_elsewhere(reading, head.net, _SHOWN),
        "weakest": network_links(reading, head.net, 0, 3, mask)[0],
    }


@router.get("/identities")
@access("read", "view", "network {name}", "queue")
def identities_page(
    request: Request,
    reading: Reading,
    name: NetworkName,
    kind: Annotated[str, Query(max_length=20)] = "",
    offset: Offset = 0,
) -> Response:
    """By what its people are known, and how much rests on it."""

    def content(head: NetworkHead) -> Mapping[str, Any]:
        made = fabric(reading, head.net)
        every = identities(reading, head.net, head.records, PEOPLE, made.worth, holds(made))
        counts = {t: sum(i.type == t for i in every) for t in PEOPLE}
        rows = [i for i in every if kind in ("", i.type)]
        at = min(offset, max(len(rows) - 1, 0) // IDENTITIES * IDENTITIES)
        return {
            "rows": rows[at : at + IDENTITIES],
            "total": len(rows),
            "kinds": {t: n for t, n in counts.items() if n},
            "kind": kind,
            "offset": at,
            "size": IDENTITIES,
        }

    return network_tab(request, reading, name, "Identities", content)


@router.get("/roles")
@access("read", "view", "network {name}", "queue")
def roles_page(request: Request, reading: Reading, name: NetworkName) -> Response:
    """Who does most, as far as records tell."""

    def content(head: NetworkHead) -> Mapping[str, Any]:
        grounds = [g for g in why(reading, head).grounds if g.reason.indicator in _MANAGING]
        people, total = played(reading, head.net)
        return {"roles": roles(reading, head.net), "managing": grounds, "people": people, "people_total": total}

    return network_tab(request, reading, name, "Roles", content)


@router.get("/assets")
@access("read", "view", "network {name}", "queue")
def assets_page(request: Request, reading: Reading, name: NetworkName) -> Response:
    """Where money goes, and what is asked."""

    def content(head: NetworkHead) -> Mapping[str, Any]:
        money = {i.id for i in catalogue() if i.family == "money"}
        grounds = [g for g in why(reading, head).grounds if g.reason.indicator in money]
        found, total = seizable(reading, head.network_id)
        told = {"seizable": found, "seizable_total": total}
        return told | {"assets": assets(reading, head.net), "money": grounds}

    return network_tab(request, reading, name, "Assets", content)


@router.get("/records")
@access("read", "view", "network {name}", "queue")
def records_page(
    request: Request,
    reading: Reading,
    name: NetworkName,
    offset: Offset = 0,
    finding: Annotated[str, Query(max_length=60)] = "",
    order: Literal["newest", "oldest"] = "newest",
) -> Response:
    """Its records, a page at a time."""

    def content(head: NetworkHead) -> Mapping[str, Any]:
        rows, total = network_records(reading, head.net, offset, SIZE, finding, order == "newest")
        named = {i.id: i.name for i in catalogue()}
        return {
            "rows": rows, "total": total, "offset": offset, "size": SIZE,
            "finding": finding, "finding_name": named.get(finding, finding), "order": order,
        }  # fmt: skip

    return network_tab(request, reading, name, "Records", content)


@router.post("/triage")
@access("decide", subject="network {name}", purpose="queue")
def triage(
    desk: TheDesk,
    reading: Reading,
    who: Who,
    name: NetworkName,
    state: Annotated[State | Literal[""], Form()] = "",
    reason: Annotated[str, Form(max_length=2_000)] = "",
    undo: Annotated[str, Form(max_length=1)] = "",
    back: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Confirm, defer or dismiss the network, or take that back."""
    take(desk, reading, who, name, state or None, reason, take_back=bool(undo))
    tabs = {f"/networks/{name}{end}" for end, _ in TABS}
    return RedirectResponse(back if back in tabs else f"/networks/{name}", 303)


@router.get("/job")
@access("read", purpose="none")
def job(request: Request, desk: TheDesk, name: NetworkName, number: Annotated[int, Query(ge=1, le=10**9)]) -> Response:
    """How far work in the background is; tells the page to load anew when it has ended."""
    found = desk.jobs.get(number)
    if found is None or not found.running:
        return Response(headers={"hx-refresh": "true"})
    return render(request, "networks/job.html", job=found, head={"network_id": name})
