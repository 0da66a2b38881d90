"""The extract stage: one segment of records in, one segment of mentions and one of text signatures out.

Row-wise and without state: what a segment gives depends on that segment alone, so only new segments are ever read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from clew.extract.base import FIELDS, Extractor, TextBatch, text_batch
from clew.extract.region import regions
from clew.model.tables import MENTIONS, SIGNATURES

COLUMNS = ["rid", "kind", "source", "platform", "url", "handle", "images", *FIELDS]
BATCH = 16_384

T = TypeVar("T")
R = TypeVar("R")

Kernel = Callable[[TextBatch], pa.Table]


def extract_segment(
    records: Path,
    mentions: Path,
    signatures: Path,
    extractors: Sequence[Extractor],
    signature: Kernel,
    threads: int,
    progress: Callable[[int], None],
) -> None:
    """Read one segment of RECORDS; write its MENTIONS and SIGNATURES.

    Args:
        records: the segment.
        mentions, signatures: files to write.
        extractors: the plug-ins to run, in the order in which their rows are written.
        signature: the text signature kernel (match is above extract, so it is handed in).
        threads: batches in work at a time.
        progress: called with the number of records done since the last call.
    """

    def work(rows: pa.RecordBatch) -> tuple[int, pa.Table, pa.Table]:
        batch = text_batch(rows, regions(rows))
        found = pa.concat_tables([e.find(batch) for e in extractors]) if extractors else MENTIONS.empty_table()
        return len(rows), found.unify_dictionaries(), signature(batch)

    source = pq.ParquetFile(records)
    with pq.ParquetWriter(mentions, MENTIONS, compression="zstd", compression_level=1) as found_writer:
        with pq.ParquetWriter(signatures, SIGNATURES, compression="none", use_dictionary=False) as signature_writer:
            batches = source.iter_batches(batch_size=BATCH, columns=COLUMNS)
            for count, found, signed in _in_order(work, batches, threads):
                found_writer.write_table(found.cast(MENTIONS))
                signature_writer.write_table(signed)
                progress(count)


def _in_order(work: Callable[[T], R], items: Iterator[T], threads: int) -> Iterator[R]:
    """Map over items in threads, results in order, never more than a few in memory."""
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[R]] = deque()
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
