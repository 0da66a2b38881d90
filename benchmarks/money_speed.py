"""How fast payments become books, flows and signs, and how much memory following ten million of them takes."""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.model.tables import TABLES
from clew.query.money_follow import traced
from clew.query.money_kernel import order
from clew.trace.money import keep_book, money

_TEXTS = (
    "Salary", "Huur kamer", "Bareinzahlung", "betaling dank je", "ref", "Advertentie premium", "ATM", "FlixBus ticket",
    "Lidl", "for mama",
)  # fmt: skip
_TYPES = ("transfer", "card", "cash-deposit", "direct-debit")
_START = 1_767_225_600_000_000


def _numbers(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Payers, payees (some with very many payments), hundredths and times."""
    rng = np.random.default_rng(1)
    accounts = max(n // 12, 10)
    payer = (rng.zipf(1.3, n) % accounts).astype(np.int64)
    payee = (rng.integers(0, accounts, n) + payer + 1) % accounts
    payee = np.where(rng.random(n) < 0.3, rng.zipf(1.4, n) % 500, payee)
    cents = np.round(np.exp(rng.normal(4.5, 1, n)) * 100).astype(np.int64) + 1
    return payer, payee, cents, _START + rng.integers(0, 180 * 86_400, n) * 1_000_000


def _tables(n: int, engine: Engine) -> dict[str, pa.Table]:
    """Records and mentions of n payments."""
    payer, payee, cents, t = _numbers(n)
    rng = np.random.default_rng(2)
    given = pa.table(
        {"k": np.arange(n), "a": payer, "b": payee, "c": cents, "t": t, "x": rng.integers(0, 10**6, n)}
        | {"text": pa.array(_TEXTS).take(pa.array(rng.integers(0, len(_TEXTS), n)))}
        | {"type": pa.array(_TYPES).take(pa.array(rng.integers(0, len(_TYPES), n)))}
    )
    records = engine.sql(
        """SELECT hash(k)::UBIGINT AS rid, format('{:032x}', k) AS record_id, 'i' || k AS item_id, 1 AS version,
            'payment' AS kind, 's' AS source, 'bank' AS platform, text || ' ' || x AS body, format('NL{:016d}', a)
                AS payer,
            format('NL{:016d}', b) AS payee, (c / 100.0)::DECIMAL(38, 18) AS amount, 'EUR' AS currency,
            make_timestamptz(t) AS posted_at, 'f.jsonl' AS file, k AS line,
            concat('{"type":"', type, '","reference":"', k, '","payer_name":"P ', a, '","payee_name":"Q ', b, '"}')
                AS extra
        FROM given""",
        {"given": given},
    )
    mentions = engine.sql(
        """SELECT rid, 'account' AS type, 'iban:' || payer AS value, payer AS raw, 'payer' AS field, 0 AS start,
            18 AS "end", false AS obscured, 'h' AS extractor, '1' AS version FROM records
        UNION ALL SELECT rid, 'account', 'iban:' || payee, payee, 'payee', 0, 18, false, 'h', '1' FROM records""",
        {"records": records},
    )
    made = {}
    for name, table in (("records", records), ("mentions", mentions)):
        columns = [
            (table.column(f.name) if f.name in table.column_names else pa.nulls(len(table), f.type)).cast(f.type)
            for f in TABLES[name]
        ]
        made[name] = pa.table(columns, schema=TABLES[name])
    return made


def stage(n: int = 1_000_000) -> None:
    """The money part of the trace stage."""
    with tempfile.TemporaryDirectory() as folder, Engine(Path(folder), memory_gb=3, threads=2) as engine:
        engine.register({name: schema.empty_table() for name, schema in TABLES.items()} | _tables(n, engine))
        wall, cpu = time.perf_counter(), time.process_time()
        made = money(engine, keep_book(engine))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    rows = ", ".join(f"{table.num_rows:,} {name}" for name, table in made.items())
    print(f"{n:,} payments through trace.money: {wall:.1f} s, {cpu:.1f} s of CPU ({rows}); peak {_peak():.1f} GB")


def followed(n: int = 10_000_000) -> None:
    """Put n payments in order and follow one account's money through all of them, in memory."""
    payer, payee, cents, t = _numbers(n)
    keep = payer != payee
    payer, payee = payer[keep].astype(np.int32), payee[keep].astype(np.int32)
    whole, part = cents[keep] // 100, cents[keep] % 100 * 10**16
    before = time.process_time()
    at = order(t[keep], payer, payee, np.arange(int(keep.sum())).astype(np.uint64))
    expands = np.ones(int(max(payer.max(), payee.max())) + 1, np.bool_)
    found = traced(payer[at], payee[at], whole[at], part[at], expands, 7)
    reached = [int(((w > 0) | (p > 0)).sum()) for w, p in (found[:2], found[2:])]
    print(
        f"{len(at):,} payments followed from one account: {time.process_time() - before:.1f} s of CPU; first in, first "
        f"out reaches {reached[0]:,} of them, proportion {reached[1]:,}; peak {_peak():.1f} GB"
    )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    followed()
    stage()
