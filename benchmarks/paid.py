"""How hard payments for adverts are to match in a simulated world: ``python -m benchmarks.paid WORLD``.

For each advert that was paid alone: how many payments of the right sum reached the platform in the hour before it; and
for each such payment, how many adverts appeared on the platform in the hour after it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

_PAY = {"native_id": "VARCHAR", "payee": "VARCHAR", "amount": "DECIMAL(18,2)", "booked_at": "TIMESTAMPTZ"}
_ADS = {"id": "VARCHAR", "platform": "VARCHAR", "posted_at": "TIMESTAMPTZ"}
_FITS = """
WITH paid AS (SELECT t.native_id, t.platform, a.posted, p.amount, p.booked_at, p.payee
    FROM single t JOIN pay p USING (native_id) JOIN ads a ON a.id = t.ad AND a.platform = t.platform),
before AS (SELECT paid.native_id, count(*) AS n FROM paid
    JOIN pay q ON q.payee = paid.payee AND q.amount = paid.amount
    AND q.booked_at BETWEEN paid.posted - INTERVAL 1 HOUR AND paid.posted GROUP BY 1),
after AS (SELECT paid.native_id, count(*) AS n FROM paid JOIN ads a ON a.platform = paid.platform
    AND a.posted BETWEEN paid.booked_at AND paid.booked_at + INTERVAL 1 HOUR GROUP BY 1)
SELECT (SELECT count(*) FROM paid), (SELECT avg(n) FROM before), (SELECT quantile_cont(n, 0.9) FROM before),
    (SELECT avg((n = 1)::INT) FROM before), (SELECT avg(n) FROM after)
"""


def measure(world: Path) -> tuple[int, float, float, float, float]:
    """Adverts paid alone; payments that fit one: mean, nine tenths, share with one; adverts that fit a payment."""
    with duckdb.connect() as base:
        for name, file, columns in (("pay", "payments.jsonl", _PAY), ("lines", "ads.jsonl", _ADS)):
            base.execute(
                f"CREATE TABLE {name} AS SELECT * FROM read_json(?, format = 'newline_delimited', columns = {columns})",
                [str(world / file)],
            )
        base.execute("CREATE TABLE ads AS SELECT id, platform, min(posted_at) AS posted FROM lines GROUP BY ALL")
        base.execute(
            "CREATE TABLE single AS SELECT native_id, ads[1] AS ad, platform FROM read_parquet(?) "
            "WHERE flow = 'advert-post' AND state = 'booked' AND len(ads) = 1",
            [str(world / "truth" / "payments.parquet")],
        )
        row = base.execute(_FITS).fetchone()
    if row is None:
        raise ValueError("no row")
    return row


if __name__ == "__main__":
    count, mean, most, alone, posts = measure(Path(sys.argv[1]))
    print(
        f"{count:,} adverts paid alone; payments that fit one: {mean:.2f} on average, nine tenths at most {most:.0f},"
    )
    print(f"its own alone for {alone:.0%}; adverts that fit a payment: {posts:.2f} on average")
