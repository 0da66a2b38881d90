"""ROLES: one row a person and role, ranked by confidence, with who came, left and took over."""

from __future__ import annotations

import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.model.tables import TABLES
from clew.trace.roles.nodes import find_networks
from clew.trace.roles.weigh import POINTS

LEAST = 0.5  # confidence of a role; who did what speaks for roles, but not enough for any, is told as unknown
_MOST = 20_000_000
_AFTER, _BEFORE, _BOTH = "INTERVAL 45 DAY", "INTERVAL 7 DAY", "INTERVAL 14 DAY"

# Of what a row is made: of each person the roles that are clear, else the likeliest.
_HELD = f"""
CREATE OR REPLACE TEMP TABLE role_held AS
WITH best AS (SELECT person, max(confidence) AS best FROM role_points GROUP BY person)
SELECT person, role, role AS shown, confidence, first_at, last_at FROM role_points WHERE confidence >= {LEAST}
UNION ALL
SELECT person, role, 'unknown', 1 - best, first_at, last_at FROM role_points JOIN best USING (person)
WHERE best < {LEAST} QUALIFY row_number() OVER (PARTITION BY person ORDER BY confidence DESC, role) = 1
"""
_NODES = """
CREATE OR REPLACE TEMP TABLE role_people AS
WITH people AS (SELECT DISTINCT person FROM role_held), nodes AS (
    SELECT p.person, coalesce(j.node, p.person) AS node, coalesce(j.why, '') AS why
    FROM people p LEFT JOIN role_joined j USING (person)
), names AS (
    SELECT node, called FROM role_called SEMI JOIN nodes USING (node)
    UNION SELECT node, called FROM role_shown SEMI JOIN nodes USING (node)
)
SELECT person, node, why, called, n, CASE split_part(called, ':', 1) WHEN 'phone' THEN 0 WHEN 'handle' THEN 1
    WHEN 'email' THEN 2 ELSE 3 END AS sort
FROM nodes JOIN names USING (node) JOIN role_known USING (node)
"""
_PERSONS = """
CREATE OR REPLACE TEMP TABLE role_persons AS
SELECT person, arg_min(regexp_replace(called, '^(account:iban|[a-z]+):', ''), (sort, -n, called)) AS called,
    list(called ORDER BY sort, n DESC, called)[1:60] AS identifiers,
    arg_max(network_id, (sort < 3, n, called)) AS network_id, min(why) AS joined
FROM role_people JOIN role_network USING (node) GROUP BY person
"""
# What speaks for each role, the heaviest first, with the records that show it.
_TOLD = f"""
CREATE OR REPLACE TEMP TABLE role_told AS
WITH counted AS (FROM ({POINTS}) SEMI JOIN role_held USING (person, role)),
wanted AS (SELECT DISTINCT person, act FROM counted), acts AS (
    SELECT a.person, a.node, a.what AS act, a.rids
    FROM role_acts a SEMI JOIN wanted w ON w.person = a.person AND w.act = a.what
), open AS (SELECT node, act FROM acts WHERE rids IS NULL), posts AS (
    SELECT node, 'posts' AS act, list(rid ORDER BY rid)[1:40] AS rids
    FROM role_shown SEMI JOIN (SELECT node FROM open WHERE act = 'posts') USING (node) WHERE ad GROUP BY node
), paid AS (
    SELECT payer AS node, 'pays-' || purpose AS act, rid, booked_at FROM role_moved WHERE booked
    UNION ALL SELECT payee, 'gets-' || purpose, rid, booked_at FROM role_moved WHERE booked
), payments AS (
    SELECT node, act, list(rid ORDER BY booked_at, rid)[1:40] AS rids FROM paid SEMI JOIN open USING (node, act)
    GROUP BY ALL
), shown AS (
    SELECT a.person, act, flatten(list(coalesce(a.rids, o.rids, p.rids) ORDER BY j.called))[1:60] AS rids
    FROM acts a LEFT JOIN posts o USING (node, act) LEFT JOIN payments p USING (node, act)
    LEFT JOIN role_joined j USING (node) GROUP BY a.person, act
)
SELECT person, role,
    list({{'what': what, 'count': n, 'others': others, 'points': round(points::DOUBLE, 2)}}
        ORDER BY points DESC, what) AS acts,
    list(replace(replace(words, '{{n}}', n::VARCHAR), '{{others}}', others::VARCHAR)
        ORDER BY points DESC, what)[1:4] AS words,
    list_distinct(flatten(list(rids ORDER BY points DESC, what)))[1:200] AS rids
FROM counted JOIN shown USING (person, act) GROUP BY person, role
"""
# Who stops where another begins with the same, in the same network.
_ROLES = f"""
WITH rows AS (
    SELECT h.person, h.shown AS role, h.confidence, t.acts, t.words, h.first_at, h.last_at, t.rids, s.called,
        regexp_replace(s.called, '^number:', 'account ') AS said, s.identifiers, s.network_id, s.joined, n.first_seen,
        n.last_seen
    FROM role_held h JOIN role_told t USING (person, role) JOIN role_persons s USING (person)
    JOIN networks n USING (network_id)
), followed AS (
    SELECT b.person, b.role, arg_max(a.said, (a.confidence, a.called)) AS before,
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
    CASE WHEN role = 'unknown' THEN 'No role is clear: ' || said || ' ' ELSE said || ' ' END
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
    try:
        engine.run(_HELD)
        engine.run(_NODES)
        find_networks(engine, "SELECT node FROM role_people")
        engine.run(_PERSONS)
        engine.run(_TOLD)
        return engine.sql(_ROLES).cast(TABLES["roles"])
    finally:
        for name in ("role_held", "role_people", "role_persons", "role_told"):
            engine.run(f"DROP TABLE IF EXISTS {name}")
