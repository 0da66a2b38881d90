"""Rows by several columns: as `numpy.lexsort` says, whatever the columns hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.testing import assert_array_equal

from clew.engine.order import order_by

_TYPES = st.sampled_from([np.int8, np.int32, np.int64, np.uint8, np.uint64, np.bool_, np.float64, np.float32])


@st.composite
def columns(draw: st.DrawFn) -> list[np.ndarray[Any, Any]]:
    shape = draw(array_shapes(min_dims=1, max_dims=1, min_side=0, max_side=60))
    made = [draw(arrays(draw(_TYPES), shape)) for _ in range(draw(st.integers(1, 4)))]
    # Few distinct values, so that ties come before ties.
    return [key % 3 if draw(st.booleans()) and key.dtype.kind in "iu" else key for key in made]


@given(columns())
def test_rows_are_in_the_order_of_lexsort(keys):
    same = [np.where(np.isnan(key), np.nan, key) if key.dtype.kind == "f" else key for key in keys]
    assert_array_equal(order_by(*same), np.lexsort(same[::-1]))


def test_many_wide_columns_need_several_sorts():
    draw = np.random.default_rng(7)
    keys = [draw.integers(0, 1 << 63, 5_000).astype(np.uint64), draw.normal(size=5_000), draw.integers(-9, 9, 5_000)]
    keys = [np.repeat(keys[0][:50], 100), np.round(keys[1]), keys[2]]
    assert_array_equal(order_by(*keys), np.lexsort(keys[::-1]))


@pytest.mark.parametrize("n", [0, 1])
def test_nothing_and_one_row(n):
    assert order_by(np.zeros(n, np.int64)).tolist() == list(range(n))
