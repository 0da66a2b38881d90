"""How signs say sums and counts: pieces of SQL."""

from __future__ import annotations


def money(amount: str, currency: str) -> str:
    """SQL: a sum as a person reads it, with its currency."""
    small = f"format('{{:,.6f}} {{}}', {amount}::DOUBLE, {currency})"
    return f"CASE WHEN {amount} < 1 THEN {small} ELSE format('{{:,.0f}} {{}}', {amount}::DOUBLE, {currency}) END"


def percent(share: str) -> str:
    """SQL: a share in per cent."""
    return f"format('{{:.0f}} %', 100 * {share})"


def days(first: str, last: str) -> str:
    """SQL: how many days lie between two times, as words."""
    return f"format('{{}} days', greatest(1, ceil(({last} - {first}) / 86400000000)::BIGINT))"
