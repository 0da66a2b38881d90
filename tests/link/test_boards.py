"""A board's own contacts, under strangers' adverts and beside what looks like them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pyarrow.dataset as pads
import pytest

from clew.ingest.stage import IngestOptions
from clew.link import boards
from clew.pipeline.ingest import ingest
from clew.pipeline.run import run
from clew.store.workspace import Workspace

TOWNS = ("Utrecht", "Leiden", "Breda", "Arnhem", "Zwolle", "Assen", "Almere", "Delft")
WORDS = ("parking and candles", "a quiet studio", "tea in the garden", "music by the window", "lift and balcony",
         "clean towels", "an old canal house", "oil and warm stones")  # fmt: skip
FOOTER = "\nReport misuse: support@kanaalmarkt.nl or 088 123 45 67."


def networks(folder: Path, bodies: Sequence[str], host: str = "www.kanaalmarkt.nl") -> list[int]:
    """How many adverts, each with its town, stand in each network, most first."""
    rows = [
        {"id": str(k), "url": f"https://{host}/ad/{k}", "platform": "market", "title": f"Massage in {TOWNS[k]}",
         "body": f"{WORDS[k]}. {body}", "place": TOWNS[k], "posted_at": f"2026-0{k + 1}-11T10:00:00Z"}
        for k, body in enumerate(bodies)
    ]  # fmt: skip
    file = folder / "adverts.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    place = Workspace.create(folder / "w")
    ingest(place, [file], IngestOptions("ad", "test"))
    run(place)
    members = pads.dataset(place.paths("network_members")).to_table().column("network_id").to_pylist()
    return sorted(Counter(members).values(), reverse=True)


def own(k: int) -> str:
    """A number of one's own."""
    return f"Call 06 1{k}34 56 7{k}."


@pytest.mark.parametrize("host", ["www.kanaalmarkt.nl", "utrecht.kanaalmarkt.nl:8080"])
def test_what_a_board_writes_under_every_advert_ties_nobody(tmp_path: Path, host: str) -> None:
    assert networks(tmp_path, [own(k) + FOOTER for k in range(8)], host) == [1] * 8


def test_all_that_shows_a_boards_contact_is_freed_though_some_of_it_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boards, "LOOKED_AT", 4)
    assert networks(tmp_path, [own(k) + FOOTER for k in range(8)]) == [1] * 8


@pytest.mark.parametrize(
    ("bodies", "host"),
    [
        ([own(k) + FOOTER for k in range(8)], "elsewhere.test"),  # on another site it is whose it is
        ([FOOTER] * 8, "www.kanaalmarkt.nl"),  # nobody else is named: a firm's own site
        ([own(k % 2) + FOOTER for k in range(8)], "www.kanaalmarkt.nl"),  # the same, with a second number
        ([own(k) + " Or 06 29 88 77 66." + FOOTER for k in range(8)], "www.kanaalmarkt.nl"),  # another sentence
    ],
)
def test_what_is_not_surely_the_boards_ties_as_before(tmp_path: Path, bodies: list[str], host: str) -> None:
    assert networks(tmp_path, bodies, host)[0] > 2
