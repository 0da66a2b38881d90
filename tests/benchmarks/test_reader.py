"""How the learnt reader learns, on messages of a feature or two."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from benchmarks.reader import DEVELOPMENT, TIMES
from benchmarks.reader_messages import banks
from benchmarks.reader_train import Features, fit, score

GIFT, DEBT, NOTHING = 0, 1, 2


def _messages(features: list[list[int]]) -> Features:
    ids = np.array([f for message in features for f in message], np.uint32)
    return Features(ids, np.repeat(np.arange(len(features)), [len(message) for message in features]), len(features))


def _learnt(of: Features, says: list[int], worth: list[float] | None = None):  # type: ignore[no-untyped-def]
    weight = np.array([1.0] * of.count if worth is None else worth, np.float32)
    return fit(of, np.arange(of.count), np.array(says), 2, weight)


def test_what_a_feature_stands_for_is_learnt() -> None:
    of = _messages([[1, 9], [3, 9], [5, 9]] * 30)
    odds = score(_learnt(of, [GIFT, DEBT, NOTHING] * 30), of)
    assert (odds[0::3].argmax(axis=1) == GIFT).all() and (odds[0::3, GIFT] > 0).all()
    assert (odds[1::3].argmax(axis=1) == DEBT).all() and (odds[1::3, DEBT] > 0).all()
    assert (odds[2::3] < 0).all()


def test_what_stands_in_one_phrasing_is_no_feature() -> None:
    of = _messages([[1, 7], [1], [3], [3]])
    assert _learnt(of, [GIFT, GIFT, NOTHING, NOTHING]).keys.tolist() == [1, 3]


def test_messages_that_are_not_shown_teach_nothing() -> None:
    of = _messages([[1], [1], [3], [3], [5], [5]])
    by = _learnt(of, [GIFT, GIFT, NOTHING, NOTHING, DEBT, DEBT], [1, 1, 1, 1, 0, 0])
    assert by.keys.tolist() == [1, 3]


def test_the_same_messages_give_the_same_weights() -> None:
    of = _messages([[1, 9], [3, 9], [5]] * 10)
    first, second = (_learnt(of, [GIFT, DEBT, NOTHING] * 10) for _ in range(2))
    assert (first.weight == second.weight).all() and (first.bias == second.bias).all()


def test_all_banks_are_learnt_from() -> None:
    assert {path.name for path in DEVELOPMENT.iterdir() if path.is_dir()} == TIMES.keys() - {"own"}


def test_a_section_that_would_not_be_learnt_from_is_told(tmp_path: Path) -> None:
    (tmp_path / "en.txt").write_text("# names\nAda|Ben\n# money\n5|6\n# short\nyou=u\n# fee-upfront\npay first\n")
    with pytest.raises(ValueError, match="no section is called fee-upfront"):
        banks(tmp_path)
