"""Facets of a network: by what its people are known (identities), and who does what (roles)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clew.engine.duckdb import Engine
from clew.query.network_fabric import Hold

# Identifiers that stand in several networks, with those of the most records: what strangers share proves little.
SPREAD = """
WITH wide AS (SELECT type, value FROM ties GROUP BY type, value HAVING min(net) <> max(net)),
held AS (
    SELECT type, value, net, count(*)::UINTEGER AS records FROM ties SEMI JOIN wide USING (type, value)
    GROUP BY type, value, net
), most AS (
    SELECT type, value, count(*)::UINTEGER AS networks, list(net ORDER BY records DESC, net)[:7] AS nets
    FROM held GROUP BY type, value
)
SELECT type, value, net, records, networks, nets FROM held JOIN most USING (type, value) ORDER BY net, type, value
"""

PEOPLE = ("name", "phone", "handle", "email", "account", "wallet", "domain", "url", "widget", "company")
MOST = 100_000  # rows of an export
_OTHERS = 6  # networks that are named beside a shared identifier

SEEN = "min(coalesce(posted_at, captured_at)) AS first_seen, max(coalesce(posted_at, captured_at)) AS last_seen"
# Names are attributes: they tie nothing, so they are counted here but have no weight and no other networks.
_IDENTITIES = f"""
WITH held AS (
    SELECT type, value, rid FROM ties_of WHERE net = $net AND type NOT IN ('image', 'template')
    UNION ALL SELECT DISTINCT type, value, rid FROM mentions WHERE net = $net AND type = 'name'
), own AS (SELECT rid, item_id, posted_at, captured_at FROM records WHERE net = $net),
elsewhere AS (SELECT type, value, networks - 1 AS others FROM spread WHERE net = $net)
SELECT type, value, count(*) AS records, count(DISTINCT item_id) AS items, {SEEN},
       coalesce(any_value(others), 0) AS others
