"""The bias report lists what differs beyond chance and nothing else."""

import numpy as np
import pytest
from benchmarks.bias import Question, holm, split, whole


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_a_group_with_more_alarms_stands_out() -> None:
    question = Question(
        "by colour", [["red"]] * 60 + [["blue", "red"]] * 60 + [[]] * 60, [False] * 60 + [True] * 60 + [False] * 60
    )
    red, blue = split(question)
    assert (red.name, red.hits, red.of, red.rest_hits, red.rest) == ("red", 60, 120, 0, 60)
    assert (blue.name, blue.hits, blue.of) == ("blue", 60, 60)
    assert blue.chance < 1e-9
    assert whole(question, [red, blue]) < 0.01


def test_small_groups_and_even_ones_do_not() -> None:
    dealt = np.random.default_rng(5).random(400) < 0.3
    question = Question("even", [["a"] if k % 2 else ["b"] for k in range(395)] + [["c"]] * 5, dealt.tolist())
    groups = split(question)
    assert [g.name for g in groups] == ["b", "a"]
    assert min(g.chance for g in groups) > 0.05
    assert whole(question, groups) > 0.05
    assert whole(Question("none", [[]], [False]), []) == 1.0
