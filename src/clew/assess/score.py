"""From what was observed to points: every part can be followed by hand, and the parts of a lead sum to its priority.

A part of a network's priority is

    points of the indicator  ×  strength  ×  rarity  ×  repetition  ×  breadth

* strength: for network indicators (and for events such as edits) from 0.4 at the size where it begins to 1 where it
  counts in full, linear in the logarithm, so that size beyond that adds nothing; for other record indicators the texts
  that show it beyond what the base rate would give anyway, over all texts plus 2, so that neither one advert alone nor
  a hundred copies of one text say much. A text is a template, or an advert that is in none.
* rarity: what most have tells nothing, and large networks show more of everything. log2(1 / rate) / 4, at least 0.05
  and at most 1 (one in 16 or fewer). The rate is, for network indicators and events, the share of the networks of about
  the same size (1 to 3 items, 4 to 15, 16 to 63 …) that show it at least as strongly; for other record indicators, the
  share of items that show it.
* repetition: findings of one family of evidence (contact, text, place …) repeat each other: the strongest counts in
  full, the next a half, then a quarter …
* breadth: findings of several families confirm each other: a quarter for each family with 0.2 points or more, up to 1.

What lowers the priority takes away its points × strength, at most nine tenths of what raises it. Refuted and context
findings have 0 points. A record's own findings count a quarter of their points × rarity; its priority is their sum and
its network's priority.

Points are whole thousandths, so that sums are exact and the same in any order.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from clew.assess.catalogue import Indicator
from clew.assess.observe import literal
from clew.engine.duckdb import Engine

_PRIOR_SHARE, _PRIOR_WEIGHT = 0.1, 20  # a base rate seen in few subjects is drawn towards one in ten
_ENOUGH = 0.2  # points from which a family counts as a kind of evidence
_CLASS = "floor(log2(items) / 2)::INTEGER"  # networks of about one size: 1-3 items, 4-15, 16-63, 64-255 …
_BREADTH = 4  # kinds of evidence for full points

# Base rates: of records over items of the kinds that the indicator applies to; of networks over those of two or more.
_RATES = """
CREATE OR REPLACE TEMP TABLE rates AS
WITH items AS (
    SELECT a.kset, sum(k.items)::BIGINT AS total FROM net_kinds k JOIN applies a USING (kind) GROUP BY a.kset
), networks AS (
    SELECT kset, count(*) AS total FROM net_sets WHERE items > 1 GROUP BY kset
), marked AS (SELECT ind, items AS found FROM marked_items),
seen AS (SELECT ind, count(*) AS found FROM observed GROUP BY ind),
counts AS (
    SELECT ind, CASE subject WHEN 'record' THEN coalesce(m.found, 0) ELSE coalesce(s.found, 0) END AS found,
        CASE subject WHEN 'record' THEN coalesce(i.total, 0)
            ELSE greatest(coalesce(n.total, 0), coalesce(s.found, 0)) END AS total
    FROM entries LEFT JOIN items i USING (kset) LEFT JOIN networks n USING (kset)
    LEFT JOIN marked m USING (ind) LEFT JOIN seen s USING (ind)
)
SELECT *, CASE WHEN total > 0 THEN found / total ELSE 0.0 END AS rate,
    greatest(0.05, least(1.0, log2(1 / ((found + {share} * {weight}) / (total + {weight}))) / 4)) AS rarity
FROM counts
"""

# How many networks of about its size show an indicator at least as strongly, and how many there are.
_PEERS = """
CREATE OR REPLACE TEMP TABLE peers AS
WITH classes AS (SELECT kset, net, {class} AS class FROM net_sets),
totals AS (SELECT kset, class, count(*) AS total FROM classes GROUP BY kset, class),
sized AS (SELECT o.ind, o.net, e.kset, c.class, o.size FROM observed o JOIN entries e USING (ind)
    JOIN classes c ON c.kset = e.kset AND c.net = o.net WHERE e.subject = 'network' OR e.most > 1)
SELECT s.ind, s.net, s.class, t.total,
    count(*) OVER (PARTITION BY ind, s.class ORDER BY s.size DESC RANGE UNBOUNDED PRECEDING) AS found
