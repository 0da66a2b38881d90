"""Conversations and sites as data."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi import Path as InPath

from clew.query.conversation import ConversationPage, Talk, conversation_page
from clew.query.conversations import TalkFilters, TalkSort, conversations, conversations_of
from clew.query.network import network_head
from clew.query.site import Site, SiteSort, SiteView, site_view, sites
from clew.query.site_clone import SideBySide, side_by_side
from clew.web.access import access, note
from clew.web.api.paging import Limit, Offset, Page, faults
from clew.web.desk import Reading

router = APIRouter(tags=["conversations and sites"])

_Word = Annotated[str, Query(max_length=300)]
_Host = Annotated[str, InPath(max_length=300, description="The registrable domain of a site.")]


def _filters(
    danger: Annotated[bool, Query(description="Only those that somebody should read now.")] = False,
    control: Annotated[bool, Query(description="Only those in which somebody controls somebody.")] = False,
    platform: _Word = "",
    stage: _Word = "",
    who: Annotated[str, Query(max_length=300, description="Part of a participant's name.")] = "",
) -> TalkFilters:
    return TalkFilters(danger, control, platform, stage, who.strip())


@router.get("/conversations", responses=faults(422))
@access("read", "view", "page /conversations")
def listed(
    engine: Reading, filters: Annotated[TalkFilters, Depends(_filters)], sort: TalkSort = "danger",
    offset: Offset = 0, limit: Limit = 50,
) -> Page[Talk]:  # fmt: skip
    """Conversations, those with signs of present danger first."""
    rows, total = conversations(engine, filters, sort, offset, limit)
    return Page(rows, total, offset, limit)


@router.get("/conversations/{name:path}", responses=faults(404, 422))
@access("read", "view", "conversation {name}", "queue")
def conversation(
    request: Request,
    engine: Reading,
    name: Annotated[str, InPath(max_length=1_000, description="Id of a conversation, or its key (`K…`).")],
    offset: Offset = 0,
    limit: Limit = 50,
) -> ConversationPage:
    """Who talks, stages, who controls whom, and a stretch of the messages with what was read in them."""
    page = conversation_page(engine, name, offset, limit)
    note(request, f"conversation {page.talk.key}", private={"conversation": page.talk.conversation_id})
    return page


@router.get("/networks/{name}/conversations", responses=faults(404, 422))
@access("read", "view", "network {name}", "queue")
def of_network(
    engine: Reading,
    name: Annotated[str, InPath(max_length=40, description="Id of a network.")],
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[Talk]:
    """The conversations of a network."""
    rows, total = conversations_of(engine, network_head(engine, name).net, offset, limit)
    return Page(rows, total, offset, limit)


@router.get("/sites", responses=faults(422))
@access("read", "view", "page /sites")
def listed_sites(
    engine: Reading, name: Annotated[str, Query(max_length=300, description="Part of the domain.")] = "",
    sort: SiteSort = "shared", offset: Offset = 0, limit: Limit = 50,
) -> Page[Site]:  # fmt: skip
    """Sites, those first that share most with others."""
    rows, total = sites(engine, name.strip(), sort, offset, limit)
    return Page(rows, total, offset, limit)


@router.get("/sites/{name}", responses=faults(404, 422))
@access("read", "view", "site {name}", "queue")
def site(engine: Reading, name: _Host, offset: Offset = 0, limit: Limit = 50) -> SiteView:
    """A site: what it shares with others, near-copies, networks, and a part of its pages."""
    return site_view(engine, name, offset, limit)


@router.get("/sites/{name}/clones/{template_id}", responses=faults(404, 422))
@access("read", "view", "site {name}", "queue")
def clone(engine: Reading, name: _Host, template_id: Annotated[str, InPath(max_length=40)]) -> SideBySide:
    """Pages of one text on several sites, part by part."""
    return side_by_side(engine, name, template_id)
