"""The links that are shown: worked out by hand on a few records."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.link.worlds import Advert, crowd, run

from clew.link import link_table
from clew.link.groups import Evidence, incidence
from clew.link.links import spanning_links


def _evidence(holds: list[tuple[int, ...]], time: list[float], item: list[int]) -> Evidence:
    """Records that hold identifiers, by number."""
    row = np.repeat(np.arange(len(holds)), [len(h) for h in holds])
    column = np.array([c for h in holds for c in h], np.int64)
    nothing = incidence(np.zeros(0, np.int64), np.zeros(0, np.int64), len(holds))
    kind = np.zeros(4, np.uint8)
    sort = np.ones(len(holds), np.uint8)
    return Evidence(incidence(row, column, len(holds)), kind, (nothing,) * 3, np.array(time), np.array(item), sort)


def _pairs(evidence: Evidence, label: list[int], bits: list[float], threads: int = 1) -> set[tuple[int, int]]:
    a, b = spanning_links(evidence, np.array(label), np.array(bits), threads)
    return set(zip(a.tolist(), b.tolist(), strict=True))


def test_neighbours_in_time_are_linked_the_strongest_first() -> None:
    # in time: 2, 0, 1. Identifier 0 is on all; 1 on records 0 and 2 too; so 0-2 weighs 5 and 0-1 weighs 3.
    evidence = _evidence([(0, 1), (0,), (0, 1)], [5.0, 9.0, 1.0], [0, 1, 2])
    assert _pairs(evidence, [0, 0, 0], [3.0, 2.0, 0.0, 0.0]) == {(0, 2), (0, 1)}


def test_a_ring_is_opened_at_its_weakest_link() -> None:
    evidence = _evidence([(0, 2), (0, 1), (1, 2)], [1.0, 2.0, 3.0], [0, 1, 2])
    assert _pairs(evidence, [0, 0, 0], [4.0, 9.0, 6.0, 0.0]) == {(1, 2), (0, 2)}


def test_an_identifier_on_two_networks_links_within_each_only() -> None:
    evidence = _evidence([(0,), (0,), (0,), (0,)], [1.0, 2.0, 3.0, 4.0], [0, 1, 2, 3])
    assert _pairs(evidence, [0, 1, 0, 1], [1.0, 0.0, 0.0, 0.0], threads=2) == {(0, 2), (1, 3)}


def test_versions_of_an_item_are_linked_as_they_follow_each_other() -> None:
    evidence = _evidence([(), (), ()], [7.0, 1.0, 4.0], [0, 0, 0])
    assert _pairs(evidence, [0, 0, 0], [0.0] * 4) == {(1, 2), (0, 2)}


def test_how_many_are_written_at_a_time_changes_no_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = 'https://x.test/"a"\\b\tc'
    adverts = [*crowd(100, 40), *(Advert(k, ("phone:a", f"url:{odd}"), day=float(k)) for k in range(5))]
    (tmp_path / "whole").mkdir()
    (tmp_path / "parts").mkdir()
    whole = run(tmp_path / "whole", adverts).table("links")
    monkeypatch.setattr(link_table, "_LINKS_AT_ONCE", 3)
    parts = run(tmp_path / "parts", adverts).table("links")
    assert len(whole) > 6 and parts.equals(whole)
    said = {e["value"] for text in whole.column("evidence").to_pylist() for e in json.loads(text)}
    assert odd.replace("\t", " ") in said
