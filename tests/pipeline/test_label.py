"""Lists of known accounts: what is read of them, how accounts are named, and that runs and replays obey them."""

from __future__ import annotations

from pathlib import Path

import orjson
import pyarrow.parquet as pq
import pytest

from clew.access.roles import alone
from clew.cases.base import Casework
from clew.exchange.tables import export_tables
from clew.ingest.labels import category_of
from clew.ingest.stage import IngestOptions
from clew.ledger.log import entries
from clew.model.actor import Actor
from clew.model.errors import DeniedError, InputError
from clew.pipeline.custody import account_for
from clew.pipeline.ingest import ingest
from clew.pipeline.label import label, label_lists, unlabel
from clew.pipeline.replay import replay
from clew.pipeline.run import run
from clew.store.workspace import Workspace

ANN = alone("ann", "command line")
WALLET = "1BitcoinEaterAddressDontSendf59kuE"
IBAN = "NL91 ABNA 0417 1643 00"
LIST = f"""address,label,category,note,platform
{WALLET},The Eater,Mixing,,
{IBAN},Adverts Ltd,Kleinanzeigen,since May,
0X5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed,,CEX,,
12-3456.78,Ours,own,,
4711,A till,shop,,Corner Bank
+31 6 12345678,Anna,own,,
Corner   Kiosk,,Laden,,
wallet:btc:{WALLET},The Eater again,mixer,,
anna@example.org,,darknet market,,
"""
BAD = f"""adresse;bezeichnung;kategorie
1BitcoinEaterAddressDontSendf59kuF;x;mixer
NL91ABNA0417164301;x;own
{WALLET};;
;x;own
4711;x;shop
one;two
***;x;own
"""


