"""Domains and telephones of a network; what a telephone may turn over is estimated from adverts, and said to be so."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from clew.engine.duckdb import Engine
from clew.link.boards import LOOKED_AT, own_contacts

# Assumed, never observed: paid visits on a day on which an advert is up, and days that one advert is up.
VISITS = (1, 3, 6)
DAYS = (1, 2, 4)
_SHARED = 20  # networks; a domain of more is a platform's or a service's, whatever else is known
_STRANGERS = 3  # networks, from which on a domain may be a board's; an agency that lists its people on a site is one

_HELD = """
CREATE OR REPLACE TEMP TABLE asset_domains AS
WITH stands AS MATERIALIZED (SELECT value, rid FROM ties WHERE type = 'domain'), told AS MATERIALIZED (
    SELECT rid, item_id, coalesce(posted_at, captured_at) AS moment FROM records SEMI JOIN stands USING (rid)
)
SELECT * FROM (SELECT * FROM stands JOIN told USING (rid)) JOIN network_members USING (rid)
"""
# What stands in adverts on the site of a domain that several networks name: a board may name itself in it.
_AT_HOME = f"""
WITH spread AS (
    SELECT value FROM asset_domains GROUP BY value HAVING count(DISTINCT network_id) BETWEEN {_STRANGERS} AND {_SHARED}
), home AS (
    SELECT rid FROM asset_domains SEMI JOIN spread USING (value) JOIN records USING (rid)
    WHERE kind IN ('ad', 'job_ad') AND contains(lower(url), value)
    QUALIFY row_number() OVER (PARTITION BY value ORDER BY rid) <= {LOOKED_AT}
)
SELECT rid, type, value FROM ties SEMI JOIN home USING (rid) WHERE type IN ('email', 'domain', 'url')
"""
_DOMAINS = f"""
WITH own AS (SELECT unnest($own::VARCHAR[]) AS value), spread AS (
    SELECT value FROM asset_domains GROUP BY value HAVING count(DISTINCT network_id) <= {_SHARED}
)
SELECT network_id, 'domain' AS kind, value, '' AS holder, min(moment) AS first_at, max(moment) AS last_at,
    NULL AS turnover_low, NULL AS turnover_mid, NULL AS turnover_high, NULL AS currency,
    'Stands in records of this network (' || count(DISTINCT item_id) || '); nothing says what it turns over.' AS reason,
    list(rid ORDER BY rid)[1:200] AS rids, 'named' AS tie, 'none' AS turnover