FROM held JOIN own USING (rid) LEFT JOIN elsewhere USING (type, value)
WHERE len($types::VARCHAR[]) = 0 OR list_contains($types::VARCHAR[], type)
GROUP BY type, value
"""


@dataclass(frozen=True)
class Identity:
    """Something by which people of a network are known.

    Attributes:
        type, value: the identifier, or a name.
        records, items: where it stands.
        share: of the network's records.
        first_seen, last_seen: times of those records.
        others: other networks in which it stands as well.
        bits: what sharing it is worth to a link; None for a name, 0 where no link rests on it.
        loses: records that lose touch with the rest of the network without it.
    """

    type: str
    value: str
    records: int
    items: int
    share: float
    first_seen: datetime | None
    last_seen: datetime | None
    others: int
    bits: float | None
    loses: int


@dataclass(frozen=True)
class Shared:
    """An identifier that stands in other networks too, and in which: those of the most records."""

    type: str
    value: str
    records: int
    others: int
    networks: tuple[str, ...]


def identities(
    engine: Engine,
    net: int,
    total: int,
    types: Sequence[str] = PEOPLE,
    worth: dict[tuple[str, str], float] | None = None,
    held: Sequence[Hold] = (),
) -> list[Identity]:
    """Everything by which people of the network are known: by type, those in most records first.

    Args:
        engine: the reading index.
        net: number of the network.
        total: its records.
        types: which types; all when empty.
        worth: bits of each identifier (`Fabric.worth`).
        held: `network_fabric.holds` of it.
    """
    worth = worth or {}
    loses = {(h.type, h.value): h.loses for h in held}
    order = {name: at for at, name in enumerate(PEOPLE)}
    found = engine.rows(_IDENTITIES, net=net, types=list(types))
    made = [
        Identity(
            **row,
            share=row["records"] / max(total, 1),
            bits=None if row["type"] == "name" else worth.get((row["type"], row["value"]), 0.0),
            loses=loses.get((row["type"], row["value"]), 0),
        )
        for row in found
    ]
    return sorted(made, key=lambda i: (order.get(i.type, len(order)), -i.records, i.value))


def shared_elsewhere(engine: Engine, net: int, limit: int = 20) -> list[Shared]:
    """Identifiers of the network that stand in other networks too.

    Those in fewest networks come first: they are ties that were not drawn, while what is in a hundred is public.
    """
    query = """
        WITH mine AS (
            SELECT type, value, records, networks - 1 AS others, list_filter(nets, lambda n: n <> $net)[:$named] AS nets
            FROM spread WHERE net = $net AND type NOT IN ('image', 'template')
            ORDER BY others, records DESC, type, value LIMIT $limit
        ), one AS (SELECT type, value, unnest(nets) AS net, generate_subscripts(nets, 1) AS place FROM mine)
        SELECT m.type, m.value, m.records, others, list(network_id ORDER BY place) AS networks
        FROM mine m JOIN one o ON o.type = m.type AND o.value = m.value JOIN networks n ON n.net = o.net
        GROUP BY m.type, m.value, m.records, others ORDER BY others, m.records DESC, m.type, m.value"""
    found = engine.rows(query, net=net, limit=limit, named=_OTHERS)
    return [Shared(**{**row, "networks": tuple(row["networks"])}) for row in found]


@dataclass(frozen=True)
class Actor:
    """A phone, account or handle, and what is done with it.

    Attributes:
        type, value: the identifier.
        items, records: adverts (or other items) with it, and records.
        phones, names, handles, places, platforms: how many different ones stand beside it.
        examples: some of the phones (of a handle) or handles (of a phone) beside it.
        first_seen, last_seen: times of its records.
    """

    type: str
    value: str
    items: int
    records: int
    phones: int
    names: int
    handles: int
    places: int
    platforms: int
    examples: tuple[str, ...]
    first_seen: datetime | None
    last_seen: datetime | None


_ACTORS = f"""
WITH own AS (
    SELECT rid, item_id, platform, platform || ':' || handle AS posted_by, posted_at, captured_at
    FROM records WHERE net = $net
), held AS (
    SELECT rid, type, value FROM ties_of WHERE net = $net AND type IN ('phone', 'handle')
    UNION ALL SELECT DISTINCT rid, type, value FROM mentions WHERE net = $net AND type IN ('name', 'place')
), top AS (
    SELECT type, value, count(DISTINCT item_id) AS items, count(*) AS records, count(DISTINCT platform) AS platforms,
           {SEEN}
    FROM held JOIN own USING (rid) WHERE type IN ('phone', 'handle') GROUP BY type, value
    QUALIFY row_number() OVER (PARTITION BY type ORDER BY items DESC, records DESC, value) <= $limit
), beside AS (
    SELECT DISTINCT a.type, a.value, b.type AS kind, b.value AS other
    FROM top t JOIN held a USING (type, value) JOIN held b ON b.rid = a.rid AND (b.type, b.value) <> (a.type, a.value)
)
SELECT t.type, t.value, any_value(items) AS items, any_value(records) AS records, any_value(platforms) AS platforms,
       count(other) FILTER (kind = 'phone') AS phones, count(other) FILTER (kind = 'name') AS names,
       count(other) FILTER (kind = 'handle') AS handles, count(other) FILTER (kind = 'place') AS places,
       coalesce(list(other ORDER BY other) FILTER (kind <> t.type AND kind IN ('phone', 'handle')), [])[:3] AS examples,
       any_value(first_seen) AS first_seen, any_value(last_seen) AS last_seen,
       t.type = 'handle' AND t.value IN (SELECT posted_by FROM own) AS posts
FROM top t LEFT JOIN beside b ON b.type = t.type AND b.value = t.value
GROUP BY t.type, t.value ORDER BY items DESC, records DESC, t.value
"""


@dataclass(frozen=True)
class Roles:
    """Who does most, as far as records tell.

    Attributes:
        phones: those on most adverts.
        posters: accounts that publish.
        contacts: other handles that readers are sent to.
    """

    phones: tuple[Actor, ...]
    posters: tuple[Actor, ...]
    contacts: tuple[Actor, ...]


def roles(engine: Engine, net: int, limit: int = 15) -> Roles:
    """The activity of each identity."""
    made: dict[str, list[Actor]] = {"phone": [], "post": [], "contact": []}
    for row in engine.rows(_ACTORS, net=net, limit=2 * limit):
        posts = row.pop("posts")
        kind = "phone" if row["type"] == "phone" else "post" if posts else "contact"
        made[kind].append(Actor(**{**row, "examples": tuple(row["examples"])}))
    made["contact"].sort(key=lambda a: (-a.phones, -a.items, a.value))
    return Roles(*(tuple(made[kind][:limit]) for kind in ("phone", "post", "contact")))
