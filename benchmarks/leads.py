"""Do exploited operations come first? Simulated worlds, from adverts to leads.

    python -m benchmarks.leads [--ads 20000] [--worlds mixed:101 rings-heavy:102 quiet:103]
    python -m benchmarks.leads --workspace FOLDER --world WORLD     # one that has run already

A network counts as exploited when most of its adverts are. Beside the priority stands the order by size alone, which a
tool that only counts would give. Developed on the worlds mixed:11, mixed:51, rings-heavy:52 and quiet:53; those
here were not looked at.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.metrics import auc, precision_at
from benchmarks.pipeline import clew
from clew.simulate.truth import align
from clew.store.workspace import Workspace


@dataclass(frozen=True)
class Ranked:
    """Networks and records with their priorities and the truth."""

    networks: pa.Table  # network, ads, exploited, kind, priority
    records: pa.Table  # rid, network_id, exploitation, kind, priority


def read(workspace: Path, world: Path) -> Ranked:
    """Lay a run beside the truth."""
    place = Workspace(workspace)
    tables = {name: pq.read_table(place.paths(name)) for name in ("network_members", "leads", "record_scores")}
    records = pq.read_table(place.paths("records"), columns=["rid", "platform", "native_id"])
    truth = align(world, records["platform"], records["native_id"])
    for name in truth.column_names:
        records = records.append_column(name, truth[name])
    records = records.join(tables["network_members"], "rid").join(tables["record_scores"], "rid").sort_by("rid")
    share = records.set_column(
        records.schema.get_field_index("exploitation"), "exploitation", pc.cast(records["exploitation"], pa.float64())
    )
    networks = share.group_by("network_id", use_threads=False).aggregate(
        [("rid", "count"), ("exploitation", "mean"), ("kind", "first")]
    )
    networks = networks.join(tables["leads"].select(["network_id", "priority"]), "network_id").sort_by("network_id")
    return Ranked(networks, records)


def _numbers(column: pa.ChunkedArray) -> np.ndarray:
    return pc.fill_null(pc.cast(column, pa.float64()), 0.0).to_numpy()


def report(name: str, ranked: Ranked) -> None:
    """Print precision at 20 and 100, the areas under the curves, and the mean priority of each kind of operation."""
    networks, records = ranked.networks, ranked.records
    priority, size = _numbers(networks["priority"]), _numbers(networks["rid_count"])
    exploited = _numbers(networks["exploitation_mean"]) > 0.5
    many = size >= 5
    print(f"\n{name}: {len(records):,} adverts, {len(networks):,} networks, {exploited.mean():.1%} of them exploited")
    print(f"{'':24}{'priority':>10}{'size':>10}{'chance':>10}")
    for k in (20, 100):
        if k <= len(size):
            row = (precision_at(priority, exploited, k), precision_at(size, exploited, k), float(exploited.mean()))
            print(f"{f'precision@{k}':24}" + "".join(f"{v:10.3f}" for v in row))
    for label, chosen in (("AUC, networks", size > 0), ("AUC, networks of 5+", many)):
        row = (auc(priority[chosen], exploited[chosen]), auc(size[chosen], exploited[chosen]), 0.5)
        print(f"{label:24}" + "".join(f"{v:10.3f}" for v in row))
    truth = _numbers(records["exploitation"]) > 0.5
    held = dict(zip(networks["network_id"].to_pylist(), size, strict=True))
    by_size = np.array([held.get(n, 0.0) for n in records["network_id"].to_pylist()])
    row = (auc(_numbers(records["priority"]), truth), auc(by_size, truth), 0.5)
    print(f"{'AUC, records':24}" + "".join(f"{v:10.3f}" for v in row))
    kinds = np.array(networks["kind_first"].to_pylist())
    for kind in sorted(set(kinds[many])):
        of = many & (kinds == kind)
        print(f"  {kind:20} {int(of.sum()):5} networks of 5+: mean priority {priority[of].mean():6.2f}")


def run_world(folder: Path, preset: str, seed: int, ads: int) -> Ranked:
    """Simulate, ingest and run."""
    from clew.simulate.world import simulate

    world, workspace = folder / f"world-{preset}-{seed}", folder / f"workspace-{preset}-{seed}"
    simulate(world, ads, seed, preset=preset)
    clew("init", str(workspace))
    clew("ingest", str(world / "ads.jsonl"), "--kind", "ad", "--source", "simulated", "--workspace", str(workspace))
    clew("run", "--workspace", str(workspace))
    return read(workspace, world)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ads", type=int, default=20_000)
    parser.add_argument("--worlds", nargs="+", default=["mixed:101", "rings-heavy:102", "quiet:103"])
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--world", type=Path)
    given = parser.parse_args()
    if given.workspace and given.world:
        report(given.world.name, read(given.workspace, given.world))
        return
    with tempfile.TemporaryDirectory() as folder:
        for name in given.worlds:
            preset, _, seed = name.partition(":")
            report(name, run_world(Path(folder), preset, int(seed or 1), given.ads))


if __name__ == "__main__":
    main()
