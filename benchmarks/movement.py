"""How well stays, moves and clashes are found, and where next: against the truth of simulated worlds.

    python -m benchmarks.movement [--seeds 501 502] [--ads 60000] [--keep FOLDER]

Weights were set on worlds of seeds 401 and 402; the seeds that are reported are others.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.movement_next import answers, show
from benchmarks.movement_tours import patterns, tours
from benchmarks.movement_truth import Truth, read_truth
from benchmarks.pipeline import clew
from clew.simulate.world import simulate
from clew.store.views import open_views
from clew.store.workspace import Workspace
from clew.trace.movement.find import Found, find
from clew.trace.movement.sightings import KINDS


def made(folder: Path, ads: int, seed: int) -> tuple[Path, Path]:
    """A world of adverts and a workspace that ran over it."""
    world, place = folder / f"world-{ads}-{seed}", folder / f"workspace-{ads}-{seed}"
    if not world.exists():
        simulate(world, ads, seed, images=0, offers=0, sites=0, conversations=0)
    if not place.exists():
        clew("init", str(place))
        clew("ingest", str(world / "ads.jsonl"), "--kind", "ad", "--source", "simulated", "-w", str(place))
        clew("run", "-w", str(place))
    return world, place


def share(right: np.ndarray) -> str:
    """A share with its 95 % interval (Wilson)."""
    n = len(right)
    if not n:
        return "none"
    p, z = float(right.mean()), 1.96
    centre, half = (p + z * z / 2 / n) / (1 + z * z / n), z * np.sqrt(p * (1 - p) / n + z * z / 4 / n / n)
    half /= 1 + z * z / n
    return f"{p:.3f} [{centre - half:.3f}, {centre + half:.3f}] of {n:,}"


def stays_and_moves(found: Found, truth: Truth) -> None:
    """Print precision and recall, and whether certainty means what it says."""
    tracks, stays, moves = found.tracks, found.stays, found.moves
    row = tracks.row[stays.order]
    person = truth.majority(tracks.seen.rid[row], stays.begin, stays.end)
    known = person >= 0
    middle = tracks.seen.t[row[stays.begin]]
    right = truth.place_at(person, middle) == truth.codes(tracks.places.value)[stays.place]
    print(f"  stays right: {share(right[known])}")
    kind = tracks.kind[stays.subject]
    for k, name in enumerate(KINDS):
        print(f"    by {name}: {share(right[known & (kind == k)])}")
    calibration("stay certainty", stays.certainty[known], right[known])
    a, b = moves.a, moves.b
    origin, target = (truth.codes(tracks.places.value)[stays.place[at]] for at in (a, b))
    hit = truth.find_moves(person[b], origin, target, stays.first[b])
    mine = person[b] >= 0
    print(f"  moves right: {share((hit >= 0)[mine])}")
    for k, name in enumerate(KINDS):
        print(f"    by {name}: {share((hit >= 0)[mine & (kind[b] == k)])}")
    calibration("move certainty", moves.certainty[mine], (hit >= 0)[mine])
    got = np.zeros(len(truth.move_t), np.bool_)
    got[hit[hit >= 0]] = True
    print(f"  moves of the truth that were found: {share(got)}")
    for name, chosen in truth.move_groups():
        print(f"    {name}: {share(got[chosen])}")


def calibration(name: str, expected: np.ndarray, right: np.ndarray) -> None:
    """Print expected and observed shares in ten portions of equal width, with their error."""
    portion = np.minimum((expected * 10).astype(int), 9)
    rows = [
        (expected[portion == k].mean(), right[portion == k].mean(), (portion == k).sum()) for k in np.unique(portion)
    ]
    error = sum(abs(e - o) * n for e, o, n in rows) / max(len(expected), 1)
    brier = float(((expected - right) ** 2).mean()) if len(expected) else float("nan")
    print(f"  {name}: ECE {error:.3f}, Brier {brier:.3f}; expected/observed (n): "
          + ", ".join(f"{e:.2f}/{o:.2f} ({n:,})" for e, o, n in rows))  # fmt: skip


def clashes(found: Found, truth: Truth) -> None:
    """Print how many clashes are real: two people, or an advert for a place where its person was not."""
    clash, tracks = found.clashes, found.tracks
    a, b = (tracks.row[x] for x in (clash.a, clash.b))
    people = [truth.person_of(tracks.seen.rid[row]) for row in (a, b)]
    known = (people[0] >= 0) & (people[1] >= 0)
    codes = truth.codes(tracks.places.value)
    away = [
        truth.place_at(p, tracks.seen.t[row]) != codes[tracks.seen.place[row]]
        for p, row in zip(people, (a, b), strict=True)
    ]
    two = people[0] != people[1]
    print(f"  clashes of two people, or with an advert for where nobody was: {share((two | away[0] | away[1])[known])}"
          f" (two people {two[known].mean():.2f})")  # fmt: skip


def report(world: Path, place: Path) -> None:
    """Print the figures of one world."""
    with open_views(Workspace(place)) as engine:
        found = find(engine)
        truth = read_truth(engine, world)
    stays_and_moves(found, truth)
    clashes(found, truth)
    patterns(found, truth)
    tours(found, truth)
    show(answers(found.tracks))


def main() -> None:
    """Simulate, run, print."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--ads", type=int, default=60_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[501, 502])
    parser.add_argument("--keep", type=Path, help="keep worlds and workspaces there")
    given = parser.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp(prefix="clew-bench-"))
    for seed in given.seeds:
        print(f"world of {given.ads:,} adverts, seed {seed}", flush=True)
        report(*made(folder, given.ads, seed))


if __name__ == "__main__":
    main()
