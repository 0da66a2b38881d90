"""PAYMENTS and FLOWS: the book with its states, and what went from one account to another."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clew.engine.duckdb import Engine
from clew.engine.order import order_by
from clew.model.traced import FLOWS, PAYMENTS
from clew.trace.money.accounts import NOBODY

_NEVER = np.iinfo(np.int64).max
# Accounts and networks are numbers here, in the order of their names.
_FLOWS = """
SELECT payer, payee, currency, count(*) AS payments, sum(amount)::DECIMAL(38, 18) AS amount,
    min(booked_at) AS first_at, max(booked_at) AS last_at,
    CASE WHEN min(network) = max(network) AND count(network) = count(*) THEN min(network) END AS network_id
FROM moved WHERE state = 'booked' GROUP BY payer, payee, currency ORDER BY payer, payee, currency
"""


def without_cash(book: pa.Table) -> pa.Table:
    """The book, where cash has no account: what one draws at a machine is not what the next pays in there."""
    for side, purpose in (("payer", "cash-in"), ("payee", "cash-out")):
        cash = pc.and_(pc.equal(book.column("purpose"), purpose), book.column(f"{side}_loose"))
        account = pc.if_else(cash, pa.scalar(NOBODY, pa.int32()), book.column(side))
        book = book.set_column(book.column_names.index(side), side, account)
    return book


def payments(book: pa.Table, names: pa.Array) -> pa.Table:
    """PAYMENTS, by time and record, of a book `without_cash` and the names of its accounts."""
    t = book.column("t").fill_null(_NEVER).to_numpy()
    order = pa.array(order_by(t, book.column("rid").to_numpy()))
    sorted_book = book.select(PAYMENTS.names).take(order)
    for side in ("payer", "payee"):
        called = names.take(sorted_book.column(side).combine_chunks())
        sorted_book = sorted_book.set_column(sorted_book.column_names.index(side), side, called)
    return sorted_book.cast(PAYMENTS)


def flows(engine: Engine, book: pa.Table, names: pa.Array) -> pa.Table:
    """FLOWS of what is booked, by payer, payee and currency, of the same."""
    network = book.column("network_id").combine_chunks()
    moved = book.select(["payer", "payee", "currency", "amount", "booked_at", "state"])
    try:
        flowed = engine.sql(_FLOWS, {"moved": moved.append_column("network", network.indices)})
    finally:
        engine.forget("moved")
    for name, values in (("payer", names), ("payee", names), ("network_id", network.dictionary)):
        column = values.take(flowed.column(name).combine_chunks())
        flowed = flowed.set_column(flowed.column_names.index(name), name, column)
    return flowed.cast(FLOWS)
