"""Amounts of money as people read them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

UNKNOWN = "XXX"  # ISO 4217: no currency
WITHOUT_CENTS = {
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF",
}  # fmt: skip


def written(amount: Decimal | None, currency: str | None) -> str:
    """ "1,234.50 EUR", with all decimals that count and at least two; a dash for none."""
    if amount is None:
        return "–"
    whole, _, decimals = f"{amount:,f}".partition(".")
    text = f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"
    return text if currency in (None, "", UNKNOWN) else f"{text} {currency}"


def exact(amount: Decimal) -> str:
    """An amount with all of its digits and no others: "1234.5"; never as 1E+3, which not every reader takes."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class _AsText:
    """Tells whatever writes JSON that an amount is a text; a number of JSON is read with 15 digits by most."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema  # only where answers are made: commands start without it

        plain = core_schema.plain_serializer_function_ser_schema(
            exact, return_schema=core_schema.str_schema(), when_used="json"
        )
        return {**handler(source), "serialization": plain}


Amount = Annotated[Decimal, _AsText()]
