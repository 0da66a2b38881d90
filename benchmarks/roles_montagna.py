"""Leaders and brokers of a real network from calls and meetings alone, against plain measures of centrality.

Montagna (Cavallaro et al. 2020): titles are the truth for leaders (boss, underboss, executive), functions for brokers
(facilitator, entrepreneur, partner, bureaucrat: those who link the families to firms and offices). The figures are AUC
with a bootstrap interval over people, and precision among the ten highest. ``brokered`` and ``betweenness`` are what
`clew.trace.roles` computes; the others are the peers. Nothing was fitted to this network.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import shortest_path

from benchmarks.metrics import auc, precision_at
from clew.trace.roles.structure import adjacency, betweenness, brokered

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "montagna"
GRAPHS = {"meetings": ("meetings",), "calls": ("phone",), "both": ("meetings", "phone")}
LEADERS = ("boss", "underboss", "executive")
BROKERS = ("facilitator", "enterpreneur", "partner", "bureaucrat")


def rows(name: str) -> list[dict[str, str]]:
    """The lines of one file."""
    with (DATA / f"{name}.csv").open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def measures(a: np.ndarray, b: np.ndarray, weight: np.ndarray, n: int) -> dict[str, np.ndarray]:
    """Every measure of every node."""
    start, other = adjacency(a, b, n)
    matrix = np.zeros((n, n))
    matrix[np.repeat(np.arange(n), np.diff(start)), other] = 1.0
    strength = np.zeros(n)
    np.add.at(strength, a, weight)
    np.add.at(strength, b, weight)
    far = shortest_path(coo_array(matrix), unweighted=True, directed=False)
    near = np.where(np.isfinite(far) & (far > 0), 1.0 / np.where(far > 0, far, 1.0), 0.0).sum(axis=1)
    return {
        "degree": matrix.sum(axis=1),
        "contacts": strength,
        "closeness": near,  # harmonic, so that parts without a way between them count
        "eigenvector": power(matrix + np.eye(n)),
        "PageRank": page_rank(matrix),
        "betweenness": betweenness(start, other),
        "brokered": brokered(start, other).astype(float),
    }


def power(matrix: np.ndarray) -> np.ndarray:
    """The leading eigenvector."""
    vector = np.ones(len(matrix))
    for _ in range(500):
        vector = matrix @ vector
        vector /= np.linalg.norm(vector)
    return vector


def page_rank(matrix: np.ndarray, damping: float = 0.85) -> np.ndarray:
    """PageRank (Brin and Page 1998)."""
    out = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1.0)
    rank = np.full(len(matrix), 1.0 / len(matrix))
    for _ in range(200):
        rank = (1 - damping) / len(matrix) + damping * (rank @ out + rank[matrix.sum(axis=1) == 0].sum() / len(matrix))
    return rank


def interval(score: np.ndarray, positive: np.ndarray, draws: int = 1000) -> tuple[float, float]:
    """The 95 % interval of the AUC over people drawn anew."""
    draw = np.random.default_rng(5)
    found = []
    while len(found) < draws:
        some = draw.integers(0, len(score), len(score))
        if 0 < positive[some].sum() < len(some):
            found.append(auc(score[some], positive[some]))
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)


def table(title: str, graph: str, true: set[str], among: Callable[[str], bool]) -> None:
    """Print AUC and precision of each measure for those of ``true`` among some people of a graph."""
    edges = [row for name in GRAPHS[graph] for row in rows(name)]
    names = sorted({row[side] for row in edges for side in ("source", "target")})
    number = {name: k for k, name in enumerate(names)}
    a, b = (np.array([number[row[side]] for row in edges]) for side in ("source", "target"))
    found = measures(a, b, np.array([float(row["weight"]) for row in edges]), len(names))
    asked = np.array([among(name) for name in names])
    positive = np.array([name in true for name in names])[asked]
    print(f"\n{title}, {graph}: {positive.sum()} of {len(positive)} people")
    for name, score in found.items():
        low, high = interval(score[asked], positive)
        p = precision_at(score[asked], positive, 10)
        print(f"  {name:12} AUC {auc(score[asked], positive):.3f} [{low:.3f}, {high:.3f}]  of the first 10: {p:.2f}")


def report() -> None:
    """Print all tables, or that the data is missing."""
    if not DATA.is_dir():
        print("skipped: there is no ../shared/data/montagna")
        return
    people = {row["node"]: row for row in rows("attributes")}
    leaders = {name for name, row in people.items() if row["title"] in LEADERS}
    members = {name for name, row in people.items() if row["title"]}
    brokers = {name for name, row in people.items() if any(row[kind] == "Y" for kind in BROKERS)}
    for graph in GRAPHS:
        table("leaders among all", graph, leaders, lambda name: True)
        table("leaders among members with a title", graph, leaders, members.__contains__)
        table("brokers among all", graph, brokers, lambda name: True)


if __name__ == "__main__":
    report()
