"""The tables of a network's page as CSV files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields

from fastapi import APIRouter
from fastapi.responses import Response

from clew.evidence.masks import Masks
from clew.query.network import network_head
from clew.query.network_assets import Payee, Price, assets
from clew.query.network_fabric import fabric, holds
from clew.query.network_facets import MOST, Actor, Identity, identities, roles
from clew.query.network_links import network_links
from clew.query.network_reasons import why
from clew.query.network_records import Listed, network_records
from clew.query.traced import Asset, Played, played, seizable
from clew.web.access import access
from clew.web.csvfile import csv_file
from clew.web.desk import Reading
from clew.web.masking import TheMasks
from clew.web.pages.network_frame import NetworkName

router = APIRouter(prefix="/networks/{name}")


@router.get("/findings.csv")
@access("export", "export", "network {name}")
def findings_csv(reading: Reading, masks: TheMasks, name: NetworkName) -> Response:
    """The findings, a row for each quote."""
    head = network_head(reading, name)
    header = [
        "indicator", "polarity", "points", "sentence", "base rate", "caution", "known to work", "source",
        "record", "platform", "posted", "field", "quote",
    ]  # fmt: skip

    def lines() -> Iterator[Sequence[object]]:
        for g in why(reading, head, masks.before_cut).grounds:
            r = g.reason
            said = (r.indicator, g.polarity, round(r.points, 3), r.sentence, r.seen, r.caution, r.known, r.source)
            for q in g.quotes:
                yield *said, q.record_id, q.platform, q.posted_at, q.field, q.quote
            if not g.quotes:
                yield *said, "", "", None, "", ""

    return csv_file(f"{head.network_id}-findings", header, list(lines()), masks.text)


@router.get("/identities.csv")
@access("export", "export", "network {name}")
def identities_csv(reading: Reading, masks: TheMasks, name: NetworkName) -> Response:
    """Everything by which people of the network are known."""
    head = network_head(reading, name)
    made = fabric(reading, head.net)
    found = identities(reading, head.net, head.records, worth=made.worth, held=holds(made))
    return _table(masks, f"{head.network_id}-identities", Identity, found)


@router.get("/roles.csv")
@access("export", "export", "network {name}")
def roles_csv(reading: Reading, masks: TheMasks, name: NetworkName) -> Response:
    """The activity of phones and handles."""
    head = network_head(reading, name)
    found = roles(reading, head.net, 1_000)
    return _table(masks, f"{head.network_id}-roles", Actor, (*found.phones, *found.posters, *found.contacts))


@router.get("/people.csv")
@access("export", "export", "network {name}")
def people_csv(reading: Reading, masks: TheMasks, name: NetworkName) -> Response:
    """Who does what, with the reasons."""
    head = network_head(reading, name)
    return _table(masks, f"{head.network_id}-people", Played, played(reading, head.net, MOST)[0])


@router.get("/seizable.csv")
@access("export", "export", "network {name}")
def seizable_csv(reading: Reading, masks: TheMasks, name: NetworkName) -> Response:
    """What could be frozen, with what went through it."""
    head = network_head(reading, name)
    return _table(masks, f"{head.network_id}-seizable", Asset, seizable(reading, head.network_id, MOST)[0])


@router.get("/assets.csv")
@access("export", "export", "network {name}")
def assets_csv(reading: Reading, masks: TheMasks, name: NetworkName) -> Response:
    """Accounts and wallets."""
    head = network_head(reading, name)
    return _table(masks, f"{head.network_id}-assets", Payee, assets(reading, head.net).payees)


@router.get("/prices.csv")
@access("export", "export", "network {name}")
def prices_csv(reading: Reading, masks: TheMasks, name: NetworkName) -> Response:
    """Prices by currency and unit."""
    head = network_head(reading, name)
    return _table(masks, f"{head.network_id}-prices", Price, assets(reading, head.net).prices)


@router.get("/records.csv")
@access("export", "export", "network {name}")
def records_csv(reading: Reading, masks: TheMasks, name: NetworkName) -> Response:
    """Its records, the oldest first."""
    head = network_head(reading, name)
    found = network_records(reading, head.net, 0, MOST, newest=False, mask=masks.before_cut)[0]
    return _table(masks, f"{head.network_id}-records", Listed, found)


@router.get("/links.csv")
@access("export", "export", "network {name}")
def links_csv(reading: Reading, masks: TheMasks, name: NetworkName) -> Response:
    """Its links, the weakest first."""
    head = network_head(reading, name)
    header = ["record a", "record b", "bits", "state", "evidence"]
    rows = (
        (
            k.a.record_id,
            k.b.record_id,
            round(k.weight, 2),
            k.state,
            [f"{s.type} {s.value} ({s.bits})" for s in k.evidence],
        )
        for k in network_links(reading, head.net, 0, MOST)[0]
    )
    return csv_file(f"{head.network_id}-links", header, list(rows), masks.text)


def _table(masks: Masks, name: str, kind: type, rows: Iterable[object]) -> Response:
    """Rows of a dataclass, a column for each field."""
    names = [field.name for field in fields(kind)]
    return csv_file(name, names, [[_cell(getattr(row, name)) for name in names] for row in rows], masks.text)


def _cell(value: object) -> object:
    return "; ".join(value) if isinstance(value, tuple) else value
