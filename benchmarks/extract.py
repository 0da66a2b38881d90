"""Speed of the extractors, one by one and together: ``python -m benchmarks.extract [WORLD.jsonl] [--rows N]``.

The file is ingested into a workspace that is thrown away. Processor time (user and system) is what counts on a busy
machine; wall time and the peak of memory are printed beside it. Compile the kernels first (``python -m clew.warm``).
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.pipeline import clew
from clew.extract.base import text_batch
from clew.extract.image_mentions import image_mentions
from clew.extract.region import regions
from clew.extract.registry import extractors
from clew.extract.stage import COLUMNS, READ, extract_segment
from clew.ingest.stage import IngestOptions
from clew.match.signature import signature
from clew.pipeline.ingest import ingest
from clew.store.workspace import Workspace


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("world", type=Path, nargs="?", help="adverts; simulated unless given")
    parser.add_argument("--rows", type=int, default=100_000, help="records to time each extractor with")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.world is None:
            clew("simulate", f"{folder}/world", "--ads", str(options.rows), "--images", "0", "--seed", "41")
            options.world = Path(folder) / "world" / "ads.jsonl"
        workspace = Workspace.create(Path(folder) / "workspace")
        ingest(workspace, [options.world], IngestOptions("ad", "world"))
        segments = workspace.paths("records")
        one_by_one([p for s in segments for p in pq.ParquetFile(s).iter_batches(READ, columns=COLUMNS)], options.rows)
        for threads in (1, 2):
            together(segments, Path(folder), threads)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


def one_by_one(batches: list[pa.RecordBatch], rows: int) -> None:
    """Each step over the same records, on one thread."""
    few = batches[: -(-rows // READ)]
    n = sum(len(b) for b in few)
    first = text_batch(few[0], regions(few[0]))
    for plugin in extractors():
        plugin.find(first)  # compiled, or read from the cache
    signature(first)
    image_mentions(few[0])
    print(f"{n:,} records, one thread: microseconds of processor time a record, records a second, mentions")
    countries = _timed("regions", n, lambda: [regions(b) for b in few])
    texts = _timed("join and fold", n, lambda: [text_batch(b, r) for b, r in zip(few, countries, strict=True)])
    _timed("words", n, lambda: [t.words for t in texts])  # kept by the batch, as are its marks
    _timed("marks", n, lambda: [t.marks for t in texts])
    _timed("cued", n, lambda: [t.cued for t in texts])
    size = sum(len(t.data) for t in texts)
    for plugin in extractors():
        _timed(plugin.name, n, lambda find=plugin.find: [find(t) for t in texts])
    _timed("images", n, lambda: [image_mentions(b)[0] for b in few])
    _timed("signature", n, lambda: [signature(t) for t in texts])
    print(f"{size / n:.0f} bytes of text a record")


def _timed(name: str, n: int, work: Callable[[], list[Any]]) -> list[Any]:
    started = time.process_time()
    out = work()
    spent = time.process_time() - started
    found = sum(len(t) for t in out) if out and isinstance(out[0], pa.Table) else 0
    print(f"  {name:<14} {1e6 * spent / n:7.2f} {n / max(spent, 1e-9):12,.0f} {found:10,}")
    return out


def together(segments: list[Path], folder: Path, threads: int) -> None:
    """The whole stage, files included."""
    n, found = 0, 0
    wall, spent = time.perf_counter(), time.process_time()
    for segment in segments:
        done = extract_segment(
            segment, folder / "mentions", folder / "signatures", extractors(), signature, threads, lambda _: None
        )
        n, found = n + done.records, found + done.mentions
    wall, spent = time.perf_counter() - wall, time.process_time() - spent
    print(
        f"extract stage, {threads} thread(s): {n:,} records, {found:,} mentions in {wall:.1f} s of wall, "
        f"{spent:.1f} s of processor: {n / wall:,.0f} a second, {n * threads / spent:,.0f} on {threads} idle core(s)"
    )


if __name__ == "__main__":
    main()
