"""Money, people and assets as data: those of a network, an account, and its money followed. Amounts are texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath

from clew.query.money import AccountLine, AccountPage, Sankey, account_page, accounts_of
from clew.query.money_follow import MOST_DEPTH, Followed, follow
from clew.query.money_network import Currency, SignOf, chosen, currencies, flow_chart, signs_of
from clew.query.network import network_head
from clew.query.payers import Payer, payers_of
from clew.query.traced import Asset, Played, played, seizable
from clew.web.access import access, note
from clew.web.api.paging import Limit, Offset, Page, faults
from clew.web.desk import Reading

router = APIRouter(tags=["money and roles"])

_Name = Annotated[str, InPath(max_length=40, description="Id of a network.")]
_Account = Annotated[str, InPath(max_length=300, description="`type:value`, such as `account:iban:NL…`.")]
_CurrencyCode = Annotated[str, Query(max_length=12, description="Only this one: EUR, BTC …")]
# What the ledger calls it: an account may be somebody's name, which stands where it can be erased.
_SUBJECT = "money of an account"


@dataclass(frozen=True)
class NetworkMoney:
    """The money of a network in one currency.

    Attributes:
        currencies: of its payments, the one of most payments first.
        currency: of accounts and chart: the one asked for, else the first.
        accounts: most money first.
        signs: what they show, in any currency.
        payers: who may have paid for its posts.
        chart: what comes in, goes through its accounts and is spent.
    """

    currencies: list[Currency]
    currency: str
    accounts: list[AccountLine]
    signs: list[SignOf]
    payers: list[Payer]
    chart: Sankey


@router.get("/networks/{name}/money", responses=faults(404, 422))
@access("read", "view", "network {name}", "queue")
def network_money(engine: Reading, name: _Name, currency: _CurrencyCode = "") -> NetworkMoney:
    """Accounts, what they show, who may have paid for its posts, and a flow chart."""
    head = network_head(engine, name)
    moved = currencies(engine, head.network_id)
    asked = chosen(moved, currency)
    return NetworkMoney(
        moved,
        asked,
        [line for line in accounts_of(engine, head.network_id) if line.turnover.currency == asked],
        signs_of(engine, head.network_id),
        payers_of(engine, head.network_id),
        flow_chart(engine, head.network_id, asked),
    )


@router.get("/networks/{name}/roles", responses=faults(404, 422))
@access("read", "view", "network {name}", "queue")
def network_roles(engine: Reading, name: _Name, offset: Offset = 0, limit: Limit = 50) -> Page[Played]:
    """Who does what, by what they were seen to do, the surest first; "unknown" is an answer."""
    found, total = played(engine, network_head(engine, name).net, limit, offset)
    return Page(found, total, offset, limit)


@router.get("/networks/{name}/seizable", responses=faults(404, 422))
@access("read", "view", "network {name}", "queue")
def network_seizable(engine: Reading, name: _Name, offset: Offset = 0, limit: Limit = 50) -> Page[Asset]:
    """What could be frozen, with what may have gone through it and how that was estimated."""
    found, total = seizable(engine, network_head(engine, name).network_id, limit, offset)
    return Page(found, total, offset, limit)


@router.get("/money/accounts/{account:path}", responses=faults(404, 422))
@access("read", "view", _SUBJECT)
def account(request: Request, engine: Reading, account: _Account, limit: Limit = 50) -> AccountPage:
    """An account: holders, networks, turnover by currency, signs, partners, and its newest payments."""
    note(request, private={"account": account})
    return account_page(engine, account, limit)


@router.get("/money/followed/{account:path}", responses=faults(400, 404, 422))
@access("read", "view", _SUBJECT)
def followed(
    request: Request,
    engine: Reading,
    account: _Account,
    back: Annotated[bool, Query(description="Where it came from, not where it went.")] = False,
    depth: Annotated[int, Query(ge=1, le=MOST_DEPTH, description="Steps.")] = 3,
    currency: _CurrencyCode = "",
) -> list[Followed]:
    """Its money followed, an answer for each currency: `fifo` first in, first out; `share` by proportion."""
    note(request, private={"account": account})
    return follow(engine, account, back=back, depth=depth, currency=currency)
