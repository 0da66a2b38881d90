"""The points of each person for each role, as a sum of acts that can be told one by one."""

from __future__ import annotations

import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.trace.roles.signs import EVEN, MOST, SIGNS

# A person does what the nodes do together; of the names in adverts the most of one node count.
_DONE = """
CREATE OR REPLACE TEMP TABLE role_done AS
WITH by_person AS (
    SELECT person, what, sum(n) AS n,
        if(what IN ('posts', 'paid-posts', 'gives-most'), max(others), sum(others)) AS others,
        min(first_at) AS first_at, max(last_at) AS last_at, flatten(list(rids ORDER BY node))[1:60] AS rids
    FROM role_acts JOIN role_people USING (node) GROUP BY person, what
)
FROM by_person UNION ALL
SELECT person, if(what = 'posts', 'names', 'paid-names'), n, others, first_at, last_at, rids FROM by_person
WHERE what IN ('posts', 'paid-posts') AND others >= 2
"""
# Repetition shows that it was meant; a hundred times is not a hundred reasons.
_POINTS = f"""
CREATE OR REPLACE TEMP TABLE role_points AS
WITH counted AS (
    SELECT d.person, s.role, s.what, d.n, d.others, d.first_at, d.last_at, d.rids,
        replace(replace(s.words, '{{n}}', d.n::VARCHAR), '{{others}}', d.others::VARCHAR) AS said,
        round(s.points * 1.5 * (1 - pow(3.0, -(if(s.others, d.others, d.n) / s.per))), 3)::DECIMAL(9, 3)
            AS points
    FROM role_done d JOIN role_signs s USING (what) WHERE if(s.others, d.others, d.n) >= s.least
)
SELECT person, role, sum(points)::DOUBLE AS total,
    least({MOST}, 1 / (1 + exp({EVEN} - sum(points)::DOUBLE))) AS confidence,
    list({{'what': what, 'count': n, 'others': others, 'points': round(points::DOUBLE, 2)}}
        ORDER BY points DESC, what) AS acts,
    list(said ORDER BY points DESC, what)[1:4] AS words,
    min(first_at) AS first_at, max(last_at) AS last_at,
    list_distinct(flatten(list(rids ORDER BY points DESC, what)))[1:200] AS rids
FROM counted GROUP BY person, role
"""


def weigh(engine: Engine) -> None:
    """Make the temporary tables ``role_done`` and ``role_points``."""
    signs = pa.table(
        {
            name: [getattr(sign, name) for sign in SIGNS]
            for name in ("role", "what", "points", "words", "per", "others", "least")
        }
    )
    engine.run(_DONE)
    try:
        engine.run(_POINTS, {"role_signs": signs})
    finally:
        engine.forget("role_signs")
