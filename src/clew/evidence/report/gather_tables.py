"""Tables of a network for the report: identities, structure, locations, assets; the first rows, and how many "
"there are."""

from __future__ import annotations

from datetime import datetime

from clew.engine.duckdb import Engine
from clew.evidence.report.content_network import Rows
from clew.evidence.report.parts import day
from clew.evidence.report.words import type_word
from clew.model.words import value_shown
from clew.query.network import Mask, NetworkHead
from clew.query.network_assets import assets
from clew.query.network_fabric import Fabric, holds
from clew.query.network_facets import PEOPLE, SEEN, Actor, identities, roles
from clew.query.network_links import network_links

_IDENTITIES_OF_A_TYPE = 12
_ACTORS, _LINKS, _PLACES, _PAYEES, _PRICES, _ASKED = 8, 8, 20, 20, 8, 12
_PLACED = f"""
SELECT value, count(DISTINCT rid) AS records, {SEEN}, count(DISTINCT platform) AS platforms
FROM mentions m JOIN (SELECT rid, platform, posted_at, captured_at FROM records WHERE net = $net) USING (rid)
WHERE m.net = $net AND type = 'place' GROUP BY value ORDER BY records DESC, value
"""


def identity_tables(engine: Engine, head: NetworkHead, made: Fabric, where: str) -> tuple[Rows, ...]:
    """By what its people are known: the most used of each type."""
    every = identities(engine, head.net, head.records, PEOPLE, made.worth, holds(made))
    shown = [i for kind in PEOPLE for i in [i for i in every if i.type == kind][:_IDENTITIES_OF_A_TYPE]]
    rows = tuple(
        (
            type_word(i.type),
            value_shown(i.type, i.value),
            f"{i.records:,}",
            f"{day(i.first_seen)} – {day(i.last_seen)}",
            "describes only" if i.bits is None else f"{i.bits:.0f} bits" if i.bits else "no link rests on it",
            f"{i.others:,}" if i.others else "–",
        )
        for i in shown
    )
    head_row = ("Type", "Identity", "Records", "Seen", "Worth", "Other networks")
    return (Rows("Identities", head_row, rows, len(every), where, (1.7, 4.4, 1.2, 2.9, 2, 1.4)),)


def structure_tables(engine: Engine, head: NetworkHead, where: str, mask: Mask) -> tuple[Rows, ...]:
    """Who does most, and the weakest links."""
    found = roles(engine, head.net, _ACTORS + 1)
    tables = [
        _actors("Numbers on most items", found.phones),
        _actors("Accounts that publish most", found.posters),
        _actors("Handles that readers are sent to", found.contacts),
    ]
    links, total = network_links(engine, head.net, 0, _LINKS, mask)
    rows = tuple(
        (
            f"{link.weight:.1f} bits",
            " ".join(part.sentence for part in link.evidence[:3]),
            f"{_end(link.a.platform, link.a.seen_at)} and {_end(link.b.platform, link.b.seen_at)}",
            {"none": "not judged"}.get(link.state, link.state),
        )
        for link in links
    )
    weak = Rows("The weakest links", ("Weight", "Evidence", "Records", "State"), rows, total, where, (1.2, 5, 4, 1.4))
    return tuple(table for table in (*tables, weak) if table.rows)


def _actors(title: str, actors: tuple[Actor, ...]) -> Rows:
    rows = tuple(
        (
            a.value,
            f"{a.items:,}",
            f"{a.names:,}",
            f"{a.places:,}",
            f"{a.platforms:,}",
            f"{day(a.first_seen)} – {day(a.last_seen)}",
            ", ".join(a.examples) or "–",
        )
        for a in actors[:_ACTORS]
    )
    head = ("Identity", "Items", "Names", "Places", "Platforms", "Seen", "Beside it")
    if len(actors) > len(rows):
        title += f" (the first {len(rows)})"
    return Rows(title, head, rows, widths=(2.7, 1.1, 1.1, 1.1, 1.5, 3.3, 3.3))


def _end(platform: str, at: datetime | None) -> str:
    return f"{platform} {day(at)}"


def place_tables(engine: Engine, head: NetworkHead, where: str) -> tuple[Rows, ...]:
    """Places that records name."""
    found = engine.rows(_PLACED, net=head.net)
    rows = tuple(
        (r["value"], f"{r['records']:,}", f"{r['platforms']:,}", f"{day(r['first_seen'])} – {day(r['last_seen'])}")
        for r in found[:_PLACES]
    )
    head_row = ("Place named", "Records", "Platforms", "Seen")
    return (Rows("Places that records name", head_row, rows, len(found), where, (4, 1.2, 1.2, 3)),) if rows else ()


def asset_tables(engine: Engine, head: NetworkHead, where: str) -> tuple[Rows, ...]:
    """Accounts, wallets, prices, words that ask for payment."""
    found = assets(engine, head.net)
    payees = tuple(
        (type_word(p.type), value_shown(p.type, p.value),
         f"{p.items:,}", f"{p.phones:,}", f"{p.names:,}", f"{p.others:,}",
         f"{day(p.first_seen)} – {day(p.last_seen)}")
        for p in found.payees[:_PAYEES]
    )  # fmt: skip
    prices = tuple(
        (
            p.currency or "not given",
            p.unit or "not said",
            *(f"{number:,.0f}" for number in (p.least, p.median, p.most, p.records)),
        )
        for p in found.prices[:_PRICES]
    )
    asked = tuple((a.words, f"{a.records:,}", a.record_id[:16]) for a in found.asked[:_ASKED])
    head_row = ("Type", "Account or wallet", "Items", "Phones", "Names", "Other networks", "Seen")
    widths = (1.1, 4, 0.9, 1.1, 1.1, 1.4, 3)
    priced = ("Currency", "For", "Least", "Median", "Most", "Records")
    words = ("As written", "Records", "Example")
    tables = (
        Rows("Accounts and wallets", head_row, payees, len(found.payees), where, widths),
        Rows("Prices, as read", priced, prices, len(found.prices), where),
        Rows("Words that ask for payment", words, asked, len(found.asked), where, (5, 1, 2.4)),
    )
    return tuple(table for table in tables if table.rows)
