"""Memory used again: never while somebody may still look at it."""

from __future__ import annotations

import numpy as np

from clew.extract._room import give_back, room

_LARGE = 1 << 17


def test_memory_is_used_again_when_nobody_looks_at_it() -> None:
    give_back()
    first = room(_LARGE, np.uint32)
    where = first.__array_interface__["data"][0]
    del first
    assert room(_LARGE - 9, np.uint32).__array_interface__["data"][0] == where


def test_a_view_of_any_kind_keeps_memory() -> None:
    give_back()
    kept = room(_LARGE, np.uint32)[5:99].reshape(2, 47).T.view(np.int32)
    kept[:] = 7
    other = room(_LARGE, np.uint32)
    other[:] = 1
    assert (kept == 7).all()


def test_arrays_at_a_time_have_memory_of_their_own() -> None:
    one, two, small = room(_LARGE, np.uint8), room(_LARGE, np.uint8), room(3, np.uint8)
    one[:], two[:], small[:] = 1, 2, 3
    assert (one == 1).all()
    assert (two == 2).all()
    assert room(0, np.uint64).shape == (0,)
