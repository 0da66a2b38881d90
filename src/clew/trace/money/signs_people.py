"""Signs around people: wages that go back, accounts that others use, beds and tickets for others, credits at night."""

from __future__ import annotations

from clew.trace.money.signs_said import money, percent

# Night is from eight in the evening to six: ten of twenty-four hours. Who keeps what comes at night shows nothing: many
# honest people work then. The sign is that it goes on to somebody else.
_NIGHT = f"""
WITH small AS (
    SELECT payee AS account, currency, payer, rid, amount, value, euro, t, day, minute >= 1200 OR minute < 360 AS night
        FROM paid
    WHERE timed AND payee > 0 AND purpose IN ('transfer', 'cash-in') AND euro BETWEEN 10 AND 500
        AND payee NOT IN (SELECT account FROM profile WHERE business)
), summed AS (
    SELECT account, currency, count(*) AS many, count(DISTINCT payer) AS payers, count(*) FILTER (night) AS nightly,
        count(DISTINCT day) FILTER (night) AS nights, sum(amount) FILTER (night) AS total, median(value) AS mid,
        greatest(1, (max(t) - min(t)) / 86400000000) AS days, list(rid ORDER BY t, rid) FILTER (night)[1:200] AS rids
    FROM small GROUP BY ALL
), talked AS (
    SELECT c.account, c.currency, count(*) AS talked FROM (
        SELECT s.account, s.currency, p.network_id, p.t FROM small s JOIN paid p USING (rid)
        WHERE s.night AND p.network_id IS NOT NULL) c
    ASOF JOIN (SELECT m.network_id, epoch_us(r.posted_at) AS said FROM records r JOIN network_members m USING (rid)
        WHERE r.kind = 'message' AND r.posted_at IS NOT NULL) w ON w.network_id = c.network_id AND c.t >= w.said
    WHERE c.t - w.said <= 7200000000 GROUP BY ALL
), swept AS (
    SELECT account, currency, max(gone) AS gone FROM (
        SELECT account, currency, payee, sum(amount) AS gone FROM sweeps GROUP BY ALL) GROUP BY ALL
)
SELECT account AS subject, least(1, 0.3 + 0.01 * nightly + 0.3 * least(1, gone / total::DOUBLE)) AS weight,
    concat(nightly, ' of ', many, ' small credits came at night, on ', nights, ' nights from ', payers,
        ' payers, half of them up to ', {money("mid", "currency")}, ' (', {money("total", "currency")}, ' in all); ',
        {percent("least(1, gone / total::DOUBLE)")}, ' of as much went on to one account',
        CASE WHEN talked > 0 THEN concat('; within two hours before ', talked, ' of them somebody of the network wrote')
        ELSE '' END, '.') AS reason, rids
FROM summed JOIN swept USING (account, currency) LEFT JOIN talked USING (account, currency)
WHERE nightly >= 8 AND nights >= 6 AND payers >= 5 AND nightly >= 0.5 * many AND nights / days >= 0.05
    AND gone >= 0.25 * total::DOUBLE
"""

# Most of a wage goes on at once to an account that gets it from several people.
_RETURNED = f"""
WITH back AS (
    SELECT s.*, p.payee_name FROM sweeps s JOIN paid p USING (rid)
    WHERE s.wages >= 0.8 * s.came AND s.hours <= 96 AND s.payee > 0 AND s.payee <> s.account
        AND p.purpose IN ('transfer', 'wage', 'remittance', 'fee', 'refund')
        AND s.account NOT IN (SELECT account FROM profile WHERE business)
), wages AS (
    SELECT b.rid, list(w.rid ORDER BY w.t, w.rid)[1:5] AS rids FROM back b JOIN paid w ON w.payee = b.account
        AND w.currency = b.currency AND w.purpose = 'wage' AND w.t >= b.since AND w.t <= b.t GROUP BY b.rid
)
SELECT payee AS subject, least(1, 0.3 + 0.1 * count(DISTINCT account)) AS weight,
    concat('After ', count(*), ' wages, ', {percent("sum(amount) / sum(came)")}, ' of them (',
        {money("sum(amount)", "currency")},
        ') went within ', ceil(max(hours))::INTEGER, ' hours from ', count(DISTINCT account),
            ' accounts to this one.') AS reason,
    flatten(list(list_append(w.rids, b.rid) ORDER BY b.t, b.rid))[1:400] AS rids
FROM back b JOIN wages w USING (rid)
WHERE payee NOT IN (SELECT account FROM profile WHERE payers > 150)
GROUP BY payee, currency HAVING count(DISTINCT account) >= 3
    OR (count(DISTINCT account) >= 2 AND count(*) >= 6 AND sum(amount) >= 0.75 * sum(came))
"""

