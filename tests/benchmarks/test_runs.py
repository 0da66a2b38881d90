"""Benchmarks that call what is inside of Clew still can."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.pipeline import clew
from benchmarks.reader_features import describe

from benchmarks import networks, phones
from clew.extract.base import batch_of_texts


def test_messages_are_described_by_features_and_what_rules_find() -> None:
    said = ["If you don't pay I will send your pictures to your family.", "see you at lunch"]
    ids, owner, found = describe(batch_of_texts(said))
    assert len(ids) == len(owner) and set(owner.tolist()) == {0, 1}
    assert found[0].max() >= 1 and not found[1].any()


def test_phones_are_measured_on_a_world(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world = tmp_path / "world"
    clew("simulate", str(world), "--ads", "120", "--images", "0", "--seed", "5")
    phones.world(world, 0)
    told = capsys.readouterr().out
    assert "recall" in told and "precision" in told


def test_networks_are_measured_with_perfect_identifiers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["networks", "--ads", "150", "--seed", "7"])
    networks.main()
    assert "B³ precision · recall · F1" in capsys.readouterr().out
