"""Packed files that are cut off or spoilt: what stands before the damage is read, and the damage is named."""

from __future__ import annotations

import gzip
import json
import zlib
from pathlib import Path

import pyarrow as pa
import pytest
from tests.ingest.shelf import Shelf, quarantined, rows

from clew.ingest.streams import DamagedError, FileSource

N = 30_000
LINES = [json.dumps({"id": n, "title": f"room {n * 7919 % 1009}", "text": f"x{n * n:x}"}) for n in range(N)]
FILES = {
    "a.jsonl": "\n".join(LINES),
    "a.json": '{"more": [{"n": 1}], "ads": [\n' + ",\n".join(LINES) + "]}",
    "a.csv": "id,title,text\n" + "\n".join(",".join(map(str, json.loads(line).values())) for line in LINES),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("packing", ["gzip", "zstd"])
def test_rows_before_a_cut_are_read(shelf: Shelf, name: str, packing: str) -> None:
    packed = pa.compress(FILES[name].encode(), packing, asbytes=True)
    path = shelf.write(f"{name}.{packing[:2]}", packed[: len(packed) // 2])
    result = shelf.ingest(path)
    found = rows(result.records)
    assert len(found) > N // 4 and result.new == len(found)
    assert {row["body"] for row in found} == {f"x{n * n:x}" for n in range(len(found))}
    (damage,) = quarantined(result)
    assert (damage["file"], damage["line"]) == (str(path), max(row["line"] for row in found) + 1)
    assert damage["reason"].startswith("the file is damaged: ")
    assert shelf.ingest(path).identical == len(found)


def test_rows_of_one_field_before_a_cut_are_read(shelf: Shelf) -> None:
    packed = gzip.compress(json.dumps({"ads": [{"title": f"{n * n:x}"} for n in range(N)]}).encode())
    result = shelf.ingest(shelf.write("a.json.gz", packed[: len(packed) // 2]))
    assert result.new > N // 4 and result.rejected == 1


def test_a_small_file_with_a_wrong_checksum_is_read(shelf: Shelf) -> None:
    packed = bytearray(gzip.compress(b'{"title": "one"}\n{"title": "two"}\n'))
    packed[-6] ^= 1
    result = shelf.ingest(shelf.write("a.jsonl.gz", bytes(packed)))
    assert [row["title"] for row in rows(result.records)] == ["one", "two"]
    assert ["incorrect data check" in row["reason"] for row in quarantined(result)] == [True]


@pytest.mark.parametrize("kept", [3, 11, 20, 40])
def test_a_file_of_which_little_is_left_says_why(shelf: Shelf, kept: int) -> None:
    result = shelf.ingest(shelf.write("a.jsonl.gz", gzip.compress(b'{"title": "one and only"}\n{"title": "x"}')[:kept]))
    assert [row["reason"] for row in quarantined(result)] == ["the file is damaged: it ends within its compressed data"]


def test_the_rows_before_spoilt_bytes_are_read(shelf: Shelf) -> None:
    packed = bytearray(gzip.compress(FILES["a.csv"].encode()))
    packed[len(packed) // 2 :] = b"\xff" * (len(packed) - len(packed) // 2)
    result = shelf.ingest(shelf.write("a.csv.gz", bytes(packed)))
    assert N // 4 < result.new < N and result.rejected >= 1


@pytest.mark.parametrize("end", [b"", b"\0" * 70_000])
def test_members_one_after_the_other_are_one_file(tmp_path: Path, end: bytes) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"one") + gzip.compress(b"") + gzip.compress(b"x" * 200_000) + end)
    assert b"".join(FileSource(path, tmp_path).blocks(1_000)) == b"one" + b"x" * 200_000


def test_what_follows_the_members_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"one") + b"two")
    blocks = FileSource(path, tmp_path).blocks()
    assert next(blocks) == b"one"
    with pytest.raises(DamagedError, match="incorrect header"):
        next(blocks)


def test_a_packed_bomb_comes_in_small_pieces(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(zlib.compress(b"\0" * (64 << 20), wbits=31))
    assert max(map(len, FileSource(path, tmp_path).blocks(1 << 20))) <= 1 << 21
