"""Money on the simulated world: what accounts show against the truth, and how fast.

    python -m benchmarks.money [--world FOLDER …] [--seeds 11 12] [--speed]

Signs are compared with what the truth says accounts do. "Honest" accounts are those of people and firms of no operation
that exploits.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import pyarrow as pa

from benchmarks.money_speed import followed, stage
from clew.engine.duckdb import Engine
from clew.model.tables import TABLES
from clew.simulate.world import simulate
from clew.trace.money import keep_book, money

# What the truth calls the payments that a sign is about, and on which side the account stands.
_TRUTH = {
    "payer-many-ads": ("payer", "flow IN ('advert-post', 'advert-boost', 'advert-month')", "count(*) >= 6"),
    "prepaid-cards": ("payer", "flow = 'voucher'", "count(*) >= 3"),
    "funnel-account": ("payee", "flow = 'funnel-in'", "count(*) >= 5"),
    "money-through": ("payer", "flow IN ('sweep', 'wage-returned')", "count(*) >= 4"),
    "money-round-trip": (
        "payer",
        "flow = 'round-trip' AND p.payer NOT IN (SELECT node FROM accounts WHERE trade = 'front')",
        "count(*) >= 2",
    ),
    "structured-cash": ("payee", "flow = 'split-cash'", "count(*) >= 3"),
    "wallet-mixer": ("payer", "flow = 'mixer'", "count(*) >= 1"),
    "night-micro-credits": ("payee", "flow = 'client'", "count(*) >= 12"),
    "wages-returned": ("payee", "flow = 'wage-returned'", "count(*) >= 6 AND count(DISTINCT p.payer) >= 2"),
    "many-wages-one-account": ("payee", "flow = 'wage'", "count(*) >= 2.5 * count(DISTINCT booked_at::DATE)"),
    "rent-many-beds": ("payer", "flow = 'rent'", "count(*) >= 4 AND count(DISTINCT p.payee) >= 2"),
    "travel-for-others": ("payer", "flow IN ('travel', 'lodging')", "count(*) >= 6"),
    "victim-account-controlled": ("payer", "flow IN ('sweep', 'wage-returned')", "count(*) >= 4"),
}


def tables(world: Path) -> dict[str, pa.Table]:
    """The records and mentions of a world's payments, as ingest and extract give them."""
    with Engine(world, memory_gb=2) as engine:
        read = {}
        for name in ("payments", "crypto"):
            file = world / f"{name}.jsonl"
            read[name] = file
        engine.run(
            f"""CREATE TEMP TABLE given AS
            SELECT *, row_number() OVER (ORDER BY native_id) AS n FROM (
                SELECT native_id, if(starts_with(amount, '-'), payee, payer) AS payer, if(starts_with(amount, '-'),
                    payer, payee) AS payee,
                    ltrim(amount, '-') AS amount, currency, booked_at, text, payer_name, payee_name, type, place,
                        platform,
                    CASE WHEN starts_with(amount, '-') THEN to_json({{'type': type}})::VARCHAR
                        ELSE to_json(x)::VARCHAR END AS extra
                FROM read_json('{read["payments"]}', columns={{native_id: 'VARCHAR', payer: 'VARCHAR', payee: 'VARCHAR',
                    amount: 'VARCHAR', currency: 'VARCHAR', booked_at: 'VARCHAR', text: 'VARCHAR',
                        payer_name: 'VARCHAR',
                    payee_name: 'VARCHAR', type: 'VARCHAR', place: 'VARCHAR', platform: 'VARCHAR', device: 'VARCHAR',
                    ip: 'VARCHAR', account: 'VARCHAR', reference: 'VARCHAR', reversal: 'VARCHAR', reverses: 'VARCHAR',
                    status: 'VARCHAR'}}) x
                UNION ALL
                SELECT tx, payer, payee, amount, currency, booked_at, NULL, NULL, NULL, 'coin',
                    NULL, chain,
                    to_json({{'type': 'coin'}})::VARCHAR
                FROM read_json('{read["crypto"]}', columns={{chain: 'VARCHAR', tx: 'VARCHAR', payer: 'VARCHAR',
                    payee: 'VARCHAR', amount: 'VARCHAR', currency: 'VARCHAR', booked_at: 'VARCHAR'}})
            )"""
        )
        records = engine.sql(
            """SELECT hash(n)::UBIGINT AS rid, native_id AS record_id, native_id AS item_id, 1 AS version, 'payment'
                AS kind,
                'sim' AS source, coalesce(platform, '') AS platform, native_id, payer, payee, amount::DECIMAL(38,18)
                    AS amount,
                currency, text AS body, place, booked_at::TIMESTAMPTZ AS posted_at,
                CASE WHEN ends_with(booked_at, 'Z') THEN 0 ELSE
                    (booked_at[-6:-4]::INTEGER * 60 + (booked_at[-6] || booked_at[-2:])::INTEGER) END AS posted_offset,
                extra, 'payments.jsonl' AS file, n AS line FROM given"""
        )
        mentions = engine.sql(
            f"""SELECT r.rid, split_part(a.node, ':', 1) AS type, substr(a.node, position(':' IN a.node) + 1) AS value,
                a.value AS raw, s.field FROM (SELECT rid, 'payer' AS field, payer AS value FROM records
                UNION ALL SELECT rid, 'payee', payee FROM records) s
                JOIN records r USING (rid) JOIN read_parquet('{world}/truth/accounts.parquet') a ON a.value = s.value
                WHERE NOT starts_with(a.node, 'name:')""",
            {"records": records},
        )
        ads = engine.sql(
            f"SELECT DISTINCT platform FROM read_parquet('{world}/truth/payments.parquet') WHERE platform IS NOT NULL"
        )
        labels = engine.sql(
            f"""SELECT node AS value, CASE WHEN trade = 'mixer' THEN 'mixer' ELSE 'exchange' END AS label
            FROM read_parquet('{world}/truth/accounts.parquet') WHERE trade IN ('mixer', 'exchange', 'exchanger',
                'desk')"""
        )
    return {"records": _fit("records", records, ads), "mentions": _fit("mentions", mentions), "labels": labels}


