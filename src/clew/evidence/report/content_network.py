"""What a report says of one network, as plain data: claims at their levels, findings, tables, pictures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

Level = Literal["observed", "extracted", "linked", "assessed", "judged"]
LEVELS: tuple[Level, ...] = get_args(Level)


@dataclass(frozen=True)
class Claim:
    """One statement with the ground it stands on.

    Attributes:
        level: see `LEVELS`.
        about: network, or other subject.
        statement: what is claimed.
        basis: record and field; extractor and version; evidence sentence; indicator and source; person.
        measured: weight, error rate or base rate, in words.
        caution: what else could explain it.
        items: records that it rests on.
    """

    level: Level
    about: str
    statement: str
    basis: str
    measured: str = ""
    caution: str = ""
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Quoted:
    """Characters of a record that a finding rests on, with some around them."""

    record_id: str
    platform: str
    at: datetime | None
    place: str
    field: str
    before: str
    quote: str
    after: str


@dataclass(frozen=True)
class ReasonShown:
    """A finding on a network: what it is, how common, how well known, what else explains it, what to check."""

    indicator: str
    name: str
    sentence: str
    points: float
    base_rate: str
    strength: str
    caution: str
    source: str
    checks: tuple[str, ...] = ()
    quotes: tuple[Quoted, ...] = ()
    records: int = 0


@dataclass(frozen=True)
class Rows:
    """A table as it is printed.

    Attributes:
        title: what it is of.
        head: names of columns.
        rows: of strings, as many as the head has.
        total: how many rows there are; more than ``rows`` where the list is cut.
        rest: where the others are.
        widths: shares of the width of the page; equal where none are given.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int = 0
    rest: str = ""
    widths: tuple[float, ...] = ()


@dataclass(frozen=True)
class Dot:
    """A node of the picture: ``record`` or a type of identifier; ``bits`` is what sharing it is worth."""

    kind: str
    label: str
    records: int
    bits: float = 0.0


@dataclass(frozen=True)
class GraphPicture:
    """Records and what they show: edges are (node, node, records); ``said`` tells what is not drawn."""

    dots: tuple[Dot, ...]
    edges: tuple[tuple[int, int, int], ...]
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class Spot:
    """A place on the map and how many records name it."""

    name: str
    latitude: float
    longitude: float
    records: int


@dataclass(frozen=True)
class Route:
    """Moves from one place to another: positions in the list of places, how many, how many no flight could make."""

    origin: int
    target: int
    moves: int
    impossible: int = 0


@dataclass(frozen=True)
class MapPicture:
    """Places and moves; ``sentences`` are the moves worth reading, ``said`` tells what is not drawn."""

    spots: tuple[Spot, ...]
    routes: tuple[Route, ...] = ()
    sentences: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lane:
    """A line of the timeline: a place or platform, and its records on days (days since 1970)."""

    label: str
    days: tuple[tuple[int, int], ...]  # day, records


@dataclass(frozen=True)
class TimelinePicture:
    """Records by day, a lane each for what they are told apart by."""

    by: str  # "place", "platform"
    lanes: tuple[Lane, ...]
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class NetworkContent:
    """A network as the report shows it.

    Attributes:
        network_id: its name.
        records, items: captured records, and different items.
        first_seen, last_seen: span in time.
        rank, priority: as a lead; None when it is none.
        glance: short facts, name and value.
        reasons: findings, what raises the priority first.
        doubts: what would change our mind, in sentences.
        identities, structure, locations, assets: tables.
        claims: at all levels but the case's own judgements.
        graph, map, timelines: pictures; None where there is nothing to draw.
        table_files: where the full tables are in the package.
    """

    network_id: str
    records: int
    items: int
    first_seen: datetime | None
    last_seen: datetime | None
    rank: int | None = None
    priority: float | None = None
    glance: tuple[tuple[str, str], ...] = ()
    reasons: tuple[ReasonShown, ...] = ()
    doubts: tuple[str, ...] = ()
    identities: tuple[Rows, ...] = ()
    structure: tuple[Rows, ...] = ()
    locations: tuple[Rows, ...] = ()
    assets: tuple[Rows, ...] = ()
    claims: tuple[Claim, ...] = ()
    graph: GraphPicture | None = None
    map: MapPicture | None = None
    timelines: tuple[TimelinePicture, ...] = ()
    table_files: str = "tables/"
