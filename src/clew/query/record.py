"""One record for a page: what it says with every mention in place, its versions and what differs, its digest."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from clew.assess.explain import Finding, findings_of
from clew.engine.duckdb import Engine
from clew.ingest.identity import canonical
from clew.ingest.normalise import content_of
from clew.model.errors import MissingError
from clew.model.tables import RECORDS
from clew.query.difference import difference
from clew.query.show import find_record
from clew.query.times import TIMED

Row = dict[str, Any]

# Fields of a record that are read for mentions, in the order in which a page shows them.
READ = ("title", "body", "contact", "place", "price", "payer", "payee", "handle")
MOST_VERSIONS = 200


@dataclass(frozen=True)
class Mention:
    """What an extractor read in a record; ``start`` and ``end`` count characters of ``field``."""

    type: str
    value: str
    raw: str
    field: str
    start: int
    end: int
    obscured: bool
    extractor: str
    version: str


@dataclass(frozen=True)
class Piece:
    """A stretch of a field with the mentions that cover it; their order is: longest last."""

    text: str
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True)
class Read:
    """A field of a record, cut where mentions begin and end."""

    name: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Version:
    """A state of the same item."""

    record_id: str
    version: int
    posted_at: datetime | None
    captured_at: datetime | None
    network_id: str | None
    changed: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """A field that differs from the version before: both texts, and their difference word by word."""

    field: str
    old: str
    new: str
    difference: tuple[tuple[str, str], ...]  # (same, gone or come; text)


@dataclass(frozen=True)
class RecordPage:
    """A record with all that is known of it alone.

    Attributes:
        record: the row of RECORDS.
        timed: is more known of when it was posted than the day?
        network_id, template_id: where it belongs; None if nowhere.
        reads: its fields, mentions in place.
        mentions: all of them, in reading order.
        versions: of the item, the first one first.
        changes: from the version before to this one.
        findings: on this record, the weightiest first.
        digest: SHA-256 of what it says, in hex; its first half is the record id.
        whole: does the id fit the content as it is stored now?
    """

    record: Row
    timed: bool
    network_id: str | None
    template_id: str | None
    reads: tuple[Read, ...]
    mentions: tuple[Mention, ...]
    versions: tuple[Version, ...]
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    digest: str
    whole: bool


def record_page(engine: Engine, name: str) -> RecordPage:
    """The record of that id, beginning of an id, or native id.

    Args:
        engine: over the reading index.
        name: what to show.

    Raises:
        MissingError: there is none.
        InputError: there are several.
    """
    rid, net = _place(engine, name)
    table = _table(engine, f"SELECT {', '.join(RECORDS.names)} FROM records WHERE net = $net AND rid = $rid", net, rid)
    row = table.to_pylist()[0]
    where = _table(engine, "SELECT network_id FROM networks WHERE net = $net", net).to_pylist()
    belongs = _table(engine, "SELECT template_id FROM members WHERE rid = $rid", None, rid).to_pylist()
    timed = _table(engine, f"SELECT {TIMED} AS timed FROM records WHERE net = $net AND rid = $rid", net, rid)
    mentions = _mentions(engine, net, rid)
    digest = digest_of(table)
    return RecordPage(
        row,
        timed["timed"][0].as_py(),
        where[0]["network_id"] if where else None,
        belongs[0]["template_id"] if belongs else None,
        tuple(read(name, row[name], mentions) for name in READ if row[name]),
        tuple(mentions),
        _versions(engine, row["item_id"], net),
        _changes(engine, net, rid),
        tuple(findings_of(engine, row["record_id"])),
        digest,
        digest.startswith(row["record_id"]),
    )


def digest_of(record: pa.Table) -> str:
    """SHA-256 of what a record says, in hex.

    Args:
        record: one row of RECORDS.
    """
    columns = {name: record.column(name).combine_chunks() for name in RECORDS.names}
    columns = {n: c.cast(RECORDS.field(n).type) for n, c in columns.items()}
    return hashlib.sha256(canonical(content_of(columns)).data.tobytes()).hexdigest()


def read(name: str, text: str, mentions: Iterable[Mention]) -> Read:
    """Cut a field where mentions begin and end; the language is of the whole text, not of a place in it."""
    here = [m for m in mentions if m.field == name and 0 <= m.start < m.end <= len(text) and m.type != "language"]
    edges = sorted({0, len(text), *(m.start for m in here), *(m.end for m in here)})
    pieces = []
    for begin, end in itertools.pairwise(edges):
        over = sorted((m for m in here if m.start <= begin and m.end >= end), key=lambda m: (m.end - m.start, m.type))
        pieces.append(Piece(text[begin:end], tuple(over)))
    return Read(name, tuple(pieces))


def _place(engine: Engine, name: str) -> tuple[int, int | None]:
    """rid and net of a record."""
    if re.fullmatch(r"[0-9a-f]{32}", name):
        rid = int(name[:16], 16)
        rows = _table(engine, "SELECT net FROM members WHERE rid = $rid", None, rid).to_pylist()
        if not rows:
            raise MissingError(f"There is no record {name}.", "Look it up with a search.")
        return rid, rows[0]["net"]
    row = find_record(engine, name)
    return row["rid"], row.get("net")


def _table(engine: Engine, query: str, net: int | None = None, rid: int | None = None) -> pa.Table:
    given = {k: v for k, v in (("net", net), ("rid", rid)) if f"${k}" in query}
    return engine.con.sql(query, params=given).to_arrow_table()


def _mentions(engine: Engine, net: int | None, rid: int) -> list[Mention]:
    query = """
        SELECT type::VARCHAR AS type, value, raw, field::VARCHAR AS field, start, "end", obscured,
               extractor::VARCHAR AS extractor, version::VARCHAR AS version
        FROM mentions WHERE net = $net AND rid = $rid ORDER BY field, start, "end", type, value"""
    found = [Mention(**row) for row in _table(engine, query, net, rid).to_pylist()]
    order = {name: at for at, name in enumerate(READ)}
    return sorted(found, key=lambda m: (order.get(m.field, len(READ)), m.start))


def _versions(engine: Engine, item: str, net: int | None) -> tuple[Version, ...]:
    """All states of an item; they stand in one network unless someone cut them apart, then in several."""
    query = """
        WITH item AS (SELECT DISTINCT unnest([rid_from, rid_to]) AS rid FROM changes WHERE item_id = $item)
        SELECT record_id, version, posted_at, captured_at, network_id,
               coalesce((SELECT list(field ORDER BY field) FROM changes WHERE rid_to = r.rid), []) AS changed
        FROM records r JOIN members m USING (rid) JOIN networks n ON n.net = m.net
        WHERE r.net IN (SELECT net FROM members JOIN item USING (rid)) AND item_id = $item
        ORDER BY version, record_id LIMIT $most"""
    found = engine.con.sql(query, params={"item": item, "most": MOST_VERSIONS}).to_arrow_table().to_pylist()
    return tuple(Version(**{**row, "changed": tuple(row["changed"])}) for row in found)


def _changes(engine: Engine, net: int | None, rid: int) -> tuple[Change, ...]:
    query = "SELECT field, old, new FROM changes WHERE net = $net AND rid_to = $rid ORDER BY field"
    rows = _table(engine, query, net, rid).to_pylist()
    texts = [(row["field"], row["old"] or "", row["new"] or "") for row in rows]
    return tuple(Change(field, old, new, difference(old, new)) for field, old, new in texts)
