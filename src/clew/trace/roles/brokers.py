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
    SELECT node FROM (SELECT payee AS node, payer AS other FROM payments UNION ALL SELECT payer, payee FROM payments)
    GROUP BY node HAVING count(DISTINCT other) <= {MERCHANT}
), paid AS (
    SELECT payer AS one, payee AS other FROM payments SEMI JOIN quiet ON node = payee
    WHERE state = 'booked' AND purpose IN ('transfer', 'remittance') GROUP BY ALL HAVING count(*) >= 2
)
SELECT DISTINCT a.person AS one, b.person AS other FROM (FROM talks UNION ALL FROM paid) e
JOIN role_people a ON a.node = e.one JOIN role_people b ON b.node = e.other
WHERE a.person <> b.person ORDER BY 1, 2
"""
_ADDED = """
INSERT INTO role_acts
SELECT any_value(p.node ORDER BY p.node), 'broker', any_value(b.alone), any_value(b.alone), min(a.first_at),
    max(a.last_at), []::UBIGINT[]
FROM brokers b JOIN role_people p USING (person) JOIN role_acts a USING (node) GROUP BY b.person
"""


def count_brokers(engine: Engine) -> None:
    """Add brokers to ``role_acts``."""
    edges = engine.sql(_EDGES)
    if not edges.num_rows:
        return
    one, other = (edges.column(name).to_numpy().astype(np.int64) for name in ("one", "other"))
    nodes = int(max(one.max(), other.max())) + 1
    alone = brokered(*adjacency(one, other, nodes))
    person = np.flatnonzero(alone >= _LEAST)
    try:
        engine.run(_ADDED, {"brokers": pa.table({"person": person, "alone": alone[person]})})
    finally:
        engine.forget("brokers")
