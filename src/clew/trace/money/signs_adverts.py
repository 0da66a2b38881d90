"""Signs around adverts: who pays for many, and with what."""

from __future__ import annotations

from clew.trace.money.signs_said import money

# Several adverts at once: more than one payment to a platform on one day, on several days; or several contacts that the
# texts name; or several platforms all the time. Who renews one advert pays one platform now and then.
_MANY = f"""
WITH ads AS (
    SELECT payer, payee, currency, rid, amount, t, day FROM paid WHERE purpose = 'advert' AND payer > 0
        AND t IS NOT NULL
        AND payer NOT IN (SELECT account FROM profile WHERE payers > 150)
), named AS (
    SELECT payer, count(DISTINCT m.value) AS contacts FROM ads JOIN (
        SELECT rid, value FROM mentions
        WHERE field::VARCHAR = 'body' AND type::VARCHAR IN ('phone', 'handle', 'email', 'url', 'wallet')
    ) m USING (rid) GROUP BY payer
), daily AS (
    SELECT payer, count(*) FILTER (many > 1) AS crowded FROM (
        SELECT payer, payee, day, count(*) AS many FROM ads GROUP BY ALL) GROUP BY payer
), summed AS (
    SELECT payer, currency, sum(amount) AS total FROM ads GROUP BY ALL
), most AS (
    SELECT payer, arg_max(struct_pack(c := currency, a := total), struct_pack(a := total, c := currency)) AS paid
    FROM summed GROUP BY payer
), each AS (
    SELECT payer, count(*) AS many, count(DISTINCT payee) AS platforms, count(DISTINCT day) AS days,
        greatest(1, (max(t) - min(t)) / 86400000000 / 7) AS weeks, list(rid ORDER BY t, rid)[1:200] AS rids
    FROM ads GROUP BY payer
)
SELECT payer AS subject, 0.3 + 0.1 * least(crowded, 4) + 0.1 * least(contacts, 3) AS weight, rids,
    concat('One account paid for adverts ', many, ' times on ', days, ' days to ', platforms,
        CASE WHEN platforms = 1 THEN ' platform, ' ELSE ' platforms, ' END, {money("paid.a", "paid.c")},
        CASE WHEN crowded > 0 THEN concat('; on ', crowded, CASE WHEN crowded = 1 THEN ' day' ELSE ' days' END,
            ' more than once to one platform') ELSE '' END,
        CASE WHEN contacts > 1 THEN concat('; the texts name ', contacts, ' contacts') ELSE '' END, '.') AS reason
FROM (SELECT payer, many, platforms, days, weeks, rids, coalesce(contacts, 0) AS contacts, crowded, paid
    FROM each JOIN daily USING (payer) JOIN most USING (payer) LEFT JOIN named USING (payer))
WHERE many >= 6 AND (contacts >= 3 OR (weeks >= 1.5 AND crowded >= 3 AND (platforms >= 2 OR crowded >= 8))
    OR (weeks >= 4 AND platforms BETWEEN 3 AND 8 AND many / weeks >= 1.2))
"""

# A prepaid instrument pays the advert itself, or is bought again and again by who pays for adverts.
_PREPAID = f"""
WITH direct AS (
    SELECT payer, rid, t, amount, currency FROM paid WHERE purpose = 'advert' AND payer > 0
        AND regexp_matches(type, 'prepaid|gift|voucher')
), bought AS (
    SELECT p.payer, p.rid, p.t, p.amount, p.currency FROM paid p
    SEMI JOIN (SELECT payer FROM paid WHERE purpose = 'advert' GROUP BY payer) a USING (payer)
    WHERE p.purpose = 'prepaid' AND p.payer > 0
), either AS (SELECT *, true AS straight FROM direct UNION ALL SELECT *, false FROM bought)
SELECT payer AS subject, least(1, 0.3 + 0.05 * count(*)) AS weight,
    concat('Prepaid or gift cards were paid for ', count(*), ' times (', {money("sum(amount)", "currency")}, ')',
        CASE WHEN count(*) FILTER (straight) > 0
        THEN concat(', ', count(*) FILTER (straight), ' times for adverts') ELSE ' by who pays for adverts' END, '.'
    ) AS reason, list(rid ORDER BY t, rid)[1:200] AS rids
FROM either GROUP BY payer, currency HAVING count(*) >= 3
    QUALIFY row_number() OVER (PARTITION BY payer ORDER BY count(*) DESC, currency) = 1
"""

ADVERT_SIGNS = {"payer-many-ads": _MANY, "prepaid-cards": _PREPAID}
