"""Ingest: records and bytes a second by format, peak memory, and a peer that only parses.

Adverts are made here from harmless words (seeded; 700 to 900 bytes each, some with edits and repeats). Each measure
runs in a process of its own, so that the peak is its own. The peer is DuckDB's reader of the same format, which writes
the same columns to Parquet: it finds no columns, mends no encodings, keeps no bad rows apart, gives no ids and no
versions, so it is the floor and not a rival. `python -m benchmarks.ingest [--ads 300000] [--formats jsonl csv …]`
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from clew.ingest.stage import IngestOptions, ingest_files

Row = dict[str, Any]
FORMATS = ("jsonl", "csv", "json", "parquet")
COLUMNS = ("ad_id", "site", "link", "headline", "text", "city", "rate", "user", "phone", "posted", "scraped", "photos")
_TEXT = """
quiet house near the station garden kitchen bright room parking balcony ground floor furnished available from the first
of next month please call between ten and six or write a message été façade größere Küche łódź żółty комната рядом с
парком worker wanted farm harvest season housing offered transport weekly pay experience not needed
"""
_CITIES = ("Lyon", "Köln", "Łódź", "Rotterdam", "Sofia", "Málaga", "Porto", "Cluj", "Graz", "Turin")


def make(count: int, seed: int = 1) -> Iterator[pa.Table]:
    """Adverts in tables of 50,000: a tenth are repeats or edits of earlier ones."""
    vocabulary = np.array(_TEXT.split())
    for start in range(0, count, 50_000):
        size = min(50_000, count - start)
        rng = np.random.default_rng([seed, start])
        words = vocabulary[rng.integers(0, len(vocabulary), (size, 90))]
        numbers = np.where(rng.random(size) < 0.1, rng.integers(0, start + size, size), np.arange(start, start + size))
        hours = rng.integers(0, 24 * 365, size)
        posted = np.datetime64("2024-01-01T00:00:00") + hours.astype("timedelta64[h]")
        place = np.array(_CITIES)[rng.integers(0, len(_CITIES), size)]
        users, phones = rng.integers(0, count // 3 + 1, size), rng.integers(10**7, 10**8, size)
        columns = {
            "ad_id": [f"a{n}" for n in numbers],
            "site": [f"boards{n % 7}.example" for n in numbers],
            "link": [f"https://boards{n % 7}.example/ad/{n}" for n in numbers],
            "headline": [" ".join(row[:6]) for row in words],
            "text": [" ".join(row[6:70]) + ".\n" + " ".join(row[70:]) + ' "ask"' for row in words],
            "city": place,
            "rate": [f"{n} EUR" for n in rng.integers(20, 400, size)],
            "user": [f"user{n}" for n in users],
            "phone": [f"+31 6 {n}" for n in phones],
            "posted": [f"{at}+02:00" for at in posted],
            "scraped": [f"{at}Z" for at in posted + np.timedelta64(5, "h")],
            "photos": [json.dumps([f"{n}-{k}.jpg" for k in range(n % 4)]) for n in numbers],
        }
        yield pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def write(tables: Iterator[pa.Table], path: Path) -> None:
    """Save adverts in the format that the name says."""
    kind = path.suffix[1:]
    if kind == "parquet":
        first = next(tables)
        with pq.ParquetWriter(path, first.schema) as writer:
            for table in (first, *tables):
                writer.write_table(table)
        return
    with path.open("wb") as out:
        for n, table in enumerate(tables):
            if kind == "csv":
                pa_csv.write_csv(table, out, pa_csv.WriteOptions(include_header=not n))
                continue
            lines = [
                json.dumps(row | {"photos": json.loads(row["photos"])}, ensure_ascii=False) for row in table.to_pylist()
            ]
            joint = "\n" if kind == "jsonl" else ",\n"
            out.write(((joint if n else "" if kind == "jsonl" else "[") + joint.join(lines)).encode())
        out.write(b"\n" if kind == "jsonl" else b"]" if kind == "json" else b"")


def clew(path: Path, out: Path) -> int:
    """Clew's ingest; records read."""
    return ingest_files([path], IngestOptions("ad", "bench"), [], out).read


def peer(path: Path, out: Path) -> int:
    """DuckDB's reader with the columns named; rows."""
    columns = "{" + ", ".join(f"'{name}': 'VARCHAR'" for name in COLUMNS) + "}"
    reader = {
        ".csv": f"read_csv('{path}', header = true, columns = {columns})",
        ".jsonl": f"read_json('{path}', format = 'newline_delimited', columns = {columns})",
        ".json": f"read_json('{path}', format = 'array', columns = {columns})",
        ".parquet": f"read_parquet('{path}')",
    }[path.suffix]
    with duckdb.connect(config={"threads": 2, "memory_limit": "1GB"}) as con:
        con.execute("SET preserve_insertion_order = true")
        con.execute("SET enable_progress_bar = false")
        done = con.execute(f"COPY (SELECT * FROM {reader}) TO '{out / 'peer.parquet'}' (COMPRESSION zstd)").fetchone()
        return int(done[0]) if done else 0


def _measured(work: Callable[[Path, Path], int], path: Path, results: Any) -> None:
    with tempfile.TemporaryDirectory(dir=path.parent) as out:
        wall, cpu = time.perf_counter(), time.process_time()
        count = work(path, Path(out))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    results.put({"records": count, "wall": wall, "cpu": cpu, "peak_mb": _peak_mb()})


def _peak_mb() -> float:
    """Peak memory of this process: on Linux from the kernel's own note, as `getrusage` also counts the parent's."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def measure(work: Callable[[Path, Path], int], path: Path) -> Row:
    """Seconds of the wall and of the processor, and peak memory, of one run in a fresh process."""
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    process = context.Process(target=_measured, args=(work, path, results))
    process.start()
    row: Row = results.get(timeout=1_800)
    process.join()
    size = path.stat().st_size / 1e6
    return row | {"records_s": row["records"] / row["wall"], "mb_s": size / row["wall"], "mb": size}


def run(ads: int, formats: tuple[str, ...], folder: Path) -> list[Row]:
    """One row for each format and program."""
    rows = list[Row]()
    for kind in formats:
        path = folder / f"ads.{kind}"
        write(make(ads), path)
        measure(clew, path) if not rows else None  # compiles and caches the kernels
        for name, work in (("clew", clew), ("duckdb, parsing only", peer)):
            rows.append({"format": kind, "program": name} | measure(work, path))
        path.unlink()
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ads", type=int, default=300_000)
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=FORMATS)
    parser.add_argument(
        "--folder", type=Path, default=None, help="where the files are made; a temporary folder if not given"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        print(f"{'format':<8} {'program':<22} {'records':>10} {'MB':>7} {'wall s':>7} {'CPU s':>7}", end=" ")
        print(f"{'records/s':>10} {'MB/s':>6} {'peak MB':>8}")
        for row in run(options.ads, tuple(options.formats), Path(folder)):
            print(
                f"{row['format']:<8} {row['program']:<22} {row['records']:>10,} {row['mb']:>7,.0f} {row['wall']:>7.1f} "
                f"{row['cpu']:>7.1f} {row['records_s']:>10,.0f} {row['mb_s']:>6.0f} {row['peak_mb']:>8,.0f}"
            )


if __name__ == "__main__":
    main()
