"""Amounts of money as people read them."""

from __future__ import annotations

from decimal import Decimal

UNKNOWN = "XXX"  # ISO 4217: no currency


def written(amount: Decimal | None, currency: str | None) -> str:
    """ "1,234.50 EUR", with all decimals that count and at least two; a dash for none."""
    if amount is None:
        return "–"
    text = f"{amount.quantize(Decimal('0.01')) if amount == round(amount, 2) else amount.normalize():,f}"
    return text if currency in (None, "", UNKNOWN) else f"{text} {currency}"
