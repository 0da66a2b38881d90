"""The extract stage: one segment of records in, one segment of mentions and one of text signatures out.

Row-wise and without state: what a segment gives depends on that segment alone, so only new segments are ever read.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import NamedTuple, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clew.engine.parquet import texts
from clew.extract import holder
from clew.extract.base import FIELDS, Extractor, TextBatch, text_batch
from clew.extract.fold import VERSION as FOLD_VERSION
from clew.extract.image_mentions import VERSION as IMAGE_VERSION
from clew.extract.image_mentions import ImageReport, forget_folders, image_mentions
from clew.extract.region import VERSION as REGION_VERSION
from clew.extract.region import regions
from clew.model.tables import MENTIONS, SIGNATURES

COLUMNS = ["rid", "kind", "source", "platform", "url", "handle", "images", "file", *FIELDS]
READ = 16_384  # records that are read at a time; as many adverts make a batch
_BATCH_BYTES = 14 << 20  # of short texts more make a batch, whose costs are its own; of long ones fewer, for room
_TOGETHER = 4  # batches whose mentions are written together

T = TypeVar("T")
R = TypeVar("R")

Kernel = Callable[[TextBatch], pa.Table]


@dataclass(frozen=True)
class Extracted:
    """What a segment gave: records and mentions written, and what became of the picture files they refer to."""

    records: int
    mentions: int
    images: ImageReport


class Files(NamedTuple):
    """A segment of RECORDS, and the files to write of it."""

    records: Path
    mentions: Path
    signatures: Path


class _Made(NamedTuple):
    """What a batch of records gave."""

    records: int
    found: list[pa.Table]
    signed: pa.Table
    images: ImageReport


def version_key(extractors: Sequence[Extractor]) -> str:
    """Stands for what extractors make of a text: as long as it is the same, a segment need not be read again."""
    parts = [f"fold {FOLD_VERSION}", f"image {IMAGE_VERSION}", f"region {REGION_VERSION}"]
    parts += sorted(f"{e.name} {e.version}" for e in extractors)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def extract_segment(
    records: Path,
    mentions: Path,
    signatures: Path,
    extractors: Sequence[Extractor],
    signature: Kernel,
    threads: int,
    progress: Callable[[int], None],
) -> Extracted:
    """One segment; see `extract_segments`."""
    (done,) = extract_segments([Files(records, mentions, signatures)], extractors, signature, threads, progress)
    return done


def extract_segments(
    files: Sequence[Files],
    extractors: Sequence[Extractor],
    signature: Kernel,
    threads: int,
    progress: Callable[[int], None],
) -> Iterator[Extracted]:
    """Read segments of RECORDS; write the MENTIONS and SIGNATURES of each. While one is put away the next is read.

    The files take their names when they are complete: a run that is stopped leaves none. Memory is kept for the next
    segment; after the last one it is given back by `clew.extract._room.give_back`.

    Args:
        files: the segments, and the files to write.
        extractors: the plug-ins to run, in the order in which their rows are written.
        signature: the text signature kernel (match is above extract, so it is handed in).
        threads: batches in work at a time.
        progress: called with the number of records done since the last call.

    Yields:
        What each segment gave, when its files are complete.
    """

    def work(item: tuple[int, pa.RecordBatch]) -> tuple[int, _Made]:
        segment, rows = item
        batch = text_batch(rows, regions(rows))
        pictures, report = image_mentions(rows)
        paid = pc.equal(rows.column("kind"), "payment")
        found = [e.find(batch) for e in extractors]
        if pc.any(paid, min_count=0).as_py():
            found = [
                _paid_from(made) if "phone" in e.types else made for e, made in zip(extractors, found, strict=True)
            ]
        return segment, _Made(len(rows), [*found, pictures], _signed(batch, paid, signature), report)

    forget_folders()
    made = groupby(_in_order(work, _tried(work, _batches(files)), threads), key=lambda one: one[0])
    ready = next(made, None)
    for segment, to_write in enumerate(files):
        mine = ready[1] if ready is not None and ready[0] == segment else ()
        yield _put(to_write, (one for _, one in mine), progress)
        if mine:
            ready = next(made, None)


def _batches(files: Sequence[Files]) -> Iterator[tuple[int, pa.RecordBatch]]:
    """The records of segments, some at a time; and of which segment."""
    for segment, one in enumerate(files):
        with pq.ParquetFile(one.records) as source:
            for rows in _joined(source.iter_batches(batch_size=READ, columns=COLUMNS)):
                yield from ((segment, part) for part in _cut(rows))


def _put(files: Files, batches: Iterable[_Made], progress: Callable[[int], None]) -> Extracted:
    """Write what the batches of a segment gave."""
    done, written, images = 0, 0, ImageReport()
    with (
        _complete(files.mentions) as found_path,
        _complete(files.signatures) as signed_path,
        pq.ParquetWriter(
            found_path,
            MENTIONS,
            compression="zstd",
            compression_level=1,
            use_dictionary=texts(MENTIONS),
            write_statistics=["rid", "type"],
        ) as found_writer,
        pq.ParquetWriter(signed_path, SIGNATURES, compression="none", use_dictionary=False) as signed_writer,
    ):
        held: list[list[pa.Table]] = []
        for made in batches:
            held.append(made.found)
            if len(held) == _TOGETHER:
                written += _write_apart(held, found_writer)
            signed_writer.write_table(made.signed)
            done += made.records
            images.add(made.images)
            progress(made.records)
        written += _write_apart(held, found_writer)
    return Extracted(done, written, images)


def _write_apart(held: list[list[pa.Table]], writer: pq.ParquetWriter) -> int:
    """Write what each extractor found in some batches as a row group of its own, so that who asks for one type of
    mention reads little else; forget them.

    Returns:
        Rows written.
    """
    rows = 0
    for parts in zip(*held, strict=True):
        table = pa.concat_tables(parts).unify_dictionaries().cast(MENTIONS)
        if len(table):
            writer.write_table(table, row_group_size=len(table))
        rows += len(table)
    held.clear()
    return rows


def _paid_from(found: pa.Table) -> pa.Table:
    """Mentions without telephone numbers of payers and payees that lack their country's code: such a number is that of
    an account.
    """
    sides = pc.is_in(found.column("field").cast(pa.string()), pa.array(holder.SIDES))
    phone = pc.and_(sides, pc.equal(found.column("type").cast(pa.string()), "phone"))
    home = pc.and_(phone, pc.invert(pc.match_substring_regex(found.column("raw"), r"^(\+|00)")))
    return found.filter(pc.invert(home))


def _signed(batch: TextBatch, paid: pa.Array, signature: Kernel) -> pa.Table:
    """The signatures of texts; payments have none: that two have the same text ("rent", "salary") says nothing of who
    made them.
    """
    if pc.all(paid, skip_nulls=False).as_py():
        return SIGNATURES.empty_table()
    signed = signature(batch)
    return signed.filter(pc.invert(pc.is_in(signed.column("rid"), batch.records.column("rid").filter(paid))))


def _joined(read: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Records that follow each other together, as many as make a batch."""
    held: list[pa.RecordBatch] = []
    for rows in read:
        if held and sum(one.nbytes for one in held) + rows.nbytes > _BATCH_BYTES:
            yield pa.concat_batches(held)
            held = []
        held.append(rows)
    if held:
        yield pa.concat_batches(held)


def _cut(rows: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """The records in pieces of a size that memory allows."""
    size = max(1, len(rows) // (rows.nbytes // _BATCH_BYTES + 1))
    return (rows.slice(at, size) for at in range(0, len(rows), size))


def _tried(
    work: Callable[[tuple[int, pa.RecordBatch]], object], batches: Iterable[tuple[int, pa.RecordBatch]]
) -> Iterator[tuple[int, pa.RecordBatch]]:
    """The batches, once the first record went through alone: what it loads, threads that start together would each."""
    for number, (segment, rows) in enumerate(batches):
        if number == 0:
            work((segment, rows.slice(0, 1)))
        yield segment, rows


@contextmanager
def _complete(path: Path) -> Iterator[Path]:
    """A file to write that gets its name at the end, or is taken away if the end is not reached."""
    partial = path.with_name(path.name + ".partial")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _in_order(work: Callable[[T], R], items: Iterable[T], threads: int) -> Iterator[R]:
    """Map over items in threads, results in order, never more than a few in memory."""
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[R]] = deque()
        try:
            for item in items:
                waiting.append(pool.submit(work, item))
                if len(waiting) > threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:  # after an error, what has not begun need not begin
                future.cancel()
