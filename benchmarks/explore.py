"""Active search of connections: records of an operation found per question, answered by the truth of a simulated world.

    python -m benchmarks.explore [--ads 20000] [--world mixed:61] [--seeds 30] [--questions 20]
    python -m benchmarks.explore --workspace FOLDER --truth WORLD

From random records each order asks so many questions about one record at a time. *Learned* is what the workbench does;
*fixed* asks in the order of the linker's weights and learns nothing; *by chance* asks about any record that is tied.
Simulated operations are nearly whole after linking, so all is asked twice: with what the linker joined, and without.
A yes brings the records with the same contacts and text along, as in the workbench; those that are of another operation
count as wrong. "Outside" are found records that the linker had in other networks than the first record: what
exploring is for. Developed on the world of the test bench (mixed, 20,000); the one here was not looked at.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.pipeline import clew
from clew.engine.duckdb import Engine
from clew.query.explore import Explored, Ranked, lot_of, ranking, rid_of
from clew.query.index import ensure_index, open_index
from clew.query.trust import OTHER, SAME, Learned, Said
from clew.simulate.truth import align
from clew.store.workspace import Workspace

SMALLEST = 20  # records of an operation that a seed is drawn from


@dataclass
class Score:
    """What one exploration found."""

    asked: int = 0
    yes: int = 0
    found: int = 0
    outside: int = 0
    wrong: int = 0


Order = Callable[[list[Ranked]], Ranked]


def explore(
    engine: Engine, truth: dict[int, str], seed: int, questions: int, learn: bool, linker: bool, pick: Order
) -> Score:
    """Ask so many questions from one record on, or until all of its operation is found."""
    explored, score, operation = Explored({seed}), Score(), truth[seed]
    net_of = dict(engine.sql(f"SELECT rid, net FROM members WHERE rid = {seed}").to_pylist()[0])
    home, size = net_of["net"], sum(other == operation for other in truth.values())
    for _ in range(questions):
        order, _held = ranking(engine, explored, Learned(explored.said, learn, linker))
        if not order or score.found + 1 >= size:
            break
        top = pick(order)
        yes = truth.get(top.rid) == operation
        score.asked += 1
        score.yes += yes
        lot = {top.rid, *map(rid_of, lot_of(engine, top.rid, top.net, explored.accepted | explored.passed))}
        explored.said.append(Said(yes, (*top.ties, (SAME if top.same_network else OTHER, ""))))
        if not yes:
            explored.passed |= lot
            continue
        explored.accepted |= lot
        right = sum(truth.get(rid) == operation for rid in lot)
        score.found += right
        score.outside += right * (top.net != home)
        score.wrong += len(lot) - right
    return score


def report(engine: Engine, truth: dict[int, str], seeds: int, questions: int, linker: bool) -> None:
    """Print the sums over all seeds, an order a row."""
    names, many = np.unique(list(truth.values()), return_counts=True)
    large = {str(n) for n, m in zip(names, many, strict=True) if m >= SMALLEST}
    chooser = random.Random(1)
    start = chooser.sample(sorted(rid for rid, operation in truth.items() if operation in large), seeds)
    knows = "what the linker joined is known" if linker else "nothing is known of what the linker joined"
    print(f"\n{seeds} seeds, up to {questions} questions each, operations of {SMALLEST} records or more; {knows}")
    print(f"{'order':12}{'asked':>8}{'yes':>8}{'found':>8}{'a question':>12}{'outside':>10}{'wrong':>8}")
    orders: dict[str, tuple[bool, Order]] = {
        "learned": (True, lambda order: order[0]),
        "fixed": (False, lambda order: order[0]),
        "by chance": (False, chooser.choice),
    }
    for name, (learn, pick) in list(orders.items())[: 2 if linker else 3]:
        scores = [explore(engine, truth, seed, questions, learn, linker, pick) for seed in start]
        asked, yes, found, outside, wrong = (
            sum(getattr(s, f) for s in scores) for f in ("asked", "yes", "found", "outside", "wrong")
        )
        print(f"{name:12}{asked:8}{yes / asked:8.1%}{found:8}{found / asked:12.2f}{outside:10}{wrong:8}", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ads", type=int, default=20_000)
    parser.add_argument("--world", default="mixed:61")
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--questions", type=int, default=20)
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--truth", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        world, workspace = given.truth or Path(folder) / "world", given.workspace or Path(folder) / "workspace"
        if not given.workspace:
            from clew.simulate.world import simulate

            preset, _, seed = given.world.partition(":")
            simulate(world, given.ads, int(seed or 1), preset=preset)
            clew("init", str(workspace))
            ads = str(world / "ads.jsonl")
            clew("ingest", ads, "--kind", "ad", "--source", "simulated", "--workspace", str(workspace))
            clew("run", "--workspace", str(workspace))
        engine = open_index(ensure_index(Workspace(workspace)), Path(folder))
        records: pa.Table = engine.sql("SELECT rid, platform, native_id FROM records ORDER BY rid")
        operations = align(world, records["platform"], records["native_id"])["operation"].to_pylist()
        truth = dict(zip(records["rid"].to_pylist(), operations, strict=True))
        known = {rid: operation for rid, operation in truth.items() if operation}
        for linker in (True, False):
            report(engine, known, given.seeds, given.questions, linker)


if __name__ == "__main__":
    main()
