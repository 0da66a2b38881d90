from decimal import Decimal

import pytest

from clew.model.money import written


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("1234.5", "EUR", "1,234.50 EUR"),
        ("12.500000000000000000", "EUR", "12.50 EUR"),
        ("0.000000000000000001", "ETH", "0.000000000000000001 ETH"),
        ("100000", "XXX", "100,000.00"),
        ("-3", None, "-3.00"),
    ],
)
def test_amounts_as_people_read_them(amount: str, currency: str | None, text: str) -> None:
    assert written(Decimal(amount), currency) == text


def test_no_amount_is_a_dash() -> None:
    assert written(None, "EUR") == "–"
