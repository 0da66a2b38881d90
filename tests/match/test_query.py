from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clew.extract.base import batch_of_texts
from clew.match.query import Texts, near_pictures, near_texts
from clew.match.signature import signature
from clew.model.errors import InputError

TEXTS = [
    "We look for two cooks in a busy kitchen near the station, contract and meals included, call 0611",
    "We look for two waiters in a busy kitchen near the station, contract and meals included, call 0622 333",
    "Bicycles sold and repaired while you wait, every day from nine to six, no appointment needed",
]


@pytest.fixture
def signatures(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    table = signature(batch_of_texts(TEXTS))
    for path, part in zip(paths, (table.slice(0, 1), table.slice(1)), strict=True):
        pq.write_table(part, path, compression="none", use_dictionary=False)
    return paths


def test_the_nearest_texts_come_first(signatures: list[Path]) -> None:
    found = near_texts(TEXTS[0].upper().replace("0611", "+31 699"), signatures)
    assert found.column("rid").to_pylist() == [0, 1]
    assert found.column("jaccard").to_pylist() == pytest.approx([1, 15 / 19], abs=1e-6)
    assert near_texts(TEXTS[0], signatures, most=1).column("rid").to_pylist() == [0]
    assert near_texts("something that nobody here has ever written", signatures).num_rows == 0
    assert near_texts(TEXTS[0], []).num_rows == 0


def test_a_title_is_part_of_the_text(signatures: list[Path]) -> None:
    head, tail = TEXTS[2].split(", every ")
    assert near_texts("every " + tail, signatures, title=head).column("jaccard").to_pylist() == [1]


def test_hardly_any_words_are_refused(signatures: list[Path]) -> None:
    with pytest.raises(InputError, match="too short"):
        near_texts("two words", signatures)


def test_pictures_by_distance() -> None:
    values = ["f0" * 32, "ff" * 7 + "f0" * 25, "0f" * 32]
    shown = pa.table({"rid": pa.array([5, 6, 7], pa.uint64()), "value": values})
    found = near_pictures(bytes.fromhex("f0" * 32), shown)
    assert found.to_pylist() == [
        {"rid": 5, "value": values[0], "distance": 0},
        {"rid": 6, "value": values[1], "distance": 28},
    ]
    assert near_pictures(bytes(32), shown.slice(0, 0)).num_rows == 0
    with pytest.raises(InputError, match="32 bytes"):
        near_pictures(b"", shown)


def test_signatures_in_memory_answer_as_those_on_disk(signatures: list[Path]) -> None:
    held = Texts(signatures)
    for text in (*TEXTS, "something that nobody here has ever written"):
        assert held.near(text, most=2).equals(near_texts(text, signatures, most=2))
    with pytest.raises(InputError, match="too short"):
        held.near("two words")
    assert Texts([]).near(TEXTS[0]).num_rows == 0
