"""The payments of a network as a graph of the same shape as that of its records, so that the same drawing shows both.

What are records there are payments here: those with the same payer and payee are one node, tied to the two accounts.
"""

from __future__ import annotations

from typing import Any

from clew.engine.duckdb import Engine
from clew.model.errors import MissingError
from clew.model.money import written
from clew.model.words import account_shown
from clew.query.graph import Graph, GraphEdges, GraphLinks, GraphNode, net_of
from clew.query.graph_node import NodeRecord, OpenedNode

_LABEL = 60
CASH = {"payer": "cash:payer", "payee": "cash:payee"}  # no account: two nodes, as one would tie strangers together
_CASH_SAID = "cash or unknown"

_FLOWS = """
WITH here AS (
    SELECT p.*, coalesce(nullif(payer, ''), $unpaid) AS a, coalesce(nullif(payee, ''), $unknown) AS b FROM payments p
    WHERE net = $net AND state = 'booked' AND currency = $currency
)
SELECT a, b, count(*) AS payments, sum(amount)::DECIMAL(38, 18) AS amount, min(booked_at) AS first_at,
    max(booked_at) AS last_at, min(rid) AS rid, coalesce(max(payer_name), '') AS a_name,
    coalesce(max(payee_name), '') AS b_name
FROM here GROUP BY a, b ORDER BY amount DESC, a, b
"""
_IDS = "SELECT rid, record_id FROM records WHERE net = $net AND rid IN (SELECT unnest($rids::UBIGINT[]))"
_OF_PAYMENT = """
SELECT p.payer, p.payee, p.currency FROM payments p JOIN records r USING (rid) WHERE p.net = $net AND r.net = $net
    AND r.record_id = $id AND p.state = 'booked' LIMIT 1
"""
_OPENED = """
SELECT r.record_id, p.payer, p.payee, payer_name, payee_name, p.amount, p.currency, purpose, r.place, booked_at,
    count(*) OVER () AS total
FROM payments p JOIN records r ON r.net = $net AND r.rid = p.rid
WHERE p.net = $net AND p.state = 'booked' AND {which}
ORDER BY booked_at DESC NULLS LAST, r.record_id LIMIT $limit OFFSET $offset
"""


def money_graph(engine: Engine, network_id: str, currency: str, limit: int) -> Graph:
    """What to draw of a network's payments in one currency.

    Args:
        engine: the reading index.
        network_id: its name.
        currency: of the payments.
        limit: most nodes; the flows of most money are drawn.

    Raises:
        MissingError: there is no such network.
    """
    net = net_of(engine, network_id)
    every = engine.rows(_FLOWS, net=net, currency=currency, unpaid=CASH["payer"], unknown=CASH["payee"])
    _name_accounts(every)
    flows, accounts = _fitting(every, limit)
    ids = {r["rid"]: r["record_id"] for r in engine.rows(_IDS, net=net, rids=[flow["rid"] for flow in flows])}
    nodes = [_flow(flow, ids[flow["rid"]], currency) for flow in flows]
    place = {account: len(nodes) + n for n, account in enumerate(accounts)}
    nodes += [_account(account, facts) for account, facts in accounts.items()]
    ends = [(k, place[flow[side]], flow["payments"]) for k, flow in enumerate(flows) for side in ("a", "b")]
    drawn = sum(flow["payments"] for flow in flows)
    return Graph(
        network_id=network_id,
        records=sum(flow["payments"] for flow in every),
        identifiers=len({flow[side] for flow in every for side in ("a", "b")}),
        by=limit,
        nodes=nodes,
        edges=GraphEdges([e[0] for e in ends], [e[1] for e in ends], [e[2] for e in ends]),
        links=GraphLinks([], [], [], [], []),
        said=_said(every, len(flows), drawn, currency),
    )


def _name_accounts(every: list[dict[str, Any]]) -> None:
    """Let each account have one name in all its flows: many sources name only the other side."""
    names: dict[str, str] = {}
    for flow in every:
        for side in ("a", "b"):
            names[flow[side]] = names.get(flow[side]) or flow[f"{side}_name"]
    for flow in every:
        flow["a_name"], flow["b_name"] = names[flow["a"]], names[flow["b"]]


