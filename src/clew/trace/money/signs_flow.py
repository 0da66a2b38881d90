"""Signs of how money moves: funnels, pass-through, round trips, cash under limits, mixers."""

from __future__ import annotations

from clew.trace.money.signs_said import money, percent

# Cash is paid in at several places, and most of it is drawn within days at another.
_FUNNEL = f"""
WITH put AS (
    SELECT payee AS account, currency, place, rid, amount, euro, t FROM paid
    WHERE purpose = 'cash-in' AND payee > 0 AND place <> '' AND t IS NOT NULL
), drawn AS (
    SELECT payer AS account, currency, place, rid, amount, euro, t FROM paid
    WHERE purpose = 'cash-out' AND payer > 0 AND place <> '' AND t IS NOT NULL
), wide AS (
    SELECT account, currency FROM put GROUP BY ALL HAVING count(DISTINCT place) >= 3 AND count(*) >= 5
), followed AS (
    SELECT p.account, p.currency, p.rid, p.place, p.amount, d.rid AS out_rid, d.place AS out_place,
        (d.t - p.t) / 3600000000 AS hours
    FROM put p SEMI JOIN wide USING (account, currency) LEFT JOIN drawn d ON d.account = p.account
        AND d.currency = p.currency AND d.t >= p.t AND d.t <= p.t + 4 * 86400000000
        AND d.amount BETWEEN 0.5 * p.amount AND 1.05 * p.amount
    QUALIFY row_number() OVER (PARTITION BY p.rid ORDER BY d.t NULLS LAST, d.rid) = 1
), summed AS (
    SELECT account, currency, count(*) AS deposits, count(DISTINCT place) AS places, sum(amount) AS total,
        count(out_rid) FILTER (out_place <> place) AS elsewhere, median(hours) AS hours,
        list_concat(list(rid ORDER BY rid), list(out_rid
            ORDER BY rid) FILTER (out_rid IS NOT NULL)) AS rids
    FROM followed GROUP BY ALL
), emptied AS MATERIALIZED (
    SELECT h.* FROM held h JOIN profile f USING (account)
    WHERE NOT f.business AND f.payers >= 8 AND h.soon >= 0.5 * h.came AND h.went >= 0.7 * h.came
)
SELECT account AS subject, least(1, 0.4 + 0.4 * elsewhere / deposits + 0.02 * deposits) AS weight,
    concat(deposits, ' cash deposits (', {money("total", "currency")}, ') at ', places, ' places; after ', elsewhere,
        ' of them about as much was drawn in another place within days (half of them within ', ceil(hours)::INTEGER,
        ' hours).') AS reason, rids
FROM summed WHERE elsewhere >= 3 AND elsewhere >= 0.4 * deposits
UNION ALL
-- Many send, and most goes to one within two days.
SELECT h.account, least(1, 0.3 + 0.02 * s.payers), concat(s.payers, ' accounts paid in ',
    {money("h.came", "h.currency")}, '; ',
    {percent("h.soon / h.came")}, ' of it left within two days, ', {percent("e.most / h.went")},
        ' of what left to one account.'),
    list_concat(s.rids, e.rids)
FROM emptied h JOIN (
    SELECT account, currency, count(DISTINCT payer) AS payers, list(rid ORDER BY t, rid)[1:100] AS rids
    FROM paid JOIN emptied USING (currency) WHERE account = payee AND payer > 0 AND purpose NOT IN ('wage', 'refund')
    GROUP BY ALL
) s USING (account, currency) JOIN (
    SELECT account, currency, max(went) AS most, first(rids ORDER BY went DESC, payee) AS rids FROM (
        SELECT account, currency, payee, sum(amount)::DOUBLE AS went, list(rid ORDER BY t, rid)[1:100] AS rids
        FROM paid JOIN emptied USING (currency) WHERE account = payer AND payee > 0
            AND purpose IN ('transfer', 'remittance', 'exchange', 'cash-out', 'mixer') AND t IS NOT NULL GROUP BY ALL)
    GROUP BY ALL
) e USING (account, currency)
WHERE s.payers >= 8 AND e.most >= 0.6 * h.went
"""