FROM asset_domains SEMI JOIN spread USING (value) ANTI JOIN own USING (value) GROUP BY network_id, value
"""
# Numbers that stand in one advert alone are put aside before anything is counted. Apart from what is counted then: in
# one query of ten million adverts DuckDB holds both at once, and moves thirty times as much to the disk and back.
_STANDING = """
CREATE OR REPLACE TEMP TABLE standing AS
WITH named AS MATERIALIZED (SELECT hash(value) AS phone, rid FROM ties WHERE type = 'phone'), adverts AS MATERIALIZED (
    SELECT rid, hash(item_id) AS item, coalesce(posted_at, captured_at) AS moment FROM records WHERE kind = 'ad'
), stands AS MATERIALIZED (SELECT * FROM named JOIN adverts USING (rid)), several AS (
    SELECT phone FROM stands GROUP BY phone HAVING min(item) < max(item)
), placed AS MATERIALIZED (
    SELECT s.*, hash(network_id) AS net FROM stands s SEMI JOIN several USING (phone) JOIN network_members USING (rid)
), by_network AS (
    SELECT phone, count(*) AS n, min(item) AS least, max(item) AS most FROM placed GROUP BY phone, net
), spread AS (
    SELECT phone FROM by_network GROUP BY phone HAVING sum(n) <= 5000 AND min(least) < max(most) AND count(*) <= 3
)
FROM placed SEMI JOIN spread USING (phone)
"""
# Days on which an advert is up: each posting covers some days, and no day is counted twice. Names stay away until all
# is counted, and what a price is, is read once for each way to write it.
_PHONES = f"""
WITH read AS MATERIALIZED (
    SELECT value, split_part(split_part(value, ' ', 2), '/', 1) AS currency,
        try_cast(split_part(value, ' ', 1) AS DECIMAL(18, 2)) AS price
    FROM (SELECT DISTINCT value FROM mentions WHERE type::VARCHAR = 'price')
), priced AS (
    SELECT rid, currency, min(price) AS price FROM mentions JOIN read USING (value)
    WHERE type::VARCHAR = 'price' GROUP BY ALL HAVING min(price) > 0
), prices AS (
    SELECT net, phone, currency, quantile_disc(price, 0.5) AS price FROM standing JOIN priced USING (rid)
    GROUP BY net, phone, currency
    QUALIFY row_number() OVER (PARTITION BY net, phone ORDER BY count(*) DESC, currency) = 1
), days AS (
    SELECT net, phone, moment::DATE - DATE '1970-01-01' AS day FROM standing WHERE moment IS NOT NULL GROUP BY ALL
), gaps AS (
    SELECT net, phone, lead(day) OVER (PARTITION BY net, phone ORDER BY day) - day AS gap FROM days
), up AS (
    SELECT net, phone, {", ".join(f"sum(least(coalesce(gap, {n}), {n}))::BIGINT AS up_{n}" for n in DAYS)}
    FROM gaps GROUP BY ALL
), each AS (
    SELECT net, phone, count(DISTINCT item) AS items, min(moment) AS first_at, max(moment) AS last_at,
        list(rid ORDER BY rid)[1:200] AS rids
    FROM standing GROUP BY net, phone
), values AS (
    SELECT hash(value) AS phone, any_value(value) AS value
    FROM ties SEMI JOIN (SELECT DISTINCT phone FROM standing) ON phone = hash(value) WHERE type = 'phone' GROUP BY phone
)
SELECT network_id, 'phone' AS kind, value, '' AS holder, first_at, last_at,
    {
    ", ".join(
        f"(price * up_{d} * {v})::DECIMAL(38, 18) AS turnover_{name}"
        for name, d, v in zip(("low", "mid", "high"), DAYS, VISITS, strict=True)
    )
},
    if(price IS NULL OR up_1 IS NULL, NULL, currency) AS currency,
    CASE WHEN price IS NULL OR up_1 IS NULL THEN 'Stands in ' || items
            || if(items = 1, ' advert, which names', ' adverts; they name') || ' no price or no time.'
        ELSE 'Assumed, not observed: the middle of the lowest prices named (' || price || ' ' || currency || ') times '
        || 'days with an advert up ({", ".join(f"' || up_{d} || '" for d in DAYS)}, if one is up for {DAYS[0]}, {
    DAYS[1]
} or '
        || '{DAYS[2]} days) times {VISITS[0]}, {VISITS[1]} or {VISITS[2]} paid visits a day. ' || items
        || if(items = 1, ' advert.', ' adverts.')
    END AS reason, rids, 'named' AS tie, if(price IS NULL OR up_1 IS NULL, 'none', 'assumed') AS turnover
FROM each JOIN values USING (phone) JOIN (SELECT network_id, hash(network_id) AS net FROM networks) USING (net)
LEFT JOIN prices USING (net, phone) LEFT JOIN up USING (net, phone)
"""


def domains(engine: Engine) -> pa.Table:
    """The domains of networks but for those of boards: a platform is nobody's that advertises on it."""
    engine.run(_HELD)
    try:
        asked, own = engine.sql(_AT_HOME), list[str]()
        if asked.num_rows:
            found = own_contacts(engine, asked)
            own = found.filter(pc.equal(found.column("type"), "domain")).column("value").to_pylist()
        return engine.sql(_DOMAINS, params={"own": own})
    finally:
        engine.forget("asked")
        engine.run("DROP TABLE asset_domains")


def phones(engine: Engine) -> pa.Table:
    """The telephones of all networks, with what each may turn over."""
    engine.run(_STANDING)
    try:
        return engine.sql(_PHONES)
    finally:
        engine.run("DROP TABLE temp.standing")
