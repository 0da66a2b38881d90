"""Price lists of platforms: what is read of them, which hold, and that runs, exports and replays obey them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import orjson
import pyarrow.parquet as pq
import pytest
from tests.commands import Runner

from clew.access.roles import alone
from clew.cases.base import Casework
from clew.cli.app import app
from clew.exchange.tables import export_tables
from clew.ingest.stage import IngestOptions
from clew.ledger.log import entries
from clew.model.actor import Actor
from clew.model.errors import DeniedError, InputError
from clew.pipeline.custody import account_for
from clew.pipeline.ingest import ingest
from clew.pipeline.price import price, price_lists, unprice
from clew.pipeline.replay import replay
from clew.pipeline.run import run
from clew.store.workspace import Workspace

ANN = alone("ann", "command line")
LIST = """Plattform;Produkt;Preis;Währung;gültig ab;gültig bis
velomarket;renewal;12,00;eur;2026-01-01;
velomarket;top place;30;EUR;;2026-12-31
othermarket;;0.00003750;BTC;;
"""
BAD = """platform,what,amount,currency,from,until
velomarket,a,12,EUR,,
,b,12,EUR,,
velomarket,c,free,EUR,,
velomarket,d,,EUR,,
velomarket,e,-3,EUR,,
velomarket,f,0.00,EUR,,
velomarket,g,3,,,
velomarket,h,3,EUR,some day,
velomarket,i,3,EUR,2026-02-01,2026-01-01
velomarket,j
"""


def _file(folder: Path, text: str, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


@pytest.fixture
def paid(tmp_path: Path) -> Workspace:
    """A payer, a platform, and a post nine minutes after each payment."""
    days = [f"2026-05-0{n}T10:0" for n in range(1, 5)]
    payments = [
        {"id": str(n), "payer": "DE89370400440532013000", "payee": "Velomarket BV", "amount": "12", "currency": "EUR"}
        | {"booked_at": f"{day}0:00Z", "text": "x"}
        for n, day in enumerate(days)
    ]
    posts = [
        {"id": f"a{n}", "platform": "velomarket", "title": "x", "body": f"call +31 6 12345678 {n}", "url": "u"}
        | {"posted_at": f"{day}9:00Z"}
        for n, day in enumerate(days)
    ]
    workspace = Workspace.create(tmp_path / "w")
    for kind, rows in (("payment", payments), ("ad", posts)):
        (tmp_path / f"{kind}.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
        ingest(workspace, [tmp_path / f"{kind}.jsonl"], IngestOptions(kind, kind), actor=ANN)
    return workspace


def _reasons(workspace: Workspace) -> list[str]:
    (path,) = workspace.paths("payment_matches")
    return [row["reason"].partition(" to ")[0] for row in pq.read_table(path).to_pylist() if row["score"] > 0.5]


def test_the_next_run_knows_the_prices_and_a_replay_gives_the_same(paid: Workspace, tmp_path: Path) -> None:
    price(paid, _file(tmp_path, LIST), "leaflet", actor=ANN)
    made = run(paid, threads=1, actor=ANN).manifest
    assert len(made.inputs["prices"]) == 1
    assert set(_reasons(paid)) == {"Paid the platform's list price of 12.00 EUR (renewal; leaflet)"}
    export_tables(paid, tmp_path / "out")
    rows = pq.read_table(tmp_path / "out" / "prices.parquet").to_pylist()
    columns = ("platform", "what", "amount", "currency", "valid_from")
    assert [tuple(row[name] for name in columns) for row in rows] == [
        ("othermarket", "", Decimal("0.0000375"), "BTC", None),
        ("velomarket", "renewal", 12, "EUR", date(2026, 1, 1)),
        ("velomarket", "top place", 30, "EUR", None),
    ]  # fmt: skip
    assert unprice(paid, "leaflet", "it was wrong", ANN) == 3
    assert replay(paid, made.id, tmp_path / "again", threads=2).differs == []


def test_rows_that_give_no_price_are_told_with_their_line(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    made = price(workspace, _file(tmp_path, BAD), "bad", actor=ANN)
    assert (made.prices, made.platforms, made.replaced) == (1, 1, 0)
    assert [(r.line, r.reason.partition(":")[0]) for r in made.rejects] == [
        (3, "no platform"),
        (4, "no amount that can be read"),
        (5, "no amount that can be read"),
        (6, "an amount that is not above zero"),
        (7, "an amount that is not above zero"),
        (8, "no currency"),
        (9, "a day that cannot be read"),
        (10, "it ends before it begins"),
        (11, "2 fields where the header has 6"),
    ]


@pytest.mark.parametrize("text", ["", "platform,amount\nx,3\n", "\x00\x01\xff", "{}\n", "platform,amount,currency\n"])
def test_what_is_no_list_is_refused(tmp_path: Path, text: str) -> None:
    workspace = Workspace.create(tmp_path / "w")
    with pytest.raises(InputError, match=r"no column for|gives no price"):
        price(workspace, _file(tmp_path, text), "x", actor=ANN)
    assert workspace.segments("prices") == []


def test_of_a_source_the_newest_list_holds_whole(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    price(workspace, _file(tmp_path, LIST), "one", actor=ANN)
    made = price(workspace, _file(tmp_path, "platform,amount,currency\nvelomarket,13,EUR\n"), " one ", actor=ANN)
    price(workspace, _file(tmp_path, LIST), "two", actor=ANN)
    assert (made.prices, made.replaced) == (1, 3)
    lists = {one.source: (one.version, one.prices, one.platforms, one.first_day, one.last_day, one.who)
             for one in price_lists(workspace)}  # fmt: skip
    assert lists == {
        "one": (2, 1, {"velomarket": 1}, None, None, "ann"),
        "two": (1, 3, {"velomarket": 2, "othermarket": 1}, date(2026, 1, 1), date(2026, 12, 31), "ann"),
    }
    assert unprice(workspace, "two", actor=ANN) == 3
    assert [one.source for one in price_lists(workspace)] == ["one"]
    with pytest.raises(InputError, match="No price list 'two'"):
        unprice(workspace, "two", actor=ANN)
    with pytest.raises(DeniedError):
        price(workspace, _file(tmp_path, LIST), "x", actor=Actor("eve", frozenset(("auditor",)), "command line"))


def test_lists_stand_in_the_ledger_also_where_a_process_died(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    casework = Casework(workspace.path)
    price(workspace, _file(tmp_path, LIST), "leaflet", "Request 12", ANN, casework.db)
    with casework.db.connect() as connection:
        (entry,) = entries(connection)
    (segment,) = workspace.segments("prices")
    assert (entry.act, entry.subject, entry.who) == ("change", f"prices {segment.sha256}", "ann")
    assert entry.facts() == {"rows": 3, "source": "leaflet", "state": "given", "who": "ann"}
    other = Casework(Workspace.create(tmp_path / "other").path)
    assert account_for(workspace, other.db) == 1 and account_for(workspace, casework.db) == 0
    for held in (casework, other):
        held.close()


def test_the_command_takes_a_list_shows_it_and_takes_it_back(tmp_path: Path) -> None:
    place = str(Workspace.create(tmp_path / "w").path)
    do = lambda *words: Runner().invoke(app, ["prices", *words, "-w", place])  # noqa: E731
    assert "No price list holds" in do().output
    assert "3 prices of 2 platforms" in do(str(_file(tmp_path, LIST)), "--source", "leaflet").output
    shown = do().output
    assert shown.startswith("leaflet: 3 prices (2 of velomarket, 1 of othermarket), from 2026-01-01 until 2026-12-31,")
    assert orjson.loads(do("--json").output)[0]["version"] == 1
    assert "3 prices of leaflet were taken back" in do("--remove", "leaflet").output
    assert do(str(tmp_path / "list.csv"), "--remove", "leaflet").exit_code != 0
