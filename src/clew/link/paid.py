"""What is special about evidence from payments: whose a payment is.

Everybody pays the same shops, landlords and platforms, so whom one pays says little. A payment belongs to its payer:
all payments of one account are one group from the start. Only where the payee is known from an advert, offer, page or
talk of people who act there, and the payer is not, it belongs to the payee: a client is not of the operation.
Accounts that pass on what they receive are one household or one operation: see `clew.link.passed`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.engine.order import order_by
from clew.link.groups import Ints, chains
from clew.link.passed import Moved, passed_on
from clew.link.rows import Rids, RowIndex
from clew.link.ties import Ties, coded, distinct

Flags = npt.NDArray[np.bool_]

NOBODY = -1
_NOTHING = np.zeros(0, np.int64)

# What an account is called, if several names are read in one field: the safest to be one account, of least rank.
_RANK = """CASE
    WHEN type::VARCHAR = 'account' AND starts_with(value, 'iban:') THEN 0 WHEN type::VARCHAR = 'wallet' THEN 1
    WHEN type::VARCHAR = 'account' THEN 2 WHEN type::VARCHAR = 'phone' THEN 3 WHEN type::VARCHAR = 'email' THEN 4
    ELSE 5 END * 100000 + least("start", 99999) AS rank"""
_WRITTEN = """mentions WHERE field::VARCHAR IN ('payer', 'payee')
    AND type::VARCHAR IN ('account', 'wallet', 'phone', 'email', 'handle')"""
CALLED = f"""
SELECT rid, field::VARCHAR AS field, concat(type::VARCHAR, ':', value) AS node, {_RANK} FROM {_WRITTEN}
"""
NODES = f"SELECT rid, field, arg_min(node, rank) AS node FROM ({CALLED}) GROUP BY ALL"
# The same, as identifiers are known: type and value apart, and the choice of one left to `_sides`.
_SIDES = f"SELECT rid, field::VARCHAR = 'payee' AS payee, type::VARCHAR AS type, value, {_RANK} FROM {_WRITTEN}"
_PAYMENTS = """
SELECT rid, coalesce(currency, '') AS currency, epoch_us(posted_at) AS t, coalesce(amount, 0) AS amount
FROM records WHERE kind = 'payment'
"""
# Records that show as somebody's own what they name: adverts, offers, pages, and what those write who act in a talk.
_PUBLIC = """
SELECT rid FROM records WHERE kind NOT IN ('payment', 'message')
UNION ALL
SELECT rid FROM records r JOIN conversation_members c USING (rid)
JOIN (SELECT conversation_id, actor FROM stages UNION SELECT conversation_id, controller FROM control) a
    ON (a.conversation_id, a.actor) = (c.conversation_id, r.handle)
