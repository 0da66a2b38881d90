"""Take over a price list of advert platforms, or take one back; the next run obeys it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import sqlalchemy as sa

from clew.ingest.base import Reject
from clew.ingest.prices import read_prices
from clew.model.actor import Actor
from clew.model.errors import InputError
from clew.pipeline import custody
from clew.pipeline.lists import giver, held_of, keep, rows_of
from clew.store.views import open_views
from clew.store.workspace import Workspace
from clew.trace.prices import PRICED


@dataclass(frozen=True)
class Priced:
    """What a list gave.

    Attributes:
        prices, platforms: how many were taken over.
        replaced: prices of the source's list before, which hold no more.
        rejects: rows that were not taken over, and why.
    """

    prices: int
    platforms: int
    replaced: int
    rejects: list[Reject]


@dataclass(frozen=True)
class PriceListed:
    """A list that holds now.

    Attributes:
        version: how many lists this source has given so far, this one too.
        platforms: prices of each.
        first_day, last_day: that some price holds from, or until; None where none of them says.
    """

    source: str
    version: int
    prices: int
    platforms: dict[str, int]
    first_day: date | None
    last_day: date | None
    at: datetime
    who: str


def price(
    workspace: Workspace,
    path: Path,
    source: str,
    why: str = "",
    actor: Actor | None = None,
    db: sa.Engine | None = None,
) -> Priced:
    """Take over a price list; what the same source gave earlier holds no more.

    Args:
        workspace: where to.
        path: a CSV file; see `clew.ingest.prices.read_prices`.
        source: what to call the list.
        why: the reason, kept in the ledger.
        actor: who does it; the user of the operating system where nobody is named.
        db: the workspace's database, where it is open already.

    Raises:
        DeniedError: the actor may not do that.
        InputError: the file is no such list, or gives no price.
    """
    actor, source = giver(actor, source)
    with custody.ledger(workspace, db) as ledger, workspace.change() as change:
        read = read_prices(path, change.folder("prices"))
        if not read.rows.num_rows:
            why_not = f" The first row: {read.rejects[0].reason}." if read.rejects else ""
            raise InputError(f"{path} gives no price.{why_not}", "Give a list: platform,what,amount,currency")
        before = held_of(change, "prices", PRICED, source).num_rows
        rows = _rows(read.rows, source, "given", actor)
        keep(change, "prices", rows, ledger, actor, why, str(path))
    return Priced(rows.num_rows, len(rows["platform"].unique()), before, read.rejects)


def unprice(
    workspace: Workspace, source: str, why: str = "", actor: Actor | None = None, db: sa.Engine | None = None
) -> int:
    """Take back the list of a source.

    Returns:
        How many prices held.

    Raises:
        DeniedError: the actor may not do that.
        InputError: the source has no list now.
    """
    actor, source = giver(actor, source)
    with custody.ledger(workspace, db) as ledger, workspace.change() as change:
        held = held_of(change, "prices", PRICED, source)
        if not held.num_rows:
            raise InputError(f"No price list {source[:40]!r} holds.", "See them with: clew prices")
        keep(change, "prices", _rows(held, source, "removed", actor), ledger, actor, why)
    return int(held.num_rows)


def price_lists(workspace: Workspace) -> list[PriceListed]:
    """The lists that hold now, by name."""
    query = f"""
        WITH versions AS (SELECT source, count(DISTINCT "at") AS version FROM prices WHERE state = 'given' GROUP BY ALL)
        SELECT source, version, sum(n)::BIGINT AS prices,
            map_from_entries(list((platform, n) ORDER BY n DESC, platform)) AS platforms,
            min(first_day) AS first_day, max(last_day) AS last_day, max("at") AS "at", min(who) AS who
        FROM (SELECT source, platform, count(*)::BIGINT AS n, min(valid_from) AS first_day, max(valid_until)
                  AS last_day, max("at") AS "at", min(who) AS who FROM ({PRICED.format(prices="prices")}) GROUP BY ALL)
        JOIN versions USING (source) GROUP BY ALL ORDER BY source"""
    with open_views(workspace, need_run=False) as engine:
        return [PriceListed(**row | {"platforms": dict(row["platforms"])}) for row in engine.rows(query)]


def _rows(table: pa.Table, source: str, state: str, actor: Actor) -> pa.Table:
    """Rows of PRICES, sorted."""
    names = ("platform", "what", "currency", "amount", "valid_from", "valid_until")
    return rows_of(table, "prices", source, state, actor).sort_by([(name, "ascending") for name in names])
