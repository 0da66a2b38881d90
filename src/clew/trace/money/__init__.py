"""Money: payments as an account book, what flows from whom to whom, and what accounts show."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.model.traced import FLOWS, MONEY_SIGNS, PAYMENTS
from clew.trace.money.flows import flows, payments, without_cash
from clew.trace.money.read import any_payments, read_book
from clew.trace.money.receipts import without_receipts
from clew.trace.money.signs import money_signs
from clew.trace.money.state import with_states

__all__ = ["money"]


def money(engine: Engine) -> dict[str, pa.Table]:
    """Read the payments.

    Args:
        engine: holds the views ``records``, ``mentions``, ``labels`` and ``network_members``.

    Returns:
        PAYMENTS, FLOWS and MONEY_SIGNS by name.
    """
    if not any_payments(engine):
        return {
            "payments": PAYMENTS.empty_table(),
            "flows": FLOWS.empty_table(),
            "money_signs": MONEY_SIGNS.empty_table(),
        }
    try:
        book, names = read_book(engine)
        engine.register({"accounts": pa.table({"account": np.arange(len(names), dtype=np.int32), "name": names})})
        for told in (with_states, without_receipts):
            engine.register({"book": book})
            book = told(engine, book)
        engine.register({"book": book})
        moved = without_cash(book)
        with engine.beside(money_signs) as signs:
            made = {"payments": payments(moved, names), "flows": flows(engine, moved, names)}
            return made | {"money_signs": signs.result()}
    finally:
        for table in ("book", "accounts"):
            engine.forget(table)
