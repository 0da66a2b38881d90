"""What each node does, counted: one row a node and kind of act, from adverts, talks, payments and signs of money.

``n`` says how often, ``others`` with how many others or sorts. Every query gives the columns node, what, n, others,
first_at, last_at, rids (some records that show it; of the commonest acts null: `clew.trace.roles.tables` reads them
again for those of whom something is told).
"""

from __future__ import annotations

from clew.engine.duckdb import Engine
from clew.trace.roles.nodes import MERCHANT

_RIDS = "list(DISTINCT rid ORDER BY rid)[1:40]"
_SPAN = "min(moment) AS first_at, max(moment) AS last_at"
_AT = "coalesce(r.posted_at, r.captured_at)"

_ADVERTS = f"""
WITH posts AS (SELECT node, count(DISTINCT item) AS n, {_SPAN} FROM role_shown WHERE ad GROUP BY node), names AS (
    SELECT node, count(DISTINCT hash(lower(value))) AS names
    FROM role_shown JOIN mentions USING (rid) WHERE ad AND type::VARCHAR = 'name' GROUP BY node
)
SELECT node, 'posts' AS what, n, coalesce(names, 1) AS others, first_at, last_at, NULL AS rids
FROM posts LEFT JOIN names USING (node)
"""
_EDITS = f"""
WITH edits AS (
    SELECT node, rid, moment, new FROM changes JOIN role_shown ON rid = rid_to WHERE field = 'place'
)
SELECT node, 'edits-city' AS what, count(*) AS n, count(DISTINCT new) AS others, {_SPAN}, {_RIDS} AS rids
FROM edits GROUP BY node
"""
_OFFERS = """
SELECT node, 'job-offers' AS what, count(DISTINCT s.item) AS n, count(DISTINCT r.platform) AS others,
    min(moment) AS first_at, max(moment) AS last_at, list(DISTINCT s.rid ORDER BY s.rid)[1:40] AS rids
FROM role_shown s JOIN records r USING (rid) WHERE NOT s.ad GROUP BY node
"""
# Stages and control are named by the talk stage, which has weighed how ordinary the words are.
_STAGES = """
SELECT node, 'stage-' || stage AS what, sum(len(rids)) AS n, count(DISTINCT conversation_id) AS others,
    min(first_at) AS first_at, max(last_at) AS last_at, flatten(list(rids ORDER BY conversation_id))[1:40] AS rids
FROM stages s JOIN role_talkers t USING (conversation_id) WHERE t.name = s.actor GROUP BY ALL
"""
_CONTROL = """
WITH pairs AS (
    SELECT c.conversation_id, c.controller, c.controlled, c.confidence, c.rids, k.first_at, k.last_at
    FROM control c JOIN conversations k USING (conversation_id)
)
SELECT node, if(name = controller, 'controls', 'controlled') AS what, count(*) AS n,
    count(DISTINCT if(name = controller, controlled, controller)) AS others, min(first_at) AS first_at,
    max(last_at) AS last_at, flatten(list(rids ORDER BY conversation_id))[1:40] AS rids
FROM pairs p JOIN role_talkers t USING (conversation_id) WHERE t.name IN (controller, controlled) GROUP BY ALL
"""
# Single senses count only in talks in which a stage or control stands: elsewhere everybody asks where somebody is.
_SAID = f"""
WITH grave AS (SELECT conversation_id FROM stages UNION SELECT conversation_id FROM control), said AS (
    SELECT t.node, m.value AS sense, c.conversation_id, m.rid, {_AT} AS moment
    FROM mentions m JOIN conversation_members c USING (rid) SEMI JOIN grave USING (conversation_id)
    JOIN records r USING (rid) JOIN role_talkers t ON t.conversation_id = c.conversation_id AND t.name = r.handle
    WHERE m.type IN ('wording', 'hint') AND r.kind = 'message'
), heard AS (
    SELECT node, 'says-' || sense AS what, conversation_id, rid, moment FROM said
    UNION ALL
    SELECT t.node, 'told-' || sense, conversation_id, rid, moment
    FROM said s JOIN role_talkers t USING (conversation_id)
    WHERE t.node <> s.node AND sense IN ('earnings-report', 'check-in')
        AND conversation_id IN (SELECT conversation_id FROM conversations WHERE len(participants) = 2)
)
SELECT node, what, count(DISTINCT rid) AS n, count(DISTINCT conversation_id) AS others, {_SPAN}, {_RIDS} AS rids
FROM heard GROUP BY ALL
"""
# The same offer to strangers: who speaks first, with a pitch among the first words, in several talks.
_PITCHES = f"""
WITH opened AS (
    SELECT conversation_id, rid, handle, row_number() OVER (PARTITION BY conversation_id ORDER BY posted_at, rid) AS k,
        first(handle) OVER (PARTITION BY conversation_id ORDER BY posted_at, rid) AS opener, posted_at AS moment
    FROM conversation_members JOIN records USING (rid) WHERE handle <> ''
), pitched AS (
    SELECT t.node, o.conversation_id, o.rid, o.moment FROM opened o JOIN mentions m USING (rid)
    JOIN role_talkers t ON t.conversation_id = o.conversation_id AND t.name = o.opener
    WHERE k <= 6 AND o.handle = o.opener AND m.type = 'wording'
        AND m.value IN ('job-pitch', 'offer-abroad', 'easy-money', 'promise', 'fee-upfront', 'documents-handover')
)
SELECT node, 'pitches' AS what, count(DISTINCT rid) AS n, count(DISTINCT conversation_id) AS others, {_SPAN},
    {_RIDS} AS rids FROM pitched GROUP BY node
"""
_PAID = """
SELECT payer AS node, 'pays-' || purpose AS what, count(*) AS n, count(DISTINCT payee) AS others,
    min(booked_at) AS first_at, max(booked_at) AS last_at, NULL AS rids
FROM role_moved JOIN role_known k ON k.node = payer WHERE booked AND pays AND purpose IN (
    'advert', 'rent', 'lodging', 'travel', 'exchange', 'mixer', 'prepaid', 'remittance', 'cash-out', 'wage')
GROUP BY ALL
UNION ALL
SELECT payee, 'gets-' || purpose, count(*), count(DISTINCT payer), min(booked_at), max(booked_at), NULL
FROM role_moved JOIN role_known k ON k.node = payee
WHERE booked AND pays AND purpose IN ('cash-in', 'exchange', 'remittance', 'wage', 'transfer') GROUP BY ALL
"""
_MATCHED = """
WITH posts AS (
    SELECT hash(m.payer) AS node, m.rid_record AS rid, m.rid_payment, p.booked_at AS moment, lower(n.value) AS name
    FROM payment_matches m JOIN payments p ON p.rid = m.rid_payment
    LEFT JOIN mentions n ON n.rid = m.rid_record AND n.type = 'name' WHERE m.score >= 0.5
)
SELECT node, 'paid-posts' AS what, count(DISTINCT rid) AS n, greatest(count(DISTINCT name), 1) AS others,
    min(moment) AS first_at, max(moment) AS last_at, list(DISTINCT rid_payment ORDER BY rid_payment)[1:40] AS rids
FROM posts GROUP BY node
"""
# An account that takes most of what comes to others, and those others; and who is paid by the one who takes.
_TAKES = f"""
WITH given AS (
    SELECT * FROM role_moved
    WHERE booked AND payer <> payee AND purpose IN ('transfer', 'remittance', 'wage', 'fee')
), sent AS (
    SELECT payer, payee, currency, count(*) AS n, sum(amount) AS total, min(booked_at) AS first_at,
        max(booked_at) AS last_at FROM given GROUP BY ALL
), came AS (
    SELECT payee AS node, currency, sum(amount) AS total, count(*) AS n FROM role_moved WHERE booked GROUP BY ALL
), quiet AS (SELECT payee FROM role_moved WHERE booked GROUP BY payee HAVING count(DISTINCT payer) <= {MERCHANT}),
most AS (
    SELECT s.* FROM sent s JOIN came c ON (c.node, c.currency) = (s.payer, s.currency) SEMI JOIN quiet USING (payee)
    WHERE s.n >= 3 AND c.n >= 4 AND s.total::DOUBLE >= 0.4 * c.total::DOUBLE AND s.n <= c.n
), takers AS (SELECT payee AS node, count(DISTINCT payer) AS people FROM most GROUP BY payee),
reached AS (SELECT s.* FROM sent s JOIN takers t ON t.node = s.payer),
fed AS (
    SELECT * FROM reached SEMI JOIN quiet USING (payee) WHERE n >= 2 AND payee NOT IN (SELECT payer FROM most)
), pairs AS (SELECT payer, payee, currency FROM most UNION SELECT payer, payee, currency FROM fed), listed AS (
    SELECT g.payer, g.payee, currency, list(rid ORDER BY booked_at, rid)[1:40] AS rids
    FROM given g SEMI JOIN pairs USING (payer, payee, currency) GROUP BY ALL
), said AS (
    SELECT l.*, a.called AS payer_called, b.called AS payee_called FROM listed l
    JOIN role_called a ON a.node = l.payer JOIN role_called b ON b.node = l.payee
)
SELECT payee AS node, 'takes-most' AS what, sum(n) AS n, count(DISTINCT payer) AS others, min(first_at) AS first_at,
    max(last_at) AS last_at, flatten(list(rids ORDER BY payer_called))[1:40] AS rids
FROM most JOIN said USING (payer, payee, currency) GROUP BY payee
UNION ALL
SELECT payer, 'gives-most', sum(n), max(t.people), min(first_at), max(last_at),
    flatten(list(rids ORDER BY payee_called))[1:40]
FROM most JOIN said USING (payer, payee, currency) JOIN takers t ON t.node = payee GROUP BY payer
UNION ALL
SELECT payee, 'paid-by-taker', sum(n), count(DISTINCT payer), min(first_at), max(last_at),
    flatten(list(rids ORDER BY payer_called))[1:40] FROM fed JOIN said USING (payer, payee, currency) GROUP BY payee
UNION ALL
SELECT payer, 'passes-taken', sum(n), count(DISTINCT payee), min(first_at), max(last_at),
    flatten(list(rids ORDER BY payee_called))[1:40]
FROM most JOIN said USING (payer, payee, currency) WHERE payer IN (SELECT payee FROM reached) GROUP BY payer
"""
_SIGNS = """
SELECT hash(subject) AS node, 'sign-' || sign AS what, greatest(sum(len(rids)), 1) AS n, count(*) AS others,
    min(p.first_at) AS first_at, max(p.last_at) AS last_at, first(s.rids ORDER BY weight DESC, s.reason)[1:40] AS rids
FROM money_signs s LEFT JOIN (
    SELECT subject, sign, min(booked_at) AS first_at, max(booked_at) AS last_at
    FROM (SELECT subject, sign, unnest(rids) AS rid FROM money_signs) JOIN payments USING (rid) GROUP BY ALL
) p USING (subject, sign) GROUP BY ALL
"""
_QUERIES = (_ADVERTS, _EDITS, _OFFERS, _STAGES, _CONTROL, _SAID, _PITCHES, _PAID, _MATCHED, _TAKES, _SIGNS)


def count_acts(engine: Engine) -> None:
    """Make the temporary table ``role_acts``: the acts of nodes, with the person of each."""
    for k, query in enumerate(_QUERIES):
        begin = "CREATE OR REPLACE TEMP TABLE role_acts AS" if k == 0 else "INSERT INTO role_acts"
        engine.run(
            f"{begin} SELECT coalesce(person, node)::UBIGINT AS person, node::UBIGINT AS node, what::VARCHAR AS what,"
            " n::BIGINT AS n, others::BIGINT AS others, first_at, last_at, rids::UBIGINT[] AS rids"
            f" FROM ({query}) SEMI JOIN role_known USING (node) LEFT JOIN role_joined USING (node)"
        )
