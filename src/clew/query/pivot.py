"""From one identifier, picture or text to all that is tied to it, by which link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.model.errors import InputError
from clew.query.asked import Asked, nothing_in
from clew.query.asked_here import known
from clew.query.show import quote
from clew.store.workspace import Workspace

MOST_RECORDS = 200_000  # a tie to more records than this says nothing about any of them
MOST_SHOWN = 1_000

Row = dict[str, Any]


@dataclass(frozen=True)
class Tie:
    """One thing that was asked for and found: by what, how sure, on how many records and networks."""

    type: str
    value: str
    how: str
    records: int
    networks: int


@dataclass(frozen=True)
class TiedNetwork:
    """A network with records that are tied to the question."""

    network_id: str
    records: int
    tied: int
    via: str
    rank: int | None
    priority: float | None


@dataclass(frozen=True)
class TiedRecord:
    """A record that is tied to the question, and by what."""

    record_id: str
    native_id: str | None
    network_id: str
    platform: str
    posted_at: str | None
    place: str | None
    title: str | None
    via: str


@dataclass(frozen=True)
class Neighbour:
    """Another identifier on the tied records: where to pull next."""

    type: str
    value: str
    tied: int
    records: int


@dataclass(frozen=True)
class PivotResult:
    """Everything tied to a question, and what was looked up for it; the lists are bounded, the counts are not."""

    asked: Asked
    ties: list[Tie]
    networks: list[TiedNetwork]
    records: list[TiedRecord]
    neighbours: list[Neighbour]
    total_records: int


_LIKES = pa.schema([("rid", pa.uint64()), *((name, pa.string()) for name in ("via", "type", "value", "how"))])

_HITS = """
CREATE OR REPLACE TEMP TABLE hits AS
SELECT rid, type || ':' || value AS via, type, value, how FROM asked JOIN ties USING (type, value)
UNION ALL SELECT rid, via, type, value, how FROM likes
"""

# Whom a mail went to ties no records, as strangers write to the same people; the talks somebody is in are found.
_TALKS = """
INSERT INTO hits
SELECT DISTINCT m.rid, 'email:' || a.value, 'email', a.value, 'in a talk of theirs'
FROM (SELECT value FROM asked WHERE type = 'email') a
JOIN (SELECT conversation_id, lower(unnest(participants)) AS name FROM conversations) c ON c.name = a.value
JOIN conversation_members m USING (conversation_id) WHERE (m.rid, a.value) NOT IN (SELECT (rid, value) FROM hits)
"""

_MENTIONED = """
INSERT INTO hits
SELECT DISTINCT rid, type::VARCHAR || ':' || value, type::VARCHAR, value, 'read in it: strangers share it too'
FROM mentions WHERE type::VARCHAR = {kind} AND value = {value}
"""

# A join, not a list of ids in the query: only by a join does the reader of Parquet pass over columns of other rows.
_MEMBERS = """
CREATE OR REPLACE TEMP TABLE members AS SELECT * FROM network_members WHERE rid IN (SELECT rid FROM hits)
"""

_TIES = """
SELECT type, value, max(how) AS how, count(DISTINCT rid) AS records, count(DISTINCT network_id) AS networks
FROM hits JOIN members USING (rid) GROUP BY type, value ORDER BY records DESC, type, value LIMIT {limit}
"""

_NETWORKS = """
SELECT network_id, any_value(n.records) AS records, count(DISTINCT rid) AS tied,
       string_agg(DISTINCT via, ', ' ORDER BY via) AS via, any_value(rank) AS rank, any_value(priority) AS priority
FROM hits JOIN members USING (rid)
JOIN (FROM networks WHERE network_id IN (SELECT network_id FROM members)) n USING (network_id)
LEFT JOIN (FROM leads WHERE network_id IN (SELECT network_id FROM members)) USING (network_id)
GROUP BY network_id ORDER BY tied DESC, network_id LIMIT {limit}
"""

_WANTED = """
CREATE OR REPLACE TEMP TABLE wanted AS
SELECT rid, string_agg(DISTINCT via, ', ' ORDER BY via) AS via, count(DISTINCT via) AS n, max(how) AS how
FROM hits GROUP BY rid ORDER BY n DESC, how DESC, rid LIMIT {limit}
"""

_RECORDS = """
SELECT record_id, native_id, network_id, platform, strftime(posted_at, '%Y-%m-%d %H:%M UTC') AS posted_at, place,
       title, via
