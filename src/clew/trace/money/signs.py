"""What accounts show that financial intelligence units name as signs of trafficking: MONEY_SIGNS.

A sign is a row of SQL over these tables, made once:

======= ===============================================================================================================
paid    what is booked: columns of ``book``, euro (roughly; to tell small from large)
profile one row an account: account, credits, payers, debits, payees, business (many pay it, or it sells: no person's)
held    how long money stays; see `clew.trace.money.holding`
sweeps  what leaves soon after it came; see there
======= ===============================================================================================================

It gives subject (an account's number), weight (between 0 and 1), reason, rids. Every sign has honest look-alikes: the
catalogue's cautions name them, docs/methods-money.md how often they are met.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.model.traced import MONEY_SIGNS
from clew.trace.money.holding import hold
from clew.trace.money.signs_adverts import ADVERT_SIGNS
from clew.trace.money.signs_flow import FLOW_SIGNS
from clew.trace.money.signs_people import PEOPLE_SIGNS

SIGNS: dict[str, str] = {**ADVERT_SIGNS, **FLOW_SIGNS, **PEOPLE_SIGNS}
_SHOWN = 200  # payments that a sign points at

_PAID = """
CREATE OR REPLACE TABLE paid AS
SELECT rid, payer, payee, payer_name, payee_name, amount, value, currency, purpose, day, minute, t, timed, place,
    device, ip, type, text, network_id, value * coalesce(rough, 1.0) AS euro
FROM book LEFT JOIN rough USING (currency) WHERE state = 'booked'
"""
# Who sells, or collects for others, is paid by many for something that has a name; nobody's own account has hundreds
# of payers.
_PROFILE = """
CREATE OR REPLACE TABLE profile AS
WITH pairs AS MATERIALIZED (
    SELECT payer, payee, count(*) AS many, bool_or(purpose = 'wage') AS wages,
        count(*) FILTER (purpose IN ('shop', 'advert', 'lodging', 'travel', 'fee', 'prepaid', 'exchange', 'mixer',
            'remittance', 'rent', 'charity')) AS sold
    FROM paid GROUP BY payer, payee
), came AS (
    SELECT payee AS account, sum(many)::BIGINT AS credits, count(*) AS payers, sum(sold)::BIGINT AS sold
    FROM pairs WHERE payee > 0 GROUP BY payee
), went AS (
    SELECT payer AS account, sum(many)::BIGINT AS debits, count(*) AS payees, count(*) FILTER (wages) AS employed
    FROM pairs WHERE payer > 0 GROUP BY payer
)
SELECT account, coalesce(credits, 0) AS credits,
    coalesce(payers, 0) AS payers, coalesce(debits, 0) AS debits, coalesce(payees, 0) AS payees,
    coalesce(payers, 0) > 150 OR coalesce(payees, 0) > 300 OR coalesce(employed, 0) >= 5
        OR (coalesce(sold, 0) >= 5 AND coalesce(sold, 0) >= 0.5 * credits) AS business
FROM came FULL JOIN went USING (account)
"""
# The payments of a sign may be of several networks: it is a sign of the one that has most of them.
_PLACED = """
WITH listed AS (
    SELECT row_number() OVER (ORDER BY sign, subject, reason) AS nth, sign, subject, weight, reason, rids FROM found
), rows AS (SELECT nth, unnest(rids) AS rid FROM listed),
ordered AS (
    SELECT nth, list(r.rid ORDER BY p.t NULLS LAST, r.rid)[1:{shown}] AS rids FROM (SELECT DISTINCT nth, rid
        FROM rows) r
    JOIN paid p USING (rid) GROUP BY nth
), counted AS (
    SELECT nth, p.network_id, count(*) AS many FROM rows r JOIN paid p USING (rid)
    WHERE p.network_id IS NOT NULL GROUP BY ALL
), placed AS (
    SELECT nth, first(network_id ORDER BY many DESC, network_id) AS network_id FROM counted GROUP BY nth
)
SELECT sign, name AS subject, n.network_id, least(weight, 1.0)::FLOAT AS weight, reason, o.rids
FROM listed JOIN ordered o USING (nth) JOIN accounts ON account = subject LEFT JOIN placed n USING (nth)
ORDER BY sign, subject, reason
"""


@cache
def _currencies() -> dict[str, dict[str, float]]:
    text = files("clew.trace.money").joinpath("data/currencies.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def money_signs(engine: Engine) -> pa.Table:
    """MONEY_SIGNS, by sign and account, from ``book`` and ``accounts``.

    Args:
        engine: a session of its own: what is registered there is not taken back.
    """
    given = _currencies()
    rough, limits = given["rough"], given["cash"]
    engine.register(
        {
            "rough": pa.table({"currency": list(rough), "rough": [float(v) for v in rough.values()]}),
            "limits": pa.table({"currency": list(limits), "most": [float(v) for v in limits.values()]}),
        }
    )
    try:
        engine.run(_PAID)
        engine.run(_PROFILE)
        hold(engine)
        signs = list(SIGNS.items())
        with engine.beside(lambda other: _found(other, signs[1::2])) as half:  # few of them keep two cores busy
            found = _found(engine, signs[::2]) + half.result()
        return engine.sql(_PLACED.format(shown=_SHOWN), {"found": pa.concat_tables(found)}).cast(MONEY_SIGNS)
    finally:
        for table in ("paid", "profile"):  # of all sessions
            engine.run(f"DROP TABLE IF EXISTS {table}")


def _found(engine: Engine, signs: Sequence[tuple[str, str]]) -> list[pa.Table]:
    """What the queries of some signs give."""
    return [
        engine.sql(f"SELECT '{sign}' AS sign, subject, weight::DOUBLE AS weight, reason, rids FROM ({query})")
        for sign, query in signs
    ]
