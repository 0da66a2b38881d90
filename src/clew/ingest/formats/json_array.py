"""JSON: a list of objects, an object that holds such a list, or a single object."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from itertools import chain

import pyarrow as pa

from clew.ingest.base import MAX_LINE, Batch, Chunk, Example, Format, IsField, Reject, Source, clip, rejected
from clew.ingest.columns import ColumnMap
from clew.ingest.jsonelements import Elements, Scanner
from clew.ingest.jsonlists import SURE, is_record, most_filled
from clew.ingest.jsonrows import parse_objects
from clew.ingest.streams import HEAD, DamagedError, mend

_DETECTED = ColumnMap()
_LIST_OF_OBJECTS = re.compile(
    rb'^\s*\{\s*("(?:[^"\\]|\\.)*"\s*:\s*("(?:[^"\\]|\\.)*"|[-\w.+]+)\s*,\s*)*"[^"]*"\s*:\s*(\[\s*\{|\{)'
)


def sniff(head: bytes, name: str) -> float:
    """Starts as a list; or as an object over several lines or one that soon holds a list of objects."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"["):
        return 0.95 if text[1:].lstrip()[:1] in (b"{", b"]", b"") or name.endswith(".json") else 0.3
    if not text.startswith(b"{"):
        return 0.5 if name.endswith(".json") and text else 0.0
    line, _, rest = text.partition(b"\n")
    if rest.lstrip().startswith(b"{") and line.rstrip().endswith(b"}"):
        return 0.2
    if not line.rstrip().endswith(b"}"):
        return 0.8
    if name.endswith((".jsonl", ".ndjson")) or is_record(line, _DETECTED.is_field):
        return 0.6
    return 0.97 if _LIST_OF_OBJECTS.match(line[:4096]) or _holds_records(line) else 0.6


def _holds_records(line: bytes) -> bool:
    return len(Scanner(lambda first: most_filled(first, _DETECTED.is_field) > 0).feed(line, last=True).starts) > 0


def read(source: Source, is_field: IsField) -> Iterator[Chunk]:
    """One chunk a block of whole elements.

    Read are the elements of the first list whose objects are records for sure; without one, of the first that could
    be records; then of the first list of objects at all.
    """
    if len(first := next(source.text_blocks(), b"")) < HEAD and is_record(
        first.removeprefix(b"\xef\xbb\xbf"), is_field
    ):
        yield from _elements(source, Scanner(objects=True), is_field)
        return
    for least in (SURE, 1):
        scanner = Scanner(partial(_fill, least, is_field))
        try:
            yield from _elements(source, scanner, is_field)
        except DamagedError:
            if scanner.found:
                raise
        else:
            if scanner.found is not False:
                return
    yield from _elements(source, Scanner(), is_field)


def _fill(least: int, is_field: IsField, first: list[bytes]) -> bool:
    return most_filled(first, is_field) >= least


def _elements(source: Source, scanner: Scanner, is_field: IsField) -> Iterator[Chunk]:
    """What the scanner finds; where that is no record at all, nothing is said of the end of the document."""
    held = b""
    blocks = chain(source.text_blocks(), (None,))
    for block in blocks:
        held = (held + (block or b"")).removeprefix(b"\xef\xbb\xbf")
        while len((found := scanner.feed(held, last=block is None)).starts):
            yield partial(_parse, held[: found.used], found, is_field)
            held = held[found.used :]
        held = held[found.used :]
        if scanner.found is False:
            return
        if len(held) > MAX_LINE:
            reason = f"record over {MAX_LINE >> 20} MiB; what follows it was not read"
            yield partial(rejected, Reject(scanner.line, reason, clip(held[:8_000])))
            return
    if problem := scanner.problem(held):
        yield partial(rejected, Reject(scanner.line, problem, clip(held[:8_000])))


def _parse(text: bytes, found: Elements, is_field: IsField) -> Iterator[Batch]:
    parts = [mend(text[start:end]) for start, end in zip(found.starts.tolist(), found.ends.tolist(), strict=True)]
    rows = pa.array(parts, pa.binary()).cast(pa.string())
    yield from parse_objects(rows, pa.array(found.lines), is_field)


def examples() -> tuple[Example, ...]:
    """A list, a list inside an object, a list cut off, an element that is no object."""
    return (
        Example("ads.json", b'[{"title": "one"},\n {"title": "two, [x]"}, 3]', ("one", "two, [x]"), rejected=1),
        Example("export.json", b'{"meta": {"n": 2}, "ads": [\n{"title": "a"}, {"title": "b"}]}', ("a", "b")),
        Example("late.json", b'{"more":[],"facets":[{"name":"x","n":3}],"ads":[{"id":1,"title":"a"}]}', ("a",)),
        Example("cut.json", b'[{"title": "one"}, {"title": "tw', ("one",), rejected=1),
        Example("single.json", b'{\n "title": "one",\n "images": ["a.jpg"]\n}', ("one",)),
    )


PLUGIN = Format("JSON", sniff, read, examples)
