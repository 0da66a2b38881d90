"""What a network's records say together, on the command line."""

from __future__ import annotations

import json

import pytest
from tests.commands import Runner

from clew.cli.app import app
from clew.evidence.freeze import freeze_record
from clew.ingest.stage import IngestOptions
from clew.model.errors import MissingError
from clew.pipeline.ingest import ingest
from clew.pipeline.run import run
from clew.store.views import open_views
from clew.store.workspace import Workspace

COLLECTOR = "NL91ABNA0417164300"
WORKERS = ("DE89370400440532013000", "GB29NWBK60161331926819", "FR1420041010050500013M02606")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Clients pay three workers at night, who hand over nine tenths within the day."""
    home = tmp_path_factory.mktemp("trace")
    rows = [
        {"native_id": f"{day}-{n}-{k}", "payer": a, "payee": b, "amount": amount, "currency": "EUR", "text": "thanks",
         "booked_at": f"2026-03-{day:02}T{hour:02}:00:00Z"}
        for day in range(1, 9)
        for n, worker in enumerate(WORKERS)
        for k, (a, b, amount, hour) in enumerate(
            ((f"client {day} of {n}", worker, "100.00", 2), (worker, COLLECTOR, "90.00", 20))
        )
    ]  # fmt: skip
    (home / "payments.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    made = Workspace.create(home / "workspace")
    ingest(made, [home / "payments.jsonl"], IngestOptions("payment", "bank"))
    run(made)
    return made


def clew(place, *words: str) -> str:
    result = Runner().invoke(app, [*words, "-w", str(place.path)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def test_a_network_in_short(place):
    with open_views(place) as engine:
        query = "SELECT network_id FROM payments WHERE network_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1"
        network = str(engine.row(query)[0])
        signs = {row["sign"] for row in engine.rows("SELECT DISTINCT sign FROM money_signs")}
    said = clew(place, "trace", network)
    assert f"Payments of {network}: " in said and "EUR in " in said
    assert signs and all(sign in said for sign in signs)
    for heading in ("Who may have paid for its posts: none", "Where next", "Who does what", "What could be frozen"):
        assert heading in said
    assert f"account {WORKERS[0]}: " in said and f": {WORKERS[0]}" in said and "iban:" not in said
    assert "iban:" not in clew(place, "money", WORKERS[0]) and WORKERS[0] in clew(place, "money", network)
    found = json.loads(clew(place, "trace", network, "--json", "-n", "1"))
    assert found["network_id"] == network and len(found["signs"]) == 1 and found["counts"]["signs"] == len(signs)


def test_a_network_that_is_not_there(place):
    with pytest.raises(MissingError):
        clew(place, "trace", "N000000000000")


def test_a_payment_in_an_exhibit_keeps_all_of_its_digits(place):
    with open_views(place) as engine:
        record = str(engine.row("SELECT record_id FROM records WHERE amount = 90 ORDER BY record_id")[0])
        lines = [json.loads(line) for line in b"".join(freeze_record(engine, place, record).lines()).splitlines()]
    assert [line["record"]["amount"] for line in lines if line["what"] == "record"] == ["90"]
