"""What a board says of itself: the address for complaints under every advert is not the advertiser's.

A contact at the host that an advert stands on (``support@board.example`` on ``https://www.board.example/ad/7``), which
stands beside many other contacts there, is the board's; and so is the number beside it in the same sentence. A company
that shows its one number with the address of its own site keeps both, and so does who is reached by a board's mailbox:
those stand beside few others.
"""

from __future__ import annotations

import numpy as np

from clew.engine.duckdb import Engine
from clew.link.paid import Flags
from clew.link.rows import RowIndex
from clew.link.ties import Ties

_OTHERS = 3  # other contacts, from which on a contact at the host may be the board's,
_SHARE = 2  # if so many times as many as the items that show it
_MANY = 200  # mentions of it, at most: what more show is so common that it ties nobody (`Weights.fade`)
_BESIDE = 60  # characters at most between the board's contact and its number

# Only what a host says of itself is looked at: few mentions, in most workspaces none.
_OWN = f"""
WITH told AS MATERIALIZED (
    SELECT rid, type::VARCHAR AS type, value, field::VARCHAR AS field, start, "end",
        CASE type::VARCHAR WHEN 'email' THEN split_part(value, '@', 2) WHEN 'domain' THEN value
            ELSE split_part(split_part(value, '/', 3), ':', 1) END AS domain
    FROM mentions WHERE type::VARCHAR IN ('email', 'domain', 'url')
), few AS MATERIALIZED (
    FROM told SEMI JOIN (
        SELECT value FROM told GROUP BY value HAVING count(*) BETWEEN {_OTHERS} AND {_MANY}
    ) USING (value)
), posts AS (
    SELECT rid, item_id, regexp_replace(split_part(split_part(lower(url), '/', 3), ':', 1), '^www\\.', '') AS host
    FROM records SEMI JOIN few USING (rid) WHERE kind IN ('ad', 'job_ad') AND contains(url, '://')
), named AS MATERIALIZED (
    SELECT t.* EXCLUDE domain, item_id, host FROM few t JOIN posts p ON t.rid = p.rid AND domain <> '' AND
        (domain = host OR ends_with(host, '.' || domain) OR ends_with(domain, '.' || host))
), others AS (
    SELECT rid, type::VARCHAR || value AS other
    FROM mentions SEMI JOIN named USING (rid) ANTI JOIN named USING (rid, value)
    WHERE type::VARCHAR IN ('phone', 'email', 'handle')
), own AS MATERIALIZED (
    SELECT host, type, value, count(DISTINCT item_id) AS items
    FROM named JOIN others USING (rid) GROUP BY ALL
    HAVING count(DISTINCT other) >= greatest({_OTHERS}, count(DISTINCT item_id) / {_SHARE})
), beside AS (
    SELECT p.rid, p.value, n.host, n.item_id, o.items, least(p."end", n."end") AS after,
        greatest(p.start, n.start) AS till,
        CASE n.field WHEN 'title' THEN title WHEN 'body' THEN body WHEN 'contact' THEN contact END AS text
    FROM mentions p JOIN named n ON p.rid = n.rid AND p.field::VARCHAR = n.field
        AND (p.start - n."end" BETWEEN 0 AND {_BESIDE} OR n.start - p."end" BETWEEN 0 AND {_BESIDE})
    JOIN own o ON (n.host, n.type, n.value) = (o.host, o.type, o.value)
    JOIN records r ON p.rid = r.rid
    WHERE p.type::VARCHAR = 'phone'
), together AS (  -- "Misuse: support@board.example or 088 123 45 67": in one sentence
    FROM beside WHERE NOT regexp_matches(substr(text, after + 1, till - after), '[\n!?;]|\\.\\s')
), numbers AS (  -- on most of the items that show the address
    SELECT host, value FROM together GROUP BY ALL
    HAVING count(DISTINCT item_id) >= greatest({_OTHERS}, max(items) / {_SHARE})
)
SELECT rid, type, value FROM named SEMI JOIN own USING (host, type, value)
UNION ALL SELECT rid, 'phone', value FROM together SEMI JOIN numbers USING (host, value)
"""


def boards_own(engine: Engine, index: RowIndex, ties: Ties) -> Flags:
    """bool[m], the ties that are a board's own.

    Args:
        engine: holds ``records`` and ``mentions``.
        index: rows of the records.
        ties: as read.
    """
    out = np.zeros(len(ties.row), np.bool_)
    found = engine.sql(_OWN)
    if len(found):
        row = index.rows(found.column("rid").to_numpy().astype(np.uint64)).astype(np.int64)
        code = ties.codes(found.column("type").combine_chunks(), found.column("value").combine_chunks())
        out[ties.places(code, row)] = True
    return out
