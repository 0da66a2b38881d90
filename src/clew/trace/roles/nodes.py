"""Who writes in talks, and what is one person: identifiers that records themselves join, never more.

Two identifiers are one person's where the same number stands in an advert and sends messages (it is the same node); a
sender alone names an account in a talk; accounts of a network stand under the same full name; or a number and an
account name stand in the same adverts, always together, in at least two. A wrong join accuses somebody of what
another did, so what is doubtful stays apart.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from clew.engine.duckdb import Engine

Ints = npt.NDArray[np.int64]

CONTACTS = "('phone', 'email', 'handle')"
SHARED = 3_000  # an identifier in more adverts is a switchboard's or a platform's, not a person's
MERCHANT = 60  # payers; an account that more pay into is a business to this stage

# Writers and readers of talks as nodes: a number or account name as the extractors write it, else as the source does.
_TALKERS = r"""
CREATE OR REPLACE TEMP TABLE role_talkers AS
WITH sent AS (
    SELECT r.rid, r.platform, r.handle AS name FROM records r WHERE r.kind = 'message' AND r.handle <> ''
), own AS (
    SELECT s.platform, s.name, min('handle:' || m.value) AS node
    FROM sent s JOIN mentions m USING (rid) WHERE m.type = 'handle' AND m.field::VARCHAR = 'handle' GROUP BY ALL
), people AS (SELECT conversation_id, platform, unnest(participants) AS name FROM conversations)
SELECT conversation_id, name, CASE WHEN regexp_matches(name, '^\+\d{7,15}$') THEN 'phone:' || name
    WHEN regexp_matches(name, '^[^@\s]+@[^@\s]+\.\w+$') THEN 'email:' || lower(name)
    ELSE coalesce(own.node, 'handle:' || lower(platform) || ':' || name) END AS node
