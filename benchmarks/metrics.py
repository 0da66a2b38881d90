"""Measures of linking, ranking and extraction quality, over plain arrays.

Labels are one-dimensional arrays of anything that sorts: ``truth[i]`` is the operation of record ``i``,
``predicted[i]`` its network. Everything works on the sparse contingency table, so ten million records fit.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.stats import rankdata

Labels = NDArray[Any]
Codes = NDArray[np.int64]

# More distinct degrees than this are thinned evenly: neighbouring caps differ by a few records only.
MOST_CAPS = 256


@dataclass(frozen=True)
class Score:
    """Precision, recall and their harmonic mean, each from 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean; 0 when both are 0."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True)
class BestCap:
    """The degree cap that scores best, its B³ score and the labels it gives."""

    cap: int
    score: Score
    labels: Codes


@dataclass(frozen=True)
class SetScore:
    """Scores of found value sets: ``score`` over all values, ``exact`` the share of records without error."""

    score: Score
    exact: float


@dataclass(frozen=True)
class _Table:
    """Non-empty cells of truth × predicted; sizes of both sides; row and column of each cell."""

    cells: NDArray[np.float64]
    rows: NDArray[np.float64]
    columns: NDArray[np.float64]
    row: Codes
    column: Codes


def _table(truth: Labels, predicted: Labels) -> _Table:
    truth, predicted = np.asarray(truth), np.asarray(predicted)
    if truth.ndim != 1 or truth.shape != predicted.shape:
        raise ValueError(f"labels differ in shape: {truth.shape} and {predicted.shape}")
    if not truth.size:
        raise ValueError("no records to score")
    _, t = np.unique(truth, return_inverse=True)
    _, p = np.unique(predicted, return_inverse=True)
    width = int(p.max()) + 1
    cell, counts = np.unique(t.astype(np.int64) * width + p, return_counts=True)
    return _Table(
        cells=counts.astype(np.float64),
        rows=np.bincount(t).astype(np.float64),
        columns=np.bincount(p).astype(np.float64),
        row=cell // width,
        column=cell % width,
    )


def bcubed(truth: Labels, predicted: Labels) -> Score:
    """Return B³ precision and recall.

    For each record: the share of its network that is of its operation, and the share of its operation that
    is in its network; then the mean over records.
    Source: Bagga and Baldwin, "Algorithms for scoring coreference chains", 1998.
    """
    table = _table(truth, predicted)
    square, records = table.cells**2, table.cells.sum()
    return Score(
        precision=float((square / table.columns[table.column]).sum() / records),
        recall=float((square / table.rows[table.row]).sum() / records),
    )


def _pairs(sizes: NDArray[np.float64]) -> float:
    return float((sizes * (sizes - 1)).sum() / 2)


def pairwise(truth: Labels, predicted: Labels) -> Score:
    """Return precision and recall over pairs of records; 1 where there is no pair to get wrong."""
    table = _table(truth, predicted)
    both, true, said = _pairs(table.cells), _pairs(table.rows), _pairs(table.columns)
    return Score(precision=both / said if said else 1.0, recall=both / true if true else 1.0)


def adjusted_rand(truth: Labels, predicted: Labels) -> float:
    """Return the Rand index corrected for chance, at most 1.

    Source: Hubert and Arabie, "Comparing partitions", 1985.
    """
    table = _table(truth, predicted)
    both, true, said = _pairs(table.cells), _pairs(table.rows), _pairs(table.columns)
    records = table.cells.sum()
    total = float(records * (records - 1) / 2)
    expected = true * said / total if total else 0.0
    spread = (true + said) / 2 - expected
    return (both - expected) / spread if spread else 1.0


def largest_wrong(truth: Labels, predicted: Labels) -> float:
    """Return the share of all records that the largest mixed network holds beyond its majority operation.

    Mixed: it holds records of at least two operations. 0 when no network is mixed.
    """
    table = _table(truth, predicted)
    majority = np.zeros(table.columns.size)
    np.maximum.at(majority, table.column, table.cells)
    foreign = table.columns - majority
    mixed = np.flatnonzero(foreign > 0)
    if not mixed.size:
        return 0.0
    size = table.columns[mixed]
    # Of equally large networks the worst counts, so that the order of labels does not matter.
    return float(foreign[mixed][size == size.max()].max() / table.cells.sum())


def largest_share(predicted: Labels) -> float:
    """Return the share of records in the largest network."""
    counts = np.unique(np.asarray(predicted), return_counts=True)[1]
    if not counts.size:
        raise ValueError("no records to score")
    return float(counts.max() / counts.sum())


def components(record: Codes, identifier: Codes, records: int) -> Codes:
    """Return a label for each record: connected components of the record–identifier graph.

    ``record`` and ``identifier`` are the ends of each edge, as codes from 0; a record without edge is alone.
    """
    if not record.size:
        return np.arange(records, dtype=np.int64)
    nodes = records + int(identifier.max()) + 1
    ones = np.ones(record.size, dtype=np.uint8)
    graph = coo_matrix((ones, (record, identifier + records)), shape=(nodes, nodes))
    labels = connected_components(graph, directed=False)[1][:records]
    return np.asarray(labels, dtype=np.int64)