def _fitting(every: list[dict[str, Any]], limit: int) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """The flows of most money that fit, and their accounts with what is known of each."""
    flows: list[dict[str, Any]] = []
    accounts: dict[str, dict[str, Any]] = {}
    for flow in every:
        new = {flow["a"], flow["b"]} - accounts.keys()
        if len(flows) + len(accounts) + len(new) + 1 > limit:
            break
        flows.append(flow)
        for side in ("a", "b"):
            facts = accounts.setdefault(flow[side], {"name": flow[f"{side}_name"], "payments": 0, "times": []})
            facts["payments"] += flow["payments"]
            facts["times"] += [t for t in (flow["first_at"], flow["last_at"]) if t]
    return flows, accounts


def _flow(flow: dict[str, Any], record_id: str, currency: str) -> GraphNode:
    """A node for all payments from one account to another."""
    label = f"{written(flow['amount'], currency)} → {_called(flow, 'b')}"
    return GraphNode(
        f"record:{record_id}", "record", record_id, label, flow["payments"], None, flow["first_at"], flow["last_at"]
    )


def _called(flow: dict[str, Any], side: str) -> str:
    account = str(flow[side])
    if account in CASH.values():
        return _CASH_SAID
    return str(flow[f"{side}_name"] or account_shown(account))[:_LABEL]


def _account(account: str, facts: dict[str, Any]) -> GraphNode:
    kind, _, value = account.partition(":")
    label = _CASH_SAID if account in CASH.values() else str(facts["name"] or account_shown(account))[:_LABEL]
    times = facts["times"]
    first, last = (min(times), max(times)) if times else (None, None)
    return GraphNode(account, kind, value, label, facts["payments"], None, first, last)


def _said(every: list[dict[str, Any]], flows: int, drawn: int, currency: str) -> list[str]:
    said = [
        "Here records are payments: those from one account to another are one node, tied to both. A label "
        "says how much went to whom. No payment here is evidence that ties records: bits are not counted."
    ]
    if flows < len(every):
        left = every[flows:]
        said.append(
            f"{len(left):,} smaller flows with {sum(f['payments'] for f in left):,} payments, together "
            f"{written(sum(f['amount'] for f in left), currency)}, are not drawn."
        )
    return said


def money_graph_node(
    engine: Engine, network_id: str, node: str, currency: str, offset: int = 0, limit: int = 50
) -> OpenedNode:
    """The payments of a node, the latest first.

    Raises:
        MissingError: there is no such network or node.
    """
    net = net_of(engine, network_id)
    given: dict[str, object] = {"net": net, "limit": limit, "offset": offset, "currency": currency}
    if node.startswith("record:"):
        found = engine.rows(_OF_PAYMENT, net=net, id=node.removeprefix("record:"))
        if not found:
            raise MissingError("There is no such payment in the graph.", "Draw it again.")
        which = "p.payer = $payer AND p.payee = $payee AND p.currency = $currency"
        given |= found[0]
    else:
        which = "(p.payer = $payer OR p.payee = $payee) AND p.currency = $currency"
        given |= {"payer": "" if node == CASH["payer"] else node, "payee": "" if node == CASH["payee"] else node}
    rows = engine.rows(_OPENED.format(which=which), **given)
    if not rows and not offset:
        raise MissingError("There is no such account in the graph.", "Draw it again.")
    items = [_payment(row) for row in rows]
    return OpenedNode(node, rows[0]["total"] if rows else 0, offset, limit, items, [], 0)


def _payment(row: dict[str, Any]) -> NodeRecord:
    sides = {"a": row["payer"] or CASH["payer"], "b": row["payee"] or CASH["payee"]}
    named = sides | {"a_name": row["payer_name"], "b_name": row["payee_name"]}
    title = f"{written(row['amount'], row['currency'])}: {_called(named, 'a')} → {_called(named, 'b')}"
    return NodeRecord(row["record_id"], title, row["purpose"], row["place"], row["booked_at"], [sides["a"], sides["b"]])
