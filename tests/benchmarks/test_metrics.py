"""Each measure against examples worked out by hand, and the Rand index against its definition over pairs."""

from itertools import combinations

import numpy as np
import pytest

from benchmarks import metrics

# Operations a a a b b; networks 1 1 2 2 2.
TRUTH = np.array(["a", "a", "a", "b", "b"])
PREDICTED = np.array([1, 1, 2, 2, 2])


def test_bcubed_by_hand() -> None:
    # precision: 1, 1, 1/3, 2/3, 2/3; recall: 2/3, 2/3, 1/3, 1, 1
    score = metrics.bcubed(TRUTH, PREDICTED)
    assert score.precision == pytest.approx(11 / 15)
    assert score.recall == pytest.approx(11 / 15)
    assert score.f1 == pytest.approx(11 / 15)


def test_bcubed_of_one_big_network() -> None:
    score = metrics.bcubed(TRUTH, np.zeros(5))
    assert score.precision == pytest.approx((3 * 3 / 5 + 2 * 2 / 5) / 5)
    assert score.recall == 1


def test_pairwise_by_hand() -> None:
    # true pairs 3 + 1, said pairs 1 + 3, both: one of a, one of b
    score = metrics.pairwise(TRUTH, PREDICTED)
    assert (score.precision, score.recall) == (0.5, 0.5)
    # one pair said of four true ones, and it is right
    score = metrics.pairwise(TRUTH, np.array([1, 1, 2, 3, 4]))
    assert (score.precision, score.recall) == (1, 0.25)


def test_pairwise_without_pairs() -> None:
    score = metrics.pairwise(TRUTH, np.arange(5))
    assert (score.precision, score.recall, score.f1) == (1, 0, 0)


def slow_rand(truth: np.ndarray, predicted: np.ndarray) -> float:
    """Adjusted Rand index from the four counts over all pairs (the form of Steinley 2004)."""
    a = b = c = d = 0
    for i, j in combinations(range(len(truth)), 2):
        same, said = truth[i] == truth[j], predicted[i] == predicted[j]
        a += same and said
        b += same and not said
        c += said and not same
        d += not same and not said
    top = 2 * (a * d - b * c)
    return top / ((a + b) * (b + d) + (a + c) * (c + d))


@pytest.mark.parametrize("seed", range(20))
def test_adjusted_rand_equals_its_definition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth, predicted = rng.integers(0, 6, 60), rng.integers(0, 4 + seed, 60)
    predicted[:30] = truth[:30]
    assert metrics.adjusted_rand(truth, predicted) == pytest.approx(slow_rand(truth, predicted))


def test_adjusted_rand_at_its_ends() -> None:
    assert metrics.adjusted_rand(TRUTH, np.array([7, 7, 7, 9, 9])) == 1
    assert metrics.adjusted_rand(TRUTH, np.zeros(5)) == 0
    assert metrics.adjusted_rand(np.arange(4), np.arange(4)) == 1


def test_adjusted_rand_does_not_overflow() -> None:
    truth = np.arange(4_000_000) // 2_000_000
    assert metrics.adjusted_rand(truth, truth) == pytest.approx(1)


def test_largest_wrong() -> None:
    truth = np.array([1, 1, 1, 2, 2, 3, 4, 4, 4, 4])
    # network 0: three of 1, one of 2 (wrong: 1 of 10); network 1: pure and larger does not count
    predicted = np.array([0, 0, 0, 0, 5, 6, 1, 1, 1, 1])
    assert metrics.largest_wrong(truth, predicted) == pytest.approx(0.1)
    assert metrics.largest_wrong(truth, truth) == 0
    assert metrics.largest_wrong(truth, np.zeros(10)) == pytest.approx(0.6)
    # two mixed networks of two records each, whichever label comes first
    assert metrics.largest_wrong(np.array([1, 2, 3, 4]), np.array([0, 0, 1, 1])) == pytest.approx(0.25)


def test_largest_share() -> None:
    assert metrics.largest_share(PREDICTED) == pytest.approx(0.6)


def test_components() -> None:
    # 0-x-1, 1-y-2; 3 alone with z; 4 without identifier
    labels = metrics.components(np.array([0, 1, 1, 2, 3]), np.array([0, 0, 1, 1, 2]), 5)
    assert labels[0] == labels[1] == labels[2]
    assert len({labels[0], labels[3], labels[4]}) == 3
    none = np.array([], dtype=np.int64)
    assert len(set(metrics.components(none, none, 3))) == 3


def test_best_cap_drops_the_hub_only() -> None:
    # identifiers: 0 ties records 0 1 2, 1 ties 3 4, hub 2 is in all five (and is named twice by record 0)
    record = np.array([0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0])
    identifier = np.array([0, 0, 0, 1, 1, 2, 2, 2, 2, 2, 2])
    best = metrics.best_cap(record, identifier, TRUTH)
    assert best.cap == 3
    assert best.score.f1 == 1
    assert metrics.adjusted_rand(TRUTH, best.labels) == 1


def test_best_cap_may_link_nothing() -> None:
    best = metrics.best_cap(np.array([0, 1, 2]), np.array([0, 0, 0]), np.array([1, 2, 3]))
    assert best.cap == 1


def test_precision_at() -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.1])
    positive = np.array([True, False, True, False])
    assert metrics.precision_at(scores, positive, 1) == 1
    assert metrics.precision_at(scores, positive, 3) == pytest.approx(2 / 3)
    # one sure, then one of two that tie, of which one is positive
    assert metrics.precision_at(np.array([3, 1, 1, 0]), np.array([True, True, False, True]), 2) == 0.75
    with pytest.raises(ValueError, match="k is 5"):
        metrics.precision_at(scores, positive, 5)


def test_auc() -> None:
    positive = np.array([True, True, False, False])
    assert metrics.auc(np.array([4, 2, 3, 1]), positive) == 0.75
    assert metrics.auc(np.array([1, 1, 1, 1]), positive) == 0.5
    with pytest.raises(ValueError, match="both"):
        metrics.auc(np.array([1.0]), np.array([True]))


def test_value_sets() -> None:
    result = metrics.value_sets([["+1", "+2"], [], ["+3"]], [["+1"], ["+9"], ["+3", "+3"]])
    assert result.score.precision == pytest.approx(2 / 3)
    assert result.score.recall == pytest.approx(2 / 3)
    assert result.exact == pytest.approx(1 / 3)


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        metrics.bcubed(np.zeros(2), np.zeros(3))
    with pytest.raises(ValueError, match="no records"):
        metrics.bcubed(np.zeros(0), np.zeros(0))
    with pytest.raises(ValueError, match="1 records expected"):
        metrics.value_sets([[]], [])


def test_calibration_by_hand() -> None:
    chance, came = np.array([0.1, 0.3, 0.9, 0.9]), np.array([False, True, True, False])
    assert metrics.brier(chance, came) == pytest.approx((0.01 + 0.49 + 0.01 + 0.81) / 4)
    assert metrics.reliability(chance, came, bins=2) == [(2, pytest.approx(0.2), 0.5), (2, pytest.approx(0.9), 0.5)]
    assert metrics.calibration_error(chance, came, bins=2) == pytest.approx((2 * 0.3 + 2 * 0.4) / 4)
    assert metrics.reliability(np.array([1.0]), np.array([True])) == [(1, 1.0, 1.0)]


def test_wilson_as_published() -> None:
    # Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    for hits, of, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)):
        assert metrics.wilson(hits, of) == pytest.approx((low, high), abs=2e-4)
    assert metrics.wilson(0, 0) == (0.0, 1.0)
