"""Does the way somebody moves tell a tour of an independent worker from a circuit in a ring that exploits?"""

from __future__ import annotations

import numpy as np

from benchmarks.movement_truth import Truth
from clew.trace.movement.find import Found
from clew.trace.movement.patterns import PATTERNS, network_shapes, subject_shapes
from clew.trace.movement.sightings import KINDS

DAY = 86_400
_DRAWS = 300


def auc(score: np.ndarray, positive: np.ndarray, group: np.ndarray) -> tuple[float, float, float]:
    """Area under the curve, with a 95 % interval by drawing operations anew."""
    names = np.unique(group)
    rows = [np.flatnonzero(group == name) for name in names]
    rng = np.random.default_rng(1)
    drawn = []
    for _ in range(_DRAWS):
        pick = np.concatenate([rows[k] for k in rng.integers(0, len(rows), len(rows))])
        if 0 < positive[pick].sum() < len(pick):
            drawn.append(_area(score[pick], positive[pick]))
    low, high = np.quantile(drawn, [0.025, 0.975]) if drawn else (float("nan"), float("nan"))
    return _area(score, positive), float(low), float(high)


def _area(score: np.ndarray, positive: np.ndarray) -> float:
    _, inverse, count = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[inverse]
    n, m = positive.sum(), (~positive).sum()
    return float((rank[positive].sum() - n * (n + 1) / 2) / max(n * m, 1))


def tours(found: Found, truth: Truth) -> None:
    """Print what each measure of movement alone tells, subject by subject."""
    tracks, stays, moves = found.tracks, found.stays, found.moves
    person = truth.majority(tracks.seen.rid[tracks.row], tracks.start[:-1], tracks.start[1:])
    shapes = subject_shapes(found)
    subject = shapes.group
    of = person[subject]
    kind = truth.kind[of]
    ring = (kind == "ring") & truth.exploited[of]
    single = tracks.kind[subject] == KINDS.index("name")
    chosen = (of >= 0) & single & (ring | ((kind == "independent") & ~truth.exploited[of]))
    size = len(tracks.kind)
    length = np.bincount(stays.subject, (stays.last - stays.first) / DAY, size) / np.maximum(
        np.bincount(stays.subject, minlength=size), 1)  # fmt: skip
    km = np.bincount(stays.subject[moves.b], np.nan_to_num(moves.km), size)
    seen = np.diff(tracks.start)
    clash = np.bincount(found.clashes.subject, found.clashes.times, size) / np.maximum(seen, 1)
    measures = {
        "moves that repeat (circuit)": np.where(shapes.pattern == PATTERNS.index("circuit"), shapes.share, 0.0),
        "moves about one place (hub)": np.where(shapes.pattern == PATTERNS.index("hub"), shapes.share, 0.0),
        "places": shapes.places.astype(float),
        "length of stays": length[subject],
        "km a move": km[subject] / np.maximum(shapes.moves, 1),
        "clashes a sighting": clash[subject],
    }
    operation = np.array([name.rpartition("-")[0] for name in truth.people.to_pylist()])[of]
    print(f"  tour or circuit: {int((chosen & ring).sum())} names of rings that exploit, {int((chosen & ~ring).sum())} "
          f"of independent workers, three moves or more; AUC [95 %]")  # fmt: skip
    for name, score in measures.items():
        area, low, high = auc(score[chosen], ring[chosen], operation[chosen])
        print(f"    {name:<28} {area:.2f} [{low:.2f}, {high:.2f}]")


def patterns(found: Found, truth: Truth) -> None:
    """Print which pattern the networks of each sort of operation show."""
    tracks = found.tracks
    shapes = network_shapes(found)
    row = tracks.row
    net = tracks.seen.net[row]
    order = np.argsort(net, kind="stable")
    begin = np.searchsorted(net[order], shapes.group)
    end = np.searchsorted(net[order], shapes.group, side="right")
    spread = np.concatenate([order[a:b] for a, b in zip(begin, end, strict=True)]) if len(begin) else order
    edge = np.append(0, np.cumsum(end - begin))
    person = truth.majority(tracks.seen.rid[row[spread]], edge[:-1], edge[1:])
    print("  patterns of networks by the operation of most of their records: " + ", ".join(PATTERNS))
    for kind in np.unique(truth.kind):
        mine = (person >= 0) & (truth.kind[person] == kind)
        count = np.bincount(shapes.pattern[mine], minlength=len(PATTERNS))
        if mine.sum():
            print(
                f"    {kind:<12}" + "".join(f"{share:8.2f}" for share in count / mine.sum()) + f"   of {mine.sum():,}"
            )
