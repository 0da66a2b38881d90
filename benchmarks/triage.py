"""Does the order learn from what an analyst decides? Simulated worlds, and an analyst who judges by the truth.

    python -m benchmarks.triage [--ads 20000] [--worlds mixed:111 rings-heavy:112 quiet:113] [--judged 30]
    python -m benchmarks.triage --workspace FOLDER --world WORLD     # one that has run already

The analyst takes the first leads of the catalogue's order and says of each whether it is exploited (most of its adverts
are). Then the precision of the first 20 is taken among the leads that were NOT judged, before and after learning: those
that were judged taught the order, and would flatter it. Beside it stands the plain figure: the first 20 of all leads by
the catalogue. The strength of the penalty was chosen on other worlds (51-53, 61-63, 71, 72, 81-83); those here were
not looked at.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.leads import read, run_world
from benchmarks.metrics import auc, precision_at
from clew.assess.catalogue import catalogue
from clew.assess.learn import learn, score
from clew.store.workspace import Workspace


@dataclass(frozen=True)
class Judged:
    """Leads in the catalogue's order: points of each finding in thousandths, and the truth."""

    points: np.ndarray
    exploited: np.ndarray


def leads_of(workspace: Path, world: Path) -> Judged:
    """The leads of a run beside the truth."""
    place = Workspace(workspace)
    truth = read(workspace, world).networks.select(["network_id", "exploitation_mean"])
    leads = (
        pq.read_table(place.paths("leads"), columns=["network_id", "rank"]).join(truth, "network_id").sort_by("rank")
    )
    found = pq.read_table(place.paths("findings"), columns=["indicator", "subject_kind", "subject", "points"])
    found = found.filter(pc.equal(found["subject_kind"], "network"))
    row = pc.index_in(found["subject"], leads["network_id"].combine_chunks())
    names = pa.array([i.id for i in catalogue()])
    there = pc.is_valid(row)
    column = pc.index_in(found["indicator"], names).filter(there).to_numpy()
    points = np.zeros((leads.num_rows, len(names)), np.int64)
    points[row.filter(there).to_numpy(), column] = np.rint(1000 * found["points"].filter(there).to_numpy())
    return Judged(points, pc.fill_null(leads["exploitation_mean"], 0.0).to_numpy() > 0.5)


def report(name: str, leads: Judged, judged: int) -> tuple[float, float]:
    """Print one line; precision of the first 20 of the rest, before and after."""
    points, truth = leads.points, leads.exploited
    names = [i.id for i in catalogue()]
    started = time.process_time()
    learned = learn(names, points[:judged], truth[:judged])
    row, column = np.nonzero(points)
    starts = np.searchsorted(row, np.arange(len(points) + 1))
    after = score(learned.factors(), column, points[row, column], starts)[judged:]
    spent = time.process_time() - started
    before, rest = points[judged:].sum(axis=1) / 1000, truth[judged:]
    plain = float(truth[:20].mean())
    figures = (precision_at(before, rest, 20), precision_at(after, rest, 20))
    print(
        f"{name:18}{len(points):7,}{truth.sum():10}{plain:10.2f}{learned.confirmed:7}/{learned.dismissed:<4}"
        f"{figures[0]:10.2f}{figures[1]:8.2f}{auc(before, rest):10.3f}{auc(after, rest):8.3f}{1000 * spent:8.0f} ms"
        + ("" if learned.active else "  (not learned)")
    )
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ads", type=int, default=20_000)
    parser.add_argument("--worlds", nargs="+", default=["mixed:111", "rings-heavy:112", "quiet:113"])
    parser.add_argument("--judged", type=int, default=30)
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--world", type=Path)
    given = parser.parse_args()
    rest = f"first 20 of those not judged: before, after ({given.judged} judged)"
    print(f"{'':18}{'':7}{'':10}{'first 20':>10}{'':12}{rest}")
    print(
        f"{'world':18}{'leads':>7}{'exploited':>10}{'plain':>10}{'judged +/-':>12}"
        f"{'p@20':>10}{'p@20':>8}{'AUC':>10}{'AUC':>8}{'CPU':>8}"
    )
    if given.workspace and given.world:
        report(given.world.name, leads_of(given.workspace, given.world), given.judged)
        return
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        for name in given.worlds:
            preset, _, seed = name.partition(":")
            run_world(Path(folder), preset, int(seed or 1), given.ads)
            place = Path(folder)
            leads = leads_of(place / f"workspace-{preset}-{int(seed or 1)}", place / f"world-{preset}-{int(seed or 1)}")
            figures.append(report(name, leads, given.judged))
    before, after = np.mean(figures, axis=0)
    print(f"{'mean':18}{'':39}{before:10.2f}{after:8.2f}")


if __name__ == "__main__":
    main()
