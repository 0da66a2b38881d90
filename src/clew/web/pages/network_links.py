"""The links of a network: the weakest first; what a rejection would do, and how it is decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from clew.query.network import NetworkHead, network_head
from clew.query.network_fabric import fabric, without
from clew.query.network_links import check_pair, decisions_in, decisions_of, ends, network_link, network_links, texts
from clew.web.access import Who, access
from clew.web.desk import Reading, TheDesk
from clew.web.pages.network_frame import NetworkName, network_tab
from clew.web.work import MAX_REASON, decide_and_run

router = APIRouter(prefix="/networks/{name}/links")

SIZE = 50  # links of a page
RecordId = Annotated[str, Query(min_length=32, max_length=32, pattern="^[0-9a-f]{32}$")]


@router.get("")
@access("read", "view", "network {name}", "queue")
def links_page(
    request: Request,
    reading: Reading,
    name: NetworkName,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    kept: Annotated[Literal["", "run", "wait"], Query()] = "",
) -> Response:
    """What holds the network together, the weakest first, and what people said of it."""

    def content(head: NetworkHead) -> Mapping[str, Any]:
        rows, total = network_links(reading, head.net, offset, SIZE)
        return {
            "rows": rows, "total": total, "offset": offset, "size": SIZE, "kept": kept,
            "decisions": decisions_in(reading, head.net),
        }  # fmt: skip

    return network_tab(request, reading, name, "Links", content)


@router.get("/decide")
@access("read", "view", "network {name}", "queue")
def decide_page(request: Request, reading: Reading, name: NetworkName, a: RecordId, b: RecordId) -> Response:
    """One link: its two records, its evidence, and how the network would come apart without it."""

    def content(head: NetworkHead) -> Mapping[str, Any]:
        link = network_link(reading, head.net, a, b)
        split = without(fabric(reading, head.net), int(a[:16], 16), int(b[:16], 16))
        parts = [(part.records, ends(reading, head.net, part.examples)) for part in (split.first, split.second)]
        return {
            "link": link,
            "said": decisions_of(reading, head.net, a, b),
            "split": split,
            "parts": parts,
            "most": MAX_REASON,
            "texts": texts(reading, head.net, a, b),
        }

    return network_tab(request, reading, name, "Links", content, "networks/link.html")


@router.post("/decisions")
@access("decide", subject="network {name}", purpose="queue")
def decide_link(
    desk: TheDesk,
    reading: Reading,
    who: Who,
    name: NetworkName,
    a: Annotated[str, Form(max_length=32, pattern="^[0-9a-f]{32}$")],
    b: Annotated[str, Form(max_length=32, pattern="^[0-9a-f]{32}$")],
    state: Annotated[Literal["accepted", "rejected", "none"], Form()],
    why: Annotated[str, Form(max_length=MAX_REASON)] = "",
) -> Response:
    """Write a decision down and begin the run that obeys it."""
    head = network_head(reading, name)
    check_pair(reading, head.net, a, b)
    job = decide_and_run(desk, who, a, b, state, why)
    return RedirectResponse(f"/networks/{head.network_id}/links?kept={'run' if job else 'wait'}", 303)