def _fit(name: str, table: pa.Table, ads: pa.Table | None = None) -> pa.Table:
    """The table with all its columns; one advert a platform besides."""
    schema = TABLES[name]
    n = table.num_rows
    fill = {"start": pa.array([0] * n, pa.int32()), "end": pa.array([1] * n, pa.int32()),
            "obscured": pa.array([False] * n), "extractor": pa.array(["x"] * n),
                "version": pa.array(["1"] * n)}  # fmt: skip
    columns = [
        (table.column(f.name) if f.name in table.column_names else fill.get(f.name, pa.nulls(n, f.type))).cast(f.type)
        for f in schema
    ]
    made = pa.table(columns, schema=schema)
    if ads is None:
        return made
    rows = [
        {"rid": k, "record_id": str(k), "item_id": str(k), "version": 1, "kind": "ad", "source": "s", "platform": p,
         "file": "f", "line": 1} for k, p in enumerate(ads.column("platform").to_pylist())]  # fmt: skip
    return pa.concat_tables([made, pa.Table.from_pylist(rows, schema=schema)])


def signs(world: Path) -> list[dict[str, object]]:
    """Each sign on one world: found, right, missed, honest accounts that show it."""
    given = tables(world)
    with Engine(world, memory_gb=2) as engine:
        engine.register({k: s.empty_table() for k, s in TABLES.items()} | given)
        made = money(engine, keep_book(engine))
        engine.register(made)
        engine.run(f"CREATE VIEW accounts AS SELECT * FROM read_parquet('{world}/truth/accounts.parquet')")
        engine.run(f"CREATE VIEW true_payments AS SELECT * FROM read_parquet('{world}/truth/payments.parquet')")
        honest = engine.row("SELECT count(DISTINCT node) FROM accounts WHERE NOT exploitation")[0]
        found = []
        for sign, (side, test, least) in _TRUTH.items():
            row = engine.row(
                f"""WITH truth AS (
                    SELECT p.{side} AS node FROM true_payments t JOIN records r ON r.native_id = t.native_id
                        JOIN payments p
                    ON p.rid = r.rid WHERE t.exploitation AND t.state <> 'duplicate' AND {test} GROUP BY 1
                        HAVING {least}
                ), said AS (SELECT DISTINCT subject AS node FROM money_signs WHERE sign = '{sign}'),
                bad AS (SELECT DISTINCT node FROM accounts WHERE exploitation)
                SELECT (SELECT count(*) FROM truth), (SELECT count(*) FROM said), (SELECT count(*) FROM said SEMI
                    JOIN truth USING (node)),
                    (SELECT count(*) FROM said SEMI JOIN bad USING (node))"""
            )
            found.append(
                {"sign": sign, "true": row[0], "said": row[1], "right": row[2], "bad": row[3], "honest": honest}
            )
        check = engine.rows(
            """SELECT p.purpose, t.purpose AS truth, count(*) AS n FROM payments p JOIN records r USING (rid)
            JOIN true_payments t USING (native_id) GROUP BY ALL ORDER BY n DESC"""
        )
        states = engine.rows(
            """SELECT p.state, t.state AS truth, count(*) AS n FROM payments p JOIN records r USING (rid)
            JOIN true_payments t USING (native_id) GROUP BY ALL ORDER BY n DESC"""
        )
    right = sum(r["n"] for r in check if r["purpose"] == r["truth"])
    print(
        f"purposes right: {right} of {sum(r['n'] for r in check)};",
        [(r["purpose"], r["truth"], r["n"]) for r in check if r["purpose"] != r["truth"]][:14],
    )
    print("states:", [(r["state"], r["truth"], r["n"]) for r in states])
    return found


def report(rows: list[dict[str, object]]) -> None:
    """Print a table, all worlds together."""
    heads = ("accounts", "said", "right", "precision", "recall", "in op.", "false/1000")
    print(f"{'sign':28}" + "".join(f"{head:>11}" for head in heads))
    names = list(dict.fromkeys(str(r["sign"]) for r in rows))
    for name in names:
        total = {
            k: sum(int(str(r[k])) for r in rows if r["sign"] == name)
            for k in ("true", "said", "right", "bad", "honest")
        }
        said, true = max(total["said"], 1), max(total["true"], 1)
        false = 1000 * (total["said"] - total["bad"]) / max(total["honest"], 1)
        shares = (total["right"] / said, total["right"] / true, total["bad"] / said, false)
        counts = "".join(f"{total[k]:11}" for k in ("true", "said", "right"))
        print(f"{name:28}{counts}" + "".join(f"{share:11.2f}" for share in shares))


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--world", type=Path, nargs="*", default=[])
    parser.add_argument("--seeds", type=int, nargs="*", default=[11, 12])
    parser.add_argument("--ads", type=int, default=20_000)
    parser.add_argument("--payments", type=int, default=60_000)
    parser.add_argument("--speed", action="store_true")
    given = parser.parse_args()
    if given.speed:  # memory first: a process never gets smaller
        followed()
        stage()
        return
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        worlds = given.world
        for seed in [] if worlds else given.seeds:
            place = Path(folder) / str(seed)
            simulate(place, given.ads, seed, images=0, offers=200, sites=0, conversations=200, payments=given.payments)
            worlds = [*worlds, place]
        for world in worlds:
            rows += signs(world)
    report(rows)


if __name__ == "__main__":
    main()
