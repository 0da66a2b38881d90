"""Pages of one text on several sites, side by side: what all have, and what differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from clew.engine.duckdb import Engine
from clew.match.template_view import SEPARATOR, TYPES, align_family
from clew.model.errors import MissingError
from clew.query.template import among

Row = dict[str, Any]
_SIDES = 5  # sites beside each other


@dataclass(frozen=True)
class Side:
    """One of the pages that stand side by side."""

    site: str
    record_id: str
    url: str | None
    title: str | None


@dataclass(frozen=True)
class Part:
    """A part of the texts: words that all have (``name`` is "") or a slot, with what each page has there."""

    name: str
    texts: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Do all have the same?"""
        return len(set(self.texts)) == 1


@dataclass(frozen=True)
class SideBySide:
    """A page of a site beside near-copies on others, cut into parts."""

    template_id: str
    sides: tuple[Side, ...]
    parts: tuple[Part, ...]


def side_by_side(engine: Engine, name: str, template_id: str) -> SideBySide:
    """A page of a site and its near-copies on other sites.

    Raises:
        MissingError: the site has no page of that family, or no other site has.
    """
    query = """SELECT site, example AS rid FROM site_clones
        WHERE template_id = $t ORDER BY site <> $name, pages DESC, site LIMIT $n"""
    wanted = engine.rows(query, t=template_id, name=name, n=_SIDES)
    if len(wanted) < 2 or wanted[0]["site"] != name:
        raise MissingError("No other site has near-copies of such pages.", "See the site.")
    query = "SELECT rid, net FROM members WHERE rid IN (SELECT unnest($rids::UBIGINT[]))"
    rows = engine.rows(query, rids=[row["rid"] for row in wanted])
    columns = "rid, record_id, platform AS site, url, title, body"
    held = {row["rid"]: row for row in engine.rows(f"SELECT {columns} FROM records WHERE {among(rows)}")}
    records = [held[row["rid"]] for row in wanted]
    aligned = align_family(
        [f"{r['title'] or ''}{SEPARATOR}{r['body'] or ''}" for r in records], _places(engine, records, rows)
    )
    return SideBySide(
        template_id,
        tuple(Side(**{k: r[k] for k in ("site", "record_id", "url", "title")}) for r in records),
        tuple(Part(part.name, tuple(row[at] for row in aligned.rows)) for at, part in enumerate(aligned.parts)),
    )


def _places(engine: Engine, records: list[Row], rows: list[Row]) -> list[list[tuple[str, int, int]]]:
    """The mentions of each record as characters of title, separator and body."""
    found: dict[int, list[tuple[str, int, int]]] = {r["rid"]: [] for r in records}
    shift = {r["rid"]: len(r["title"] or "") + len(SEPARATOR) for r in records}
    query = f"""SELECT rid, type::VARCHAR AS type, field::VARCHAR AS field, start, "end" FROM mentions
        WHERE {among(rows)} AND field::VARCHAR IN ('title', 'body') ORDER BY ALL"""
    for m in engine.rows(query):
        if m["type"] in TYPES:
            by = shift[m["rid"]] if m["field"] == "body" else 0
            found[m["rid"]].append((m["type"], m["start"] + by, m["end"] + by))
    return [found[r["rid"]] for r in records]