def best_cap(record: Codes, identifier: Codes, truth: Labels) -> BestCap:
    """Return what the best cap on identifier degree reaches with the truth in hand: a peer that cannot exist.

    For every cap (each distinct degree, and 1, which links nothing) identifiers in more records are dropped
    and plain components scored by B³ F1. Of equal scores the lowest cap is returned.
    """
    # np.unique over pairs: an identifier that a record names twice counts once.
    width = int(identifier.max()) + 1 if identifier.size else 1
    edge = np.unique(record.astype(np.int64) * width + identifier)
    record, identifier = edge // width, edge % width
    degree = np.bincount(identifier, minlength=width)
    caps = np.unique(np.append(degree[degree > 0], 1))
    if caps.size > MOST_CAPS:
        caps = caps[np.unique(np.linspace(0, caps.size - 1, MOST_CAPS).round().astype(int))]
    best: BestCap | None = None
    for cap in caps:
        kept = degree[identifier] <= cap
        labels = components(record[kept], identifier[kept], len(truth))
        score = bcubed(truth, labels)
        if best is None or score.f1 > best.score.f1:
            best = BestCap(int(cap), score, labels)
    if best is None:  # caps always holds 1
        raise ValueError("no cap to try")
    return best


def precision_at(scores: NDArray[np.float64], positive: NDArray[np.bool_], k: int) -> float:
    """Return the share of positives among the ``k`` highest scores; ties at the border count in part."""
    scores, positive = np.asarray(scores, dtype=np.float64), np.asarray(positive, dtype=bool)
    if not 1 <= k <= scores.size:
        raise ValueError(f"k is {k}, of {scores.size} scores")
    border = np.partition(scores, scores.size - k)[scores.size - k]
    above, tied = scores > border, scores == border
    places = k - int(above.sum())
    return float((positive[above].sum() + places * positive[tied].mean()) / k)


def auc(scores: NDArray[np.float64], positive: NDArray[np.bool_]) -> float:
    """Return the area under the ROC curve: the chance that a positive outscores a negative; a tie is half."""
    positive = np.asarray(positive, dtype=bool)
    yes, no = int(positive.sum()), int((~positive).sum())
    if not yes or not no:
        raise ValueError("AUC needs both positives and negatives")
    ranks = rankdata(np.asarray(scores, dtype=np.float64))
    return float((ranks[positive].sum() - yes * (yes + 1) / 2) / (yes * no))


def value_sets(expected: Sequence[Collection[str]], found: Sequence[Collection[str]]) -> SetScore:
    """Return micro precision and recall of the values found, and the share of records without error.

    With nothing found precision is 1; with nothing expected recall is 1.
    """
    if len(expected) != len(found):
        raise ValueError(f"{len(expected)} records expected, {len(found)} found")
    if not expected:
        raise ValueError("no records to score")
    hits = wanted = said = exact = 0
    for want, have in zip(map(set, expected), map(set, found), strict=True):
        hits += len(want & have)
        wanted += len(want)
        said += len(have)
        exact += want == have
    score = Score(precision=hits / said if said else 1.0, recall=hits / wanted if wanted else 1.0)
    return SetScore(score, exact / len(expected))


def brier(chance: NDArray[np.float64], positive: NDArray[np.bool_]) -> float:
    """Return the mean squared error of probabilities: 0 is perfect, .25 is what always saying one half gives."""
    return float(((np.asarray(chance, dtype=np.float64) - np.asarray(positive, dtype=bool)) ** 2).mean())


def reliability(
    chance: NDArray[np.float64], positive: NDArray[np.bool_], bins: int = 10
) -> list[tuple[int, float, float]]:
    """Return how many, the mean said and the share that came true, for each of equal ranges of probability."""
    chance, positive = np.asarray(chance, dtype=np.float64), np.asarray(positive, dtype=bool)
    place = np.minimum((chance * bins).astype(int), bins - 1)
    held = [place == k for k in range(bins) if (place == k).any()]
    return [(int(here.sum()), float(chance[here].mean()), float(positive[here].mean())) for here in held]


def calibration_error(chance: NDArray[np.float64], positive: NDArray[np.bool_], bins: int = 10) -> float:
    """Return the expected calibration error: how far said and true shares are apart, weighted by how many."""
    rows = reliability(chance, positive, bins)
    return sum(n * abs(said - true) for n, said, true in rows) / sum(n for n, _, _ in rows)


def wilson(hits: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """Return the 95 % interval of a share. Source: Wilson 1927. (0, 1) where there is nothing to take a share of."""
    if not of:
        return 0.0, 1.0
    share, spread = hits / of, z * z / of
    middle = (share + spread / 2) / (1 + spread)
    half = z * np.sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))
