"""One question, everything that is tied to it: groups by the way of being tied, with what shows it.

A group is a sentence ("12 records give the number …"), the networks and records behind it, and how public it is. What
the records of all groups share beside what was asked stands as neighbours: where to pull next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from clew.engine.duckdb import Engine
from clew.model.errors import InputError
from clew.model.tables import ATTRIBUTE_TYPES, IDENTIFIER_TYPES
from clew.query.asked import Asked, understand
from clew.query.search_hits import (
    Hits,
    Kind,
    id_hits,
    identifier_hits,
    mention_hits,
    picture_hits,
    text_hits,
    word_hits,
)
from clew.query.search_says import MANY_NETWORKS, evidence, public, sentence

if TYPE_CHECKING:
    from clew.match.query import Texts

MAX_QUERY = 4_000  # characters
MOST_GROUPS = 12
MOST_OFFSET = 10_000
_MOST_WORDS = 8
_WIDE = 200  # records whose neighbours are read
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SAID = re.compile(r"[^\W_]")
_DIGITS = re.compile(r"[\d\s+()./-]+")
_PDQ = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"([NT][0-9a-f]{6,32}|[0-9a-f]{32})")

Row = dict[str, Any]


@dataclass(frozen=True)
class Question:
    """What was asked, understood.

    Attributes:
        text: as it was asked.
        identifiers, copy_of, pdq: see `clew.query.asked.Asked`.
        mentions: (type, value) of attributes that were asked for.
        words: to look for where it is short enough.
        name: what may be the id of a record on its platform; empty if it cannot.
    """

    text: str
    identifiers: tuple[tuple[str, str], ...] = ()
    copy_of: str | None = None
    pdq: str | None = None
    mentions: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True)
class TiedRecord:
    """A record of a group, and what in it shows the tie."""

    record_id: str
    network_id: str
    platform: str
    place: str | None
    seen_at: datetime | None
    title: str
    evidence: str


@dataclass(frozen=True)
class TiedNetwork:
    """A network of a group: how many of its records are tied, and what it is."""

    network_id: str
    tied: int
    records: int
    rank: int | None
    reason: str
    first_seen: datetime | None
    last_seen: datetime | None


@dataclass(frozen=True)
class Group:
    """Records that are tied in one way.

    Attributes:
        kind, type, value: the way.
        sentence: what ties them.
        note: how far to trust it; empty where there is nothing to say.
        records, networks: how many.
        tied: networks with most tied records.
        items: some of the records, from ``offset`` on.
        offset: see there.
        looked: share of all records that was looked at; after: go on after this network.
    """

    kind: Kind
    type: str
    value: str
    sentence: str
    note: str
    records: int
    networks: int
    tied: tuple[TiedNetwork, ...]
    items: tuple[TiedRecord, ...]
    offset: int
    looked: float
    after: int | None


@dataclass(frozen=True)
class Neighbour:
    """Another identifier of the records that were found."""

    type: str
    value: str
    tied: int
    records: int


@dataclass(frozen=True)
class Found:
    """The answer.

    Attributes:
        question: as it was understood.
        groups: those with records, the surest way of being tied first.
        nothing: ways that were tried and tie no record, as sentences.
        read_on: the network after which to look on for words of which nothing was found; None if all was read.
        similar: numbers known here that end as the one asked for.
        neighbours: see `Neighbour`.
    """

    question: Question
    groups: tuple[Group, ...]
    nothing: tuple[str, ...]
    read_on: int | None
    similar: tuple[Neighbour, ...]
    neighbours: tuple[Neighbour, ...]


def read_question(query: str, region: str = "") -> Question:
    """Understand what was typed, pasted or clicked.

    Args:
        query: see `clew.query.asked.understand`; also ``type:value`` of attributes, ids, and a few words.
        region: ISO country of numbers without one.

    Raises:
        InputError: nothing in it can be looked up.
    """
    text = _CONTROL.sub("", query).strip()[:MAX_QUERY]
    kind, _, value = text.partition(":")
    kind, value = kind.strip().lower(), value.strip()
    if value and kind in ATTRIBUTE_TYPES:
        return Question(text, mentions=((kind, value),))
    if kind == "image" and _PDQ.fullmatch(value.lower()):
        return Question(text, pdq=value.lower())
    if kind == "phone" and value:
        text = value if not value.startswith("+") else text
    name = text if len(text) <= 100 and not re.search(r"\s", text) else ""
    words = tuple(dict.fromkeys(word for word in text.split() if len(word) > 1 and _SAID.search(word)))
    words = words if len(words) <= _MOST_WORDS else ()
    try:
        asked = understand(text, region, files=False)
    except InputError:
        if not words and not name:
            raise
        asked = Asked(())
    words = () if asked.identifiers or asked.pdq else words
    return Question(text, asked.identifiers, asked.text, asked.pdq, (), words, "" if asked.pdq else name)


def place_of(engine: Engine, question: str) -> str | None:
    """The page of a network, template or record whose id was asked for."""
    name = question.strip()
    if not _ID.fullmatch(name):
        return None
    tables = {"N": ("networks", "network_id"), "T": ("templates", "template_id")}
    if name[0] in tables:
        table, column = tables[name[0]]
        merged = " UNION ALL SELECT 1 FROM anchors WHERE network_id = $name" if name[0] == "N" else ""
        rows = _rows(engine, f"SELECT 1 FROM {table} WHERE {column} = $name{merged} LIMIT 1", {"name": name})
        return f"/{table}/{name}" if rows else None
    rows = _rows(engine, "SELECT 1 FROM members WHERE rid = $rid", {"rid": int(name[:16], 16)})
    return f"/records/{name}" if rows else None


def search(
    engine: Engine, question: Question, texts: Callable[[], Texts], limit: int = 8, offset: int = 0, after: int = 0
) -> Found:
    """Look everything in a question up.

    Args:
        engine: over the reading index.
        question: see `read_question`.
        texts: gives the signatures, if they are needed.
        limit: most records and networks of a group.
        offset: of the records, where the question has one group.
        after: see `clew.query.search_hits.word_hits`.
    """
    every = [hits for find in _finders(engine, question, texts, after) if (hits := find())]
    with_records = sorted((hits for hits in every if len(hits.table)), key=_surest)
    groups = tuple(_group(engine, hits, limit, offset, question) for hits in with_records)
    without = [hits for hits in every if not len(hits.table) and hits.kind != "id"]
    nothing = tuple(sentence(h.kind, h.type, h.value, 0, h.after is not None) for h in without)
    asked = {*question.identifiers, *question.mentions}
    similar = [n for hits in without if hits.type == "phone" for n in _similar(engine, hits.value)]
    if not similar and not question.identifiers and _DIGITS.fullmatch(question.text):
        similar = _similar(engine, question.text)
    read_on = next((hits.after for hits in without if hits.after is not None), None)
    return Found(question, groups, nothing, read_on, tuple(similar[:8]), _neighbours(engine, with_records, asked))


def _surest(hits: Hits) -> tuple[int, int]:
    """Rare identifiers first, then copies, then what many operations share."""
    networks = len(hits.table.column("net").unique())
    if hits.kind == "identifier":
        return (0 if networks < MANY_NETWORKS else 2), networks
    return (1 if hits.kind in ("text", "picture", "id") else 3), 0


def _finders(
    engine: Engine, question: Question, texts: Callable[[], Texts], after: int
) -> list[Callable[[], Hits | None]]:
    """One function for each way of being tied, the surest first."""

    def near_texts() -> Hits | None:
        try:
            return text_hits(engine, texts(), question.copy_of or "")
        except InputError:  # too short to compare: words are looked for
            return None

    found: list[Callable[[], Hits | None]] = []
    for kind, value in question.identifiers[:MOST_GROUPS]:
        found.append(lambda k=kind, v=value: identifier_hits(engine, k, v))  # type: ignore[misc]
    if question.pdq:
        found.append(lambda: picture_hits(engine, question.pdq or ""))
    if question.copy_of:
        found.append(near_texts)
    for kind, value in question.mentions:
        found.append(lambda k=kind, v=value: mention_hits(engine, k, v))  # type: ignore[misc]
    if question.name:
        found.append(lambda: id_hits(engine, question.name))
    if question.words:
        found.append(lambda: word_hits(engine, question.words, after))
    return found


def _group(engine: Engine, hits: Hits, limit: int, offset: int, question: Question) -> Group:
    rid, net = hits.table.column("rid").to_numpy(), hits.table.column("net").to_numpy().astype(np.int64)
    near = hits.table.column("near").to_numpy()
    nets, place, many = np.unique(net, return_inverse=True, return_counts=True)
    # The nearest first; where all are tied alike, those of the network with most of them.
    order = np.lexsort((rid, net, -many[place], -near))
    shown = order[offset : offset + limit]
    most = nets[np.lexsort((nets, -many))][:limit]
    count = dict(zip(nets.tolist(), many.tolist(), strict=True))
    rids = [int(r) for r in rid[shown]]
    records = _records(engine, hits, rids, [int(n) for n in net[shown]], near[shown].tolist(), question)
    networks = _networks(engine, [int(n) for n in most], count)
    return Group(
        hits.kind, hits.type, hits.value, sentence(hits.kind, hits.type, hits.value, len(rid), hits.looked < 1.0),
        public(hits.kind, hits.type, len(rid), len(nets), float(near.min())),
        len(rid), len(nets), networks, records, offset, hits.looked, hits.after,
    )  # fmt: skip


def _records(
    engine: Engine, hits: Hits, rids: list[int], nets: list[int], near: Sequence[float], question: Question
) -> tuple[TiedRecord, ...]:
    """Records in the order of ``rids``, each with what shows the tie."""
    query = """
        SELECT rid, record_id, network_id, platform, place, coalesce(posted_at, captured_at) AS seen_at,
               coalesce(title, '') AS title, coalesce(body, '') AS body
        FROM records r JOIN networks n ON n.net = r.net
        WHERE r.net IN (SELECT unnest($nets)) AND rid IN (SELECT unnest($rids))"""
    rows = {row["rid"]: row for row in _rows(engine, query, {"nets": nets, "rids": rids})}
    written = _written(engine, hits, rids, nets)
    found = []
    for rid, distance in zip(rids, near, strict=True):
        row = rows[rid]
        body = row.pop("body")
        said = evidence(hits.kind, distance, written.get(rid, ""), row["title"], body, question.words)
        title = " ".join((row["title"] or body).split())[:160]
        found.append(TiedRecord(**{k: v for k, v in row.items() if k not in ("rid", "title")}, title=title,
                                evidence=said))  # fmt: skip
    return tuple(found)


def _written(engine: Engine, hits: Hits, rids: list[int], nets: list[int]) -> dict[int, str]:
    """How the asked identifier is written in each record."""
    if hits.kind not in ("identifier", "mention") or hits.type in ("image", "template", "language"):
        return {}
    query = """
        SELECT rid, min_by(raw, (field, start)) AS raw FROM mentions
        WHERE net IN (SELECT unnest($nets)) AND rid IN (SELECT unnest($rids)) AND type = $type AND value = $value
        GROUP BY rid"""
    given = {"nets": nets, "rids": rids, "type": hits.type, "value": hits.value}
    return {row["rid"]: row["raw"] for row in _rows(engine, query, given)}


def _networks(engine: Engine, nets: list[int], tied: dict[int, int]) -> tuple[TiedNetwork, ...]:
    query = """
        SELECT n.net, n.network_id, n.records, q.rank, coalesce(q.reason, '') AS reason, n.first_seen, n.last_seen
        FROM networks n LEFT JOIN queue q ON q.net = n.net WHERE n.net IN (SELECT unnest($nets))"""
    rows = [(tied[row.pop("net")], row) for row in _rows(engine, query, {"nets": nets})]
    rows.sort(key=lambda pair: (-pair[0], pair[1]["network_id"]))
    return tuple(TiedNetwork(tied=count, **row) for count, row in rows)


def _neighbours(engine: Engine, found: Sequence[Hits], asked: set[tuple[str, str]]) -> tuple[Neighbour, ...]:
    """What else the records show that are surely tied, those first that most of them share."""
    sure = [hits for hits in found if _surest(hits)[0] < 2] or list(found)
    pairs = {(r, n) for h in sure for r, n in zip(*_head(h), strict=True)}
    if not pairs:
        return ()
    query = """
        SELECT type, value, count(DISTINCT rid) AS tied FROM ties_of
        WHERE net IN (SELECT unnest($nets)) AND rid IN (SELECT unnest($rids)) GROUP BY type, value
        ORDER BY tied DESC, type, value LIMIT 40"""
    given = {"nets": sorted({n for _, n in pairs}), "rids": sorted(r for r, _ in pairs)}
    rows = [row for row in _rows(engine, query, given) if (row["type"], row["value"]) not in asked][:12]
    query = """
        SELECT type, value, count(*) AS records FROM ties
        WHERE type IN (SELECT unnest($types)) AND value IN (SELECT unnest($values)) GROUP BY type, value"""
    given = {"types": sorted({r["type"] for r in rows}), "values": sorted({r["value"] for r in rows})}
    counted = _rows(engine, query, given) if rows else []
    many: dict[tuple[str, str], int] = {(row["type"], row["value"]): row["records"] for row in counted}
    return tuple(Neighbour(**row, records=many.get((row["type"], row["value"]), 0)) for row in rows)


def _head(hits: Hits) -> tuple[list[int], list[int]]:
    """Numbers of some records of a group: a fair sample, as record numbers are digests."""
    table = hits.table.sort_by([("near", "descending"), ("rid", "ascending")]).slice(0, _WIDE)
    return table.column("rid").to_pylist(), table.column("net").to_pylist()


def _similar(engine: Engine, asked: str) -> list[Neighbour]:
    """Numbers that end in the same digits: the country was left out, or is another one."""
    digits = re.sub(r"\D", "", asked).lstrip("0")
    if not 6 <= len(digits) <= 15 or re.search(r"[A-Za-z]{3}", asked):
        return []
    query = """
        SELECT type, value, count(*) AS records FROM ties
        WHERE type = 'phone' AND ends_with(value, $digits) AND value <> $asked
        GROUP BY type, value ORDER BY records DESC, value LIMIT 8"""
    rows = _rows(engine, query, {"digits": digits[-9:], "asked": asked})
    return [Neighbour(tied=0, **row) for row in rows]


def _rows(engine: Engine, query: str, params: dict[str, Any]) -> list[Row]:
    found: list[Row] = engine.sql(query, params=params).to_pylist()
    return found


__all__ = [
    "ATTRIBUTE_TYPES", "IDENTIFIER_TYPES", "Found", "Group", "Neighbour", "Question", "TiedNetwork", "TiedRecord",
    "place_of", "read_question", "search",
]  # fmt: skip
