"""The learned order: the catalogue's without decisions, better with them, never run away."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tried import tried

from clew.assess.learn import FEWEST, MOST_FACTOR, learn, score

NAMES = ["good", "useless", "lowers", "absent"]


def world(count: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Leads whose first indicator says what they are, whose second says nothing."""
    rng = np.random.default_rng(seed)
    truth = rng.random(count) < 0.5
    points = np.zeros((count, 4), np.int64)
    points[:, 0] = np.where(truth, 1500, 300) + rng.integers(0, 300, count)
    points[:, 1] = rng.integers(0, 3000, count)
    points[:, 2] = np.where(rng.random(count) < 0.3, -1000, 0)
    return points, truth


def test_without_decisions_the_order_is_the_catalogues():
    learned = learn(NAMES, np.zeros((0, 4), np.int64), np.zeros(0, np.bool_))
    assert not learned.active and learned.factors().tolist() == [1000] * 4
    assert "Fewer than 10 decisions (0 confirmed and 0 dismissed)" in learned.why


@pytest.mark.parametrize(("yes", "no"), [(FEWEST - 4, 3), (40, 0), (0, 40), (40, 2), (2, 40)])
def test_few_decisions_or_those_of_one_kind_teach_nothing(yes, no):
    points, _ = world(yes + no)
    learned = learn(NAMES, points, np.arange(yes + no) < yes)
    assert not learned.active and learned.factors().tolist() == [1000] * 4
    assert "the order is the catalogue's" in learned.why


def test_what_tells_gains_and_what_does_not_loses():
    points, truth = world(30)
    learned = learn(NAMES, points, truth)
    good, useless, _, absent = (w.factor for w in learned.weights)
    assert learned.active and good > 1.3 > 0.8 > useless and absent == 1
    assert (learned.confirmed, learned.dismissed) == (int(truth.sum()), int((~truth).sum()))
    assert learned.weights[0].confirmed == truth.sum() and learned.weights[3].confirmed == 0
    others, right = world(400, seed=2)

    def separated(values):
        return (values[right][:, None] > values[~right][None, :]).mean()

    assert separated(others @ learned.factors()) > separated(others.sum(axis=1)) + 0.1


def test_decisions_without_a_pattern_leave_the_factors_near_one():
    points, truth = world(60)
    labels = np.random.default_rng(5).random(60) < 0.5
    drift = [abs(w.factor - 1) for w in learn(NAMES, points, labels).weights]
    clear = [abs(w.factor - 1) for w in learn(NAMES, points, truth).weights]
    assert max(drift) < max(clear) / 2


def test_more_decisions_move_the_factors_further():
    far = [abs(learn(NAMES, *world(count)).weights[0].factor - 1) for count in (12, 24)]
    assert 0 < far[0] < far[1]


@settings(max_examples=tried(20), deadline=None)
@given(st.integers(0, 10_000), st.integers(10, 60))
def test_factors_stay_in_bounds_and_do_not_depend_on_the_order_of_decisions(seed, count):
    rng = np.random.default_rng(seed)
    points = rng.integers(-3000, 3000, (count, 4)) * (rng.random((count, 4)) < 0.5)
    labels = rng.random(count) < rng.random()
    first = learn(NAMES, points, labels)
    again = learn(NAMES, points, labels)
    assert first == again
    assert all(0 <= w.factor <= MOST_FACTOR for w in first.weights)
    shuffled = rng.permutation(count)
    other = learn(NAMES, points[shuffled], labels[shuffled])
    assert np.allclose(other.factors(), first.factors(), atol=30)


def test_scores_by_hand():
    factors = np.array([2000, 500, 1000], np.int64)
    columns = np.array([0, 1, 2, 2], np.int64)
    points = np.array([1500, 300, -200, 700], np.int64)
    starts = np.array([0, 3, 3, 4], np.int64)
    # 2 × 1.5 + 0.5 × 0.3 − 0.2; nothing; 0.7
    assert score(factors, columns, points, starts).tolist() == [2.95, 0.0, 0.7]
