"""The export is a contract: names, columns, ids that join, phones in E.164."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clew.exchange.tables import export_tables
from clew.model.errors import InputError, WorkspaceError
from clew.store.workspace import Workspace

CONTRACT = {
    "records": "record_id native_id kind platform source posted_at captured_at title body place item_id version",
    "mentions": "record_id type value raw start end obscured extractor version",
    "templates": "template_id text slots members",
    "template_members": "record_id template_id",
    "links": "record_a record_b weight evidence state",
    "networks": "network_id records first_seen last_seen",
    "network_members": "record_id network_id",
    "findings": "finding_id indicator subject evidence",
    "leads": "network_id rank priority reasons",
    "record_scores": "record_id priority",
}


@pytest.fixture(scope="module")
def out(finished: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "tables"
    export_tables(finished, folder)
    return folder


def _read(out: Path, name: str) -> pa.Table:
    return pq.read_table(out / f"{name}.parquet")


@pytest.mark.parametrize("name", CONTRACT)
def test_the_columns_are_there(out: Path, name: str) -> None:
    assert set(CONTRACT[name].split()) <= set(_read(out, name).column_names)


def test_native_ids_survive(out: Path, world: Path) -> None:
    truth = pq.read_table(world / "truth" / "records.parquet", columns=["platform", "native_id"])
    want = set(zip(*(truth.column(c).to_pylist() for c in ("platform", "native_id")), strict=True))
    records = _read(out, "records")
    assert want == set(zip(*(records.column(c).to_pylist() for c in ("platform", "native_id")), strict=True))


@pytest.mark.parametrize("name", ["mentions", "template_members", "network_members", "record_scores"])
def test_record_ids_join(out: Path, name: str) -> None:
    records = set(_read(out, "records").column("record_id").to_pylist())
    assert all(re.fullmatch("[0-9a-f]{32}", record_id) for record_id in records)
    assert set(_read(out, name).column("record_id").to_pylist()) <= records


def test_spans_point_at_what_was_read(out: Path) -> None:
    texts = {
        r["record_id"]: r for r in _read(out, "records").select(["record_id", "title", "body", "place"]).to_pylist()
    }
    checked = 0
    for mention in _read(out, "mentions").to_pylist():
        if mention["type"] in ("phone", "email") and mention["field"] in ("title", "body"):
            text = texts[mention["record_id"]][mention["field"]]
            assert text[mention["start"] : mention["end"]] == mention["raw"]
            checked += 1
    assert checked > 1_000


def test_phones_are_e164(out: Path) -> None:
    mentions = _read(out, "mentions").to_pylist()
    phones = [m["value"] for m in mentions if m["type"] == "phone"]
    assert len(phones) > 1_000
    assert all(re.fullmatch(r"\+[1-9]\d{6,14}", phone) for phone in phones)


def test_leads_are_ranked_networks(out: Path) -> None:
    leads = _read(out, "leads")
    assert leads.column("rank").to_pylist() == list(range(1, leads.num_rows + 1))
    priorities = leads.column("priority").to_pylist()
    assert priorities == sorted(priorities, reverse=True)
    assert set(leads.column("network_id").to_pylist()) <= set(_read(out, "networks").column("network_id").to_pylist())


def test_an_export_never_writes_over_something(out: Path, finished: Workspace, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not an empty folder"):
        export_tables(finished, out)
    with pytest.raises(WorkspaceError, match="clew run"):
        export_tables(Workspace.create(tmp_path / "w"), tmp_path / "tables")
    assert not (tmp_path / "tables").exists()
