"""Who writes in talks, and what is one person: identifiers that records themselves join, never more.

Two identifiers are one person's where the same number stands in an advert and sends messages (it is the same node); a
sender alone names an account in a talk; accounts of a network stand under the same full name; or a number and an
account name stand in the same adverts, always together, in at least two. A wrong join accuses somebody of what
another did, so what is doubtful stays apart.

A node is the hash of its name (``phone:+31…``), and a person the least of the nodes that are joined: names are read
again for those alone of whom something is told.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.link.cluster import union

CONTACTS = "('phone', 'email', 'handle')"
SHARED = 3_000  # an identifier in more adverts is a switchboard's or a platform's, not a person's
MERCHANT = 60  # payers; an account that more pay into is a business to this stage
_BESIDE = 5  # identifiers that are one person's because they always stand together
TABLES = (
    "role_talkers", "role_shown", "role_spoken", "role_moved", "role_paying", "role_known", "role_called",
    "role_network", "role_joined",
)  # fmt: skip

# Writers and readers of talks as nodes: a number or account name as the extractors write it, else as the source does.
_TALKERS = r"""
CREATE OR REPLACE TEMP TABLE role_talkers AS
WITH sent AS (
    SELECT r.rid, r.platform, r.handle AS name FROM records r WHERE r.kind = 'message' AND r.handle <> ''
), own AS (
    SELECT s.platform, s.name, min('handle:' || m.value) AS node
    FROM sent s JOIN mentions m USING (rid) WHERE m.type = 'handle' AND m.field::VARCHAR = 'handle' GROUP BY ALL
), people AS (SELECT conversation_id, platform, unnest(participants) AS name FROM conversations)
SELECT conversation_id, name, hash(called) AS node, called FROM (
    SELECT conversation_id, name, CASE WHEN regexp_matches(name, '^\+\d{7,15}$') THEN 'phone:' || name
        WHEN regexp_matches(name, '^[^@\s]+@[^@\s]+\.\w+$') THEN 'email:' || lower(name)
        ELSE coalesce(own.node, 'handle:' || lower(platform) || ':' || name) END AS called
    FROM people LEFT JOIN own USING (platform, name)
)
"""
# Who shows it in an advert or offer.
_SHOWN = f"""
CREATE OR REPLACE TEMP TABLE role_shown AS
WITH contacts AS MATERIALIZED (
    SELECT hash(type || ':' || value) AS node, type || ':' || value AS called, rid FROM ties WHERE type IN {CONTACTS}
), adverts AS MATERIALIZED (
    SELECT rid, kind = 'ad' AS ad, hash(item_id) AS item, coalesce(posted_at, captured_at) AS moment
    FROM records WHERE kind IN ('ad', 'job_ad')
)
SELECT * FROM contacts JOIN adverts USING (rid)
"""
_SWITCHBOARDS = f"""
DELETE FROM role_shown WHERE node IN (SELECT node FROM role_shown GROUP BY node HAVING count(*) > {SHARED})
"""
# Who writes.
_SPOKEN = """
CREATE OR REPLACE TEMP TABLE role_spoken AS
SELECT t.node, r.rid FROM role_talkers t JOIN conversation_members c USING (conversation_id)
JOIN records r ON r.rid = c.rid AND r.handle = t.name
"""
# Who pays whom; and whose account it is, where it is somebody's own.
_MOVED = """
CREATE OR REPLACE TEMP TABLE role_moved AS
SELECT rid, hash(payer) AS payer, hash(payee) AS payee, amount, currency, booked_at, purpose,
    state = 'booked' AS booked, payer <> '' AND NOT starts_with(payer, 'name:') AS own_payer,
    payee <> '' AND NOT starts_with(payee, 'name:') AS own_payee
