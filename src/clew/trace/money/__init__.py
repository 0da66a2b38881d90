"""Money: payments as an account book, what flows from whom to whom, and what accounts show."""

from __future__ import annotations

import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.model.traced import FLOWS, MONEY_SIGNS, PAYMENTS
from clew.trace.money.flows import flows, payments, without_cash
from clew.trace.money.read import Book, any_payments, networks, read_book
from clew.trace.money.receipts import without_receipts
from clew.trace.money.signs import money_signs
from clew.trace.money.state import with_states

__all__ = ["Book", "keep_book", "money"]


def keep_book(engine: Engine) -> Book | None:
    """The payments with their states: all that can be told before networks are known; None where there are none.

    Args:
        engine: holds the views ``records``, ``mentions`` and ``labels``. A session of its own: what is registered there
            is not taken back.
    """
    if not any_payments(engine):
        return None
    book = read_book(engine)
    table = book.table
    engine.register({"accounts": book.accounts()})
    for told in (with_states, without_receipts):
        engine.register({"book": table})
        table = told(engine, table)
    return book._replace(table=table)


def money(engine: Engine, book: Book | None) -> dict[str, pa.Table]:
    """What payments show.

    Args:
        engine: holds the views ``records``, ``mentions`` and ``network_members``.
        book: as kept.

    Returns:
        PAYMENTS, FLOWS and MONEY_SIGNS by name.
    """
    if book is None:
        return {
            "payments": PAYMENTS.empty_table(),
            "flows": FLOWS.empty_table(),
            "money_signs": MONEY_SIGNS.empty_table(),
        }
    table = book.table.append_column("network_id", networks(engine, book))
    engine.register({"book": table, "accounts": book.accounts()})
    try:
        moved = without_cash(table)
        with engine.beside(money_signs) as signs:
            made = {"payments": payments(moved, book.names), "flows": flows(engine, moved, book.names)}
            return made | {"money_signs": signs.result()}
    finally:
        for name in ("book", "accounts"):
            engine.forget(name)
