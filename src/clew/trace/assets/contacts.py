"""Domains and telephones of a network; what a telephone may turn over is estimated from adverts, and said to be so."""

from __future__ import annotations

# Assumed, never observed: paid visits on a day on which an advert is up, and days that one advert is up.
VISITS = (1, 3, 6)
DAYS = (1, 2, 4)
_SHARED = 20  # networks; a domain of more is a platform's or a service's

DOMAINS = f"""
WITH held AS (
    SELECT m.network_id, t.value, t.rid, r.item_id, r.kind, coalesce(r.posted_at, r.captured_at) AS moment
    FROM ties t JOIN records r USING (rid) JOIN network_members m USING (rid) WHERE t.type = 'domain'
), spread AS (SELECT value FROM held GROUP BY value HAVING count(DISTINCT network_id) <= {_SHARED})
SELECT network_id, 'domain' AS kind, value, '' AS holder, min(moment) AS first_at, max(moment) AS last_at,
    NULL AS turnover_low, NULL AS turnover_mid, NULL AS turnover_high, NULL AS currency,
    'Stands in records of this network (' || count(DISTINCT item_id) || '); nothing says what it turns over.' AS reason,
    list(DISTINCT rid ORDER BY rid)[1:200] AS rids
FROM held SEMI JOIN spread USING (value) GROUP BY network_id, value
"""
# Days on which an advert is up: each posting covers some days, and no day is counted twice.
PHONES = f"""
WITH held AS (
    SELECT m.network_id, t.value, t.rid, r.item_id, coalesce(r.posted_at, r.captured_at) AS moment
    FROM ties t JOIN records r USING (rid) JOIN network_members m USING (rid) WHERE t.type = 'phone' AND r.kind = 'ad'
    QUALIFY count(*) OVER (PARTITION BY t.value) <= 5000
), spread AS (
    SELECT value FROM held GROUP BY value HAVING count(DISTINCT item_id) >= 2 AND count(DISTINCT network_id) <= 3
), priced AS (
    SELECT rid, split_part(split_part(value, ' ', 2), '/', 1) AS currency,
        min(try_cast(split_part(value, ' ', 1) AS DECIMAL(18, 2))) AS price
    FROM mentions WHERE type = 'price' AND rid IN (SELECT rid FROM held) GROUP BY ALL
), prices AS (
    SELECT network_id, value, currency, quantile_disc(price, 0.5) AS price, count(*) AS n
    FROM held JOIN priced USING (rid) WHERE price > 0
    GROUP BY network_id, value, currency
    QUALIFY row_number() OVER (PARTITION BY network_id, value ORDER BY count(*) DESC, currency) = 1
), days AS (
    SELECT network_id, value, moment::DATE - DATE '1970-01-01' AS day FROM held WHERE moment IS NOT NULL GROUP BY ALL
), gaps AS (
    SELECT network_id, value,
        lead(day) OVER (PARTITION BY network_id, value ORDER BY day) - day AS gap FROM days
), up AS (
    SELECT network_id, value, {", ".join(f"sum(least(coalesce(gap, {n}), {n}))::BIGINT AS up_{n}" for n in DAYS)}
    FROM gaps GROUP BY ALL
), each AS (
    SELECT network_id, value, count(DISTINCT item_id) AS items, min(moment) AS first_at, max(moment) AS last_at,
        list(DISTINCT rid ORDER BY rid)[1:200] AS rids FROM held SEMI JOIN spread USING (value) GROUP BY ALL
)
SELECT e.network_id, 'phone' AS kind, e.value, '' AS holder, first_at, last_at,
    {
    ", ".join(
        f"(price * up_{d} * {v})::DECIMAL(38, 18) AS turnover_{name}"
        for name, d, v in zip(("low", "mid", "high"), DAYS, VISITS, strict=True)
    )
},
    if(price IS NULL OR up_1 IS NULL, NULL, currency) AS currency,
    CASE WHEN price IS NULL OR up_1 IS NULL THEN 'Stands in ' || items || ' adverts; they name no price or no time.'
        ELSE 'Assumed, not observed: the middle of the lowest prices named (' || price || ' ' || currency || ') times '
        || 'days with an advert up ({", ".join(f"' || up_{d} || '" for d in DAYS)}, if one is up for {DAYS[0]}, {
    DAYS[1]
} or '
        || '{DAYS[2]} days) times {VISITS[0]}, {VISITS[1]} or {VISITS[2]} paid visits a day. ' || items || ' adverts.'
    END AS reason, rids
FROM each e LEFT JOIN prices USING (network_id, value) LEFT JOIN up USING (network_id, value)
"""