# Several wages of one employer at a time, again and again, to one account; or wages that name several people.
_TOGETHER = f"""
WITH wages AS (
    SELECT payee, payer, currency, day, rid, amount, t, lower(trim(payee_name)) AS who FROM paid
    WHERE purpose = 'wage' AND payee > 0 AND payer > 0 AND t IS NOT NULL
), runs AS (
    SELECT payee, payer, currency, day, count(*) AS many FROM wages GROUP BY ALL
), crowded AS (
    SELECT payee, currency, max(many) AS most, count(*) FILTER (many >= 3) AS days FROM runs GROUP BY ALL
), each AS (
    SELECT payee, currency, count(*) AS many, count(DISTINCT payer) AS employers,
        count(DISTINCT who) FILTER (who <> '') AS people,
        sum(amount) AS total, list(rid ORDER BY t, rid)[1:200] AS rids FROM wages GROUP BY ALL
)
SELECT payee AS subject, least(1, 0.3 + 0.1 * greatest(most, people)) AS weight,
    concat(many, ' wages of ', employers, CASE WHEN employers = 1 THEN ' employer' ELSE ' employers' END, ' (',
        {money("total", "currency")}, ') came to one account, up to ', most, ' on one day',
        CASE WHEN people > 1 THEN concat(', in ', people, ' names') ELSE '' END, '.') AS reason, rids
FROM each JOIN crowded USING (payee, currency) WHERE (most >= 3 AND days >= 2) OR people >= 3
"""

# Rents side by side: more than one a month for several months, to several landlords; or a text that counts beds.
_BEDS = rf"""
WITH rents AS (
    SELECT payer, payee, currency, amount, rid, t, (t // 2592000000000)::BIGINT AS month,
        try_cast(regexp_extract(lower(text),
            '([0-9]{{1,3}})\s*(x\s*)?(beds?|bunks?|slaapplaats|bett|schlafpl|camas?|letti|paturi|łóż|легл|коек)', 1)
            AS INTEGER) AS beds
    FROM paid WHERE purpose = 'rent' AND payer > 0 AND t IS NOT NULL
        AND payer NOT IN (SELECT account FROM profile WHERE business)
), monthly AS (
    SELECT payer, currency, month, count(DISTINCT payee) AS houses, count(*) AS many FROM rents GROUP BY ALL
), crowded AS (
    SELECT payer, currency, max(houses) AS most, count(*) FILTER (houses >= 2 OR many >= 4) AS months FROM monthly
        GROUP BY ALL
), each AS (
    SELECT payer, currency, count(*) AS many, count(DISTINCT payee) AS landlords, max(beds) AS beds, sum(amount)
        AS total,
        list(rid ORDER BY t, rid)[1:200] AS rids FROM rents GROUP BY ALL
), food AS (
    SELECT payer, currency, count(*) AS shops, median(value) AS basket FROM paid WHERE purpose = 'shop'
        GROUP BY ALL
)
SELECT payer AS subject, least(1, 0.2 + 0.15 * most + 0.05 * coalesce(beds, 0)) AS weight,
    concat('One account paid rent ', many, ' times to ', landlords, CASE WHEN landlords = 1 THEN ' landlord'
        ELSE ' landlords' END,
        ' (', {money("total", "currency")}, '), up to ', most, ' in one month',
        CASE WHEN beds >= 3 THEN concat('; a text counts ', beds, ' beds') ELSE '' END, '.') AS reason, rids
FROM each JOIN crowded USING (payer, currency) WHERE (most >= 2 AND months >= 2) OR beds >= 4
"""

