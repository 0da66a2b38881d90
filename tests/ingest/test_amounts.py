from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.ingest.amounts import parse_amounts, without_thousands


def read(text: str, comma: bool = False) -> Decimal | None:
    value: Decimal | None = parse_amounts(pa.array([text]), comma=comma).value[0].as_py()
    return value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1 234.56", "1234.56"),
        ("1\u202f234,56", "1234.56"),
        ("1'234.56", "1234.56"),
        ("1.234.567", "1234567"),
        ("12,34,567.8", "1234567.8"),
        ("-12.50", "-12.50"),
        ("12,50-", "-12.50"),
        ("− 5,00", "-5"),
        ("(12.50)", "-12.50"),
        ("EUR 12.50", "12.50"),
        ("-€3.10", "-3.10"),
        ("€ -3.10", "-3.10"),
        ("12,50 zł", "12.50"),
        ("-.5", "-0.5"),
        ("1e-7", "0.0000001"),
        ("0.000000000000000001", "0.000000000000000001"),
        ("99999999999999999999", "99999999999999999999"),
        ("5,-", "5"),
        ("€ 1.250,-", "1250"),
        ("1e17", "100000000000000000"),
        ("-9.9e19", "-99000000000000000000"),
    ],
)
def test_ways_of_writing(text: str, value: str) -> None:
    assert read(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "12.5.6",
        "1.2.3,4",
        "100000000000000000000",
        "0.1234567890123456789",
        "1e30",
        "1e99",
        "1e-19",
        "12 or 13",
        "5 per day",
    ],
)
def test_what_is_no_amount_or_does_not_fit_is_unread(text: str) -> None:
    amounts = parse_amounts(pa.array([text]), comma=False)
    assert amounts.value[0].as_py() is None
    assert amounts.unread.to_pylist() == [True]


def test_nothing_written_is_not_unread() -> None:
    assert parse_amounts(pa.array(["", "  ", None]), comma=False).unread.to_pylist() == [False, False, False]


def test_three_digits_behind_one_mark_are_read_as_the_rest_of_the_file() -> None:
    assert (read("1.234"), read("1,234")) == (Decimal("1.234"), Decimal(1234))
    assert (read("1.234", comma=True), read("1,234", comma=True)) == (Decimal(1234), Decimal("1.234"))


@pytest.mark.parametrize(
    ("text", "currency", "plain"),
    [
        ("1.234", "EUR", "1234"),
        ("-1.234", "EUR", "-1234"),
        ("1.234-", "EUR", "1234-"),
        ("€ 1.234", None, "€ 1234"),
        ("123.456 PLN", None, "123456 PLN"),
        ("0.234", "EUR", "0.234"),
        ("1234.567", "EUR", "1234.567"),
        ("1.2345", "EUR", "1.2345"),
        ("1.234.567", "EUR", "1.234.567"),
        ("1.234", "KWD", "1.234"),
        ("1.234", "BTC", "1.234"),
        ("1.234", None, "1.234"),
        (None, "EUR", None),
    ],
)
def test_points_of_currencies_without_a_third_decimal(text: str, currency: str, plain: str) -> None:
    assert without_thousands(pa.array([text], pa.string()), pa.array([currency], pa.string())).to_pylist() == [plain]


def test_evidence_of_the_mark() -> None:
    said = {text: parse_amounts(pa.array([text]), comma=False) for text in ("1,50", "1.50", "1,234", "7", "1.234,5")}
    assert {t: (a.comma, a.point) for t, a in said.items()} == {
        "1,50": (True, False),
        "1.50": (False, True),
        "1,234": (False, False),
        "7": (False, False),
        "1.234,5": (True, False),
    }


@given(st.decimals(-(10**12), 10**12, places=2))
def test_cents_survive_every_way_of_writing(value: Decimal) -> None:
    english = f"{value:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert read(english) == read(german) == read(f"{value:.2f} EUR") == value


@given(st.text(max_size=30))
def test_any_text_is_read_or_told(text: str) -> None:
    amounts = parse_amounts(pa.array([text]), comma=False)
    assert (amounts.value[0].as_py() is None) or not amounts.unread[0].as_py()
