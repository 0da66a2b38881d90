"""Roles of people on simulated worlds, and leaders and brokers of a real network (benchmarks.roles_montagna).

    python -m benchmarks.roles [--seed 12] [--ads 20000] [--payments 40000] [--conversations 800] [--folder F]

A found person is the true one with whom it shares most identifiers. A role counts as found if a found person who is
that one has it. F1 is over the people of exploiting operations of whom the truth knows an identifier; macro-F1 is the
mean over roles. What is found on honest operations is counted apart. Seed 11 was used while points were set: do not
report it.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.roles_montagna import report
from benchmarks.traced import made, timed
from clew.engine.duckdb import Engine
from clew.trace.assets import assets
from clew.trace.roles import roles

_KNOWN = """
CREATE OR REPLACE TEMP TABLE known AS
SELECT DISTINCT unnest(identifiers) AS node, operation || '/' || person AS who, exploitation FROM true_roles;
CREATE OR REPLACE TEMP TABLE numbered AS SELECT row_number() OVER () AS k, * FROM roles;
CREATE OR REPLACE TEMP TABLE got AS
WITH shared AS (
    SELECT k, who, count(*) AS n, any_value(exploitation) AS bad
    FROM (SELECT k, unnest(identifiers) AS node FROM numbered) JOIN known USING (node) GROUP BY k, who
)
SELECT n.*, s.who, s.bad FROM numbered n LEFT JOIN (
    SELECT k, arg_max(who, (n, who)) AS who, arg_max(bad, (n, who)) AS bad FROM shared GROUP BY k
) s USING (k);
CREATE OR REPLACE TEMP TABLE truth AS SELECT DISTINCT operation || '/' || person AS who, role,
    len(identifiers) > 0 AS named FROM true_roles WHERE exploitation
"""
_SCORES = """
WITH f AS (SELECT DISTINCT role, who FROM got WHERE bad AND role <> 'unknown'),
t AS (SELECT DISTINCT role, who FROM truth WHERE named),
each AS (
    SELECT role, who, bool_or(told) AS told, bool_or(said) AS said
    FROM (SELECT role, who, false AS told, true AS said FROM f UNION ALL SELECT role, who, true, false FROM t)
    GROUP BY role, who
)
SELECT role, count(*) FILTER (told) AS n, count(*) FILTER (said) AS said, count(*) FILTER (told AND said) AS hit
FROM each GROUP BY role ORDER BY role
"""


def figures(engine: Engine) -> None:
    """Print F1 by role, and what is found where nobody is exploited."""
    for query in _KNOWN.split(";"):
        engine.run(query)
    print(f"{'role':16}{'true':>6}{'found':>7}{'precision':>11}{'recall':>8}{'F1':>7}")
    scores = []
    for row in engine.rows(_SCORES):
        n, said, hit = row["n"], row["said"], row["hit"]
        scores.append(2 * hit / (n + said) if n + said else 0.0)
        print(f"{row['role']:16}{n:6}{said:7}{hit / max(said, 1):11.3f}{hit / max(n, 1):8.3f}{scores[-1]:7.3f}")
    print(f"{'macro-F1':16}{'':32}{sum(scores) / len(scores):7.3f}")
    (hidden,) = engine.row("SELECT count(*) FROM truth WHERE NOT named")
    print(f"true roles of people of whom no identifier is known, and who cannot be found: {hidden}")
    for title, where in (("honest operations", "NOT bad"), ("people who are not in the truth", "who IS NULL")):
        found = engine.rows(
            "SELECT role, count(DISTINCT coalesce(who, person)) AS n FROM got "
            f"WHERE {where} GROUP BY role ORDER BY n DESC, role"
        )
        print(f"on {title}: " + ", ".join(f"{row['role']} {row['n']}" for row in found))
    mixed, people = engine.row(
        "SELECT count(*) FILTER (n > 1), count(*) FROM (SELECT person, count(DISTINCT who) AS n FROM ("
        "SELECT person, unnest(identifiers) AS node FROM roles) JOIN known USING (node) GROUP BY person)"
    )
    print(f"found people who are several: {mixed} of {people} with a known identifier")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=12)
    parser.add_argument("--ads", type=int, default=20_000, help="0: the real network alone")
    parser.add_argument("--payments", type=int, default=40_000)
    parser.add_argument("--conversations", type=int, default=800)
    parser.add_argument("--folder", type=Path, help="keep the world there")
    given = parser.parse_args()
    if given.ads:
        with tempfile.TemporaryDirectory() as temporary:
            folder = given.folder or Path(temporary)
            engine, _ = made(folder, given.seed, given.ads, given.payments, given.conversations)
            with engine:
                timed(engine, "roles", roles)
                figures(engine)
                timed(engine, "assets", assets)
    report()


if __name__ == "__main__":
    main()