# Tickets and rooms again and again: several on one day, or for people of other names than the payer's.
_TRAVEL = f"""
WITH trips AS (
    SELECT payer, currency, rid, amount, t, day, purpose, list_last(string_split(lower(trim(payer_name)), ' '))
        AS family
    FROM paid WHERE purpose IN ('travel', 'lodging') AND payer > 0 AND t IS NOT NULL
        AND payer NOT IN (SELECT account FROM profile WHERE business)
), named AS (
    SELECT payer, currency, count(DISTINCT lower(m.value)) AS people FROM trips JOIN (
        SELECT rid, value FROM mentions WHERE type::VARCHAR = 'name' AND field::VARCHAR = 'body') m USING (rid)
    WHERE family = '' OR NOT contains(lower(m.value), family) GROUP BY ALL
), daily AS (
    SELECT payer, currency, count(*) FILTER (many > 1) AS crowded FROM (
        SELECT payer, currency, day, count(*) AS many FROM trips WHERE purpose = 'travel' GROUP BY ALL) GROUP BY ALL
), each AS (
    SELECT payer, currency, count(*) FILTER (purpose = 'travel') AS tickets, count(*) FILTER (purpose = 'lodging')
        AS rooms,
        sum(amount) AS total, greatest(1, (max(t) - min(t)) / 604800000000) AS weeks, list(rid ORDER BY t,
            rid)[1:200] AS rids
    FROM trips GROUP BY ALL
)
SELECT payer AS subject, least(1, 0.2 + 0.03 * (tickets + rooms) + 0.1 * coalesce(crowded, 0)) AS weight,
    concat('One account paid for ', tickets, CASE WHEN tickets = 1 THEN ' ticket and ' ELSE ' tickets and ' END, rooms,
        CASE WHEN rooms = 1 THEN ' room' ELSE ' rooms' END, ' (', {money("total", "currency")}, ')',
        CASE WHEN crowded > 0 THEN concat('; on ', crowded, CASE WHEN crowded = 1 THEN ' day' ELSE ' days' END,
        ' more than one ticket') ELSE '' END,
        CASE WHEN people > 0 THEN concat('; for ', people, ' other names') ELSE '' END, '.') AS reason, rids
FROM each LEFT JOIN daily USING (payer, currency) LEFT JOIN named USING (payer, currency)
WHERE tickets + rooms >= 6 AND (coalesce(people, 0) >= 3 OR coalesce(crowded,
    0) >= 2 OR (tickets + rooms) / weeks >= 1.5)
"""

# One device on the accounts of several people of different family names; or an account that another one empties
# again and
# again, as it empties others too.
_CONTROLLED = f"""
WITH used AS (
    SELECT payer AS account, unnest([CASE WHEN device <> '' THEN 'd' || device END, CASE WHEN ip <> ''
        THEN 'i' || ip END]) AS key,
        rid, t, list_last(string_split(lower(trim(payer_name)), ' ')) AS family
    FROM paid WHERE payer > 0 AND (device <> '' OR ip <> '') AND purpose <> 'cash-in'
        AND payer NOT IN (SELECT account FROM profile WHERE business)
), shared AS (
    SELECT key, count(DISTINCT account) AS accounts, count(DISTINCT family) AS families FROM used
        WHERE key IS NOT NULL GROUP BY key
    HAVING accounts BETWEEN 3 AND 60 AND families >= 3
), by_device AS (
    SELECT u.account, max(accounts) AS accounts, count(DISTINCT u.rid) AS many, list(DISTINCT u.rid)[1:200] AS rids
    FROM used u JOIN shared USING (key) GROUP BY u.account HAVING count(DISTINCT u.rid) >= 2
), emptied AS (
    SELECT account, payee, currency, count(*) AS times, sum(amount) AS gone, max(hours) AS hours, list(rid
        ORDER BY t, rid)[1:200] AS rids
    FROM sweeps WHERE payee > 0 AND payee NOT IN (SELECT account FROM profile WHERE payers > 150)
        AND rid IN (SELECT rid FROM paid WHERE purpose IN ('transfer', 'wage', 'remittance'))
    GROUP BY ALL HAVING count(*) >= 4
), several AS (SELECT payee, count(DISTINCT account) AS others FROM emptied GROUP BY payee
    HAVING count(DISTINCT account) >= 2)
SELECT account AS subject, least(1, 0.4 + 0.1 * accounts) AS weight,
    concat('A device or address from which ', many, ' payments of this account were ordered also orders those of ',
        accounts - 1,
        ' accounts of other people.') AS reason, rids
FROM by_device
UNION ALL
SELECT e.account, least(1, 0.2 + 0.05 * times + 0.1 * others), concat(times, ' times most of what had come in (',
    {percent("gone / h.came")}, ' of all that came in those records, ', {money("gone", "e.currency")},
        ') went on within ',
    ceil(hours)::INTEGER, ' hours to an account that empties ', others - 1, CASE WHEN others = 2 THEN ' other.'
        ELSE ' others.' END), rids
FROM emptied e JOIN several USING (payee) JOIN held h ON h.account = e.account AND h.currency = e.currency
JOIN profile p ON p.account = e.account
WHERE (gone >= 0.5 * h.came OR (times >= 6 AND gone >= 0.25 * h.came)) AND NOT p.business
    AND e.account NOT IN (SELECT account FROM by_device)
"""

PEOPLE_SIGNS = {
    "night-micro-credits": _NIGHT,
    "wages-returned": _RETURNED,
    "many-wages-one-account": _TOGETHER,
    "rent-many-beds": _BEDS,
    "travel-for-others": _TRAVEL,
    "victim-account-controlled": _CONTROLLED,
}
