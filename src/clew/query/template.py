"""One template for a page: its members under each other, word by word, and what fills its slots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from clew.engine.duckdb import Engine
from clew.match.template_view import SEPARATOR, TYPES, Part, align_family
from clew.model.errors import MissingError
from clew.query.difference import difference

Row = dict[str, Any]
MOST_ALIGNED = 50


@dataclass(frozen=True)
class Slot:
    """What fills a slot, as counted over the members that were aligned when the template was found."""

    name: str
    distinct: int
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Filling:
    """What stands in a part of the template in one member.

    Attributes:
        text: as written.
        type, value: of the identifier that was read there, if one was.
        changes: in constant words, what is not as in the medoid: (gone or come, words).
    """

    text: str
    type: str | None = None
    value: str | None = None
    changes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Member:
    """A member with its words in the parts of the template."""

    record_id: str
    network_id: str
    platform: str
    posted_at: datetime | None
    place: str | None
    fillings: tuple[Filling, ...]


@dataclass(frozen=True)
class TiedNetwork:
    """A network that uses the template."""

    network_id: str
    members: int
    rank: int | None


@dataclass(frozen=True)
class TemplatePage:
    """A template and some of its members.

    Attributes:
        template_id, text, members: see TEMPLATES.
        slots: in the order of their marks in the text.
        networks: the largest ones; networks_total: how many there are.
        parts: constant words and slots, as the members shown here have them; the first member is the medoid.
        rows: the medoid, then members by time.
        offset: of the first member after the medoid.
    """

    template_id: str
    text: str
    members: int
    slots: tuple[Slot, ...]
    networks: tuple[TiedNetwork, ...]
    networks_total: int
    parts: tuple[Part, ...]
    rows: tuple[Member, ...]
    offset: int


def template_page(engine: Engine, template_id: str, offset: int = 0, limit: int = 20) -> TemplatePage:
    """The template of that id.

    Args:
        engine: over the reading index.
        template_id: what to show.
        offset, limit: which members, by time.

    Raises:
        MissingError: there is none.
    """
    limit = max(1, min(limit, MOST_ALIGNED))
    found = engine.rows("SELECT * FROM templates WHERE template_id = $t", t=template_id)
    if not found:
        raise MissingError(
            f"There is no template {template_id}.", "A run may have found another family; search its text."
        )
    template = found[0]
    records = _members(engine, template_id, int(template["medoid"]), offset, limit)
    mentions = _mentions(engine, records)
    texts = [f"{r['title'] or ''}{SEPARATOR}{r['body'] or ''}" for r in records]
    places = [_places(r, mentions.get(r["rid"], [])) for r in records]
    aligned = align_family(texts, places)
    networks = _networks(engine, template_id)
    return TemplatePage(
        template_id,
        template["text"],
        template["members"],
        tuple(Slot(s["name"], s["distinct"], tuple(s["examples"])) for s in orjson.loads(template["slots"])),
        tuple(TiedNetwork(n["network_id"], n["members"], n["rank"]) for n in networks),
        networks[0]["total"] if networks else 0,
        aligned.parts,
        tuple(
            _member(r, row, aligned.parts, mentions.get(r["rid"], []))
            for r, row in zip(records, aligned.rows, strict=True)
        ),
        offset,
    )


def _members(engine: Engine, template_id: str, medoid: int, offset: int, limit: int) -> list[Row]:
    """The medoid, then a page of the others by time."""
    member = "SELECT rid, net FROM template_members WHERE template_id = $t AND rid "
    wanted = engine.rows(member + "= $m", t=template_id, m=medoid)
    page = "<> $m ORDER BY seen_at, rid LIMIT $n OFFSET $o"
    wanted += engine.rows(member + page, t=template_id, m=medoid, n=limit, o=max(offset, 0))
    found = engine.rows(
        f"""SELECT rid, net, record_id, network_id, platform, posted_at, place, title, body
            FROM records JOIN networks USING (net) WHERE {among(wanted)}""",
    )
    by_rid = {row["rid"]: row for row in found}
    return [by_rid[row["rid"]] for row in wanted if row["rid"] in by_rid]


def among(rows: list[Row]) -> str:
    """A condition on net and rid; as lists in the query, so that what lies elsewhere is passed over."""
    nets = ", ".join(sorted({str(int(r["net"])) for r in rows})) or "NULL"
    rids = ", ".join(str(int(r["rid"])) for r in rows) or "NULL"
    return f"net IN ({nets}) AND rid IN ({rids})"


def _mentions(engine: Engine, records: list[Row]) -> dict[int, list[Row]]:
    """The mentions of some records, by rid."""
    rows = engine.rows(
        f"""SELECT rid, type::VARCHAR AS type, value, raw, field::VARCHAR AS field, start, "end"
            FROM mentions WHERE {among(records)} AND field::VARCHAR IN ('title', 'body')
            ORDER BY rid, field, start, "end", type, value""",
    )
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row["rid"], []).append(row)
    return found


def _places(record: Row, mentions: list[Row]) -> list[tuple[str, int, int]]:
    """Mentions as characters of title, separator and body."""
    shift = {"title": 0, "body": len(record["title"] or "") + len(SEPARATOR)}
    at = [(m["type"], m["start"] + shift[m["field"]], m["end"] + shift[m["field"]]) for m in mentions]
    return [place for place in at if place[0] in TYPES]


def _member(record: Row, texts: tuple[str, ...], parts: tuple[Part, ...], mentions: list[Row]) -> Member:
    fillings = tuple(_filling(text, part, mentions) for text, part in zip(texts, parts, strict=True))
    names = ("record_id", "network_id", "platform", "posted_at", "place")
    return Member(**{name: record[name] for name in names}, fillings=fillings)


def _filling(text: str, part: Part, mentions: list[Row]) -> Filling:
    """What stands in a slot, with the identifier that was read there."""
    if part.name:
        for mention in mentions:
            if mention["type"] == part.name and " ".join(mention["raw"].split()) == text:
                return Filling(text, mention["type"], mention["value"])
        return Filling(text)
    changed = ((kind, words.strip()) for kind, words in difference(part.text, text) if kind != "same")
    return Filling(text, changes=tuple(pair for pair in changed if pair[1]))


def _networks(engine: Engine, template_id: str, limit: int = 20) -> list[Row]:
    return engine.rows(
        """SELECT network_id, members, rank, count(*) OVER () AS total
           FROM (SELECT net, count(*) AS members FROM template_members WHERE template_id = $t GROUP BY net)
           JOIN networks USING (net) LEFT JOIN (SELECT net, rank FROM leads) USING (net)
           ORDER BY members DESC, network_id LIMIT $n""",
        t=template_id,
        n=limit,
    )
