"""What a person's neighbours in the money say: who is paid by a collector, who pays people with roles.

This needs a first weighing of what each does alone; what is found here is added, and all is weighed again, once.
"""

from __future__ import annotations

from clew.engine.duckdb import Engine
from clew.trace.roles.nodes import MERCHANT

_SURE = 0.5  # confidence of a neighbour's role
_PART = 0.4  # of what a collector sends to people, for somebody to be who gets it
_TIMES = 2  # payments between two people

_PAID = f"""
CREATE OR REPLACE TEMP TABLE role_paid AS
WITH quiet AS (
    SELECT payee FROM payments WHERE state = 'booked' GROUP BY payee HAVING count(DISTINCT payer) <= {MERCHANT}
), sent AS (
    SELECT payer, payee, rid, booked_at FROM payments SEMI JOIN quiet USING (payee)
    WHERE state = 'booked' AND purpose IN ('transfer', 'remittance', 'exchange') AND payer <> payee
)
SELECT a.person AS payer, b.person AS payee, count(*) AS n, min(booked_at) AS first_at, max(booked_at) AS last_at,
    list(rid ORDER BY booked_at, rid)[1:40] AS rids
FROM sent s JOIN role_people a ON a.node = s.payer JOIN role_people b ON b.node = s.payee
WHERE a.person <> b.person GROUP BY ALL HAVING count(*) >= {_TIMES}
"""
_ADDED = f"""
INSERT INTO role_acts
WITH shown AS (
    SELECT person, role FROM role_points
    WHERE confidence >= {_SURE} AND role IN ('collector', 'exploited', 'enforcer', 'launderer')
), touched AS (
    SELECT payer AS person, payee AS other, n, first_at, last_at, rids FROM role_paid
    UNION ALL SELECT payee, payer, n, first_at, last_at, rids FROM role_paid
), near AS (
    SELECT person, 'near' AS what, sum(n) AS n, count(DISTINCT other) AS others, min(first_at) AS first_at,
        max(last_at) AS last_at, flatten(list(rids ORDER BY other))[1:40] AS rids
    FROM touched t SEMI JOIN shown s ON s.person = t.other GROUP BY person
), given AS (
    SELECT p.*, sum(n) OVER (PARTITION BY payer) AS total FROM role_paid p
    SEMI JOIN shown s ON s.person = p.payer AND s.role = 'collector'
), fed AS (
    SELECT payee AS person, 'gets-from-collector' AS what, sum(n), count(DISTINCT payer), min(first_at), max(last_at),
        flatten(list(rids ORDER BY payer))[1:40]
    FROM given WHERE n >= {_PART} * total GROUP BY payee
), first_node AS (SELECT person, min(node) AS node FROM role_people GROUP BY person)
SELECT node, what, n, others, first_at, last_at, rids
FROM (FROM near UNION ALL FROM fed) JOIN first_node USING (person)
"""


def count_neighbours(engine: Engine) -> None:
    """Add to ``role_acts`` what ``role_points`` says of neighbours."""
    engine.run(_PAID)
    engine.run(_ADDED)
    engine.run("DROP TABLE role_paid")
