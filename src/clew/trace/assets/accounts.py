"""Accounts and wallets of a network, with the turnover that payments show.

Only what a network names itself, what somebody with a role in it uses, and what a sign of money stands on: the accounts
of everybody else who was paid are nobody's asset here.
"""

from __future__ import annotations

ACCOUNTS = """
WITH stands AS MATERIALIZED (
    SELECT type || ':' || value AS node, rid FROM ties WHERE type IN ('account', 'wallet')
), told AS MATERIALIZED (
    SELECT rid, item_id, coalesce(posted_at, captured_at) AS moment FROM records SEMI JOIN stands USING (rid)
    WHERE kind <> 'payment'
), held AS MATERIALIZED (
    SELECT * FROM (SELECT * FROM stands JOIN told USING (rid)) JOIN network_members USING (rid)
), named AS (SELECT DISTINCT network_id, node FROM held), used AS (
    SELECT DISTINCT network_id, unnest(identifiers) AS node FROM roles WHERE role <> 'unknown'
), signed AS (
    SELECT s.subject AS node, arg_max(m.network_id, (n, m.network_id)) AS network_id
    FROM (SELECT DISTINCT subject, unnest(rids) AS rid FROM money_signs) s JOIN (
        SELECT rid, network_id, count(*) OVER (PARTITION BY network_id) AS n FROM network_members
    ) m USING (rid) WHERE s.subject NOT IN (SELECT node FROM used) GROUP BY s.subject
), wanted AS (
    SELECT DISTINCT network_id, node FROM (
        FROM named UNION ALL FROM used UNION ALL SELECT network_id, node FROM signed
    ) WHERE regexp_matches(node, '^(account|wallet|phone):')
), own AS (SELECT DISTINCT node FROM wanted), moved AS (
    SELECT payee AS node, payer AS other, payee_name AS holder, currency, amount, booked_at, rid, true AS came
    FROM payments SEMI JOIN own ON node = payee WHERE state = 'booked'
    UNION ALL
    SELECT payer, payee, payer_name, currency, amount, booked_at, rid, false
    FROM payments SEMI JOIN own ON node = payer WHERE state = 'booked'
), summed AS (
    SELECT w.network_id, m.node, m.currency, count(*) FILTER (came) AS credits, count(*) FILTER (NOT came) AS debits,
        coalesce(sum(amount) FILTER (came), 0) AS came, coalesce(sum(amount) FILTER (NOT came), 0) AS went,
        coalesce(sum(amount) FILTER (came AND o.node IS NULL), 0) AS fresh,
        coalesce(mode(holder ORDER BY holder) FILTER (holder <> ''), '') AS holder,
        min(booked_at) AS first_at, max(booked_at) AS last_at, list(rid ORDER BY booked_at, rid)[1:200] AS rids
    FROM wanted w JOIN moved m USING (node) LEFT JOIN wanted o ON o.network_id = w.network_id AND o.node = m.other
    GROUP BY ALL
), shown AS (
    SELECT network_id, node, min(moment) AS first_at, max(moment) AS last_at,
        list(rid ORDER BY rid)[1:200] AS rids, count(DISTINCT item_id) AS items
    FROM held GROUP BY network_id, node
)
SELECT w.network_id, if(starts_with(w.node, 'wallet:'), 'wallet', 'account') AS kind,
    regexp_replace(w.node, '^[a-z]+:', '') AS value,
    coalesce(s.holder, '') AS holder, least(s.first_at, k.first_at) AS first_at,
    greatest(s.last_at, k.last_at) AS last_at,
    s.fresh AS turnover_low, s.came AS turnover_mid, greatest(s.came, s.went) AS turnover_high, s.currency,
    CASE WHEN s.node IS NULL THEN 'Named in ' || k.items || ' texts; no payment of it is among the records.'
        ELSE 'Observed: ' || s.credits || ' payments came and ' || s.debits || ' went. The middle is all that came, '
        || 'the low figure is without what other accounts listed for this network sent, the high one is what went, '
        || 'if more.' || if(k.items IS NULL, '', ' Named in ' || k.items || ' texts.') END AS reason,
    list_distinct(coalesce(s.rids, []) || coalesce(k.rids, []))[1:200] AS rids,
    if(k.items IS NULL, 'inferred', 'named') AS tie, if(s.node IS NULL, 'none', 'observed') AS turnover
FROM wanted w LEFT JOIN summed s USING (network_id, node) LEFT JOIN shown k USING (network_id, node)
WHERE s.node IS NOT NULL OR k.node IS NOT NULL
"""
