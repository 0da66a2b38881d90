"""Networks: what is known of them, facet by facet, and decisions about their links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi import Path as InPath
from pydantic import Field

from clew.assess.explain import Lead
from clew.query.network import NetworkEvent, NetworkHead, network_head, network_history
from clew.query.network_assets import Assets, assets
from clew.query.network_fabric import Hold, fabric, holds
from clew.query.network_facets import Identity, Shared, identities, shared_elsewhere
from clew.query.network_links import Link, check_pair, network_links
from clew.query.network_reasons import Ground, why
from clew.query.network_records import Listed, network_records
from clew.web.access import Who, access
from clew.web.api.paging import Item, Limit, Offset, Page, faults
from clew.web.desk import Reading, TheDesk
from clew.web.work import MAX_REASON, decide_and_run

router = APIRouter(tags=["networks"], prefix="/networks/{name}")

_Name = Annotated[str, InPath(max_length=40, description="Id of a network.")]
_RecordId = Annotated[str, Field(min_length=32, max_length=32, pattern="^[0-9a-f]{32}$")]


@dataclass(frozen=True)
class Network:
    """A network at a glance.

    Attributes:
        head: its facts.
        lead: why it is a lead; null when it is none.
        history: merges and splits.
        holds: identifiers on which part of it hangs.
        shared: identifiers that stand in other networks too.
    """

    head: NetworkHead
    lead: Lead | None
    history: list[NetworkEvent]
    holds: list[Hold]
    shared: list[Shared]


@dataclass(frozen=True)
class LinkDecision:
    """What a person says of the link between two records.

    Attributes:
        a, b: record ids.
        state: accepted, rejected, or none to take a decision back.
        why: the reason.
    """

    a: _RecordId
    b: _RecordId
    state: Literal["accepted", "rejected", "none"]
    why: Annotated[str, Field(min_length=1, max_length=MAX_REASON)]


@dataclass(frozen=True)
class Kept:
    """A decision that was written down.

    Attributes:
        a, b, state, who: the decision, and by whom.
        job: number of the run that obeys it; null where it waits for the next run.
    """

    a: str
    b: str
    state: str
    who: str
    job: int | None


@router.get("", responses=faults(404, 422))
@access("read", "view", "network {name}", "queue")
def network(engine: Reading, name: _Name) -> Network:
    """Its facts, why it is a lead, what became of it, and what it hangs on."""
    head = network_head(engine, name)
    return Network(
        head,
        why(engine, head).lead,
        network_history(engine, head.network_id),
        holds(fabric(engine, head.net)),
        shared_elsewhere(engine, head.net),
    )


@router.get("/findings", responses=faults(404, 422))
@access("read", "view", "network {name}", "queue")
def findings(engine: Reading, name: _Name, offset: Offset = 0, limit: Limit = 50) -> Page[Ground]:
    """Its findings with the characters they rest on, and what to check about each."""
    return _part(list(why(engine, network_head(engine, name)).grounds), offset, limit)


@router.get("/identities", responses=faults(404, 422))
@access("read", "view", "network {name}", "queue")
def network_identities(
    engine: Reading,
    name: _Name,
    kind: Annotated[str, Query(max_length=20, description="Only of this type.")] = "",
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[Identity]:
    """Names, handles, phones, addresses, accounts and wallets, with how much of the network rests on each."""
    head = network_head(engine, name)
    made = fabric(engine, head.net)
    found = identities(engine, head.net, head.records, worth=made.worth, held=holds(made))
    return _part([i for i in found if kind in ("", i.type)], offset, limit)


@router.get("/assets", responses=faults(404, 422))
@access("read", "view", "network {name}", "queue")
def network_assets(engine: Reading, name: _Name) -> Assets:
    """Accounts, wallets, prices, and words that ask for payment."""
    return assets(engine, network_head(engine, name).net)


@router.get("/records", responses=faults(404, 422))
@access("read", "view", "network {name}", "queue")
def records(
    engine: Reading,
    name: _Name,
    finding: Annotated[str, Query(max_length=60, description="Only with a finding of this indicator.")] = "",
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[Listed]:
    """Its records, the newest first."""
    listed, total = network_records(engine, network_head(engine, name).net, offset, limit, finding)
    return Page(listed, total, offset, limit)


@router.get("/links", responses=faults(404, 422))
@access("read", "view", "network {name}", "queue")
def links(engine: Reading, name: _Name, offset: Offset = 0, limit: Limit = 50) -> Page[Link]:
    """The links that hold it together, the weakest first."""
    found, total = network_links(engine, network_head(engine, name).net, offset, limit)
    return Page(found, total, offset, limit)


@router.post("/links/decisions", responses=faults(400, 404, 422))
@access("decide", subject="network {name}", purpose="queue")
def decide_link(desk: TheDesk, engine: Reading, who: Who, name: _Name, decision: LinkDecision) -> Kept:
    """Accept or reject a link, or take a decision back, and begin the run that obeys it."""
    head = network_head(engine, name)
    check_pair(engine, head.net, decision.a, decision.b)
    job = decide_and_run(desk, who, decision.a, decision.b, decision.state, decision.why)
    return Kept(decision.a, decision.b, decision.state, who.name, job.id if job else None)


def _part(items: list[Item], offset: int, limit: int) -> Page[Item]:
    return Page(items[offset : offset + limit], len(items), offset, limit)
