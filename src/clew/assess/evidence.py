"""The tables that assess gives: FINDINGS, LEADS and RECORD_SCORES, as queries over what was observed and scored."""

from __future__ import annotations

from collections.abc import Sequence

from clew.assess.catalogue import Indicator
from clew.assess.observe import POSITION, SPAN_OF, literal
from clew.engine.duckdb import Engine

# One example of a network finding: a mention of the type to show (of the identifier itself where that is its type).
_EXAMPLES = """
CREATE OR REPLACE TEMP TABLE examples AS
WITH wanted AS (
    SELECT DISTINCT o.ind, o.net, o.type, o.h, e.shown, e.subject, unnest(o.examples) AS rid
    FROM observed o JOIN entries e USING (ind)
), spans AS (
    SELECT ind, net, rid, {span_of}, raw FROM (SELECT w.ind, w.net, w.rid, min(m.p) AS p, arg_min(m.raw, m.p) AS raw
    FROM wanted w JOIN (SELECT rid, type::VARCHAR AS type, value, raw, {position} AS p FROM mentions) m
        ON m.rid = w.rid AND m.type = w.shown
    WHERE w.subject = 'network' AND (w.type <> w.shown OR hash(m.value) = w.h) GROUP BY ALL)
    UNION ALL
    SELECT w.ind, w.net, w.rid, m.field, m.start, m."end", m.raw
    FROM wanted w JOIN marks m ON w.ind = m.ind AND w.rid = m.rid WHERE w.subject = 'record'
)
SELECT ind, net, list({span} ORDER BY rid)[:5] AS spans
FROM (SELECT DISTINCT ind, net, rid FROM wanted WHERE rid IS NOT NULL) w
JOIN (SELECT rid, record_id FROM records) r USING (rid) LEFT JOIN spans s USING (ind, net, rid)
GROUP BY ind, net
""".replace(
    "{pick}", f'arg_min(struct_pack(field := field::VARCHAR, start := start, "end" := "end", raw := raw), {POSITION})'
)

_SPAN = (
    """concat('{"record_id":', to_json(record_id), CASE WHEN {p}.field IS NOT NULL THEN concat(',"field":"', {p}.field, '","start":', """
    """{p}.start, ',"end":', {p}."end", ',"raw":', to_json(left({p}.raw, 200))) END, '}')"""
)

_SUBJECTS = """
CREATE OR REPLACE TEMP TABLE subjects AS
SELECT o.ind, o.net, min(t.value) AS value FROM observed o JOIN entries e USING (ind)
JOIN (SELECT DISTINCT type, value, hash(value) AS h FROM ties) t ON t.type = o.type AND t.h = o.h
WHERE contains(e.reason, '{subject}') GROUP BY ALL
"""

_NETWORK_FINDINGS = """
CREATE OR REPLACE TEMP TABLE network_findings AS
SELECT o.ind, o.net, coalesce(p.milli, 0) AS milli, replace(o.reason, '{subject}', coalesce(left(s.value, 120), '')) AS reason,
    concat('[', array_to_string(x.spans, ','), CASE WHEN len(x.spans) > 0 THEN ',' END, '{"counts":', o.counts, '}]') AS evidence
FROM observed o LEFT JOIN parts p USING (ind, net) LEFT JOIN subjects s USING (ind, net) LEFT JOIN examples x USING (ind, net)
"""

FINDINGS = """
SELECT concat(n.network_id, '/', e.id) AS finding_id, e.id AS indicator, 'network' AS subject_kind, n.network_id AS subject,
    (f.milli / 1000)::FLOAT AS points, f.evidence, f.reason
FROM network_findings f JOIN nets n USING (net) JOIN entries e USING (ind)
UNION ALL
SELECT concat(r.record_id, '/', e.id), e.id, 'record', r.record_id, (w.milli / 1000)::FLOAT,
    concat('[', {span}, CASE WHEN n > 1 THEN concat(',{"counts":{"mentions":', n, '}}') END, ']'), e.reason
FROM marks JOIN (SELECT rid, record_id FROM records) r USING (rid) JOIN entries e USING (ind) JOIN own w USING (ind)
ORDER BY subject_kind, subject, indicator
"""

LEADS = """
WITH listed AS (
    SELECT net, concat('[', string_agg(concat('{"indicator":', to_json(e.id), ',"points":', f.milli / 1000,
        ',"sentence":', to_json(f.reason), ',"base_rate":', round(r.rate, 4), {fixed}, '}'), ',' ORDER BY f.milli DESC, e.id), ']')
        AS reasons
    FROM network_findings f JOIN entries e USING (ind) JOIN rates r USING (ind)
    SEMI JOIN (SELECT net FROM priorities WHERE raised) p USING (net) GROUP BY net
)
SELECT network_id, row_number() OVER (ORDER BY p.milli DESC, network_id) AS rank, p.milli / 1000 AS priority, reasons
FROM listed JOIN priorities p USING (net) JOIN nets USING (net) ORDER BY rank
"""

RECORD_SCORES = """
SELECT i.rid, (coalesce(any_value(p.milli), 0) + coalesce(sum(w.milli), 0))::BIGINT / 1000 AS priority
FROM all_items i LEFT JOIN priorities p USING (net) LEFT JOIN marks m ON i.rid = m.rid LEFT JOIN own w USING (ind)
GROUP BY i.rid ORDER BY i.rid
"""


def seen_in(kinds: Sequence[str], subject: str) -> str:
    """What a base rate is a share of: "adverts", "networks with adverts"."""
    words = {"ad": "adverts", "job_ad": "job offers", "message": "messages", "page": "pages"}
    named = " or ".join(words.get(kind, kind + "s") for kind in kinds)
    return named if subject == "record" else f"networks of {named}"


def _fixed(indicators: Sequence[Indicator]) -> str:
    """SQL for what a reason says of its indicator: base rate in words, caution, strength, source."""
    cases = []
    for k, i in enumerate(indicators):
        if i.measured:
            said = f"concat(',\"seen\":\"', {_percent()}, {literal(f' of {seen_in(i.record_kinds, i.subject)} here')}, '\"', "
            rest = "".join(
                f""", ',"{name}":', to_json({literal(getattr(i, name))})"""
                for name in ("caution", "strength", "source")
            )
            cases.append(f"WHEN {k} THEN {said[:-2]}{rest})")
    return f"(CASE f.ind {' '.join(cases)} ELSE '' END)"


def _percent() -> str:
    """SQL for a base rate as a person reads it."""
    return (
        "CASE WHEN r.rate >= 0.995 THEN 'seen in all' WHEN r.rate >= 0.095 THEN concat('seen in ', round(100 * r.rate)::INTEGER, ' %') "
        "ELSE concat('seen in ', round(100 * r.rate, 1), ' %') END"
    )


def gather(engine: Engine) -> None:
    """Make ``network_findings`` from what was observed and scored."""
    engine.run(_EXAMPLES.replace("{span_of}", SPAN_OF).replace("{position}", POSITION).replace("{span}", _SPAN.replace("{p}", "s")))
    engine.run(_SUBJECTS)
    engine.run(_NETWORK_FINDINGS)


def findings() -> str:
    """The query that gives FINDINGS."""
    return FINDINGS.replace("{span}", _SPAN.replace("{p}.", "").replace("field IS NOT NULL", "marks.field IS NOT NULL"))


def leads(indicators: Sequence[Indicator]) -> str:
    """The query that gives LEADS."""
    return LEADS.replace("{fixed}", _fixed(indicators))
