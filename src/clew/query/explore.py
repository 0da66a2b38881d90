"""Active search of connections: from records that are held to be one operation to the record to ask about next.

Candidates share something with what was accepted so far. They are ordered by how likely they belong to it, by the
linker's weights and by the answers so far (`clew.query.trust`); the one on top is asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clew.engine.duckdb import Engine
from clew.model.errors import MissingError
from clew.query.explore_says import shares, why
from clew.query.record import Mention, Read, read
from clew.query.trust import NAME_PLACE, OTHER, SAME, Learned, Said, Tie, Trust, best_of

MOST_ALONG = 2_000  # records that one answer takes along
_MOST_TIES = 400  # identifiers of what was accepted that are followed
_PUBLIC = 5_000  # records with an identifier; more make it public: it is not followed
_MOST_TEXT = 4_000  # characters of a body
_OF_EACH = 48  # candidates by one identifier at a time
# What a platform writes under every advert (its abuse address, its rules) is on no other platform and in many networks.
# Linking knows a board by the host of its adverts instead (`clew.link.boards`): there are no networks yet to count, and
# what it takes for a board's ties nobody. Here a footer only costs a question that a person answers with no, so it is
# told without addresses of adverts, which many sources lack, and of handles and ids, which have no host.
_FOOTERS = ("email", "url", "domain", "phone", "handle", "widget")
_FOOTER_NETWORKS = 8
_FOOTER_SAMPLE = 64  # records with it whose platforms are looked at

# A name in a place ties like an identifier that many share, so it is laid out like one.
NAME_PLACES = """
WITH named AS (SELECT DISTINCT net, rid, value FROM mentions WHERE type = 'name'),
placed AS (SELECT DISTINCT net, rid, value FROM mentions WHERE type = 'place'),
pairs AS (SELECT n.value || ' · ' || p.value AS value, rid, net FROM named n JOIN placed p USING (net, rid))
SELECT value, rid, net FROM pairs QUALIFY count(*) OVER (PARTITION BY value) BETWEEN 2 AND 100 ORDER BY value, rid
"""
_CONTACTS = ("phone", "email", "handle", "wallet", "account")

Row = dict[str, Any]


@dataclass(frozen=True)
class Shared:
    """Something that a candidate shares with what was accepted.

    Attributes:
        type, value: what.
        records, networks: that show it.
        yes, no: answers about other records with it.
        chance: that it is right, by itself.
        sentence: all that in words.
    """

    type: str
    value: str
    records: int
    networks: int
    yes: int
    no: int
    chance: float
    sentence: str


@dataclass(frozen=True)
class Candidate:
    """A record to ask about.

    Attributes:
        record_id, network_id, platform, place, contact, handle, seen_at: of the record.
        chance: that it belongs to what was accepted.
        same_network: does the linker hold it together with an accepted record?
        shares: the most telling first.
        why: why it is asked about now.
        reads: title and body, with what is shared in its place.
        like_id, like: an accepted record that shows the first of ``shares`` too, and its title.
        along: records with the same contacts and text in its network: the answer is about them too.
        rest: how many other records its network has that nobody was asked about.
        others: candidates that wait behind it.
    """

    record_id: str
    network_id: str
    platform: str
    place: str | None
    contact: str | None
    handle: str | None
    seen_at: datetime | None
    reads: tuple[Read, ...]
    chance: float
    same_network: bool
    shares: tuple[Shared, ...]
    why: str
    like_id: str
    like: str
    along: tuple[str, ...]
    rest: int
    others: int

    @property
    def ties(self) -> tuple[Tie, ...]:
        """What an answer about it teaches of."""
        return (*((s.type, s.value) for s in self.shares), (SAME if self.same_network else OTHER, ""))


@dataclass
class Explored:
    """What was answered so far.

    Attributes:
        accepted: numbers of records that are held to be one operation.
        passed: those that are not, or of which nobody is sure.
        said: the answers that teach.
    """

    accepted: set[int]
    passed: set[int] = field(default_factory=set)
    said: list[Said] = field(default_factory=list)


@dataclass(frozen=True)
class _Held:
    """An identifier of what was accepted."""

    records: int
    networks: int


@dataclass(frozen=True)
class Ranked:
    """A candidate in the order: its record and network number, and what ties it."""

    chance: float
    rid: int
    net: int
    ties: tuple[Tie, ...]
    same_network: bool


def rid_of(record_id: str) -> int:
    """The number of a record, the first half of its id."""
    return int(record_id[:16], 16)


def ranking(engine: Engine, explored: Explored, learned: Learned) -> tuple[list[Ranked], dict[Tie, _Held]]:
    """All candidates, the likeliest first, and what is known of the identifiers that lead to them."""
    nets = _nets(engine, explored.accepted)
    own_ties = _identifiers(engine, explored.accepted, set(nets.values()))
    held: dict[Tie, _Held] = {}
    tied: dict[tuple[int, int], list[Tie]] = {}
    for row in _holders(engine, own_ties, explored.accepted | explored.passed):
        tie = (row["type"], row["value"])
        held[tie] = _Held(row["records"], row["networks"])
        tied.setdefault((row["rid"], row["net"]), []).append(tie)
    chances = {
        tie: learned.chance(tie, known.networks if learned.linker else known.records) for tie, known in held.items()
    }
    own = set(nets.values())
    found = []
    for (rid, net), ties in tied.items():
        chance = learned.together(best_of(ties, chances), net in own)
        found.append(Ranked(chance, rid, net, tuple(sorted(ties, key=lambda t: (-chances[t], t))), net in own))
    found.sort(key=lambda c: (-c.chance, c.rid))
    return found, held


def next_candidate(engine: Engine, explored: Explored) -> Candidate | None:
    """The record to ask about next; None when nothing is tied to what was accepted any more."""
    learned = Learned(explored.said)
    order, held = ranking(engine, explored, learned)
    if not order:
        return None
    top = order[0]
    every = tuple(_shared(tie, held[tie], learned) for tie in top.ties)
    query = """
        SELECT record_id, network_id, platform, place, contact, handle, coalesce(posted_at, captured_at) AS seen_at,
               coalesce(title, '') AS title, coalesce(body, '') AS body, n.records AS size
        FROM records r JOIN networks n ON n.net = r.net WHERE r.net = $net AND rid = $rid"""
    row = engine.rows(query, net=top.net, rid=top.rid)[0]
    along = lot_of(engine, top.rid, top.net, explored.accepted | explored.passed)
    judged = _judged_in(engine, top.net, explored)
    rest = max(row.pop("size") - judged - len(along) - 1, 0)
    reads = _reads(engine, top, row.pop("title"), row.pop("body"))
    like = _like(engine, explored.accepted, top.ties[0])
    return Candidate(
        **row, reads=reads, like_id=like[0], like=like[1], chance=top.chance, same_network=top.same_network,
        shares=every,
        why=why(every, top.same_network, {kind: learned.of_type(kind) for kind in {t for t, _ in top.ties}}),
        along=tuple(along), rest=rest, others=len(order) - 1,
    )  # fmt: skip


def trust_table(said: Iterable[Said]) -> tuple[Trust, ...]:
    """What the answers taught, a type a row."""
    return Learned(said).table()


def lot_of(engine: Engine, rid: int, net: int, judged: set[int]) -> list[str]:
    """Ids of the records of a network with the same contacts and text as one: the linker begins with them as one."""
    query = f"""
        WITH lots AS (
            SELECT rid, bit_xor(hash(type, value)) AS lot FROM ties_of
            WHERE net = $net AND type IN ({", ".join(f"'{kind}'" for kind in (*_CONTACTS, "template"))}) GROUP BY rid
        )
        SELECT record_id, rid FROM records JOIN lots USING (rid)
        WHERE net = $net AND rid <> $rid AND lot = (SELECT lot FROM lots WHERE rid = $rid) ORDER BY record_id"""
    rows = engine.rows(query, net=net, rid=rid)
    return [row["record_id"] for row in rows if row["rid"] not in judged][:MOST_ALONG]


def members_of(engine: Engine, record_id: str) -> list[str]:
    """Ids of the records in the network of a record.

    Raises:
        MissingError: there is no such record.
    """
    query = """
        SELECT record_id FROM records WHERE net = (SELECT net FROM members WHERE rid = $rid)
        ORDER BY record_id LIMIT $most"""
    rows = engine.rows(query, rid=rid_of(record_id), most=MOST_ALONG)
    if not rows:
        raise MissingError("There is no such record.", "Look it up with a search.")
    return [row["record_id"] for row in rows]


def _reads(engine: Engine, top: Ranked, title: str, body: str) -> tuple[Read, ...]:
    """What the record says, with what it shares marked."""
    query = """
        SELECT type::VARCHAR AS type, value, raw, field::VARCHAR AS field, start, "end", obscured,
               extractor::VARCHAR AS extractor, version::VARCHAR AS version
        FROM mentions WHERE net = $net AND rid = $rid"""
    parts = {NAME_PLACE: ("name", "place")}
    wanted = {tie for tie in top.ties if tie[0] != NAME_PLACE}
    for kind, value in top.ties:
        wanted |= set(zip(parts.get(kind, ()), value.split(" · ", 1), strict=False))
    rows = engine.rows(query, net=top.net, rid=top.rid)
    mentions = [Mention(**row) for row in rows if (row["type"], row["value"]) in wanted]
    return tuple(read(name, text, mentions) for name, text in (("title", title), ("body", body[:_MOST_TEXT])) if text)


def _like(engine: Engine, accepted: set[int], tie: Tie) -> tuple[str, str]:
    """An accepted record with a tie: its id and title."""
    table, where = ("name_places", "") if tie[0] == NAME_PLACE else ("ties", "type = $type AND ")
    query = f"""
        SELECT record_id, coalesce(nullif(trim(title), ''), left(body, 80), '') AS title FROM records r
        JOIN (SELECT rid, net FROM {table} WHERE {where}value = $value AND rid IN (SELECT unnest($rids))
              ORDER BY rid LIMIT 1) o ON r.net = o.net AND r.rid = o.rid"""
    given = {"value": tie[1], "rids": sorted(accepted)} | ({"type": tie[0]} if where else {})
    rows = engine.rows(query, **given)
    return (rows[0]["record_id"], rows[0]["title"]) if rows else ("", "")


def _shared(tie: Tie, known: _Held, learned: Learned) -> Shared:
    yes, no = learned.counts(tie)
    chance = learned.chance(tie, known.networks)
    said = shares(tie[0], tie[1], known.records, known.networks, yes, no)
    return Shared(*tie, known.records, known.networks, yes, no, chance, said)


def _nets(engine: Engine, rids: set[int]) -> dict[int, int]:
    query = "SELECT rid, net FROM members WHERE rid IN (SELECT unnest($rids))"
    return {row["rid"]: row["net"] for row in engine.rows(query, rids=sorted(rids))}


def _judged_in(engine: Engine, net: int, explored: Explored) -> int:
    return sum(other == net for other in _nets(engine, explored.accepted | explored.passed).values())


def _identifiers(engine: Engine, accepted: set[int], nets: set[int]) -> list[Tie]:
    """What the accepted records show; at most `_MOST_TIES`, those that most of them show."""
    query = f"""
        WITH own AS (
            SELECT type, value, rid FROM ties_of
            WHERE net IN (SELECT unnest($nets)) AND rid IN (SELECT unnest($rids))
            UNION ALL SELECT '{NAME_PLACE}', value, rid FROM name_places WHERE rid IN (SELECT unnest($rids))
        )
        SELECT type, value, count(DISTINCT rid) AS own FROM own GROUP BY type, value
        ORDER BY own DESC, type, value LIMIT {_MOST_TIES}"""
    rows = engine.rows(query, nets=sorted(nets), rids=sorted(accepted))
    return [(row["type"], row["value"]) for row in rows]


def _holders(engine: Engine, own: Sequence[Tie], judged: set[int]) -> list[Row]:
    """Records that show one of these identifiers and were not asked about, and how public the identifier is."""
    if not own:
        return []
    query = f"""
        WITH own AS (SELECT unnest($own_types) AS type, unnest($own_values) AS value), holders AS (
            SELECT type, value, rid, net FROM ties
            WHERE type IN (SELECT unnest($types)) AND value IN (SELECT unnest($values))
            UNION ALL SELECT '{NAME_PLACE}', value, rid, net FROM name_places WHERE value IN (SELECT unnest($values))
        ), counted AS (
            SELECT type, value, count(*) AS records, count(DISTINCT net) AS networks
            FROM holders JOIN own USING (type, value) GROUP BY type, value HAVING records BETWEEN 2 AND {_PUBLIC}
        )
        SELECT type, value, rid, net, records, networks FROM holders JOIN counted USING (type, value)
        WHERE rid NOT IN (SELECT unnest($judged))
        QUALIFY row_number() OVER (PARTITION BY type, value ORDER BY rid) <= {_OF_EACH}"""
    given = {
        "types": _unique(own, 0), "values": _unique(own, 1), "judged": sorted(judged),
        "own_types": [kind for kind, _ in own], "own_values": [value for _, value in own],
    }  # fmt: skip
    rows = engine.rows(query, **given)
    many = {(r["type"], r["value"]) for r in rows if r["networks"] >= _FOOTER_NETWORKS and r["type"] in _FOOTERS}
    footers = _footers(engine, sorted(many)) if many else set()
    return [row for row in rows if (row["type"], row["value"]) not in footers]


def _footers(engine: Engine, ties: Sequence[Tie]) -> set[Tie]:
    """Those of some widespread identifiers that one platform alone shows, where most records are of others."""
    query = f"""
        WITH asked AS (SELECT unnest($own_types) AS type, unnest($own_values) AS value), part AS (
            SELECT type, value, rid, net FROM ties JOIN asked USING (type, value)
            WHERE type IN (SELECT unnest($types)) AND value IN (SELECT unnest($values))
            QUALIFY row_number() OVER (PARTITION BY type, value ORDER BY hash(rid), rid) <= {_FOOTER_SAMPLE}
        ), alone AS (
            SELECT type, value, min(platform) AS platform
            FROM part JOIN records r ON r.net = part.net AND r.rid = part.rid
            GROUP BY type, value HAVING count(DISTINCT platform) = 1
        ), spread AS (
            SELECT platform, 2 * count(*) < sum(count(*)) OVER () AS minor FROM records GROUP BY platform
        )
        SELECT type, value FROM alone JOIN spread USING (platform) WHERE minor"""
    given = {
        "types": _unique(ties, 0), "values": _unique(ties, 1),
        "own_types": [kind for kind, _ in ties], "own_values": [value for _, value in ties],
    }  # fmt: skip
    return {(row["type"], row["value"]) for row in engine.rows(query, **given)}


def _unique(ties: Iterable[Tie], at: int) -> list[str]:
    return sorted({tie[at] for tie in ties})


__all__: Sequence[str] = (
    "MOST_ALONG", "Candidate", "Explored", "Ranked", "Shared", "lot_of", "members_of", "next_candidate", "ranking",
    "rid_of", "trust_table",
)  # fmt: skip
