from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.match._hex import FAR, distances, from_hex, to_hex

HASH = st.binary(min_size=32, max_size=32)


@given(st.lists(HASH, max_size=5), st.lists(HASH, max_size=5))
def test_there_and_back_over_chunks(one: list[bytes], two: list[bytes]) -> None:
    values = [value.hex() for value in one + two]
    column = pa.chunked_array([values[: len(one)], values[len(one) :]], pa.string())
    hashes = from_hex(column)
    assert [row.tobytes() for row in hashes] == one + two
    assert to_hex(hashes).to_pylist() == values
    for value in one:
        apart = [(int.from_bytes(value) ^ int.from_bytes(other)).bit_count() for other in one + two]
        assert distances(column, value, 120).tolist() == [bits if bits <= 120 else FAR for bits in apart]


@pytest.mark.parametrize("value", ["", "f0", "f0" * 33, None])
def test_other_lengths_are_blank_and_far(value: str | None) -> None:
    column = pa.chunked_array([pa.array(["AB" * 32, value, "0a" * 32], pa.string())])
    assert [row.tobytes().hex() for row in from_hex(column)] == ["ab" * 32, "00" * 32, "0a" * 32]
    assert distances(column, bytes.fromhex("ab" * 32), 254).tolist() == [0, FAR, 32 * 3]
    assert from_hex(column.slice(2)).tobytes().hex() == "0a" * 32
