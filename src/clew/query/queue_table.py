"""The tables ``queue`` and ``queue_choices`` of the reading index: a lead a row, with all that the queue shows of it.

A page sorts and filters all leads at once; here they are small enough to scan: lists of names instead of joins.
"""

from __future__ import annotations

from clew.assess.catalogue import Indicator, catalogue

BUCKETS = 24  # of the sparkline, over the span of the whole workspace
_ANY = "any"
_SURE = 0.9  # probability from which on somebody may pay for posts of a network

_QUEUE = """
WITH listed AS (SELECT net FROM leads),
timed AS (
    SELECT net, kind, platform, version, coalesce(posted_at, captured_at) AS moment
    FROM records SEMI JOIN listed USING (net)
), span AS (
    SELECT epoch(min(moment)) AS first, greatest(epoch(max(moment)) - epoch(min(moment)), 1) AS length FROM timed
), spread AS (
    SELECT net, {buckets} AS activity
    FROM (
        SELECT net, least(floor({count} * (epoch(moment) - first) / length), {count} - 1)::INTEGER AS b FROM timed, span
    ) GROUP BY net
), newest AS (
    SELECT net, max(moment) AS newest, coalesce(bool_or(version > 1) FILTER (moment = latest), false) AS newest_is_edit
    FROM (SELECT *, max(moment) OVER (PARTITION BY net) AS latest FROM timed) GROUP BY net
), named AS (
    SELECT net, kind, list(value ORDER BY n DESC, value) AS names
    FROM (
        SELECT net, 'platform' AS kind, platform AS value, count(*) AS n FROM timed GROUP BY ALL
        UNION ALL
        SELECT net, type, value, count(*) FROM mentions SEMI JOIN listed USING (net)
        WHERE type IN ('place', 'language') GROUP BY ALL
    ) GROUP BY ALL
), sorts AS (
    SELECT net, list(kind ORDER BY n DESC, kind) AS names, list(n ORDER BY n DESC, kind) AS counts
    FROM (SELECT net, kind, count(*)::UINTEGER AS n FROM timed GROUP BY ALL) GROUP BY net
), traced AS (
    SELECT net, list_sort(list(DISTINCT trace)) AS traces
    FROM (
        SELECT network_id, 'money' AS trace FROM src.money_signs
        UNION ALL SELECT network_id, 'payer' FROM src.payment_matches WHERE score >= {sure}
        UNION ALL SELECT network_id, 'circuit' FROM src.patterns WHERE pattern = 'circuit'
    ) JOIN networks USING (network_id) SEMI JOIN listed USING (net) GROUP BY net
), entries AS (SELECT * FROM (VALUES {entries}) AS e (indicator, family, form)),
found AS (
    SELECT net, indicator, max(round(points * 1000)::INTEGER) AS milli
    FROM findings SEMI JOIN listed USING (net) WHERE subject_kind = 'network' GROUP BY ALL
), indicators AS (
    SELECT net, list(indicator ORDER BY milli DESC, indicator) AS indicators,
        list(milli ORDER BY milli DESC, indicator) AS milli, count(*) FILTER (milli > 0)::INTEGER AS raising
    FROM found GROUP BY net
), spoken AS (
    SELECT net, count(DISTINCT family)::INTEGER AS kinds, list_sort(list(DISTINCT form)) AS forms
    FROM found JOIN entries USING (indicator) WHERE milli > 0 GROUP BY net
)
SELECT l.net, l.network_id, l.rank, l.priority, coalesce(json_extract_string(l.reasons, '$[0].sentence'), '') AS reason,
    coalesce(i.raising, 0) AS raising, coalesce(f.kinds, 0) AS kinds, n.records, n.first_seen, n.last_seen,
    coalesce(p.names, []) AS places, coalesce(w.names, []) AS platforms, coalesce(g.names, []) AS languages,
    coalesce(i.indicators, []) AS indicators, coalesce(i.milli, []) AS milli,
    CASE WHEN f.forms IS NULL OR f.forms = ['{any}'] THEN ['{any}']
        ELSE list_filter(f.forms, lambda form: form != '{any}') END AS forms,
    coalesce(o.names, []) AS record_kinds, coalesce(o.counts, []) AS kind_records, s.activity,
    coalesce(c.traces, []) AS traces,
    t.newest, coalesce(t.newest_is_edit, false) AS newest_is_edit
FROM leads l JOIN networks n USING (net)
LEFT JOIN indicators i USING (net) LEFT JOIN spoken f USING (net)
LEFT JOIN spread s USING (net) LEFT JOIN newest t USING (net) LEFT JOIN sorts o USING (net)
LEFT JOIN traced c USING (net)
LEFT JOIN named p ON p.net = l.net AND p.kind = 'place'
LEFT JOIN named w ON w.net = l.net AND w.kind = 'platform'
LEFT JOIN named g ON g.net = l.net AND g.kind = 'language'
ORDER BY l.rank
"""

CHOICES = """
SELECT kind, value, count(*) AS leads FROM (
    SELECT 'place' AS kind, unnest(places) AS value FROM queue
    UNION ALL SELECT 'platform', unnest(platforms) FROM queue
    UNION ALL SELECT 'language', unnest(languages) FROM queue
    UNION ALL SELECT 'indicator', unnest(indicators) FROM queue
    UNION ALL SELECT 'form', unnest(forms) FROM queue
    UNION ALL SELECT 'kind', unnest(record_kinds) FROM queue
    UNION ALL SELECT 'trace', unnest(traces) FROM queue
) GROUP BY ALL ORDER BY kind, leads DESC, value
"""


def _entries(indicators: tuple[Indicator, ...]) -> str:
    """What the queue needs of the catalogue, as rows."""
    return ", ".join(f"('{i.id}', '{i.family}', '{form}')" for i in indicators for form in i.exploitation)


def queue_sql() -> str:
    """The query that makes ``queue`` from the tables of the index."""
    buckets = ", ".join(f"count(*) FILTER (b = {at})" for at in range(BUCKETS))
    return _QUEUE.format(
        buckets=f"[{buckets}]::UINTEGER[]", count=BUCKETS, any=_ANY, sure=_SURE, entries=_entries(catalogue())
    ).strip()
