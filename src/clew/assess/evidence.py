"""The tables that assess gives: FINDINGS, LEADS and RECORD_SCORES, as queries over what was observed and scored."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from clew.assess.catalogue import Indicator
from clew.assess.marks import POSITION
from clew.assess.observe import SPAN_OF, literal
from clew.engine.duckdb import Engine

# What a span of a record is as JSON; a record without a span is named alone.
_SPAN = (
    """concat('{"record_id":"', record_id, CASE WHEN {p}.field IS NULL THEN '"}' ELSE concat('","field":"', """
    """{p}.field, """
    """'","start":', {p}.start, ',"end":', {p}."end", ',"raw":', to_json(left({p}.raw, 200)), '}') END)"""
)

# The examples of a network finding: a mention of the type to show (of the identifier itself where that is its type).
_WANTED = """
CREATE OR REPLACE TEMP TABLE wanted AS
SELECT ind, net, rid FROM (
    SELECT ind, net, unnest(list_sort(list_distinct(examples))) AS rid FROM observed
) WHERE rid IS NOT NULL
"""

_EXAMPLES = """
CREATE OR REPLACE TEMP TABLE examples AS
WITH shown AS (
    SELECT w.ind, w.net, w.rid, e.shown, o.h, o.type = e.shown AS itself
    FROM wanted w JOIN entries e USING (ind) JOIN observed o USING (ind, net) WHERE e.subject = 'network'
), spans AS (
    SELECT ind, net, rid, {span_of}, raw FROM (
        SELECT ind, net, rid, min(p) AS p, arg_min(raw, p) AS raw FROM (
            SELECT w.ind, w.net, w.rid, m.raw, {position} AS p
            FROM (SELECT * FROM mentions WHERE type::VARCHAR IN (SELECT DISTINCT shown FROM shown)) m
            JOIN shown w ON m.rid = w.rid AND m.type::VARCHAR = w.shown
            WHERE NOT w.itself OR hash(m.value) = w.h
        ) GROUP BY ind, net, rid
    )
    UNION ALL
    SELECT ind, net, rid, {span_of}, raw FROM wanted w JOIN marks m USING (ind, rid)
)
SELECT ind, net, array_to_string(list_sort(list({span})), ',') AS spans
FROM wanted w JOIN (SELECT rid, record_id FROM records) r USING (rid) LEFT JOIN spans s USING (ind, net, rid)
GROUP BY ind, net
"""

_SUBJECTS = """
CREATE OR REPLACE TEMP TABLE subjects AS
WITH about AS (
    SELECT o.ind, o.net, o.type, o.h FROM observed o JOIN entries e USING (ind) WHERE contains(e.reason, '{subject}')
)
SELECT a.ind, a.net, min(t.value) AS value
FROM (SELECT type, value, hash(value) AS h FROM ties WHERE type IN (SELECT DISTINCT type FROM about)) t
JOIN about a ON t.h = a.h AND t.type = a.type GROUP BY a.ind, a.net
"""

_NETWORK_FINDINGS = """
CREATE OR REPLACE TEMP TABLE network_findings AS
SELECT o.ind, o.net, coalesce(p.milli, 0) AS milli, q.found / q.total AS rate, q.class,
    replace(o.reason, '{subject}', coalesce(left(s.value, 120), '')) AS reason,
    concat('[', x.spans, CASE WHEN x.spans IS NOT NULL THEN ',' END, '{"counts":', o.counts, '}]') AS evidence
FROM observed o LEFT JOIN parts p USING (ind, net) LEFT JOIN peers q USING (ind, net)
LEFT JOIN subjects s USING (ind, net) LEFT JOIN examples x USING (ind, net)
"""

# In order: networks are numbered as their ids sort, indicators too.
NETWORK_FINDINGS = """
SELECT concat(n.network_id, '/', e.id) AS finding_id, e.id AS indicator, 'network' AS subject_kind,
    n.network_id AS subject, (f.milli / 1000)::FLOAT AS points, f.evidence, f.reason
FROM network_findings f JOIN nets n USING (net) JOIN entries e USING (ind) ORDER BY f.net, f.ind
"""
_RECORD_FINDINGS = """
SELECT concat(m.record_id, '/', {ids}[ind + 1]) AS finding_id, {ids}[ind + 1] AS indicator, 'record' AS subject_kind,
    m.record_id AS subject, ({milli}[ind + 1] / 1000)::FLOAT AS points,
    concat('[', {span}, CASE WHEN n > 1 THEN concat(',{"counts":{"mentions":', n, '}}') END, ']') AS evidence,
    {reasons}[ind + 1] AS reason
