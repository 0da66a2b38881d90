"""Assets of a network: accounts and wallets that its records name, prices, and words that ask for payment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clew.engine.duckdb import Engine
from clew.query.network import Row
from clew.query.network_facets import SEEN
from clew.query.payers import may_pay


@dataclass(frozen=True)
class Payee:
    """An account or wallet that records of the network name, whosever it is.

    Attributes:
        type, value: the account or wallet.
        items, records: where it stands.
        phones, names, places: how many different ones stand beside it.
        others: other networks in which it stands.
        first_seen, last_seen: times of its records.
        may_pay: networks for posts of which it may have paid.
    """

    type: str
    value: str
    items: int
    records: int
    phones: int
    names: int
    places: int
    others: int
    first_seen: datetime | None
    last_seen: datetime | None
    may_pay: tuple[str, ...]


@dataclass(frozen=True)
class Price:
    """What is asked in one currency and unit.

    Attributes:
        currency, unit: "EUR", "hour"; the unit is empty where the text gives none.
        records: that name such a price.
        least, median, most: of the amounts.
    """

    currency: str
    unit: str
    records: int
    least: float
    median: float
    most: float


@dataclass(frozen=True)
class Asked:
    """Words that ask for payment, as written."""

    words: str
    records: int
    record_id: str


@dataclass(frozen=True)
class Assets:
    """What is known of the money of a network."""

    payees: tuple[Payee, ...]
    prices: tuple[Price, ...]
    asked: tuple[Asked, ...]


_PAYEES = f"""
WITH own AS (SELECT rid, item_id, posted_at, captured_at FROM records WHERE net = $net),
held AS (SELECT type, value, rid FROM ties_of WHERE net = $net AND type IN ('account', 'wallet')),
beside AS (
    SELECT h.type, h.value, count(DISTINCT m.value) FILTER (m.type = 'phone') AS phones,
           count(DISTINCT m.value) FILTER (m.type = 'name') AS names,
           count(DISTINCT m.value) FILTER (m.type = 'place') AS places
    FROM held h JOIN (SELECT rid, type, value FROM mentions WHERE net = $net AND type IN ('phone', 'name', 'place')) m
    USING (rid) GROUP BY h.type, h.value
), elsewhere AS (SELECT type, value, networks - 1 AS others FROM spread WHERE net = $net)
SELECT type, value, count(DISTINCT item_id) AS items, count(*) AS records, coalesce(any_value(phones), 0) AS phones,
       coalesce(any_value(names), 0) AS names, coalesce(any_value(places), 0) AS places,
       coalesce(any_value(others), 0) AS others, {SEEN}
FROM held JOIN own USING (rid) LEFT JOIN beside USING (type, value) LEFT JOIN elsewhere USING (type, value)
GROUP BY type, value ORDER BY items DESC, type, value
"""
_PRICES = """
SELECT split_part(rest, '/', 1) AS currency, split_part(rest, '/', 2) AS unit, count(DISTINCT rid) AS records,
       min(amount) AS least, median(amount) AS median, max(amount) AS most
FROM (SELECT rid, try_cast(split_part(value, ' ', 1) AS DOUBLE) AS amount, split_part(value, ' ', 2) AS rest
      FROM mentions WHERE net = $net AND type = 'price')
WHERE amount IS NOT NULL GROUP BY currency, unit ORDER BY records DESC, currency, unit
"""
_ASKED = """
SELECT raw AS words, count(DISTINCT rid) AS records,
       (SELECT record_id FROM records WHERE net = $net AND rid = min(m.rid)) AS record_id
FROM mentions m WHERE net = $net AND type = 'wording' AND value = 'payment'
GROUP BY raw ORDER BY records DESC, raw LIMIT 50
"""


def assets(engine: Engine, net: int) -> Assets:
    """Accounts, wallets, prices, and the words that ask for payment."""
    known = {"net": net}
    rows = engine.rows(_PAYEES, **known)
    paid = may_pay(engine, [f"{row['type']}:{row['value']}" for row in rows])

    def of(query: str) -> list[Row]:
        return engine.rows(query, **known)

    return Assets(
        tuple(Payee(**row, may_pay=paid.get(f"{row['type']}:{row['value']}", ())) for row in rows),
        tuple(Price(**row) for row in of(_PRICES)),
        tuple(Asked(**row) for row in of(_ASKED)),
    )
