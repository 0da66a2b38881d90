"""PAYMENTS and FLOWS: the book with its states, and what went from one account to another."""

from __future__ import annotations

import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.model.traced import FLOWS, PAYMENTS

# Cash has no account: what one draws at a machine is not what the next pays in there.
_PAYMENTS = """
SELECT rid,
    CASE WHEN purpose = 'cash-in' AND starts_with(payer, 'name:') THEN '' ELSE payer END AS payer,
    CASE WHEN purpose = 'cash-out' AND starts_with(payee, 'name:') THEN '' ELSE payee END AS payee,
    coalesce(nullif(payer_name, ''), CASE WHEN starts_with(b.payer, 'name:') THEN b.payer[6:] END, '') AS payer_name,
    coalesce(nullif(payee_name, ''), CASE WHEN starts_with(b.payee, 'name:') THEN b.payee[6:] END, '') AS payee_name,
    amount, currency, booked_at, purpose, state, of, network_id
FROM book b ORDER BY booked_at NULLS LAST, rid
"""
_FLOWS = """
SELECT payer, payee, currency, count(*) AS payments, sum(amount)::DECIMAL(38, 18) AS amount,
    min(booked_at) AS first_at, max(booked_at) AS last_at,
    CASE WHEN min(network_id) = max(network_id) AND count(network_id) = count(*) THEN min(network_id) END AS network_id
FROM payments_made WHERE state = 'booked' GROUP BY payer, payee, currency ORDER BY payer, payee, currency
"""


def payments(engine: Engine) -> pa.Table:
    """PAYMENTS, by time and record, from ``book``."""
    return engine.sql(_PAYMENTS).cast(PAYMENTS)


def flows(engine: Engine) -> pa.Table:
    """FLOWS of what is booked, by payer, payee and currency, from ``payments_made``."""
    return engine.sql(_FLOWS).cast(FLOWS)
