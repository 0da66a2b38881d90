"""What a board says of itself: the address for complaints under every advert is not the advertiser's.

A contact at the host that an advert stands on (``support@board.example`` on ``https://www.board.example/ad/7``), which
stands beside many other contacts there, is the board's; and so is the number beside it in the same sentence. A company
that shows its one number with the address of its own site keeps both, and so does who is reached by a board's mailbox:
those stand beside few others.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.link.paid import Flags
from clew.link.rows import RowIndex
from clew.link.ties import Ties
from clew.link.weights import TYPES

_OTHERS = 3  # other contacts, from which on a contact at the host may be the board's,
_SHARE = 2  # if so many times as many as the items that show it
LOOKED_AT = 500  # records of each contact; their numbers are digests, so that the lowest are a fair sample
_BESIDE = 60  # characters at most between the board's contact and its number

_HOSTS = """
SELECT rid, item_id, regexp_replace(split_part(split_part(lower(url), '/', 3), ':', 1), '^www\\.', '') AS host
FROM records SEMI JOIN asked USING (rid) WHERE kind IN ('ad', 'job_ad') AND contains(url, '://')
"""
_AT_HOME = f"""
SELECT * FROM (
    SELECT *, CASE type WHEN 'email' THEN split_part(value, '@', 2) WHEN 'domain' THEN value
        ELSE split_part(split_part(value, '/', 3), ':', 1) END AS domain
    FROM asked
) JOIN ({_HOSTS}) USING (rid)
WHERE domain <> '' AND (domain = host OR ends_with(host, '.' || domain) OR ends_with(domain, '.' || host))
"""
_OWN = f"""
WITH named AS MATERIALIZED ({_AT_HOME}), spoken AS MATERIALIZED (
    SELECT rid, type::VARCHAR AS type, value, field::VARCHAR AS field, start, "end" FROM mentions SEMI JOIN asked
        USING (rid)
    WHERE type::VARCHAR IN ('phone', 'email', 'handle', 'domain', 'url')
), others AS (
    SELECT rid, type || value AS other FROM spoken ANTI JOIN named USING (rid, value)
    WHERE type IN ('phone', 'email', 'handle')
), own AS MATERIALIZED (
    SELECT host, type, value, count(DISTINCT item_id) AS items
    FROM named JOIN others USING (rid) GROUP BY ALL
    HAVING count(DISTINCT other) >= greatest({_OTHERS}, count(DISTINCT item_id) / {_SHARE})
), beside AS (
    SELECT p.value, o.host, n.item_id, o.items, least(p."end", s."end") AS after, greatest(p.start, s.start) AS till,
        CASE s.field WHEN 'title' THEN title WHEN 'body' THEN body WHEN 'contact' THEN contact END AS text
    FROM spoken p JOIN spoken s ON p.rid = s.rid AND p.field = s.field
        AND (p.start - s."end" BETWEEN 0 AND {_BESIDE} OR s.start - p."end" BETWEEN 0 AND {_BESIDE})
    JOIN named n ON (n.rid, n.type, n.value) = (s.rid, s.type, s.value)
    JOIN own o ON (n.host, n.type, n.value) = (o.host, o.type, o.value)
    JOIN records r ON p.rid = r.rid
    WHERE p.type = 'phone'
), numbers AS (  -- in one sentence: "Misuse: support@board.example or 088 …", on most of the items that show it
    SELECT host, value FROM beside WHERE NOT regexp_matches(substr(text, after + 1, till - after), '[\n!?;]|\\.\\s')
    GROUP BY ALL HAVING count(DISTINCT item_id) >= greatest({_OTHERS}, max(items) / {_SHARE})
)
SELECT host, type, value FROM own UNION SELECT host, 'phone', value FROM numbers
"""


def boards_own(engine: Engine, index: RowIndex, ties: Ties) -> Flags:
    """bool[m], the ties that are a board's own.

    Args:
        engine: holds ``records`` and ``mentions``.
        index: rows of the records.
        ties: as read.
    """
    start = np.searchsorted(ties.identifier, np.arange(len(ties.kind) + 1))
    on_the_web = np.isin(ties.kind, [TYPES.index(name) for name in ("email", "domain", "url")])
    code = np.flatnonzero(on_the_web & (np.diff(start) >= _OTHERS))
    two = np.stack([start[code], start[code + 1] - 1], axis=1).ravel()
    likely = engine.sql(f"SELECT DISTINCT code FROM ({_AT_HOME}) ORDER BY code", {"asked": _asked(ties, index, two)})
    code = likely.column("code").to_numpy()
    many = np.minimum(start[code + 1] - start[code], LOOKED_AT)
    some = np.repeat(start[code] - np.cumsum(many) + many, many) + np.arange(many.sum())
    own = own_contacts(engine, _asked(ties, index, some))
    own = own.append_column("code", pa.array(ties.codes(*(own.column(n).combine_chunks() for n in ("type", "value")))))
    held = np.flatnonzero(np.isin(ties.identifier, own.column("code").to_numpy()))
    found = engine.sql(
        f"SELECT place FROM asked JOIN ({_HOSTS}) USING (rid) JOIN own USING (host, code)",
        {"asked": _asked(ties, index, held), "own": own},
    )
    engine.forget("asked")
    engine.forget("own")
    out = np.zeros(len(ties.row), np.bool_)
    out[found.column("place").to_numpy()] = True
    return out


def own_contacts(engine: Engine, asked: pa.Table) -> pa.Table:
    """What boards say of themselves: host, type, value.

    Args:
        engine: holds ``records`` and ``mentions``.
        asked: rid, type, value of the mail addresses, domains and links of some records.
    """
    return engine.sql(_OWN, {"asked": asked})


def _asked(ties: Ties, index: RowIndex, at: npt.NDArray[np.int64]) -> pa.Table:
    """Some ties, by place: place, rid, code, type, value."""
    code = ties.identifier[at]
    types = pa.DictionaryArray.from_arrays(pa.array(ties.kind[code].astype(np.int8)), pa.array(TYPES))
    columns = {"place": at, "rid": index.rid[ties.row[at]], "code": code.astype(np.int64), "type": types}
    return pa.table(columns | {"value": ties.values.take(pa.array(code))})
