"""What is drawn of a network: its graph, one node of it opened, and its movements."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi import Path as InPath

from clew.query.graph import MOST_NODES, Graph, graph
from clew.query.graph_node import OpenedNode, graph_node
from clew.query.money_graph import money_graph, money_graph_node
from clew.query.movements import Follow, Movements, movements
from clew.query.whereabouts import Whereabouts, whereabouts
from clew.web.access import access
from clew.web.desk import Reading

router = APIRouter(tags=["networks"])
_ERRORS: dict[int | str, dict[str, Any]] = {404: {"description": "There is no such network or node"}}
NODES = 500  # drawn unless more are asked for: what a person can look through

_Name = Annotated[str, InPath(max_length=40, description="Id of a network.")]


@router.get("/networks/{name}/graph", responses=_ERRORS)
@access("read", "view", "network {name}", "queue")
def network_graph(engine: Reading, name: _Name, nodes: Annotated[int, Query(ge=50, le=MOST_NODES)] = NODES) -> Graph:
    """Records and what they show, at most so many nodes; what is drawn together or left out is said."""
    return graph(engine, name, nodes)


@router.get("/networks/{name}/graph/node", responses=_ERRORS)
@access("read", "view", "network {name}", "queue")
def network_graph_node(
    engine: Reading,
    name: _Name,
    node: Annotated[str, Query(max_length=4_000, description="Id of a node of the graph.")],
    by: Annotated[int, Query(ge=0, le=1_000_000, description="As in the graph.")] = MOST_NODES,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> OpenedNode:
    """A node's records, the latest first, and its weakest links with their evidence."""
    return graph_node(engine, name, node, by, offset, limit)


_CurrencyCode = Annotated[str, InPath(max_length=12, description="Of the payments: EUR, BTC …")]


@router.get("/networks/{name}/money/{currency}/graph", responses=_ERRORS)
@access("read", "view", "network {name}", "queue")
def network_money_graph(
    engine: Reading, name: _Name, currency: _CurrencyCode, nodes: Annotated[int, Query(ge=50, le=MOST_NODES)] = NODES
) -> Graph:
    """Accounts and what went from one to another: flows are in the place of records, and accounts of identifiers."""
    return money_graph(engine, name, currency, nodes)


@router.get("/networks/{name}/money/{currency}/graph/node", responses=_ERRORS)
@access("read", "view", "network {name}", "queue")
def network_money_graph_node(
    engine: Reading,
    name: _Name,
    currency: _CurrencyCode,
    node: Annotated[str, Query(max_length=4_000, description="Id of a node of the graph of money.")],
    by: Annotated[int, Query(ge=0, le=1_000_000, description="Means nothing here.")] = MOST_NODES,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> OpenedNode:
    """The payments of a flow or of an account, the latest first."""
    return money_graph_node(engine, name, node, currency, offset, limit)


@router.get("/networks/{name}/movements", responses=_ERRORS)
@access("read", "view", "network {name}", "queue")
def network_movements(engine: Reading, name: _Name, follow: Follow = "phone") -> Movements:
    """Places, records in time, and moves in order: of each number, name, picture or item."""
    return movements(engine, name, follow)


@router.get("/networks/{name}/whereabouts", responses=_ERRORS)
@access("read", "view", "network {name}", "queue")
def network_whereabouts(engine: Reading, name: _Name) -> Whereabouts:
    """Pattern, stays, booked journeys, clashes, and where next with a probability and the plain guess beside it."""
    return whereabouts(engine, name)
