"""The main job on real job offers and messages, which lie beside the checkout where they are present."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clew.ingest.stage import IngestOptions
from clew.pipeline.ingest import ingest
from clew.pipeline.run import run
from clew.store.workspace import Workspace

DATA = Path(__file__).parent.parent.parent / "shared" / "data"
OFFERS, MESSAGES = DATA / "emscad_job_ads.csv", DATA / "sms_spam_collection.tsv"


def _table(workspace: Workspace, name: str) -> pa.Table:
    return pa.concat_tables(pq.read_table(path) for path in workspace.paths(name))


def _largest(workspace: Workspace) -> float:
    networks = _table(workspace, "networks").column("records").to_pylist()
    return float(max(networks) / sum(networks))


@pytest.mark.skipif(not OFFERS.exists(), reason="emscad_job_ads.csv is not beside the checkout (shared/data)")
def test_real_job_offers(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    result = ingest(workspace, [OFFERS], IngestOptions("job_ad", "emscad"))
    assert result.read == 742
    assert result.read == result.new + result.changed + result.identical + result.rejected
    assert result.rejected <= 2
    counts = run(workspace).manifest.counts
    assert counts["templates"] >= 20  # the set holds families of near-copied offers
    assert _largest(workspace) < 0.1
    languages = [m["value"] for m in _table(workspace, "mentions").to_pylist() if m["type"] == "language"]
    assert languages.count("en") / len(languages) > 0.95


@pytest.mark.skipif(not MESSAGES.exists(), reason="sms_spam_collection.tsv is not beside the checkout (shared/data)")
def test_real_messages(tmp_path: Path) -> None:
    rows = [line.split("\t", 1) for line in MESSAGES.read_text(encoding="utf-8").splitlines() if "\t" in line]
    messages = tmp_path / "messages.csv"
    with messages.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(("id", "label", "body"))
        writer.writerows((number, label, text) for number, (label, text) in enumerate(rows))
    workspace = Workspace.create(tmp_path / "w")
    result = ingest(workspace, [messages], IngestOptions("message", "sms"))
    assert result.new >= 5_500
    run(workspace)
    label = {
        r["rid"]: '"spam"' in r["extra"] for r in _table(workspace, "records").select(["rid", "extra"]).to_pylist()
    }
    phones = {m["rid"] for m in _table(workspace, "mentions").to_pylist() if m["type"] == "phone"}
    # numbers are what British spam of the time asked to call, and hardly ever stand in private messages
    assert len(phones) > 250
    assert sum(label[rid] for rid in phones) / len(phones) > 0.97
    # campaigns repeat themselves with numbers and codes changed; private messages mostly do not
    copied = [label[m["rid"]] for m in _table(workspace, "template_members").to_pylist()]
    spam = sum(label.values())
    assert copied.count(True) / spam > 0.5
    assert copied.count(False) / (len(label) - spam) < 0.15
    assert _largest(workspace) < 0.03