def _file(folder: Path, text: str, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def _held(workspace: Workspace, out: Path) -> dict[str, tuple[str, str, str]]:
    export_tables(workspace, out)
    rows = pq.read_table(out / "labels.parquet").to_pylist()
    return {row["value"]: (row["label"], row["category"], row["source"]) for row in rows}


@pytest.fixture(scope="module")
def paid(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with a few payments, some of them to accounts of `LIST`."""
    folder = tmp_path_factory.mktemp("paid")
    payees = (WALLET, IBAN, "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "4711", "Corner Kiosk", "12345678")
    rows = [
        {
            "payer": "DE89370400440532013000",
            "payee": payee,
            "amount": "20",
            "currency": "EUR",
            "text": "x",
            "id": str(n),
        }
        | {"booked_at": f"2026-05-0{n + 1}T10:00:00Z", "platform": "Corner Bank"}
        for n, payee in enumerate(payees)
    ]
    file = folder / "payments.jsonl"
    file.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    workspace = Workspace.create(folder / "w")
    ingest(workspace, [file], IngestOptions("payment", "bank"), actor=ANN)
    return workspace


def _purposes(workspace: Workspace) -> dict[str, str]:
    (path,) = workspace.paths("payments")
    return {row["payee"]: row["purpose"] for row in pq.read_table(path).to_pylist()}


def test_a_list_names_accounts_as_payments_do_and_the_next_run_obeys(paid: Workspace, tmp_path: Path) -> None:
    plain = run(paid, threads=1, actor=ANN).manifest
    assert _purposes(paid) == dict.fromkeys(_purposes(paid), "transfer") and plain.inputs["labels"] == []
    made = label(paid, _file(tmp_path, LIST), "Unit 5", "Request 12", ANN)
    assert (made.accounts, made.repeated, made.names, made.rejects) == (8, 1, 1, [])
    second = run(paid, threads=1, actor=ANN)
    assert second.fresh and len(second.manifest.inputs["labels"]) == 1
    assert _purposes(paid) == {
        f"wallet:btc:{WALLET}": "mixer",
        "account:iban:NL91ABNA0417164300": "advert",
        "wallet:evm:0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed": "exchange",
        "account:number:corner bank/4711": "shop",
        "name:corner kiosk": "shop",
        "account:number:12345678": "transfer",  # one's own: says nothing of what is paid for
    }
    held = _held(paid, tmp_path / "out")
    assert held[f"wallet:btc:{WALLET}"] == ("The Eater again", "mixer", "Unit 5")
    assert held["phone:+31612345678"] == ("Anna", "own", "Unit 5")
    assert held["email:anna@example.org"] == ("", "darknet market", "Unit 5")
    assert not run(paid, threads=1, actor=ANN).fresh
    assert unlabel(paid, "Unit 5", "they were wrong", ANN) == 8
    third = run(paid, threads=1, actor=ANN)
    assert third.fresh and _purposes(paid) == dict.fromkeys(_purposes(paid), "transfer")
    assert _held(paid, tmp_path / "later") == {}
    assert replay(paid, second.manifest.id, tmp_path / "again", threads=2).differs == []


def test_rows_that_name_no_account_are_told_with_their_line(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    with pytest.raises(InputError, match=r"names no account. The first row: no account: looks like a wallet"):
        label(workspace, _file(tmp_path, BAD), "bad", actor=ANN)
    assert label_lists(workspace) == []
    made = label(workspace, _file(tmp_path, BAD + f"{WALLET};y;mikser\n"), "bad", actor=ANN)
    assert made.accounts == 1
    assert [(r.line, r.reason.split(":")[0]) for r in made.rejects] == [
        (2, "no account"),
        (3, "no account"),
        (4, "neither a label nor a category"),
        (5, "no address"),
        (6, "a short number"),
        (7, "2 fields where the header has 3"),
        (8, "no account, and no name either"),
    ]


@pytest.mark.parametrize("text", ["", "label,category\nx,shop\n", "\x00\x01\xff", '"address', "{}\n", "address\n"])
def test_what_is_no_list_is_refused(tmp_path: Path, text: str) -> None:
    workspace = Workspace.create(tmp_path / "w")
    with pytest.raises(InputError, match=r"no column of addresses|names no account"):
        label(workspace, _file(tmp_path, text), "x", actor=ANN)
    assert workspace.segments("labels") == []


def test_a_source_speaks_for_itself_alone(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    label(workspace, _file(tmp_path, f"wallet,tag,type\n{WALLET},A,mixer\n{IBAN},B,shop\n"), "one", actor=ANN)
    label(workspace, _file(tmp_path, f"wallet,tag,type\n{WALLET},C,exchange\n"), " one ", actor=ANN)
    label(workspace, _file(tmp_path, f"wallet,tag,type\n{WALLET},D,own\n"), "two", actor=ANN)
    lists = label_lists(workspace)
    assert [(one.source, one.categories, one.who) for one in lists] == [
        ("one", {"exchange": 1, "shop": 1}, ("ann",)),
        ("two", {"own": 1}, ("ann",)),
    ]
    with pytest.raises(InputError, match="No list 'three'"):
        unlabel(workspace, "three", actor=ANN)
    assert unlabel(workspace, "one", actor=ANN) == 2
    assert [one.source for one in label_lists(workspace)] == ["two"]
    with pytest.raises(InputError, match="needs a name"):
        label(workspace, _file(tmp_path, LIST), "  ", actor=ANN)


def test_lists_stand_in_the_ledger_also_where_a_process_died(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    casework = Casework(workspace.path)
    label(workspace, _file(tmp_path, LIST), "Unit 5", "Request 12", ANN, casework.db)
    with casework.db.connect() as connection:
        (entry,) = entries(connection)
    (segment,) = workspace.segments("labels")
    assert (entry.act, entry.subject, entry.who) == ("change", f"labels {segment.sha256}", "ann")
    assert entry.facts() == {"rows": 8, "source": "Unit 5", "state": "given", "who": "ann"}
    assert entry.texts() == {"reason": "Request 12", "file": str(tmp_path / "list.csv")}
    other = Casework(Workspace.create(tmp_path / "other").path)
    assert account_for(workspace, other.db) == 1  # a ledger that knows nothing of it
    assert account_for(workspace, other.db) == account_for(workspace, casework.db) == 0
    with pytest.raises(DeniedError):
        label(workspace, tmp_path / "list.csv", "x", actor=Actor("eve", frozenset(("auditor",)), "command line"))
    for held in (casework, other):
        held.close()


def test_categories_are_read_in_several_languages_and_kept_where_unknown() -> None:
    words = (
        "Börse",
        "casino de juego",
        "Ogłoszenia",
        "Money Transfer",
        "gift-card",
        "ransomware",
        "",
        "Mixer / Tumbler",
    )
    assert [category_of(word) for word in words] == [
        "exchange", "gambling", "advert", "remittance", "prepaid", "ransomware", "other", "mixer",
    ]  # fmt: skip