FROM sized s JOIN totals t USING (kset, class)
"""

_RAW = """
CREATE OR REPLACE TEMP TABLE raw_points AS
SELECT o.ind, o.net, e.family, e.points, CASE
    WHEN e.points = 0 THEN 0.0
    WHEN e.subject = 'record' AND e.most = 1
        THEN e.points * r.rarity * greatest(0.0, o.size - r.rate * o.texts) / (o.texts + 2)
    ELSE e.points * (CASE WHEN e.points > 0 THEN greatest(0.05, least(1.0,
            log2((p.total + {weight}) / (p.found + {share} * {weight})) / 4)) ELSE 1.0 END) * (0.4 + 0.6 * CASE
        WHEN o.size >= e.most THEN 1.0 WHEN o.size <= e.begins THEN 0.0
        ELSE ln(o.size / e.begins) / ln(e.most / e.begins) END)
    END AS worth
FROM observed o JOIN entries e USING (ind) JOIN rates r USING (ind) LEFT JOIN peers p USING (ind, net)
"""

_PARTS = """
CREATE OR REPLACE TEMP TABLE parts AS
WITH ordered AS (
    SELECT *, row_number() OVER (PARTITION BY net, family ORDER BY worth DESC, ind) AS place
    FROM raw_points WHERE points > 0
), breadth AS (
    SELECT net, count(*)::INTEGER AS kinds, least(1.0, count(*) FILTER (most >= {enough}) / {full}) AS factor
    FROM (SELECT net, family, max(worth) AS most FROM ordered GROUP BY ALL) GROUP BY net
), up AS (
    SELECT ind, net, round(1000 * worth * pow(0.5, place - 1) * greatest(factor, 1 / {full}))::BIGINT AS milli
    FROM ordered JOIN breadth USING (net)
), sums AS (
    SELECT net, sum(milli)::BIGINT AS up FROM up GROUP BY net
)
SELECT * FROM up
UNION ALL
SELECT ind, net, -least(round(-1000 * worth), coalesce(d.up, 0) * 9 // 10)::BIGINT
FROM raw_points LEFT JOIN sums d USING (net) WHERE points <= 0
"""

_OWN = """
CREATE OR REPLACE TEMP TABLE own AS
SELECT e.ind, round(1000 * e.points * r.rarity / {full})::BIGINT AS milli
FROM entries e JOIN rates r USING (ind) WHERE e.subject = 'record'
"""


def enter(engine: Engine, indicators: Sequence[Indicator], kinds: Collection[str]) -> None:
    """Make ``entries`` (the catalogue), ``applies`` (sets of record kinds), ``net_sets`` (its items in one).

    Args:
        engine: holds the tables of `clew.assess.facts`.
        indicators: the catalogue.
        kinds: of which there are records; sets that differ in others alone are one.
    """
    of_each = [tuple(kind for kind in i.record_kinds if kind in kinds) for i in indicators]
    sets = sorted(set(of_each))
    rows = [
        f"({k}, {sets.index(of_each[k])}, {literal(i.id)}, {literal(i.subject)}, {literal(i.family)}, {i.points}, "
        f"{i.begins}, {i.full}, {literal(i.show)}, {literal(i.reason)})"
        for k, i in enumerate(indicators)
    ]
    engine.run(
        "CREATE OR REPLACE TEMP TABLE entries (ind INTEGER, kset INTEGER, id VARCHAR, subject VARCHAR, family VARCHAR, "
        "points DOUBLE, begins DOUBLE, most DOUBLE, shown VARCHAR, reason VARCHAR)"
    )
    engine.run("CREATE OR REPLACE TEMP TABLE applies (kset INTEGER, kind VARCHAR)")
    if rows:
        engine.run(f"INSERT INTO entries VALUES {', '.join(rows)}")
    if applies := [f"({s}, {literal(kind)})" for s, kinds in enumerate(sets) for kind in kinds]:
        engine.run(f"INSERT INTO applies VALUES {', '.join(applies)}")
    engine.run(
        "CREATE OR REPLACE TEMP TABLE net_sets AS "
        "SELECT kset, net, sum(items)::BIGINT AS items, sum(texts)::BIGINT AS texts "
        "FROM net_kinds JOIN applies USING (kind) WHERE net IS NOT NULL GROUP BY kset, net"
    )


def score(engine: Engine) -> None:
    """Make ``rates``, ``parts`` (ind, net, milli) and ``own`` (ind, milli)."""
    engine.run(_RATES.format(share=_PRIOR_SHARE, weight=_PRIOR_WEIGHT))
    engine.run(_PEERS.format(**{"class": _CLASS}))
    engine.run(_RAW.format(share=_PRIOR_SHARE, weight=_PRIOR_WEIGHT))
    engine.run(_PARTS.format(enough=_ENOUGH, full=float(_BREADTH)))
    engine.run(_OWN.format(full=float(_BREADTH)))
