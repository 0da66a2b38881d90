"""What a person's neighbours in the money say: who is paid by a collector, who pays people with roles.

This needs a first weighing of what each does alone; what is found here is added, and all is weighed again, once.
"""

from __future__ import annotations

from clew.engine.duckdb import Engine
from clew.trace.roles.nodes import MERCHANT
from clew.trace.roles.weigh import weigh

_SURE = 0.5  # confidence of a neighbour's role
_PART = 0.4  # of what a collector sends to people, for somebody to be who gets it
_TIMES = 2  # payments between two people

_SENT = f"""
CREATE OR REPLACE TEMP TABLE role_sent AS
WITH quiet AS (SELECT payee FROM role_moved WHERE booked GROUP BY payee HAVING count(DISTINCT payer) <= {MERCHANT}),
own AS (
    SELECT k.node, coalesce(person, k.node) AS person FROM role_known k LEFT JOIN role_joined j USING (node)
)
SELECT a.person AS payer, b.person AS payee, rid, booked_at
FROM role_moved m SEMI JOIN quiet USING (payee) JOIN own a ON a.node = m.payer JOIN own b ON b.node = m.payee
WHERE booked AND purpose IN ('transfer', 'remittance', 'exchange') AND a.person <> b.person
"""
_PAID = f"""
CREATE OR REPLACE TEMP TABLE role_paid AS
SELECT payer, payee, count(*) AS n, min(booked_at) AS first_at, max(booked_at) AS last_at
FROM role_sent GROUP BY ALL HAVING count(*) >= {_TIMES}
"""
_ADDED = f"""
INSERT INTO role_acts
WITH shown AS (
    SELECT person, role FROM role_points
    WHERE confidence >= {_SURE} AND role IN ('collector', 'exploited', 'enforcer', 'launderer')
), touched AS (
    SELECT payer AS person, payee AS other, * FROM role_paid SEMI JOIN shown ON shown.person = payee
    UNION ALL SELECT payee, payer, * FROM role_paid SEMI JOIN shown ON shown.person = payer
), given AS (
    SELECT p.*, sum(n) OVER (PARTITION BY payer) AS total FROM role_paid p
    SEMI JOIN shown s ON s.person = p.payer AND s.role = 'collector'
), told AS (
    SELECT person, other, 'near' AS what, payer, payee, n, first_at, last_at FROM touched
    UNION ALL
    SELECT payee, payer, 'gets-from-collector', payer, payee, n, first_at, last_at FROM given
    WHERE n >= {_PART} * total
), listed AS (
    SELECT payer, payee, list(rid ORDER BY booked_at, rid)[1:40] AS rids
    FROM role_sent SEMI JOIN told USING (payer, payee) GROUP BY ALL
), names AS (
    SELECT node AS other, called FROM role_called ANTI JOIN role_joined USING (node)
    UNION SELECT person, least FROM role_joined
)
SELECT person, person, what, sum(n), count(DISTINCT other), min(first_at), max(last_at),
    flatten(list(rids ORDER BY called, payer = other))[1:40]
FROM told JOIN listed USING (payer, payee) JOIN names USING (other) GROUP BY person, what
"""


def count_neighbours(engine: Engine) -> None:
    """Add to ``role_acts`` what the roles of neighbours say."""
    engine.run(_SENT)
    engine.run(_PAID)
    if engine.row("SELECT count(*) FROM role_paid")[0]:
        weigh(engine)
        engine.run(_ADDED)
    engine.run("DROP TABLE role_sent")
    engine.run("DROP TABLE role_paid")
