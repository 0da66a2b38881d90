"""ROLES: one row a person and role, ranked by confidence, with who came, left and took over."""

from __future__ import annotations

import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.model.tables import TABLES

LEAST = 0.5  # confidence of a role
_UNKNOWN = 0.3  # somebody who did what speaks for roles, but not enough for any
_MOST = 20_000_000
_AFTER, _BEFORE, _BOTH = "INTERVAL 45 DAY", "INTERVAL 7 DAY", "INTERVAL 14 DAY"

_PERSONS = """
CREATE OR REPLACE TEMP TABLE role_persons AS
WITH spoken AS (SELECT node, count(*) AS n FROM role_nodes GROUP BY node), each AS (
    SELECT p.person, p.node, p.why, w.network_id, s.n,
        CASE split_part(p.node, ':', 1) WHEN 'phone' THEN 0 WHEN 'handle' THEN 1 WHEN 'email' THEN 2 ELSE 3 END AS sort
    FROM role_people p JOIN role_network w USING (node) JOIN spoken s USING (node)
    SEMI JOIN role_points USING (person)
)
SELECT person, arg_min(regexp_replace(node, '^[a-z]+:', ''), (sort, -n, node)) AS called,
    list(node ORDER BY sort, n DESC, node)[1:60] AS identifiers, arg_max(network_id, (sort < 3, n, node)) AS network_id,
    min(why) AS joined
FROM each GROUP BY person
"""
# Who stops where another begins with the same, in the same network.
_ROLES = f"""
WITH best AS (
    SELECT person, max(confidence) AS best FROM role_points GROUP BY person
), held AS (
    SELECT p.person, role, confidence, acts, words, first_at, last_at, rids FROM role_points p
    WHERE confidence >= {LEAST}
    UNION ALL
    SELECT person, 'unknown', 1 - best, acts, words, first_at, last_at, rids FROM role_points JOIN best USING (person)
    WHERE best < {LEAST} AND best >= {_UNKNOWN}
    QUALIFY row_number() OVER (PARTITION BY person ORDER BY confidence DESC, role) = 1
), rows AS (
    SELECT h.*, s.called, s.identifiers, s.network_id, s.joined, n.first_seen, n.last_seen,
    FROM held h JOIN role_persons s USING (person) JOIN networks n USING (network_id)
), followed AS (
    SELECT b.person, b.role, arg_max(a.called, (a.confidence, a.called)) AS before,
        arg_max(a.last_at, (a.confidence, a.called)) AS ended
    FROM rows a JOIN rows b ON a.network_id = b.network_id AND a.role = b.role AND a.person <> b.person
        AND a.role <> 'unknown' AND a.role <> 'exploited'
        AND a.last_at BETWEEN b.first_at - {_AFTER} AND b.first_at + {_BEFORE}
        AND a.last_at - a.first_at >= INTERVAL 7 DAY
        AND a.first_at < b.first_at - {_BOTH} AND b.last_at > a.last_at + {_BOTH}
    GROUP BY ALL
)
SELECT network_id, called AS person, role, confidence::FLOAT AS confidence, to_json(acts)::VARCHAR AS evidence,
    identifiers,
    CASE WHEN role = 'unknown' THEN 'No role is clear: ' || called || ' ' ELSE called || ' ' END
    || array_to_string(words, '; ')
    || CASE WHEN before IS NULL THEN '' ELSE '; takes over from ' || before || ', who stops on '
        || strftime(ended, '%Y-%m-%d') END
    || CASE WHEN last_seen - first_seen < INTERVAL 60 DAY THEN ''
        WHEN first_at > first_seen + (last_seen - first_seen) / 4 THEN '; joined on ' || strftime(first_at, '%Y-%m-%d')
        ELSE '' END
    || CASE WHEN last_seen - first_seen < INTERVAL 60 DAY THEN ''
        WHEN last_at < last_seen - (last_seen - first_seen) / 4
        THEN '; not seen since ' || strftime(last_at, '%Y-%m-%d')
        ELSE '' END
    || if(joined = '', '.', ' (one person because: ' || joined || ').') AS reason,
    first_at, last_at, list_sort(rids) AS rids
FROM rows LEFT JOIN followed USING (person, role)
ORDER BY confidence DESC, network_id, called, role LIMIT {_MOST}
"""


def role_rows(engine: Engine) -> pa.Table:
    """ROLES, ranked.

    Args:
        engine: holds the temporary tables of this package and the view ``networks``.
    """
    engine.run(_PERSONS)
    try:
        return engine.sql(_ROLES).cast(TABLES["roles"])
    finally:
        engine.run("DROP TABLE IF EXISTS role_persons")