FROM (SELECT ind, record_id, n, {span_of}, raw FROM marks) m
""".replace("{span}", _SPAN.replace("{p}", "m")).replace("{span_of}", SPAN_OF)

# How many networks of about its size show it as strongly, in words.
_PEERS = """concat(round(f.rate, 4), ',"seen":"seen so strongly in ', CASE WHEN f.rate >= 0.995 THEN 'all'
    ELSE format(CASE WHEN f.rate >= 0.095 THEN '{:.0f} % of' ELSE '{:.1f} % of' END, 100 * f.rate) END,
    ' networks of ', pow(4, f.class)::BIGINT, ' to ', pow(4, f.class + 1)::BIGINT - 1, ' ', s.noun, ' here"')"""

LEADS = """
WITH listed AS (
    SELECT f.net, list_sort(list(struct_pack(a := -f.milli, b := f.ind,
        c := concat(s.head, f.milli / 1000, ',"sentence":', to_json(f.reason), ',"base_rate":',
            CASE WHEN f.rate IS NULL THEN s.seen ELSE {peers} END, s.tail)))) AS reasons
    FROM network_findings f JOIN said s USING (ind)
    SEMI JOIN (SELECT net FROM priorities WHERE raised) p ON f.net = p.net GROUP BY f.net
)
SELECT network_id, row_number() OVER (ORDER BY p.milli DESC, net) AS rank, p.milli / 1000 AS priority,
    concat('[', array_to_string(list_transform(reasons, lambda r: r.c), ','), ']') AS reasons
FROM listed JOIN priorities p USING (net) JOIN nets USING (net) ORDER BY rank
""".replace("{peers}", _PEERS)

RECORD_SCORES = """
WITH found AS (SELECT m.rid, sum(w.milli)::BIGINT AS milli FROM marks m JOIN own w USING (ind) GROUP BY m.rid)
SELECT i.rid, (coalesce(p.milli, 0) + coalesce(f.milli, 0)) / 1000 AS priority
FROM all_items i LEFT JOIN priorities p USING (net) LEFT JOIN found f ON i.rid = f.rid ORDER BY i.rid
"""


def _noun(kinds: Sequence[str]) -> str:
    """What records of some kinds are called."""
    words = {"ad": "adverts", "job_ad": "job offers", "message": "messages", "page": "pages"}
    return " or ".join(words.get(kind, kind + "s") for kind in kinds)


def percent(rate: float) -> str:
    """A base rate as a person reads it."""
    if rate >= 0.995:
        return "seen in all"
    return f"seen in {100 * rate:.0f} %" if rate >= 0.095 else f"seen in {100 * rate:.1f} %"


def _say(engine: Engine, indicators: Sequence[Indicator]) -> None:
    """Make ``said``: what a reason says of its indicator before its points, of its base rate, and last."""
    rates = dict(zip(*engine.sql("SELECT ind, rate FROM rates").to_pydict().values(), strict=True))
    columns = "ind INTEGER, head VARCHAR, seen VARCHAR, noun VARCHAR, tail VARCHAR"
    engine.run(f"CREATE OR REPLACE TEMP TABLE said ({columns})")
    rows = []
    for k, i in enumerate(indicators):
        noun = _noun(i.record_kinds)
        head = '{"indicator":' + orjson.dumps(i.id).decode() + ',"points":'
        seen = f'{round(rates[k], 4)},"seen":"{percent(rates[k])} of {noun} here"'
        tail = "," + orjson.dumps({"caution": i.caution, "strength": i.strength, "source": i.source}).decode()[1:]
        rows.append(f"({k}, {', '.join(map(literal, (head, seen, noun, tail)))})")
    if rows:
        engine.run(f"INSERT INTO said VALUES {', '.join(rows)}")


def record_findings(engine: Engine, indicators: Sequence[Indicator]) -> str:
    """The query for findings on records. It joins nothing, so that the rows stay in the order of ``marks``."""
    own = dict(zip(*engine.sql("SELECT ind, milli FROM own").to_pydict().values(), strict=True))
    lists = {
        "{ids}": [literal(i.id) for i in indicators],
        "{milli}": [str(own.get(k, 0)) for k in range(len(indicators))],
        "{reasons}": [literal(i.reason) for i in indicators],
    }
    query = _RECORD_FINDINGS
    for name, values in lists.items():
        query = query.replace(name, f"[{', '.join(values) or 'NULL'}]")
    return query


def gather(engine: Engine, indicators: Sequence[Indicator]) -> None:
    """Make ``network_findings`` and ``said`` from what was observed and scored."""
    spans = _EXAMPLES.replace("{span_of}", SPAN_OF).replace("{position}", POSITION)
    for step in (_WANTED, spans.replace("{span}", _SPAN.replace("{p}", "s")), _SUBJECTS, _NETWORK_FINDINGS):
        engine.run(step)
    _say(engine, indicators)
