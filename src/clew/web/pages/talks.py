"""Conversations: the list, one of them with its messages, and those of a network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from clew.query.conversation import CAUTION, conversation_page
from clew.query.conversations import (
    TalkFilters,
    TalkSort,
    conversations,
    conversations_of,
    count_talks,
    talk_choices,
)
from clew.query.network import NetworkHead
from clew.query.senses import sense_words, stage_words
from clew.web import talks
from clew.web.access import access, note
from clew.web.desk import Reading
from clew.web.page import render
from clew.web.pages.network_frame import NetworkName, network_tab

router = APIRouter()
LISTED = 50
Offset = Annotated[int, Query(ge=0, le=10_000_000)]
Word = Annotated[str, Query(max_length=300)]


@router.get("/conversations")
@access("read", "view", "page /conversations")
def listed(
    request: Request, engine: Reading, danger: bool = False, control: bool = False, platform: Word = "",
    stage: Word = "", who: Word = "", sort: TalkSort = "danger", offset: Offset = 0,
) -> Response:  # fmt: skip
    """All conversations, those that somebody should read now first."""
    filters = TalkFilters(danger, control, platform, stage, who.strip())
    rows, total = conversations(engine, filters, sort, offset, LISTED)
    given = {k: v for k, v in vars(filters).items() if v}
    given = {k: "true" if v is True else v for k, v in given.items()}
    return render(
        request, "conversations.html",
        rows=rows, total=total, offset=offset, size=LISTED, filters=filters, given=given, sort=sort,
        counts=count_talks(engine), choices=talk_choices(engine),
        link=lambda **more: "/conversations?" + urlencode({**given, "sort": sort, **more}),
        href=talks.href, stage_words=stage_words,
    )  # fmt: skip


@router.get("/conversations/{name:path}")
@access("read", "view", "conversation {name}", "queue")
def conversation(request: Request, engine: Reading, name: str, offset: Offset = 0) -> Response:
    """One conversation, a stretch of its messages at a time."""
    page = conversation_page(engine, name, offset, talks.SIZE)
    # Its id may be two telephone numbers: the ledger has the key, and the id where it can be erased.
    note(request, f"conversation {page.talk.key}", private={"conversation": page.talk.conversation_id})
    over = {person.name for person in page.people if person.controls}
    unzoned = {message.zone for message in page.messages if message.moment} == {None}
    return render(
        request, "conversation.html",
        page=page, talk=page.talk, size=talks.SIZE, over=over, unzoned=unzoned, caution=CAUTION, by_day=talks.by_day,
        clock=talks.clock, written=talks.written, lane=talks.lane, home=talks.href(page.talk),
        href=lambda at: talks.href(page.talk, at), days=talks.days(page.talk.first_at, page.talk.last_at),
        stage_words=stage_words, sense_words=sense_words,
    )  # fmt: skip


@router.get("/networks/{name}/conversations")
@access("read", "view", "network {name}", "queue")
def of_network(request: Request, engine: Reading, name: NetworkName, offset: Offset = 0) -> Response:
    """The conversations of a network."""

    def content(head: NetworkHead) -> Mapping[str, Any]:
        rows, total = conversations_of(engine, head.net, offset, LISTED)
        return {"rows": rows, "total": total, "offset": offset, "size": LISTED, "href": talks.href,
                "stage_words": stage_words}  # fmt: skip

    return network_tab(request, engine, name, "Conversations", content)