FROM people LEFT JOIN own USING (platform, name)
"""
# Every node of a record, once: who shows it in an advert, who writes, whose account it is.
_NODES = f"""
CREATE OR REPLACE TEMP TABLE role_nodes AS
WITH shown AS (
    SELECT type || ':' || value AS node, rid FROM ties JOIN records USING (rid)
    WHERE kind IN ('ad', 'job_ad') AND type IN {CONTACTS}
    QUALIFY count(*) OVER (PARTITION BY type, value) <= {SHARED}
), busy AS (SELECT payee AS node FROM payments GROUP BY payee HAVING count(DISTINCT payer) > {MERCHANT})
SELECT node, rid, 'advert' AS how FROM shown
UNION ALL
SELECT t.node, r.rid, 'message' FROM role_talkers t JOIN conversation_members c USING (conversation_id)
JOIN records r ON r.rid = c.rid AND r.handle = t.name
UNION ALL
SELECT node, rid, 'payment' FROM (
    SELECT payer AS node, rid FROM payments WHERE state = 'booked'
    UNION ALL SELECT payee, rid FROM payments WHERE state = 'booked'
) ANTI JOIN busy USING (node) WHERE node <> '' AND NOT starts_with(node, 'name:')
"""
_JOINS = """
WITH accounts AS (
    SELECT DISTINCT node, network_id, lower(trim(name)) AS name FROM (
        SELECT payer AS node, rid, payer_name AS name FROM payments WHERE state = 'booked'
        UNION ALL SELECT payee, rid, payee_name FROM payments WHERE state = 'booked'
    ) SEMI JOIN role_nodes USING (node, rid) JOIN role_network USING (node)
    WHERE NOT starts_with(node, 'name:') AND regexp_matches(trim(name), '^\\pL\\S+\\s+\\S*\\pL')
), same_name AS (
    SELECT min(node) OVER (PARTITION BY network_id, name) AS a, node AS b, 'accounts under the same name' AS why
    FROM accounts QUALIFY count(*) OVER (PARTITION BY network_id, name) BETWEEN 2 AND 12
), told AS (
    SELECT t.node, m.type::VARCHAR || ':' || m.value AS account
    FROM mentions m JOIN records r USING (rid) JOIN conversation_members c USING (rid)
    JOIN role_talkers t ON t.conversation_id = c.conversation_id AND t.name = r.handle
    WHERE r.kind = 'message' AND m.type IN ('account', 'wallet') AND m.field::VARCHAR = 'body'
), named AS (
    SELECT min(node) AS a, account AS b, 'only this sender names the account in talks' AS why
    FROM told GROUP BY account HAVING count(DISTINCT node) = 1
), stands AS (
    SELECT node, rid, count(*) OVER (PARTITION BY node) AS n FROM role_nodes WHERE how = 'advert'
), beside AS (
    SELECT a.node AS a, b.node AS b, any_value(a.n) AS n_a, any_value(b.n) AS n_b, count(*) AS n
    FROM stands a JOIN stands b ON a.rid = b.rid AND a.node < b.node AND a.n = b.n AND a.n >= 2 GROUP BY ALL
), together AS (
    SELECT a, b, 'always together in adverts' AS why FROM beside WHERE n = n_a AND n = n_b
    QUALIFY count(*) OVER (PARTITION BY a) <= 4 AND count(*) OVER (PARTITION BY b) <= 4
)
SELECT a, b, why FROM same_name WHERE a <> b UNION SELECT a, b, why FROM named UNION SELECT a, b, why FROM together
ORDER BY a, b, why
"""
# The network of a node: of its adverts and messages, else of the posts it pays for, else of its payments.
_NETWORK = """
CREATE OR REPLACE TEMP TABLE role_network AS
WITH held AS (
    SELECT node, network_id, sum(if(how = 'payment', 0, 1000)) + count(*) AS weight
    FROM role_nodes JOIN network_members USING (rid) GROUP BY ALL
), paid AS (
    SELECT payer AS node, network_id, 500 * sum(score::DECIMAL(9, 6))::DOUBLE AS weight FROM payment_matches
    WHERE network_id IS NOT NULL AND score >= 0.5 GROUP BY ALL HAVING sum(score::DECIMAL(9, 6)) >= 1.5
)
SELECT node, arg_max(network_id, (weight, network_id)) AS network_id
FROM (SELECT * FROM held UNION ALL SELECT * FROM paid) GROUP BY node
"""


def name_nodes(engine: Engine) -> None:
    """Make the temporary tables ``role_talkers``, ``role_nodes``, ``role_network`` and ``role_people``.

    The last has one row a node: ``node``, ``person`` (a number) and ``why`` (it is joined; "" where it stands alone).
    """
    for query in (_TALKERS, _NODES, _NETWORK):
        engine.run(query)
    nodes = engine.sql("SELECT DISTINCT node FROM role_nodes ORDER BY node").column("node").combine_chunks()
    joins = engine.sql(_JOINS)
    a, b = (pa.compute.index_in(joins.column(side), nodes) for side in ("a", "b"))
    known = pa.compute.and_(a.is_valid(), b.is_valid()).to_numpy()
    left, right = (side.fill_null(0).to_numpy().astype(np.int64)[known] for side in (a, b))
    person = _together(len(nodes), left, right)
    why = _reasons(person, left, joins.column("why").filter(pa.array(known)).to_pylist())
    people = pa.table({"node": nodes, "person": person, "why": why})
    engine.run("CREATE OR REPLACE TEMP TABLE role_people AS SELECT * FROM joined", {"joined": people})
    engine.forget("joined")


def _together(count: int, left: Ints, right: Ints) -> Ints:
    graph = coo_array((np.ones(len(left), np.bool_), (left, right)), shape=(count, count))
    label: Ints = connected_components(graph, directed=False)[1].astype(np.int64)
    return label


def _reasons(person: Ints, left: Ints, why: list[str]) -> list[str]:
    """Of each node, why it and the others of its person are one."""
    found: dict[int, set[str]] = {}
    for node, reason in zip(left.tolist(), why, strict=True):
        found.setdefault(int(person[node]), set()).add(reason)
    said = {number: "; ".join(sorted(reasons)) for number, reasons in found.items()}
    return [said.get(number, "") for number in person.tolist()]


def drop_nodes(engine: Engine) -> None:
    """Take the temporary tables back."""
    for name in ("role_talkers", "role_nodes", "role_network", "role_people"):
        engine.run(f"DROP TABLE IF EXISTS {name}")
