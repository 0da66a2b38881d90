"""Plain payments: columns to exact amounts, and what becomes of rows that are none."""

from decimal import Decimal
from typing import Any

from tests.ingest.shelf import Shelf, changes, reasons, rows

from clew.ingest.payments import BAD_AMOUNT, NO_AMOUNT, NOBODY, TWO_CURRENCIES

HEAD = "payer,payee,amount,currency,booked_at,text\n"


def read(shelf: Shelf, text: str, kind: str = "payment", name: str = "p.csv") -> tuple[list[dict[str, Any]], list[str]]:
    """Records in file order, and why others are none."""
    result = shelf.ingest(shelf.write(name, text), kind=kind)
    return sorted(rows(result.records), key=lambda row: row["line"]), sorted(reasons(result))


def test_the_columns_of_a_payment(shelf: Shelf) -> None:
    found, why = read(shelf, HEAD + "NL91ABNA0417164300,+31612345678,12.50,eur,2025-03-04T10:00:00Z,rent March\n")
    (row,) = found
    assert not why
    assert (row["kind"], row["payer"], row["payee"]) == ("payment", "NL91ABNA0417164300", "+31612345678")
    assert (row["amount"], row["currency"], row["body"]) == (Decimal("12.5"), "EUR", "rent March")
    assert row["posted_at"].isoformat() == "2025-03-04T10:00:00+00:00"
    assert row["price"] is None


def test_a_negative_amount_went_the_other_way(shelf: Shelf) -> None:
    head = HEAD.replace("\n", ",payer_name\n")
    found, _ = read(shelf, head + "A1,B2,-5,€,2025-03-04,x,Ann\nA1,B2,5,€,2025-03-04,x,Ann\n")
    assert [(r["payer"], r["payee"], r["amount"], r["currency"]) for r in found] == [
        ("B2", "A1", Decimal(5), "EUR"),
        ("A1", "B2", Decimal(5), "EUR"),
    ]
    assert ['"payee_name":"Ann"' in r["extra"] for r in found] == [True, False]


def test_two_alike_without_an_id_are_two_and_reading_again_adds_none(shelf: Shelf) -> None:
    found, _ = read(shelf, HEAD + "A1,B2,5,EUR,2025-03-04,x\nA1,B2,5,EUR,2025-03-04,x\n")
    assert len({r["record_id"] for r in found}) == 2
    again = shelf.ingest(shelf.root / "p.csv", kind="payment")
    assert (again.read, again.identical) == (2, 2)


def test_with_an_id_a_changed_amount_is_a_version(shelf: Shelf) -> None:
    file = shelf.write("p.csv", "native_id," + HEAD + "7,A1,B2,5,EUR,2025-03-04,x\n7,A1,B2,6,EUR,2025-03-04,x\n")
    result = shelf.ingest(file, kind="payment")
    found = rows(result.records)
    assert {r["version"]: r["amount"] for r in found}.keys() == {1, 2}
    (change,) = changes(result)
    assert change["field"] == "amount"
    assert {Decimal(change["old"]), Decimal(change["new"])} == {Decimal(5), Decimal(6)}


def test_what_is_no_payment_is_told_why(shelf: Shelf) -> None:
    found, why = read(shelf, HEAD + "A1,B2,,EUR,,x\nA1,B2,much,EUR,,x\n,,5,EUR,,x\nA1,,5,EUR,,\n")
    assert [r["payer"] for r in found] == ["A1"]
    assert why == sorted([NO_AMOUNT, BAD_AMOUNT, NOBODY])


def test_a_decimal_comma_is_learnt_from_the_file(shelf: Shelf) -> None:
    head = HEAD.replace(",", ";")
    found, _ = read(shelf, head + "A1;B2;1.234;EUR;;x\nA1;B2;12,50;EUR;;x\n")
    assert [r["amount"] for r in found] == [Decimal(1234), Decimal("12.5")]


def test_three_digits_behind_a_point_are_thousands_where_a_currency_has_no_third_decimal(shelf: Shelf) -> None:
    found, _ = read(shelf, HEAD + "A1,B2,1.234,EUR,,x\nA1,B2,2.000 €,,,x\nA1,B2,1.234,KWD,,x\nA1,B2,1.234,,,x\n")
    assert [r["amount"] for r in found] == [Decimal(1234), Decimal(2000), Decimal("1.234"), Decimal("1.234")]


def test_another_amount_shows_what_the_point_is(shelf: Shelf) -> None:
    found, _ = read(shelf, HEAD + "A1,B2,1.234,EUR,,x\nA1,B2,0.5,EUR,,x\n")
    assert [r["amount"] for r in found] == [Decimal("1.234"), Decimal("0.5")]


def test_a_number_of_json_is_what_it_is(shelf: Shelf) -> None:
    found, _ = read(shelf, '{"payer": "A1", "payee": "B2", "amount": 1.234, "currency": "EUR"}\n', name="p.jsonl")
    assert [r["amount"] for r in found] == [Decimal("1.234")]


def test_two_currencies_of_one_amount(shelf: Shelf) -> None:
    wrong = "A1,B2,5 USD,EUR,,x\nA1,B2,$5,EUR,,x\nA1,B2,£5,USD,,x\n"
    right = "A1,B2,$5,CAD,,x\nA1,B2,5 €,EUR,,x\nA1,B2,EUR 5,€,,x\nA1,B2,5 VAT,EUR,,x\n"
    right += "A1,B2,$5,Dollars,,x\nA1,B2,5 USD,,,x\n"
    found, why = read(shelf, HEAD + wrong + right)
    assert why == [TWO_CURRENCIES] * 3
    assert [r["currency"] for r in found] == ["CAD", "EUR", "EUR", "EUR", "DOLLARS", "USD"]


def test_a_payment_may_have_no_date(shelf: Shelf) -> None:
    found, why = read(shelf, HEAD + "A1,B2,5,EUR,2025-03-04,x\nA1,B2,6,EUR,,x\n")
    assert not why and [r["amount"] for r in found] == [Decimal(5), Decimal(6)]


def test_sender_and_recipient_stand_in_for_payer_and_payee(shelf: Shelf) -> None:
    found, _ = read(shelf, '{"from": "A1", "to": "B2", "amount": "5 USD"}\n', name="p.jsonl")
    (row,) = found
    assert (row["payer"], row["payee"], row["currency"], row["handle"]) == ("A1", "B2", "USD", None)


def test_in_other_kinds_an_amount_is_a_price(shelf: Shelf) -> None:
    found, why = read(shelf, "title,amount,currency\nchair,45,EUR\ntable,from 5,\n", kind="ad")
    assert not why
    assert [(r["price"], r["amount"]) for r in found] == [("45 EUR", None), ("from 5", None)]
