"""The drawn tabs of a network: its structure as a graph, its locations as a map with a timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from clew.query.graph import MOST_NODES, graph
from clew.query.movements import Follow, movements
from clew.query.network import NetworkHead
from clew.query.whereabouts import whereabouts
from clew.web.access import access
from clew.web.api.network_draw import NODES
from clew.web.desk import Reading
from clew.web.pages.network_frame import NetworkName, network_tab

router = APIRouter(prefix="/networks/{name}")

_ROWS = 200  # of the tables that stand beside the drawings
_CHOICES = (200, NODES, 1_000, MOST_NODES)
_FOLLOWED = (("phone", "Numbers"), ("name", "Names"), ("image", "Pictures"), ("item", "Items"))


@router.get("/structure")
@access("read", "view", "network {name}", "queue")
def structure(
    request: Request,
    reading: Reading,
    name: NetworkName,
    nodes: Annotated[int, Query(ge=50, le=MOST_NODES)] = NODES,
    table: bool = False,
) -> Response:
    """Records and what they share, as a graph, or (``table``) as a table."""

    def content(head: NetworkHead) -> Mapping[str, Any]:
        choices = {"nodes": nodes, "choices": sorted({*_CHOICES, nodes})}
        if not table:
            return choices | {"graph": None}  # the browser asks for it
        drawn = graph(reading, head.network_id, nodes)
        order = sorted(drawn.nodes, key=lambda node: (node.kind == "record", -node.records, -(node.bits or 0), node.id))
        return choices | {"graph": drawn, "rows": order[:_ROWS]}

    return network_tab(request, reading, name, "Structure", content)


@router.get("/locations")
@access("read", "view", "network {name}", "queue")
def locations(request: Request, reading: Reading, name: NetworkName, follow: Follow = "phone") -> Response:
    """Where and when, as a map with a timeline and as tables."""

    def content(head: NetworkHead) -> Mapping[str, Any]:
        found = movements(reading, head.network_id, follow)
        impossible = sorted((m for m in found.moves if m.verdict), key=lambda m: (m.verdict != "air", -m.km, m.left))
        return {
            "found": found,
            "where": whereabouts(reading, head.network_id),
            "follow": follow,
            "followed": _FOLLOWED,
            "impossible": impossible[:_ROWS],
            "impossible_total": len(impossible),
            "moves": found.moves[:_ROWS],
        }

    return network_tab(request, reading, name, "Locations", content)
