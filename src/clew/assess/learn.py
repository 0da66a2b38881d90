"""Learning the order of the queue from what people decided: a logistic model whose weights can be read.

    log odds that a person confirms a lead  =  a + b × Σ factor × points of the finding

The points are the catalogue's, as `clew.assess.score` gave them to the lead; the factors, one for each indicator, are
what is learned (a and b only say how often and how surely things are confirmed; they change no order). Each factor is
held to 1 by a penalty (a normal prior), so that without decisions the order is the catalogue's. One decision moves no
factor far: the fewer leads that show an indicator were decided on, the nearer to 1 its factor stays. A factor is never
below 0: what raises a priority cannot be made to lower it, and what the catalogue gives no points (what was refuted,
what only is context) cannot come in. Leads are ordered by Σ factor × points, the learned priority, which is of the same
kind as the priority.

Confirming and dismissing are labels; deferring is none. Nothing is learned from few decisions or from those of one
kind only: the order then stays the catalogue's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

FEWEST, FEWEST_OF_A_KIND = 10, 3
MOST_FACTOR, MOST_SLOPE = 3.0, 2.0
_SPREAD = 1.0  # of the prior of a factor around 1
_HALF_WAY = 10  # decisions on leads that show an indicator, for its factor to go half way to its bounds
_UNIT = 1_000  # points and factors are whole thousandths, so that the order is exact

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Weight:
    """What is learned of one indicator.

    Attributes:
        indicator: its id.
        factor: by which its points count; 1 as in the catalogue.
        confirmed, dismissed: decisions of either kind on leads that show it.
    """

    indicator: str
    factor: float
    confirmed: int
    dismissed: int


@dataclass(frozen=True)
class Learned:
    """The model.

    Attributes:
        weights: one for each indicator that was asked about, in their order.
        confirmed, dismissed: decisions that it rests on.
        active: does it change the order?
        why: one sentence on that.
    """

    weights: tuple[Weight, ...]
    confirmed: int
    dismissed: int
    active: bool
    why: str

    def factors(self) -> Whole:
        """Of the indicators, in thousandths."""
        return np.array([round(w.factor * _UNIT) for w in self.weights], np.int64)


def learn(indicators: Sequence[str], points: Whole, confirmed: npt.NDArray[np.bool_]) -> Learned:
    """Fit the factors to decisions.

    Args:
        indicators: ids, one for each column of ``points``.
        points: of the leads that were decided on, a row each, in thousandths.
        confirmed: what was decided: confirmed, or dismissed.
    """
    yes, no = int(confirmed.sum()), int((~confirmed).sum())
    active = yes + no >= FEWEST and min(yes, no) >= FEWEST_OF_A_KIND
    factors = _fit(points / _UNIT, confirmed.astype(np.float64)) if active else np.ones(len(indicators))
    shown = points != 0
    with_yes, with_no = shown[confirmed].sum(axis=0), shown[~confirmed].sum(axis=0)
    weights = tuple(
        Weight(name, round(float(f), 3), int(y), int(n))
        for name, f, y, n in zip(indicators, factors, with_yes, with_no, strict=True)
    )
    return Learned(weights, yes, no, active, _why(yes, no, active))


def score(factors: Whole, columns: Whole, points: Whole, starts: Whole) -> Floats:
    """The learned priority of leads.

    Args:
        factors: see `Learned.factors`.
        columns, points: indicator and thousandths of each finding, those of one lead together.
        starts: where the findings of each lead begin, and at last their number.
    """
    sums = np.append(0, np.cumsum(factors[columns] * points))
    return np.asarray((sums[starts[1:]] - sums[starts[:-1]]) / _UNIT**2, np.float64)


def _fit(points: Floats, labels: Floats) -> Floats:
    """The factors of greatest posterior probability."""
    width = points.shape[1]
    reach = _reach((points != 0).sum(axis=0))
    points = points - points.mean(axis=0)  # the intercept takes the rest: both are found in fewer steps

    def loss(x: Floats) -> tuple[float, Floats]:
        factors, slope, base = x[:width], x[width], x[width + 1]
        sums = points @ factors
        odds = slope * sums + base
        drift = factors - 1
        value = np.logaddexp(0, odds).sum() - labels @ odds + drift @ drift / (2 * _SPREAD**2)
        wrong = expit(odds) - labels
        steps = slope * (points.T @ wrong) + drift / _SPREAD**2
        return float(value), np.concatenate([steps, [sums @ wrong, wrong.sum()]])

    start = np.concatenate([np.ones(width), [0.5, np.log(labels.sum() / (len(labels) - labels.sum()))]])
    bounds = [(1 - r, 1 + (MOST_FACTOR - 1) * r) for r in reach] + [(0.0, MOST_SLOPE), (-50.0, 50.0)]
    return np.asarray(minimize(loss, start, jac=True, bounds=bounds, method="TNC").x[:width], np.float64)


def _reach(decisions: Whole) -> Floats:
    """How far a factor may go from 1 towards its bounds, by the number of decisions that speak for it."""
    return np.asarray(decisions / (decisions + _HALF_WAY), np.float64)


def _why(yes: int, no: int, active: bool) -> str:
    """One sentence on whether it changes the order."""
    so_far = f"{yes} confirmed and {no} dismissed"
    if active:
        return f"Learned from {yes + no} decisions ({so_far})."
    if yes + no < FEWEST:
        return f"Fewer than {FEWEST} decisions ({so_far}): the order is the catalogue's."
    missing = "dismissed" if no < yes else "confirmed"
    return f"Too few {missing} to learn a difference ({so_far}): the order is the catalogue's."
