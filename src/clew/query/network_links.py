"""The links that hold a network together, the weakest first, with their evidence as sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import orjson

from clew.engine.duckdb import Engine
from clew.model.errors import InputError
from clew.model.words import value_shown
from clew.query.network import Mask, Row

# What two records have in common, by type of identifier. Images and templates are named by long codes: said alone.
_SENTENCES = {
    "phone": "Both give the number {}",
    "email": "Both give the address {}",
    "url": "Both lead to {}",
    "domain": "Both name the site {}",
    "handle": "Both name the handle {}",
    "wallet": "Both name the wallet {}",
    "account": "Both name the account {}",
    "widget": "Both have the id {} in their code",
    "company": "Both give the company number {}",
    "image": "Both show one picture",
    "template": "Both use one text",
    "conversation": "Both are messages of conversation {}",
    "item": "Both are versions of one item",
}
_SHOWN = 60  # characters of a value


@dataclass(frozen=True)
class End:
    """One of the two records of a link."""

    record_id: str
    platform: str
    place: str | None
    title: str | None
    seen_at: datetime | None


@dataclass(frozen=True)
class Shares:
    """One identifier that both records hold, and what that is worth."""

    type: str
    value: str
    bits: float
    sentence: str


@dataclass(frozen=True)
class Link:
    """Two records that are held to be of one operation.

    Attributes:
        a, b: the records.
        weight: bits of evidence.
        evidence: what both hold, the most telling first.
        state: none, accepted, rejected.
    """

    a: End
    b: End
    weight: float
    evidence: tuple[Shares, ...]
    state: str


@dataclass(frozen=True)
class Decision:
    """What a person said of a link.

    Attributes:
        record_a, record_b: the records, and the networks they are in now.
        network_a, network_b: see there; None where a record is gone.
        state, why, who, at: the decision.
        current: is it the newest about this pair? That one holds.
    """

    record_a: str
    record_b: str
    network_a: str | None
    network_b: str | None
    state: str
    why: str
    who: str
    at: datetime
    current: bool


_END = "struct_pack(record_id := {0}.record_id, platform := {0}.platform, place := {0}.place, title := {0}.title, " \
       "seen_at := coalesce({0}.posted_at, {0}.captured_at))"  # fmt: skip
_COLUMNS = f"{_END.format('a')} AS a, {_END.format('b')} AS b, weight, evidence, state"


def network_links(
    engine: Engine, net: int, offset: int = 0, limit: int = 50, mask: Mask | None = None
) -> tuple[list[Link], int]:
    """Some links of a network, the weakest first, and how many there are.

    Args:
        engine: the reading index.
        net: number of the network.
        offset, limit: which of them.
        mask: takes out of a text who may not be named, for what leaves Clew: long values are cut in sentences, and
            nobody would know half a name again.
    """
    query = f"""
        WITH own AS (
            SELECT record_id, rid, platform, place, title, posted_at, captured_at FROM records WHERE net = $net
        ), shown AS (
            SELECT rid_a, rid_b, weight, evidence, state FROM links WHERE net = $net AND state <> 'rejected'
            ORDER BY weight, rid_a, rid_b LIMIT $limit OFFSET $offset
        )
        SELECT {_COLUMNS} FROM shown JOIN own a ON a.rid = rid_a JOIN own b ON b.rid = rid_b
        ORDER BY weight, rid_a, rid_b"""
    found = engine.rows(query, net=net, limit=limit, offset=offset)
    query = "SELECT count(*) AS total FROM links WHERE net = $net AND state <> 'rejected'"
    total = engine.rows(query, net=net)[0]["total"]
    return [_link(row, mask) for row in found], int(total)


def network_link(engine: Engine, net: int, a: str, b: str) -> Link:
    """The link between two records of a network, by their ids in any order.

    Raises:
        InputError: the network has no such link.
    """
    try:
        low, high = sorted(int(name[:16], 16) for name in (a, b))
    except ValueError:
        low = high = 0
    query = f"""
        SELECT {_COLUMNS} FROM links l
        JOIN records a ON a.net = $net AND a.rid = rid_a JOIN records b ON b.net = $net AND b.rid = rid_b
        WHERE l.net = $net AND rid_a = $a AND rid_b = $b"""
    found = engine.rows(query, net=net, a=low, b=high)
    if not found or {found[0]["a"]["record_id"], found[0]["b"]["record_id"]} != {a, b}:
        raise InputError("This network has no link between these two records.", "Choose one from its links.")
    return _link(found[0])


def ends(engine: Engine, net: int, rids: tuple[int, ...]) -> list[End]:
    """Some records of a network as the ends of a link are shown, in the order of their numbers."""
    query = (
        f"SELECT {_END.format('a')} AS a FROM records a WHERE net = $net AND rid IN (SELECT unnest($rids::UBIGINT[]))"
    )
    found = {row["a"]["record_id"]: End(**row["a"]) for row in engine.rows(query, net=net, rids=list(rids))}
    return sorted(found.values(), key=lambda end: rids.index(int(end.record_id[:16], 16)))


@dataclass(frozen=True)
class Text:
    """A record beside another: what a person compares."""

    record_id: str
    platform: str
    place: str | None
    title: str | None
    body: str | None
    contact: str | None
    handle: str | None
    seen_at: datetime | None


def texts(engine: Engine, net: int, *record_ids: str) -> dict[str, Text]:
    """Records of a network with their texts, by id."""
    query = """
        SELECT record_id, platform, place, title, body, contact, handle, coalesce(posted_at, captured_at) AS seen_at
        FROM records WHERE net = $net AND list_contains($names::VARCHAR[], record_id)"""
    found = engine.rows(query, net=net, names=list(record_ids))
    return {row["record_id"]: Text(**row) for row in found}


def decisions_in(engine: Engine, net: int) -> list[Decision]:
    """What people said of links with a record of this network, the newest first."""
    query = """
        WITH said AS (
            SELECT *, row_number() OVER (PARTITION BY record_a, record_b ORDER BY "at" DESC, state DESC) = 1 AS current,
                   ('0x' || left(record_a, 16))::UBIGINT AS a, ('0x' || left(record_b, 16))::UBIGINT AS b
            FROM decisions
        ), placed AS (SELECT rid, net FROM members WHERE rid IN (SELECT a FROM said UNION SELECT b FROM said))
        SELECT s.* EXCLUDE (a, b), m.network_id AS network_a, n.network_id AS network_b
        FROM said s LEFT JOIN placed p ON p.rid = s.a LEFT JOIN placed q ON q.rid = s.b
        LEFT JOIN networks m ON m.net = p.net LEFT JOIN networks n ON n.net = q.net
        WHERE $net IN (p.net, q.net) ORDER BY "at" DESC, record_a, record_b LIMIT 200"""
    return [Decision(**row) for row in engine.rows(query, net=net)]


def decisions_of(engine: Engine, net: int, a: str, b: str) -> list[Decision]:
    """What people said of the link of two records, the newest first."""
    return [said for said in decisions_in(engine, net) if {said.record_a, said.record_b} == {a, b}]


def check_pair(engine: Engine, net: int, a: str, b: str) -> None:
    """Refuse a decision about records that have nothing to do with a network.

    Args:
        engine: the reading index.
        net: number of the network.
        a, b: record ids; one of them is in the network, the other may have left it.

    Raises:
        InputError: neither is in it, one does not exist, or they are the same.
    """
    query = """
        SELECT record_id, m.net FROM members m JOIN records r ON r.net = m.net AND r.rid = m.rid
        WHERE m.rid IN ($a::UBIGINT, $b::UBIGINT)"""
    found = engine.rows(query, a=int(a[:16], 16), b=int(b[:16], 16))
    if a == b or {row["record_id"] for row in found} != {a, b} or net not in {row["net"] for row in found}:
        raise InputError("These are not two records of this network.", "Choose a link from its list.")


def _link(row: Row, mask: Mask | None = None) -> Link:
    evidence = tuple(_shares(entry, mask) for entry in orjson.loads(row["evidence"]))
    return Link(End(**row["a"]), End(**row["b"]), float(row["weight"]), evidence, row["state"])


def _shares(entry: Row, mask: Mask | None) -> Shares:
    type_, value = str(entry["type"]), str(entry["value"])
    shown = value_shown(type_, value)
    shown = mask(shown) if mask else shown
    shown = shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
    sentence = _SENTENCES.get(type_, "Both hold {}").format(shown) + "."
    return Shares(type_, value, float(entry["bits"]), sentence)
