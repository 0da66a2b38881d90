"""One question, everything that is tied to it: groups by the way of being tied, with what shows it.

A group is a sentence ("12 records give the number …"), the networks and records behind it, and how public it is. What
the records of all groups share beside what was asked stands as neighbours: where to pull next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from clew.engine.duckdb import Engine
from clew.extract._phone_readings import Number
from clew.model.errors import InputError
from clew.model.tables import ATTRIBUTE_TYPES, IDENTIFIER_TYPES
from clew.query.asked import Asked, nothing_in, understand
from clew.query.asked_here import known
from clew.query.holders import Holder, holders
from clew.query.pivot import Neighbour
from clew.query.search_groups import Group, TiedNetwork, TiedRecord, group_of, surest
from clew.query.search_hits import (
    Hits,
    id_hits,
    identifier_hits,
    mention_hits,
    picture_hits,
    text_hits,
    word_hits,
)
from clew.query.search_says import sentence

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
_ID = re.compile(r"([NT][0-9a-f]{6,32}|[0-9a-f]{32})")


@dataclass(frozen=True)
class Question:
    """What was asked, understood.

    Attributes:
        text: as it was asked.
        identifiers, pdq, mentions, numbers, names, value: see `clew.query.asked.Asked`.
        copy_of: its text.
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
    numbers: tuple[Number, ...] = ()
    names: tuple[str, ...] = ()
    value: str = ""


@dataclass(frozen=True)
class Found:
    """The answer.

    Attributes:
        question: as it was understood.
        read: how numbers without a country were read, as sentences; the country is assumed there.
        groups: those with records, the surest way of being tied first.
        nothing: ways that were tried and tie no record, as sentences.
        read_on: the network after which to look on for words of which nothing was found; None if all was read.
        looked: share of the records that was looked at for them.
        similar: numbers known here that end as the one asked for.
        neighbours: see `Neighbour`.
        holders: accounts held under the name that was asked for.
    """

    question: Question
    read: tuple[str, ...]
    groups: tuple[Group, ...]
    nothing: tuple[str, ...]
    read_on: int | None
    looked: float
    similar: tuple[Neighbour, ...]
    neighbours: tuple[Neighbour, ...]
    holders: tuple[Holder, ...] = ()


def read_question(query: str, region: str = "") -> Question:
    """Understand what was typed, pasted or clicked.

    Args:
        query: see `clew.query.asked.understand`; also ids, and a few words.
        region: ISO country of numbers without one.

    Raises:
        InputError: nothing in it can be looked up.
    """
    text = _CONTROL.sub("", query).strip()[:MAX_QUERY]
    name = text if len(text) <= 100 and not re.search(r"\s", text) else ""
    words = tuple(dict.fromkeys(word for word in text.split() if len(word) > 1 and _SAID.search(word)))
    words = words if len(words) <= _MOST_WORDS else ()
    asked = understand(text, region, files=False)
    if asked.pdq or asked.mentions:
        return Question(text, (), None, asked.pdq, asked.mentions)
    words = () if asked.identifiers else words
    if not (asked.identifiers or asked.text or asked.numbers or asked.names or words or name):
        raise nothing_in(text)
    return Question(text, asked.identifiers, asked.text, None, (), words, name, asked.numbers, asked.names, asked.value)


def place_of(engine: Engine, question: str) -> str | None:
    """The page of a network, template or record whose id was asked for."""
    name = question.strip()
    if not _ID.fullmatch(name):
        return None
    tables = {"N": ("networks", "network_id"), "T": ("templates", "template_id")}
    if name[0] in tables:
        table, column = tables[name[0]]
        merged = " UNION ALL SELECT 1 FROM anchors WHERE network_id = $name" if name[0] == "N" else ""
        rows = engine.rows(f"SELECT 1 FROM {table} WHERE {column} = $name{merged} LIMIT 1", name=name)
        return f"/{table}/{name}" if rows else None
    rows = engine.rows("SELECT 1 FROM members WHERE rid = $rid", rid=int(name[:16], 16))
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
    here = known(engine, _asked(question))
    question = replace(question, identifiers=here.identifiers, copy_of=here.text, mentions=here.mentions)
    every = [hits for find in _finders(engine, question, texts) if (hits := find())]
    tied = any(len(hits.table) for hits in every if hits.kind != "mention")
    if question.words and not tied:  # what is tied is not read through for as words
        every.append(word_hits(engine, question.words, after))
    with_records = sorted((hits for hits in every if len(hits.table)), key=surest)
    groups = tuple(group_of(engine, hits, limit, offset, question.words) for hits in with_records)
    without = [hits for hits in every if not len(hits.table) and hits.kind != "id"]
    nothing = tuple(sentence(h.kind, h.type, h.value, 0, h.after is not None) for h in without)
    nothing = (*(f"{said}." for said in here.tried), *nothing)
    asked = {*question.identifiers, *question.mentions}
    similar = [n for hits in without if hits.type == "phone" for n in _similar(engine, hits.value)]
    if not similar and not question.identifiers and _DIGITS.fullmatch(question.text):
        similar = _similar(engine, question.text)
    partly = next((hits for hits in without if hits.after is not None), None)
    read_on, looked = (partly.after, partly.looked) if partly else (None, 1.0)
    near = _neighbours(engine, with_records, asked)
    called = holders(engine, question.text.removeprefix("name:"))
    read = tuple(f"{said}." for said in here.read)
    return Found(question, read, groups, nothing, read_on, looked, tuple(similar[:8]), near, called)


def _asked(question: Question) -> Asked:
    return Asked(
        question.identifiers, question.copy_of, question.pdq, question.numbers, question.names, question.mentions,
        question.value,
    )  # fmt: skip


def _finders(engine: Engine, question: Question, texts: Callable[[], Texts]) -> list[Callable[[], Hits | None]]:
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
    return found


def _neighbours(engine: Engine, found: Sequence[Hits], asked: set[tuple[str, str]]) -> tuple[Neighbour, ...]:
    """What else the records show that are surely tied, those first that most of them share."""
    sure = [hits for hits in found if surest(hits)[0] < 2] or list(found)
    pairs = {(r, n) for h in sure for r, n in zip(*_head(h), strict=True)}
    if not pairs:
        return ()
    query = """
        SELECT type, value, count(DISTINCT rid) AS tied FROM ties_of
        WHERE net IN (SELECT unnest($nets)) AND rid IN (SELECT unnest($rids)) GROUP BY type, value
        ORDER BY tied DESC, type, value LIMIT 40"""
    given = {"nets": sorted({n for _, n in pairs}), "rids": sorted(r for r, _ in pairs)}
    rows = [row for row in engine.rows(query, **given) if (row["type"], row["value"]) not in asked][:12]
    query = """
        SELECT type, value, count(*) AS records FROM ties
        WHERE type IN (SELECT unnest($types)) AND value IN (SELECT unnest($values)) GROUP BY type, value"""
    given = {"types": sorted({r["type"] for r in rows}), "values": sorted({r["value"] for r in rows})}
    counted = engine.rows(query, **given) if rows else []
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
    rows = engine.rows(query, digits=digits[-9:], asked=asked)
    return [Neighbour(tied=0, **row) for row in rows]


__all__ = [
    "ATTRIBUTE_TYPES", "IDENTIFIER_TYPES", "Found", "Group", "Holder", "Neighbour", "Question", "TiedNetwork",
    "TiedRecord", "place_of", "read_question", "search",
]  # fmt: skip
