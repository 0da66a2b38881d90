"""The records of a network, a page at a time, with their versions and what was edited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clew.engine.duckdb import Engine
from clew.query.network import WHOLE, Mask
from clew.query.times import TIMED

_OPENING = 160  # characters of a text


@dataclass(frozen=True)
class Listed:
    """A record in a list.

    Attributes:
        record_id, kind, platform, native_id, place, title: as received.
        seen_at: when it was posted, else captured.
        timed: is more known of that than the day?
        opening: the beginning of its text.
        version, versions: this state of the item, and how many states are known.
        edited: fields that changed since the version before.
        findings: how many findings it has.
    """

    record_id: str
    kind: str
    platform: str
    native_id: str | None
    seen_at: datetime | None
    timed: bool
    place: str | None
    title: str | None
    opening: str
    version: int
    versions: int
    edited: tuple[str, ...]
    findings: int


_CHOSEN = f"""
WITH marked AS (
    SELECT subject, count(*) AS findings, coalesce(bool_or(indicator = $finding), false) AS wanted
    FROM findings WHERE net = $net AND subject_kind = 'record' GROUP BY subject
), chosen AS (
    SELECT r.rid, record_id, kind, platform, native_id, coalesce(posted_at, captured_at) AS seen_at, {TIMED} AS timed,
           place, title, left(coalesce(body, ''), $most) AS opening, version, coalesce(findings, 0) AS findings,
           count(*) OVER (PARTITION BY item_id) AS versions, coalesce(wanted, false) AS wanted
    FROM records r LEFT JOIN marked ON subject = record_id WHERE net = $net
    QUALIFY $finding = '' OR wanted
)"""


def network_records(
    engine: Engine,
    net: int,
    offset: int = 0,
    limit: int = 50,
    finding: str = "",
    newest: bool = True,
    mask: Mask | None = None,
) -> tuple[list[Listed], int]:
    """Some records of a network, and how many there are.

    Args:
        engine: the reading index.
        net: number of the network.
        offset, limit: which of them.
        finding: only those with a finding of this indicator; all when empty.
        newest: the newest first, else the oldest.
        mask: takes out of a text who may not be named, for what leaves Clew: openings are cut from masked texts, as
            nobody would know half a name again.
    """
    known = {"net": net, "finding": finding, "most": WHOLE if mask else _OPENING}
    order = "DESC" if newest else "ASC"
    query = f"""
        {_CHOSEN}, shown AS (
            SELECT *, count(*) OVER () AS total FROM chosen
            ORDER BY seen_at {order} NULLS LAST, record_id LIMIT $limit OFFSET $offset
        ), edits AS (
            SELECT rid_to AS rid, list(DISTINCT field ORDER BY field) AS edited FROM changes
            WHERE net = $net AND field NOT IN ('posted_at', 'captured_at', 'extra') GROUP BY rid_to
        )
        SELECT shown.* EXCLUDE (rid, wanted), coalesce(edited, []) AS edited FROM shown LEFT JOIN edits USING (rid)
        ORDER BY seen_at {order} NULLS LAST, record_id"""
    found = engine.rows(query, **{**known, "limit": limit, "offset": offset})
    total = found[0]["total"] if found else 0
    if not found and offset:
        total = engine.rows(f"{_CHOSEN} SELECT count(*) AS total FROM chosen", **known)[0]["total"]
    return [_listed(row, mask) for row in found], total


def _listed(row: dict[str, Any], mask: Mask | None) -> Listed:
    opening = mask(row["opening"])[:_OPENING] if mask else row["opening"]
    told = {key: value for key, value in row.items() if key != "total"}
    return Listed(**told | {"opening": opening, "edited": tuple(row["edited"])})
