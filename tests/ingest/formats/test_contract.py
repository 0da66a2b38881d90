"""Every format keeps the contract: it knows its own examples, reads them, and survives what is not."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from tests.tried import tried

from clew.ingest.base import Batch, Example, Format
from clew.ingest.registry import all_formats, detect
from clew.ingest.streams import DamagedError, FileSource

CASES = [(plugin, example) for plugin in all_formats() for example in plugin.examples()]
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".zst": lambda content: pa.compress(content, "zstd", asbytes=True),
}


def batches(plugin: Format, source: FileSource) -> Iterator[Batch]:
    for chunk in plugin.read(source, lambda name: name in ("title", "images")):
        yield from chunk()


@pytest.mark.parametrize("plugin", all_formats(), ids=lambda plugin: plugin.name)
def test_every_format_has_an_example_and_a_test_file(plugin: Format) -> None:
    assert plugin.examples()


@pytest.mark.parametrize("ending", PACKERS)
@pytest.mark.parametrize(("plugin", "example"), CASES, ids=[example.name for _, example in CASES])
def test_format_knows_and_reads_its_example(plugin: Format, example: Example, ending: str, tmp_path: Path) -> None:
    path = tmp_path / (example.name + ending)
    path.write_bytes(PACKERS[ending](example.content))
    source = FileSource(path, tmp_path)
    assert detect(source.head(), source.name) is plugin
    titles, rejected = list[str | None](), 0
    try:
        for batch in batches(plugin, source):
            assert all(len(column) == len(batch.lines) for column in (*batch.columns.values(), *batch.encoded.values()))
            assert all(pa.types.is_string(column.type) for column in batch.columns.values())
            titles += batch.columns["title"].to_pylist() if "title" in batch.columns else [None] * len(batch.lines)
            rejected += len(batch.rejects)
    except DamagedError:
        rejected += 1
    assert (tuple(titles), rejected) == (example.titles, example.rejected)


@pytest.mark.hypothesis  # not of that library, but `make fuzz` tries more of it
@pytest.mark.parametrize("plugin", all_formats(), ids=lambda plugin: plugin.name)
def test_no_bytes_break_a_reader(plugin: Format, tmp_path: Path) -> None:
    chance = random.Random(plugin.name)
    path = tmp_path / "fuzz"
    seeds = [example.content for example in plugin.examples()]
    for _ in range(tried(50)):
        content = bytearray(chance.choice(seeds) if chance.random() < 0.8 else chance.randbytes(200))
        for _ in range(chance.randrange(1, 8)):
            place = chance.randrange(len(content) + 1)
            content[place : place + chance.randrange(3)] = chance.choice(
                [
                    b"\x00",
                    b'"',
                    b"{",
                    b"[",
                    b"\n",
                    b"\r",
                    b"\xff",
                    b"\\ud83d",
                    b"From ",
                    chance.randbytes(3),
                    b"",
                ]
            )
        path.write_bytes(bytes(content))
        try:
            for batch in batches(plugin, FileSource(path, tmp_path)):
                for column in batch.columns.values():
                    column.validate(full=True)
        except DamagedError:
            continue
