"""Where statements of an account are missing: one ends with another balance than the next begins with.

Within a file that is told when it is ingested (`clew.ingest.money_statement`); here it is between files, whenever they
were ingested. Of a statement one entry carries the opening balance, and one the closing balance; rows of a table carry
the balance after each. A table whose balances do not run through tells nothing, nor does what overlaps.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from clew.engine.duckdb import Engine
from clew.model.money import Amount, written


@dataclass(frozen=True)
class Gap:
    """A time of which statements are missing.

    Attributes:
        currency: of the account.
        last_day, first_day: of the last entry before and of the first one after, UTC.
        before, after: the balances there.
        said: one sentence.
    """

    currency: str
    last_day: date
    first_day: date
    before: Amount
    after: Amount
    said: str


# The account's own statements: it is the side that the entry was booked on. Each statement begins with the entry that
# carries an opening balance. Of a table the first balance is the one that no row led to, the last the one that no row
# begins with, in whichever order the rows stand.
_RUNS = r"""
WITH own AS (
    SELECT source, file, line, p.currency, booked_at, if(received, p.amount, -p.amount) AS moved,
        try_cast(regexp_extract(extra, '"opening":"(-?[0-9.]+)"', 1) AS DECIMAL(38, 18)) AS opening,
        try_cast(regexp_extract(extra, '"closing":"(-?[0-9.]+)"', 1) AS DECIMAL(38, 18)) AS closing,
        try_cast(regexp_extract(extra, '"balance":"(-?[0-9.]+)"', 1) AS DECIMAL(38, 18)) AS balance
    FROM (
        SELECT rid, amount, currency, booked_at, true AS received FROM payments WHERE payee = $account
        UNION ALL SELECT rid, amount, currency, booked_at, false FROM payments WHERE payer = $account
    ) p JOIN records USING (rid)
    WHERE booked_at IS NOT NULL AND extra LIKE '%"status":"booked"%'
        AND contains(extra, if(received, '"direction":"credit"', '"direction":"debit"'))
), parted AS (
    SELECT *, count(opening) OVER (PARTITION BY source, file, currency ORDER BY line) AS part FROM own
), statements AS (
    SELECT currency, min(booked_at)::DATE AS first_day, max(booked_at)::DATE AS last_day,
        min(opening) AS opening, coalesce(max(closing), min(opening) + sum(moved)) AS closing
    FROM parted WHERE part > 0 GROUP BY source, file, currency, part
), balances AS (
    SELECT source, file, currency, balance - moved AS value, 1 AS n FROM own WHERE balance IS NOT NULL
    UNION ALL SELECT source, file, currency, balance, -1 FROM own WHERE balance IS NOT NULL
), loose AS (
    SELECT source, file, currency, value, sum(n) AS n FROM balances GROUP BY ALL HAVING sum(n) <> 0
), ends AS (
    SELECT source, file, currency, max(value) FILTER (n > 0) AS opening, max(value) FILTER (n < 0) AS closing
    FROM loose GROUP BY ALL HAVING sum(n) FILTER (n > 0) = 1 AND sum(n) FILTER (n < 0) = -1
), tables AS (
    SELECT currency, min(booked_at)::DATE AS first_day, max(booked_at)::DATE AS last_day, e.opening, e.closing
    FROM own JOIN ends e USING (source, file, currency) GROUP BY source, file, currency, e.opening, e.closing
)
FROM statements UNION ALL FROM tables ORDER BY currency, first_day, last_day, opening, closing
"""


def statement_gaps(engine: Engine, account: str) -> tuple[Gap, ...]:
    """Between which days statements of an account are missing, and how its balance changed meanwhile.

    Args:
        engine: with ``payments`` and ``records``.
        account: as in PAYMENTS.
    """
    found = list[Gap]()
    last: dict[str, dict[str, Any]] = {}
    for run in engine.rows(_RUNS, account=account):
        before = last.get(run["currency"])
        if before is not None and run["first_day"] > before["last_day"] and run["opening"] != before["closing"]:
            found.append(_gap(before, run))
        if before is None or run["last_day"] >= before["last_day"]:
            last[run["currency"]] = run
    return tuple(found)


def _gap(before: dict[str, Any], run: dict[str, Any]) -> Gap:
    currency, one, other = run["currency"], before["closing"], run["opening"]
    days = before["last_day"], run["first_day"]
    way = "more came in than went out" if other > one else "more went out than came in"
    said = (
        f"Statements between {days[0]} and {days[1]} are missing: {written(abs(other - one), currency)} {way} "
        f"(the balance was {written(one, currency)}, then {written(other, currency)})."
    )
    return Gap(currency, days[0], days[1], one, other, said)
