"""A picture by itself, read as one record with `--kind image`; without that it is named as passed over."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import orjson
import pyarrow as pa

from clew.ingest.base import Batch, Chunk, Example, Format, IsField, Source
from clew.ingest.binaries import PICTURE, no_text


def sniff(head: bytes, name: str) -> float:
    """The first bytes of a picture, nothing else."""
    return 1.0 if no_text(head) == PICTURE else 0.0


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """One record that refers to the file; its digest tells pictures of one name apart."""
    digest = hashlib.sha256()
    for block in source.blocks():
        digest.update(block)
    names = pa.array([orjson.dumps([source.path.name]).decode()])
    batch = Batch({"images": names}, pa.array([1], pa.int64()), {"sha256": pa.array([f'"{digest.hexdigest()}"'])})
    yield lambda: (batch,)


def examples() -> tuple[Example, ...]:
    """The beginnings of two."""
    return (
        Example("IMG-20210201-WA0001.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", (None,)),
        Example("sticker.webp", b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00", (None,)),
    )


PLUGIN = Format("Picture", sniff, read, examples, kind="image")
