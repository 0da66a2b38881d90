"""Money: that of a network, and one account with where its money went or came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from clew.assess.catalogue import catalogue
from clew.model.errors import InputError, MissingError
from clew.model.money import written
from clew.model.words import account_shown
from clew.query.graph import MOST_NODES, Graph, GraphNode
from clew.query.money import Sankey, account_page, accounts_of, sankey
from clew.query.money_follow import MOST_DEPTH, Followed, follow
from clew.query.money_graph import money_graph
from clew.query.money_network import chosen, currencies, flow_chart, signs_of
from clew.query.network import NetworkHead
from clew.query.payers import payers_of
from clew.web.access import access, note
from clew.web.desk import Reading
from clew.web.page import render
from clew.web.pages.network_frame import NetworkName, network_tab
from clew.web.sankey import sankey_chart

router = APIRouter()
Account = Annotated[str, Path(max_length=300, description="An account as `type:value`, such as `account:iban:NL…`.")]
CurrencyCode = Annotated[str, Query(max_length=12)]
Split = Literal["fifo", "share"]
Drawing = Literal["chart", "graph", "table"]
_ROWS = 50
_DRAWN = 24


def href(account: str) -> str:
    """The address of an account's page."""
    return f"/money/{quote(account, safe=':')}"


def short(account: str) -> str:
    """An account without what kind of thing it is; an IBAN in groups of four, as it is printed."""
    value = account_shown(account)
    if account.startswith("account:iban:"):
        return " ".join(value[at : at + 4] for at in range(0, len(value), 4))
    return value


@router.get("/networks/{name}/money")
@access("read", "view", "network {name}", "queue")
def of_network(
    request: Request, reading: Reading, name: NetworkName, currency: CurrencyCode = "", draw: Drawing = "chart"
) -> Response:
    """What the accounts of a network take in and spend, what they show, and whose adverts they may pay."""

    def content(head: NetworkHead) -> Mapping[str, Any]:
        moved = currencies(reading, head.network_id)
        asked = chosen(moved, currency)
        chart = flow_chart(reading, head.network_id, asked)
        accounts = accounts_of(reading, head.network_id)
        called = {line.account: line.name or short(line.account) for line in accounts}
        return {
            "currencies": moved,
            "currency": asked,
            "chart": _network_chart(chart, called, asked),
            "chart_said": chart.said,
            "draw": draw,
            "flows": flows_of(money_graph(reading, head.network_id, asked, MOST_NODES)) if draw == "table" else None,
            "accounts": [a for a in accounts if a.turnover.currency == asked][:_ROWS],
            "signs": signs_of(reading, head.network_id),
            "payers": payers_of(reading, head.network_id),
            "cautions": _cautions(),
            "href": href,
            "short": short,
        }

    return network_tab(request, reading, name, "Money", content)


def flows_of(graph: Graph) -> list[tuple[GraphNode, GraphNode, GraphNode]]:
    """Each flow of a graph of money with who paid and who was paid, the one of most money first."""
    flows = (node for node in graph.nodes if node.kind == "record")
    ends = iter(graph.nodes[at] for at in graph.edges.shown)
    return [(flow, payer, payee) for flow, payer, payee in zip(flows, ends, ends, strict=True)]


def _cautions() -> dict[str, str]:
    """What else could explain each sign."""
    return {indicator.id: indicator.caution for indicator in catalogue()}


def _network_chart(chart: Sankey, called: Mapping[str, str], currency: str) -> object:
    def name(node: str) -> str:
        return called.get(node, short(node) if ":" in node and not node.startswith(("in: ", "out: ")) else node)

    return sankey_chart(
        chart,
        chart.fifo,
        False,
        name,
        lambda node: "" if node.startswith(("in: ", "out: ")) else href(node),
        lambda amount: written(amount, currency),
        f"What comes in and goes out of the accounts of this network, in {currency}",
    )


@router.get("/money/{account:path}")
@access("read", "view", "money of an account")
def of_account(
    request: Request, reading: Reading, account: Account, currency: CurrencyCode = "", back: bool = False,
    split: Split = "fifo", depth: Annotated[int, Query(ge=1, le=MOST_DEPTH)] = 3,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Response:  # fmt: skip
    """One account: who pays it and is paid, what it shows, and its money followed."""
    # An account may be somebody's name or number: it stands in the part of the entry that can be erased.
    note(request, private={"account": account})
    page = account_page(reading, account, _ROWS, offset)
    moved = [t.currency for t in page.turnovers if (t.credits if back else t.debits)]
    found, why_not = None, ""
    if currency in moved or (moved and not currency):
        try:
            found = follow(reading, account, back=back, depth=depth, currency=currency)[0]
        except (MissingError, InputError) as wrong:  # no payment has a date, or too many lie around it
            why_not = wrong.what
    return render(
        request, "money/account.html",
        page=page, title=page.names[0] if page.names else short(account), short=short, href=href, home=href(account),
        cautions=_cautions(), found=found, chart=_chart(found, split), back=back, split=split, depth=depth,
        currency=found.currency if found else currency, moved=moved, why_not=why_not,
        most_depth=MOST_DEPTH, rows=_ROWS, offset=offset,
    )  # fmt: skip


def _chart(found: Followed | None, split: Split) -> object:
    if found is None:
        return ""
    chart = sankey(found, _DRAWN)
    ends = {end.how for end in found.ends}
    plain = {*ends, "others"}

    def name(node: str) -> str:
        return node if node in plain else found.names.get(node) or short(node) or "cash or unknown"

    way = "came from" if found.back else "went"
    return sankey_chart(
        chart,
        chart.fifo if split == "fifo" else chart.share,
        found.back,
        name,
        lambda node: "" if node in plain or not node else href(node),
        lambda amount: written(amount, found.currency),
        f"Where the money of {name(found.account)} {way}",
    )