# In and out are nearly the same, soon, again and again, from several and with little of a life of its own.
_THROUGH = f"""
WITH life AS (
    SELECT payer AS account, currency, count(*) FILTER (
        purpose IN ('shop', 'rent', 'lodging', 'travel', 'fee')) / count(*) AS own FROM paid GROUP BY ALL
), passed AS (
    SELECT account, currency, count(*) AS times, sum(amount) AS gone, median(hours) AS hours,
        list(rid ORDER BY t, rid)[1:200] AS rids FROM sweeps GROUP BY ALL HAVING count(*) >= 4
)
SELECT h.account AS subject, least(1, 0.3 + 0.02 * times + 0.2 * gone / h.came) AS weight,
    concat({money("h.came", "h.currency")}, ' came in ', h.credits::INTEGER, ' payments from ', p.payers,
        ' accounts and ', {money("h.went", "h.currency")}, ' went out; ', times,
        ' times most of what had just come went on, half of the time within ', ceil(hours)::INTEGER, ' hours.')
            AS reason,
    l.rids
FROM held h JOIN profile p ON p.account = h.account JOIN life f ON f.account = h.account AND f.currency = h.currency
JOIN passed l ON l.account = h.account AND l.currency = h.currency
WHERE NOT p.business AND h.credits >= 6 AND p.payers >= 5 AND gone >= 0.5 * h.came AND hours <= 48
    AND h.went BETWEEN 0.7 * h.came AND 1.1 * h.came AND f.own <= 0.25
"""

# Money that returns by two others or three, a little less each time.
_ROUND = f"""
WITH big AS (
    SELECT rid, payer, payee, currency, value AS amount, euro, t FROM paid
    WHERE t IS NOT NULL AND payer > 0 AND payee > 0 AND payer <> payee AND euro >= 200
        AND purpose IN ('transfer', 'remittance', 'cash-in', 'rent', 'fee', 'wage')
        AND payer NOT IN (SELECT account FROM profile WHERE payers > 150 OR payees > 300 OR credits > 2000)
        AND payee NOT IN (SELECT account FROM profile WHERE payers > 150 OR payees > 300 OR debits > 2000)
), two AS (
    SELECT a.payer AS start, a.payee AS b, z.payee AS c, a.currency, a.rid AS r1, z.rid AS r2, a.amount, z.amount
        AS second,
        a.t AS t0, z.t
    FROM big a JOIN big z ON z.payer = a.payee AND z.currency = a.currency
    WHERE z.t >= a.t AND z.t <= a.t + 5 * 86400000000 AND z.amount BETWEEN 0.85 * a.amount AND 1.001 * a.amount
        AND z.payee <> a.payer AND z.rid <> a.rid
), closed AS (
    SELECT start, two.currency, two.amount, z.amount AS back, [r1, r2, z.rid] AS rids, t0, z.t AS t, 2 AS others
        FROM two JOIN big z
    ON z.payer = c AND z.payee = start AND z.currency = two.currency
    WHERE z.t >= two.t AND z.t <= two.t + 5 * 86400000000 AND z.amount BETWEEN 0.85 * second AND 1.001 * second
    UNION ALL
    SELECT x.start, x.currency, x.amount, y.second, [x.r1, x.r2, y.r1, y.r2], x.t0, y.t, 3 FROM two x JOIN two y
    ON y.start = x.c AND y.c = x.start AND y.currency = x.currency
    WHERE y.t0 >= x.t AND y.t0 <= x.t + 5 * 86400000000 AND y.amount BETWEEN 0.85 * x.second AND 1.001 * x.second
        AND y.b <> x.b
), once AS (
    SELECT * FROM closed QUALIFY row_number() OVER (PARTITION BY rids[1] ORDER BY t, rids) = 1
)
SELECT start AS subject, least(1, 0.4 + 0.15 * count(*)) AS weight,
    concat(count(*), ' times money went out and came back by ', min(others), CASE WHEN min(others) < max(others)
        THEN concat(' or ', max(others)) ELSE '' END, ' other accounts within ',
        ceil(max(t - t0) / 86400000000)::INTEGER, ' days: ', {money("sum(amount)", "currency")}, ' out, ',
        {money("sum(back)", "currency")}, ' back.') AS reason, flatten(list(rids ORDER BY t0, rids)) AS rids
FROM once GROUP BY start, currency HAVING count(*) >= 2
"""

