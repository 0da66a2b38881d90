"""What is special about rows of payments: exact amounts, who pays whom, and that the same payment may be made twice."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from clew.ingest.amounts import CODES, SYMBOLS, beside, currency_codes, parse_amounts, without_thousands
from clew.model.traced import MONEY

Columns = dict[str, pa.Array]

NO_AMOUNT = "a payment without an amount"
BAD_AMOUNT = "the amount of this payment cannot be read, or has too many digits"
TWO_CURRENCIES = "the amount of this payment is in another currency than its column of currencies says"
NOBODY = "a payment that names neither payer nor payee"
# Symbols of several currencies, with codes other than those of dollars.
_SHARED = {"$": "MXN ARS CLP COP UYU CUP BRL NIO", "£": "EGP FKP GIP LBP SHP SSP SDG SYP", "¥": "CNY"}
_SIDES = (("payer", "payee"), ("payer_name", "payee_name"), ("payer_bank", "payee_bank"))


def settle(fields: Columns, extra: Columns, kinds: pa.Array, comma: bool, bare: bool = False) -> pa.Array:
    """Turn the columns of amounts into money where rows are payments, and into a price where they are not.

    In payments the sender and the recipient are payer and payee where nobody else is named so. A negative amount is
    one that went the other way: the sides are swapped. A payment without an id of its own keeps the number of its row,
    for two that say the same on one day are two payments, not one read twice.

    Args:
        fields: has the fields of records, ``amount`` as text; they are changed in place.
        extra: JSON texts of the columns that fill no field; changed in place.
        kinds: the kind of each row.
        comma: whether 1,234 is little more than one.
        bare: whether 1.234 may be more than a thousand: people wrote the amounts, and none shows what its point means.

    Returns:
        string[n], why a row cannot be a payment; null where it can.
    """
    n = len(kinds)
    said = fields["amount"]
    paid = pc.equal(kinds, "payment")
    if not pc.any(paid, min_count=0).as_py():
        if said.null_count < n or fields["currency"].null_count < n:
            fields["price"] = _priced(fields["price"], said, fields["currency"])
        fields["amount"] = pa.nulls(n, MONEY)
        return pa.nulls(n, pa.string())
    written = beside(said)
    currency = _currency(fields["currency"], written)
    amounts = parse_amounts(without_thousands(said, currency) if bare else said, comma=comma)
    for side, other in (("payer", "handle"), ("payee", "recipient")):
        taken = pc.and_(paid, pc.and_(pc.is_null(fields[side]), pc.is_valid(fields[other])))
        fields[side] = pc.if_else(taken, fields[other], fields[side])
        fields[other] = pc.if_else(taken, None, fields[other])
    negative = pc.and_(paid, pc.fill_null(pc.less(amounts.value, pa.scalar(0).cast(MONEY)), False))
    for columns in (fields, extra):
        _swap(columns, negative)
    if not pc.all(paid).as_py():
        fields["price"] = pc.if_else(paid, fields["price"], _priced(fields["price"], said, fields["currency"]))
    fields["currency"] = currency
    fields["amount"] = pc.if_else(paid, pc.abs(amounts.value), pa.scalar(None, MONEY))
    alone = pc.and_(paid, pc.is_null(fields["native_id"]))
    if pc.any(alone, min_count=0).as_py():
        row = pc.if_else(alone, fields["line"].cast(pa.string()), None)
        extra["row"] = pc.coalesce(row, extra["row"]) if "row" in extra else row
    nobody = pc.and_(pc.is_null(fields["payer"]), pc.is_null(fields["payee"]))
    why = pc.if_else(amounts.unread, BAD_AMOUNT, pc.if_else(pc.is_null(amounts.value), NO_AMOUNT, None))
    why = pc.coalesce(why, pc.if_else(_contradicted(currency, written), TWO_CURRENCIES, None))
    why = pc.coalesce(why, pc.if_else(nobody, NOBODY, None))
    return pc.if_else(paid, why, None)


def _contradicted(currency: pa.Array, written: pa.Array) -> pa.Array:
    """Where another currency is written beside the amount than in the column of currencies."""
    if written.null_count == len(written):
        return pa.repeat(False, len(written))
    pairs = pc.binary_join_element_wise(currency, written, "\n").dictionary_encode()
    differ = [_differ(*pair.rsplit("\n", 1)) for pair in pairs.dictionary.to_pylist()]
    return pc.fill_null(pa.array(differ, pa.bool_()).take(pairs.indices), False)


def _differ(code: str, written: str) -> bool:
    """Whether what stands beside an amount cannot mean a currency; words and codes that nobody knows mean any."""
    if code not in CODES:
        return False
    if written not in SYMBOLS:
        return written in CODES and written != code
    dollars = written == "$" and code.endswith("D")
    return not (dollars or code == SYMBOLS[written] or code in _SHARED.get(written, "").split())


def paid_text(fields: Mapping[str, pa.Array]) -> pa.Array:
    """The money of each row as one text, for its digest; null where there is none."""
    if fields["amount"].null_count == len(fields["amount"]):
        return pa.nulls(len(fields["amount"]), pa.string())
    parts = [fields[name].cast(pa.string()) for name in ("payer", "payee", "amount", "currency")]
    lengths = [pc.fill_null(pc.binary_length(part).cast(pa.string()), "-") for part in parts]
    texts = [pc.fill_null(part, "") for part in parts]
    pairs = [part for pair in zip(lengths, texts, strict=True) for part in pair]
    return pc.if_else(pc.is_valid(fields["amount"]), pc.binary_join_element_wise(*pairs, ":"), None)


def _swap(columns: Columns, rows: pa.Array) -> None:
    if not pc.any(rows, min_count=0).as_py():
        return
    for left, right in _SIDES:
        if left in columns or right in columns:
            a, b = (columns.get(name, pa.nulls(len(rows), pa.string())) for name in (left, right))
            columns[left], columns[right] = pc.if_else(rows, b, a), pc.if_else(rows, a, b)


def _priced(price: pa.Array, amount: pa.Array, currency: pa.Array) -> pa.Array:
    """A price as text, with its currency where that has a column of its own."""
    price = pc.coalesce(price, amount)
    bare = pc.fill_null(pc.match_substring_regex(price, r"^[\d.,'’\s-]+$"), False)
    return pc.if_else(pc.and_(bare, pc.is_valid(currency)), pc.binary_join_element_wise(price, currency, " "), price)


def _currency(column: pa.Array, written: pa.Array) -> pa.Array:
    """Codes in capitals, of the column of their own or else of what is written beside the amount."""
    codes = currency_codes(column)
    return pc.coalesce(codes, currency_codes(written)) if column.null_count else codes