FROM records JOIN wanted USING (rid) JOIN members USING (rid)
ORDER BY n DESC, posted_at, record_id
"""

_NEAR = """
CREATE OR REPLACE TEMP TABLE near AS
SELECT identifier, count(*) AS tied FROM record_identifiers WHERE rid IN (SELECT rid FROM hits)
GROUP BY identifier ORDER BY tied DESC, identifier LIMIT {limit} + (SELECT count(DISTINCT (type, value)) FROM hits)
"""

_NEIGHBOURS = """
SELECT type, value, tied, records FROM near JOIN identifiers USING (identifier)
WHERE (type, value) NOT IN (SELECT (type, value) FROM hits) ORDER BY tied DESC, identifier LIMIT {limit}
"""


def pivot(workspace: Workspace, engine: Engine, asked: Asked, limit: int = 20) -> PivotResult:
    """Find what is tied to a question.

    Args:
        workspace: for the signatures of its texts.
        engine: with the workspace's tables as views (`clew.store.views`).
        asked: see `clew.query.asked.understand`.
        limit: most rows of each list.

    Raises:
        InputError: nothing in the question can be looked up.
    """
    limit = max(1, min(limit, MOST_SHOWN))
    asked = known(engine, asked)
    if not (asked.identifiers or asked.text or asked.pdq or asked.mentions or asked.tried):
        raise nothing_in(asked.value)
    kinds, values = [k for k, _ in asked.identifiers], [v for _, v in asked.identifiers]
    given = {"type": pa.array(kinds, pa.string()), "value": pa.array(values, pa.string())}
    given["how"] = pa.array(["written in it"] * len(kinds), pa.string())
    engine.register({"asked": pa.table(given), "likes": _likes(workspace, engine, asked)})
    engine.run(_HITS)
    if "email" in kinds:
        engine.run(_TALKS)
    for kind, value in asked.mentions:
        engine.run(_MENTIONED.format(kind=quote(kind), value=quote(value)))
    (total,) = engine.row("SELECT count(DISTINCT rid) FROM hits")
    engine.run(_MEMBERS)
    engine.run(_WANTED.format(limit=limit))
    near: list[Row] = []
    if 0 < total <= MOST_RECORDS:
        engine.run(_NEAR.format(limit=limit))
        near = engine.rows(_NEIGHBOURS.format(limit=limit))
    return PivotResult(
        asked,
        [Tie(**r) for r in engine.rows(_TIES.format(limit=limit))],
        [TiedNetwork(**r) for r in engine.rows(_NETWORKS.format(limit=limit))],
        [TiedRecord(**r) for r in engine.rows(_RECORDS)],
        [Neighbour(**r) for r in near],
        int(total),
    )


def _near(workspace: Workspace, engine: Engine, asked: Asked) -> pa.Table | None:
    """Records with nearly the same text; a text too short to compare is left where there is more to look up.

    Raises:
        InputError: it is too short, and all that there is.
    """
    from clew.match.query import near_texts

    if asked.text is None:
        return None
    try:
        return near_texts(asked.text, workspace.paths("signatures"), threads=engine.threads)
    except InputError:
        if not asked.identifiers:
            raise
        return None


def _likes(workspace: Workspace, engine: Engine, asked: Asked) -> pa.Table:
    """Records with nearly the same text or picture: rid, via, type, value, how."""
    if asked.text is None and asked.pdq is None:
        return _LIKES.empty_table()
    from clew.match.query import near_pictures  # loads kernels, which a plain identifier does not need

    found = [_LIKES.empty_table()]
    if (near := _near(workspace, engine, asked)) is not None:
        shares = [f"{share:.0%} of the words in a row in common" for share in near.column("jaccard").to_pylist()]
        found.append(_like(near.column("rid"), "text", ["similar text"] * near.num_rows, shares))
    if asked.pdq is not None:
        shown = engine.sql("SELECT rid, value FROM mentions WHERE type = 'image'")
        near = near_pictures(bytes.fromhex(asked.pdq), shown)
        bits = [f"{distance} of 256 bits differ" for distance in near.column("distance").to_pylist()]
        found.append(_like(near.column("rid"), "image", near.column("value").to_pylist(), bits))
    return pa.concat_tables(found)


def _like(rid: pa.ChunkedArray, kind: str, value: list[str], how: list[str]) -> pa.Table:
    via = [f"{kind} ({h})" for h in how]
    return pa.table({"rid": rid, "via": via, "type": [kind] * len(how), "value": value, "how": how}, schema=_LIKES)
