"""The whole trace stage on a small world: the same rows give the same bytes, and every row is about what is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.once import once

from clew.engine.duckdb import Engine
from clew.ingest.stage import IngestOptions
from clew.model.tables import TABLES
from clew.model.traced import TRACED
from clew.pipeline.ingest import ingest
from clew.pipeline.run import run
from clew.simulate.world import simulate
from clew.store.views import open_views
from clew.store.workspace import Workspace
from clew.trace.money import keep_book
from clew.trace.stage import trace

# Whole rows in the ways that people write them: no time, no currency, one side alone, a date, the other way, twice.
_UGLY = """payer,payee,amount,currency,booked_at,text
NL91 ABNA 0417 1643 00,Rent House,845.10,EUR,,no time
Anna K,Rent House,845.10,EUR,yesterday,no time that can be read
Anna K,,7.123456789012345678,BTC,2026-02-09,to nobody
Anna K,Rent House,5,,2026-02-09,
Anna K,Rent House,-12.50,EUR,2026-02-09T10:00:00+02:00,the other way
Anna K,Rent House,20,EUR,2026-02-10,twice
Anna K,Rent House,20,EUR,2026-02-10,twice
"""
Tables = dict[str, pa.Table]
_SHARES = {
    "stays": ("certainty",), "moves": ("certainty",), "patterns": ("confidence",), "roles": ("confidence",),
    "forecasts": ("probability", "baseline"), "payment_matches": ("score", "chance"),
}  # fmt: skip
_SPANS = (("from_at", "to_at"), ("left_at", "arrived_at"), ("first_at", "last_at"))


def _make(home: Path) -> None:
    """Every table that a run makes of a world with money and travel, a file each."""
    simulate(home / "world", 250, seed=21, images=0, offers=0, sites=0, conversations=0, payments=300, processes=1)
    (home / "ugly.csv").write_text(_UGLY)
    workspace = Workspace.create(home / "w")
    paid = IngestOptions("payment", "simulated")
    ingest(workspace, [home / "world" / "ads.jsonl"], IngestOptions("ad", "simulated"))
    ingest(workspace, [home / "world" / name for name in ("payments.jsonl", "crypto.jsonl")], paid)
    ingest(workspace, [home / "world" / "statements.camt053.xml"], replace(paid, source="bank"))
    ingest(workspace, [home / "world" / "travel.mbox"], IngestOptions("message", "mail"))
    ingest(workspace, [home / "ugly.csv"], replace(paid, source="people"))
    run(workspace)
    with open_views(workspace) as engine:
        for name in TABLES:
            pq.write_table(engine.sql(f"SELECT * FROM {name}"), home / f"{name}.parquet")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(tmp_path_factory, "traced", _make)


@pytest.fixture(scope="module")
def made(home: Path) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    for name in TABLES:
        con.execute(f"CREATE VIEW {name} AS SELECT * FROM '{home / name}.parquet'")
    return con


def _traced(home: Path, out: Path, threads: int, order: Callable[[pa.Table], pa.Table]) -> dict[str, bytes]:
    given: Tables = {
        name: order(pq.read_table(home / f"{name}.parquet").cast(schema))
        for name, schema in TABLES.items()
        if name not in TRACED and name not in ("findings", "leads", "record_scores")
    }
    out.mkdir()
    with Engine(out, threads=threads) as engine:
        engine.register(given)
        made = trace(engine, out, lambda share: None, keep_book(engine))
        return {name: path.read_bytes() for name, path in made.items()}


def test_order_and_threads_do_not_matter(home: Path, tmp_path: Path) -> None:
    chance = np.random.default_rng(5)
    one = _traced(home, tmp_path / "one", 1, lambda table: table.take(pa.array(chance.permutation(len(table)))))
    two = _traced(home, tmp_path / "two", 2, lambda table: table.take(pa.array(chance.permutation(len(table)))))
    assert [name for name in one if one[name] != two[name]] == []
    for name, schema in TRACED.items():
        made, ran = (pq.read_table(folder / f"{name}.parquet").cast(schema) for folder in (tmp_path / "one", home))
        assert made.equals(ran), name


def test_the_world_says_something_to_every_part(made: duckdb.DuckDBPyConnection) -> None:
    for name in ("stays", "moves", "payments", "flows", "payment_matches", "roles", "assets"):
        assert made.execute(f"SELECT count(*) FROM {name}").fetchone() > (0,), name


@pytest.mark.parametrize("name", TRACED)
def test_rows_are_about_records_and_networks_that_exist(made: duckdb.DuckDBPyConnection, name: str) -> None:
    names = TRACED[name].names
    for column in {"rid", "of", "rid_payment", "rid_record"} & set(names):
        lost = f"SELECT count(*) FROM {name} WHERE {column} IS NOT NULL AND {column} NOT IN (SELECT rid FROM records)"
        assert made.execute(lost).fetchone() == (0,), column
    if "rids" in names:
        lost = f"SELECT count(*) FROM (SELECT unnest(rids) AS rid FROM {name}) ANTI JOIN records USING (rid)"
        assert made.execute(lost).fetchone() == (0,)
    if "network_id" in names:
        lost = f"SELECT count(*) FROM {name} WHERE network_id NOT IN (SELECT network_id FROM networks)"
        assert made.execute(lost).fetchone() == (0,)


@pytest.mark.parametrize("name", TRACED)
def test_shares_are_shares_and_times_go_on(made: duckdb.DuckDBPyConnection, name: str) -> None:
    for column in _SHARES.get(name, ()):
        odd = f"SELECT count(*) FROM {name} WHERE coalesce(isnan({column}) OR {column} < 0 OR {column} > 1, true)"
        assert made.execute(odd).fetchone() == (0,), column
    for first, last in _SPANS:
        if first in TRACED[name].names:
            back = f"SELECT count(*) FROM {name} WHERE {first} > {last}"
            assert made.execute(back).fetchone() == (0,), first


def test_every_payment_is_told_once_and_flows_add_up(made: duckdb.DuckDBPyConnection) -> None:
    paid = "SELECT rid, amount, coalesce(currency, 'XXX') AS currency FROM records WHERE kind = 'payment'"
    assert made.execute(f"{paid} EXCEPT ALL SELECT rid, amount, currency FROM payments").fetchall() == []
    assert made.execute(f"SELECT rid, amount, currency FROM payments EXCEPT ALL {paid}").fetchall() == []
    booked = "SELECT payer, payee, currency, count(*), sum(amount) FROM payments WHERE state = 'booked' GROUP BY ALL"
    flowed = "SELECT payer, payee, currency, payments, amount FROM flows"
    assert made.execute(f"{booked} EXCEPT ALL {flowed}").fetchall() == []
    assert made.execute(f"{flowed} EXCEPT ALL {booked}").fetchall() == []


def test_a_statement_repeats_the_list_and_rows_of_one_list_do_not(made: duckdb.DuckDBPyConnection) -> None:
    told = made.execute(
        "SELECT count(*) FILTER (r.source = 'bank' AND p.state = 'duplicate' OR o.source = 'bank') / "
        "count(*) FILTER (r.source = 'bank') "
        "FROM payments p JOIN records r USING (rid) LEFT JOIN records o ON o.rid = p.of"
    ).fetchone()
    assert told is not None and told[0] > 0.95
    people = "SELECT p.amount, p.state FROM payments p JOIN records r USING (rid) WHERE r.source = 'people'"
    amounts = ("5", "7.123456789012345678", "12.50", "20", "20", "845.10", "845.10")
    assert sorted(made.execute(people).fetchall()) == [(Decimal(amount), "booked") for amount in amounts]
