"""The points of each person for each role, as a sum of acts that can be told one by one."""

from __future__ import annotations

import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.trace.roles.signs import EVEN, MOST, SIGNS

DOUBTED = 0.3  # confidence of which something is told

# A person does what the nodes do together; of the names in adverts the most of one node count.
_DONE = """
CREATE OR REPLACE TEMP TABLE role_done AS
WITH by_person AS (
    SELECT person, what, sum(n) AS n,
        if(what IN ('posts', 'paid-posts', 'gives-most'), max(others), sum(others)) AS others,
        min(first_at) AS first_at, max(last_at) AS last_at
    FROM role_acts GROUP BY person, what
)
SELECT *, what AS act FROM by_person UNION ALL
SELECT person, if(what = 'posts', 'names', 'paid-names'), n, others, first_at, last_at, what FROM by_person
WHERE what IN ('posts', 'paid-posts') AND others >= 2
"""
# Repetition shows that it was meant; a hundred times is not a hundred reasons.
POINTS = """
    SELECT d.*, s.role, s.words,
        round(s.points * 1.5 * (1 - pow(3.0, -(if(s.others, d.others, d.n) / s.per))), 3)::DECIMAL(9, 3)
            AS points
    FROM role_done d JOIN role_signs s USING (what) WHERE if(s.others, d.others, d.n) >= s.least
"""
_POINTS = f"""
CREATE OR REPLACE TEMP TABLE role_points AS
SELECT person, role, least({MOST}, 1 / (1 + exp({EVEN} - sum(points)::DOUBLE))) AS confidence,
    min(first_at) AS first_at, max(last_at) AS last_at
FROM ({POINTS}) GROUP BY person, role HAVING confidence >= {DOUBTED}
"""


def read_signs(engine: Engine) -> None:
    """Register ``role_signs``."""
    columns = ("role", "what", "points", "words", "per", "others", "least")
    engine.register({"role_signs": pa.table({name: [getattr(sign, name) for sign in SIGNS] for name in columns})})


def weigh(engine: Engine) -> None:
    """Make ``role_done`` (what each person does; ``act``: what ``role_acts`` calls it) and ``role_points``."""
    engine.run(_DONE)
    engine.run(_POINTS)
