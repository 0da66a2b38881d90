"""What comes along with the chosen networks and records, and what stays: here, whose accounts are."""

from __future__ import annotations

import json
from pathlib import Path

import orjson
import pyarrow.parquet as pq
import pytest

from clew.access.roles import alone
from clew.cases import case
from clew.cases.base import Casework
from clew.cases.people import Protected
from clew.evidence.masks import Masks
from clew.evidence.package.make import package
from clew.evidence.take import take_record
from clew.exchange.selected import selected
from clew.ingest.stage import IngestOptions
from clew.pipeline.ingest import ingest
from clew.pipeline.label import label
from clew.pipeline.replay_package import replay_package
from clew.pipeline.run import run
from clew.store.workspace import Workspace

ANN = alone("ann", "command line")
IBANS = ("DE89370400440532013000", "NL91ABNA0417164300", "GB29NWBK60161331926819")
LIST = f"""address,label,category
{IBANS[0]},Anna Prins,own
{IBANS[1]},Adverts Ltd,advert
{IBANS[2]},Somebody else,shop
"""


@pytest.fixture(scope="module")
def paid(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The first account pays the second, the second the third; all are labelled."""
    folder = tmp_path_factory.mktemp("chosen")
    rows = [
        {"id": str(n), "payer": IBANS[n], "payee": IBANS[n + 1], "amount": f"{n + 1}.00", "currency": "EUR"}
        | {"text": "x", "booked_at": f"2026-05-0{n + 1}T10:00:00Z"}
        for n in range(2)
    ]
    (folder / "payments.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    (folder / "list.csv").write_text(LIST)
    workspace = Workspace.create(folder / "w")
    ingest(workspace, [folder / "payments.jsonl"], IngestOptions("payment", "bank"), actor=ANN)
    label(workspace, folder / "list.csv", "Unit 5", actor=ANN)
    run(workspace, threads=1, actor=ANN)
    return workspace


def _record(workspace: Workspace, native: str) -> str:
    (path,) = workspace.paths("records")
    return next(row["record_id"] for row in pq.read_table(path).to_pylist() if row["native_id"] == native)


def _named(rows: list[dict[str, str]]) -> list[tuple[str, str, str, str]]:
    return [(row["value"].rpartition(":")[2], row["label"], row["category"], row["source"]) for row in rows]


def test_of_labels_those_of_accounts_in_the_chosen_payments_come_along(paid: Workspace) -> None:
    found = selected(paid, [], [_record(paid, "0")])["labels"]
    assert _named(found.to_pylist()) == [
        (IBANS[0], "Anna Prins", "own", "Unit 5"),
        (IBANS[1], "Adverts Ltd", "advert", "Unit 5"),
    ]
    assert len(selected(paid, [], [_record(paid, "1")])["labels"]) == 2
    assert selected(paid, [], [])["labels"].num_rows == 0
    assert selected(paid, [], [_record(paid, "0")], labels=[])["labels"].num_rows == 0


def test_who_may_not_be_named_is_named_by_no_label_either(paid: Workspace) -> None:
    anna = Protected("C1-P1", "C1", "C1-P1", ("Anna Prins",), (("account", f"iban:{IBANS[0]}"),))
    first = Masks([anna]).table(selected(paid, [], [_record(paid, "0")])["labels"], "labels").to_pylist()[0]
    assert IBANS[0] not in str(first) and "Prins" not in str(first) and first["category"] == "own"


def test_a_package_holds_the_labels_that_its_run_read_and_a_replay_finds_them(paid: Workspace, tmp_path: Path) -> None:
    (tmp_path / "late.csv").write_text(f"address,label\n{IBANS[0]},Said after the run\n")
    label(paid, tmp_path / "late.csv", "Unit 6", actor=ANN)
    casework = Casework(paid.path)
    case.open_case(casework, ANN, "Pier", "Who pays?", "Art. 8", "2049-12-31")
    take_record(casework, paid, ANN, "C1", _record(paid, "0"))
    package(casework, paid, ANN, "C1", tmp_path / "bag")
    casework.close()
    rows = pq.read_table(tmp_path / "bag/data/tables/labels.parquet").to_pylist()
    assert [row["label"] for row in rows] == ["Anna Prins", "Adverts Ltd"]
    assert json.loads((tmp_path / "bag/data/package.json").read_bytes())["tables"]["labels"]["rows"] == 2
    (tmp_path / "scratch").mkdir()
    made = replay_package(tmp_path / "bag", paid, tmp_path / "scratch", threads=1)
    assert "labels" in made.same and made.differs == {}