"""


@dataclass(frozen=True)
class Booked:
    """Payments as read from ``records``, and by what their payers and payees are known, from ``mentions``.

    Attributes:
        payments: rid, currency, t (microseconds), amount.
        rid, payee, rank: of each side by each name: the payment, whether it is the payee, the least rank the safest.
        name: int64[m], which name.
        types, values: string[k], the names.
    """

    payments: pa.Table
    rid: Rids
    payee: Flags
    rank: Ints
    name: Ints
    types: pa.Array
    values: pa.Array


@dataclass(frozen=True)
class _Sides:
    """Who pays and who is paid, where they are known by more than a name.

    Attributes:
        row: int64[m], record, of which a side is known.
        payee: bool[m], whether it is the payee.
        code: int64[m], the identifier of its account.
    """

    row: Ints
    payee: Flags
    code: Ints

    def of(self, payee: bool, records: int) -> Ints:
        """int64[records], the account on one side of each record; `NOBODY` where it is not known."""
        out = np.full(records, NOBODY)
        at = self.payee == payee
        out[self.row[at]] = self.code[at]
        return out


def read_booked(engine: Engine) -> Booked:
    """Read what `own_payments` needs but the ties."""
    payments, found = engine.sql(_PAYMENTS), engine.sql(_SIDES)
    rid, payee, rank = (found.column(name).to_numpy() for name in ("rid", "payee", "rank"))
    (kind, types), (value, values) = (coded(found.column(name)) for name in ("type", "value"))
    name, (of_value, of_type) = distinct(value, kind)
    return Booked(payments, rid.astype(np.uint64), payee, rank, name, types.take(of_type), values.take(of_value))


def own_payments(engine: Engine, index: RowIndex, ties: Ties, booked: Booked) -> tuple[Ties, tuple[Ints, Ints]]:
    """The ties without those of payments that say nothing of whose they are; and pairs of payments that are together.

    Args:
        engine: has the views that `clew.link.stage.link` reads.
        index: rows of the records.
        ties: as read.
        booked: as read.
    """
    made = booked.payments
    paid, n = _flags(index, made), len(index.rid)
    if not paid.any():
        return ties, (_NOTHING, _NOTHING)
    sides = _sides(index, ties, booked)
    payer, payee = sides.of(False, n), sides.of(True, n)
    pairs = passed_on(_moved(index, made, payer, payee))
    # Both codes in one number: few pairs are looked for among many.
    both = payer * len(ties.kind) + payee
    passed = ((payer >= 0) & (payee >= 0) & np.isin(both, pairs[0] * len(ties.kind) + pairs[1]))[sides.row]
    public = _public(engine, index, ties)[sides.code]
    row = sides.row
    of_known_payee = np.zeros(n, np.bool_)
    of_known_payee[row[sides.payee & public]] = True
    # A client is not of the operation, and what a client also pays is not the operation's.
    own = np.where(sides.payee, public | passed | (payer[row] < 0), public | ~of_known_payee[row])
    kept = ~paid[ties.row]
    kept[ties.places(sides.code[own], row[own])] = True
    weighed = ties.only(kept)
    payers = own & ~sides.payee
    return weighed, chains(row[payers], sides.code[payers])


def _sides(index: RowIndex, ties: Ties, booked: Booked) -> _Sides:
    """The sides of all payments, each once, by the name that is safest."""
    row, payee = index.rows(booked.rid), booked.payee
    side = np.where(row >= 0, row * 2 + payee, NOBODY)
    first = safest(side, booked.rank)
    code = ties.codes(booked.types, booked.values)[booked.name[first]]
    return _Sides(row[first], payee[first], code)


def safest(side: Ints, rank: Ints) -> Ints:
    """Of names of sides of payments, the places of those with the least rank of each side; none of side -1."""
    order = order_by(side, rank)
    first = np.append(True, side[order][1:] != side[order][:-1])[: len(order)]
    chosen: Ints = order[first & (side[order] >= 0)]
    return chosen


def _moved(index: RowIndex, made: pa.Table, payer: Ints, payee: Ints) -> Moved:
    """The payments of which the time is known."""
    made = made.filter(made.column("t").is_valid())
    row = index.rows(made.column("rid").to_numpy().astype(np.uint64))
    t, amount = made.column("t").to_numpy(), made.column("amount").cast(pa.float64()).to_numpy()
    return Moved(payer[row], payee[row], coded(made.column("currency"))[0].astype(np.int64), t, amount, row)


def _public(engine: Engine, index: RowIndex, ties: Ties) -> Flags:
    """bool[identifiers], those that some record shows as somebody's own."""
    out = np.zeros(len(ties.kind), np.bool_)
    out[ties.identifier[_flags(index, engine.sql(_PUBLIC))[ties.row]]] = True
    return out


def _flags(index: RowIndex, chosen: pa.Table) -> Flags:
    """bool[records], those whose numbers are in the table."""
    out = np.zeros(len(index.rid), np.bool_)
    out[index.rows(chosen.column("rid").to_numpy().astype(np.uint64))] = True
    return out
