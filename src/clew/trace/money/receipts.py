"""Receipts that came by mail, beside the statements that book the same payments: each counts once."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from clew.engine.duckdb import Engine
from clew.trace.money.words import PLAIN

_BEFORE, _AFTER = 1, 5  # days from receipt to booking
_ROUNDS = 6
_LETTERS = rf"regexp_replace({PLAIN}, '[^\p{{{{L}}}}0-9]+', '', 'g')"
# What whoever was paid may be called in a statement: the whole name, its first word, the name of the site.
_CALLED = f"""list_filter([
    {_LETTERS.format("payee_name")},
    {_LETTERS.format("regexp_extract(payee_name, '^[^ ]{5,}')")},
    {_LETTERS.format("regexp_extract(trim(written), '([^. ]{4,})[.][A-Za-z]{2,}$', 1)")}
], lambda word: length(word) >= 4)"""
_RECEIPTS = f"""
CREATE OR REPLACE TEMP TABLE receipts AS
SELECT rid, amount, currency, day, {_CALLED} AS called
FROM book JOIN (SELECT rid, coalesce(payee, '') AS written FROM records) USING (rid)
WHERE type = 'receipt' AND state = 'booked' AND day IS NOT NULL
"""
_PAIRS = f"""
CREATE OR REPLACE TEMP TABLE receipt_pairs AS
SELECT r.rid, p.rid AS of, abs(p.day - r.day) AS apart
FROM receipts r JOIN (
    SELECT rid, amount, currency, day, {_LETTERS.format("concat(name, payee_name, text)")} AS said
    FROM book SEMI JOIN receipts USING (amount, currency) JOIN accounts ON accounts.account = payee
    WHERE type <> 'receipt' AND state = 'booked'
) p ON p.amount = r.amount AND p.currency = r.currency AND p.day BETWEEN r.day - {_BEFORE} AND r.day + {_AFTER}
WHERE len(list_filter(r.called, lambda word: contains(p.said, word))) > 0
"""
# Each receipt with the payment nearest to it, where that one has no nearer receipt.
_NEAREST = """
SELECT rid, of FROM receipt_pairs
QUALIFY row_number() OVER (PARTITION BY rid ORDER BY apart, of) = 1
    AND row_number() OVER (PARTITION BY of ORDER BY apart, rid) = 1
"""
_LEFT = """
DELETE FROM receipt_pairs WHERE rid IN (SELECT rid FROM receipts_paired) OR of IN (SELECT of FROM receipts_paired)
"""


def without_receipts(engine: Engine, book: pa.Table) -> pa.Table:
    """The book, registered as ``book``, where a receipt repeats the booked payment that it fits: amount, day, and whom
    it names.

    A receipt knows the mail address of whoever paid and no account, so two people who pay the same shop the same amount
    within days are not told apart here.
    """
    paired = pa.table({"rid": pa.array([], pa.uint64()), "of": pa.array([], pa.uint64())})
    engine.run(_RECEIPTS)
    if engine.row("SELECT count(*) FROM receipts")[0]:
        engine.run(_PAIRS)
        for _ in range(_ROUNDS):
            found = engine.sql(_NEAREST)
            if not found.num_rows:
                break
            paired = pa.concat_tables([paired, found.cast(paired.schema)])
            engine.run(_LEFT, {"receipts_paired": paired})
        engine.forget("receipts_paired")
        engine.run("DROP TABLE temp.receipt_pairs")
    engine.run("DROP TABLE temp.receipts")
    return _repeating(book, paired) if len(paired) else book


def _repeating(book: pa.Table, paired: pa.Table) -> pa.Table:
    """The book, where some payments (rid) repeat others (of)."""
    at = pc.index_in(book.column("rid"), paired.column("rid").combine_chunks())
    repeats = at.is_valid()
    made = {
        "state": pc.if_else(repeats, "duplicate", book.column("state")),
        "of": pc.if_else(repeats, paired.column("of").combine_chunks().take(at), book.column("of")),
    }
    for name, column in made.items():
        book = book.set_column(book.column_names.index(name), name, column)
    return book
