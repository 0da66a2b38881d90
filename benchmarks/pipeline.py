"""The whole job, from JSON Lines to leads: wall time, peak memory, quality, growth, increments, pivots and start-up.

    python -m benchmarks.pipeline [--ads 1000000] [--seed 31] [--more 10000] [--keep FOLDER]

Each command runs as a process of its own, as a user would run it; times are wall-clock, peaks of the largest process.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import metrics


@dataclass(frozen=True)
class Cost:
    """Of one process: seconds of wall clock, peak of resident memory in GB."""

    seconds: float
    gigabytes: float


def clew(*words: str) -> Cost:
    """Run a command of Clew to its end."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "clew", *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if status:
        raise SystemExit(f"clew {' '.join(words)} failed: {process.stderr.read().decode() if process.stderr else ''}")
    return Cost(seconds, used.ru_maxrss / 1e6)


def split(world: Path, more: int) -> tuple[Path, Path]:
    """The world's adverts but the last ``more``, and those."""
    lines = sum(1 for _ in (world / "ads.jsonl").open("rb"))
    most, rest = world / "most.jsonl", world / "rest.jsonl"
    with (world / "ads.jsonl").open("rb") as source, most.open("wb") as a, rest.open("wb") as b:
        for number, line in enumerate(source):
            (a if number < lines - more else b).write(line)
    return most, rest


def partition(workspace: str, out: Path) -> pa.Table:
    """platform, native_id, network of each record."""
    clew("export", "tables", str(out), "-w", workspace)
    records = pq.read_table(out / "records.parquet", columns=["record_id", "platform", "native_id"])
    members = pq.read_table(out / "network_members.parquet")
    return records.join(members, "record_id")


def quality(found: pa.Table, world: Path) -> str:
    """B³ of the networks against the operations of the truth."""
    truth = pq.read_table(world / "truth" / "records.parquet", columns=["platform", "native_id", "operation"])
    both = found.join(truth, ["platform", "native_id"], join_type="inner")
    operation = np.unique(both["operation"].to_numpy(), return_inverse=True)[1]
    network = np.unique(both["network_id"].to_numpy(), return_inverse=True)[1]
    score = metrics.bcubed(operation, network)
    wrong = metrics.largest_wrong(operation, network)
    return f"B³ P {score.precision:.3f} R {score.recall:.3f} F1 {score.f1:.3f}, largest wrong {wrong:.2%}"


def same(a: pa.Table, b: pa.Table) -> bool:
    """Whether two runs put the records into the same networks, whatever these are called."""
    a, b = a.sort_by("record_id"), b.sort_by("record_id")
    x = np.unique(a["network_id"].to_numpy(), return_inverse=True)[1].astype(np.int64)
    y = np.unique(b["network_id"].to_numpy(), return_inverse=True)[1].astype(np.int64)
    pairs = len(np.unique(x * (int(y.max()) + 1) + y))
    return a["record_id"].equals(b["record_id"]) and pairs == x.max() + 1 == y.max() + 1


def pivots(workspace: str, ads: pa.Table, times: int = 30) -> str:
    """Milliseconds of a pivot in a process that is already open: half and 95 % of phones, and of texts."""
    from clew.query.asked import understand
    from clew.query.pivot import pivot
    from clew.store.views import open_views
    from clew.store.workspace import Workspace

    place = Workspace(Path(workspace))
    spent: dict[str, list[float]] = {"phone": [], "text": []}
    with open_views(place) as engine:
        phones = engine.sql("SELECT value FROM ties WHERE type = 'phone' USING SAMPLE 40 ROWS (reservoir, 5)")
        texts = engine.sql("SELECT body FROM records WHERE length(body) > 60 USING SAMPLE 40 ROWS (reservoir, 5)")
        for kind, asked in (("phone", phones), ("text", texts)):
            for query in asked.column(0).to_pylist()[: times + 3]:
                started = time.perf_counter()
                pivot(place, engine, understand(query))
                spent[kind].append((time.perf_counter() - started) * 1e3)
    rows = {kind: sorted(values[3:]) for kind, values in spent.items()}
    return ", ".join(
        f"{kind} {statistics.median(v):.0f} ms (95 %: {v[int(len(v) * 0.95) - 1]:.0f} ms)" for kind, v in rows.items()
    )


def start_up() -> str:
    """Seconds to import the package and to print the help; the best of five, as a user with a warm disk sees it."""
    found = []
    for words in (["-c", "import clew"], ["-m", "clew", "--help"]):
        best = min(_timed([sys.executable, *words]) for _ in range(5))
        found.append(f"{' '.join(words)}: {best:.2f} s")
    return "; ".join(found)


def _timed(words: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def whole(world: Path, place: Path, more: int) -> None:
    """Everything at once, then the same in two portions."""
    once, portions = str(place / "once"), str(place / "portions")
    print(f"simulated world: {world}", flush=True)
    total, peak = 0.0, 0.0
    for words in (["init", once], ["ingest", str(world / "ads.jsonl"), "--source", "bench", "-w", once],
                  ["run", "-w", once], ["leads", "-w", once]):  # fmt: skip
        cost = clew(*words)
        total, peak = total + cost.seconds, max(peak, cost.gigabytes)
        print(f"  clew {words[0]:<8}{cost.seconds:8.1f} s {cost.gigabytes:6.2f} GB", flush=True)
    print(f"  whole job    {total:8.1f} s {peak:6.2f} GB", flush=True)
    found = partition(once, place / "export")
    print(f"  {quality(found, world)}", flush=True)
    print(f"  pivot in an open workspace: {pivots(once, found)}", flush=True)
    if not more:
        return
    most, rest = split(world, more)
    clew("init", portions)
    clew("ingest", str(most), "--source", "bench", "-w", portions)
    clew("run", "-w", portions)
    costs = [clew("ingest", str(rest), "--source", "bench", "-w", portions), clew("run", "-w", portions)]
    print(f"  {more:,} more: ingest {costs[0].seconds:.1f} s, run {costs[1].seconds:.1f} s", flush=True)
    print(f"  same networks as one run: {same(found, partition(portions, place / 'export2'))}", flush=True)


def main() -> None:
    """Simulate, run, print."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--ads", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--seed", type=int, default=31)
    parser.add_argument("--more", type=int, default=10_000)
    parser.add_argument("--keep", type=Path, help="keep worlds and workspaces there")
    given = parser.parse_args()
    print(f"start-up: {start_up()}", flush=True)
    folder = given.keep or Path(tempfile.mkdtemp(prefix="clew-bench-"))
    for ads in given.ads:
        world, place = folder / f"world-{ads}-{given.seed}", folder / f"work-{ads}-{given.seed}"
        if not world.exists():
            cost = clew("simulate", str(world), "--ads", str(ads), "--seed", str(given.seed), "--images", "50")
            print(f"clew simulate {ads:,}: {cost.seconds:.1f} s, {cost.gigabytes:.2f} GB", flush=True)
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        whole(world, place, given.more)
    if not given.keep:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
