"""What is special about evidence from payments: whose a payment is.

Everybody pays the same shops, landlords and platforms, so whom one pays says little. A payment belongs to its payer:
all payments of one account are one group from the start. Only where the payee is known from an advert, offer, page or
talk of people who act there, and the payer is not, it belongs to the payee: a client is not of the operation.
Accounts that pass on what they receive are one household or one operation: see `PASSED`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.link.groups import Ints, chains
from clew.link.rows import RowIndex
from clew.link.ties import Ties

Flags = npt.NDArray[np.bool_]

LEAST_TIMES, DAYS, SHARE = 3, 3, 0.6

# What an account is called, if several names are read in one field: the safest to be one account, of least rank.
CALLED = """
SELECT rid, field::VARCHAR AS field, concat(type::VARCHAR, ':', value) AS node, CASE
    WHEN type::VARCHAR = 'account' AND starts_with(value, 'iban:') THEN 0 WHEN type::VARCHAR = 'wallet' THEN 1
    WHEN type::VARCHAR = 'account' THEN 2 WHEN type::VARCHAR = 'phone' THEN 3 WHEN type::VARCHAR = 'email' THEN 4
    ELSE 5 END * 100000 + least("start", 99999) AS rank
FROM mentions WHERE field::VARCHAR IN ('payer', 'payee')
    AND type::VARCHAR IN ('account', 'wallet', 'phone', 'email', 'handle')
"""
NODES = f"SELECT rid, field, arg_min(node, rank) AS node FROM ({CALLED}) GROUP BY ALL"
# The same with type and value apart, as identifiers are known.
SIDES = f"""
SELECT rid, field = 'payee' AS payee, node, split_part(node, ':', 1) AS type,
    substr(node, strpos(node, ':') + 1) AS value FROM ({NODES})
"""
# Accounts that at least three times pass most of what came in, within three days and since they last did, to one other
# account, which gets most of all that they pay: wages that are handed over, takings that are collected, chains of
# laundering; and families.
PASSED = f"""
WITH sides AS ({SIDES}), moved AS (
    SELECT s.node AS account, o.node AS other, r.currency, r.posted_at AS t,
           CASE WHEN s.payee THEN 0.0 ELSE r.amount::DOUBLE END AS sent,
           CASE WHEN s.payee THEN r.amount::DOUBLE ELSE 0.0 END AS got
    FROM sides s JOIN records r USING (rid) LEFT JOIN sides o ON o.rid = s.rid AND o.payee AND NOT s.payee
    WHERE r.posted_at IS NOT NULL
), seen AS (
    SELECT *, sum(got) OVER (PARTITION BY account, currency ORDER BY t) AS until,
        sum(got) OVER (PARTITION BY account, currency ORDER BY t
            RANGE BETWEEN INTERVAL {DAYS} DAY PRECEDING AND CURRENT ROW) AS recent,
        sum(sent) OVER (PARTITION BY account, currency) AS whole FROM moved
), since AS (
    SELECT *, least(recent, until - lag(until, 1, 0.0) OVER (PARTITION BY account, other, currency ORDER BY t)) AS came
    FROM seen WHERE sent > 0
)
SELECT account, other FROM since WHERE other <> account GROUP BY account, other
HAVING count(*) FILTER (came > 0 AND sent >= {SHARE} * came AND sent <= 1.1 * came) >= {LEAST_TIMES}
   AND sum(sent) FILTER (came > 0 AND sent >= {SHARE} * came AND sent <= 1.1 * came) >= 0.5 * max(whole)
"""
# Sides that other records show as somebody's own: adverts, offers, pages, and those who act in a talk.
_PUBLIC = f"""
SELECT DISTINCT m.type::VARCHAR AS type, m.value FROM mentions m SEMI JOIN ({SIDES}) s ON s.type = m.type::VARCHAR
    AND s.value = m.value
JOIN records r USING (rid) LEFT JOIN conversation_members c USING (rid)
LEFT JOIN (SELECT conversation_id, actor FROM stages UNION SELECT conversation_id, controller FROM control) a
    ON (a.conversation_id, a.actor) = (c.conversation_id, r.handle)
WHERE r.kind NOT IN ('payment', 'message') OR a.actor IS NOT NULL
"""
_SIDES = f"""
WITH named AS ({SIDES}), passed AS ({PASSED})
SELECT n.rid, n.payee, n.type, n.value, u.value IS NOT NULL AS public, p.other IS NOT NULL AS passed
FROM named n LEFT JOIN ({_PUBLIC}) u ON (u.type, u.value) = (n.type, n.value)
LEFT JOIN named o ON n.payee AND o.rid = n.rid AND NOT o.payee
LEFT JOIN passed p ON (p.account, p.other) = (o.node, n.node)
"""


def own_payments(engine: Engine, index: RowIndex, ties: Ties) -> tuple[Ties, tuple[Ints, Ints]]:
    """The ties without those of payments that say nothing of whose they are; and pairs of payments that are together.

    Args:
        engine: has the views that `clew.link.stage.link` reads.
        index: rows of the records.
        ties: as read.
    """
    paid = _flags(index, engine.sql("SELECT rid FROM records WHERE kind = 'payment'"))
    if not paid.any():
        return ties, (np.zeros(0, np.int64), np.zeros(0, np.int64))
    sides = engine.sql(_SIDES)
    row = index.rows(sides.column("rid").to_numpy().astype(np.uint64))
    code = ties.codes(sides.column("type").combine_chunks(), sides.column("value").combine_chunks())
    payee, public, passed = (sides.column(name).to_numpy() for name in ("payee", "public", "passed"))
    of_payer, of_known_payee = np.zeros(len(paid), np.bool_), np.zeros(len(paid), np.bool_)
    of_payer[row[~payee]] = True
    of_known_payee[row[payee & public]] = True
    # A client is not of the operation, and what a client also pays is not the operation's.
    own = np.where(payee, public | passed | ~of_payer[row], public | ~of_known_payee[row])
    kept = ~paid[ties.row]
    kept[ties.places(code[own], row[own])] = True
    weighed = replace(ties, row=ties.row[kept], identifier=ties.identifier[kept])
    return weighed, chains(row[own & ~payee], code[own & ~payee])


def _flags(index: RowIndex, chosen: pa.Table) -> Flags:
    """bool[records], those whose numbers are in the table."""
    out = np.zeros(len(index.rid), np.bool_)
    out[index.rows(chosen.column("rid").to_numpy().astype(np.uint64))] = True
    return out