# Deposits crowd in the last seventh below the limit. On a smooth scale as many would lie in the seventh below that.
_SPLIT = f"""
WITH cash AS (
    SELECT CASE WHEN payee > 0 THEN payee ELSE payer END AS account, currency, rid, amount, value, t, most FROM paid
    JOIN limits USING (currency) WHERE purpose = 'cash-in'
), counted AS (
    SELECT account, currency, most, count(*) AS deposits, count(*) FILTER (value < most AND value >= 0.85 * most)
        AS below,
        count(*) FILTER (value < 0.85 * most AND value >= 0.7225 * most) AS before,
            count(*) FILTER (value >= most) AS over,
        sum(amount) FILTER (value < most AND value >= 0.85 * most) AS total,
        list(rid ORDER BY t, rid) FILTER (value < most AND value >= 0.85 * most) AS rids,
        max(t) FILTER (value < most AND value >= 0.85 * most) - min(t) FILTER (value < most
            AND value >= 0.85 * most) AS span
    FROM cash GROUP BY ALL
)
SELECT account AS subject, least(1, 0.3 + 0.1 * below) AS weight,
    concat(below, ' of ', deposits, ' cash deposits lie in the last 15 % below ', {money("most", "currency")}, ' (',
        {money("total", "currency")}, CASE WHEN span IS NULL THEN '' ELSE concat(', within ',
        greatest(1, ceil(span / 86400000000))::INTEGER, ' days') END, '), ', before,
            ' in the 15 % below those, and ', over,
        ' at the limit or above.') AS reason, rids
FROM counted WHERE below >= 3 AND below >= 3 * before AND below > 2 * over
"""

# A wallet or account pays a mixer; or passes on to an exchanger, again and again, what it has just got from several.
_MIXER = f"""
WITH mixed AS (
    SELECT payer AS account, currency, rid, amount, t, 0 AS hops FROM paid WHERE purpose = 'mixer' AND payer > 0
    UNION ALL
    SELECT a.payer, a.currency, a.rid, a.amount, a.t, 1 FROM paid a JOIN paid m ON m.payer = a.payee
        AND m.currency = a.currency
    WHERE m.purpose = 'mixer' AND a.payer > 0 AND m.t >= a.t AND m.t <= a.t + 7 * 86400000000
        AND a.value BETWEEN 0.8 * m.value AND 1.25 * m.value
        AND a.payer NOT IN (SELECT account FROM profile WHERE business)
        AND a.purpose NOT IN ('mixer', 'exchange')
), got AS (
    SELECT i.rid, max(c.t) AS last FROM mixed i JOIN paid c ON c.payee = i.account AND c.currency = i.currency
    WHERE c.t <= i.t GROUP BY i.rid
)
SELECT account AS subject, least(1, 0.4 + 0.1 * count(*) + CASE WHEN min(hops) = 0 THEN 0.1 ELSE 0 END) AS weight,
    concat(count(DISTINCT i.rid), CASE WHEN count(DISTINCT i.rid) = 1 THEN ' payment (' ELSE ' payments (' END,
        {money("sum(amount)", "currency")}, ') went ', CASE WHEN min(hops) = 0 THEN 'to a mixer'
            ELSE 'to a mixer by one more account' END,
        CASE WHEN count(last) > 0 THEN concat('; half of them within ', ceil(median(i.t - last) / 3600000000)::INTEGER,
        ' hours after money came in') ELSE '' END, '.') AS reason, list(i.rid ORDER BY i.t, i.rid)[1:200] AS rids
FROM mixed i LEFT JOIN got USING (rid) GROUP BY account, currency
"""

FLOW_SIGNS = {
    "funnel-account": _FUNNEL,
    "money-through": _THROUGH,
    "money-round-trip": _ROUND,
    "structured-cash": _SPLIT,
    "wallet-mixer": _MIXER,
}
