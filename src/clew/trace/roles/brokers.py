"""Who stands between others of a network who have no other contact: from talks and payments between people."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.trace.roles.nodes import MERCHANT
from clew.trace.roles.structure import adjacency, brokered

_LEAST = 3  # others who know none of one's other contacts
_MOST_TALKING = 12  # people in a talk: in a larger group nobody knows who knows whom

_EDGES = f"""
WITH talks AS (
    SELECT a.node AS one, b.node AS other FROM role_talkers a JOIN role_talkers b USING (conversation_id)
    SEMI JOIN (SELECT conversation_id FROM conversations WHERE len(participants) <= {_MOST_TALKING})
        USING (conversation_id) WHERE a.node < b.node
), quiet AS (
    SELECT node FROM (
        SELECT payee AS node, payer AS other FROM role_moved UNION ALL SELECT payer, payee FROM role_moved
    ) GROUP BY node HAVING count(DISTINCT other) <= {MERCHANT}
), paid AS (
    SELECT payer AS one, payee AS other FROM role_moved SEMI JOIN quiet ON node = payee
    WHERE booked AND purpose IN ('transfer', 'remittance') GROUP BY ALL HAVING count(*) >= 2
)
SELECT DISTINCT coalesce(a.person, one) AS one, coalesce(b.person, other) AS other
FROM (FROM talks UNION ALL FROM paid)
LEFT JOIN role_joined a ON a.node = one LEFT JOIN role_joined b ON b.node = other
WHERE one IN (SELECT node FROM role_known) AND other IN (SELECT node FROM role_known)
    AND coalesce(a.person, one) <> coalesce(b.person, other)
"""
_ADDED = """
INSERT INTO role_acts
SELECT person, min(node), 'broker', any_value(alone), any_value(alone), min(first_at), max(last_at), []::UBIGINT[]
FROM brokers JOIN role_acts USING (person) GROUP BY person
"""


def count_brokers(engine: Engine) -> None:
    """Add brokers to ``role_acts``."""
    edges = engine.sql(_EDGES)
    if not edges.num_rows:
        return
    people, at = np.unique(np.concatenate([edges.column(n).to_numpy() for n in ("one", "other")]), return_inverse=True)
    one, other = np.split(at, 2)
    alone = brokered(*adjacency(one, other, len(people)))
    found = alone >= _LEAST
    try:
        engine.run(_ADDED, {"brokers": pa.table({"person": people[found], "alone": alone[found]})})
    finally:
        engine.forget("brokers")
