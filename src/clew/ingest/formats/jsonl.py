"""JSON Lines: one JSON object a line."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clew.ingest.base import TOO_LONG_LINE, Batch, Chunk, Example, Format, IsField, Reject, Source, clip, rejected
from clew.ingest.jsonrows import parse_objects
from clew.ingest.streams import Lines, line_blocks, mend


def sniff(head: bytes, name: str) -> float:
    """Sure when the second line starts as an object again, or the name says so."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text.startswith(b"{"):
        return 0.6 if name.endswith((".jsonl", ".ndjson")) and text[:1] not in (b"[", b"") else 0.0
    if name.endswith((".jsonl", ".ndjson")):
        return 0.95
    line, _, rest = text.partition(b"\n")
    return 0.9 if line.rstrip().endswith(b"}") and rest.lstrip()[:1] in (b"{", b"") else 0.3


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """One chunk a block of whole lines."""
    for block in line_blocks(source.text_blocks()):
        yield partial(_parse, block, is_field)


def _parse(block: Lines, is_field: IsField) -> Iterator[Batch]:
    if block.too_long:
        reject = Reject(block.first, TOO_LONG_LINE, clip(block.text))
        yield from rejected(reject)
        return
    rows, lines = split_lines(mend(block.text.removeprefix(b"\xef\xbb\xbf")), block.first)
    if not pc.all(pc.starts_with(rows, "{"), min_count=0).as_py():
        filled = pc.not_equal(pc.binary_length(pc.ascii_trim_whitespace(rows)), 0)
        rows, lines = rows.filter(filled), lines.filter(filled)
    yield from parse_objects(rows, lines, is_field)


def split_lines(text: bytes, first: int) -> tuple[pa.Array, pa.Array]:
    """(string array of the lines without their line feed, int64 array of their numbers), copying nothing."""
    ends = np.flatnonzero(np.frombuffer(text, np.uint8) == 10)
    starts = np.concatenate(([0], ends + 1))
    if starts[-1] == len(text):
        starts = starts[:-1]
    offsets = np.append(starts, len(text)).astype(np.int32)
    # A line keeps its line feed: JSON takes it as blank.
    rows = pa.StringArray.from_buffers(len(starts), pa.py_buffer(offsets), pa.py_buffer(text))
    return rows, pa.array(np.arange(first, first + len(starts)), pa.int64())


def examples() -> tuple[Example, ...]:
    """Plain lines, a blank one, a bad one."""
    content = b'{"title": "one", "views": 3}\n\n{"title": "two \xc3\xa9"}\n{"title": \n{"title": "three"}'
    return (Example("ads.jsonl", content, ("one", "two é", "three"), rejected=1),)


PLUGIN = Format("JSON Lines", sniff, read, examples)