FROM payments
"""
_PAYING = f"""
CREATE OR REPLACE TEMP TABLE role_paying AS
WITH busy AS (SELECT payee AS node FROM role_moved GROUP BY payee HAVING count(DISTINCT payer) > {MERCHANT})
SELECT node, rid FROM (
    SELECT payer AS node, rid FROM role_moved WHERE booked AND own_payer
    UNION ALL SELECT payee, rid FROM role_moved WHERE booked AND own_payee
) ANTI JOIN busy USING (node)
"""
# Every node, how many records show it, and whether it is somebody's account.
_KNOWN = """
CREATE OR REPLACE TEMP TABLE role_known AS
SELECT node, count(*) AS n, bool_or(pays) AS pays FROM (
    SELECT node, false AS pays FROM role_shown UNION ALL SELECT node, false FROM role_spoken
    UNION ALL SELECT node, true FROM role_paying
) GROUP BY node
"""
# The names of all nodes but those of adverts.
_CALLED = """
CREATE OR REPLACE TEMP TABLE role_called AS
SELECT hash(called) AS node, called FROM (
    SELECT payer AS called FROM payments UNION SELECT payee FROM payments UNION SELECT called FROM role_talkers
)
"""
# Texts are grouped by their hashes, so that one of each group is kept and not all are compared.
_JOINS = f"""
WITH called AS (
    SELECT hash(payer) AS node, payer_name AS name FROM payments WHERE state = 'booked'
    UNION ALL SELECT hash(payee), payee_name FROM payments WHERE state = 'booked'
), accounts AS (
    SELECT DISTINCT node, network_id, lower(trim(name)) AS name FROM (
        SELECT node, any_value(name) AS name FROM called GROUP BY node, hash(name)
    ) SEMI JOIN role_paying USING (node) JOIN role_network USING (node)
    WHERE regexp_matches(trim(name), '^\\pL\\S+\\s+\\S*\\pL')
), same_name AS (
    SELECT min(node) OVER (PARTITION BY network_id, name) AS a, node AS b, 'accounts under the same name' AS why
    FROM accounts QUALIFY count(*) OVER (PARTITION BY network_id, name) BETWEEN 2 AND 12
), told AS (
    SELECT t.node, hash(m.type::VARCHAR || ':' || m.value) AS account
    FROM mentions m JOIN records r USING (rid) JOIN conversation_members c USING (rid)
    JOIN role_talkers t ON t.conversation_id = c.conversation_id AND t.name = r.handle
    WHERE r.kind = 'message' AND m.type IN ('account', 'wallet') AND m.field::VARCHAR = 'body'
), named AS (
    SELECT min(node) AS a, account AS b, 'only this sender names the account in talks' AS why
    FROM told GROUP BY account HAVING count(DISTINCT node) = 1
), stands AS (
    SELECT node, count(*) AS n, bit_xor(hash(rid)) AS mark FROM role_shown GROUP BY node HAVING count(*) >= 2
), together AS (
    SELECT min(node) OVER (PARTITION BY n, mark) AS a, node AS b, 'always together in adverts' AS why
    FROM stands QUALIFY count(*) OVER (PARTITION BY n, mark) BETWEEN 2 AND {_BESIDE}
)
SELECT a, b, why FROM (FROM same_name UNION ALL FROM named UNION ALL FROM together)
WHERE a <> b AND a IN (SELECT node FROM role_known) AND b IN (SELECT node FROM role_known) ORDER BY a, b, why
"""
# ``least``: the first of the names of a person, in the order of the alphabet.
_JOINED = """
CREATE OR REPLACE TEMP TABLE role_joined AS
WITH reasons AS (
    SELECT person, string_agg(DISTINCT why, '; ' ORDER BY why) AS why
    FROM joins JOIN joined_nodes ON node = a GROUP BY person
), names AS (
    SELECT node, called FROM role_called SEMI JOIN joined_nodes USING (node)
    UNION SELECT node, called FROM role_shown SEMI JOIN joined_nodes USING (node)
)
SELECT node, person, why, called, min(called) OVER (PARTITION BY person) AS least
FROM joined_nodes JOIN reasons USING (person) JOIN names USING (node)
"""
# The network of a node: of its adverts and messages, else of the posts it pays for, else of its payments.
_NETWORK = """
CREATE OR REPLACE TEMP TABLE role_network AS
WITH asked AS ({asked}), held AS (
    SELECT node, any_value(network_id) AS network_id, sum(worth) AS weight FROM (
        SELECT node, rid, 1001 AS worth FROM role_shown SEMI JOIN asked USING (node)
        UNION ALL SELECT node, rid, 1001 FROM role_spoken SEMI JOIN asked USING (node)
        UNION ALL SELECT node, rid, 1 FROM role_paying SEMI JOIN asked USING (node)
    ) JOIN network_members USING (rid) GROUP BY node, hash(network_id)
), paid AS (
    SELECT hash(payer) AS node, network_id, 500 * sum(score::DECIMAL(9, 6))::DOUBLE AS weight FROM payment_matches
    WHERE network_id IS NOT NULL AND score >= 0.5 GROUP BY ALL HAVING sum(score::DECIMAL(9, 6)) >= 1.5
)
SELECT node, arg_max(network_id, (weight, network_id)) AS network_id
FROM (SELECT * FROM held UNION ALL SELECT * FROM paid) GROUP BY node
"""


def name_nodes(engine: Engine) -> None:
    """Make the temporary tables `TABLES`: what shows which node, and which nodes are one person's.

    ``role_joined`` has one row a node that is joined to another: ``node``, ``person``, ``why``, ``called``, ``least``.
    """
    for query in (_TALKERS, _SHOWN, _SWITCHBOARDS, _SPOKEN, _MOVED, _PAYING, _KNOWN, _CALLED):
        engine.run(query)
    find_networks(engine, "SELECT DISTINCT node FROM role_paying")
    joins = engine.sql(_JOINS)
    try:
        engine.run(_JOINED, {"joins": joins, "joined_nodes": _together(joins)})
    finally:
        engine.forget("joins")
        engine.forget("joined_nodes")


def find_networks(engine: Engine, asked: str) -> None:
    """Make ``role_network``: node and network_id.

    Args:
        engine: holds the tables of `name_nodes`.
        asked: a query of nodes that are asked for.
    """
    engine.run(_NETWORK.format(asked=asked))


def _together(joins: pa.Table) -> pa.Table:
    """node, person: the least of those that joins lead to."""
    sides = [joins.column(side).to_numpy().astype(np.uint64) for side in ("a", "b")]
    node, at = np.unique(np.concatenate(sides), return_inverse=True)
    return pa.table({"node": node, "person": node[union(len(node), *np.split(at, 2))]})


def drop_nodes(engine: Engine) -> None:
    """Take the temporary tables back."""
    for name in TABLES:
        engine.run(f"DROP TABLE IF EXISTS {name}")
